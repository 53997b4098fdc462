// The model's accesses beside those that the machine counted, and the energy of both: same constants, two counts.

import { nth } from '../base/invariant.js';
import type { Picojoules } from '../base/units.js';
import { picojoules } from '../base/units.js';
import type { Action, Architecture } from '../model/machine/architecture.js';
import { energyPerMac, priceOf } from '../model/cost/charges.js';
import { magnetConventions } from '../model/cost/conventions.js';
import type { Evaluation } from '../model/cost/evaluate.js';
import { evaluate } from '../model/cost/evaluate.js';
import type { Layer, Tensor } from '../model/workload/layer.js';
import { isRelevant, tensors } from '../model/workload/layer.js';
import { partOf, whole } from '../model/workload/layer-parts.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { NestLoop, Nests } from '../rtl/program/nests.js';
import type { CounterName, TemplateLevel } from '../model/machine/template-names.js';

export type Counters = Readonly<Record<CounterName, number>>;

export interface CountRow {
  readonly name: string;
  readonly model: number;
  readonly rtl: number;
}
export interface EnergyRow {
  readonly component: string;
  /** pJ */
  readonly model: Picojoules;
  readonly rtl: Picojoules;
}

export interface Comparison {
  readonly cycles: { readonly model: number; readonly rtl: number };
  readonly counts: readonly CountRow[];
  readonly energy: readonly EnergyRow[];
}

type Counted = `${TemplateLevel} ${Tensor} ${Action | 'transfer'}`;

/** Accesses by level, tensor and action that the counters stand for, over all instances. */
function measured(
  n: Nests,
  c: Counters,
  { resident }: Pick<Layer, 'resident'>,
): Readonly<Partial<Record<Counted, number>>> {
  const pes = (n.row?.bound ?? 1) * (n.column?.bound ?? 1);
  const serves = (tensor: Tensor) =>
    pes /
    [n.row, n.column].reduce((k, l: NestLoop | undefined) => k * (l && isRelevant(tensor, l.dim) ? l.bound : 1), 1);
  const reduced = n.row?.dim === 'C' ? n.row.bound : 1;
  return {
    'DRAM Weights read': c.weight_load * n.vector,
    'DRAM Weights transfer': c.weight_load * n.vector,
    'DRAM Inputs read': c.fill * n.vector,
    'DRAM Outputs update': c.spill * n.lanes,
    'DRAM Outputs read': resident?.residual ? 0 : c.residual * n.lanes,
    'GlobalBuffer Inputs fill': c.fill,
    'GlobalBuffer Inputs read': c.input_load,
    'GlobalBuffer Inputs transfer': c.input_load * n.vector,
    'GlobalBuffer Outputs update': c.store,
    'GlobalBuffer Outputs read': c.spill + (resident?.residual ? c.residual : 0),
    'GlobalBuffer Outputs transfer': c.output_read * n.lanes,
    'WeightBuffer Weights fill': c.weight_load * serves('Weights'),
    'WeightBuffer Weights read': c.weight_read * n.lanes * pes,
    'InputBuffer Inputs fill': c.input_load * serves('Inputs'),
    'InputBuffer Inputs read': c.input_read * pes,
    'OutputBuffer Outputs update': c.output_write * pes,
    'OutputBuffer Outputs read': c.output_read * reduced,
    'AccumBuffer Outputs update': c.sum_write * pes,
    'AccumBuffer Outputs read': c.sum_read * pes,
    'WeightCollector Weights fill': c.weight_read * n.lanes * pes,
    'WeightCollector Weights read': c.mac * n.lanes * pes,
    'InputCollector Inputs fill': c.input_read * pes,
    'InputCollector Inputs read': c.mac * pes,
    'AccumCollector Outputs update': c.mac * n.lanes * pes,
    'AccumCollector Outputs read': c.mac * n.lanes * pes,
  };
}

const actions: readonly Action[] = ['read', 'fill', 'update'];

export function compareCounts(
  a: Architecture,
  layer: Layer,
  mapping: Mapping,
  nests: Nests,
  counters: Counters,
): Comparison {
  const model: Evaluation = evaluate(a, layer, mapping, magnetConventions);
  const run = partOf(layer, mapping.parts ?? whole);
  const found: Readonly<Record<string, number>> = measured(nests, counters, layer);
  const counts: CountRow[] = [];
  const energy: EnergyRow[] = [];
  a.levels.forEach((level, i) => {
    const own = nth(model.levels, i);
    let total = 0;
    for (const tensor of tensors) {
      const space = own.dataspaces[tensor];
      const storage = level.stores[tensor];
      if (!space || !storage) continue;
      for (const action of actions) {
        const name = `${level.name} ${tensor} ${action}`;
        const rtl = found[name] ?? 0;
        if (space.accesses[action] > 0 || rtl > 0) counts.push({ name, model: space.accesses[action], rtl });
        total += rtl * priceOf(storage, action, run).energy;
      }
      const carried = found[`${level.name} ${tensor} transfer`] ?? 0;
      if (space.transfers > 0)
        counts.push({ name: `${level.name} ${tensor} transfer`, model: space.transfers, rtl: carried });
      const { units, energy } = priceOf(storage, 'transfer', run);
      if (energy > 0) total += carried * units * energy;
    }
    energy.push({ component: level.name, model: own.energy, rtl: picojoules(total) });
  });
  const macs = counters.mac * nests.lanes * nests.vector * (nests.row?.bound ?? 1) * (nests.column?.bound ?? 1);
  counts.push({ name: `${a.compute.name} operations`, model: model.compute.macs, rtl: macs });
  energy.push({
    component: a.compute.name,
    model: model.compute.energy,
    rtl: picojoules(macs * energyPerMac(a.compute, run)),
  });
  energy.push({ component: 'static', model: model.staticEnergy, rtl: picojoules(counters.cycles * a.staticEnergy) });
  return { cycles: { model: model.cycles, rtl: counters.cycles }, counts, energy };
}
