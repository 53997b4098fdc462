// Quantities as people write them, `32KB`, `10 s` or `1%`, read and printed: one grammar for options, limits and files.

import { z } from 'zod';
import { nearest, unknownName } from '../base/text.js';
import type { Bits, Megahertz } from '../base/units.js';
import { bits, megahertz } from '../base/units.js';
import { unlimited } from '../model/machine/line-path.js';
import { noted } from './json-schema.js';

/** How many of the common measure each unit is. */
export type Units = Readonly<Record<string, number>>;

/** A number and an optional unit; undefined where the text is neither. */
export function splitUnit(text: string): { readonly value: number; readonly unit: string } | undefined {
  const found = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\s\d](?:.*\S)?)?\s*$/.exec(text);
  return found ? { value: Number(found[1]), unit: found[2] ?? '' } : undefined;
}

/** K = 1024. A lower-case b stands for bits nowhere: it would be mistaken. */
export const sizeUnits: Units = {
  bit: 1,
  bits: 1,
  B: 8,
  KB: 8 * 1024,
  kB: 8 * 1024,
  KiB: 8 * 1024,
  MB: 8 * 1024 ** 2,
  MiB: 8 * 1024 ** 2,
};
export const clockUnits: Units = { kHz: 1e-3, MHz: 1, GHz: 1e3 };
export const durationUnits: Units = { ms: 1e-3, s: 1, min: 60, h: 3600 };
export const memoryUnits: Units = { MB: 1, GB: 1024 };
export const shareUnits: Units = { '%': 0.01 };
/** Bytes per second, as data sheets of DRAM count them: G = 10^9, unlike the K of memories. */
export const byteRateUnits: Units = { 'B/s': 1, 'KB/s': 1e3, 'kB/s': 1e3, 'MB/s': 1e6, 'GB/s': 1e9, 'TB/s': 1e12 };

/** A quantity that is limited, in pJ, cycles, pJ x cycles and mm2. `clock` in MHz. */
export const costUnits = (
  clock: number,
): Readonly<Record<'energy' | 'latency' | 'edp' | 'layer-edp' | 'area', Units>> => ({
  energy: { pJ: 1, nJ: 1e3, uJ: 1e6, mJ: 1e9, J: 1e12 },
  latency: { cycles: 1, ns: clock / 1e3, us: clock, ms: clock * 1e3, s: clock * 1e6 },
  edp: { 'pJ*cycles': 1 },
  'layer-edp': { 'pJ*cycles': 1 },
  area: { mm2: 1, um2: 1e-6 },
});

/** Units of latency that are times, which only a clock turns into cycles. */
export const timeUnits: readonly string[] = ['ns', 'us', 'ms', 's'];

/**
 * The number in the common measure, and the unit that it had; or what is wrong. `plain`: what a number without a
 * unit counts, where it may stand.
 */
export function readUnits(
  text: string,
  units: Units,
  plain: number | undefined,
): Measured | { readonly fault: string } {
  const known = Object.keys(units);
  const split = splitUnit(text);
  if (!split) return { fault: `expected a number${known.length > 0 ? `, in ${known.join(', ')}` : ''}` };
  const { value, unit } = split;
  const scale = unit === '' ? plain : Object.hasOwn(units, unit) ? units[unit] : undefined;
  // 1.005 us at 1 GHz are 1005 cycles, which the product of two doubles just misses.
  if (scale !== undefined) return { value: scale === 1 ? value : Number((value * scale).toPrecision(15)), unit };
  if (unit !== '')
    return { fault: known.length > 0 ? unknownName('unit', unit, known) : 'it is a count; give a plain number' };
  return { fault: `give a unit: ${known.length > 1 ? `${known.slice(0, -1).join(', ')} or ` : ''}${known.at(-1)}` };
}

export interface Measured {
  readonly value: number;
  /** Empty where a plain number was given. */
  readonly unit: string;
}

const quantity = (expected: string, units: Units, plain: number, fine: (value: number) => boolean) =>
  measured(expected, units, plain, fine).transform(({ value }) => value);

/** A number, or one with a unit. */
const written = (expected: string, units: Units) => ({
  type: ['number', 'string'],
  pattern: `^\\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\\s*(${Object.keys(units).join('|')})?\\s*$`,
  description: expected,
});

function measured(expected: string, units: Units, plain: number, fine: (value: number) => boolean) {
  const given = noted(z.unknown(), () => written(expected, units));
  return given.transform((input, context): Measured => {
    const read =
      typeof input === 'number' || typeof input === 'string' ? readUnits(String(input), units, plain) : undefined;
    if (read && 'value' in read && fine(read.value)) return read;
    const split = typeof input === 'string' ? splitUnit(input) : undefined;
    const unknown =
      split && split.unit !== '' && !Object.hasOwn(units, split.unit) ? `; ${unitsOr(split.unit, units)}` : '';
    context.addIssue({
      code: 'custom',
      message: `expected ${expected}, got ${input === undefined ? 'nothing' : JSON.stringify(input)}${unknown}`,
    });
    return z.NEVER;
  });
}

