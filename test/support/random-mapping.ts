// A random legal mapping of a layer on a machine: folded, in blocks, in parts, padded, on any arrangement.

import { nth } from '../../src/base/invariant.js';
import type { Random } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { breaches } from '../../src/model/mapping/legality.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { isWhole, partOf, partings } from '../../src/model/workload/layer-parts.js';
import { space } from '../../src/search/mapping/point.js';

/** Undefined where a few dozen draws found none that ends within so many cycles. */
export function randomMapping(
  t: Template,
  layer: Layer,
  chance: Random,
  { padding = true, maxCycles = Infinity } = {},
): Mapping | undefined {
  const architectures = lowerTemplate(t, technology16nm);
  const menu = partings(nth(architectures, 0), layer, padding);
  for (let i = 0; i < 60 && menu.length > 0; i++) {
    const parts = chance.pick(menu);
    const run = partOf(layer, parts);
    const goal = { objective: 'edp' as const, limits: {} };
    const arrangement = chance.below(architectures.length);
    const task = { layer: run, architectures, conventions: magnetConventions, goal, padding };
    const mappings = space(task, arrangement);
    const point = mappings.repaired(mappings.random(chance), chance);
    const found = point && mappings.judge(point);
    if (!found || found.evaluation.cycles > maxCycles) continue;
    const mapping = isWhole(parts) ? found.mapping : { ...found.mapping, parts };
    if (breaches(nth(architectures, arrangement), layer, mapping, magnetConventions).length === 0) return mapping;
  }
  return undefined;
}
