// Where tensors lie: storages with borders, and views of them, whose addresses are affine in the tensor's indices.

import { nth } from '../base/invariant.js';

/** One axis of a storage: the positions that tensors have, and what lies around them. */
export interface StorageAxis {
  readonly size: number;
  /** Positions of border in front and behind, which stay the number zero. */
  before: number;
  after: number;
  /** Positions behind that mappings write as padding. */
  excess: number;
  /** Whether somebody reads across it as if it were one with the axis outside: neither border nor excess may come. */
  dense: boolean;
}

/** Words of one or several tensors in DRAM; the last axis has neighbouring words. */
export interface Storage {
  readonly name: string;
  /** Its numbers go from 0 on, and a word is less than its number by 2^(bits - 1): the top bit is flipped. */
  readonly unsigned: boolean;
  readonly axes: readonly StorageAxis[];
}

/** Part of a tensor's axis: `size` positions, `step` apart along an axis of the storage. */
export interface Factor {
  readonly axis: number;
  readonly size: number;
  readonly step: number;
}

/** A tensor in a storage: for each of its axes the factors of its index, outermost first; none where it has size 1. */
export interface View {
  readonly storage: Storage;
  /** Position of the first element, along each axis of the storage. */
  readonly at: readonly number[];
  readonly axes: readonly (readonly Factor[])[];
}

export const makeStorage = (name: string, sizes: readonly number[], unsigned = false): Storage => ({
  name,
  unsigned,
  axes: sizes.map((size) => ({ size, before: 0, after: 0, excess: 0, dense: false })),
});

/** A storage of its own for a tensor: `order` lists the tensor's axes as they lie in memory, outermost first. */
export function ownStorage(name: string, shape: readonly number[], order: readonly number[], unsigned = false): View {
  const sizes = order.map((axis) => nth(shape, axis));
  const storage = makeStorage(name, sizes, unsigned);
  const axes = shape.map((size, axis) => [{ axis: order.indexOf(axis), size, step: 1 }]);
  return { storage, at: order.map(() => 0), axes };
}

/** All axes as they come, but with one of them innermost. */
export const innermostLast = (rank: number, innermost: number): readonly number[] => [
  ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== innermost),
  ...(innermost >= 0 && innermost < rank ? [innermost] : []),
];

const lengthOf = ({ before, size, after, excess }: StorageAxis): number => before + size + Math.max(after, excess);

/** Whether there are words around its tensors that no run writes. */
export const isBordered = ({ axes }: Storage): boolean => axes.some(({ before, after }) => before + after > 0);

/** By how much a number is more than its word of so many bits. */
export const numberAbove = ({ unsigned }: Storage, bits: number): number => (unsigned ? 2 ** (bits - 1) : 0);

/** Words from one position to the next along each axis. */
export function stridesOf({ axes }: Storage): readonly number[] {
  const strides: number[] = [];
  for (let axis = axes.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= lengthOf(nth(axes, axis));
  }
  return strides;
}

export const wordsOf = ({ axes }: Storage): number => axes.reduce((n, axis) => n * lengthOf(axis), 1);

/** Words from the storage's first to the view's first, and from one index to the next by each factor. */
export function addressed({ storage, at, axes }: View): {
  readonly offset: number;
  readonly axes: readonly (readonly { readonly size: number; readonly stride: number }[])[];
} {
  const strides = stridesOf(storage);
  return {
    offset: at.reduce((n, position, i) => n + (position + nth(storage.axes, i).before) * nth(strides, i), 0),
    axes: axes.map((factors) => factors.map(({ axis, size, step }) => ({ size, stride: step * nth(strides, axis) }))),
  };
}

/** Words from the storage's first to every element of a view, in the order of ONNX. */
export function addressesOf(view: View): Int32Array {
  const { offset, axes } = addressed(view);
  let found: Int32Array = Int32Array.of(offset);
  for (const { size, stride } of axes.flat()) {
    const next = new Int32Array(found.length * size);
    for (let i = 0, to = 0; i < found.length; i++)
      for (let k = 0; k < size; k++) next[to++] = nth(found, i) + k * stride;
    found = next;
  }
  return found;
}

