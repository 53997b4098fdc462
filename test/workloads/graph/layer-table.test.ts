// The page's table of layers that run on the Verilog and layers that are only costed: made of the code, and held to files.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lowered } from '../../../src/compile/lower.js';
import { shapesAlone } from '../../../src/compile/step-layers.js';
import { unknownSteps } from '../../../src/reference/run-graph.js';
import { decodeOnnx } from '../../../src/workloads/onnx/decode-model.js';
import { productOperators } from '../../../src/workloads/onnx/products/product-table.js';
import { runners, whyCosted } from '../../../src/workloads/graph/layer-operators.js';
import { graphOf } from '../../support/graphs.js';
import type { FileParts } from '../../support/onnx.js';
import { graph as body, node, onnxFile } from '../../support/onnx.js';

/** They multiply, but no layer has their products (onnx.md, Counted and unknown). */
const withoutLayers = [
  ...['DeformConv', 'AffineGrid', 'DFT', 'STFT', 'Det', 'ConvTransposeWithDynamicPads', 'MoE', 'QMoE'],
  ...['SparseAttention', 'LongformerAttention', 'DecoderAttention', 'Inverse'],
  ...['PagedAttention', 'PackedAttention', 'PackedMultiHeadAttention'],
];

/** Forms of operators that run, as files: undefined where they do, and what is said where not. */
const weights = { w: [4, 4, 3, 3], d: [4, 1, 3, 3], m: [6, 5], b: [5] };
const image = { x: [1, 4, 6, 6] };
const rows = { x: [2, 3, 6] };
const forms: readonly (readonly [form: string, file: FileParts, refusal: string | undefined])[] = [
  ['Conv over two axes', { inputs: image, weights, nodes: [node('Conv', ['x', 'w'], ['y'])] }, undefined],
  [
    'Conv over one axis',
    { inputs: { x: [1, 4, 9] }, weights: { w: [3, 4, 2] }, nodes: [node('Conv', ['x', 'w'], ['y'])] },
    undefined,
  ],
  [
    'Conv with groups, strides, dilations, uneven padding',
    {
      inputs: image,
      weights,
      nodes: [node('Conv', ['x', 'd'], ['y'], { group: 4, strides: [2, 1], dilations: [1, 2], pads: [0, 1, 2, 1] })],
    },
    undefined,
  ],
  [
    'Conv over three axes',
    { inputs: { x: [1, 2, 4, 4, 4] }, weights: { w: [3, 2, 2, 2, 2] }, nodes: [node('Conv', ['x', 'w'], ['y'])] },
    'costed',
  ],
  [
    'Conv whose bias is computed',
    { inputs: { ...image, c: [4] }, weights, nodes: [node('Conv', ['x', 'w', 'c'], ['y'])] },
    'costed',
  ],
  [
    'Conv whose kernel is computed',
    { inputs: { ...image, k: [4, 4, 3, 3] }, weights, nodes: [node('Conv', ['x', 'k'], ['y'])] },
    'takes its kernel from',
  ],
  ['MatMul by weights', { inputs: rows, weights, nodes: [node('MatMul', ['x', 'm'], ['y'])] }, undefined],
  [
    'MatMul of two tensors, with batch axes in front',
    { inputs: { ...rows, z: [2, 6, 4] }, nodes: [node('MatMul', ['x', 'z'], ['y'])] },
    undefined,
  ],
  [
    'MatMul of weights by a tensor',
    { inputs: { x: [5, 3] }, weights, nodes: [node('MatMul', ['m', 'x'], ['y'])] },
    undefined,
  ],
  ['Gemm with a bias', { inputs: { x: [3, 6] }, weights, nodes: [node('Gemm', ['x', 'm', 'b'], ['y'])] }, undefined],
  [
    'Gemm that adds a matrix',
    { inputs: { x: [3, 6] }, weights: { ...weights, c: [3, 5] }, nodes: [node('Gemm', ['x', 'm', 'c'], ['y'])] },
    'costed',
  ],
  [
    'any inside an If, a Loop or a Scan',
    {
      inputs: { x: [3, 6], is: [] },
      whole: ['is'],
      weights,
      nodes: [
        node('If', ['is'], ['y'], {
          then_branch: body([], ['p'], [node('MatMul', ['x', 'm'], ['p'])]),
          else_branch: body([], ['q'], [node('MatMul', ['x', 'm'], ['q'])]),
        }),
      ],
    },
    'costed',
  ],
];

/** Why it does not run. */
function refusalOf(file: FileParts): string | undefined {
  const decoded = decodeOnnx(onnxFile(file), 'test');
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.diagnostics));
  const graph = graphOf(decoded.value);
  const [unknown] = unknownSteps(graph);
  if (unknown) return unknown.why;
  const made = lowered(graph, shapesAlone(graph), 8);
  return made.ok ? undefined : made.diagnostics[0]!.message;
}

test.each(forms)('%s', (_, file, refusal) => {
  const found = refusalOf(file);
  if (refusal === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(refusal);
});

const bare = (operator: string) => operator.split('.').at(-1)!;
const table = (): string => {
  const costed = new Map<string, string[]>();
  for (const operator of productOperators) {
    if (operator in runners || withoutLayers.includes(bare(operator))) continue;
    const why = whyCosted(bare(operator));
    costed.set(why, [...(costed.get(why) ?? []), operator]);
  }
  const those = (runs: boolean) =>
    forms.filter(([, , refusal]) => (refusal === undefined) === runs).map(([form]) => form);
  return [
    '| layers of | on the Verilog |',
    '|---|---|',
    ...those(true).map((form) => `| ${form} | run |`),
    ...those(false).map((form) => `| ${form} | costed only: \`run\` refuses it |`),
    ...[...costed].map(([why, operators]) => `| ${operators.join(', ')} | costed only: ${why} |`),
  ].join('\n');
};

test('the page has the table that the code makes', () => {
  const page = readFileSync(new URL('../../../docs/networks.md', import.meta.url), 'utf8');
  expect(page).toContain(`\n\n${table()}\n\n`);
});

test('what has no layers multiplies, as the list of operators knows', () => {
  expect(productOperators.map(bare)).toEqual(expect.arrayContaining(withoutLayers));
});
