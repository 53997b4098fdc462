// Blocks of real networks as exporters write them, small: an encoder of a transformer, and one of MobileNetV3.

import type { FileParts } from './onnx.js';
import { node } from './onnx.js';
import { reals } from './small-network.js';

const real = (value: number) => ({ kind: 'number', value, whole: false }) as const;
const scalar = (value: number) => ({ shape: [], values: [value] });

const [length, heads, each, wide] = [4, 2, 3, 8];
const width = heads * each;

const linear = (from: string, to: string, name: string) => [
  node('MatMul', [from, `w${name}`], [`${to}.product`]),
  node('Add', [`${to}.product`, `b${name}`], [to]),
];
const split = (name: string, perm: readonly number[]) => [
  ...linear('x', `${name}.all`, name),
  node('Reshape', [`${name}.all`, 'heads'], [`${name}.rows`]),
  node('Transpose', [`${name}.rows`], [name], { perm }),
];
/** A layer norm as it was before there was an operator. */
const normByParts = (from: string, to: string, n: number) => [
  node('ReduceMean', [from], [`${to}.mean`], { axes: [-1] }),
  node('Sub', [from, `${to}.mean`], [`${to}.centred`]),
  node('Pow', [`${to}.centred`, 'two'], [`${to}.squares`]),
  node('ReduceMean', [`${to}.squares`], [`${to}.variance`], { axes: [-1] }),
  node('Add', [`${to}.variance`, 'epsilon'], [`${to}.above`]),
  node('Sqrt', [`${to}.above`], [`${to}.deviation`]),
  node('Div', [`${to}.centred`, `${to}.deviation`], [`${to}.normal`]),
  node('Mul', [`${to}.normal`, `g${n}`], [`${to}.scaled`]),
  node('Add', [`${to}.scaled`, `h${n}`], [to]),
];
const norm = (from: string, to: string, n: number) => [
  node('LayerNormalization', [from, `g${n}`, `h${n}`], [to], { axis: -1 }),
];
const geluByParts = [
  node('Div', ['wide', 'root2'], ['wide.scaled']),
  node('Erf', ['wide.scaled'], ['wide.erf']),
  node('Add', ['wide.erf', 'one'], ['wide.above']),
  node('Mul', ['wide', 'wide.above'], ['wide.twice']),
  node('Mul', ['wide.twice', 'half'], ['active']),
];
/** What may not be looked at is far below: added, or put in the place of scores. */
const maskAdded = [
  node('Sub', ['one', 'mask4'], ['hidden']),
  node('Mul', ['hidden', 'far'], ['below']),
  node('Add', ['scores', 'below'], ['masked']),
];
const maskChosen = [
  node('Equal', ['mask4', 'zero'], ['hidden']),
  node('Where', ['hidden', 'far', 'scores'], ['masked']),
];

/** Attention of two heads with a mask, and a GELU, each with what is added and a layer norm behind. */
export const encoder = (old: boolean): FileParts => ({
  inputs: { x: [1, length, width], mask: [1, length] },
  tensors: {
    ...Object.fromEntries(['q', 'k', 'v', 'o'].map((name) => [`w${name}`, reals(width, width)])),
    ...Object.fromEntries(['q', 'k', 'v', 'o', '2'].map((name) => [`b${name}`, reals(width)])),
    ...Object.fromEntries(['g1', 'h1', 'g2', 'h2'].map((name) => [name, reals(width)])),
    ...{ w1: reals(width, wide), b1: reals(wide), w2: reals(wide, width) },
    ...{ root: scalar(Math.sqrt(each)), one: scalar(1), zero: scalar(0), far: scalar(-8), two: scalar(2) },
    ...{ root2: scalar(Math.SQRT2), half: scalar(0.5), epsilon: scalar(1e-5) },
  },
  lists: { heads: [1, length, heads, each], flat: [1, length, width], axes: [1, 2] },
  nodes: [
    node('Unsqueeze', ['mask', 'axes'], ['mask4']),
    ...split('q', [0, 2, 1, 3]),
    ...split('k', [0, 2, 3, 1]),
    ...split('v', [0, 2, 1, 3]),
    node('MatMul', ['q', 'k'], ['products']),
    node('Div', ['products', 'root'], ['scores']),
    ...(old ? maskAdded : maskChosen),
    node('Softmax', ['masked'], ['shares'], { axis: -1 }),
    node('MatMul', ['shares', 'v'], ['heads.out']),
    node('Transpose', ['heads.out'], ['rows'], { perm: [0, 2, 1, 3] }),
    node('Reshape', ['rows', 'flat'], ['together']),
    ...linear('together', 'attended', 'o'),
    node('Add', ['attended', 'x'], ['sum1']),
    ...(old ? normByParts : norm)('sum1', 'norm1', 1),
    ...linear('norm1', 'wide', '1'),
    ...(old ? geluByParts : [node('Gelu', ['wide'], ['active'])]),
    ...linear('active', 'narrow', '2'),
    node('Add', ['narrow', 'norm1'], ['sum2']),
    ...(old ? normByParts : norm)('sum2', 'y', 2),
  ],
  opset: old ? 13 : 20,
});

const [few, many] = [4, 6];
/** Expansion, a depthwise convolution, squeeze-and-excite, projection with what is added; HardSwish and HardSigmoid. */
export const mobileBlock: FileParts = {
  inputs: { x: [1, few, 6, 6] },
  tensors: {
    ...{ we: reals(many, few, 1, 1), be: reals(many), wd: reals(many, 1, 3, 3), bd: reals(many) },
    ...{ ws: reals(3, many, 1, 1), bs: reals(3), wx: reals(many, 3, 1, 1), bx: reals(many) },
    ...{ wp: reals(few, many, 1, 1), bp: reals(few), wh: reals(5, few), bh: reals(5) },
  },
  nodes: [
    node('Conv', ['x', 'we', 'be'], ['expanded'], { kernel_shape: [1, 1] }),
    node('HardSwish', ['expanded'], ['e']),
    node('Conv', ['e', 'wd', 'bd'], ['deep'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: many }),
    node('HardSwish', ['deep'], ['d']),
    node('GlobalAveragePool', ['d'], ['squeezed']),
    node('Conv', ['squeezed', 'ws', 'bs'], ['s'], { kernel_shape: [1, 1] }),
    node('Relu', ['s'], ['positive']),
    node('Conv', ['positive', 'wx', 'bx'], ['excited'], { kernel_shape: [1, 1] }),
    node('HardSigmoid', ['excited'], ['gate'], { alpha: real(1 / 6) }),
    node('Mul', ['gate', 'd'], ['gated']),
    node('Conv', ['gated', 'wp', 'bp'], ['projected'], { kernel_shape: [1, 1] }),
    node('Add', ['projected', 'x'], ['block']),
    node('GlobalAveragePool', ['block'], ['pooled']),
    node('Flatten', ['pooled'], ['features']),
    node('Gemm', ['features', 'wh', 'bh'], ['head'], { transB: 1 }),
    node('HardSwish', ['head'], ['y']),
  ],
};
