// Logarithms and powers that are the same on every engine: the language leaves the last digits of its own to each.
//
// After fdlibm 5.3 (e_log.c, e_pow.c; Sun Microsystems, 1993: "Permission to use, copy, modify, and distribute this software is
// freely granted, provided that this notice is preserved"), which V8 has too: only sums, products and quotients, which the
// language rounds alike everywhere.

import { invariant } from './diagnostics.js';
import { nth } from './invariant.js';

const words = new DataView(new ArrayBuffer(8));
/** Sign, exponent and the first 20 bits of the fraction. */
function highWord(x: number): number {
  words.setFloat64(0, x);
  return words.getInt32(0);
}
function withHigh(x: number, high: number): number {
  words.setFloat64(0, x);
  words.setInt32(0, high);
  return words.getFloat64(0);
}
/** Without the last 32 bits: products of two such numbers are exact, or nearly. */
function shortened(x: number): number {
  words.setFloat64(0, x);
  words.setInt32(4, 0);
  return words.getFloat64(0);
}

/** The value of a polynomial whose coefficients begin with the constant one. */
const polynomial = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduceRight((sum, c) => c + x * sum, 0);

const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;
const odd = [6.66666666666673513e-1, 2.857142874366239149e-1, 1.818357216161805012e-1, 1.479819860511658591e-1];
const even = [3.999999999940941908e-1, 2.222219843214978396e-1, 1.531383769920937332e-1];
const fraction = 0xfffff;
const one = 0x3ff00000;

const isOurs = (x: number): boolean => x >= 2 ** -1022 && x < Infinity;

/** The natural logarithm: x = 2^k (1 + f), f between sqrt(1/2) - 1 and sqrt(2) - 1. */
export function ln(x: number): number {
  invariant(isOurs(x), `the logarithm of ${x} is none of our numbers`);
  const high = highWord(x);
  const bits = high & fraction;
  const up = (bits + 0x95f64) & 0x100000;
  const k = (high >> 20) - 1023 + (up >> 20);
  const f = withHigh(x, bits | (up ^ one)) - 1;
  if ((fraction & (2 + bits)) < 3) {
    if (f === 0) return k === 0 ? 0 : k * ln2High + k * ln2Low;
    const small = f * f * (0.5 - 0.3333333333333333 * f);
    return k === 0 ? f - small : k * ln2High - (small - k * ln2Low - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const rest = z * polynomial(w, odd) + w * polynomial(w, even);
  if (((bits - 0x6147a) | (0x6b851 - bits)) > 0) {
    const half = 0.5 * f * f;
    return k === 0 ? f - (half - s * (half + rest)) : k * ln2High - (half - (s * (half + rest) + k * ln2Low) - f);
  }
  return k === 0 ? f - s * (f - rest) : k * ln2High - (s * (f - rest) - k * ln2Low - f);
}

/** About which a fraction is developed; their binary logarithms in two parts. */
const centres = [1, 1.5] as const;
const centreLogs = [
  [0, 0],
  [5.84962487220764160156e-1, 1.35003920212974897128e-8],
] as const;
const logTerms = [
  5.99999999999994648725e-1, 4.28571428578550184252e-1, 3.33333329818377432918e-1, 2.72728123808534006489e-1,
  2.30660745775561754067e-1, 2.06975017800338417784e-1,
];
const expTerms = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
  4.13813679705723846039e-8,
];
/** 2 / (3 log 2), and log 2, as a whole and in two parts. */
const [cp, cpHigh, cpLow] = [9.61796693925975554329e-1, 9.61796700954437255859e-1, -7.02846165095275826516e-9];
const [lg2, lg2High, lg2Low] = [6.93147180559945286227e-1, 6.93147182464599609375e-1, -1.90465429995776804525e-9];

/** The binary logarithm in two parts, the first of few digits. */
function log2Of(x: number): readonly [high: number, low: number] {
  const own = highWord(x);
  const bits = own & fraction;
  const up = bits >= 0xbb67a ? 1 : 0;
  const k = bits > 0x3988e && up === 0 ? 1 : 0;
  const exponent = (own >> 20) - 1023 + up;
  const high = (bits | one) - up * 0x100000;
  const ax = withHigh(x, high);
  const [centre, [logHigh, logLow]] = [nth(centres, k), nth(centreLogs, k)];
  const u = ax - centre;
  const v = 1 / (ax + centre);
  const s = u * v;
  const sHigh = shortened(s);
  const aroundHigh = withHigh(0, ((high >> 1) | 0x20000000) + 0x80000 + (k << 18));
  const aroundLow = ax - (aroundHigh - centre);
  const sLow = v * (u - sHigh * aroundHigh - sHigh * aroundLow);
  const square = s * s;
  const rest = square * square * polynomial(square, logTerms) + sLow * (sHigh + s);
  const squareHigh = sHigh * sHigh;
  const tHigh = shortened(3 + squareHigh + rest);
  const tLow = rest - (tHigh - 3 - squareHigh);
  const [a, b] = [sHigh * tHigh, sLow * tHigh + tLow * s];
  const pHigh = shortened(a + b);
  const pLow = b - (pHigh - a);
  const zHigh = cpHigh * pHigh;
  const zLow = cpLow * pHigh + pLow * cp + logLow;
  const found = shortened(zHigh + zLow + logHigh + exponent);
  return [found, zLow - (found - exponent - logHigh - zHigh)];
}

/** x to the power of y, for x above 0. */
export function power(x: number, y: number): number {
  invariant(isOurs(x) && Math.abs(y) < 2 ** 31, `${x} to the power of ${y} is none of our numbers`);
  if (y === 0 || x === 1) return 1;
  // Rounded to the nearest number by every engine.
  if (y === 0.5) return Math.sqrt(x);
  const [logHigh, logLow] = log2Of(x);
  const yHigh = shortened(y);
  const low = (y - yHigh) * logHigh + y * logLow;
  const high = yHigh * logHigh;
  const whole = low + high;
  invariant(Math.abs(whole) < 1000, `${x} to the power of ${y} is none of our numbers`);
  const n = Math.abs(whole) > 0.5 ? Math.sign(whole) * Math.floor(Math.abs(whole) + 0.5) : 0;
  const left = high - n;
  const t = shortened(low + left);
  const u = t * lg2High;
  const v = (low - (t - left)) * lg2 + t * lg2Low;
  const z = u + v;
  const w = v - (z - u);
  const square = z * z;
  const t1 = z - square * polynomial(square, expTerms);
  // fdlibm divides by t1 - 2 and subtracts then; V8 so, and figures of all versions rest on it.
  const r = (z * t1) / (t1 - 2 - (w + z * w));
  return (1 - (r - z)) * 2 ** n;
}
