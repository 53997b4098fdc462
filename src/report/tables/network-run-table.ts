// A network that ran on the Verilog, a row for every run of the machine.

import { table } from '../../base/text.js';
import { nth } from '../../base/invariant.js';
import { idleEnergy, idleMilliwatts } from '../../model/machine/idle-power.js';
import type { Technology } from '../../model/machine/technology.js';
import type { Template } from '../../model/machine/template.js';
import { chipArea } from '../../model/machine/template-parts.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { digits, energyText, grouped, percent } from './quantities.js';

/** What the host writes: cycles for which the machine waits are not those of runs, nor is the energy, in pJ. */
export interface Configuration {
  readonly writes: number;
  readonly cycles: { readonly model: number; readonly rtl: number };
  readonly energy: number;
}

/** What of a run the table tells. */
export interface RunRow {
  readonly name: string;
  readonly step: number;
  readonly cycles: { readonly model: number; readonly rtl: number };
  readonly counters: readonly { readonly model: number; readonly rtl: number }[];
  readonly configuration: Configuration;
  readonly words: number;
  readonly mismatches: number;
}

export function networkRunTable(
  graph: Pick<NetworkGraph, 'steps'>,
  {
    runs,
    activations,
    weights,
  }: { readonly runs: readonly RunRow[]; readonly activations: number; readonly weights: number },
): string {
  const equal = ({ counters }: RunRow) => counters.filter((c) => c.model === c.rtl).length;
  const total = (of: (r: RunRow) => number) => runs.reduce((n, r) => n + of(r), 0);
  const rows = runs.map((r) => [
    `${r.step}`,
    r.name,
    nth(graph.steps, r.step).kind,
    grouped(r.cycles.rtl),
    grouped(r.cycles.model),
    `${equal(r)}/${r.counters.length}`,
    grouped(r.words),
    grouped(r.mismatches),
  ]);
  const all =
    `${runs.length} runs, ${grouped(total((r) => r.cycles.rtl))} cycles (model ${grouped(total((r) => r.cycles.model))}), ` +
    `${grouped(total((r) => r.words))} words, ${grouped(total((r) => r.mismatches))} of them wrong, ` +
    `${total(equal)} of ${total((r) => r.counters.length)} counts equal`;
  const head = ['#', 'run', 'kind', 'cycles', 'model', 'counts', 'words', 'wrong'];
  const dram = `DRAM: ${grouped(activations)} words of activations, ${grouped(weights)} of weights`;
  const configuration = configurationText(
    {
      writes: total((r) => r.configuration.writes),
      cycles: total((r) => r.configuration.cycles.rtl),
      model: total((r) => r.configuration.cycles.model),
      energy: total((r) => r.configuration.energy),
    },
    total((r) => r.cycles.rtl),
  );
  return [table(head, rows, [true, false, false, true, true, true, true, true]), '', all, configuration, dram].join(
    '\n',
  );
}

/** What the chip takes whether it works or not; nothing where the technology counts it in all energies. */
export function idleText(technology: Technology, template: Template, cycles: number): readonly string[] {
  const area = chipArea(template, technology);
  const energy = idleEnergy(technology, area, template.clock, cycles);
  if (energy === undefined) return [];
  const power = idleMilliwatts(area, template.clock);
  return [
    `leakage and clock: ${energyText(energy)} at ${digits(power)} mW, assumed and in no other figure (docs/cost-model.md); ` +
      'with staticEnergy of a technology file they count',
  ];
}

/** Beside runs of so many cycles; `model` where the cycles were measured. */
export function configurationText(
  {
    writes,
    cycles,
    model,
    energy,
  }: { readonly writes: number; readonly cycles: number; readonly model?: number; readonly energy: number },
  runs: number,
): string {
  const said = model === undefined ? '' : ` (model ${grouped(model)})`;
  return (
    `configuration: ${grouped(writes)} register writes, for which the machine waits ${grouped(cycles)} cycles${said} beside ` +
    `those of the runs, ${percent(cycles / runs)} of them; ${energyText(energy)}`
  );
}
