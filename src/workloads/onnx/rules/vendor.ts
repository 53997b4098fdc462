// Shape rules of the operators that ONNX Runtime's optimiser writes (domain com.microsoft), where they are simple.

import { defined, entry } from '../../../base/invariant.js';
import type { Operation, Rule } from '../operation.js';
import { dataOf, numberOf, numbersOf, shapeOf } from '../operation.js';
import type { Shape } from '../value.js';
import { valueOf } from '../value.js';
import { vendorAttentionRules } from './attention-rules.js';
import { channelsLast } from './channels-last.js';
import { allSame, broadcastOf, sameAs } from './elementwise.js';
import { layoutRules } from './layout-rules.js';
import { makingRules } from './making.js';
import { blob, packed, product, projected } from './products.js';
import { recurrent } from './recurrent-rules.js';
import { resamplingRules } from './resampling.js';
import { selectionRules } from './selection.js';
import { convolution, globalPooling, pooling } from './windows.js';

/** Token ids in, embeddings of the width of the table (input `at`) out. */
const embedding =
  (at: number): Rule =>
  (op) => {
    const [ids, table] = [shapeOf(op, 0), shapeOf(op, at)];
    const out = ids && valueOf([...ids, table?.[1]]);
    return out && [out, valueOf([ids[0]]), out];
  };

/** Quantised operators say by an attribute whether channels come last. */
const eitherLayout =
  (rule: Rule): Rule =>
  (op) =>
    isChannelsLast(op) ? channelsLast(rule)(op) : rule(op);
export const isChannelsLast = (op: Operation): boolean => numberOf(op, 'channels_last', 0) === 1;

/** Rows of a table whose columns are packed, several to a byte. */
const packedGather: Rule = (op) => {
  const [data, indices] = [shapeOf(op, 0), shapeOf(op, 1)];
  if (data === undefined || indices === undefined) return undefined;
  const axis = numberOf(op, 'gather_axis', 0);
  const each = Math.floor(8 / numberOf(op, 'bits', 4));
  const isPacked = data.length > 0 && op.inputs[0]?.whole === true;
  const unpacked: Shape = data.map((d, i) => (i === data.length - 1 && isPacked && d !== undefined ? d * each : d));
  return [valueOf([...unpacked.slice(0, axis), ...indices, ...unpacked.slice(axis + 1)])];
};

/** Three tensors side by side become two, multiplied: half as wide. */
const halved: Rule = (op) => {
  const x = shapeOf(op, 0);
  return x && [valueOf([...x.slice(0, -1), x.at(-1) === undefined ? undefined : defined(x.at(-1)) / 2])];
};

const reduced: Rule = (op) => {
  const [x, axes] = [shapeOf(op, 0), numbersOf(op, 'axes')];
  if (x === undefined) return undefined;
  const gone = new Set((axes ?? x.map((_, i) => i)).map((a) => (a < 0 ? a + x.length : a)));
  return [
    valueOf(
      numberOf(op, 'keepdims', 1) === 1 ? x.map((d, i) => (gone.has(i) ? 1 : d)) : x.filter((_, i) => !gone.has(i)),
    ),
  ];
};

/** What is added to the scores of attention: a row of the table per pair of positions. */
const positionBias: Rule = (op) => [valueOf([1, shapeOf(op, 0)?.[1], dataOf(op, 1)?.[0], dataOf(op, 2)?.[0]])];

const cropAndResize: Rule = (op) => [
  valueOf([shapeOf(op, 1)?.[0], shapeOf(op, 0)?.[1], dataOf(op, 3)?.[0], dataOf(op, 3)?.[1]]),
];

const unary = [
  'Gelu',
  'FastGelu',
  'QuickGelu',
  'BiasGelu',
  'BiasSoftmax',
  'BiasAdd',
  'GroupNorm',
  'RotaryEmbedding',
  'GemmaRotaryEmbedding',
  'MRotaryEmbedding',
  'Trilu',
  'FusedBatchNormRelu',
  'GatedRMSNorm',
  'QLinearSigmoid',
  'QLinearLeakyRelu',
  'QLinearSoftmax',
  'QuantizeLinear',
  'DequantizeLinear',
  'QuantizeWithOrder',
  'DequantizeWithOrder',
  'QOrderedGelu',
  'QOrderedLayerNormalization',
  'MoE',
  'QMoE',
  'LongformerAttention',
  'DecoderAttention',
  'Inverse',
] as const;
const skipping = [
  'SkipLayerNormalization',
  'SimplifiedLayerNormalization',
  'SkipSimplifiedLayerNormalization',
  'SkipGroupNorm',
  'BiasDropout',
  'BitmaskDropout',
] as const;
/** Products with something in front or behind, or of other types. */
export const fusedProducts = [
  'FusedMatMul',
  'FusedMatMulActivation',
  'TransposeMatMul',
  'FusedGemm',
  'QGemm',
  'GemmFastGelu',
  'GemmFloat8',
  'DynamicQuantizeMatMul',
  'MatMulInteger16',
  'MatMulIntegerToFloat',
  'QOrderedMatMul',
] as const;

export const vendorRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(unary.map((name) => [name, sameAs(0)])),
  ...Object.fromEntries(skipping.map((name) => [name, allSame])),
  ...Object.fromEntries(fusedProducts.map((name) => [name, product])),
  ...vendorAttentionRules,
  QLinearAdd: broadcastOf([0, 3]),
  QLinearMul: broadcastOf([0, 3]),
  MulInteger: broadcastOf([0, 2]),
  QLinearReduceMean: reduced,
  ReduceSumInteger: reduced,
  QLinearAveragePool: eitherLayout(pooling),
  QLinearGlobalAveragePool: eitherLayout(globalPooling),
  QLinearConv: (op) => (isChannelsLast(op) ? channelsLast(convolution(0, 3)) : convolution(0, 3))(op),
  FusedConv: convolution(0, 1),
  NhwcConv: channelsLast(convolution(0, 1)),
  NhwcFusedConv: channelsLast(convolution(0, 1)),
  NhwcMaxPool: channelsLast(pooling),
  MatMulNBits: packed,
  MatMulBnb4: packed,
  MatMulFpQ4: blob,
  MatMulNBitsMlp: projected('N'),
  MatMulNBitsQkv: projected('Nq', 'Nkv', 'Nkv'),
  DynamicQuantizeLSTM: recurrent,
  GatherBlockQuantized: packedGather,
  GatherND: entry(selectionRules, 'GatherND'),
  TorchEmbedding: entry(selectionRules, 'Gather'),
  ExpandDims: entry(layoutRules, 'Unsqueeze'),
  RelativePositionBias: positionBias,
  ComplexMul: broadcastOf([0, 1]),
  ComplexMulConj: broadcastOf([0, 1]),
  IsAllFinite: () => [valueOf([])],
  NGramRepeatBlock: sameAs(1),
  MaxpoolWithMask: pooling,
  CropAndResize: cropAndResize,
  GridSample: entry(resamplingRules, 'GridSample'),
  Range: entry(makingRules, 'Range'),
  Pad: entry(resamplingRules, 'Pad'),
  QLinearConcat: (op) =>
    entry(selectionRules, 'Concat')({ ...op, inputs: op.inputs.filter((_, i) => i >= 2 && i % 3 === 2) }),
  QLinearWhere: broadcastOf([0, 1, 4]),
  BiasSplitGelu: halved,
  EmbedLayerNormalization: embedding(2),
  QEmbedLayerNormalization: embedding(2),
};
