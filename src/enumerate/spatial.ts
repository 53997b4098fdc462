// Where a layer's dimensions run side by side on a shape: padded bounds, lanes, vector, columns and rows, and what is
// left to loops in time.

import { invariant } from '../base/diagnostics.js';
import { divisors } from '../base/integers.js';
import { nth } from '../base/invariant.js';
import type { Dimension, Layer } from '../model/workload/layer.js';
import { hasBias } from '../model/workload/layer.js';
import { residentTensors } from '../model/workload/resident.js';
import type { WeightLayout } from '../model/workload/kept-weights.js';
import { isWeightDim, timeOf } from '../model/workload/kept-weights.js';
import { paddedBounds } from '../model/mapping/mapping-space.js';
import type { EachDimension, PerDimension } from './columns.js';
import { C, G, K, N, P, Q, R, S, columnOf, perDimension } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import { suitsLines } from './resident-costs.js';

export interface Spatial {
  /** Padded bound, factor on the array (columns or rows), and loops in time, per dimension. */
  readonly bound: PerDimension;
  readonly array: PerDimension;
  readonly time: PerDimension;
  /** Lanes and vector positions in use. */
  readonly lanes: number;
  readonly vector: number;
  /** Which dimension the columns and the rows carry; K and P where they carry nothing. */
  readonly columns: Dimension;
  readonly rows: Dimension;
  /** The factors on columns and rows where both carry G. */
  readonly onBoth: readonly [number, number] | undefined;
  /** Product of `time`: cycles of the multipliers. */
  readonly cycles: number;
  /** PEs in use. */
  readonly pes: number;
}

/** A dimension in one such way: its padded bound as a product. */
interface Part {
  readonly bound: number;
  readonly array: number;
  readonly inner: number;
  readonly time: number;
}

/**
 * A choice that is only begun: bounds, loops in time and cycles that it has at least, lanes and vector that it has at most;
 * dimensions that are not chosen are on the array nowhere.
 */
export type Begun = Pick<Spatial, 'bound' | 'array' | 'time' | 'lanes' | 'vector' | 'cycles'>;

/** Who walks through the choices. */
interface Visitor {
  /** Choices with more cycles are left out; it may fall on the way. */
  max: () => number;
  /**
   * Choices that begin in such a way are left out; where one is, so is one of larger bounds and more cycles. `last` is the
   * column of the dimension chosen last; those after it are open.
   */
  beyond: (begun: Begun, last: number) => boolean;
  /** The record is written to again: `at` makes one to keep. */
  visit: (s: Spatial, code: number) => void;
}

type Axes = Pick<Spatial, 'columns' | 'rows'>;

/** A dimension of choices with one dimension on the columns and one on the rows. */
interface Stage {
  readonly parts: readonly Part[];
  /** Loops in time that later dimensions take at least. */
  readonly rest: number;
  readonly minBound: number;
  readonly minTime: number;
  /** Whether parts differ by their bounds alone, ascending. */
  readonly isPlain: boolean;
}

interface Walk {
  readonly axes: Axes;
  readonly stages: readonly Stage[];
}

/** By the bound, how many it is padded to, and the room: layers and shapes have most of them in common. */
const partsKnown = new Map<string, readonly Part[]>();

/** Every way to write a dimension's padded bounds as a product, those with few loops in time first. */
function partsOf(bounds: readonly number[], inner: number, array: number): readonly Part[] {
  const key = `${nth(bounds, 0)} ${bounds.length} ${inner} ${array}`;
  const known = partsKnown.get(key);
  if (known) return known;
  const parts: Part[] = [];
  for (const bound of bounds) {
    for (const u of divisors(bound)) {
      if (u > inner) break;
      for (const s of divisors(bound / u)) {
        if (s > array) break;
        parts.push({ bound, array: s, inner: u, time: bound / u / s });
      }
    }
  }
  parts.sort((x, y) => x.time - y.time);
  partsKnown.set(key, parts);
  return parts;
}

