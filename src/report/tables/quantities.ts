// Numbers as tables show them: exact where they are counts, one unit per column where they are not.

const energyUnits = [
  ['mJ', 1e9],
  ['uJ', 1e6],
  ['nJ', 1e3],
  ['pJ', 1],
] as const;

export interface Scale {
  readonly unit: string;
  readonly pJ: number;
}

/** The unit in which the largest of some energies has one to three digits before the point. */
export function energyScale(energies: readonly number[]): Scale {
  const max = Math.max(0, ...energies);
  const [unit, pJ] = energyUnits.find(([, size]) => max >= size) ?? energyUnits[3];
  return { unit, pJ };
}

/** Four significant digits, never in powers of ten below 1e15. */
export function digits(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  if (Math.abs(x) >= 1e15 || Math.abs(x) < 1e-6) return x.toExponential(3);
  return x.toFixed(Math.max(0, 3 - Math.floor(Math.log10(Math.abs(x)))));
}

export const energyIn = (scale: Scale, pJ: number): string => digits(pJ / scale.pJ);

/** `12.35 uJ`. */
export function energyText(pJ: number): string {
  const scale = energyScale([pJ]);
  return `${energyIn(scale, pJ)} ${scale.unit}`;
}

/** Four significant digits, or all digits before the point with the thousands apart. */
export const amount = (x: number): string =>
  Math.abs(x) >= 1000 && Math.abs(x) < 1e15 ? Math.round(x).toLocaleString('en-US') : digits(x);

/** What spans many magnitudes, with five significant digits: 4.8022e+8. */
export const magnitude = (x: number): string =>
  Math.abs(x) >= 1e5 ? x.toExponential(4) : String(Number(x.toPrecision(5)));

/** A whole number with its thousands apart: 1,204,224. */
export const grouped = (n: number): string => (Number.isSafeInteger(n) ? n.toLocaleString('en-US') : digits(n));

/** `87.5 %`; a proof of 1e-5 still shows as more than nothing. */
export function percent(share: number): string {
  const x = share * 100;
  if (x === 0) return '0 %';
  return x < 0.0001 ? '<0.0001 %' : `${x < 0.1 ? x.toFixed(4) : x.toFixed(1)} %`;
}

export const secondsText = (s: number): string => `${s.toFixed(s < 100 ? 2 : 0)} s`;

/** `64 KB`, `3000 B`, `129 bits`. */
export const sizeText = (bits: number): string =>
  bits >= 8192 ? `${Number((bits / 8192).toPrecision(4))} KB` : bits % 8 === 0 ? `${bits / 8} B` : `${bits} bits`;

/** The unit of time that leaves at least one digit before the point, in seconds. */
export const timeScale = (seconds: number): readonly [unit: string, size: number] =>
  (
    [
      ['s', 1],
      ['ms', 1e-3],
      ['us', 1e-6],
    ] as const
  ).find(([, min]) => seconds >= min) ?? ['ns', 1e-9];

/** What a chip takes: `7.416 ms`. */
export function timeText(seconds: number): string {
  const [unit, size] = timeScale(seconds);
  return `${digits(seconds / size)} ${unit}`;
}

/** What people wait: `42 s`, `3 min 20 s`, `2 h 05 min`. */
export function durationText(seconds: number): string {
  const s = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`;
}

/** A share as a bar of up to 30 signs; whatever is there at all has one. */
export const bar = (share: number): string =>
  share > 0 ? '#'.repeat(Math.max(1, Math.round(30 * Math.min(1, share)))) : '';

/** `+3.2 %`, `-0.05 %`. */
export function changeText(share: number): string {
  const size = Math.abs(100 * share);
  return share === 0 ? '0 %' : `${share > 0 ? '+' : '-'}${size.toFixed(size < 1 ? 2 : 1)} %`;
}
