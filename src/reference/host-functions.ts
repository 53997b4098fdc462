// What the host computes, in real numbers, from the definitions of ONNX.

import { defined, nth } from '../base/invariant.js';
import type { HostFunction, JoinFunction, Reduction } from '../model/workload/host-function.js';
import { elementFunction } from './element-functions.js';
import type { Numbers } from './numbers.js';
import { countOf, stepsOf, walked } from './numbers.js';

/** `shape` is that of the result. */
export function hostResult(f: HostFunction, operands: readonly Numbers[], shape: readonly number[]): Numbers {
  const x = nth(operands, 0);
  switch (f.kind) {
    case 'element': {
      const of = elementFunction(f.function, f.alpha, f.beta);
      return { shape, values: x.values.map((v) => of(v)) };
    }
    case 'join': {
      const of = joining[f.function];
      return operands.map((y) => stretched(y, shape)).reduce((a, b) => pairwise(a, b, of));
    }
    case 'softmax':
      return softmax(x, f.first, f.last, f.log);
    case 'normalise':
      return normalised(f, x, operands[1], operands[2]);
    case 'neighbours':
      return byNeighbours(f, x);
    case 'reduce':
      return reduced(f.by, x, f.axes, shape);
    case 'cumulate':
      return cumulated(f, x);
    case 'place':
      return placesOf(f, x, shape);
    case 'choose': {
      const [is, a, b] = operands.map((y) => stretched(y, shape).values);
      return { shape, values: defined(is).map((v, at) => nth(v === 0 ? defined(b) : defined(a), at)) };
    }
    case 'shuffle': {
      const steps = stepsOf(f.shape);
      const sizes = f.order.map((axis) => nth(f.shape, axis));
      const by = f.order.map((axis) => nth(steps, axis));
      return { shape, values: walked(x.values, sizes, 0, by) };
    }
    case 'gather':
      return gathered(x, nth(operands, 1), f.axis, shape);
    case 'pad':
      return surrounded(x, f.mode, f.before, shape);
  }
}

const joining: Readonly<Record<JoinFunction, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
  max: Math.max,
  min: Math.min,
  slope: (a, b) => (a < 0 ? a * b : a),
  equal: (a, b) => Number(a === b),
  greater: (a, b) => Number(a > b),
  'greater-or-equal': (a, b) => Number(a >= b),
  less: (a, b) => Number(a < b),
  'less-or-equal': (a, b) => Number(a <= b),
  and: (a, b) => Number(a !== 0 && b !== 0),
  or: (a, b) => Number(a !== 0 || b !== 0),
  xor: (a, b) => Number((a !== 0) !== (b !== 0)),
};

/** As numpy broadcasts: from the right, sizes of one as often as they must. */
function stretched(x: Numbers, shape: readonly number[]): Numbers {
  if (x.shape.join() === shape.join()) return x;
  const own = stepsOf(x.shape);
  const missing = shape.length - x.shape.length;
  const steps = shape.map((_, i) => (i < missing || x.shape[i - missing] === 1 ? 0 : nth(own, i - missing)));
  return { shape, values: walked(x.values, shape, 0, steps) };
}

const pairwise = (a: Numbers, b: Numbers, of: (x: number, y: number) => number): Numbers => ({
  shape: a.shape,
  values: a.values.map((v, i) => of(v, nth(b.values, i))),
});

function softmax({ shape, values }: Numbers, first: number, last: number, log: boolean): Numbers {
  const found = new Float64Array(values.length);
  const inner = countOf(shape.slice(last + 1));
  const count = countOf(shape.slice(first, last + 1));
  for (let outer = 0; outer < values.length; outer += count * inner)
    for (let at = outer; at < outer + inner; at++) {
      let [max, sum] = [-Infinity, 0];
      for (let i = 0; i < count; i++) max = Math.max(max, nth(values, at + i * inner));
      for (let i = 0; i < count; i++) sum += Math.exp(nth(values, at + i * inner) - max);
      for (let i = 0; i < count; i++) {
        const from = nth(values, at + i * inner) - max;
        found[at + i * inner] = log ? from - Math.log(sum) : Math.exp(from) / sum;
      }
    }
  return { shape, values: found };
}

function normalised(
  { each, inner, epsilon, centred }: Extract<HostFunction, { kind: 'normalise' }>,
  { shape, values }: Numbers,
  scale: Numbers | undefined,
  shift: Numbers | undefined,
): Numbers {
  const found = new Float64Array(values.length);
  const of = (x: Numbers, at: number) => nth(x.values, Math.floor(at / inner) % x.values.length);
  for (let from = 0; from < values.length; from += each) {
    const part = values.subarray(from, from + each);
    const mean = centred ? part.reduce((n, v) => n + v, 0) / each : 0;
    const variance = part.reduce((n, v) => n + (v - mean) ** 2, 0) / each;
    const by = 1 / Math.sqrt(variance + epsilon);
    for (let at = from; at < from + each; at++)
      found[at] = (nth(values, at) - mean) * by * (scale ? of(scale, at) : 1) + (shift ? of(shift, at) : 0);
  }
  return { shape, values: found };
}

function byNeighbours(
  { size, alpha, beta, bias }: Extract<HostFunction, { kind: 'neighbours' }>,
  { shape, values }: Numbers,
): Numbers {
  const channels = nth(shape, 1);
  const inner = countOf(shape.slice(2));
  const found = values.map((x, at) => {
    const channel = Math.floor(at / inner) % channels;
    let sum = 0;
    const [from, to] = [channel - Math.floor((size - 1) / 2), channel + Math.ceil((size - 1) / 2)];
    for (let c = Math.max(0, from); c <= Math.min(channels - 1, to); c++)
      sum += nth(values, at + (c - channel) * inner) ** 2;
    return x / (bias + (alpha / size) * sum) ** beta;
  });
  return { shape, values: found };
}

