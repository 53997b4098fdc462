// What the machine cannot have of a quantized file: a sentence each, with its name and the way out.

import { expect, test } from 'vitest';
import type { WireNode } from '../../../src/workloads/onnx/wire.js';
import { integersOf, readQuantized, sentences } from '../../support/quantized.js';
import type { Tensor } from '../../support/quantized-files.js';
import { op, pair, quantizedFile, scalar, tensor } from '../../support/quantized-files.js';

const constants: Record<string, Tensor> = {
  w: tensor('int8', [3, 2, 1, 1], [1, 2, 3, 4, 5, 6]),
  s: scalar('float', 0.5),
  half: scalar('float', 0.25),
  z: scalar('int8', 0),
  odd: scalar('int8', 17),
  rows: tensor('float', [2], [0.5, 0.25]),
  zeros: tensor('int8', [2], [0, 0]),
  heavy: tensor('uint8', [3, 2, 1, 1], [255, 2, 3, 4, 5, 6]),
  three: scalar('uint8', 3),
  zero: scalar('float', 0),
  eight: scalar('float', 8),
  by: tensor('float', [1, 2, 1, 1], [0.5, 0.25]),
};
const conv = (x: string, weights: readonly WireNode[] = [op('DequantizeLinear', ['w', 's', 'z'], 'wd')]) => [
  ...weights,
  op('Conv', [x, 'wd'], 'c', { kernel_shape: [1, 1] }),
  op('QuantizeLinear', ['c', 's', 'z'], 'y'),
];

function refusedBy(nodes: readonly WireNode[], bits = 8): readonly string[] {
  const read = readQuantized(
    quantizedFile({ inputs: { x: [1, 2, 3, 3] }, outputs: { y: 'int8' }, tensors: constants, nodes }),
  );
  return read.ok ? sentences(integersOf(read.value, { bits })) : sentences(read);
}

test('a zero point that is neither 0 nor the least word', () => {
  expect(refusedBy([...pair('x', 'xq', 's', 'odd'), ...conv('xq')])).toEqual([
    'x has a zero point: its words less that go from -145 to 110, but words of 8 bits go from -128 to 127, or from 0 to 255; ' +
      "quantize activations symmetrically (ActivationSymmetric in ONNX Runtime), or with the zero point of a ReLU's least word",
  ]);
});

test('words that are wider than the machine', () => {
  expect(refusedBy([...pair('x', 'xq', 's', 'z'), ...conv('xq')], 4)).toContain(
    "x has words from -128 to 127, more than the 4 bits of the machine's; take a machine of wider words",
  );
});

test('weights that leave their words without their zero point', () => {
  const weights = [op('DequantizeLinear', ['heavy', 's', 'three'], 'wd')];
  expect(refusedBy([...pair('x', 'xq', 's', 'z'), ...conv('xq', weights)])).toEqual([
    'the weights wd of step c have words up to 252 without their zero point; words of 8 bits go from -128 to 127: ' +
      'quantize weights symmetrically, or take a machine of wider ones',
  ]);
});

test('scales of weights along their inputs', () => {
  const weights = [op('DequantizeLinear', ['w', 'rows', 'zeros'], 'wd', { axis: 1 })];
  expect(refusedBy([...pair('x', 'xq', 's', 'z'), ...conv('xq', weights)])).toEqual([
    'the weights wd of step c have scales that are not those of its output channels; quantize weights per tensor, or per output channel',
  ]);
});

test('a scale for each channel of an activation', () => {
  const x = [
    op('QuantizeLinear', ['x', 'rows', 'zeros'], 'q', { axis: 1 }),
    op('DequantizeLinear', ['q', 'rows', 'zeros'], 'xq', { axis: 1 }),
  ];
  expect(refusedBy([...x, ...conv('xq')])).toEqual([
    'words of x have 2 scales, one for each channel; the machine has one for a tensor: quantize activations per tensor, weights ' +
      'alone per channel',
  ]);
});

test('scales that are computed when it runs', () => {
  const dynamic: WireNode = { ...op('DynamicQuantizeLinear', ['x'], 'q'), output: ['q', 'qs', 'qz'] };
  expect(refusedBy([dynamic, op('DequantizeLinear', ['q', 'qs', 'qz'], 'xq'), ...conv('xq')])).toEqual([
    'words of q have a scale that is computed when it runs (qs)',
  ]);
});

test('words that are read by another zero point than they were written with', () => {
  const other = [op('QuantizeLinear', ['x', 's', 'z'], 'q'), op('DequantizeLinear', ['q', 's', 'odd'], 'xq')];
  expect(refusedBy([...other, ...conv('xq')])).toEqual([
    'x has words by 0.5 (words from -128 to 127), and elsewhere by 0.5 (words from -145 to 110); export what is joined, moved or ' +
      'read again with one scale and one zero point',
  ]);
});

test('QONNX that rounds otherwise, or by channel', () => {
  const quant = (mode: string, scale: string) =>
    op(
      'Quant',
      ['x', scale, 'zero', 'eight'],
      'xq',
      { signed: 1, narrow: 0, rounding_mode: mode },
      'qonnx.custom_op.general',
    );
  expect(refusedBy([quant('FLOOR', 's'), ...conv('xq')])).toEqual([
    'words of x are rounded by FLOOR; the machine rounds to the nearest, halves to the even one (ROUND)',
  ]);
  expect(refusedBy([quant('ROUND', 'by'), ...conv('xq')])).toEqual([
    expect.stringContaining('words of x have 2 scales'),
  ]);
});

test('what the host makes, rounded by one scale and read by another', () => {
  const soft = (read: string) => [
    ...pair('x', 'xq', 's', 'z'),
    op('Softmax', ['xq'], 'p', { axis: 1 }),
    op('QuantizeLinear', ['p', 's', 'z'], 'pw'),
    op('DequantizeLinear', ['pw', read, 'z'], 'pq'),
    ...conv('pq'),
  ];
  expect(refusedBy(soft('half'))).toEqual([
    'p, which the host makes, is rounded by 0.5 (words from -128 to 127) and read by 0.25 (words from -128 to 127); ' +
      'give its QuantizeLinear and DequantizeLinear the same scale',
  ]);
  expect(refusedBy(soft('s'))).toEqual([]);
});
