// A small classifier and a small machine, for verbs that run whole networks.

import { seeded } from '../../src/base/random.js';
import type { FileParts } from './onnx.js';
import { node } from './onnx.js';

const chance = seeded(3);
export const reals = (...shape: number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => 2 * chance.next() - 1),
});

/** A classifier of chance. */
export const parts = {
  inputs: { x: [1, 1, 6, 6] },
  tensors: { w: reals(4, 1, 3, 3), b: reals(4), wf: reals(3, 4), bf: reals(3) },
  nodes: [
    node('Conv', ['x', 'w', 'b'], ['c'], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
    node('Relu', ['c'], ['r']),
    node('GlobalAveragePool', ['r'], ['p']),
    node('Flatten', ['p'], ['f']),
    node('Gemm', ['f', 'wf', 'bf'], ['logits'], { transB: 1 }),
    node('Softmax', ['logits'], ['y']),
  ],
} satisfies FileParts;

export const machineFile =
  'template: {base: simba, vectorSize: 2, numLanes: 2, rows: 1, columns: 2, weightBuffer: ' +
  '1024, inputBuffer: 512, accumBuffer: 192, globalBuffer: 4096, globalBanks: 8, biasLines: 16}\n';

/** A product of two tensors, one of which is moved into the memory of weights, behind a constant that is added. */
export const attention = {
  inputs: { x: [1, 2, 4, 4] },
  tensors: { wq: reals(4, 2, 1, 1), wk: reals(4, 2, 1, 1), s: reals(1, 2, 4, 4) },
  weights: {},
  nodes: [
    node('Add', ['x', 's'], ['a']),
    node('Conv', ['a', 'wq'], ['q'], { kernel_shape: [1, 1] }),
    node('Conv', ['a', 'wk'], ['k'], { kernel_shape: [1, 1] }),
    node('Flatten', ['q'], ['qf'], { axis: 2 }),
    node('Flatten', ['k'], ['kf'], { axis: 2 }),
    node('Transpose', ['qf'], ['qt'], { perm: [1, 0] }),
    node('MatMul', ['qt', 'kf'], ['y']),
  ],
} satisfies FileParts;
