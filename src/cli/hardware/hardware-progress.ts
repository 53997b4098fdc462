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

/** Tells news of part `index`; where there is no live line, of a building once. */
export function reportProgress(
  io: Io,
  live: Live,
  quiet: boolean,
): (index: number, name: string, news: SimulationState) => void {
  const said = new Set<string>();
  return (index, name, news) => {
    if (news.doing === 'running')
      return live.working(
        index,
        `${name} ${percent(Math.min(1, news.cycles / Math.max(1, news.expected)))}`,
        news.cycles > 0,
      );
    const text = buildingText(news);
    live.working(index, `${name}: ${text}`, false);
    if (io.columns !== undefined || quiet || said.has(text)) return;
    said.add(text);
    io.err(`${text}\n`);
  };
}