function unitsOr(unit: string, units: Units): string {
  const near = nearest(unit, Object.keys(units));
  return `units: ${Object.keys(units).join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}

/** A memory's size; a plain number is bytes. */
export const size = () =>
  quantity(
    'a size of whole bits above 0, such as 32KB or 3072 (bytes)',
    sizeUnits,
    8,
    (n) => Number.isSafeInteger(n) && n > 0,
  ).transform((n): Bits => bits(n));

/** A plain number is MHz. */
export const clock = () =>
  quantity('a clock above 0, such as 1 GHz or 500 (MHz)', clockUnits, 1, (n) => Number.isFinite(n) && n > 0).transform(
    (n): Megahertz => megahertz(n),
  );

const bitUnits: Units = { bits: 1, bit: 1 };
/** GB/s, of channels that one memory serves. */
export const rateUnits: Units = Object.fromEntries(
  Object.entries(byteRateUnits).map(([unit, bytes]) => [unit, bytes / 1e9]),
);

/** Bits that a channel moves in a cycle, which a plain number counts, or the word for as many as a line has. */
export const channelWidth = () =>
  orWord(
    aLine,
    unlimited.channel,
    quantity(
      `a width of whole bits above 0, such as 64, or ${aLine}`,
      bitUnits,
      1,
      (n) => Number.isSafeInteger(n) && n > 0,
    ),
  );

/** GB/s, which a plain number counts, or the word for no limit. */
export const dramRate = () =>
  orWord(
    noLimit,
    unlimited.bandwidth,
    quantity(`a bandwidth above 0, such as 25.6GB/s, or ${noLimit}`, rateUnits, 1, (n) => Number.isFinite(n) && n > 0),
  );

const [aLine, noLimit] = ['line', 'unlimited'];

const orWord = (word: string, value: number, otherwise: z.ZodType<number>): z.ZodType<number> =>
  z.union([z.literal(word).transform(() => value), otherwise], {
    error: ({ input }) => otherwise.safeParse(input).error?.issues[0]?.message,
  });

export const printChannelWidth = (n: number): string => (n >= unlimited.channel ? aLine : `${n} bits`);
export const printRate = (n: number): string => (n >= unlimited.bandwidth ? noLimit : `${n} GB/s`);

/** Seconds; a plain number is seconds. */
export const duration = () =>
  quantity(
    'a time above 0, such as 10s, 500ms, 2min or 10 (seconds)',
    durationUnits,
    1,
    (n) => Number.isFinite(n) && n > 0,
  );

/** At least 0 and below 1. */
export const share = () =>
  quantity('a share of at least 0 and below 1, such as 1% or 1e-4', shareUnits, 1, (n) => n >= 0 && n < 1);

/** Of what may happen in nine cycles of ten at most. */
export const probability = () =>
  quantity('a probability from 0 to 0.9, such as 10% or 0.1', shareUnits, 1, (n) => n >= 0 && n <= 0.9);

/** Thousands apart, without what doubles add. */
export const printPlain = (n: number): string => n.toLocaleString('en-US', { maximumSignificantDigits: 15 });

export type PlainKind = 'duration' | 'share' | 'memory';

/** What a plain number counts, to be said; undefined of what has a unit, and of 0, which is the same in each. */
export function plainMeaning(kind: PlainKind, given: unknown): string | undefined {
  const split = typeof given === 'number' || typeof given === 'string' ? splitUnit(String(given)) : undefined;
  if (split?.unit !== '' || split.value === 0) return undefined;
  if (kind === 'share') return `${printPlain(split.value * 100)} %`;
  return `${printPlain(split.value)} ${kind === 'duration' ? 's' : 'MB'}`;
}

/** MB of a heap; a plain number is MB. */
export const memory = () =>
  quantity(
    'a size of whole MB above 0, such as 2GB or 512 (MB)',
    memoryUnits,
    1,
    (n) => Number.isSafeInteger(n) && n > 0,
  );

/**
 * Of a port: words per cycle, which a plain number counts, or bytes per second, which a
 * clock and a word turn into them.
 */
export type Bandwidth = { readonly wordsPerCycle: number } | { readonly bytesPerSecond: number };

export const bandwidth = () =>
  measured(
    'a bandwidth above 0, such as 25.6GB/s or 16 (words per cycle)',
    byteRateUnits,
    1,
    (n) => Number.isFinite(n) && n > 0,
  ).transform(({ value, unit }): Bandwidth => (unit === '' ? { wordsPerCycle: value } : { bytesPerSecond: value }));

/**
 * Both products are whole numbers for clocks of whole MHz, so the quotient is the double
 * that the plain number would be.
 */
export const wordsPerCycle = (given: Bandwidth, clock: Megahertz, wordBits: number): number =>
  'wordsPerCycle' in given ? given.wordsPerCycle : (given.bytesPerSecond * 8) / (clock * 1e6 * wordBits);

/** `32KB`, `3000 B`, `129 bits`: the largest unit that is exact. */
export function printSize(n: number): string {
  if (n % 8192 === 0) return `${n / 8192}KB`;
  return n % 8 === 0 ? `${n / 8} B` : `${n} bits`;
}

export const printClock = (mhz: number): string => (mhz % 1000 === 0 ? `${mhz / 1000} GHz` : `${mhz} MHz`);
