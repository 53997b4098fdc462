// What runs the Verilog: the engines, what they are doing and about how long it takes to build
// them, what none of them simulates.

import type { Template } from '../model/machine/template.js';

export { maxScale, maxShift } from '../rtl/program/post-registers.js';

export const engines = ['wasm', 'iverilog', 'verilator'] as const;
export type SimulatorKind = (typeof engines)[number];

/** How far a simulation is: the engine is built, then cycles go by, of those that the model expects. */
export type SimulationState =
  | { readonly doing: 'building'; readonly engine: SimulatorKind; /** Seconds. */ readonly about: number }
  | { readonly doing: 'running'; readonly cycles: number; readonly expected: number };

/**
 * Seconds to build an engine where a core is free, to a factor of two: Yosys must be loaded and reads each module once,
 * Verilator and its C++ compiler see every lane of every PE. Measured: Yosys and netlist 4.5 s and 3.7 s for 256 and
 * 4,096 multipliers (benchmarks/results/rtl/speed.md), Icarus 0.4 s and Verilator 31 s for the 128 lanes of simba.
 */
export function buildTime(engine: SimulatorKind, t: Template): number {
  const lanes = t.rows * t.columns * t.numLanes;
  switch (engine) {
    case 'wasm':
      return 4 + (lanes * t.vectorSize) / 2000;
    case 'iverilog':
      return 0.5 + lanes / 500;
    case 'verilator':
      return 15 + lanes / 8;
  }
}

/**
 * Seconds that the engine wasm runs for, where a core is free, to a factor of two. Measured: 1.1 million and 209,000 cycles
 * a second for 256 and 4,096 multipliers (as above).
 */
export const runTime = (t: Template, cycles: number): number =>
  cycles * (0.65e-6 + 1e-9 * t.rows * t.columns * t.numLanes * t.vectorSize);

/** What operands are simulated in: words of an array of 32 bits. */
const maxOperandBits = 32;

/** A sentence where a machine's operands are beyond what is simulated. */
export function beyondSimulation(t: Template): string | undefined {
  const wide = Math.max(t.weightPrecision, t.inputPrecision);
  return wide > maxOperandBits
    ? `${t.name} has operands of ${wide} bits; simulation goes to ${maxOperandBits}. ` +
        'Its Verilog is emitted all the same'
    : undefined;
}
