// Random small networks with whole numbers for weights, as exporters write them: for laws of graphs and of what runs them.

import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import type { Attribute, Constant, Graph, GraphNode } from '../../src/workloads/onnx/graph.js';

interface Drawn {
  readonly name: string;
  readonly shape: readonly number[];
}

const int = (value: number): Attribute => ({ kind: 'number', value, whole: true });
const real = (value: number): Attribute => ({ kind: 'number', value, whole: false });
const ints = (values: readonly number[]): Attribute => ({ kind: 'numbers', values, whole: true });
const text = (value: string): Attribute => ({ kind: 'text', value });
const volume = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1);

export interface RandomGraphOptions {
  /** Operators that the host does, and quantisers, may stand in it too. */
  readonly host: boolean;
  readonly size: number;
  /** One operator behind the other, in blocks with an addition at times. */
  readonly chained?: boolean;
}

class Drawing {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Constant>();
  readonly images: Drawn[] = [];
  #names = 0;

  constructor(readonly chance: Random) {}

  name(stem: string) {
    return `${stem}${++this.#names}`;
  }

  constant(shape: readonly number[], values: readonly number[], whole = false): Drawn {
    const name = this.name('c');
    this.constants.set(name, { shape, whole, values });
    return { name, shape };
  }

  /** Small whole numbers. */
  weights(shape: readonly number[], span = 3): Drawn {
    const values = Array.from({ length: volume(shape) }, () => this.chance.below(2 * span + 1) - span);
    return this.constant(shape, values);
  }

