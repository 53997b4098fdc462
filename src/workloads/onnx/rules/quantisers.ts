// Shape rules of QONNX, Brevitas and FINN: quantisers keep the shape of what they quantise.

import type { Attribute } from '../graph.js';
import type { Operation, Rule } from '../operation.js';
import { numberOf, shapeOf, textOf } from '../operation.js';
import { isFault, valueOf } from '../value.js';
import { channelsLast } from './channels-last.js';
import { allSame, sameAs } from './elementwise.js';
import { product, resultOf, weightProduct } from './products.js';
import { convolution, globalPooling, pooling, slide, windowOf } from './windows.js';

/** `onnx.brevitas`, `qonnx.custom_op.general`, `finn.custom_op.general`, `finn.custom_op.fpgadataflow.hls` ... */
export const isQuantiserDomain = (domain: string): boolean => /(^|\.)(brevitas|qonnx|finn)(\.|$)/i.test(domain);
export const isChannelsLastDomain = (domain: string): boolean => /^qonnx\..*channels_?last$/i.test(domain);

/** FINN's layers come in several makes: `MVAU_hls`, `Thresholding_Batch`. */
export const plainName = (operator: string): string => operator.replace(/_(hls|rtl|Batch)/g, '');

/** The same node with attributes under the standard's names; a single number stands for both axes. */
function renamed(op: Operation, names: Readonly<Record<string, string>>): Operation {
  const attributes = new Map<string, Attribute>(op.node.attributes);
  for (const [from, to] of Object.entries(names)) {
    const a = attributes.get(from);
    if (a) attributes.set(to, a.kind === 'number' ? { kind: 'numbers', values: [a.value, a.value], whole: true } : a);
  }
  return { ...op, node: { ...op.node, attributes } };
}

const averagePool: Rule = (op) => {
  const plain = renamed(op, { kernel: 'kernel_shape', stride: 'strides' });
  return textOf(op, 'data_layout', 'NCHW') === 'NHWC' ? channelsLast(pooling)(plain) : pooling(plain);
};

/** Windows laid out as columns: [batch, height, width, kernel height x width x channels]. */
const im2col: Rule = channelsLast((given) => {
  const op = renamed(given, { kernel_size: 'kernel_shape', stride: 'strides', pad_amount: 'pads' });
  const x = shapeOf(op, 0);
  if (x?.length !== 4) return undefined;
  const window = windowOf(op, 2, undefined);
  if (isFault(window)) return window;
  const [height, width] = window.kernel;
  const shape = slide(
    x,
    x[1] === undefined || height === undefined || width === undefined ? undefined : x[1] * height * width,
    window,
  );
  return isFault(shape) ? shape : [valueOf(shape)];
});

/** FINN's matrix by vector: MW in, MH out. */
export const matrixVector = (op: Operation) => weightProduct(op, numberOf(op, 'MW', 0), numberOf(op, 'MH', 0));

const same = [
  'Quant',
  'IntQuant',
  'FloatQuant',
  'FixedPoint',
  'BipolarQuant',
  'Trunc',
  'MultiThreshold',
  'Thresholding',
  'StreamingFIFO',
  'AddStreams',
  'ChannelwiseOp',
  'DebugMarker',
] as const;

export const quantiserRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(same.map((name) => [name, sameAs(0)])),
  DuplicateStreams: allSame,
  QuantAvgPool2d: averagePool,
  MaxPoolNHWC: channelsLast(pooling),
  Im2Col: im2col,
  XnorPopcountMatMul: product,
  MVAU: resultOf(matrixVector),
  MatrixVectorActivation: resultOf(matrixVector),
  StreamingFCLayer: resultOf(matrixVector),
};

/** Operators of the standard on images with channels last; the kernels have theirs last too. */
export const channelsLastRules: Readonly<Record<string, Rule>> = {
  Conv: channelsLast(convolution(0, 1), [0, 1]),
  MaxPool: channelsLast(pooling),
  AveragePool: channelsLast(pooling),
  GlobalAveragePool: channelsLast(globalPooling),
  BatchNormalization: sameAs(0),
};
