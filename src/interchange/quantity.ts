// Quantities as people write them, `32KB` or `1 GHz`, read and printed.

import { z } from 'zod';
import type { Bits, Megahertz } from '../base/units.js';
import { bits, megahertz } from '../base/units.js';

/** A number and an optional unit; undefined where the text is neither. */
export function splitUnit(text: string): { readonly value: number; readonly unit: string } | undefined {
  const found = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\s\d](?:.*\S)?)?\s*$/.exec(text);
  return found ? { value: Number(found[1]), unit: found[2] ?? '' } : undefined;
}

/** K = 1024. A lower-case b stands for bits nowhere: it would be mistaken. */
export const sizeUnits: Readonly<Record<string, number>> = { bit: 1, bits: 1, B: 8, KB: 8 * 1024, kB: 8 * 1024, KiB: 8 * 1024, MB: 8 * 1024 ** 2, MiB: 8 * 1024 ** 2 };
export const clockUnits: Readonly<Record<string, number>> = { kHz: 1e-3, MHz: 1, GHz: 1e3 };

function quantity(expected: string, units: Readonly<Record<string, number>>, plain: number, fine: (value: number) => boolean) {
  return z.unknown().transform((input, context): number => {
    const split = typeof input === 'number' ? { value: input, unit: '' } : typeof input === 'string' ? splitUnit(input) : undefined;
    const scale = split === undefined ? undefined : split.unit === '' ? plain : Object.hasOwn(units, split.unit) ? units[split.unit] : undefined;
    const value = split && scale !== undefined ? split.value * scale : NaN;
    if (fine(value)) return value;
    const unknown = split && scale === undefined ? `; units: ${Object.keys(units).join(', ')}` : '';
    context.addIssue({ code: 'custom', message: `expected ${expected}, got ${input === undefined ? 'nothing' : JSON.stringify(input)}${unknown}` });
    return z.NEVER;
  });
}

/** A memory's size; a plain number is bytes. */
export const size = () =>
  quantity('a size of whole bits above 0, such as 32KB or 3072 (bytes)', sizeUnits, 8, (n) => Number.isSafeInteger(n) && n > 0).transform((n): Bits => bits(n));

/** A plain number is MHz. */
export const clock = () => quantity('a clock above 0, such as 1 GHz or 500 (MHz)', clockUnits, 1, (n) => Number.isFinite(n) && n > 0).transform((n): Megahertz => megahertz(n));

/** `32KB`, `3000 B`, `129 bits`: the largest unit that is exact. */
export function printSize(n: number): string {
  if (n % 8192 === 0) return `${n / 8192}KB`;
  return n % 8 === 0 ? `${n / 8} B` : `${n} bits`;
}

export const printClock = (mhz: number): string => (mhz % 1000 === 0 ? `${mhz / 1000} GHz` : `${mhz} MHz`);
