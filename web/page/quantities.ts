// Numbers as people read them: three or four digits, and a unit that suits them.

export const quantity = (value: number): string =>
  value >= 1e6 || value < 1e-2 ? value.toExponential(3) : value.toLocaleString('en', { maximumSignificantDigits: 4 });

const prefixes = [
  [1e12, 'J'],
  [1e9, 'mJ'],
  [1e6, 'uJ'],
  [1e3, 'nJ'],
  [1, 'pJ'],
] as const;

/** Of pJ. */
export function energy(pj: number): string {
  const [scale, unit] = prefixes.find(([from]) => pj >= from) ?? [1, 'pJ'];
  return `${(pj / scale).toLocaleString('en', { maximumSignificantDigits: 4 })} ${unit}`;
}

export const whole = (n: number): string => n.toLocaleString('en', { maximumFractionDigits: 0 });

export const share = (x: number): string =>
  x > 0 && x < 1e-6 ? '<0.0001 %' : `${(100 * x).toLocaleString('en', { maximumSignificantDigits: 2 })} %`;

/** Multiplications: G or M. */
export const many = (n: number): string => {
  const [scale, letter] = n >= 1e8 ? [1e9, 'G'] : [1e6, 'M'];
  return `${(n / scale).toLocaleString('en', { maximumSignificantDigits: 3 })} ${letter}`;
};

/** Seconds, roughly. */
export const duration = (seconds: number): string =>
  seconds < 1.5
    ? 'a second'
    : seconds < 100
      ? `${Math.round(seconds)} s`
      : seconds < 6000
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3600)} h`;
