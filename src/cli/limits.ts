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

/** Units by quantity, the first for plain numbers; in pJ, cycles, pJ x cycles and mm2. */
const units = (clock: number): Readonly<Record<Name, Readonly<Record<string, number>>>> => ({
  energy: { pJ: 1, nJ: 1e3, uJ: 1e6, mJ: 1e9, J: 1e12 },
  latency: { cycles: 1, ns: clock / 1e3, us: clock, ms: clock * 1e3, s: clock * 1e6 },
  edp: { 'pJ*cycles': 1 },
  area: { mm2: 1, um2: 1e-6 },
});

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
      const known = units(clock)[name];
      const split = splitUnit(text.slice(at + 1));
      const scale = split && (split.unit === '' ? 1 : Object.hasOwn(known, split.unit) ? known[split.unit] : undefined);
      if (!split || !Number.isFinite(split.value) || split.value <= 0) complain(text, `expected a number above 0, in ${Object.keys(known).join(', ')}`);
      else if (scale === undefined) complain(text, unknownName('unit', split.unit, Object.keys(known)));
      else limits[name] = split.value * scale;
    }
  }
  const { area, ...layer } = limits;
  return faults.length > 0 ? refused(faults) : parsed({ layer, area });
}
