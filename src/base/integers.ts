// Small number theory on ordinary integers: factorisations, divisors, smooth numbers, rounding, doublings.

/** Prime factors of `n` >= 1 with their exponents, smallest prime first. */
export function factorize(n: number): ReadonlyMap<number, number> {
  const factors = new Map<number, number>();
  let rest = n;
  for (let p = 2; p * p <= rest; p++) {
    while (rest % p === 0) {
      factors.set(p, (factors.get(p) ?? 0) + 1);
      rest /= p;
    }
  }
  if (rest > 1) factors.set(rest, (factors.get(rest) ?? 0) + 1);
  return factors;
}

/** Found once: searches ask for those of a few numbers again and again. */
const divisorsKnown = new Map<number, readonly number[]>();

/** All divisors of `n`, ascending. */
export function divisors(n: number): readonly number[] {
  const known = divisorsKnown.get(n);
  if (known) return known;
  let found = [1];
  for (const [p, e] of factorize(n)) {
    const powers = Array.from({ length: e + 1 }, (_, i) => p ** i);
    found = found.flatMap((d) => powers.map((q) => d * q));
  }
  found.sort((a, b) => a - b);
  divisorsKnown.set(n, found);
  return found;
}

/** The exponent of prime `p` in `n`. */
export function valuation(n: number, p: number): number {
  let e = 0;
  for (let rest = n; rest % p === 0; rest /= p) e++;
  return e;
}

/** Whether no prime factor of `n` exceeds `limit`. */
export const isSmooth = (n: number, limit: number): boolean => [...factorize(n).keys()].every((p) => p <= limit);

/** The nearest whole number, halves to the even one. */
export function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : rest >= 0.5 ? floor + 1 : x;
}

/** The least and the greatest number of a word of so many bits. */
export const wordRange = (bits: number, unsigned: boolean): readonly [min: number, max: number] =>
  unsigned ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];

/** `from`, twice that, four times ... up to `to`. */
export function doublings(from: number, to: number): readonly number[] {
  const found: number[] = [];
  for (let n = from; n <= to; n *= 2) found.push(n);
  return found;
}

/** The largest number that divides both without a rest. Mostly one is 1, and searches ask in their innermost loops. */
export const gcd = (a: number, b: number): number => (a === 1 || b === 1 ? 1 : b === 0 ? a : gcd(b, a % b));

/** Bits that tell n things apart: the logarithm to base 2, rounded up, of whole numbers from 1 on. */
export function ceilLog2(n: number): number {
  let bits = 0;
  for (let reached = 1; reached < n; reached *= 2) bits++;
  return bits;
}
