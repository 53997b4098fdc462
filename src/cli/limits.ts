// `--limit name=value[unit]`: upper limits on a layer's energy, latency and EDP, and on the chip's area.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import { splitUnit } from '../interchange/quantity.js';
import type { Limits } from '../model/goal.js';

export interface AllLimits {
  /** Per layer. */
  readonly layer: Limits;
  /** mm2. */
  readonly area: number | undefined;
}

const names = ['energy', 'latency', 'edp', 'area'] as const;
type Name = (typeof names)[number];

export type Units = Readonly<Record<string, number>>;

/** Units by quantity, the first for plain numbers; in pJ, cycles, pJ x cycles and mm2. `clock` in MHz. */
export const costUnits = (clock: number): Readonly<Record<Name, Units>> => ({
  energy: { pJ: 1, nJ: 1e3, uJ: 1e6, mJ: 1e9, J: 1e12 },
  latency: { cycles: 1, ns: clock / 1e3, us: clock, ms: clock * 1e3, s: clock * 1e6 },
  edp: { 'pJ*cycles': 1 },
  area: { mm2: 1, um2: 1e-6 },
});

/** A number above 0 in one of some units; a plain one counts `plain`, where that is known. Otherwise what is wrong with it. */
export function readQuantity(text: string, units: Units, plain: number | undefined): number | { readonly fault: string } {
  const known = Object.keys(units);
  const split = splitUnit(text);
  const scale = split && (split.unit === '' ? plain : Object.hasOwn(units, split.unit) ? units[split.unit] : undefined);
  if (!split || !Number.isFinite(split.value) || split.value <= 0) return { fault: `expected a number above 0${known.length > 0 ? `, in ${known.join(', ')}` : ''}` };
  // 1.005 us at 1 GHz are 1005 cycles, which the product of two doubles just misses.
  if (scale !== undefined) return scale === 1 ? split.value : Number((split.value * scale).toPrecision(15));
  if (split.unit !== '') return { fault: known.length > 0 ? unknownName('unit', split.unit, known) : 'it is a count; give a plain number' };
  return { fault: `give a unit: ${known.length > 1 ? `${known.slice(0, -1).join(', ')} or ` : ''}${known.at(-1)}` };
}

export const timeUnits: readonly string[] = ['ns', 'us', 'ms', 's'];

/** Why a limit in a unit of time cannot be taken, and the way out. */
export const severalClocks = (space: string, clocks: readonly number[]): string =>
  `${space} has several clocks (${clocks.join(', ')} MHz), so a time is no number of cycles; give cycles, or a space with one clock`;

/** `clock` in MHz turns times into cycles. All faults are listed. */
export function parseLimits(given: readonly string[], clock: number): Parsed<AllLimits> {
  const faults: Diagnostic[] = [];
  const limits: Partial<Record<Name, number>> = {};
  const complain = (text: string, message: string) => faults.push({ code: 'bad-limit', path: [], message: `--limit ${text}: ${message}` });
  for (const text of given) {
    const at = text.indexOf('=');
    const name = names.find((n) => n === text.slice(0, at).trim());
    if (at < 0) complain(text, 'expected name=value with an optional unit, such as energy=3uJ');
    else if (name === undefined) complain(text, unknownName('limit', text.slice(0, at).trim(), names));
    else if (limits[name] !== undefined) complain(text, `${name} is limited twice; keep one`);
    else {
      const value = readQuantity(text.slice(at + 1), costUnits(clock)[name], 1);
      if (typeof value === 'number') limits[name] = value;
      else complain(text, value.fault);
    }
  }
  const { area, ...layer } = limits;
  return faults.length > 0 ? refused(faults) : parsed({ layer, area });
}
