// Random operators that multiply, each with its products counted one by one from its definition: loops over tiny sizes, no formula.

import type { Random } from '../../src/base/random.js';
import type { GraphNode } from '../../src/workloads/onnx/graph.js';
import { node } from './onnx.js';

export interface Sample {
  readonly nodes: readonly GraphNode[];
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly products: number;
}
export type Sampler = (random: Random, name: string) => Sample;
type Attributes = Parameters<typeof node>[3];

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
/** Calls `visit` with every position of a box. */
function each(sizes: readonly number[], visit: (at: readonly number[]) => void, at: readonly number[] = []): void {
  if (at.length === sizes.length) visit(at);
  else for (let i = 0; i < sizes[at.length]!; i++) each(sizes, visit, [...at, i]);
}
function count(sizes: readonly number[], does: (at: readonly number[]) => boolean = () => true): number {
  let n = 0;
  each(sizes, (at) => void (n += does(at) ? 1 : 0));
  return n;
}
const from = (random: Random, low: number, high: number) => low + random.below(high - low + 1);

/** The operator with inputs of these shapes; `undefined` is an input left out. */
function sample(
  name: string,
  operator: string,
  shapes: readonly (readonly number[] | undefined)[],
  attributes: Attributes,
  products: number,
  domain = '',
  outputs = 1,
): Sample {
  const names = shapes.map((shape, i) => (shape === undefined ? '' : `${name}_${i}`));
  const inputs = Object.fromEntries(
    shapes.flatMap((shape, i) => (shape === undefined ? [] : [[names[i]!, shape] as const])),
  );
  return {
    nodes: [node(operator, names, [name, ...range(outputs - 1).map((i) => `${name}_out${i}`)], attributes, domain)],
    inputs,
    products,
  };
}

/** Places where a window of `reach` fits, slid by `step`. */
function fits(size: number, reach: number, step: number): number {
  let n = 0;
  for (let at = 0; at + reach <= size; at += step) n++;
  return n;
}
const last = (shape: readonly number[]) => [shape[0]!, ...shape.slice(2), shape[1]!];

const convolution: Sampler = (random, name) => {
  const rank = from(random, 1, 3);
  const [batch, groups, k, c] = [from(random, 1, 2), from(random, 1, 2), from(random, 1, 3), from(random, 1, 3)];
  const axes = range(rank).map(() => ({
    size: from(random, 3, 6),
    kernel: from(random, 1, 3),
    step: from(random, 1, 2),
    spread: from(random, 1, 2),
    before: from(random, 0, 2),
    after: from(random, 0, 2),
  }));
  for (const a of axes) a.size += Math.max(0, (a.kernel - 1) * a.spread + 1 - a.size);
  const outs = axes.map((a) => fits(a.size + a.before + a.after, (a.kernel - 1) * a.spread + 1, a.step));
  const products = count([batch, groups, k, c, ...outs, ...axes.map((a) => a.kernel)]);
  const attributes = {
    strides: axes.map((a) => a.step),
    dilations: axes.map((a) => a.spread),
    pads: [...axes.map((a) => a.before), ...axes.map((a) => a.after)],
    group: groups,
  };
  const [x, w] = [
    [batch, groups * c, ...axes.map((a) => a.size)],
    [groups * k, c, ...axes.map((a) => a.kernel)],
  ];
  const one: readonly number[] = [];
  return random.pick([
    () => sample(name, 'Conv', [x, w], attributes, products),
    () => sample(name, 'ConvInteger', [x, w], attributes, products),
    () => sample(name, 'QLinearConv', [x, one, one, w, one, one, one, one], attributes, products),
    () =>
      sample(
        name,
        'QLinearConv',
        [last(x), one, one, w, one, one, one, one],
        { ...attributes, channels_last: 1 },
        products,
        'com.microsoft',
      ),
    () => sample(name, 'FusedConv', [x, w, [groups * k]], attributes, products, 'com.microsoft'),
    () => sample(name, 'NhwcFusedConv', [last(x), w], attributes, products, 'com.microsoft'),
    () => sample(name, 'Conv', [last(x), last(w)], attributes, products, 'qonnx.custom_op.channels_last'),
    () => sample(name, 'Conv', [last(x), w], attributes, products, 'com.ms.internal.nhwc'),
  ])();
};

