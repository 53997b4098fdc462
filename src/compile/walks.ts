// Tensors as a layer's loops go through them: the image of a window, the operands of a matrix product.

import { nth } from '../base/invariant.js';
import type { Walked } from './lowered.js';
import type { Factor, View } from './storage.js';
import { bordered, merged } from './storage.js';

/** Along one axis of an image: from which position on, and up to which behind it, windows look. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface ImageSpans {
  readonly rows?: Span;
  readonly columns?: Span;
}

/** Whether neighbouring words are one step of this factor. */
export const isInnermost = ({ storage }: Pick<View, 'storage'>, factor: Factor): boolean =>
  factor.step === 1 && factor.axis === storage.axes.length - 1;

/** [N, C, (H,) W] for windows over these spans, positions below 0 and behind the image being zeros; undefined where it does not lie so. */
export function imageWalk(view: View, groups: number, spans: ImageSpans): Walked | undefined {
  const [rows, columns] = view.axes.length === 4 ? [2, 3] : [undefined, view.axes.length - 1];
  const at = [...view.at];
  const along = (axis: number | undefined, span: Span | undefined): Factor | null | undefined => {
    if (axis === undefined) return undefined;
    const factor = merged(view, nth(view.axes, axis));
    if (!factor || factor.step < 1) return null;
    if (span && (span.first < 0 || span.last >= factor.size)) {
      if (!bordered(view, axis, -span.first, span.last - factor.size + 1)) return null;
    }
    at[factor.axis] = nth(at, factor.axis) + (span?.first ?? 0) * factor.step;
    return factor;
  };
  const [n, channels] = [merged(view, nth(view.axes, 0)), merged(view, nth(view.axes, 1))];
  const [y, x] = [along(rows, spans.rows), along(columns, spans.columns)];
  if (!n || !channels || y === null || x === null) return undefined;
  return { storage: view.storage, at, n, y, x, ...grouped(channels, groups) };
}

/** An axis of channels as groups of them. */
export const grouped = ({ axis, size, step }: Factor, groups: number): { readonly g: Factor; readonly c: Factor } => ({
  g: { axis, size: groups, step: (size / groups) * step },
  c: { axis, size: size / groups, step },
});

/** The rows of an axis in the order in which they lie, which each is in the order of ONNX. */
export interface Contraction {
  readonly factor: Factor;
  readonly order: Int32Array;
}

/** An axis that is summed over: its words may be taken in any order, and are in that of memory. */
export function contraction(view: View, axis: number): Contraction | undefined {
  const given = nth(view.axes, axis).filter((f) => f.size > 1);
  const sorted = given.toSorted((a, b) => a.axis - b.axis || b.step - a.step);
  const factor = merged(view, sorted.length > 0 ? sorted : nth(view.axes, axis));
  if (!factor) return undefined;
  // Steps of each factor in the order of ONNX.
  const steps = new Map<Factor, number>();
  given.reduceRight((step, f) => (steps.set(f, step), step * f.size), 1);
  let order: Int32Array = Int32Array.of(0);
  for (const f of sorted) {
    const step = steps.get(f) ?? 0;
    const next = new Int32Array(order.length * f.size);
    for (let i = 0, to = 0; i < order.length; i++)
      for (let k = 0; k < f.size; k++) next[to++] = nth(order, i) + k * step;
    order = next;
  }
  return { factor, order };
}

/** Several axes as one, outermost first; undefined where words do not lie evenly. */
export const joined = (view: View, axes: readonly number[]): Factor | undefined =>
  merged(
    view,
    axes.flatMap((axis) => nth(view.axes, axis)),
  );
