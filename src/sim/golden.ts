// The reference: a convolution written from its definition, and post-processing bit by bit. Knows no mapping.

import type { Layer } from '../model/workload/layer.js';
import type { PostProcessing } from '../rtl/program/post-registers.js';
import type { Tensor } from './tensor.js';
import { inputShape, outputShape, sizeOf } from './tensor.js';

/** Sums [N, G, K, Q, P]: exact, or modulo 2^64, which is as good to accumulators of at most 64 bits. */
export type Sums = Float64Array | BigInt64Array;

export function convolve(layer: Layer, inputs: Tensor, weights: Tensor): Sums {
  const { C, R, S } = layer.bounds;
  if (largest(inputs) * largest(weights) * C * R * S < 2 ** 53) return exactSums(layer, inputs, weights);
  // Operands of up to 32 bits in halves of 16: four convolutions with sums that a double holds.
  const [x, w] = [halves(inputs), halves(weights)];
  const [high, middle, other, low] = [
    [x.high, w.high],
    [x.high, w.low],
    [x.low, w.high],
    [x.low, w.low],
  ].map(([a, b]) => exactSums(layer, a!, b!));
  return BigInt64Array.from(high!, (sum, i) =>
    BigInt.asIntN(64, (BigInt(sum) << 32n) + (BigInt(middle![i]! + other![i]!) << 16n) + BigInt(low![i]!)),
  );
}

const largest = ({ data }: Tensor) => data.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
const halves = ({ shape, data }: Tensor) => ({
  high: { shape, data: data.map((v) => v >> 16) },
  low: { shape, data: data.map((v) => v & 0xffff) },
});

/** For sums below 2^53. */
function exactSums(layer: Layer, inputs: Tensor, weights: Tensor): Float64Array {
  const { bounds: b, stride, dilation } = layer;
  const [, , , height, width] = inputShape(layer) as [number, number, number, number, number];
  const sums = new Float64Array(b.N * b.G * b.K * b.Q * b.P);
  const plane = height * width;
  let out = 0;
  for (let n = 0; n < b.N; n++) {
    for (let g = 0; g < b.G; g++) {
      for (let k = 0; k < b.K; k++) {
        const kernel = (g * b.K + k) * b.C * b.S * b.R;
        for (let q = 0; q < b.Q; q++) {
          for (let p = 0; p < b.P; p++) {
            let sum = 0;
            let w = kernel;
            for (let c = 0; c < b.C; c++) {
              const corner = ((n * b.G + g) * b.C + c) * plane + q * stride.Q * width + p * stride.P;
              for (let s = 0; s < b.S; s++) {
                let x = corner + s * dilation.S * width;
                for (let r = 0; r < b.R; r++, x += dilation.R) sum += inputs.data[x]! * weights.data[w++]!;
              }
            }
            sums[out++] = sum;
          }
        }
      }
    }
  }
  return sums;
}

/** Two's complement of `bits` bits. */
export function wrap(value: bigint, bits: number): bigint {
  return BigInt.asIntN(bits, value);
}

/** y = sat(relu(((max over the pool window of acc + bias) * scale + half) >> shift)), all in two's complement. */
export function postProcess(
  layer: Layer,
  sums: Sums,
  post: PostProcessing,
  sumBits: number,
  outputBits: number,
): Tensor {
  const { bounds: b } = layer;
  const pool = layer.pool ?? { P: 1, Q: 1 };
  const shape = outputShape(layer);
  const [, , , rows, columns] = shape as [number, number, number, number, number];
  const data = new Int32Array(sizeOf(shape));
  const [scale, shift] = [BigInt(post.scale), BigInt(post.shift)];
  const half = post.shift > 0 ? 1n << (shift - 1n) : 0n;
  const limit = 2n ** BigInt(outputBits - 1);
  let out = 0;
  for (let map = 0; map < b.N * b.G * b.K; map++) {
    const bias = BigInt(post.bias[map % (b.G * b.K)]!);
    for (let q = 0; q < rows; q++) {
      for (let p = 0; p < columns; p++) {
        let max: bigint | undefined;
        for (let j = 0; j < pool.Q; j++) {
          for (let i = 0; i < pool.P; i++) {
            const acc = wrap(BigInt(sums[(map * b.Q + q * pool.Q + j) * b.P + p * pool.P + i]!), sumBits);
            if (max === undefined || acc > max) max = acc;
          }
        }
        let y = (wrap(max! + bias, sumBits) * scale + half) >> shift;
        if (post.relu && y < 0n) y = 0n;
        data[out++] = Number(y < -limit ? -limit : y >= limit ? limit - 1n : y);
      }
    }
  }
  return { shape, data };
}
