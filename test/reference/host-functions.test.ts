// Law: what the host computes is what ONNX Runtime computes, in every form of every operator that it knows.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { erf } from '../../src/reference/element-functions.js';
import type { Numbers } from '../../src/reference/numbers.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { graphOf } from '../support/graphs.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { runOnnx } from '../support/qdq.js';

type More = Pick<FileParts, 'lists' | 'scalars' | 'opset'>;
type Attributes = NonNullable<Parameters<typeof node>[3]>;
type Given = readonly [string, string, readonly (readonly number[])[], Attributes?, More?];
const real = (value: number) => ({ kind: 'number', value, whole: false }) as const;

const image = [2, 4, 3, 5];
const alone = [
  ...['Abs', 'Ceil', 'Cos', 'Elu', 'Erf', 'Exp', 'Floor', 'LeakyRelu', 'Neg'],
  ...['Reciprocal', 'Round', 'Selu', 'Sigmoid', 'Sign', 'Sin', 'Softplus', 'Softsign', 'Tanh', 'Celu'],
];
const given: readonly Given[] = [
  ...alone.map((operator): Given => [operator, operator, [image]]),
  ['Mish', 'Mish', [image], {}, { opset: 18 }],
  ['Elu of another size', 'Elu', [image], { alpha: real(0.5) }],
  [
    'a sum stretched both ways',
    'Add',
    [
      [2, 3, 1],
      [1, 4],
    ],
  ],
  [
    'a difference stretched',
    'Sub',
    [
      [3, 1],
      [2, 1, 4],
    ],
  ],
  [
    'a product stretched',
    'Mul',
    [
      [3, 1],
      [2, 1, 4],
    ],
  ],
  [
    'a quotient of tensors',
    'Div',
    [
      [3, 4],
      [3, 4],
    ],
  ],
  ['the largest of three', 'Max', [[3, 4], [4], [3, 1]]],
  [
    'the smallest of two',
    'Min',
    [
      [3, 4],
      [3, 4],
    ],
  ],
  ['a slope of each channel', 'PRelu', [image, [4, 1, 1]]],
  ['softmax', 'Softmax', [image]],
  ['softmax over channels', 'Softmax', [image], { axis: 1 }],
  ['softmax as it was', 'Softmax', [image], { axis: 2 }, { opset: 11 }],
  ['logarithm of softmax', 'LogSoftmax', [[3, 6]]],
  ['layer norm', 'LayerNormalization', [[2, 3, 8], [8], [8]], {}, { opset: 17 }],
  [
    'layer norm over two axes',
    'LayerNormalization',
    [
      [2, 3, 4],
      [3, 4],
      [3, 4],
    ],
    { axis: 1, epsilon: real(0.1) },
    { opset: 17 },
  ],
  ['layer norm without a shift', 'LayerNormalization', [[2, 8], [8]], {}, { opset: 17 }],
  ['instance norm', 'InstanceNormalization', [image, [4], [4]]],
  ['across channels', 'LRN', [[1, 7, 3, 3]], { size: 5, alpha: real(0.3), beta: real(0.6), bias: real(2) }],
  ...['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSumExp'].map((by): Given => [
    `the ${by} over two axes`,
    `Reduce${by}`,
    [image],
    { axes: [1, -1] },
    { opset: 11 },
  ]),
  ['a mean of all', 'ReduceMean', [image], { keepdims: 0 }, { opset: 11 }],
  ['depth to space', 'DepthToSpace', [[1, 8, 2, 3]], { blocksize: 2 }],
  ['depth to space by columns', 'DepthToSpace', [[1, 8, 2, 3]], { blocksize: 2, mode: 'CRD' }],
  ['space to depth', 'SpaceToDepth', [[1, 2, 4, 6]], { blocksize: 2 }],
  ['rows of a tensor', 'Gather', [[5, 3]], { axis: 0 }, { lists: { at: [4, 0, -1] } }],
  ['columns of a tensor', 'Gather', [[2, 5, 3]], { axis: 1 }, { lists: { at: [2, 2] } }],
  ['a border of zeros', 'Pad', [[2, 3]], {}, { lists: { pads: [1, 0, 2, 3] } }],
  ['an edge', 'Pad', [[2, 3]], { mode: 'edge' }, { lists: { pads: [1, 0, 2, 3] } }],
  ['a mirror', 'Pad', [[3, 4]], { mode: 'reflect' }, { lists: { pads: [2, 1, 0, 3] } }],
];

const numbers = (shapes: readonly (readonly number[])[], step = 0) => {
  const chance = seeded(5);
  // Of steps some numbers are equal.
  const one = () => Math.fround(6 * chance.next() - 3);
  const draw = () => (step === 0 ? one() : Math.round(one() / step) * step);
  return new Map<string, Numbers>(
    shapes.map((shape, i) => [
      `x${i}`,
      { shape, values: Float64Array.from({ length: shape.reduce((n, d) => n * d, 1) }, draw) },
    ]),
  );
};

