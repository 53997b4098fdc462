// How much better than the best a normally distributed value is likely to be.

import type { Prediction } from './gaussian.js';

/** E[max(0, best - value)]. Jones, Schonlau and Welch, J. Global Optimization 13 (1998), equation 15. */
export function expectedImprovement(best: number, { mean, deviation }: Prediction): number {
  if (deviation === 0) return Math.max(0, best - mean);
  const z = (best - mean) / deviation;
  return Math.max(0, deviation * (density(z) + z * distribution(z)));
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** From here out the continued fraction takes few terms, and the series has too much to cancel. */
const tail = 3;
const fractionTerms = 60;

/** The probability that a standard normal value is below z; small in the lower tail to full relative accuracy. */
export function distribution(z: number): number {
  if (z > tail) return 1 - distribution(-z);
  // Laplace's continued fraction of the tail: density / (x + 1 / (x + 2 / (x + 3 / ...))).
  if (z < -tail) {
    let x = -z;
    for (let i = fractionTerms; i > 0; i--) x = -z + i / x;
    return density(z) / x;
  }
  // 1/2 + density x (z + z^3 / 3 + z^5 / (3 x 5) + ...).
  let [sum, term] = [0, z];
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
    sum += term;
    term *= (z * z) / i;
  }
  return 0.5 + density(z) * sum;
}
