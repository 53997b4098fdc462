// Average pools as channelwise runs: sums under weights of one, clipped windows as runs with kernels of their own.

import { got, nth } from '../base/invariant.js';
import type { Layer } from '../model/workload/layer.js';
import { makeLayer } from '../model/workload/layer.js';
import type { PoolStep } from '../model/workload/network-graph.js';
import type { Ratio } from '../reference/integer-arithmetic.js';
import { planeOf } from '../reference/numbers.js';
import type { Lowering } from './lowering.js';
import type { Finish, Walked } from './lowered.js';
import type { PoolAxis, Stretch } from './pool-windows.js';
import { clipped, flatAxis, lastPosition, unclipped } from './pool-windows.js';
import type { View } from './storage.js';
import { narrowed } from './storage.js';
import type { ImageSpans } from './walks.js';
import { lowerMaxPool } from './lower-max-pool.js';
import { imageWalk, isInnermost } from './walks.js';

/** Windows over rows and over columns, each run a pair. */
interface Plan {
  readonly rows: readonly Stretch[];
  readonly columns: readonly Stretch[];
}

export function lowerPool(l: Lowering, step: PoolStep, i: number, bits: number): void {
  if (step.mode === 'max') return lowerMaxPool(l, step, i, axesOf(l, step), bits);
  const input = nth(step.inputs, 0);
  const axes = axesOf(l, step);
  const spansOf = (row: Stretch, column: Stretch): ImageSpans => ({
    rows: { first: row.at, last: lastPosition(row, axes.rows) },
    columns: { first: column.at, last: lastPosition(column, axes.columns) },
  });
  const walk =
    ({ rows, columns }: Plan) =>
    (view: View): readonly Walked[] | undefined => {
      const walks = rows.flatMap((row) =>
        columns.map((column) => imageWalk(view, l.homes.shape(input)[1] ?? 1, spansOf(row, column))),
      );
      return walks.every((w) => w !== undefined) ? walks : undefined;
    };
  // A border of zeros changes no sum.
  const whole = planned(unclipped, axes, step.countPadding);
  const cut = planned(clipped, axes, step.countPadding);
  const view = l.homes.read(input);
  const wholeWalks = walk(whole)(view);
  const plan = wholeWalks ? whole : cut;
  const walks = wholeWalks ?? walk(cut)(view) ?? walk(cut)(l.homes.apart(input, 1, step.name));
  if (!walks) return l.refuse(`${step.name}: ${input} does not lie as a run of the machine could read it`);
  putOut(l, step, i, plan, walks);
}

const planned = (
  of: (axis: PoolAxis, countPadding: boolean) => readonly Stretch[],
  { rows, columns }: { readonly rows: PoolAxis; readonly columns: PoolAxis },
  countPadding: boolean,
): Plan => ({ rows: of(rows, countPadding), columns: of(columns, countPadding) });

function axesOf(l: Lowering, { window, global, inputs, outputs }: PoolStep) {
  const { height, width } = planeOf(l.homes.shape(nth(inputs, 0)));
  const shape = l.homes.shape(nth(outputs, 0));
  const made = global ? { height: 1, width: 1 } : planeOf(shape);
  const { kernel, stride, dilation, padding } = window;
  const along = (k: 0 | 1, size: number, count: number, before: number, after: number): PoolAxis =>
    global
      ? { ...flatAxis, size, kernel: size }
      : { outputs: count, size, kernel: kernel[k], stride: stride[k], dilation: dilation[k], before, after };
  return {
    rows: along(0, height, made.height, padding.top, padding.bottom),
    columns: along(1, width, made.width, padding.left, padding.right),
  };
}

function putOut(l: Lowering, step: PoolStep, i: number, { rows, columns }: Plan, walks: readonly Walked[]): void {
  const made = l.homes.place(nth(step.outputs, 0));
  const axes = axesOf(l, step);
  const [batch, channels] = l.homes.shape(nth(step.inputs, 0));
  const count = rows.length * columns.length;
  for (const [k, input] of walks.entries()) {
    const [row, column] = [nth(rows, Math.floor(k / columns.length)), nth(columns, k % columns.length)];
    const name = count > 1 ? `${step.name} ${k + 1}/${count}` : step.name;
    const output = outputWalk(l, step, made, row, column, channels ?? 1);
    // Of a window that has nothing of the image there is nothing to average.
    const empty = row.kernel * column.kernel === 0;
    const finish = finishOf(l, i, row.counted * column.counted);
    const neighbours = [input, output].every((w) => w.g === undefined || isInnermost(w, w.g));
    const layer: Layer = {
      ...makeLayer(
        name,
        {
          N: batch ?? 1,
          G: channels ?? 1,
          P: column.count,
          Q: row.count,
          R: empty ? 1 : column.kernel,
          S: empty ? 1 : row.kernel,
        },
        {
          stride: [axes.columns.stride, axes.rows.stride],
          dilation: [axes.columns.dilation, axes.rows.dilation],
          bias: false,
        },
      ),
      ...(!neighbours && { diagonal: false }),
    };
    l.run({
      kind: 'run',
      name,
      step: i,
      layer,
      input,
      output,
      weights: empty ? 0 : 1,
      finish,
    });
  }
}

function finishOf(l: Lowering, i: number, divisor: number): Finish {
  const { low, high, byDivisor } = l.integersOf(i);
  const ratio = got(byDivisor ?? new Map<number, Ratio>(), Math.max(1, divisor));
  return { channels: [{ ...ratio, bias: 0, second: 0 }], low, high, multiplies: false };
}

/** The windows' places in the result; a mean over an image may have dropped its axes. */
function outputWalk(l: Lowering, step: PoolStep, made: View, row: Stretch, column: Stretch, channels: number): Walked {
  const rank = made.axes.length;
  if (rank === 2) {
    const image: View = { ...made, axes: [...made.axes, [], []] };
    return imageWalk(image, channels, {}) ?? l.refuse(`${step.name}: its result does not lie evenly in memory`);
  }
  const columns = narrowed(made, rank - 1, column.from, column.count);
  const part = columns && rank === 4 ? narrowed(columns, 2, row.from, row.count) : columns;
  return (part && imageWalk(part, channels, {})) ?? l.refuse(`${step.name}: its result does not lie evenly in memory`);
}
