// Convolutions as layers: the last two axes of the image are height and width, those in front of them are folded.

import { gcd } from '../../../base/integers.js';
import { defined, nth } from '../../../base/invariant.js';
import type { Operation } from '../operation.js';
import { numberOf } from '../operation.js';
import { transposedAxes, windowOf } from '../rules/windows.js';
import type { Known, Shape } from '../value.js';
import { fault, isFault, knownVolume, printSizes } from '../value.js';
import type { Part, Products } from './part.js';
import { times, unknownPart } from './part.js';

/** One spatial axis of a dense convolution. */
interface Axis {
  readonly out: Known;
  readonly kernel: Known;
  readonly stride: number;
  readonly dilation: number;
}

const flat: Axis = { out: 1, kernel: 1, stride: 1, dilation: 1 };

/**
 * The last axis is P and R, the one before it Q and S. Further ones (the depth of a 3-D convolution) fold without loss
 * of a product: every output slice is an image of its own (N), every kernel slice brings channels of its own (C).
 */
function folded(
  batch: Known,
  groups: number,
  k: Known,
  c: Known,
  axes: readonly Axis[],
): Pick<Part, 'bounds' | 'stride' | 'dilation'> {
  const [width, height] = [axes.at(-1) ?? flat, axes.at(-2) ?? flat];
  const deep = axes.slice(0, -2);
  return {
    bounds: {
      N: times(batch, ...deep.map((a) => a.out)),
      G: groups,
      K: k,
      C: times(c, ...deep.map((a) => a.kernel)),
      P: width.out,
      Q: height.out,
      R: width.kernel,
      S: height.kernel,
    },
    stride: [width.stride, height.stride],
    dilation: [width.dilation, height.dilation],
  };
}

const groupsOf = (op: Operation) => {
  const groups = numberOf(op, 'group', 1);
  return Number.isSafeInteger(groups) && groups >= 1
    ? groups
    : fault(`group is ${groups}; expected a whole number of at least 1`);
};

const noKernel = (w: Shape) =>
  fault(`the weights are ${printSizes(w)}; expected a kernel of at least 1 along every axis`);
const tooFlat = (w: Shape) => fault(`the weights have ${w.length} axes; expected at least 3`);

/** W[K, C per group, ..., height, width]. */
export const convolution =
  (image: number, weights: number): Products =>
  (op, outputs) => {
    const [x, w, y] = [op.inputs[image]?.shape, op.inputs[weights]?.shape, outputs[0]?.shape];
    if (w === undefined) return unknownPart;
    if (w.length < 3) return tooFlat(w);
    if (w.includes(0)) return noKernel(w);
    if (y === undefined || y.length !== w.length) return unknownPart;
    const window = windowOf(op, w.length - 2, w.slice(2));
    if (isFault(window)) return window;
    const groups = groupsOf(op);
    if (typeof groups === 'object') return groups;
    const [k, c] = [w[0], w[1]];
    if (k !== undefined && k % groups !== 0) return fault(`${k} output channels do not divide into ${groups} groups`);
    const channels = x?.[1];
    if (c !== undefined && channels !== undefined && channels !== c * groups) {
      return fault(
        `the image has ${channels} channels but the weights are for ${c * groups} (${groups} groups of ${c})`,
      );
    }
    const axes = window.stride.map((stride, i): Axis => ({
      out: y[i + 2],
      kernel: window.kernel[i],
      stride,
      dilation: nth(window.dilation, i),
    }));
    return { parts: [folded(y[0], groups, k === undefined ? undefined : k / groups, c, axes)] };
  };

/** More phases than any stride has. */
const maxPhases = 4096;

/** Phases of one axis with the same sizes. */
interface Phase {
  readonly axis: Axis;
  readonly count: number;
}

/**
 * Output o takes input i at kernel position k where o + pad = i stride + k dilation, so that o + pad and k
 * dilation leave the same rest by the stride. Each rest is a phase: a dense convolution of stride 1 with every
 * (stride / gcd)-th kernel position, one input apart for each dilation / gcd. Rests that no kernel position
 * has are zeros and cost nothing.
 */
function phasesOf(
  out: Known,
  kernel: Known,
  stride: number,
  dilation: number,
  pad: Known,
): readonly Phase[] | undefined {
  if (out === undefined || kernel === undefined || pad === undefined) return undefined;
  const common = gcd(dilation, stride);
  const period = stride / common;
  const found = new Map<string, { axis: Axis; count: number }>();
  for (let k = 0; k < Math.min(period, kernel, maxPhases + 1); k++) {
    // The first output whose o + pad leaves the rest of k dilation, and every stride-th one behind it.
    const first = (((k * dilation - pad) % stride) + stride) % stride;
    const outs = first < out ? Math.ceil((out - first) / stride) : 0;
    if (outs === 0) continue;
    const positions = Math.ceil((kernel - k) / period);
    const key = `${outs} ${positions}`;
    const known = found.get(key);
    if (known) known.count++;
    else
      found.set(key, {
        axis: { out: outs, kernel: positions, stride: 1, dilation: positions > 1 ? dilation / common : 1 },
        count: 1,
      });
  }
  return [...found.values()];
}

/** W[C, K per group, ...]: as the dense convolutions that it is made of, no product with a stuffed zero. */
export const transposed: Products = (op, outputs) => {
  const [x, w, y] = [op.inputs[0]?.shape, op.inputs[1]?.shape, outputs[0]?.shape];
  if (w === undefined) return unknownPart;
  if (w.length < 3) return tooFlat(w);
  if (w.includes(0)) return noKernel(w);
  if (x === undefined || y === undefined || y.length !== w.length) return unknownPart;
  const window = windowOf(op, w.length - 2, w.slice(2));
  if (isFault(window)) return window;
  const groups = groupsOf(op);
  if (typeof groups === 'object') return groups;
  const [c, k] = [w[0], w[1]];
  if (c !== undefined && c % groups !== 0) return fault(`${c} input channels do not divide into ${groups} groups`);
  if (c !== undefined && x[1] !== undefined && x[1] !== c)
    return fault(`the image has ${x[1]} channels but the weights are for ${c}`);
  const shared = transposedAxes(op, window, x.slice(2));
  const each = window.stride.map((stride, i) =>
    phasesOf(y[i + 2], window.kernel[i], stride, nth(window.dilation, i), nth(shared, i).pad),
  );
  if (each.includes(undefined)) return unknownPart;
  let combined: readonly { readonly axes: readonly Axis[]; readonly count: number }[] = [{ axes: [], count: 1 }];
  for (const phases of each) {
    combined = combined.flatMap(({ axes, count }) =>
      defined(phases).map((phase) => ({ axes: [...axes, phase.axis], count: count * phase.count })),
    );
    const total = knownVolume(window.stride.map((stride, i) => Math.min(stride, window.kernel[i]!)));
    if (
      combined.length > maxPhases ||
      total === undefined ||
      total > 2 ** 40 ||
      window.stride.some((s, i) => Math.min(s, window.kernel[i]!) > maxPhases)
    ) {
      return fault(`strides of ${window.stride.join(', ')} make too many phases; at most ${maxPhases} are followed`);
    }
  }
  const parts = combined.map(({ axes, count }, i) => ({
    ...folded(x[0], groups, k, c === undefined ? undefined : c / groups, axes),
    count,
    suffix: combined.length > 1 ? `.phase${i + 1}` : '',
  }));
  return { parts };
};
