// `--limit` of `codesign`: on the chip, on networks as a whole and on single layers; and as results record them.

import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { Network } from '../../model/workload/network.js';
import type { CodesignRequest, LayerLimits } from '../../tuner/codesign/codesign-request.js';
import type { Clocks } from '../../library/read-limits.js';
import { isEmpty, parseLimits, splitLimit } from '../../library/read-limits.js';
import { everyLayer } from '../../results/limits-by-name.js';

interface CodesignLimits extends Pick<CodesignRequest, 'limits' | 'layerLimits'> {
  /** How they were understood, a line each. */
  readonly understood: readonly string[];
}

/** Of a space that could not be read nobody knows the clock; limits are checked all the same. */
export const clocksOf = (space: Parsed<DesignSpace>): Clocks =>
  space.ok ? { of: space.value.name, mhz: space.value.menus.clock } : { of: 'the space', mhz: [1] };

/** A name of a layer stands for it in every network that has one. */
export function limitsIn(
  space: Parsed<DesignSpace>,
  given: readonly string[],
  networks: readonly Network[],
): Parsed<CodesignLimits> {
  const all = networks.length === 0 ? undefined : together(networks);
  const read = parseLimits(given, clocksOf(space), all);
  if (!read.ok) return read;
  const { network, each, layers, area, understood } = read.value;
  return parsed({
    limits: { ...network, ...(area !== undefined && { area }) },
    ...layerLimitsOf({ each, layers }),
    understood: [...understood, ...given.flatMap((text) => sharedName(text, networks))],
  });
}

/** Absent where there are none. */
export const layerLimitsOf = ({ each, layers }: LayerLimits): Pick<CodesignRequest, 'layerLimits'> =>
  isEmpty(each) && isEmpty(layers) ? {} : { layerLimits: { each, layers } };

const together = (networks: readonly Network[]): Network => ({
  ...nth(networks, 0),
  name: networks.map((n) => n.name).join(', '),
  layers: networks.flatMap((n) => n.layers),
});

function sharedName(text: string, networks: readonly Network[]): readonly string[] {
  const layer = splitLimit(text.trim())?.layer;
  if (layer === undefined || layer === everyLayer) return [];
  const having = networks.filter((n) => n.layers.some((l) => l.layer.name === layer));
  return having.length < 2
    ? []
    : [`note: --limit ${text}: limits ${layer} of each of ${having.map((n) => n.name).join(', ')}`];
}
