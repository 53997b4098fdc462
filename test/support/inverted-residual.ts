// Inverted residuals, whose tensors in the middle are the largest: what chains in bands are for.

import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { graphOf } from './graphs.js';
import type { FileParts } from './onnx.js';
import { node, onnxFile } from './onnx.js';

function decoded(parts: FileParts) {
  const file = decodeOnnx(onnxFile(parts), 'small');
  if (!file.ok) throw new Error('no file');
  return file.value;
}

/** An inverted residual of so many images: 8 channels to more, each on its own, and back, with what it began with. */
export const invertedOf = (images: number, channels: number, size: number) =>
  graphOf(
    decoded({
      inputs: { x: [images, 8, size, size] },
      weights: { e: [channels, 8, 1, 1], d: [channels, 1, 3, 3], p: [8, channels, 1, 1] },
      nodes: [
        node('Relu', ['x'], ['r']),
        node('Conv', ['r', 'e'], ['a'], { kernel_shape: [1, 1] }),
        node('Conv', ['a', 'd'], ['b'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: channels }),
        node('Conv', ['b', 'p'], ['c'], { kernel_shape: [1, 1] }),
        node('Add', ['c', 'r'], ['y']),
      ],
    }),
  );
