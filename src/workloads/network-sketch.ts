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
  const drawing = new Drawing();
  const graph = drawing.graph(name, body(drawing));
  const network = networkOf(graph, name);
  invariant(network.ok, `${name} is drawn wrong`);
  return { network: { ...network.value, source }, graph };
}

type Attributes = Readonly<Record<string, Attribute>>;

/** The graph as far as it is drawn. */
class Drawing implements Pen {
  private readonly inputs: ValueInfo[] = [];
  private readonly constants = new Map<string, Constant>();
  private readonly nodes: GraphNode[] = [];
  /** Operators without a name of their own, counted. */
  private readonly drawn = new Map<string, number>();

  input(name: string, shape: readonly number[], whole = false): Drawn {
    this.inputs.push({ name, shape, whole });
    return { name, shape };
  }

  weight(name: string, shape: readonly number[]): Drawn {
    return this.constant(name, { shape, whole: false, values: undefined });
  }

  scalar(name: string, value: number): Drawn {
    return this.constant(name, { shape: [], whole: false, values: [value] });
  }

  conv(name: string, x: Drawn, { channels, kernel, stride = 1, padding = 0, groups = 1 }: ConvOptions): Drawn {
    const [n, c, height, width] = x.shape as readonly [number, number, number, number];
    const shape = [n, channels, slid(height, kernel, stride, padding), slid(width, kernel, stride, padding)];
    const weight = this.weight(`${name}.weight`, [channels, c / groups, kernel, kernel]);
    const bias = this.weight(`${name}.bias`, [channels]);
    return this.put(name, 'Conv', [x, weight, bias], shape, {
      ...window(kernel, stride, padding),
      group: int(groups),
    });
  }

  linear(name: string, x: Drawn, features: number): Drawn {
    const [rows, from] = x.shape as readonly [number, number];
    const weight = this.weight(`${name}.weight`, [features, from]);
    const bias = this.weight(`${name}.bias`, [features]);
    return this.put(name, 'Gemm', [x, weight, bias], [rows, features], { transB: int(1) });
  }

  matmul(name: string, a: Drawn, b: Drawn): Drawn {
    return this.put(name, 'MatMul', [a, b], [...a.shape.slice(0, -1), defined(b.shape.at(-1))]);
  }

  relu(x: Drawn): Drawn {
    return this.rest('Relu', [x], x.shape);
  }

  add(a: Drawn, b: Drawn): Drawn {
    return this.rest('Add', [a, b], a.shape);
  }

  same(operator: string, from: readonly Drawn[], attributes: Readonly<Record<string, number>> = {}): Drawn {
    const own = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, int(value)]));
    return this.rest(operator, from, nth(from, 0).shape, own);
  }

  maxPool(x: Drawn, kernel: number, stride: number, padding = 0): Drawn {
    const [n, c, height, width] = x.shape as readonly [number, number, number, number];
    const shape = [n, c, slid(height, kernel, stride, padding), slid(width, kernel, stride, padding)];
    return this.rest('MaxPool', [x], shape, window(kernel, stride, padding));
  }

  globalAveragePool(x: Drawn): Drawn {
    return this.rest('GlobalAveragePool', [x], [nth(x.shape, 0), nth(x.shape, 1), 1, 1]);
  }

  flatten(x: Drawn): Drawn {
    return this.rest('Flatten', [x], [nth(x.shape, 0), volume(x.shape.slice(1))]);
  }

  reshape(x: Drawn, shape: readonly number[]): Drawn {
    const name = `shape_${(this.drawn.get('Reshape') ?? 0) + 1}`;
    return this.rest('Reshape', [x, this.constant(name, { shape: [shape.length], whole: true, values: shape })], shape);
  }

  transpose(x: Drawn, order: readonly number[]): Drawn {
    const shape = order.map((i) => nth(x.shape, i));
    return this.rest('Transpose', [x], shape, { perm: ints(...order) });
  }

  lookUp(table: Drawn, ids: Drawn): Drawn {
    return this.rest('Gather', [table, ids], [...ids.shape, ...table.shape.slice(1)]);
  }

  graph(name: string, output: Drawn): Graph {
    const { inputs, constants, nodes } = this;
    const outputs = [{ ...output, whole: false }];
    return { name, opset: 17, inputs, outputs, notes: [], constants, nodes, functions: new Map() };
  }

  private constant(name: string, constant: Constant): Drawn {
    this.constants.set(name, constant);
    return { name, shape: constant.shape };
  }

  /** An operator without a name of its own. */
  private rest(operator: string, from: readonly Drawn[], shape: readonly number[], attributes?: Attributes): Drawn {
    const count = (this.drawn.get(operator) ?? 0) + 1;
    this.drawn.set(operator, count);
    return this.put(`${operator}_${count}`, operator, from, shape, attributes);
  }

  private put(
    name: string,
    operator: string,
    from: readonly Drawn[],
    shape: readonly number[],
    attributes: Attributes = {},
  ): Drawn {
    const output = `${name}.out`;
    this.nodes.push({
      name,
      operator,
      domain: '',
      inputs: from.map((x) => x.name),
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    return { name: output, shape };
  }
}

/** Attributes of what slides over an image. */
const window = (kernel: number, stride: number, padding: number): Attributes => ({
  kernel_shape: ints(kernel, kernel),
  strides: ints(stride, stride),
  pads: ints(padding, padding, padding, padding),
});
