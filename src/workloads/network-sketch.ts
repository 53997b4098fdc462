// A built-in network drawn operator by operator: one drawing gives both its layers and the graph that is exported.

import { defined, nth } from '../base/invariant.js';
import type { Layer } from '../model/workload/layer.js';
import { makeLayer } from '../model/workload/layer.js';
import type { Network } from '../model/workload/network.js';
import { mergeLayers } from '../model/workload/network.js';
import type { Attribute, Constant, Graph, GraphNode, ValueInfo } from './onnx/graph.js';
import { volume } from './onnx/graph.js';

export interface Sketch {
  readonly network: Network;
  readonly graph: Graph;
}

/** A value in the drawing: batch, channels, height, width for images. */
export interface Drawn {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface ConvOptions {
  readonly channels: number;
  /** Width (R) and height (S) alike. */
  readonly kernel: number;
  readonly stride?: number;
  /** On all four sides. */
  readonly padding?: number;
  readonly groups?: number;
}

/** What a network is drawn with. Every function adds one operator and returns its output. */
export interface Pen {
  input: (name: string, shape: readonly number[], whole?: boolean) => Drawn;
  /** A weight; only its shape matters. */
  weight: (name: string, shape: readonly number[]) => Drawn;
  /** A single real number. */
  scalar: (name: string, value: number) => Drawn;
  conv: (name: string, x: Drawn, options: ConvOptions) => Drawn;
  /** Fully connected, on `[rows, features]`. */
  linear: (name: string, x: Drawn, features: number) => Drawn;
  /** Matrix product of two values; with equal batch axes in front, one product for each. */
  matmul: (name: string, a: Drawn, b: Drawn) => Drawn;
  /** An operator whose output has the shape of its first input. */
  same: (operator: string, inputs: readonly Drawn[], attributes?: Readonly<Record<string, number>>) => Drawn;
  maxPool: (x: Drawn, kernel: number, stride: number, padding?: number) => Drawn;
  globalAveragePool: (x: Drawn) => Drawn;
  flatten: (x: Drawn) => Drawn;
  reshape: (x: Drawn, shape: readonly number[]) => Drawn;
  transpose: (x: Drawn, order: readonly number[]) => Drawn;
  /** Rows of a table, by whole numbers. */
  lookUp: (table: Drawn, ids: Drawn) => Drawn;
}

const int = (value: number): Attribute => ({ kind: 'number', value, whole: true });
const ints = (...values: readonly number[]): Attribute => ({ kind: 'numbers', values, whole: true });
const slid = (size: number, kernel: number, stride: number, padding: number) =>
  Math.floor((size + 2 * padding - kernel) / stride) + 1;

/** Draws a network; what `body` returns is its output. */
export function draw(name: string, source: string, body: (pen: Pen) => Drawn): Sketch {
  const inputs: ValueInfo[] = [];
  const constants = new Map<string, Constant>();
  const nodes: GraphNode[] = [];
  const layers: Layer[] = [];
  const unmapped = new Map<string, number>();

  const put = (
    nodeName: string,
    operator: string,
    from: readonly Drawn[],
    shape: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Drawn => {
    const output = `${nodeName}.out`;
    nodes.push({
      name: nodeName,
      operator,
      domain: '',
      inputs: from.map((x) => x.name),
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    return { name: output, shape };
  };
  const rest = (
    operator: string,
    from: readonly Drawn[],
    shape: readonly number[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): Drawn => {
    const count = (unmapped.get(operator) ?? 0) + 1;
    unmapped.set(operator, count);
    return put(`${operator}_${count}`, operator, from, shape, attributes);
  };
  const constant = (
    constantName: string,
    shape: readonly number[],
    values?: readonly number[],
    whole = false,
  ): Drawn => {
    constants.set(constantName, { shape, whole, values });
    return { name: constantName, shape };
  };

  const pen: Pen = {
    input(inputName, shape, whole = false) {
      inputs.push({ name: inputName, shape, whole });
      return { name: inputName, shape };
    },
    weight: (weightName, shape) => constant(weightName, shape),
    scalar: (scalarName, value) => constant(scalarName, [], [value]),
    conv(nodeName, x, { channels, kernel, stride = 1, padding = 0, groups = 1 }) {
      const [n, c, height, width] = x.shape as readonly [number, number, number, number];
      const [q, p] = [slid(height, kernel, stride, padding), slid(width, kernel, stride, padding)];
      layers.push(
        makeLayer(
          nodeName,
          { N: n, G: groups, K: channels / groups, C: c / groups, P: p, Q: q, R: kernel, S: kernel },
          { stride: [stride, stride] },
        ),
      );
      const weights = [
        constant(`${nodeName}.weight`, [channels, c / groups, kernel, kernel]),
        constant(`${nodeName}.bias`, [channels]),
      ];
      const pads = ints(padding, padding, padding, padding);
      return put(nodeName, 'Conv', [x, ...weights], [n, channels, q, p], {
        kernel_shape: ints(kernel, kernel),
        strides: ints(stride, stride),
        pads,
        group: int(groups),
      });
    },
    linear(nodeName, x, features) {
      const [rows, from] = x.shape as readonly [number, number];
      layers.push(makeLayer(nodeName, { P: rows, K: features, C: from }));
      return put(
        nodeName,
        'Gemm',
        [x, constant(`${nodeName}.weight`, [features, from]), constant(`${nodeName}.bias`, [features])],
        [rows, features],
        { transB: int(1) },
      );
    },
    matmul(nodeName, a, b) {
      const [m, c, n] = [defined(a.shape.at(-2)), defined(a.shape.at(-1)), defined(b.shape.at(-1))];
      const [front, groups] = [volume(a.shape.slice(0, -2)), volume(b.shape.slice(0, -2))];
      // Nothing is added to a product of two values; weights have biases, added by the drawing.
      layers.push(
        makeLayer(nodeName, { G: groups, P: (front / groups) * m, K: n, C: c }, { bias: constants.has(b.name) }),
      );
      return put(nodeName, 'MatMul', [a, b], [...a.shape.slice(0, -1), n]);
    },
    same: (operator, from, attributes = {}) =>
      rest(
        operator,
        from,
        nth(from, 0).shape,
        Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, int(value)])),
      ),
    maxPool(x, kernel, stride, padding = 0) {
      const [n, c, height, width] = x.shape as readonly [number, number, number, number];
      const shape = [n, c, slid(height, kernel, stride, padding), slid(width, kernel, stride, padding)];
      return rest('MaxPool', [x], shape, {
        kernel_shape: ints(kernel, kernel),
        strides: ints(stride, stride),
        pads: ints(padding, padding, padding, padding),
      });
    },
    globalAveragePool: (x) => rest('GlobalAveragePool', [x], [nth(x.shape, 0), nth(x.shape, 1), 1, 1]),
    flatten: (x) => rest('Flatten', [x], [nth(x.shape, 0), volume(x.shape.slice(1))]),
    reshape: (x, shape) =>
      rest('Reshape', [x, constant(`shape_${(unmapped.get('Reshape') ?? 0) + 1}`, [shape.length], shape, true)], shape),
    transpose: (x, order) =>
      rest(
        'Transpose',
        [x],
        order.map((i) => nth(x.shape, i)),
        { perm: ints(...order) },
      ),
    lookUp: (table, ids) => rest('Gather', [table, ids], [...ids.shape, ...table.shape.slice(1)]),
  };

  const output = body(pen);
  return {
    network: {
      name,
      source,
      layers: mergeLayers(layers),
      unmapped: [...unmapped].map(([operator, count]) => ({ operator, count, macs: 0 })),
    },
    graph: {
      name,
      opset: 17,
      inputs,
      outputs: [{ ...output, whole: false }],
      notes: [],
      constants,
      nodes,
      functions: new Map(),
    },
  };
}