const sizeOf = (factors: readonly Factor[]): number => factors.reduce((n, f) => n * f.size, 1);
export const shapeOf = ({ axes }: View): readonly number[] => axes.map(sizeOf);

/** `count` positions of an axis from `start` on, `step` apart; undefined where its factors cannot say that. */
export function narrowed(view: View, axis: number, start: number, count: number, step = 1): View | undefined {
  const factors = nth(view.axes, axis);
  const [first, ...inner] = factors;
  if (start === 0 && count === sizeOf(factors) && step === 1) return view;
  if (!first) return undefined;
  const each = sizeOf(inner);
  if (start % each !== 0 || (each > 1 && (step !== 1 || count % each !== 0))) return undefined;
  const at = view.at.map((p, i) => (i === first.axis ? p + (start / each) * first.step : p));
  const kept = [{ ...first, size: count / each, step: first.step * step }, ...inner];
  return { ...view, at, axes: view.axes.map((f, i) => (i === axis ? kept : f)) };
}

export const transposed = (view: View, order: readonly number[]): View => ({
  ...view,
  axes: order.map((axis) => nth(view.axes, axis)),
});

/** The same words in the same order as another shape; undefined where factors would have to be cut across. */
export function reshaped(view: View, shape: readonly number[]): View | undefined {
  const open = view.axes
    .flat()
    .filter((f) => f.size > 1)
    .toReversed();
  const axes: (readonly Factor[])[] = [];
  for (const size of shape) {
    const taken: Factor[] = [];
    for (let rest = size; rest > 1;) {
      const next = open.pop();
      if (!next) return undefined;
      if (rest % next.size === 0) {
        taken.push(next);
        rest /= next.size;
      } else if (next.size % rest === 0) {
        const inner = next.size / rest;
        taken.push({ ...next, size: rest, step: next.step * inner });
        open.push({ ...next, size: inner });
        rest = 1;
      } else return undefined;
    }
    axes.push(taken);
  }
  return open.length === 0 ? { ...view, axes } : undefined;
}

/** Whether an inner factor goes through all of its axis of the storage, so that the next word is the axis outside. */
const isWhole = ({ storage, at }: View, { axis, size, step }: Factor): boolean =>
  step === 1 && nth(at, axis) === 0 && size === nth(storage.axes, axis).size;

const isTaken = ({ before, after, excess }: StorageAxis): boolean => before + after + excess > 0;

/**
 * Factors, outermost first, as one, if words lie evenly from one to the next; axes that are read across become dense.
 * Undefined where they do not; a factor of one position where there is none.
 */
export function merged(view: View, given: readonly Factor[]): Factor | undefined {
  const factors = given.filter((f) => f.size > 1);
  const last = factors.at(-1) ?? given.at(-1) ?? { axis: view.storage.axes.length - 1, size: 1, step: 1 };
  const across: StorageAxis[] = [];
  let [top, size] = [last, last.size];
  for (const outer of factors.slice(0, -1).toReversed()) {
    size *= outer.size;
    if (outer.axis === top.axis && outer.step === top.step * top.size) {
      top = { ...top, size: top.size * outer.size };
      continue;
    }
    if (outer.axis >= top.axis || outer.step !== 1 || !isWhole(view, top)) return undefined;
    // Between the two axes only those of one position may lie.
    const inner = view.storage.axes.slice(outer.axis + 1, top.axis + 1);
    if (inner.slice(0, -1).some((a) => a.size > 1) || inner.some(isTaken)) return undefined;
    across.push(...inner);
    top = outer;
  }
  for (const axis of across) axis.dense = true;
  return { ...last, size };
}

/** Asks for a border around an axis, at ends that the view shares with the storage; false where there can be none. */
export function bordered(view: View, axis: number, before: number, after: number): boolean {
  if (before <= 0 && after <= 0) return true;
  const factors = nth(view.axes, axis);
  const only = factors[0];
  if (factors.length !== 1 || !only || only.step !== 1) return false;
  const of = nth(view.storage.axes, only.axis);
  const at = nth(view.at, only.axis);
  if (of.dense || (before > 0 && at !== 0) || (after > 0 && at + only.size !== of.size)) return false;
  of.before = Math.max(of.before, before);
  of.after = Math.max(of.after, after);
  return true;
}
