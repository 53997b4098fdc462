// What the host makes of single numbers, as ONNX defines it.

import { roundToEven } from '../base/integers.js';
import type { ElementFunction } from '../model/workload/host-function.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const elu = (x: number, alpha: number): number => (x < 0 ? alpha * Math.expm1(x) : x);

/**
 * The error function to about 1e-15: its series in which all terms are positive (Abramowitz and Stegun 7.1.6), and the
 * continued fraction of its complement (7.1.14) where that needs few terms.
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (size + fraction));
}

const gelu = (x: number): number => (x * (1 + erf(x / Math.SQRT2))) / 2;

export function elementFunction(name: ElementFunction, alpha: number, beta: number): (x: number) => number {
  switch (name) {
    case 'abs':
      return Math.abs;
    case 'ceil':
      return Math.ceil;
    case 'celu':
      return (x) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
    case 'cos':
      return Math.cos;
    case 'elu':
      return (x) => elu(x, alpha);
    case 'erf':
      return erf;
    case 'exp':
      return Math.exp;
    case 'floor':
      return Math.floor;
    case 'gelu':
      return gelu;
    case 'gelu-tanh':
      return (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    case 'leaky-relu':
      return (x) => (x < 0 ? alpha * x : x);
    case 'log':
      return Math.log;
    case 'mish':
      return (x) => x * Math.tanh(softplus(x));
    case 'negate':
      return (x) => -x;
    case 'not':
      return (x) => Number(x === 0);
    case 'reciprocal':
      return (x) => 1 / x;
    case 'round':
      return roundToEven;
    case 'selu':
      return (x) => beta * elu(x, alpha);
    case 'sigmoid':
      return sigmoid;
    case 'sign':
      return Math.sign;
    case 'sin':
      return Math.sin;
    case 'softplus':
      return softplus;
    case 'softsign':
      return (x) => x / (1 + Math.abs(x));
    case 'sqrt':
      return Math.sqrt;
    case 'swish':
      return (x) => x * sigmoid(alpha * x);
    case 'tanh':
      return Math.tanh;
    case 'truncate':
      return Math.trunc;
    case 'truth':
      return (x) => Number(x !== 0);
  }
}