/** The last node's result is the output; of steps of these kinds, with a layer behind that has nothing to do with them. */
async function expectAsOnnx(
  nodes: FileParts['nodes'],
  given: ReadonlyMap<string, Numbers>,
  more: More,
  kinds: readonly string[],
): Promise<void> {
  const inputs = new Map([...given, ['u', { shape: [1, 1], values: Float64Array.of(1) }]]);
  const file = onnxFile({
    inputs: Object.fromEntries([...inputs].map(([name, x]) => [name, x.shape])),
    // A network has a layer.
    tensors: { one: { shape: [1, 1], values: [1] } },
    nodes: [...nodes, node('MatMul', ['u', 'one'], ['z'])],
    outputs: ['y', 'z'],
    opset: 15,
    ...more,
  });
  const decoded = decodeOnnx(file, 'one');
  if (!decoded.ok) throw new Error(JSON.stringify(decoded));
  const graph = graphOf(decoded.value);
  expect(graph.steps.map((s) => s.kind)).toEqual([...kinds, 'layer']);
  const run = runGraph(graph, inputs, realArithmetic(new Map([['one', Float64Array.of(1)]])));
  if (!run.ok) throw new Error(JSON.stringify(run));
  expect(run.value.notRun).toEqual([]);
  const found = run.value.tensors.get(graph.outputs[0]!)!;
  const wanted = (await runOnnx(file, inputs, 'float32')).get('y')!;
  expect(found.shape).toEqual(wanted.shape);
  // Theirs has 32 bits, and sums of squares and exponentials of up to 20.
  for (const [at, v] of found.values.entries())
    expect(Math.abs(v - wanted.values[at]!), `${at}: ${v} for ${wanted.values[at]}`).toBeLessThanOrEqual(
      2e-5 * Math.max(1, Math.abs(v)),
    );
}

const cases = given.map(([what, operator, shapes, attributes, more]) => ({ what, operator, shapes, attributes, more }));
test.each(cases)('$what', async ({ operator, shapes, attributes = {}, more = {} }) => {
  const inputs = numbers(shapes);
  const names = [...inputs.keys(), ...Object.keys(more.lists ?? {})];
  await expectAsOnnx([node(operator, names, ['y'], attributes)], inputs, more, ['host']);
});

const [float, whole, truth] = [1, 7, 9];
const asReal = (from: string) => node('Cast', [from], ['y'], { to: float });
const compared = (operator: string): readonly [string, FileParts['nodes']] => [
  operator,
  [node(operator, ['x0', 'x1'], ['is']), node('Where', ['is', 'x0', 'x2'], ['y'])],
];
const joined = (operator: string): readonly [string, FileParts['nodes']] => [
  operator,
  [
    node('Cast', ['x0'], ['a'], { to: truth }),
    node('Cast', ['x1'], ['b'], { to: truth }),
    node(operator, ['a', 'b'], ['is']),
    node('Not', ['is'], ['no']),
    node('Where', ['no', 'x2', 'x0'], ['y']),
  ],
];
test.each([
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map(compared),
  ...['And', 'Or', 'Xor'].map(joined),
  ['a cast to whole numbers', [node('Cast', ['x0'], ['is'], { to: whole }), asReal('is')]] as const,
])('%s says what is chosen', async (_, nodes) => {
  const kinds = nodes.flatMap((n) =>
    n.attributes.get('to')?.kind === 'number' && n.outputs[0] === 'y' ? [] : ['host'],
  );
  await expectAsOnnx(nodes, numbers([[2, 3, 4], [3, 1], [4]], 1.5), {}, kinds);
});

const place = (operator: string, attributes: Attributes) => [node(operator, ['x0'], ['is'], attributes), asReal('is')];
const sums = (attributes: Attributes) => [node('CumSum', ['x0', 'axis'], ['y'], attributes)];
test.each([
  ['the largest', place('ArgMax', { axis: 1 }), {}],
  ['the last of the largest', place('ArgMax', { axis: -1, keepdims: 0, select_last_index: 1 }), {}],
  ['the smallest', place('ArgMin', {}), {}],
  ['sums', sums({}), { scalars: { axis: 1 } }],
  ['sums before a place', sums({ exclusive: 1 }), { scalars: { axis: -1 } }],
  ['sums from behind', sums({ reverse: 1 }), { scalars: { axis: 0 } }],
  ['sums from behind before a place', sums({ reverse: 1, exclusive: 1 }), { scalars: { axis: 1 } }],
] as const)('places: %s', async (_, nodes, more) => {
  await expectAsOnnx(nodes, numbers([[3, 5, 4]], 1), more, ['host']);
});

test.each([
  ['HardSigmoid', {}, ['scale']],
  ['HardSigmoid', { alpha: real(1 / 6), beta: real(0.4) }, ['scale']],
  ['HardSwish', {}, ['scale', 'multiplication']],
] as const)("%s is the machine's", async (operator, attributes, kinds) => {
  await expectAsOnnx([node(operator, ['x0'], ['y'], attributes)], numbers([image]), {}, kinds);
});

test('the error function to 1e-14, by tables (Abramowitz and Stegun 7.1) and where its two forms meet', () => {
  for (const [x, y] of [
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
  ] as const) {
    expect(Math.abs(erf(x) - y)).toBeLessThan(1e-14);
    expect(erf(-x) + erf(x)).toBe(0);
  }
  expect(Math.abs(erf(2.5) - erf(2.5 - 1e-12))).toBeLessThan(1e-14);
});
