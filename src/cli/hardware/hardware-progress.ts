// What simulation says while it works: that an engine is built, and about how long that takes, then how far a layer is.

import { percent } from '../../report/tables/quantities.js';
import type { SimulatorKind, SimulationState } from '../../sim/engines.js';
import type { Io } from '../io.js';
import type { Live } from '../live.js';

const builders: Readonly<Record<SimulatorKind, string>> = {
  wasm: 'reading the Verilog (Yosys',
  iverilog: 'building the simulator (Icarus Verilog',
  verilator: 'building the simulator (Verilator',
};

/** `reading the Verilog (Yosys, about 4 s)` */
export const buildingText = ({ engine, about }: Extract<SimulationState, { doing: 'building' }>): string =>
  `${builders[engine]}, about ${Math.max(1, Math.round(about))} s)`;

/** Says how far part `index` is; where there is no live line, that one is built, once. */
export function reportProgress(
  io: Io,
  live: Live,
  quiet: boolean,
): (index: number, name: string, state: SimulationState) => void {
  const said = new Set<string>();
  return (index, name, state) => {
    if (state.doing === 'running')
      return live.working(
        index,
        `${name} ${percent(Math.min(1, state.cycles / Math.max(1, state.expected)))}`,
        state.cycles > 0,
      );
    const text = buildingText(state);
    live.working(index, `${name}: ${text}`, false);
    if (io.columns !== undefined || quiet || said.has(text)) return;
    said.add(text);
    io.err(`${text}\n`);
  };
}
