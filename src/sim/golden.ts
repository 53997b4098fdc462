// The reference: a convolution written from its definition, and post-processing bit by bit. Knows no mapping.

import type { Layer } from '../model/workload/layer.js';
import { nth } from '../base/invariant.js';
import type { PostProcessing } from '../rtl/program/post-registers.js';
import { constantOf } from '../rtl/program/post-registers.js';
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

/**
 * Words that lie in memory behind post-processing (docs/hardware.md, Arithmetic), of the maximum over each window of the
 * pool. `residual` holds words too, of the shape of the outputs.
 */
export function postProcess(
  layer: Layer,
  sums: Sums,
  post: PostProcessing,
  sumBits: number,
  outputBits: number,
  residual?: Tensor,
): Tensor {
  const { bounds: b } = layer;
  const pool = layer.pool ?? { P: 1, Q: 1 };
  const shape = outputShape(layer);
  const [, , , rows, columns] = shape as [number, number, number, number, number];
  const data = new Int32Array(sizeOf(shape));
  let out = 0;
  for (let map = 0; map < b.N * b.G * b.K; map++) {
    const finish = finisher(post, map % (b.G * b.K), sumBits, outputBits);
    for (let q = 0; q < rows; q++) {
      for (let p = 0; p < columns; p++) {
        let max: bigint | undefined;
        for (let j = 0; j < pool.Q; j++) {
          for (let i = 0; i < pool.P; i++) {
            const acc = wrap(BigInt(sums[(map * b.Q + q * pool.Q + j) * b.P + p * pool.P + i]!), sumBits);
            if (max === undefined || acc > max) max = acc;
          }
        }
        data[out] = Number(finish(max!, BigInt(residual?.data[out] ?? 0)));
        out++;
      }
    }
  }
  return { shape, data };
}

/** What makes the word of a channel's sum and residual word, in whole numbers without an end. */
export function finisher(post: PostProcessing, channel: number, sumBits: number, outputBits: number) {
  const [bias, scale] = [BigInt(nth(post.bias, channel)), BigInt(constantOf(post.scale, channel))];
  const shift = BigInt(constantOf(post.shift, channel));
  const [low, high] = [BigInt(post.low), BigInt(post.high)];
  const half = 2n ** BigInt(outputBits - 1);
  const term = post.residual;
  return (sum: bigint, word: bigint): bigint => {
    const x = wrap(sum + bias, sumBits);
    const other = term?.unsigned ? word + half : word;
    const scaled =
      term?.combine === 'multiply'
        ? clamp(x, -32768n, 32767n) * other * scale
        : x * scale + (term ? other * BigInt(term.scale) * 2n ** (shift - BigInt(term.shift)) : 0n);
    const y = post.wrap ? scaled >> shift : clamp(roundHalfToEven(scaled, 2n ** shift), low, high);
    return wrap(post.unsigned ? y - half : y, outputBits);
  };
}

const clamp = (x: bigint, low: bigint, high: bigint): bigint => (x < low ? low : x > high ? high : x);

function roundHalfToEven(x: bigint, unit: bigint): bigint {
  const rest = ((x % unit) + unit) % unit;
  const below = (x - rest) / unit;
  const odd = below % 2n !== 0n;
  return 2n * rest > unit || (2n * rest === unit && odd) ? below + 1n : below;
}