/** Every output with every kernel position that meets an input of the stuffed grid: no other product is useful. */
const transposed: Sampler = (random, name) => {
  const rank = from(random, 1, 3);
  const [batch, groups, k, c] = [from(random, 1, 2), from(random, 1, 2), from(random, 1, 2), from(random, 1, 2)];
  const axes = range(rank).map(() => {
    const [size, kernel, step, spread] = [
      from(random, 1, 4),
      from(random, 1, 4),
      from(random, 1, 4),
      from(random, 1, 3),
    ];
    const full = step * (size - 1) + (kernel - 1) * spread + 1;
    const before = random.below(Math.min(3, full));
    const after = random.below(Math.min(3, full - before));
    const extra = random.below(Math.max(step, spread));
    return { size, kernel, step, spread, before, after, extra, out: full - before - after + extra };
  });
  const plain = {
    pads: [...axes.map((a) => a.before), ...axes.map((a) => a.after)],
    output_padding: axes.map((a) => a.extra),
  };
  // Or the size is said, and what is cut off follows: the odd one in front unless it is SAME_UPPER.
  const said = random.next() < 0.3;
  const upper = random.next() < 0.5;
  if (said) {
    for (const a of axes) {
      const full = a.out + a.before + a.after - a.extra;
      a.out = from(random, 1, full);
      const cut = full - a.out;
      a.before = upper ? Math.floor(cut / 2) : Math.ceil(cut / 2);
    }
  }
  const products = count([batch, groups, k, c, ...axes.map((a) => a.out), ...axes.map((a) => a.kernel)], (at) =>
    axes.every((a, i) => (at[4 + i]! + a.before - at[4 + rank + i]! * a.spread) % a.step === 0),
  );
  const sizes = said ? { output_shape: axes.map((a) => a.out), ...(upper && { auto_pad: 'SAME_UPPER' }) } : plain;
  const attributes = {
    strides: axes.map((a) => a.step),
    dilations: axes.map((a) => a.spread),
    group: groups,
    ...sizes,
  };
  return sample(
    name,
    'ConvTranspose',
    [
      [batch, groups * c, ...axes.map((a) => a.size)],
      [groups * c, k, ...axes.map((a) => a.kernel)],
    ],
    attributes,
    products,
  );
};

