// The access counts: written once, read with numbers (evaluate) and with log-linear expressions (the encoder).
//
// Every count is a product. `X` is a positive quantity: a number, or the logarithm of one as a linear expression.
// The rules are those of Timeloop and of our hardware; docs/cost-model.md derives them.

import type { Conventions } from './conventions.js';
import type { Behind, Dimension, Tensor, Weighed, Window } from '../workload/layer.js';
import { dimensions, pooledOf, relevance, tensors, windows } from '../workload/layer.js';
import type { Machine } from '../machine/compiled-machine.js';
import { childOf, levelOf, storageOf } from '../machine/compiled-machine.js';

/** Which loops a product runs over, relative to the boundary of a level (the level's own loops are inside it). */
export type Region =
  | { readonly where: 'all' | 'temporal' }
  | {
      readonly where: 'inside' | 'temporal outside' | 'spatial outside' | 'not spatial outside';
      readonly level: number;
    }
  | {
      readonly where: 'fan-outs between';
      readonly outer: number;
      readonly inner: number;
      readonly except: readonly string[];
    }
  | { readonly where: 'axes'; readonly names: readonly string[] };

/** What the rules need to know about positive quantities. */
export interface Reading<X> {
  /** What stands behind the layer. */
  readonly pool: Behind['pool'];
  readonly residual: Behind['residual'];
  /** What of it lies in the global buffer; only numbers are asked about such layers. */
  readonly resident?: Behind['resident'];
  /** Bits that the layer's weights need, where it says so. */
  readonly weightBits: Weighed['weightBits'];
  /** Whether each of its multiplications is two of half the bits. */
  readonly split: Weighed['split'];
  constant: (n: number) => X;
  product: (xs: readonly X[]) => X;
  quotient: (a: X, b: X) => X;
  /** Product of the factors of some dimensions over a region. */
  loops: (dims: readonly Dimension[], region: Region) => X;
  /**
   * Temporal factors irrelevant to `tensor` outside `level`, without the run that is reused.
   * Nothing is reused in time by the multipliers themselves (`level` = number of levels).
   */
  refetches: (tensor: Tensor, level: number) => X;
  /** refetches(Outputs, level) - 1; undefined stands for "certainly zero". */
  revisits: (level: number) => X | undefined;
  /** Input rows (or columns) under the tile of a level along one window. */
  rows: (window: Window, level: number, tuples: boolean) => X;
  /** Rows fetched into a level along one window, over all its loops in time outside. */
  walk: (window: Window, level: number, tuples: boolean) => X;
  /** Number of different input offsets along a window among the children used in the fan-out below `level`. */
  offsets: (window: Window, level: number) => X;
}

export interface Count<X> {
  readonly level: number;
  readonly tensor: Tensor;
  /** `transfer` is a word on the wires below the level. */
  readonly action: 'read' | 'fill' | 'update' | 'transfer';
  /** Words per instance over the whole run. */
  readonly words: X;
  /** Accesses of the physical memory per instance: words, less those that one access moves together. */
  readonly accesses: X;
  /** Whether it serves the next kept level inside: then it depends on which this is. */
  readonly inward: boolean;
}

/** A level that keeps a tensor, and the next one inside that does; the number of levels stands for the multipliers. */
export interface Link {
  readonly tensor: Tensor;
  readonly level: number;
  readonly child: number;
  /** Whether no level outside keeps the tensor. */
  readonly outermost: boolean;
}

const outOfWindows = relevance.Inputs.filter((d) => !['P', 'Q', 'R', 'S'].includes(d));

/** Words of a tensor's tile at a level. */
function tileWords<X>(r: Reading<X>, m: Machine, tensor: Tensor, level: number): X {
  const inside = { where: 'inside', level } as const;
  if (tensor === 'Outputs') return leaving(r, m, level, r.loops(relevance.Outputs, inside));
  if (tensor === 'Weights') return r.loops(relevance.Weights, inside);
  const { tuples } = storageOf(m, level, tensor);
  return r.product([r.loops(outOfWindows, inside), ...windows.map((w) => r.rows(w, level, tuples))]);
}

/** Outputs as they are stored at a level: pooled on their way from the PEs to the level of the inner tiles. */
function leaving<X>(r: Reading<X>, m: Machine, level: number, outputs: X): X {
  const { tiling } = m.architecture;
  return tiling && level <= tiling.inner ? r.quotient(outputs, r.constant(pooledOf(r))) : outputs;
}

/** Lines that a tile takes in its memory: words, less those that lie side by side in one line. */
export function tileLines<X>(r: Reading<X>, m: Machine, tensor: Tensor, level: number): X {
  const { line } = storageOf(m, level, tensor);
  const words = tileWords(r, m, tensor, level);
  return line.length === 0 ? words : r.quotient(words, r.loops(relevance[tensor], { where: 'axes', names: line }));
}