interface Fold {
  readonly start: number;
  readonly next: (sum: number, x: number) => number;
  readonly end?: (sum: number, count: number) => number;
}
const folds: Readonly<Record<Reduction, Fold>> = {
  sum: { start: 0, next: (n, x) => n + x },
  mean: { start: 0, next: (n, x) => n + x, end: (n, count) => n / count },
  max: { start: -Infinity, next: Math.max },
  min: { start: Infinity, next: Math.min },
  product: { start: 1, next: (n, x) => n * x },
  l1: { start: 0, next: (n, x) => n + Math.abs(x) },
  l2: { start: 0, next: (n, x) => n + x * x, end: Math.sqrt },
  'sum-of-squares': { start: 0, next: (n, x) => n + x * x },
  'log-sum': { start: 0, next: (n, x) => n + x, end: Math.log },
  // Of two numbers the larger stays outside: exponentials of large ones are beyond doubles.
  'log-sum-exp': {
    start: -Infinity,
    next: (n, x) => (x === -Infinity ? n : Math.max(n, x) + Math.log1p(Math.exp(-Math.abs(n - x)))),
  },
};

function reduced(by: Reduction, x: Numbers, axes: readonly number[], shape: readonly number[]): Numbers {
  const { start, next, end = (sum: number) => sum } = folds[by];
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const keptSteps = stepsOf(kept).map((step, axis) => (axes.includes(axis) ? 0 : step));
  const found = new Float64Array(countOf(kept)).fill(start);
  const steps = stepsOf(x.shape);
  for (const [at, v] of x.values.entries()) {
    const to = steps.reduce(
      (n, step, axis) => n + (Math.floor(at / step) % nth(x.shape, axis)) * nth(keptSteps, axis),
      0,
    );
    found[to] = next(nth(found, to), v);
  }
  const count = x.values.length / found.length;
  return { shape, values: found.map((sum) => end(sum, count)) };
}

/** Every line along an axis: where it begins, and how far its places lie apart. */
function* lines(
  { shape, values }: Numbers,
  axis: number,
): Generator<{ readonly first: number; readonly step: number }> {
  const step = countOf(shape.slice(axis + 1));
  const count = nth(shape, axis);
  for (let outer = 0; outer < values.length; outer += count * step)
    for (let first = outer; first < outer + step; first++) yield { first, step };
}

function cumulated({ axis, exclusive, reverse }: Extract<HostFunction, { kind: 'cumulate' }>, x: Numbers): Numbers {
  const found = new Float64Array(x.values.length);
  const count = nth(x.shape, axis);
  for (const { first, step } of lines(x, axis)) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const at = first + (reverse ? count - 1 - i : i) * step;
      const next = sum + nth(x.values, at);
      found[at] = exclusive ? sum : next;
      sum = next;
    }
  }
  return { shape: x.shape, values: found };
}

function placesOf(
  { of, axis, last }: Extract<HostFunction, { kind: 'place' }>,
  x: Numbers,
  shape: readonly number[],
): Numbers {
  const sign = of === 'max' ? 1 : -1;
  const found: number[] = [];
  for (const { first, step } of lines(x, axis)) {
    let place = 0;
    for (let i = 1; i < nth(x.shape, axis); i++) {
      const more = sign * (nth(x.values, first + i * step) - nth(x.values, first + place * step));
      if (more > 0 || (last && more === 0)) place = i;
    }
    found.push(place);
  }
  return { shape, values: Float64Array.from(found) };
}

function gathered(x: Numbers, at: Numbers, axis: number, shape: readonly number[]): Numbers {
  const [size, inner] = [nth(x.shape, axis), countOf(x.shape.slice(axis + 1))];
  const values = new Float64Array(countOf(shape));
  let to = 0;
  for (let outer = 0; outer < x.values.length; outer += size * inner)
    for (const place of at.values) {
      const from = outer + (place < 0 ? place + size : place) * inner;
      values.set(x.values.subarray(from, from + inner), to);
      to += inner;
    }
  return { shape, values };
}

function surrounded(
  x: Numbers,
  mode: Extract<HostFunction, { kind: 'pad' }>['mode'],
  before: readonly number[],
  shape: readonly number[],
): Numbers {
  const [steps, own] = [stepsOf(shape), stepsOf(x.shape)];
  const values = new Float64Array(countOf(shape));
  for (let to = 0; to < values.length; to++) {
    let from: number | undefined = 0;
    for (const [axis, step] of steps.entries()) {
      const at = placeIn((Math.floor(to / step) % nth(shape, axis)) - nth(before, axis), nth(x.shape, axis), mode);
      from = from === undefined || at === undefined ? undefined : from + at * nth(own, axis);
    }
    values[to] = from === undefined ? 0 : nth(x.values, from);
  }
  return { shape, values };
}

/** Undefined where there is a zero. */
function placeIn(at: number, size: number, mode: 'zero' | 'edge' | 'reflect'): number | undefined {
  if (at >= 0 && at < size) return at;
  if (mode === 'zero') return undefined;
  if (mode === 'edge') return Math.max(0, Math.min(size - 1, at));
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const turned = ((at % period) + period) % period;
  return turned < size ? turned : period - turned;
}
