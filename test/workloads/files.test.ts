// Files of exporters, and after public reports: how many products each has, by hand.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { networkMacs } from '../../src/model/workload/network.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { ImportOptions } from '../../src/workloads/onnx/import.js';
import { importOnnx } from '../../src/workloads/onnx/import.js';

const read = (file: string, options: ImportOptions = {}) => {
  const result = importOnnx(readFileSync(new URL(`data/onnx/${file}.onnx`, import.meta.url)), file, options);
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
};

/** Per direction and step: every gate takes the input and the state. */
const recurrent = (gates: number, input: number, directions = 1) => directions * 5 * 3 * gates * 16 * (input + 16);
/** Six tokens, two sequences, width 16, four heads of 4: projections, queries by keys, weights by values, projection. */
const attention = 2 * 6 * 16 * 48 + 2 * (2 * 4 * 6 * 6 * 4) + 2 * 6 * 16 * 16;

test.each<[string, ImportOptions, number, string]>([
  ['quant-qonnx', {}, 4 * 3 * 9 * 64 + 256 * 10, 'quantisers of QONNX'],
  ['quant-finn', {}, 4 * 3 * 9 * 64 + 256 * 10, 'quantisers of FINN'],
  ['bipolar', {}, 16 * 8, 'a quantised weight'],
  ['multithreshold', {}, 16 * 8 + 8 * 4, 'thresholds between products'],
  ['lstm', {}, 5 * 64 * (8 + 16) + 160, 'steps x gates x (input + state), a Gemm'],
  [
    'deconv',
    {},
    3 * 16 * 9 * 256 + 16 * 8 * 1024 + 8 * 1024,
    'the middle one transposed: a product per output and channel',
  ],
  ['conv3d', {}, 4 * 27 * 256 + 4 * 4 * 9 * 256 + 1024 * 2, 'three axes'],
  ['ort-attention', {}, 8 * 32 * 96 + 2 * (4 * 8 * 8 * 8) + 8 * 32 * 32, "ONNX Runtime's attention projects its input"],
  ['onnx-attention', {}, 2 * (4 * 8 * 8 * 16), 'operator set 23'],
  ['ort-nbits', {}, 8 * 64 * 32 + 8 * 32 * 16, 'packed weights'],
  ['function', {}, 16 * 8 + 8 * 4, 'a function of the file'],
  ['gemm3d', {}, 64 * 128 * 128, 'a batch in front of a Gemm'],
  ['pads', {}, 27_552, 'padding of every kind'],
  ['dq-weights', {}, 4 * 3 * 9 * 36, 'dequantised weights'],
  ['dyn-seq', { dims: { sequence_length: 16 }, batch: 2 }, 2 * 16 * 32 * 32 + 2 * 16 * 16 * 32, 'a length given'],
  ['dyn-hw', { dims: { height: 10, width: 20 } }, 4 * 3 * 9 * 8 * 18, 'height and width given'],
  ['torch-lstm', {}, recurrent(4, 8, 2) + recurrent(4, 32, 2), 'two layers, both directions'],
  [
    'torch-lstm',
    { batch: 6 },
    2 * (recurrent(4, 8, 2) + recurrent(4, 32, 2)),
    'twice the batch, which is the second axis',
  ],
  ['torch-lstm-open', { dims: { steps: 5 }, batch: 3 }, recurrent(4, 8, 2) + recurrent(4, 32, 2), 'open'],
  ['torch-lstm-first', { batch: 6 }, 2 * recurrent(4, 8), 'batch first, behind a Transpose'],
  ['torch-gru', {}, recurrent(3, 8), ''],
  ['torch-gru-open', { dims: { steps: 10 }, batch: 3 }, 2 * recurrent(3, 8), 'twice the steps'],
  ['torch-rnn', {}, recurrent(1, 8), ''],
  ['torch-mha', {}, attention, 'nn.MultiheadAttention'],
  ['torch-mha-open', { dims: { tokens: 6 }, batch: 4 }, 2 * attention, 'open'],
  [
    'torch-encoder-open',
    { dims: { tokens: 6 }, batch: 2 },
    attention + 2 * (2 * 6 * 16 * 32),
    'with a feed-forward of 32',
  ],
  // 27 outputs, nine of each rest by 3; of five kernel positions at steps of 2 two have rest 0, one 1, two 2.
  ['torch-deconv1', {}, 2 * (4 / 2) * 6 * 9 * (2 + 1 + 2), 'stride 3, dilation 2, two groups'],
  ['torch-deconv1-open', { dims: { length: 7 }, batch: 4 }, 4 * (4 / 2) * 6 * 9 * (2 + 1 + 2), 'open'],
  // Height 10: kernel rows 0 and 2 at even places, 1 at odd ones. Width 15: columns 0 and 3, 1, 2.
  ['torch-deconv2', {}, 4 * 6 * (5 * 2 + 5 * 1) * (5 * 2 + 5 * 1 + 5 * 1), 'strides 2 and 3'],
  ['torch-deconv3', {}, 2 * 3 * (6 * 8 * 10), 'a kernel as wide as the stride'],
  ['torch-conv1-open', {}, 20 * 4 * 8 * 3 + 8 * 2 * 8 * 3, 'one axis, then four groups with stride and dilation 2'],
  ['torch-conv3-open', {}, 6 * 7 * 8 * 2 * 4 * 27 + 3 * 5 * 6 * 4 * 4 * 9, 'three axes'],
  ['torch-einsum', {}, 2 * 4 * 3 * 7 * 5, ''],
  ['torch-loop', {}, 5 * 2 * 8 * 8, 'a scripted loop of five trips'],
  ['torch-grow', {}, (2 + 4 + 8) * 8 * 8, 'rows double from trip to trip'],
  ['torch-branch', {}, 2 * (2 * 8 * 4), 'both branches of a scripted if'],
])('%s %j', (file, options, expected) => {
  const network = read(file, options);
  expect(networkMacs(network)).toBe(expected);
  expect(network.unmapped.filter(({ macs }) => macs !== 0)).toEqual([]);
});

test('a loop whose trips are an input counts its body once, and says so', () => {
  const network = read('torch-open-loop');
  expect(networkMacs(network)).toBe(2 * 8 * 8);
  expect(network.unmapped.filter(({ macs }) => macs !== 0)).toEqual([
    {
      operator: 'Loop (how often it runs is known only at run time: its layers are counted once)',
      count: 1,
      macs: null,
    },
  ]);
});
