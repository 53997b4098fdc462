// ONNX operators computed one by one from their definitions, in the plainest way: what graphs of steps are held against.

import type { Graph, GraphNode } from '../../src/workloads/onnx/graph.js';

export interface Computed {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const volume = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1);

/** A tensor by what stands at every position. */
function made(shape: readonly number[], at: (position: readonly number[]) => number): Computed {
  const values = Array.from({ length: volume(shape) }, (_, flat) => {
    const position: number[] = [];
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      position[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return at(position);
  });
  return { shape, values };
}

/** Aligned at the right, 1 stretches. */
function read({ shape, values }: Computed, position: readonly number[]): number {
  const from = position.length - shape.length;
  let flat = 0;
  for (const [axis, size] of shape.entries()) flat = flat * size + (size === 1 ? 0 : position[axis + from]!);
  return values[flat]!;
}

const ints = (node: GraphNode, name: string, otherwise: readonly number[]) => {
  const a = node.attributes.get(name);
  return a?.kind === 'numbers' ? a.values : otherwise;
};
const int = (node: GraphNode, name: string, otherwise: number) => {
  const a = node.attributes.get(name);
  return a?.kind === 'number' ? a.value : otherwise;
};

/** Over every window of an image of two axes. */
function windows(
  node: GraphNode,
  x: Computed,
  kernel: readonly number[],
  channels: number,
  at: (
    pixel: (c: number, i: number, j: number) => number | undefined,
    n: number,
    k: number,
    inPads: (i: number, j: number) => boolean,
  ) => number,
): Computed {
  const [n = 1, , height = 1, width = 1] = x.shape;
  const strides = ints(node, 'strides', [1, 1]);
  const spread = ints(node, 'dilations', [1, 1]);
  const pads = ints(node, 'pads', [0, 0, 0, 0]);
  const size = (length: number, i: number) =>
    Math.floor((length + pads[i]! + pads[i + 2]! - (kernel[i]! - 1) * spread[i]! - 1) / strides[i]!) + 1;
  return made([n, channels, size(height, 0), size(width, 1)], ([b = 0, k = 0, q = 0, p = 0]) => {
    const row = (i: number) => q * strides[0]! - pads[0]! + i * spread[0]!;
    const column = (j: number) => p * strides[1]! - pads[1]! + j * spread[1]!;
    const inside = (i: number, j: number) => row(i) >= 0 && row(i) < height && column(j) >= 0 && column(j) < width;
    const inPads = (i: number, j: number) => row(i) < height + pads[2]! && column(j) < width + pads[3]!;
    return at((c, i, j) => (inside(i, j) ? read(x, [b, c, row(i), column(j)]) : undefined), b, k, inPads);
  });
}

const positions = (kernel: readonly number[]) =>
  Array.from({ length: kernel[0]! * kernel[1]! }, (_, i) => [Math.floor(i / kernel[1]!), i % kernel[1]!] as const);

function compute(node: GraphNode, inputs: readonly (Computed | undefined)[]): Computed {
  const x = inputs[0]!;
  const [, w, third] = inputs;
  const each = (f: (v: number) => number) => ({ shape: x.shape, values: x.values.map(f) });
  const both = (f: (a: number, b: number) => number) => {
    const rank = Math.max(x.shape.length, w!.shape.length);
    const size = (s: readonly number[], i: number) => s[i - rank + s.length] ?? 1;
    const shape = Array.from({ length: rank }, (_, i) => Math.max(size(x.shape, i), size(w!.shape, i)));
    return made(shape, (at) => f(read(x, at), read(w!, at)));
  };
  switch (node.operator) {
    case 'Conv': {
      const groups = int(node, 'group', 1);
      const [k = 1, c = 1, ...kernel] = w!.shape;
      return windows(node, x, kernel, k, (pixel, _, out) => {
        const first = Math.floor(out / (k / groups)) * c;
        let sum = third ? third.values[out]! : 0;
        for (let ch = 0; ch < c; ch++)
          for (const [i, j] of positions(kernel)) sum += (pixel(first + ch, i, j) ?? 0) * read(w!, [out, ch, i, j]);
        return sum;
      });
    }
    case 'MaxPool': {
      const kernel = ints(node, 'kernel_shape', []);
      return windows(node, x, kernel, x.shape[1]!, (pixel, _, c) =>
        Math.max(...positions(kernel).map(([i, j]) => pixel(c, i, j) ?? -Infinity)),
      );
    }
    case 'AveragePool': {
      const kernel = ints(node, 'kernel_shape', []);
      return windows(node, x, kernel, x.shape[1]!, (pixel, _, c, inPads) => {
        const all = positions(kernel).map(([i, j]) => pixel(c, i, j));
        const counted = int(node, 'count_include_pad', 0)
          ? positions(kernel).filter(([i, j]) => inPads(i, j)).length
          : all.filter((v) => v !== undefined).length;
        return all.reduce((n: number, v) => n + (v ?? 0), 0) / counted;
      });
    }
    case 'GlobalAveragePool': {
      const [n = 1, c = 1, h = 1, width = 1] = x.shape;
      return made([n, c, 1, 1], ([b = 0, k = 0]) => {
        let sum = 0;
        for (const [i, j] of positions([h, width])) sum += read(x, [b, k, i, j]);
        return sum / (h * width);
      });
    }
    case 'BatchNormalization': {
      const [, scale, shift, mean, variance] = inputs;
      return made(x.shape, (at) => {
        const k = at[1]!;
        const by = scale!.values[k]! / Math.sqrt(variance!.values[k]! + int(node, 'epsilon', 1e-5));
        return (read(x, at) - mean!.values[k]!) * by + shift!.values[k]!;
      });
    }
    case 'Pad': {
      const pads = w!.values;
      const rank = x.shape.length;
      const shape = x.shape.map((d, i) => d + pads[i]! + pads[i + rank]!);
      return made(shape, (at) => {
        const from = at.map((p, i) => p - pads[i]!);
        return from.every((p, i) => p >= 0 && p < x.shape[i]!) ? read(x, from) : 0;
      });
    }
    case 'Transpose': {
      const order = ints(node, 'perm', []);
      return made(
        order.map((axis) => x.shape[axis]!),
        (at) =>
          read(
            x,
            order.map((_, axis) => at[order.indexOf(axis)]!),
          ),
      );
    }
    case 'Concat':
      return made(
        x.shape.map((d, i) => (i === 1 ? d + w!.shape[1]! : d)),
        ([b = 0, c = 0, ...rest]) =>
          c < x.shape[1]! ? read(x, [b, c, ...rest]) : read(w!, [b, c - x.shape[1]!, ...rest]),
      );
    case 'Resize': {
      const scales = third!.values;
      return made(
        x.shape.map((d, i) => d * scales[i]!),
        (at) =>
          read(
            x,
            at.map((p, i) => Math.floor(p / scales[i]!)),
          ),
      );
    }
    case 'Slice': {
      const axis = inputs[3]!.values[0]!;
      const start = w!.values[0]!;
      return made(
        x.shape.map((d, i) => (i === axis ? d - start : d)),
        (at) =>
          read(
            x,
            at.map((p, i) => (i === axis ? p + start : p)),
          ),
      );
    }
    case 'Flatten':
      return { shape: [x.shape[0]!, volume(x.shape.slice(1))], values: x.values };
    case 'MatMul':
      return made([x.shape[0]!, w!.shape[1]!], ([i = 0, j = 0]) => {
        let sum = 0;
        for (let c = 0; c < x.shape[1]!; c++) sum += read(x, [i, c]) * read(w!, [c, j]);
        return sum;
      });
    case 'Relu':
      return each((v) => Math.max(0, v));
    case 'Clip':
      return each((v) => Math.min(third!.values[0]!, Math.max(w!.values[0]!, v)));
    case 'Identity':
    case 'Dropout':
      return x;
    case 'Add':
    case 'Sum':
      return both((a, b) => a + b);
    case 'Sub':
      return both((a, b) => a - b);
    case 'Mul':
      return both((a, b) => a * b);
    default:
      throw new Error(`no ${node.operator} here`);
  }
}

/** All values of a graph, in the order of its nodes. */
export function interpret(graph: Graph, inputs: Readonly<Record<string, Computed>>): ReadonlyMap<string, Computed> {
  const known = new Map<string, Computed>(Object.entries(inputs));
  for (const [name, { shape, values }] of graph.constants) known.set(name, { shape, values: values! });
  for (const node of graph.nodes)
    known.set(
      node.outputs[0]!,
      compute(
        node,
        node.inputs.map((name) => known.get(name)),
      ),
    );
  return known;
}
