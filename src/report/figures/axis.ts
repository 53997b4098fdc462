// Axes: the two ends, and which numbers are written beside them. Plot's own ticks name nothing between two powers of
// ten on a logarithmic axis, and write 1e+12 where we write a power.

import { nth } from '../../base/invariant.js';

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  /** A linear axis begins at 0. */
  readonly zero?: boolean;
  /** It goes so far at least. */
  readonly to?: number;
}

export interface Tick {
  readonly value: number;
  /** Empty for lines between those that are named. */
  readonly text: string;
}

export interface Scale {
  readonly log: boolean;
  /** Lower and upper end. */
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
}

/** What lies outside is moved to the end. */
export const held = ({ domain: [low, high] }: Scale, value: number): number => Math.min(high, Math.max(low, value));

/** Room beyond the outermost values, as a share of what they span. */
const margin = 0.06;
/** Named ticks at most; nice steps give about half of it at least. */
const maxTicks = 8;

/**
 * An axis over some values; those that it cannot show (infinite, or not above 0 where it is
 * logarithmic) do not stretch it.
 */
export function scaleOf(axis: Axis, values: readonly number[], max = maxTicks): Scale {
  const log = axis.scale === 'log';
  const usable = [...values, ...(axis.to === undefined ? [] : [axis.to])].filter(
    (v) => Number.isFinite(v) && (!log || v > 0),
  );
  const shown = log ? usable.map(Math.log10) : axis.zero ? [0, ...usable] : usable;
  const [low, high] = shown.length === 0 ? [0, 1] : [Math.min(...shown), Math.max(...shown)];
  const span = high - low || (log ? 0.3 : Math.abs(high) || 1);
  const from = !log && axis.zero && low === 0 ? 0 : low - margin * span;
  const to = high + margin * span;
  return {
    log,
    domain: log ? [10 ** from, 10 ** to] : [from, to],
    ticks: log ? logTicks(from, to, max) : linearTicks(from, to, max),
  };
}

/** Steps of 1, 2 or 5 times a power of ten. */
function linearTicks(from: number, to: number, max: number): Tick[] {
  const step = niceStep((to - from) / max);
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  // A whole number of steps, divided where the step is a fraction: 3 x 0.1 is not 0.3.
  const value = (i: number) => (step >= 1 ? (first + i) * step : (first + i) / Math.round(1 / step));
  const values = Array.from({ length: Math.max(0, count) }, (_, i) => value(i));
  return named(values, () => true);
}

function niceStep(min: number): number {
  const size = 10 ** Math.floor(Math.log10(min));
  return size * ([1, 2, 5, 10].find((n) => n * size >= min) ?? 10);
}

/** Ends are powers of ten. Whole decades are named; the fewer there are, the more between them. */
function logTicks(from: number, to: number, max: number): Tick[] {
  const [low, high] = [10 ** from, 10 ** to];
  const decades = to - from;
  if (decades < 0.7) return linearTicks(low, high, max);
  const every = Math.max(1, Math.ceil(decades / max));
  const powers = Array.from({ length: Math.floor(to) - Math.floor(from) + 1 }, (_, i) => Math.floor(from) + i);
  const values = powers
    .flatMap((power) => (every > 1 ? [1] : [1, 2, 3, 4, 5, 6, 7, 8, 9]).map((n) => n * 10 ** power))
    .filter((v) => v >= low && v <= high);
  const leading = (v: number) => Math.round(v / 10 ** Math.floor(Math.log10(v) + 1e-9));
  const names = decades < 1.1 && max > 4 ? [1, 2, 3, 4, 5, 6, 8] : decades < 2.2 ? [1, 2, 5] : [1];
  const power = (v: number) => Math.round(Math.log10(v));
  return named(values, (v) => names.includes(leading(v)) && (every === 1 || power(v) % every === 0));
}

/** Plain numbers where they are short, else powers of ten. */
function named(values: readonly number[], isNamed: (value: number) => boolean): Tick[] {
  const max = Math.max(...values.map(Math.abs));
  const min = Math.min(...values.filter((v) => v !== 0).map(Math.abs));
  const plain = max < 1e6 && min >= 1e-4;
  return values.map((value) => ({ value, text: isNamed(value) ? (plain ? plainText(value) : powerText(value)) : '' }));
}

const plainText = (v: number): string =>
  Math.abs(v) >= 1e4 ? v.toLocaleString('en-US') : String(Number(v.toPrecision(6)));

const superscript = (n: number): string =>
  String(n).replace(/./g, (c) =>
    c === '-' ? '\u207b' : nth('\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079', Number(c)),
  );

function powerText(v: number): string {
  if (v === 0) return '0';
  const power = Math.floor(Math.log10(Math.abs(v)) + 1e-9);
  const leading = Number((v / 10 ** power).toPrecision(4));
  const ten = `10${superscript(power)}`;
  return leading === 1 ? ten : `${leading}\u00b7${ten}`;
}
