// What the cost model says about a mapping: a table of count x energy per action; totals are its sums.

import type { Cycles, Picojoules } from '../../base/units.js';
import { cycles, picojoules, sum } from '../../base/units.js';
import type { Action, Architecture } from '../machine/architecture.js';
import { peakMacs } from '../machine/architecture.js';
import type { Conventions } from './conventions.js';
import type { Layer, Tensor } from '../workload/layer.js';
import { macs, tensors } from '../workload/layer.js';
import type { Machine } from '../machine/compiled-machine.js';
import { compile, storageOf } from '../machine/compiled-machine.js';
import type { Mapping } from '../mapping/mapping.js';
import { numbers } from './numbers.js';
import { partOf, runsOf, whole } from '../workload/layer-parts.js';
import type { TilesEvaluation } from './tile-cycles.js';
import { evaluateTiles, repeatedTiles } from './tile-cycles.js';
import { charged, computeCycles, instances, paddedMacs, traffic } from './traffic.js';

/** Words over all instances, and their energy. */
export interface TensorEvaluation {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  /** Words over the wires below the level. */
  readonly transfers: number;
  /**
   * What energy is charged for: words, less those that one access moves together. Count x energy
   * of the action sums to `energy`.
   */
  readonly accesses: Readonly<Record<Action, number>>;
  readonly energy: Picojoules;
  readonly linkEnergy: Picojoules;
}

export interface LevelEvaluation {
  readonly name: string;
  readonly instances: number;
  /** Cycles that this level's ports need; the slowest level sets the pace, but where tiles do. */
  readonly cycles: Cycles;
  readonly dataspaces: Readonly<Partial<Record<Tensor, TensorEvaluation>>>;
  readonly energy: Picojoules;
}

export interface Evaluation {
  readonly levels: readonly LevelEvaluation[];
  readonly compute: { readonly macs: number; readonly energy: Picojoules; readonly cycles: Cycles };
  readonly staticEnergy: Picojoules;
  readonly energy: Picojoules;
  readonly cycles: Cycles;
  /** Where the machine works tile by tile: what its engines do. `cycles` is then the length of all steps. */
  readonly tiles?: TilesEvaluation;
  /** Unpadded MACs over what the multipliers could do in that time. */
  readonly utilization: number;
}

/** Evaluates a legal mapping of one layer. `mapping.levels` matches the architecture's levels one to one. */
export function evaluate(
  a: Architecture,
  layer: Layer,
  { levels, parts = whole }: Mapping,
  conventions: Conventions,
): Evaluation {
  const once = evaluateRun(a, partOf(layer, parts), { levels }, conventions);
  return runsOf(parts) === 1 ? once : repeated(once, runsOf(parts), macs(layer) / peakMacs(a));
}

