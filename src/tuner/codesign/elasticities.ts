// Elasticities of a design: what one per cent more of the area, or of a memory, would change, from the duals of the
// convex relaxation around it.

import { nth } from '../../base/invariant.js';
import { magnetConventions } from '../../model/cost/conventions.js';
import { shapeParameters } from '../../model/space/design-space.js';
import { evaluate } from '../../model/cost/evaluate.js';
import { measure } from '../../model/cost/goal.js';
import { networkQuantities, objectiveOfLayers } from '../../model/cost/network-goal.js';
import { partOf, runsOf, whole } from '../../model/workload/layer-parts.js';
import { lowerTemplate } from '../../model/machine/template.js';
import { highsOracle } from '../../milp/linear-highs.js';
import type { Elasticities } from '../../milp/joint/joint-elasticities.js';
import { areaElasticity, mappingElasticities } from '../../milp/joint/joint-elasticities.js';
import type { JointRequest } from '../../milp/joint/joint-program.js';
import { scaleOf } from '../in-parts.js';
import { limitsLayers } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { CodesignBest, CodesignRequest } from './codesign-request.js';

/** What one per cent more of a memory, or of the area, is worth at the optimum. */
export interface DesignElasticity {
  /** A size parameter, or `area`. */
  readonly name: string;
  /** Per cent of the objective for one per cent more; null where the relaxation did not converge in time. */
  readonly elasticity: number | null;
  /** What is held, and which layers it binds, for people. */
  readonly note: string;
}

/** Seconds for either kind, at most. */
const patience = 60;

/**
 * What one per cent more of each memory, and of the area where that is limited, would change. They belong to the relaxation, with
 * loop orders and arrangements held: one-sided, and not always the only ones. Empty for the objectives `area` and `edp` and under
 * limits on networks or layers, where no such relaxation is made.
 */
export async function elasticities(
  request: CodesignRequest,
  best: CodesignBest,
  hooks: Pick<CodesignHooks, 'now'>,
  seconds = 2 * patience,
): Promise<readonly DesignElasticity[]> {
  const { objective, limits, networks, space } = request;
  if (limitsLayers(request)) return [];
  if (objective === 'area' || objective === 'edp' || networkQuantities.some((q) => limits[q] !== undefined)) return [];
  const ofLayers = objectiveOfLayers[objective];
  const weights = best.layers.map((l) => networks.reduce((sum, { weight }, k) => sum + weight * nth(l.counts, k), 0));
  // A layer in parts is its run, as often as it runs; of EDP that counts in both factors.
  const architectures = lowerTemplate(best.template, request.technology);
  const runs = best.layers.map(
    ({
      layer,
      found: {
        mapping: { levels, parts = whole },
        architecture,
      },
    }) => {
      const run = partOf(layer, parts);
      const evaluation = evaluate(nth(architectures, architecture), run, { levels }, magnetConventions);
      return {
        layer: run,
        scale: scaleOf(ofLayers, runsOf(parts)),
        found: { mapping: { levels }, architecture, evaluation, objective: measure(ofLayers, evaluation) },
      };
    },
  );
  const joint: JointRequest = {
    layers: runs.map(({ layer, scale }, i) => ({ layer, count: scale * nth(weights, i) })),
    // Sizes may change; the shape is held.
    space: {
      ...space,
      menus: { ...space.menus, ...Object.fromEntries(shapeParameters.map((p) => [p, [best.point[p]]])) },
    },
    technology: request.technology,
    conventions: magnetConventions,
    objective: ofLayers,
    area: limits.area ?? Infinity,
    padding: request.padding,
  };
  const found = { ...best, layers: runs.map((r) => r.found) };
  const end = hooks.now() + seconds * 1000;
  const clock = () => ({ now: hooks.now, deadline: Math.min(end, hooks.now() + patience * 1000) });
  const memories = await mappingElasticities(joint, found, highsOracle, clock());
  const area = limits.area === undefined ? undefined : await areaElasticity(joint, found, highsOracle, clock());
  const open = (name: string): DesignElasticity => ({
    name,
    elasticity: null,
    note: 'the relaxation did not converge in time',
  });
  return [
    ...(memories ? rows(memories, 'capacity at the same energy per access') : [open('memories')]),
    ...(limits.area === undefined ? [] : area ? rows(area, areaNote(area)) : [open('area')]),
  ];

  function rows(e: Elasticities, what: string): readonly DesignElasticity[] {
    return e.elasticities.map((x) => ({
      name: x.parameter,
      elasticity: x.elasticity,
      note:
        x.layers.length === 0
          ? what
          : `${what}; binds ${names(byShare(x).map((l) => nth(best.layers, l.layer).layer.name))}`,
    }));
  }
}

const byShare = ({ layers }: Elasticities['elasticities'][number]) =>
  layers.toSorted((p, q) => Math.abs(q.share) - Math.abs(p.share));

/** Between sizes of the menus there may be room that no machine of the space has. */
const areaNote = ({ elasticities: [area] }: Elasticities): string =>
  `all sizes free to change${area?.elasticity === 0 ? '; there it does not bind' : ''}`;

/** The first three, and how many more. */
const names = (all: readonly string[]): string =>
  all.length <= 3 ? all.join(', ') : `${all.slice(0, 3).join(', ')} and ${all.length - 3} more`;
