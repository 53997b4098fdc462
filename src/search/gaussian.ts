// Gaussian-process regression: what values at some points tell of the values at others, and how surely.

import { nth } from '../base/invariant.js';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

type Vector = readonly number[];

/** A normal distribution. */
export interface Prediction {
  readonly mean: number;
  readonly deviation: number;
}

export interface GaussianProcess {
  predict: (x: Vector) => Prediction;
  /** Logarithm of the data's likelihood but for a constant: it compares length scales over the same data. */
  readonly evidence: number;
  /** The length scales that it was made with. */
  readonly scales: Vector;
}

/**
 * Noise as a share of the variance. With it the kernel's matrix is positive definite
 * beyond doubt: rounding is far below.
 */
const jitter = 1e-6;

/**
 * Matérn 5/2 kernel with a length scale per coordinate; the mean is the sample's. The variance is integrated out, with
 * the sample's standing for one observation: a conjugate prior, so one formula serves one point and equal values too.
 * Rasmussen and Williams, Gaussian Processes for Machine Learning (2006): prediction 2.25 and 2.26, likelihood 2.30,
 * kernel 4.17.
 */
export function gaussianProcess(xs: readonly Vector[], ys: Vector, scales: Vector): GaussianProcess {
  const n = xs.length;
  const mean = ys.reduce((sum, y) => sum + y, 0) / n;
  const spread = Math.sqrt(ys.reduce((sum, y) => sum + (y - mean) ** 2, 0) / n) || 1;
  const scaled = xs.map((x) => divided(x, scales));
  const kernel = Matrix.eye(n, n, 1 + jitter);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const k = matern(nth(scaled, i), nth(scaled, j));
      kernel.set(i, j, k);
      kernel.set(j, i, k);
    }
  }
  const factor = new CholeskyDecomposition(kernel);
  const lower = factor.lowerTriangularMatrix.to2DArray().map((row) => new Float64Array(row));
  const targets = ys.map((y) => (y - mean) / spread);
  const weights = factor.solve(Matrix.columnVector(targets)).to1DArray();
  const fit = 1 + dot(targets, weights);
  const variance = fit / (n + 1);
  const halfLogDeterminant = lower.reduce((sum, row, i) => sum + Math.log(nth(row, i)), 0);
  return {
    scales,
    evidence: -((n + 1) / 2) * Math.log(fit) - halfLogDeterminant,
    predict(x) {
      const at = divided(x, scales);
      const k = scaled.map((s) => matern(s, at));
      const known = squaresBelow(lower, k);
      return {
        mean: mean + spread * dot(k, weights),
        deviation: spread * Math.sqrt(variance * Math.max(0, 1 + jitter - known)),
      };
    },
  };
}

/**
 * Length scales lie on powers of two from an eighth of a coordinate's range to eight of it: a
 * coordinate that hardly matters.
 */
const [shortest, longest] = [1 / 8, 8];

/** Scales to begin a search for likelier ones with. */
export const firstScales = (coordinates: number): Vector => Array.from({ length: coordinates }, () => 1);

/**
 * Of scales of more evidence: all together, then each alone, is halved or doubled where
 * that is likelier and time is left.
 */
export function likelierProcess(xs: readonly Vector[], ys: Vector, from: Vector, left: () => boolean): GaussianProcess {
  let best = gaussianProcess(xs, ys, from);
  const together = (factor: number) => best.scales.map((s) => s * factor);
  const alone = (i: number) => (factor: number) => best.scales.map((s, j) => (j === i ? s * factor : s));
  for (const change of [together, ...from.map((_, i) => alone(i))]) {
    for (const changed of [change(0.5), change(2)]) {
      if (changed.some((s) => s < shortest || s > longest)) continue;
      if (!left()) return best;
      const found = gaussianProcess(xs, ys, changed);
      if (found.evidence > best.evidence) best = found;
    }
  }
  return best;
}

function matern(x: Float64Array, y: Float64Array): number {
  let square = 0;
  for (let i = 0; i < x.length; i++) square += (x[i]! - y[i]!) ** 2;
  const r = Math.sqrt(5 * square);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** The sum of the squares of v, where L v = b. */
function squaresBelow(lower: readonly Float64Array[], b: Vector): number {
  const v = new Float64Array(b.length);
  let squares = 0;
  for (let i = 0; i < b.length; i++) {
    const row = nth(lower, i);
    let rest = nth(b, i);
    // The inner loop of every prediction: a check of each element takes most of its time.
    for (let j = 0; j < i; j++) rest -= row[j]! * v[j]!;
    const solved = rest / nth(row, i);
    v[i] = solved;
    squares += solved ** 2;
  }
  return squares;
}

/** By a loop: `Float64Array.from` takes as long as the kernel. */
function divided(x: Vector, by: Vector): Float64Array {
  const all = new Float64Array(x.length);
  for (let i = 0; i < all.length; i++) all[i] = nth(x, i) / nth(by, i);
  return all;
}

const dot = (x: Vector, y: Vector): number => x.reduce((sum, v, i) => sum + v * nth(y, i), 0);