function evaluateRun(a: Architecture, layer: Layer, mapping: Mapping, conventions: Conventions): Evaluation {
  const m = compile(
    a,
    mapping.levels.map((l) => l.keep),
  );
  const r = numbers(m, layer, conventions, mapping);
  const counts = traffic(r, m, conventions);
  const steps = computeCycles(r);

  const levels = a.levels.map((level, index): LevelEvaluation => {
    const copies = instances(r, index);
    const memories = charged(r, m, index);
    const own = counts.filter((c) => c.level === index);
    const dataspaces = Object.fromEntries(
      tensors
        .filter((t) => own.some((c) => c.tensor === t))
        .map((t) => [t, tensorEvaluation(m, conventions, own, t, index, copies, memories)]),
    ) as LevelEvaluation['dataspaces'];
    const bitsOf = (actions: readonly string[]) =>
      own.reduce((n, c) => n + (actions.includes(c.action) ? c.words * storageOf(m, index, c.tensor).wordBits : 0), 0);
    const { read, write, total } = level.bandwidth;
    const pace = Math.max(
      steps,
      read === null ? 0 : Math.ceil(bitsOf(['read']) / read),
      write === null ? 0 : Math.ceil(bitsOf(['fill', 'update']) / write),
      total === null ? 0 : Math.ceil(bitsOf(['read', 'fill', 'update']) / total),
    );
    const energy = sum(Object.values(dataspaces).flatMap((d) => [d.energy, d.linkEnergy]));
    return { name: level.name, instances: copies, cycles: cycles(pace), dataspaces, energy };
  });

  const done = paddedMacs(r);
  const tiles = a.tiling && evaluateTiles(r, m, mapping);
  const time = tiles?.cycles ?? cycles(Math.max(steps, ...levels.map((l) => l.cycles)));
  const compute = { macs: done, energy: picojoules(done * a.compute.energy), cycles: cycles(steps) };
  const staticEnergy = picojoules(time * a.staticEnergy);
  return {
    levels,
    compute,
    staticEnergy,
    energy: sum([compute.energy, staticEnergy, ...levels.map((l) => l.energy)]),
    cycles: time,
    ...(tiles && { tiles }),
    utilization: macs(layer) / (time * peakMacs(a)),
  };
}

/** So many runs one after the other; `busy`: cycles in which all multipliers could do what the layer needs. */
function repeated(e: Evaluation, runs: number, busy: number): Evaluation {
  const pj = (x: Picojoules) => picojoules(runs * x);
  const time = cycles(runs * e.cycles);
  const all = <K extends string>(record: Readonly<Record<K, number>>) =>
    Object.fromEntries(Object.entries<number>(record).map(([k, n]) => [k, runs * n])) as Record<K, number>;
  const space = ({
    reads,
    fills,
    updates,
    transfers,
    accesses,
    energy,
    linkEnergy,
  }: TensorEvaluation): TensorEvaluation => ({
    ...all({ reads, fills, updates, transfers }),
    accesses: all(accesses),
    energy: pj(energy),
    linkEnergy: pj(linkEnergy),
  });
  return {
    levels: e.levels.map((l) => ({
      ...l,
      cycles: cycles(runs * l.cycles),
      dataspaces: Object.fromEntries(Object.entries(l.dataspaces).map(([t, d]) => [t, space(d)])),
      energy: pj(l.energy),
    })),
    compute: { macs: runs * e.compute.macs, energy: pj(e.compute.energy), cycles: cycles(runs * e.compute.cycles) },
    staticEnergy: pj(e.staticEnergy),
    energy: pj(e.energy),
    cycles: time,
    ...(e.tiles && { tiles: repeatedTiles(e.tiles, runs) }),
    utilization: busy / time,
  };
}

function tensorEvaluation(
  m: Machine,
  conventions: Conventions,
  counts: ReturnType<typeof traffic<number>>,
  tensor: Tensor,
  level: number,
  copies: number,
  memories: number,
): TensorEvaluation {
  const storage = storageOf(m, level, tensor);
  const of = (action: string, what: 'words' | 'accesses') =>
    counts.reduce((n, c) => n + (c.tensor === tensor && c.action === action ? c[what] : 0), 0);
  const chargedAccesses = (action: Action) => {
    const blocks = of(action, 'accesses') / storage.blockSize;
    return memories * (conventions.wholeBlocks ? Math.ceil(blocks) : blocks);
  };
  const accesses = { read: chargedAccesses('read'), fill: chargedAccesses('fill'), update: chargedAccesses('update') };
  const { read, fill, update } = storage.energy;
  const transfers = copies * of('transfer', 'words');
  return {
    reads: copies * of('read', 'words'),
    fills: copies * of('fill', 'words'),
    updates: copies * of('update', 'words'),
    transfers,
    accesses,
    energy: picojoules(accesses.read * read + accesses.fill * fill + accesses.update * update),
    linkEnergy: picojoules(transfers * storage.wordBits * storage.linkEnergy),
  };
}
