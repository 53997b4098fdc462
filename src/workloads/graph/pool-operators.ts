// Pools and upsampling: steps of their own, but max-pools behind a convolution whose windows do not overlap.

import { nth } from '../../base/invariant.js';
import type { LayerStep, PoolStep, PoolWindow } from '../../model/workload/network-graph.js';
import { dataOf, listOf, numberOf, textOf } from '../onnx/operation.js';
import type { Step } from '../onnx/walk.js';
import { sameSize, wantsMore } from './fold-operators.js';
import type { GraphBuilder } from './graph-builder.js';
import { shapeMade, shapeRead } from './graph-builder.js';
import { innermostAxis } from './innermost.js';
import type { Handler } from './place-operators.js';
import { poolWindowOf } from './windows-of.js';

const noPadding = { top: 0, bottom: 0, left: 0, right: 0 };

const pool =
  (mode: PoolStep['mode']): Handler =>
  (b, at) => {
    const x = b.input(at, 0);
    const window = poolWindowOf(at);
    if (x?.kind !== 'tensor' || !window || !shapeMade(at) || wantsMore(b, at)) return false;
    if (mode === 'max' && fusePool(b, at, window)) return true;
    const countPadding = numberOf(at.op, 'count_include_pad', 0) === 1;
    b.add(at, (base) => ({ ...base, kind: 'pool', mode, window, countPadding, global: false, inputs: [x.name] }));
    return true;
  };

/**
 * The drain takes the maximum of windows as their sums pass by: each output lies in one of them at most. A residual joins
 * behind that, so that a pool of what it is added to is a step of its own.
 */
function fusePool(b: GraphBuilder, at: Step, window: PoolWindow): boolean {
  const draft = b.open(b.input(at, 0));
  const [image, made] = [shapeRead(at, 0), shapeMade(at)];
  if (draft?.step.kind !== 'layer' || !isPlain(draft.step) || !image || !made) return false;
  const apart =
    window.kernel.every((k, i) => k === nth(window.stride, i)) &&
    window.dilation.every((d, i) => d === 1 || nth(window.kernel, i) === 1) &&
    Object.values(window.padding).every((p) => p === 0);
  // Of `ceil_mode` the last window may be cut off.
  const whole = image
    .slice(2)
    .every((size, i, all) => nth(made, i + 2) === Math.floor(size / nth(window.kernel, i + 2 - all.length)));
  if (!apart || !whole) return false;
  const [Q, P] = window.kernel;
  b.fuse(at, draft, (step) => ({ ...step, epilogue: { ...step.epilogue, pool: { P, Q } } }));
  return true;
}

const isPlain = ({ run, epilogue }: LayerStep): boolean =>
  run.kind === 'convolution' && epilogue.pool === undefined && epilogue.residual === undefined;

const globalPool =
  (mode: PoolStep['mode']): Handler =>
  (b, at) => {
    const [x, shape] = [b.input(at, 0), shapeRead(at, 0)];
    if (x?.kind !== 'tensor' || !shape || shape.length < 3 || shape.length > 4) return false;
    const kernel: readonly [number, number] = shape.length === 4 ? [nth(shape, 2), nth(shape, 3)] : [1, nth(shape, 2)];
    const window: PoolWindow = { kernel, stride: [1, 1], dilation: [1, 1], padding: noPadding };
    b.add(at, (base) => ({ ...base, kind: 'pool', mode, window, countPadding: false, global: true, inputs: [x.name] }));
    return true;
  };

/** Over all of an image's rows and columns. */
const reduced =
  (mode: PoolStep['mode']): Handler =>
  (b, at) => {
    const [x, shape] = [b.input(at, 0), shapeRead(at, 0)];
    const axes = listOf(at.op, 'axes', 1);
    if (x?.kind !== 'tensor' || !shape || !axes || innermostAxis(b, x.name) !== 1) return false;
    const given = axes.map((a) => (a < 0 ? a + shape.length : a)).sort((p, q) => p - q);
    const spatial = shape.slice(2).map((_, i) => i + 2);
    return given.join() === spatial.join() && globalPool(mode)(b, at);
  };

/** Nearest, to a whole multiple: every pixel a block. */
const resize: Handler = (b, at) => {
  if (sameSize(b, at)) return true;
  const { op } = at;
  const [x, shape, made] = [b.input(at, 0), shapeRead(at, 0), shapeMade(at)];
  const old = op.node.operator === 'Upsample' || op.opset < 11;
  const mode = textOf(op, 'mode', 'nearest');
  const position = textOf(op, 'coordinate_transformation_mode', old ? 'asymmetric' : 'half_pixel');
  const rounding = textOf(op, 'nearest_mode', old ? 'floor' : 'round_prefer_floor');
  // Pixels of a block are all nearest to the one that it comes from under these, and no others.
  const blocks =
    (position === 'asymmetric' && rounding === 'floor') ||
    (/^(pytorch_)?half_pixel(_symmetric)?$/.test(position) && rounding.startsWith('round_prefer'));
  if (x?.kind !== 'tensor' || !shape || !made || mode !== 'nearest' || !blocks) return false;
  const by = shape.map((size, i) => nth(made, i) / size);
  if (shape.length < 3 || shape.length > 4 || by.some((f, i) => !Number.isInteger(f) || (i < 2 && f !== 1)))
    return false;
  if (!exactly(at, by)) return false;
  const factor: readonly [number, number] = shape.length === 4 ? [nth(by, 2), nth(by, 3)] : [1, nth(by, 2)];
  b.add(at, (base) => ({ ...base, kind: 'upsampling', factor, inputs: [x.name] }));
  return true;
};

/** Scales that the sizes only round to, such as 2.3 of 3 rows, take other pixels. */
function exactly({ op }: Step, by: readonly number[]): boolean {
  const scales = op.node.operator === 'Upsample' || op.opset < 11 ? dataOf(op, 1) : dataOf(op, 2);
  return !scales || scales.length !== by.length || scales.every((s, i) => s === by[i]);
}

export const poolHandlers: Readonly<Record<string, Handler>> = {
  MaxPool: pool('max'),
  AveragePool: pool('average'),
  GlobalMaxPool: globalPool('max'),
  GlobalAveragePool: globalPool('average'),
  ReduceMean: reduced('average'),
  ReduceMax: reduced('max'),
  Resize: resize,
  Upsample: resize,
};