/** Copies of a level that work: the product of all spatial factors outside it. */
export const instances = <X>(r: Reading<X>, level: number): X =>
  r.loops(dimensions, { where: 'spatial outside', level });

/** Copies of a level whose accesses are charged apart. */
export const charged = <X>(r: Reading<X>, m: Machine, level: number): X =>
  levelOf(m, level).clustered ? r.product([]) : instances(r, level);

/** Cycles of the multipliers: the product of all temporal factors. */
export const computeCycles = <X>(r: Reading<X>): X => r.loops(dimensions, { where: 'temporal' });

/** Multiply-accumulates done, padding included. */
export const paddedMacs = <X>(r: Reading<X>): X => r.loops(dimensions, { where: 'all' });

/** Words that one instance of `level` fetches from its parent over the run. The multipliers fetch in every cycle. */
function fetches<X>(r: Reading<X>, m: Machine, tensor: 'Weights' | 'Inputs', level: number): X {
  if (level === m.architecture.levels.length) return computeCycles(r);
  const outside = { where: 'temporal outside', level } as const;
  if (tensor === 'Weights') {
    return r.product([tileWords(r, m, tensor, level), r.loops(relevance.Weights, outside), r.refetches(tensor, level)]);
  }
  const { tuples } = storageOf(m, level, tensor);
  return r.product([
    r.loops(outOfWindows, { where: 'inside', level }),
    r.loops(outOfWindows, outside),
    ...windows.map((w) => r.walk(w, level, tuples)),
    r.refetches(tensor, level),
  ]);
}

/** Different words among the copies that one instance of `outer` serves: what multicast does not merge. */
export function distinct<X>(
  r: Reading<X>,
  m: Machine,
  tensor: Tensor,
  outer: number,
  inner: number,
  except: readonly string[],
): X {
  const region = { where: 'fan-outs between', outer, inner, except } as const;
  if (tensor !== 'Inputs') return r.loops(relevance[tensor], region);
  const levels = Array.from({ length: inner - outer }, (_, i) => outer + i);
  return r.product([
    r.loops(outOfWindows, region),
    ...levels.flatMap((l) => (levelOf(m, l).axes.length > 0 ? windows.map((w) => r.offsets(w, l)) : [])),
  ]);
}

/** Every access of every kept level, per instance. A count may come in several parts, which add up. */
export function traffic<X>(r: Reading<X>, m: Machine, conventions: Conventions): readonly Count<X>[] {
  return tensors.flatMap((tensor) =>
    m.chains[tensor].flatMap((level, i) =>
      linkTraffic(r, m, conventions, { tensor, level, child: childOf(m, level, tensor), outermost: i === 0 }),
    ),
  );
}

/** The accesses of one kept level. */
export function linkTraffic<X>(r: Reading<X>, m: Machine, conventions: Conventions, link: Link): readonly Count<X>[] {
  if (link.tensor !== 'Outputs') return withoutLoads(r, m, withoutFills(r, m, operandTraffic(r, m, link.tensor, link)));
  return [...withoutSpills(r, m, outputTraffic(r, m, conventions, link)), ...residualTraffic(r, m, link)];
}

/** Of inputs that lie in the global buffer nothing is read further out, and nothing brought in. */
function withoutFills<X>(r: Reading<X>, m: Machine, counts: readonly Count<X>[]): readonly Count<X>[] {
  const { tiling } = m.architecture;
  if (!tiling || !r.resident?.input) return counts;
  return counts.filter(
    ({ tensor, level, action }) =>
      tensor !== 'Inputs' || level > tiling.inner || (level === tiling.inner && action !== 'fill'),
  );
}

/** Of weights that lie in the weight buffers nothing is read further out, and nothing brought in. */
function withoutLoads<X>(r: Reading<X>, m: Machine, counts: readonly Count<X>[]): readonly Count<X>[] {
  const { tiling } = m.architecture;
  if (!tiling || !r.resident?.weights?.held) return counts;
  const buffer = childOf(m, tiling.outer, 'Weights');
  return counts.filter(
    ({ tensor, level, action }) => tensor !== 'Weights' || level > buffer || (level === buffer && action !== 'fill'),
  );
}

/** Outputs that stay in the global buffer are not read there to be taken away, and written no further out. */
function withoutSpills<X>(r: Reading<X>, m: Machine, counts: readonly Count<X>[]): readonly Count<X>[] {
  const { tiling } = m.architecture;
  if (!tiling || !r.resident?.output) return counts;
  return counts.filter(({ level, inward }) => level > tiling.inner || (level === tiling.inner && inward));
}