export class SpatialChoices {
  private readonly walks: readonly Walk[];
  private readonly maxBiases: number;
  /** Where weights stay they lie so. */
  private readonly layout: WeightLayout | undefined;
  /** The choice that is made: arrays of it are written to. */
  private readonly bound: EachDimension<number> = [1, 1, 1, 1, 1, 1, 1, 1];
  private readonly array: EachDimension<number> = [1, 1, 1, 1, 1, 1, 1, 1];
  private readonly time: EachDimension<number> = [1, 1, 1, 1, 1, 1, 1, 1];
  private readonly now: Changing;

  constructor(
    layer: Layer,
    private readonly c: ShapeCosts,
    padding: boolean,
  ) {
    const isHere = residentTensors.some((t) => layer.resident?.[t]);
    const bounds = perDimension((d) => paddedBounds(layer.bounds[d], padding && !(isHere && d === 'N')));
    this.layout = layer.resident?.weights?.layout;
    this.maxBiases = hasBias(layer) ? c.biasLines : Infinity;
    // Columns carry K or G, rows P, C or G; where an axis carries nothing only the first of them is listed.
    this.walks = everyAxes
      .filter(({ columns, rows }) => layer.bounds.G > 1 || (columns !== 'G' && rows !== 'G'))
      .filter(
        ({ columns, rows }) => !this.layout || (columns === this.layout.columns.dim && rows === this.layout.rows.dim),
      )
      .flatMap((axes) => {
        const stages = stagesOf(axes, c, bounds, layer);
        return stages ? [{ axes, stages }] : [];
      });
    const { bound, array, time } = this;
    this.now = {
      bound,
      array,
      time,
      lanes: 1,
      vector: 1,
      columns: 'K',
      rows: 'P',
      onBoth: undefined,
      cycles: 1,
      pes: 1,
    };
  }

  /** Visits every choice that its visitor wants; those of few cycles come early. */
  each(visitor: Visitor): void {
    for (const [i, walk] of this.walks.entries()) this.eachOn(i, walk, visitor);
  }

  /** The choice of a code, as a record of its own. */
  at(code: number): Spatial {
    const { axes, stages } = nth(this.walks, code % this.walks.length);
    let rest = Math.floor(code / this.walks.length);
    let cycles = 1;
    stages.forEach(({ parts }, i) => {
      const part = nth(parts, rest % parts.length);
      rest = Math.floor(rest / parts.length);
      this.take(i, part);
      cycles *= part.time;
    });
    const { now } = this;
    invariant(this.complete(axes, cycles), 'a choice that the array does not carry');
    return { ...now, bound: [...now.bound], array: [...now.array], time: [...now.time] };
  }

  private take(i: number, p: Part): void {
    this.bound[i] = p.bound;
    this.array[i] = p.array;
    this.time[i] = p.time;
    if (i === K) this.now.lanes = p.inner;
    else if (i === C) this.now.vector = p.inner;
  }

  private eachOn(walk: number, { axes, stages }: Walk, { max, beyond, visit }: Visitor): void {
    const { walks, now } = this;
    const lanes = nth(stages, K).parts.reduce((n, p) => Math.max(n, p.inner), 1);
    const vector = nth(stages, C).parts.reduce((n, p) => Math.max(n, p.inner), 1);
    const open = (i: number) => {
      const { minBound, minTime } = nth(stages, i);
      this.bound[i] = minBound;
      this.array[i] = 1;
      this.time[i] = minTime;
      if (i === K) now.lanes = lanes;
      else if (i === C) now.vector = vector;
    };
    for (const i of stages.keys()) open(i);
    const choose = (i: number, time: number, code: number, radix: number): void => {
      const stage = stages[i];
      if (!stage) {
        if (this.complete(axes, time)) visit(now, code);
        return;
      }
      const { parts, rest, isPlain } = stage;
      const count = parts.length;
      for (let k = 0; k < count; k++) {
        const p = nth(parts, k);
        const cycles = time * p.time * rest;
        if (cycles > max()) break;
        this.take(i, p);
        now.cycles = cycles;
        // What has no choice was seen one stage before.
        if (count > 1 && beyond(now, i)) {
          if (isPlain) break;
          continue;
        }
        choose(i + 1, time * p.time, code + k * radix, radix * count);
      }
      open(i);
    };
    choose(0, 1, walk, walks.length);
  }

