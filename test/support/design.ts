// Designs for tests: random tasks mapped by annealing, as `map --design` would write them.

import type { Design, DesignLayer } from '../../src/model/space/design.js';
import type { Layer } from '../../src/model/workload/layer.js';
import type { Machinery } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Conventions } from '../../src/model/cost/conventions.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { Goal } from '../../src/model/cost/goal.js';
import { sumOfLayers } from '../../src/model/cost/network-goal.js';
import { annealing } from '../../src/search/mapping/heuristics.js';
import { gapOf } from '../../src/search/strategy.js';
import { totalsOf } from '../../src/results/design-check.js';

/** A design of a machine alone, without mappings. */
export const machineAlone = (template: Template) =>
  ({
    name: template.name,
    machine: { kind: 'template', template },
    technology: technology16nm,
    conventions: magnetConventions,
    goal: { objective: 'layer-edp', limits: {} },
    areaLimit: null,
    layers: [],
    totals: null,
    provenance: { magnet: '', node: '', command: '', workload: '', backend: '', gap: 0, seed: 1 },
  }) as const satisfies Design;

/** Where no mapping is found the layer stands there as unknown. */
export async function makeDesign(
  machine: Machinery,
  layers: readonly Layer[],
  conventions: Conventions = magnetConventions,
  goal: Goal = { objective: 'edp', limits: {} },
): Promise<Design> {
  const architectures =
    machine.kind === 'template' ? lowerTemplate(machine.template, technology16nm) : [machine.architecture];
  const mapped = await Promise.all(
    layers.map(async (layer, i): Promise<DesignLayer> => {
      const answer = await annealing.find(
        { architectures, layer, conventions, goal, padding: false },
        { time: 5, evaluations: 300, gap: 1e-4, seed: i, now: () => 0 },
      );
      const { best, bound } = answer;
      if (!best)
        return {
          layer,
          count: i + 1,
          status: 'unknown',
          objective: null,
          bound,
          gap: null,
          energy: null,
          cycles: null,
          mapping: null,
        };
      const { energy, cycles } = best.evaluation;
      return {
        layer,
        count: i + 1,
        status: 'feasible',
        objective: best.objective,
        bound,
        gap: gapOf(answer),
        energy,
        cycles,
        mapping: best.mapping,
      };
    }),
  );
  const asked = { ...goal, objective: sumOfLayers[goal.objective] };
  return {
    name: 'net-machine',
    machine,
    technology: technology16nm,
    conventions,
    goal: asked,
    areaLimit: null,
    layers: mapped,
    totals: totalsOf(asked, mapped),
    provenance: {
      magnet: '0.1.0',
      node: '20.0.0',
      command: 'magnet map net.yaml --arch machine',
      workload: 'net',
      backend: 'annealing',
      gap: 1e-4,
      seed: 1,
    },
  };
}
