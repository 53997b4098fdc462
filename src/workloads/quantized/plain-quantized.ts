// A file of words as a file of real numbers between quantisers: one form for all that others write.

import type { WireModel, WireNode } from '../onnx/wire.js';
import { modelCodec } from '../onnx/wire.js';
import { isDequantise, isQonnx, isQuantise } from '../onnx/quantiser.js';
import { expanded, isOnWords } from './expand-operators.js';
import { keptWords } from './kept-words.js';
import { requantised } from './requantise.js';

const isQuantiser = (n: WireNode) => isQuantise(n) || isDequantise(n) || isQonnx(n) || isOnWords(n);

/**
 * A quantized ONNX file as one of real numbers between quantisers, which `importGraph` and `givenWords` read; undefined of a file
 * without quantisers. The bytes have been read as ONNX before.
 */
export function plainQuantized(bytes: Uint8Array): Uint8Array | undefined {
  const model = modelCodec().decode(bytes) as WireModel;
  const { graph } = model;
  const nodes = graph?.node ?? [];
  if (!graph || !nodes.some(isQuantiser)) return undefined;
  const made = requantised(keptWords(nodes.some(isOnWords) ? expanded(graph) : graph));
  return made === graph
    ? bytes
    : modelCodec()
        .encode({ ...model, graph: made })
        .finish();
}