  /** What follows from the parts of all dimensions; false where the array does not carry them so, or the biases do not fit. */
  private complete({ columns, rows }: Axes, cycles: number): boolean {
    const { array, bound, c, now } = this;
    const isGOnBoth = columns === 'G' && rows === 'G';
    const onBoth = isGOnBoth ? splitOver(array[G], c.columns, c.rows) : undefined;
    if (isGOnBoth && !onBoth) return false;
    if (onBoth && this.layout && onBoth[0] !== this.layout.columns.factor) return false;
    if ((columns === 'G' || rows === 'G') && array[G] === 1) return false;
    if (rows === 'C' && array[C] === 1) return false;
    if ((bound[K] * bound[G]) / now.lanes > this.maxBiases) return false;
    now.columns = columns;
    now.rows = rows;
    now.onBoth = onBoth;
    now.cycles = cycles;
    now.pes = array[N] * array[G] * array[K] * array[C] * array[P] * array[Q] * array[R] * array[S];
    return true;
  }
}

type Changing = { -readonly [Name in keyof Spatial]: Spatial[Name] };

const everyAxes: readonly Axes[] = (['K', 'G'] as const).flatMap((columns) =>
  (['P', 'C', 'G'] as const).map((rows) => ({ columns, rows })),
);

/** Undefined where some dimension has no part whose lines whole images may have. */
function stagesOf(
  { columns, rows }: Axes,
  c: ShapeCosts,
  bounds: PerDimension<readonly number[]>,
  layer: Layer,
): readonly Stage[] | undefined {
  const room = (d: Dimension) => (columns === d ? c.columns : 1) * (rows === d ? c.rows : 1);
  const lists = perDimension((d) => {
    const parts = partsOf(bounds[columnOf[d]], d === 'K' ? c.lanes : d === 'C' ? c.vector : 1, room(d)).filter((part) =>
      suitsLayout(layer.resident?.weights?.layout, d, part),
    );
    return layer.resident && (d === 'K' || d === 'C')
      ? parts.filter(({ inner, bound }) => suitsLines(layer, c, d, inner, bound))
      : parts;
  });
  if (lists.some((parts) => parts.length === 0)) return undefined;
  const min = lists.map((parts) => nth(parts, 0).time);
  return lists.map((parts, i) => ({
    parts,
    rest: min.slice(i + 1).reduce((a, b) => a * b, 1),
    minBound: Math.min(...nth(bounds, i)),
    minTime: nth(min, i),
    isPlain: parts.every((p) => p.array === 1 && p.inner === 1),
  }));
}

/** Whether a dimension lies side by side, and is padded, as a layout of weights has it. */
function suitsLayout(layout: WeightLayout | undefined, d: Dimension, { bound, array, inner, time }: Part): boolean {
  if (!layout) return true;
  const { columns, rows, lanes, vector, mapped } = layout;
  const onArray = (columns.dim === d ? columns.factor : 1) * (rows.dim === d ? rows.factor : 1);
  if (array !== onArray) return false;
  if (!isWeightDim(d)) return true;
  return bound === mapped[d] && time === timeOf(layout, d) && inner === (d === 'K' ? lanes : d === 'C' ? vector : 1);
}

/** A factor on both axes as a factor on each, both above 1; undefined where there is no such pair. */
function splitOver(factor: number, columns: number, rows: number): readonly [number, number] | undefined {
  const first = divisors(factor).find((x) => x > 1 && x < factor && x <= columns && factor / x <= rows);
  return first === undefined ? undefined : [first, factor / first];
}
