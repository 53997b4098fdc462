// Max-pools as two channelwise runs, over columns and then over rows: the window goes along P or Q and is what the drain
// takes the maximum of, the places of windows go along N. Positions outside of the image are in no window.

import { nth } from '../base/invariant.js';
import { makeLayer } from '../model/workload/layer.js';
import type { PoolStep } from '../model/workload/network-graph.js';
import { passing } from './lower-elementwise.js';
import type { Finish, Walked } from './lowered.js';
import type { Lowering } from './lowering.js';
import type { PoolAxis, Stretch } from './pool-windows.js';
import { clipped } from './pool-windows.js';
import type { Factor, View } from './storage.js';
import { innermostLast, merged, narrowed, ownStorage } from './storage.js';
import { isInnermost } from './walks.js';

export function lowerMaxPool(
  l: Lowering,
  step: PoolStep,
  i: number,
  axes: { readonly rows: PoolAxis; readonly columns: PoolAxis },
  bits: number,
): void {
  const image = l.homes.read(nth(step.inputs, 0));
  const shape = l.homes.shape(nth(step.inputs, 0));
  const placed = l.homes.place(nth(step.outputs, 0));
  // A maximum over an image may have dropped its axes.
  const made =
    placed.axes.length < shape.length ? { ...placed, axes: [...placed.axes, [], []].slice(0, shape.length) } : placed;
  const last = shape.length - 1;
  const { low, high } = l.integersOf(i);
  const passed = passing(image, bits);
  const finish = { ...passed, low, high };
  if (shape.length < 4) return pass(l, step, i, last, axes.columns, image, made, finish);
  const between = shape.map((size, axis) => (axis === last ? axes.columns.outputs : size));
  const order = innermostLast(between.length, 1);
  const columns = ownStorage(`${step.name} over columns`, between, order, image.storage.unsigned);
  l.homes.storages.push(columns.storage);
  l.between.set(columns.storage.name, columns);
  pass(l, step, i, last, axes.columns, image, columns, passed);
  pass(l, step, i, last - 1, axes.rows, columns, made, finish);
}

/** Maxima along one axis, a run for every stretch of windows and every image. */
function pass(
  l: Lowering,
  step: PoolStep,
  i: number,
  axis: number,
  along: PoolAxis,
  from: View,
  to: View,
  finish: Finish,
): void {
  const batch = nth(l.homes.shape(nth(step.inputs, 0)), 0);
  for (let image = 0; image < batch; image++)
    for (const stretch of clipped(along, false)) {
      const source = narrowed(from, 0, image, 1);
      const whole = narrowed(to, 0, image, 1);
      const target =
        stretch.count === along.outputs ? whole : whole && narrowed(whole, axis, stretch.from, stretch.count);
      if (!source || !target) return l.refuse(`${step.name}: its windows do not lie evenly in memory`);
      stretchRun(l, step, i, axis, along, stretch, source, target, finish);
    }
}

function stretchRun(
  l: Lowering,
  step: PoolStep,
  i: number,
  axis: number,
  { stride, dilation }: PoolAxis,
  { at, count, kernel }: Stretch,
  from: View,
  to: View,
  finish: Finish,
): void {
  const overColumns = axis === from.axes.length - 1;
  const other = overColumns ? axis - 1 : axis + 1;
  const line = (view: View, k: number): Factor | undefined =>
    view.axes.length === 4 ? merged(view, nth(view.axes, k)) : undefined;
  const [g, channels] = [merged(from, nth(from.axes, 1)), merged(to, nth(to.axes, 1))];
  const along = merged(from, nth(from.axes, axis));
  const places = merged(to, nth(to.axes, axis));
  if (!g || !channels || !along || !places) return l.refuse(`${step.name}: its image does not lie evenly in memory`);
  const [across, acrossMade] = [line(from, other), line(to, other)];
  const start = from.at.map((p, k) => (k === along.axis ? p + at * along.step : p));
  const window = { ...along, size: Math.max(1, kernel), step: along.step * dilation };
  const input: Walked = {
    storage: from.storage,
    at: start,
    n: { ...along, size: count, step: along.step * stride },
    g,
    ...(overColumns ? { x: window, y: across } : { x: across, y: window }),
  };
  const output: Walked = {
    storage: to.storage,
    at: to.at,
    n: count > 1 ? places : undefined,
    g: channels,
    ...(overColumns ? { y: acrossMade } : { x: acrossMade }),
  };
  const [rest, size] = [across?.size ?? 1, Math.max(1, kernel)];
  const empty = kernel === 0;
  const layer = makeLayer(
    `${step.name} over ${overColumns ? 'columns' : 'rows'}`,
    { N: count, G: g.size, P: overColumns ? size : rest, Q: overColumns ? rest : size },
    { bias: false, pool: overColumns ? [size, 1] : [1, size] },
  );
  const contiguous = isInnermost(from, g) && isInnermost(to, channels);
  // A window that has nothing of the image: the least that a number can be.
  const only = { ...nth(finish.channels, 0), bias: empty ? finish.low : 0 };
  l.run({
    kind: 'run',
    name: layer.name,
    step: i,
    layer: contiguous ? layer : { ...layer, diagonal: false },
    input,
    output,
    weights: empty ? 0 : 1,
    finish: { ...finish, channels: [only] },
  });
}