  put(
    operator: string,
    inputs: readonly Drawn[],
    shape: readonly number[],
    attributes: Record<string, Attribute> = {},
  ) {
    const name = this.name(operator.toLowerCase());
    const output = `${name}.out`;
    this.nodes.push({
      name,
      operator,
      domain: '',
      inputs: inputs.map((x) => x.name),
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    return { name: output, shape };
  }
}

const out = (size: number, kernel: number, step: number, spread: number, pads: number, ceil = false) =>
  (ceil ? Math.ceil : Math.floor)((size + pads - (kernel - 1) * spread - 1) / step) + 1;

type Maker = (d: Drawing, x: Drawn) => Drawn | undefined;

/** Kernel, strides, dilations and four pads that fit an image. */
function windowFor(d: Drawing, [, , height = 1, width = 1]: readonly number[], maxPad: (k: number) => number) {
  const axis = (size: number) => {
    const kernel = 1 + d.chance.below(3);
    const step = 1 + d.chance.below(3);
    const spread = d.chance.below(4) === 0 ? 2 : 1;
    const pads = [d.chance.below(maxPad(kernel) + 1), d.chance.below(maxPad(kernel) + 1)] as const;
    return { kernel, step, spread, pads, out: out(size, kernel, step, spread, pads[0] + pads[1]) };
  };
  const [h, w] = [axis(height), axis(width)];
  return h.out < 1 || w.out < 1
    ? undefined
    : {
        sizes: [h.out, w.out] as const,
        reach: [(h.kernel - 1) * h.spread + 1, (w.kernel - 1) * w.spread + 1] as const,
        kernel: [h.kernel, w.kernel] as const,
        attributes: {
          kernel_shape: ints([h.kernel, w.kernel]),
          strides: ints([h.step, w.step]),
          dilations: ints([h.spread, w.spread]),
          pads: ints([h.pads[0], w.pads[0], h.pads[1], w.pads[1]]),
        },
      };
}

const conv: Maker = (d, x) => {
  const [n = 1, c = 1] = x.shape;
  const window = windowFor(d, x.shape, (k) => k);
  if (!window) return undefined;
  const groups = d.chance.pick([1, 1, 1, c].filter((g) => c % g === 0));
  const k = groups * (1 + d.chance.below(3));
  const inputs = [x, d.weights([k, c / groups, ...window.kernel], 2)];
  if (d.chance.below(2) === 0) inputs.push(d.weights([k], 9));
  return d.put('Conv', inputs, [n, k, ...window.sizes], { ...window.attributes, group: int(groups) });
};

const maxPool: Maker = (d, x) => {
  const [n = 1, c = 1, height = 1, width = 1] = x.shape;
  if (d.chance.below(2) === 0) {
    const k = 2;
    if (height < k || width < k) return undefined;
    return d.put('MaxPool', [x], [n, c, Math.floor(height / k), Math.floor(width / k)], {
      kernel_shape: ints([k, k]),
      strides: ints([k, k]),
    });
  }
  const window = windowFor(d, x.shape, (k) => k - 1);
  return window && d.put('MaxPool', [x], [n, c, ...window.sizes], window.attributes);
};

const averagePool: Maker = (d, x) => {
  const [n = 1, c = 1] = x.shape;
  const window = windowFor(d, x.shape, (k) => k - 1);
  if (!window) return undefined;
  const { dilations: _, ...attributes } = window.attributes;
  const sizes = [0, 1].map((i) => {
    const pads = attributes.pads.kind === 'numbers' ? attributes.pads.values : [];
    const steps = attributes.strides.kind === 'numbers' ? attributes.strides.values : [];
    return out(x.shape[i + 2]!, window.kernel[i]!, steps[i]!, 1, pads[i]! + pads[i + 2]!);
  });
  return d.put('AveragePool', [x], [n, c, ...sizes], { ...attributes, count_include_pad: int(d.chance.below(2)) });
};

const perChannel = (d: Drawing, x: Drawn, span: number) => {
  const c = x.shape[1]!;
  return d.chance.pick([
    () => d.weights([c, 1, 1], span),
    () => d.weights([1, c, 1, 1], span),
    () => d.weights([], span),
  ])();
};

/** Values of a batch norm whose deviation is a power of two: exact. */
const batchNorm: Maker = (d, x) => {
  const c = x.shape[1]!;
  const variance = d.constant(
    [c],
    Array.from({ length: c }, () => d.chance.pick([1, 4])),
  );
  return d.put('BatchNormalization', [x, d.weights([c]), d.weights([c]), d.weights([c]), variance], x.shape, {
    epsilon: real(0),
  });
};

/** Of the shape of x, computed or drawn before. */
const partner = (d: Drawing, x: Drawn): Drawn | undefined => {
  const others = d.images.filter((y) => y.shape.join() === x.shape.join());
  return others.length > 0 ? d.chance.pick(others) : undefined;
};

const padded: Maker = (d, x) => {
  const [n = 1, c = 1, height = 1, width = 1] = x.shape;
  const [t, l, b, r] = [0, 1, 2, 3].map(() => d.chance.below(3)) as [number, number, number, number];
  const shape = [n, c, height + t + b, width + l + r];
  const y = d.put('Pad', [x, d.constant([8], [0, 0, t, l, 0, 0, b, r], true)], shape, { mode: text('constant') });
  return conv(d, y) ?? y;
};

const squeezed: Maker = (d, x) => {
  const [n = 1, c = 1] = x.shape;
  const mean = d.put('GlobalAveragePool', [x], [n, c, 1, 1]);
  const gate = d.put('Conv', [mean, d.weights([c, c, 1, 1], 1)], [n, c, 1, 1]);
  return d.put('Mul', d.chance.below(2) === 0 ? [x, gate] : [gate, x], x.shape);
};

const turned: Maker = (d, x) => {
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  const last = d.put('Transpose', [x], [n, h, w, c], { perm: ints([0, 2, 3, 1]) });
  return d.put('Transpose', [last], x.shape, { perm: ints([0, 3, 1, 2]) });
};

const plain: readonly Maker[] = [
  conv,
  conv,
  conv,
  maxPool,
  averagePool,
  batchNorm,
  padded,
  squeezed,
  turned,
  (d, x) => d.put('Relu', [x], x.shape),
  (d, x) => d.put('Relu', [x], x.shape),
  (d, x) => d.put('Clip', [x, d.constant([], [-1 - d.chance.below(9)]), d.constant([], [d.chance.below(40)])], x.shape),
  (d, x) => d.put('Add', d.chance.below(2) === 0 ? [x, perChannel(d, x, 9)] : [perChannel(d, x, 9), x], x.shape),
  (d, x) => d.put('Sub', d.chance.below(2) === 0 ? [x, perChannel(d, x, 9)] : [perChannel(d, x, 9), x], x.shape),
  (d, x) => d.put('Mul', [x, perChannel(d, x, 2)], x.shape),
  (d, x) => {
    const y = partner(d, x);
    return y && d.put(d.chance.pick(['Add', 'Sub', 'Sum', 'Mul']), d.chance.below(2) === 0 ? [x, y] : [y, x], x.shape);
  },
  (d, x) => {
    const y = partner(d, x);
    return y && d.put('Add', [x, y], x.shape);
  },
  (d, x) => {
    const y = d.images.filter(({ shape: s }) => s[0] === x.shape[0] && s.slice(2).join() === x.shape.slice(2).join());
    if (y.length === 0) return undefined;
    const other = d.chance.pick(y);
    const [n = 1, c = 1, ...rest] = x.shape;
    return d.put('Concat', [x, other], [n, c + other.shape[1]!, ...rest], { axis: int(1) });
  },
  (d, x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    if (h * w > 60) return undefined;
    const scales = d.constant([4], [1, 1, 2, 3]);
    const nothing = { name: '', shape: [] };
    return d.put('Resize', [x, nothing, scales], [n, c, 2 * h, 3 * w], {
      mode: text('nearest'),
      coordinate_transformation_mode: text('asymmetric'),
      nearest_mode: text('floor'),
    });
  },
  (d, x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    if (h < 3) return undefined;
    const list = (...values: number[]) => d.constant([values.length], values, true);
    return d.put('Slice', [x, list(1), list(h), list(2)], [n, c, h - 1, w]);
  },
  (d, x) => d.put('Identity', [x], x.shape),
  (d, x) => d.put('Dropout', [x], x.shape),
];

const byHost: readonly Maker[] = [
  (d, x) => d.put('Sigmoid', [x], x.shape),
  (d, x) => {
    const scale = d.constant([], [1]);
    const zero = d.constant([], [0], true);
    const q = d.put('QuantizeLinear', [x, scale, zero], x.shape);
    return d.put('DequantizeLinear', [q, scale, zero], x.shape);
  },
];

/** Of the shape of what it reads, to which it is added. */
const block: Maker = (d, x) => {
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  const wide = 1 + d.chance.below(9);
  const shape = [n, wide, h, w];
  const first = d.put('Conv', [x, d.weights([wide, c, 1, 1], 2)], shape);
  const relu = d.put('Relu', [first], shape);
  const k = d.chance.pick([1, 3, 3, 5]);
  const spread = k === 3 && d.chance.below(3) === 0 ? 2 : 1;
  const pad = ((k - 1) / 2) * spread;
  const middle = d.put('Conv', [relu, d.weights([wide, 1, k, k], 2)], shape, {
    kernel_shape: ints([k, k]),
    dilations: ints([spread, spread]),
    pads: ints([pad, pad, pad, pad]),
    group: int(wide),
  });
  const last = d.put('Conv', [middle, d.weights([c, wide, 1, 1], 2)], x.shape);
  const sum = d.put('Add', d.chance.below(2) === 0 ? [last, x] : [x, last], x.shape);
  return d.chance.below(2) === 0 ? sum : d.put('Relu', [sum], x.shape);
};
const inChains: readonly Maker[] = [
  conv,
  conv,
  maxPool,
  averagePool,
  block,
  block,
  (d, x) => d.put('Relu', [x], x.shape),
];

/** Its last operators are a flattened product with a bias, and its output is theirs. */
export function randomGraph(seed: number, { host, size, chained = false }: RandomGraphOptions): Graph {
  const d = new Drawing(seeded(seed));
  const { chance } = d;
  const shape = [1 + chance.below(2), 1 + chance.below(4), 3 + chance.below(6), 3 + chance.below(6)];
  d.images.push({ name: 'x', shape });
  const makers = chained ? inChains : host ? [...plain, ...byHost] : plain;
  for (let i = 0; i < size; i++) {
    // Mostly on from the last, as networks are.
    const x = chained || chance.below(3) > 0 ? d.images.at(-1)! : chance.pick(d.images);
    const made = volume(x.shape) < 2000 ? chance.pick(makers)(d, x) : maxPool(d, x);
    if (made) d.images.push(made);
  }
  const last = d.images.at(-1)!;
  const features = volume(last.shape.slice(1));
  const flat = d.put('Flatten', [last], [last.shape[0]!, features]);
  const wide = 1 + chance.below(5);
  const output = d.put(
    'Add',
    [d.put('MatMul', [flat, d.weights([features, wide], 1)], [last.shape[0]!, wide]), d.weights([wide], 9)],
    [last.shape[0]!, wide],
  );
  return {
    name: `random ${seed}`,
    opset: 17,
    inputs: [{ name: 'x', shape, whole: false }],
    outputs: [{ name: output.name, shape: undefined, whole: false }],
    notes: [],
    constants: d.constants,
    nodes: d.nodes,
    functions: new Map(),
  };
}
