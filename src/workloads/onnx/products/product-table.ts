// Which operators multiply, and how: by domain and name. What is in no table here and in
// none of `free.ts` may multiply.

import type { GraphNode } from '../graph.js';
import { isStandard } from '../graph.js';
import { nhwcDomain } from '../shape-rules.js';
import { standardAttention, vendorHeads } from '../rules/attention-rules.js';
import { channelsFirst, outputsFirst } from '../rules/channels-last.js';
import { blobProduct, packedProduct } from '../rules/products.js';
import { isChannelsLastDomain, isQuantiserDomain, matrixVector, plainName } from '../rules/quantisers.js';
import { fusedProducts, isChannelsLast } from '../rules/vendor.js';
import { attention } from './attention-products.js';
import { convolution, transposed } from './convolution.js';
import { affineGrid, deformable, linear, mixture, packedMixture, unknown } from './counted.js';
import { einsum } from './einsum-products.js';
import { product, productBy, projections } from './matmul.js';
import { isFree } from './free.js';
import type { Products } from './part.js';
import { gru, lstm, rnn } from './recurrent-products.js';

type Table = Readonly<Record<string, Products>>;

/** The same on images with channels last. */
const channelsLast =
  (products: Products, at: readonly number[] = [0]): Products =>
  (op, outputs) =>
    products(channelsFirst(op, at), outputsFirst(outputs));

const runtime = unknown('how it is computed is up to the runtime');
const dataDependent = unknown('how much it multiplies depends on data');

const standardProducts: Table = {
  Conv: convolution(0, 1),
  ConvInteger: convolution(0, 1),
  QLinearConv: convolution(0, 3),
  ConvTranspose: transposed,
  DeformConv: deformable,
  MatMul: product,
  MatMulInteger: product,
  QLinearMatMul: product,
  Gemm: product,
  Einsum: einsum,
  LSTM: lstm,
  GRU: gru,
  RNN: rnn,
  Attention: attention(standardAttention),
  AffineGrid: affineGrid,
  DFT: runtime,
  STFT: runtime,
  Det: runtime,
};

/** ONNX Runtime's. */
const vendorProducts: Table = {
  ...Object.fromEntries(fusedProducts.map((name) => [name, product])),
  ...Object.fromEntries(Object.entries(vendorHeads).map(([name, heads]) => [name, attention(heads)])),
  FusedConv: convolution(0, 1),
  NhwcConv: channelsLast(convolution(0, 1)),
  NhwcFusedConv: channelsLast(convolution(0, 1)),
  QLinearConv: (op, outputs) => (isChannelsLast(op) ? channelsLast(convolution(0, 3)) : convolution(0, 3))(op, outputs),
  ConvTransposeWithDynamicPads: unknown('its padding is known only at run time'),
  MatMulNBits: productBy(packedProduct),
  MatMulBnb4: productBy(packedProduct),
  MatMulFpQ4: productBy(blobProduct),
  MatMulNBitsMlp: projections('N', 'N'),
  MatMulNBitsQkv: projections('Nq', 'Nkv', 'Nkv'),
  DynamicQuantizeLSTM: lstm,
  MoE: mixture,
  QMoE: packedMixture,
  SparseAttention: dataDependent,
  LongformerAttention: dataDependent,
  DecoderAttention: dataDependent,
  Inverse: runtime,
  PagedAttention: dataDependent,
  PackedAttention: dataDependent,
  PackedMultiHeadAttention: dataDependent,
};

/** scikit-learn's models. */
const learnProducts: Table = {
  LinearClassifier: linear,
  LinearRegressor: linear,
};

/** Quantised networks of QONNX, Brevitas and FINN. */
const quantiserProducts: Table = {
  XnorPopcountMatMul: product,
  MVAU: productBy(matrixVector),
  MatrixVectorActivation: productBy(matrixVector),
  StreamingFCLayer: productBy(matrixVector),
};
const channelsLastProducts: Table = { Conv: channelsLast(convolution(0, 1), [0, 1]) };

/** All that are in a table, those of other domains than ONNX's with the domain. */
export const productOperators: readonly string[] = [
  ...Object.keys(standardProducts),
  ...Object.keys(vendorProducts).map((name) => `com.microsoft.${name}`),
  ...Object.keys(learnProducts).map((name) => `ai.onnx.ml.${name}`),
  ...Object.keys(quantiserProducts),
];

const find = (table: Table, name: string) => (Object.hasOwn(table, name) ? table[name] : undefined);

/** How the operator multiplies; `undefined` where it does not. */
export function productsFor({ domain, operator }: Pick<GraphNode, 'domain' | 'operator'>): Products | undefined {
  if (isStandard(domain)) return find(standardProducts, operator) ?? otherwise({ domain, operator });
  if (domain === 'com.microsoft') return find(vendorProducts, operator) ?? otherwise({ domain, operator });
  if (domain === 'ai.onnx.ml') return find(learnProducts, operator) ?? otherwise({ domain, operator });
  if (domain === nhwcDomain) {
    const products = find(standardProducts, operator);
    return products ? channelsLast(products) : otherwise({ domain, operator });
  }
  const table = isChannelsLastDomain(domain)
    ? channelsLastProducts
    : isQuantiserDomain(domain)
      ? quantiserProducts
      : {};
  return find(table, plainName(operator)) ?? otherwise({ domain, operator });
}

/** What is not known to be free may multiply. */
const otherwise = (node: Pick<GraphNode, 'domain' | 'operator'>): Products | undefined =>
  isFree(node) ? undefined : mayMultiply;
const mayMultiply = unknown('');
