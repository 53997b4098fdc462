// A built-in network drawn operator by operator, as ONNX has it: its layers, its graph and its file come from that.

import { invariant } from '../base/diagnostics.js';
import { defined, nth } from '../base/invariant.js';
import type { Network } from '../model/workload/network.js';
import type { Attribute, Constant, Graph, GraphNode, ValueInfo } from './onnx/graph.js';
import { volume } from './onnx/graph.js';
import { networkOf } from './onnx/network-of.js';

/** Drawn when it is first looked at: start-up does not wait for networks that nobody asks for. */
export interface Sketch {
  readonly name: string;
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
  relu: (x: Drawn) => Drawn;
  /** Of two values of one shape. */
  add: (a: Drawn, b: Drawn) => Drawn;
  /** Any other operator whose output has the shape of its first input. */
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
  let drawn: Omit<Sketch, 'name'> | undefined;
  const once = () => (drawn ??= sketched(name, source, body));
  return {
    name,
    get network() {
      return once().network;
    },
    get graph() {
      return once().graph;
    },
  };
}

function sketched(name: string, source: string, body: (pen: Pen) => Drawn): Omit<Sketch, 'name'> {
  const inputs: ValueInfo[] = [];
  const constants = new Map<string, Constant>();
  const nodes: GraphNode[] = [];
  const drawn = new Map<string, number>();

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
    const count = (drawn.get(operator) ?? 0) + 1;
    drawn.set(operator, count);
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
      return put(
        nodeName,
        'Gemm',
        [x, constant(`${nodeName}.weight`, [features, from]), constant(`${nodeName}.bias`, [features])],
        [rows, features],
        { transB: int(1) },
      );
    },
    matmul(nodeName, a, b) {
      return put(nodeName, 'MatMul', [a, b], [...a.shape.slice(0, -1), defined(b.shape.at(-1))]);
    },
    relu: (x) => rest('Relu', [x], x.shape),
    add: (a, b) => rest('Add', [a, b], a.shape),
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
      rest('Reshape', [x, constant(`shape_${(drawn.get('Reshape') ?? 0) + 1}`, [shape.length], shape, true)], shape),
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
  const graph: Graph = {
    name,
    opset: 17,
    inputs,
    outputs: [{ ...output, whole: false }],
    notes: [],
    constants,
    nodes,
    functions: new Map(),
  };
  const network = networkOf(graph, name);
  invariant(network.ok, `${name} is drawn wrong`);
  return { network: { ...network.value, source }, graph };
}
