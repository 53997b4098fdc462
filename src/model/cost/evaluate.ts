// What the cost model says about a mapping: a table of count x energy per action; totals are its sums.

import type { Cycles, Picojoules } from '../../base/units.js';
import { cycles, picojoules, sum } from '../../base/units.js';
import type { Action, Architecture } from '../machine/architecture.js';
import { peakMacs } from '../machine/architecture.js';
import type { Conventions } from './conventions.js';
import type { Layer, Tensor } from '../workload/layer.js';
import { macs, tensors } from '../workload/layer.js';
import { compile } from '../machine/compiled-machine.js';
import type { Mapping } from '../mapping/mapping.js';
import type { Charge } from './charges.js';
import { chargesAt, runCharges } from './charges.js';
import { numbers } from './numbers.js';
import { isWhole, partOf, productsAtOnce, runsOf, whole } from '../workload/layer-parts.js';
import { busyCycles, portsOf } from './ports.js';
import type { TilesEvaluation } from './tile-cycles.js';
import { evaluateTiles, repeatedTiles, tilingFor } from './tile-cycles.js';
import type { Count } from './traffic.js';
import { computeCycles, instances, traffic } from './traffic.js';

/** What a mapping does to one tensor at one level: words over all instances, and pJ. */
export interface TensorEvaluation {
  /** Words read here; `fills` are written from the parent, `updates` are sums that arrive from the child (docs/cost-model.md). */
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
  /** pJ of the wires below. */
  readonly linkEnergy: Picojoules;
}

/** What a mapping does at one level, summed over all instances of it. */
export interface LevelEvaluation {
  readonly name: string;
  /** Copies of the level that the mapping uses. */
  readonly instances: number;
  /** Cycles that this level's ports need; the slowest level sets the pace, but where tiles do. */
  readonly cycles: Cycles;
  readonly dataspaces: Readonly<Partial<Record<Tensor, TensorEvaluation>>>;
  /** pJ of accesses and of the wires below. */
  readonly energy: Picojoules;
}

/** What a mapping of a layer costs: all counts with what they are charged, and their sums in pJ and cycles. */
export interface Evaluation {
  /** Outermost first. */
  readonly levels: readonly LevelEvaluation[];
  /** Padded MACs, pJ of them, and the cycles of the multipliers: the product of all loops in time. */
  readonly compute: { readonly macs: number; readonly energy: Picojoules; readonly cycles: Cycles };
  /** pJ of leakage, clock and control over all cycles. */
  readonly staticEnergy: Picojoules;
  /** pJ: of the levels, `compute` and `staticEnergy`. */
  readonly energy: Picojoules;
  /** Until the slowest is done: multipliers, a port, or the steps of tiles one after the other. */
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
  const busy = macs(layer) / productsAtOnce(parts) / peakMacs(a);
  return isWhole(parts) ? once : repeated(once, runsOf(parts), busy);
}

function evaluateRun(a: Architecture, layer: Layer, mapping: Mapping, conventions: Conventions): Evaluation {
  const m = compile(
    a,
    mapping.levels.map((l) => l.keep),
  );
  const r = numbers(m, layer, conventions, mapping);
  const counts = traffic(r, m, conventions);
  const steps = computeCycles(r);
  const ports = portsOf(a, counts);

  const levels = a.levels.map((level, index): LevelEvaluation => {
    const copies = instances(r, index);
    const charges = chargesAt(r, m, conventions, index);
    const own = counts.filter((c) => c.level === index);
    const dataspaces = Object.fromEntries(
      tensors
        .filter((t) => own.some((c) => c.tensor === t))
        .map((t) => [
          t,
          tensorEvaluation(
            charges,
            own.filter((c) => c.tensor === t),
            t,
            copies,
          ),
        ]),
    ) as LevelEvaluation['dataspaces'];
    const pace = Math.max(steps, ...ports.filter((p) => p.level === index).map(busyCycles));
    const energy = sum(Object.values(dataspaces).flatMap((d) => [d.energy, d.linkEnergy]));
    return { name: level.name, instances: copies, cycles: cycles(pace), dataspaces, energy };
  });

  const { macs: done, energyPerMac, energyPerCycle } = runCharges(r, a);
  const tiles = a.tiling && evaluateTiles(r, m, tilingFor(a.tiling, layer), mapping);
  const time = tiles?.cycles ?? cycles(Math.max(steps, ...levels.map((l) => l.cycles)));
  const compute = { macs: done, energy: picojoules(done * energyPerMac), cycles: cycles(steps) };
  const staticEnergy = picojoules(time * energyPerCycle);
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

const nothing = { accesses: 0, energy: 0 };

/** `counts` are those of one tensor at one level. */
function tensorEvaluation(
  charges: (tensor: Tensor, action: Count<number>['action']) => Charge<number>,
  counts: readonly Count<number>[],
  tensor: Tensor,
  copies: number,
): TensorEvaluation {
  const of = (action: Count<number>['action'], what: 'words' | 'accesses') =>
    counts.reduce((n, c) => n + (c.action === action ? c[what] : 0), 0);
  const charge = (action: Count<number>['action']) => {
    // A level has counts of two actions, mostly.
    if (!counts.some((c) => c.action === action)) return nothing;
    const c = charges(tensor, action);
    const blocks = of(action, 'accesses') / c.block;
    const accesses = c.copies * (c.whole ? Math.ceil(blocks) : blocks);
    return { accesses, energy: accesses * c.units * c.energy };
  };
  const [read, fill, update, transfer] = [charge('read'), charge('fill'), charge('update'), charge('transfer')];
  return {
    reads: copies * of('read', 'words'),
    fills: copies * of('fill', 'words'),
    updates: copies * of('update', 'words'),
    transfers: transfer.accesses,
    accesses: { read: read.accesses, fill: fill.accesses, update: update.accesses },
    energy: picojoules(read.energy + fill.energy + update.energy),
    linkEnergy: picojoules(transfer.energy),
  };
}
