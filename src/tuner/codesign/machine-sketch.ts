// A machine at once, as a task for a worker thread: mappings of every layer by a heuristic. Nothing is proven of it.

import { magnetConventions } from '../../model/cost/conventions.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import { templateAt } from '../../model/space/design-space.js';
import type { Goal, Limits } from '../../model/cost/goal.js';
import type { Layer } from '../../model/workload/layer.js';
import type { Technology } from '../../model/machine/technology.js';
import { lowerTemplate } from '../../model/machine/template.js';
import { hillClimbing } from '../../search/mapping/hill-climbing.js';
import type { Found } from '../../search/strategy.js';
import { inParts } from '../in-parts.js';

const climbing = inParts(hillClimbing);

export interface Sketch {
  readonly space: DesignSpace;
  readonly technology: Technology;
  /** With their own limits. */
  readonly layers: readonly { readonly layer: Layer; readonly limits: Limits }[];
  readonly padding: boolean;
  readonly point: DesignPoint;
  /** What mappings are to be good at: one for each, of every layer. */
  readonly goals: readonly ('edp' | 'energy' | 'latency')[];
  /** Mappings looked at per layer and goal, and seconds for all. */
  readonly evaluations: number;
  readonly seconds: number;
}

/**
 * Per layer some mappings, which may miss its limits; undefined where one has none that was
 * found, or the point is no machine.
 */
export async function sketch({
  space,
  technology,
  layers,
  padding,
  point,
  goals,
  evaluations,
  seconds,
}: Sketch): Promise<readonly (readonly Found[])[] | undefined> {
  const template = templateAt(space, point);
  if (!template) return undefined;
  const architectures = lowerTemplate(template, technology);
  const now = () => performance.now();
  const asked = layers.map(({ layer, limits }) => ({ layer, all: goalsOf(goals, limits) }));
  const time = seconds / asked.reduce((n, { all }) => n + all.length, 0);
  const found: Found[][] = [];
  for (const { layer, all } of asked) {
    const own: Found[] = [];
    for (const goal of all) {
      const { best } = await climbing.find(
        { architectures, layer, padding, conventions: magnetConventions, goal },
        { time, evaluations, gap: 0, seed: 1, now },
      );
      if (best) own.push(best);
    }
    if (own.length === 0) return undefined;
    found.push(own);
  }
  return found;
}

/** Within limits a climb may begin nowhere: what they limit is looked for without them as well. */
function goalsOf(goals: Sketch['goals'], limits: Limits): readonly Goal[] {
  const limited = Object.keys(limits) as (keyof Limits)[];
  return [
    ...[...new Set([...goals, ...limited])].map((objective) => ({ objective, limits: {} })),
    ...(limited.length > 0 ? goals.map((objective) => ({ objective, limits })) : []),
  ];
}
