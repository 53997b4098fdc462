// Regions of the cost rules as the slots that they cover.

import type { Machine } from '../machine/compiled-machine.js';
import type { Region } from '../cost/traffic.js';

/** The slots that a region of the cost rules covers. */
export function slotsIn(m: Machine, region: Region): readonly number[] {
  const inside = (s: (typeof m.slots)[number]): boolean => {
    switch (region.where) {
      case 'all':
        return true;
      case 'temporal':
        return s.kind === 'temporal';
      case 'inside':
        return s.level >= region.level;
      case 'temporal outside':
        return s.kind === 'temporal' && s.level < region.level;
      case 'spatial outside':
        return s.kind === 'spatial' && s.level < region.level;
      case 'not spatial outside':
        return s.kind === 'temporal' || s.level >= region.level;
      case 'fan-outs between':
        return (
          s.kind === 'spatial' &&
          s.level >= region.outer &&
          s.level < region.inner &&
          !region.except.includes(s.axis.name)
        );
      case 'axes':
        return s.kind === 'spatial' && region.names.includes(s.axis.name);
    }
  };
  return m.slots.flatMap((s, i) => (inside(s) ? [i] : []));
}
