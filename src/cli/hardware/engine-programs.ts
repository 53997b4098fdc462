// Programs that an engine needs: whether they are installed is said before any work.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import type { SimulatorKind } from '../../sim/engines.js';
import type { Io } from '../io.js';

/** Yosys in WebAssembly comes with magnet. */
const needs: Readonly<Record<SimulatorKind, readonly string[]>> = {
  wasm: [],
  iverilog: ['iverilog', 'vvp'],
  verilator: ['verilator', 'make'],
};

export function engineHere(io: Pick<Io, 'installed'>, engine: SimulatorKind): Parsed<undefined> {
  const missing = needs[engine].filter((program) => !io.installed(program));
  if (missing.length === 0) return parsed(undefined);
  return refuse(
    'no-engine',
    [],
    `the engine ${engine} needs ${missing.join(' and ')}, which cannot be found on the PATH; ` +
      `install ${engine === 'iverilog' ? 'Icarus Verilog' : 'Verilator and make'}, ` +
      'or choose --engine wasm, which needs nothing',
  );
}
