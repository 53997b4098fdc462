// Layers mapped by the mapper, for the lowest energy-delay product, as a design that the simulator takes.

import { annealing, gapOf, lowerTemplate, magnetConventions, mapLayer, technology16nm } from '../../src/index.js';
import type { Answer, Goal, Template } from '../../src/index.js';
import type { CountedLayer, Layer } from '../../src/index.js';
import { totalsOf } from '../../src/results/design-check.js';
import type { Design, MappedLayer } from '../../src/model/space/design.js';

const goal: Goal = { objective: 'edp', limits: {} };
export const gap = 1e-4;

export interface Mapped {
  readonly layer: MappedLayer;
  readonly solver: string;
  /** Wall time of the mapper. */
  readonly seconds: number;
}

/** With padding. Where the mapper finds nothing within `time` seconds, what annealing finds, which then shows as not proved. */
export async function mapped(t: Template, { layer, count }: CountedLayer, time: number): Promise<Mapped> {
  const task = {
    architectures: lowerTemplate(t, technology16nm),
    layer,
    conventions: magnetConventions,
    goal,
    padding: true,
    machine: { template: t, technology: technology16nm },
  };
  const budget = { time, evaluations: Infinity, gap, seed: 1, now: () => performance.now() };
  const begin = performance.now();
  let answer: Answer | undefined;
  try {
    answer = await mapLayer(task, 'auto', budget);
  } catch (cause) {
    console.error(`${layer.name} on ${t.name}: the mapper failed: ${(cause as Error).message}`);
  }
  if (!answer?.best) answer = await annealing.find(task, { ...budget, time: 20 });
  const { best, bound, status, solver } = answer;
  if (!best) throw new Error(`no mapping of ${layer.name} on ${t.name}`);
  const { energy, cycles } = best.evaluation;
  return {
    layer: {
      layer,
      count,
      status: status === 'optimal' ? status : 'feasible',
      objective: best.objective,
      bound,
      gap: gapOf(answer),
      energy,
      cycles,
      mapping: best.mapping,
    },
    solver,
    seconds: (performance.now() - begin) / 1000,
  };
}

export function designOf(t: Template, network: string, layers: readonly MappedLayer[]): Design {
  const sums = { objective: 'layer-edp' as const, limits: {} };
  return {
    name: `${network}-${t.name}`,
    machine: { kind: 'template', template: t },
    technology: technology16nm,
    conventions: magnetConventions,
    goal: sums,
    areaLimit: null,
    layers,
    totals: totalsOf(sums, layers),
    provenance: {
      magnet: 'benchmark',
      node: process.version,
      command: process.argv.slice(2).join(' '),
      workload: network,
      backend: 'auto',
      gap,
      seed: 1,
    },
  };
}

/** The layer with its output halved in both directions, kernel and channels as they are, as often as `halvings` says. */
export function scaledDown(layer: Layer, halvings: number): Layer {
  const half = (n: number) => Math.max(1, Math.round(n / 2 ** halvings));
  return halvings === 0
    ? layer
    : { ...layer, bounds: { ...layer.bounds, P: half(layer.bounds.P), Q: half(layer.bounds.Q) } };
}