const product: Sampler = (random, name) => {
  const [m, n, c] = [from(random, 1, 4), from(random, 1, 4), from(random, 1, 4)];
  const batch = range(from(random, 0, 2)).map(() => from(random, 1, 3));
  const stretch = (shape: readonly number[]) =>
    shape.map((d) => (random.next() < 0.3 ? 1 : d)).slice(random.below(shape.length + 1));
  const [left, right] = [stretch(batch), stretch(batch)];
  const both = range(Math.max(left.length, right.length)).map((i) =>
    Math.max(left.at(-1 - i) ?? 1, right.at(-1 - i) ?? 1),
  );
  const products = count([...both, m, n, c]);
  const [a, b] = [
    [...left, m, c],
    [...right, c, n],
  ];
  const turned = (shape: readonly number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
  const one: readonly number[] = [];
  const flat = count([...left, m, n, c]);
  return random.pick([
    () => sample(name, 'MatMul', [a, b], {}, products),
    () => sample(name, 'MatMulInteger', [a, b], {}, products),
    () => sample(name, 'QLinearMatMul', [a, one, one, b, one, one, one, one], {}, products),
    () => sample(name, 'Gemm', [turned(a), turned([c, n])], { transA: 1, transB: 1 }, flat),
    () => sample(name, 'Gemm', [a, [c, n], [n]], {}, flat),
    () => sample(name, 'FusedMatMul', [turned(a), b], { transA: 1 }, products, 'com.microsoft'),
    () =>
      sample(name, 'MatMulNBits', [a, [n, 1, 8], [n]], { K: c, N: n, bits: 4, block_size: 16 }, flat, 'com.microsoft'),
    () =>
      sample(name, 'MatMulBnb4', [a, [8], [1]], { K: c, N: n, block_size: 16, quant_type: 0 }, flat, 'com.microsoft'),
    () =>
      sample(
        name,
        'MatMulNBitsMlp',
        [a, undefined, undefined, [n, 1, 8], [n], undefined, [n, 1, 8], [n]],
        { K: c, N: n, activation: 'silu', block_size: 32 },
        2 * flat,
        'com.microsoft',
      ),
    () =>
      sample(
        name,
        'MVAU_hls',
        [
          [m, c],
          [c, n],
        ],
        { MW: c, MH: n },
        count([m, n, c]),
        'finn.custom_op.fpgadataflow.hls',
      ),
    () =>
      sample(
        name,
        'XnorPopcountMatMul',
        [
          [m, c],
          [c, n],
        ],
        {},
        count([m, n, c]),
        'qonnx.custom_op.general',
      ),
  ])();
};

/** Operands one after the other from the left: every position of the labels that are still there is a product. */
const einsum: Sampler = (random, name) => {
  const labels = random.shuffle(['a', 'b', 'c', 'd', 'e']);
  const sizes = new Map(labels.map((l) => [l, from(random, 2, 3)]));
  const operands = range(from(random, 2, 3)).map(() => random.shuffle(labels.filter(() => random.next() < 0.5)));
  const output = random.shuffle([...new Set(operands.flat())].filter(() => random.next() < 0.5));
  let products = 0;
  let left = operands[0]!;
  for (let i = 1; i < operands.length; i++) {
    const right = operands[i]!;
    const later = [...output, ...operands.slice(i + 1).flat()];
    // Labels of one side that nobody reads later are summed before.
    const kept = [...new Set([...left, ...right])].filter(
      (l) => later.includes(l) || (left.includes(l) && right.includes(l)),
    );
    products += count(kept.map((l) => sizes.get(l)!));
    left = kept.filter((l) => later.includes(l));
  }
  const equation = `${operands.map((o) => o.join('')).join(',')}->${output.join('')}`;
  return sample(
    name,
    'Einsum',
    operands.map((o) => o.map((l) => sizes.get(l)!)),
    { equation },
    products,
  );
};

const recurrent: Sampler = (random, name) => {
  const [operator, gates] = random.pick([
    ['LSTM', 4],
    ['GRU', 3],
    ['RNN', 1],
    ['DynamicQuantizeLSTM', 4],
  ] as const);
  const [steps, batch, width, hidden] = [
    from(random, 1, 4),
    from(random, 1, 3),
    from(random, 1, 4),
    from(random, 1, 4),
  ];
  const both = random.next() < 0.5;
  const first = random.next() < 0.3 && operator !== 'DynamicQuantizeLSTM';
  const directions = both ? 2 : 1;
  const products =
    count([directions, steps, batch, gates, hidden, width]) + count([directions, steps, batch, gates, hidden, hidden]);
  const attributes = {
    hidden_size: hidden,
    direction: both ? 'bidirectional' : random.pick(['forward', 'reverse']),
    ...(first && { layout: 1 }),
    ...(operator === 'GRU' && { linear_before_reset: random.below(2) }),
  };
  const x = first ? [batch, steps, width] : [steps, batch, width];
  if (operator === 'DynamicQuantizeLSTM')
    return sample(
      name,
      operator,
      [x, [directions, width, gates * hidden], [directions, hidden, gates * hidden]],
      attributes,
      products,
      'com.microsoft',
      3,
    );
  return sample(
    name,
    operator,
    [x, [directions, gates * hidden, width], [directions, gates * hidden, hidden]],
    attributes,
    products,
    '',
    2,
  );
};

const attention: Sampler = (random, name) => {
  const [batch, kv, shared, queries, fresh, past, depth] = [
    from(random, 1, 2),
    from(random, 1, 2),
    from(random, 1, 3),
    from(random, 1, 4),
    from(random, 1, 4),
    from(random, 0, 3),
    from(random, 1, 3),
  ];
  const heads = kv * shared;
  const wide = from(random, 1, 3);
  const heedful = (h: number, q: number, keys: number, values = depth) =>
    count([batch, h, q, keys, depth]) + count([batch, h, q, keys, values]);
  const cache = (h: number, d: number) => (past > 0 ? [batch, h, past, d] : undefined);
  const projected = 3 * kv * depth;
  return random.pick([
    () =>
      sample(
        name,
        'Attention',
        [
          [batch, heads, queries, depth],
          [batch, kv, fresh, depth],
          [batch, kv, fresh, wide],
          undefined,
          cache(kv, depth),
          cache(kv, wide),
        ],
        {},
        heedful(heads, queries, past + fresh, wide),
        '',
        3,
      ),
    () =>
      sample(
        name,
        'Attention',
        [
          [batch, queries, heads * depth],
          [batch, fresh, kv * depth],
          [batch, fresh, kv * wide],
        ],
        { q_num_heads: heads, kv_num_heads: kv },
        heedful(heads, queries, fresh, wide),
      ),
    () =>
      sample(
        name,
        'Attention',
        [
          [batch, queries, wide],
          [wide, projected],
          [projected],
          undefined,
          past > 0 ? [2, batch, kv, past, depth] : undefined,
        ],
        { num_heads: kv },
        count([batch, queries, wide, projected]) + heedful(kv, queries, past + queries),
        'com.microsoft',
        2,
      ),
    () =>
      sample(
        name,
        'QAttention',
        [[batch, queries, wide], [wide, projected], [projected], [], []],
        { num_heads: kv },
        count([batch, queries, wide, projected]) + heedful(kv, queries, queries),
        'com.microsoft',
      ),
    () =>
      sample(
        name,
        'MultiHeadAttention',
        [
          [batch, queries, kv * depth],
          [batch, fresh, kv * depth],
          [batch, fresh, kv * wide],
          undefined,
          undefined,
          undefined,
          cache(kv, depth),
          cache(kv, wide),
        ],
        { num_heads: kv },
        heedful(kv, queries, past + fresh, wide),
        'com.microsoft',
      ),
    () =>
      sample(
        name,
        'MultiHeadAttention',
        [[batch, queries, kv, 3, depth]],
        { num_heads: kv },
        heedful(kv, queries, queries),
        'com.microsoft',
      ),
    () =>
      sample(
        name,
        'GroupQueryAttention',
        [
          [batch, queries, heads * depth],
          [batch, queries, kv * depth],
          [batch, queries, kv * depth],
          cache(kv, depth),
          cache(kv, depth),
          [batch],
          [],
        ],
        { num_heads: heads, kv_num_heads: kv },
        heedful(heads, queries, past + queries),
        'com.microsoft',
        3,
      ),
    () =>
      sample(
        name,
        'GroupQueryAttention',
        [[batch, queries, (heads + 2 * kv) * depth], undefined, undefined, cache(kv, depth), cache(kv, depth)],
        { num_heads: heads, kv_num_heads: kv },
        heedful(heads, queries, past + queries),
        'com.microsoft',
        3,
      ),
  ])();
};

export const samplers: readonly Sampler[] = [convolution, transposed, product, einsum, recurrent, attention];