function operandTraffic<X>(
  r: Reading<X>,
  m: Machine,
  tensor: 'Weights' | 'Inputs',
  { level, child, outermost }: Link,
): Count<X>[] {
  const { access, linkEnergy } = storageOf(m, level, tensor);
  const fetched = fetches(r, m, tensor, child);
  const words = r.product([fetched, distinct(r, m, tensor, level, child, [])]);
  const accesses =
    access.length === 0
      ? words
      : r.product([perAccess(r, m, tensor, fetched, child, access), distinct(r, m, tensor, level, child, access)]);
  const counts: Count<X>[] = [{ level, tensor, action: 'read', words, accesses, inward: true }];
  if (linkEnergy > 0) counts.push({ level, tensor, action: 'transfer', words, accesses: words, inward: true });
  if (!outermost) {
    const filled = fetches(r, m, tensor, level);
    counts.push({
      level,
      tensor,
      action: 'fill',
      words: filled,
      accesses: perAccess(r, m, tensor, filled, level, access),
      inward: false,
    });
  }
  return counts;
}

/**
 * A residual is read once where outputs end up, a word for each of them, and needs no room further in; or in the global buffer,
 * where it lies there.
 */
function residualTraffic<X>(r: Reading<X>, m: Machine, { level, outermost }: Link): Count<X>[] {
  const isHere = r.resident?.residual ? level === m.architecture.tiling?.inner : outermost;
  if (!r.residual || !isHere) return [];
  const [words, accesses] = storedOutputs(r, m, level);
  return [{ level, tensor: 'Outputs', action: 'read', words, accesses, inward: false }];
}

/** Outputs that pass a level, padding included, in words and in accesses of its memory. */
function storedOutputs<X>(r: Reading<X>, m: Machine, level: number): readonly [words: X, accesses: X] {
  const { access } = storageOf(m, level, 'Outputs');
  const words = leaving(r, m, level, r.loops(relevance.Outputs, { where: 'not spatial outside', level }));
  return [
    words,
    access.length === 0 ? words : r.quotient(words, r.loops(relevance.Outputs, { where: 'axes', names: access })),
  ];
}

/** Words of tiles at `level`, less those that one access moves together: axes inside the level are part of its tile. */
function perAccess<X>(
  r: Reading<X>,
  m: Machine,
  tensor: Tensor,
  words: X,
  level: number,
  access: readonly string[],
): X {
  const names = access.filter((name) =>
    m.slots.some((s) => s.kind === 'spatial' && s.axis.name === name && s.level >= level),
  );
  return names.length === 0 ? words : r.quotient(words, r.loops(relevance[tensor], { where: 'axes', names }));
}

/**
 * Outputs go up as sums and come back. An element's residence at a level ends `v` times, v the refetching reduction
 * loops outside it; the first visit brings nothing down. All counts are `part x v` or `part x (v - 1)`.
 */
function outputTraffic<X>(
  r: Reading<X>,
  m: Machine,
  conventions: Conventions,
  { level, child, outermost }: Link,
): Count<X>[] {
  const tensor = 'Outputs' as const;
  const { role } = levelOf(m, level);
  const { linkEnergy } = storageOf(m, level, tensor);
  const arrived = r.loops(relevance.Outputs, { where: 'not spatial outside', level });
  const [part, partAccesses] = storedOutputs(r, m, level);
  const count = (action: Count<X>['action'], times: X | undefined, inward = true): Count<X>[] =>
    times === undefined
      ? []
      : [
          {
            level,
            tensor,
            action,
            words: r.product([part, times]),
            accesses: r.product([partAccesses, times]),
            inward,
          },
        ];
  const arriving = r.refetches(tensor, child);
  if (conventions.outputs === 'physical' && role === 'collector')
    return [...count('update', arriving), ...count('read', arriving)];
  const again = r.revisits(child);
  const reopened = outermost ? undefined : r.revisits(level);

  // The wires carry what leaves the PEs: before it is pooled.
  const carried = (times: X | undefined): Count<X>[] => {
    if (times === undefined) return [];
    const words = r.product([arrived, times]);
    return [{ level, tensor, action: 'transfer', words, accesses: words, inward: true }];
  };
  const wires = linkEnergy > 0 ? [...carried(arriving), ...carried(again)] : [];
  if (conventions.outputs === 'updates') {
    return [...count('update', arriving), ...count('read', again), ...count('fill', reopened, false), ...wires];
  }
  if (role === 'accumulator') {
    return [
      ...count('update', again),
      ...count('read', again),
      ...count('fill', reopened, false),
      ...count('read', reopened, false),
      ...wires,
    ];
  }
  const drained = outermost ? [] : count('read', r.refetches(tensor, level), false);
  return [
    ...count('update', arriving),
    ...count('read', again),
    ...count('fill', reopened, false),
    ...drained,
    ...wires,
  ];
}
