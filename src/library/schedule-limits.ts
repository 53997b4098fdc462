// Limits that a schedule can have: on the totals of the network, and no other.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Clocks, CostLimits } from './read-limits.js';
import { isEmpty, parseLimits } from './read-limits.js';

/**
 * Limits of a schedule from texts such as `latency=7.3ms`, as `--limit` takes them. Refused where they are on layers, the area or
 * `layer-edp`.
 */
export function parseScheduleLimits(
  given: readonly string[],
  clocks: Clocks,
): Parsed<Pick<CostLimits, 'network' | 'understood'>> {
  const limits = parseLimits(given, clocks, undefined);
  if (!limits.ok) return limits;
  const { network, each, layers, area, understood } = limits.value;
  return isEmpty(each) && isEmpty(layers) && area === undefined && network['layer-edp'] === undefined
    ? parsed({ network, understood })
    : refuse(
        'bad-limit',
        [],
        `--limit ${given.join(' --limit ')}: a schedule is limited by energy, latency and edp of the network as a whole; ` +
          'drop the others, or ask "magnet map" about layers, "magnet codesign" about area',
      );
}
