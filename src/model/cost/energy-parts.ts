// Where the energy of a mapping goes: the accesses of every part of a template machine, and what they cost.

import { nth } from '../../base/invariant.js';
import type { Architecture } from '../machine/architecture.js';
import type { TemplateLevel } from '../machine/template-names.js';
import { isTemplateLevel, levelNames } from '../machine/template-names.js';
import type { Evaluation } from './evaluate.js';
import { tensors } from '../workload/layer.js';

export interface EnergyPart {
  readonly part: string;
  /** What energy is charged for: accesses, multiplications, words over wires. */
  readonly count: number;
  /** pJ. */
  readonly energy: number;
}

const templateParts: Readonly<Record<TemplateLevel, string>> = {
  DRAM: 'DRAM',
  GlobalBuffer: 'global buffer',
  WeightBuffer: 'weight buffers',
  InputBuffer: 'input buffers',
  AccumBuffer: 'accumulation buffers',
  OutputBuffer: 'output buffers',
  WeightCollector: 'collectors',
  InputCollector: 'collectors',
  AccumCollector: 'collectors',
};
/** Levels of the template by the names that their parts have in the area model, others by their own. */
export const partOf = (level: string): string => (isTemplateLevel(level) ? templateParts[level] : level);

export const partOrder: readonly string[] = [
  'DRAM',
  'global buffer',
  'weight buffers',
  'input buffers',
  'accumulation buffers',
  'output buffers',
  'collectors',
  'MACs',
  'wires',
  'post-processing',
  'static',
];

/** From the outside in; levels of other machines come after the buffers that the template has. */
export const partRank = (part: string): number =>
  partOrder.includes(part) ? partOrder.indexOf(part) : partOrder.indexOf('collectors') - 0.5;

/**
 * Energies sum to the evaluation's. Parts without accesses are left out; levels of other
 * machines stand under their own names.
 */
export function energyParts(a: Architecture, e: Evaluation): readonly EnergyPart[] {
  const rows: EnergyPart[] = a.levels.flatMap((level, i) =>
    tensors.flatMap((t) => {
      const [found, storage] = [nth(e.levels, i).dataspaces[t], level.stores[t]];
      if (!found || !storage) return [];
      const { read, fill, update } = found.accesses;
      // Outputs are post-processed as they enter the global buffer: what updating it costs beyond writing it.
      const beyond =
        level.name === levelNames.globalBuffer && t === 'Outputs' ? storage.energy.update - storage.energy.fill : 0;
      const post = beyond > 0 ? update * beyond : 0;
      return [
        { part: partOf(level.name), count: read + fill + update, energy: found.energy - post },
        ...(post > 0 ? [{ part: 'post-processing', count: update, energy: post }] : []),
        { part: 'wires', count: storage.linkEnergy > 0 ? found.transfers : 0, energy: found.linkEnergy },
      ];
    }),
  );
  return addParts(
    [
      [
        ...rows,
        { part: 'MACs', count: e.compute.macs, energy: e.compute.energy },
        { part: 'static', count: e.cycles, energy: e.staticEnergy },
      ],
    ],
    [1],
  );
}

/** Parts of several runs, each weighted; in the order of the machine, from the outside in. */
export function addParts(runs: readonly (readonly EnergyPart[])[], weights: readonly number[]): readonly EnergyPart[] {
  const sums = new Map<string, { part: string; count: number; energy: number }>();
  runs.forEach((parts, i) => {
    for (const { part, count, energy } of parts) {
      const sum = sums.get(part) ?? { part, count: 0, energy: 0 };
      sums.set(part, {
        part,
        count: sum.count + nth(weights, i) * count,
        energy: sum.energy + nth(weights, i) * energy,
      });
    }
  });
  return [...sums.values()].filter((p) => p.energy > 0).sort((x, y) => partRank(x.part) - partRank(y.part));
}
