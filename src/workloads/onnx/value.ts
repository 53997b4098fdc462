// What is known of a value in the graph: its sizes, its numbers where they are few, and who is to blame for gaps.

import { defined, nth } from '../../base/invariant.js';
import type { Constant } from './graph.js';
import { foldLimit } from './graph.js';

/** A size or a number, or `undefined` where it is not known before run time. */
export type Known = number | undefined;
export type Shape = readonly Known[];

export interface Value {
  /** Absent where not even the rank is known. */
  readonly shape: Shape | undefined;
  /** All elements, row-major; only where the shape is known and small. Single ones may be unknown. */
  readonly data: readonly Known[] | undefined;
  readonly whole: boolean;
  /** Whether it follows from tensors of the file alone. */
  readonly fixed?: boolean;
  /** The first cause of a gap in the shape, as the end of a sentence: `because ...`. */
  readonly blame: string | undefined;
}

/** A contradiction in the file: sizes that cannot fit together. */
export interface Fault {
  readonly fault: string;
}
export const fault = (message: string): Fault => ({ fault: message });
export const isFault = (x: object | undefined): x is Fault => x !== undefined && 'fault' in x;

export const valueOf = (shape: Shape | undefined, data?: readonly Known[], whole = false): Value => ({
  shape,
  data,
  whole,
  blame: undefined,
});
export const unknownValue: Value = valueOf(undefined);
export const constantValue = ({ shape, values, whole }: Constant): Value => ({
  shape,
  data: values,
  whole,
  fixed: true,
  blame: undefined,
});
/** A list of whole numbers, as shape arithmetic has them. */
export const listValue = (numbers: readonly Known[]): Value => valueOf([numbers.length], numbers, true);

/** The product, where all are known. */
export function knownVolume(shape: Shape | undefined): Known {
  let n = 1;
  for (const d of shape ?? [undefined]) {
    if (d === undefined) return undefined;
    n *= d;
  }
  return n;
}

export const isComplete = (shape: Shape | undefined): shape is readonly number[] =>
  shape !== undefined && shape.every((d) => d !== undefined);

/** Whether a size can be one: damaged files ask for negative and broken ones. */
export const isSize = (d: Known): boolean => d === undefined || (Number.isSafeInteger(d) && d >= 0);

/** Whether a value of this shape is small enough that its numbers are worth following. */
export const isSmall = (shape: Shape | undefined): shape is readonly number[] =>
  isComplete(shape) && shape.every(isSize) && defined(knownVolume(shape)) <= foldLimit;

/** `[1, ?, 768]`; broken files can have thousands of entries, of which the first few say enough. */
export const printSizes = (shape: Shape): string =>
  `[${shape
    .slice(0, 12)
    .map((d) => d ?? '?')
    .join(', ')}${shape.length > 12 ? ', ...' : ''}]`;

/** -1 is the last axis. `undefined` where the axis does not exist. */
export function axisIn(axis: number, rank: number): number | undefined {
  const at = axis < 0 ? axis + rank : axis;
  return Number.isInteger(at) && at >= 0 && at < rank ? at : undefined;
}

/** Numpy broadcasting: aligned at the right, 1 stretches. */
export function broadcast(shapes: readonly Shape[]): Shape | Fault {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const result: Known[] = [];
  for (let i = 0; i < rank; i++) {
    const sizes = shapes.map((s) => (i < rank - s.length ? 1 : s[i - rank + s.length]));
    const wide = [...new Set(sizes.filter((d) => d !== undefined && d !== 1))];
    if (wide.length > 1) return fault(`the shapes ${shapes.map(printSizes).join(' and ')} do not fit together`);
    result.push(wide.length === 1 ? wide[0] : sizes.includes(undefined) ? undefined : 1);
  }
  return result;
}

/** Row-major steps of a shape, 0 where it is stretched to `rank` dimensions. */
export function strides(shape: readonly number[], rank: number): number[] {
  const steps = new Array<number>(rank).fill(0);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1) steps[rank - shape.length + i] = step;
    step *= nth(shape, i);
  }
  return steps;
}

/** For every position of `shape`, row-major: the offsets under each of the given steps. */
export function* positions(
  shape: readonly number[],
  steps: readonly (readonly number[])[],
): Generator<readonly number[]> {
  const total = shape.reduce((n, d) => n * d, 1);
  for (let flat = 0; flat < total; flat++) {
    const offsets = steps.map(() => 0);
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      const at = rest % nth(shape, axis);
      rest = (rest - at) / nth(shape, axis);
      for (let i = 0; i < steps.length; i++) offsets[i]! += at * nth(steps[i]!, axis);
    }
    yield offsets;
  }
}
