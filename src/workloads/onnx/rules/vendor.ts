// Shape rules of the operators that ONNX Runtime's optimiser writes (domain com.microsoft), where they are simple.

import type { Operation, Rule } from '../operation.js';
import { numberOf, shapeOf } from '../operation.js';
import { valueOf } from '../value.js';
import { allSame, broadcastOf, sameAs } from './elementwise.js';
import { product } from './products.js';
import { convolution, globalPooling } from './windows.js';

/** Attention keeps batch and sequence; the weights carry three times the hidden size. */
const attention: Rule = (op: Operation) => {
  const [x, w] = [shapeOf(op, 0), shapeOf(op, 1)];
  return x?.length === 3 ? [valueOf([x[0], x[1], w?.[1] === undefined ? undefined : w[1] / 3])] : undefined;
};

/** Token ids in, embeddings of the width of the table (input 2) out. */
const embedding: Rule = (op) => {
  const [ids, table] = [shapeOf(op, 0), shapeOf(op, 2)];
  return ids && [valueOf([...ids, table?.[1]]), valueOf([ids[0]])];
};

const channelsLast = (op: Operation) => numberOf(op, 'channels_last', 0) === 1;
const quantisedPooling: Rule = (op) => {
  const x = shapeOf(op, 0);
  return channelsLast(op) ? x && [valueOf(x.map((d, i) => (i === 0 || i === x.length - 1 ? d : 1)))] : globalPooling(op);
};

const unary = ['Gelu', 'FastGelu', 'QuickGelu', 'BiasGelu', 'BiasSoftmax', 'QLinearSigmoid', 'QLinearLeakyRelu', 'QLinearSoftmax', 'QuantizeLinear', 'DequantizeLinear', 'FusedBatchNormRelu'] as const;

export const vendorRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(unary.map((name) => [name, sameAs(0)])),
  SkipLayerNormalization: allSame,
  SimplifiedLayerNormalization: allSame,
  SkipSimplifiedLayerNormalization: allSame,
  QLinearAdd: broadcastOf([0, 3]),
  QLinearMul: broadcastOf([0, 3]),
  QLinearGlobalAveragePool: quantisedPooling,
  FusedConv: convolution(0, 1),
  FusedMatMul: product,
  FusedGemm: product,
  QGemm: product,
  DynamicQuantizeMatMul: product,
  MatMulIntegerToFloat: product,
  Attention: attention,
  EmbedLayerNormalization: embedding,
};
