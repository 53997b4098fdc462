// Every shape rule bears any number of inputs, any values and any attributes: nonsense gives a refusal, never an exception.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { importOnnx } from '../../src/workloads/onnx/import.js';
import { attentionRules } from '../../src/workloads/onnx/rules/attention-rules.js';
import { einsumRules } from '../../src/workloads/onnx/rules/einsum-rules.js';
import { elementwiseRules } from '../../src/workloads/onnx/rules/elementwise.js';
import { layoutRules } from '../../src/workloads/onnx/rules/layout-rules.js';
import { makingRules } from '../../src/workloads/onnx/rules/making.js';
import { productRules } from '../../src/workloads/onnx/rules/products.js';
import { channelsLastRules, quantiserRules } from '../../src/workloads/onnx/rules/quantisers.js';
import { recurrentRules } from '../../src/workloads/onnx/rules/recurrent-rules.js';
import { reductionRules } from '../../src/workloads/onnx/rules/reduction.js';
import { resamplingRules } from '../../src/workloads/onnx/rules/resampling.js';
import { selectionRules } from '../../src/workloads/onnx/rules/selection.js';
import { spectralRules } from '../../src/workloads/onnx/rules/spectral.js';
import { vendorRules } from '../../src/workloads/onnx/rules/vendor.js';
import { windowRules } from '../../src/workloads/onnx/rules/windows.js';
import { node, onnxFile } from '../support/onnx.js';

const standard = [
  attentionRules,
  einsumRules,
  spectralRules,
  elementwiseRules,
  layoutRules,
  makingRules,
  productRules,
  recurrentRules,
  reductionRules,
  resamplingRules,
  selectionRules,
  windowRules,
].flatMap((rules) => Object.keys(rules));
const operators = [
  ...standard.map((name) => [name, ''] as const),
  ...Object.keys(vendorRules).map((name) => [name, 'com.microsoft'] as const),
  ...Object.keys(quantiserRules).map((name) => [name, 'qonnx.custom_op.general'] as const),
  ...Object.keys(channelsLastRules).map((name) => [name, 'qonnx.custom_op.channels_last'] as const),
];

/** Values of every sort that a rule may meet, some nonsensical as sizes, axes or positions. */
const parts = {
  inputs: {
    image: [1, 4, 8, 8],
    open: ['batch', 'length', 12],
    unknown: [undefined, 'x'],
    flat: [6],
    stereo: [2, 3, 4, 5, 6],
  },
  weights: { kernel: [8, 4, 3, 3], deep: [8, 3, 3, 3, 3], matrix: [12, 5], nothing: [0, 3] },
  lists: { none: [], one: [1], minus: [-1], sizes: [2, 3], wanted: [0, -1], wild: [7, -9, 0, 2 ** 40] },
  scalars: { zero: 0, three: 3, huge: 2 ** 52 },
  reals: { half: [0.5], scales: [1, 1, 2, 2] },
};
const names = [...Object.values(parts).flatMap((group) => Object.keys(group)), ''];
const attributeNames = [
  'axis',
  'axes',
  'perm',
  'kernel_shape',
  'strides',
  'pads',
  'dilations',
  'group',
  'auto_pad',
  'equation',
  'shape',
  'split',
  'to',
  'value',
  'starts',
  'ends',
  'blocksize',
  'k',
  'scales',
  'keepdims',
  'output_shape',
  'batch_dims',
  'layout',
  'hidden_size',
  'ceil_mode',
  'start',
  'end',
  'transA',
  'num_heads',
  'kv_num_heads',
  'q_num_heads',
  'qkv_hidden_sizes',
  'K',
  'N',
  'MW',
  'MH',
  'bits',
  'channels_last',
  'output_padding',
  'direction',
  'body',
  'num_scan_inputs',
  'kernel',
  'stride',
  'kernel_size',
];

test(`${operators.length} operators`, () => {
  const random = seeded(11);
  const number = () => random.pick([-3, -1, 0, 1, 2, 3, 7, 2 ** 40]);
  const value = () =>
    random.pick([number(), Array.from({ length: random.below(5) }, number), 'SAME_UPPER', 'ab,bc->ac', 'a->aa']);
  let refused = 0;
  for (const [operator, domain] of operators) {
    for (let i = 0; i < 25; i++) {
      const inputs = Array.from({ length: random.below(5) }, () => random.pick(names));
      const attributes = Object.fromEntries(
        random
          .shuffle(attributeNames)
          .slice(0, random.below(8))
          .map((name) => [name, value()]),
      );
      const nodes = [
        node(operator, inputs, ['a', 'b', 'c'].slice(random.below(3)), attributes, domain),
        node('MatMul', [random.pick(['c', 'matrix']), 'matrix'], ['y']),
        node('Reshape', ['c', 'c'], ['z']),
      ];
      const result = importOnnx(onnxFile({ ...parts, nodes, opset: random.pick([6, 10, 13, 18]) }), 'nonsense', {
        batch: random.pick([undefined, 3]),
      });
      if (!result.ok) refused++;
    }
  }
  expect(refused).toBeGreaterThan(operators.length);
});
