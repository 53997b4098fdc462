// A stand-in for the search of `codesign`: looks at a few machines, maps by a short walk, and claims a bound a little below.

import type { CodesignReason } from '../../src/tuner/codesign/codesign-reason.js';
import type { Engine, MakeEngine } from '../../src/cli/workers.js';
import type { ParameterStep } from '../../src/tuner/codesign/parameter-steps.js';
import { parameters, templateAt } from '../../src/model/space/design-space.js';
import type { DesignPoint, Parameter } from '../../src/model/space/design-space.js';
import { keepsLimits, objectiveOfLayers } from '../../src/model/cost/network-goal.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { shapeKey } from '../../src/model/workload/layer.js';
import { areaOf, lowerTemplate } from '../../src/model/machine/template.js';
import { annealing } from '../../src/search/mapping/heuristics.js';
import type { Codesign } from '../../src/tuner/codesign/codesign-hooks.js';
import type {
  Checkpoint,
  CodesignBest,
  CodesignState,
  CodesignRequest,
  CodesignResult,
} from '../../src/tuner/codesign/codesign-request.js';
import { objectiveOf, sumsOfNetworks } from '../../src/tuner/codesign/codesign-problem.js';
import { certifyShape } from '../../src/tuner/codesign/certify-shape.js';
import { shapesHere } from '../../src/tuner/codesign/shapes-here.js';

export interface Fake {
  /** Of the machines of a space, as indices into every menu, clipped: [0, 1] is the smallest and the next. */
  readonly machines?: readonly number[];
  /** Bound as a share of the best. */
  readonly proven?: number;
  readonly requests?: CodesignRequest[];
  readonly resumed?: (Checkpoint | undefined)[];
  readonly closed?: () => void;
}

export const fakeEngine =
  (fake: Fake = {}): MakeEngine =>
  (): Engine => ({
    codesign: search(fake),
    stepCosts: async (request, best) => {
      const steps: ParameterStep[] = [];
      for (const parameter of parameters) {
        const menu = request.space.menus[parameter];
        const at = menu.indexOf(best.point[parameter]);
        const side = async (value: number | undefined) => {
          const point = value === undefined ? undefined : { ...best.point, [parameter]: value };
          const found = point && (await design(request, point));
          return (
            found && {
              value: value!,
              objective: found.objective,
              bound: 0.99 * found.objective,
              area: found.area,
              feasible: within(request, found),
            }
          );
        };
        steps.push({ parameter, down: await side(menu[at - 1]), up: await side(menu[at + 1]) });
      }
      return steps;
    },
    elasticities: () => Promise.resolve([{ name: 'energy of DRAM', elasticity: 0.42, note: 'per bit' }]),
    shapes: shapesHere,
    certifyShape: (input) => Promise.resolve(certifyShape(input)),
    width: 1,
    close: () => {
      fake.closed?.();
      return Promise.resolve();
    },
  });

const search =
  ({ machines = [0, 1], proven = 0.995, requests, resumed }: Fake): Codesign =>
  async (request, hooks): Promise<CodesignResult> => {
    requests?.push(request);
    resumed?.push(hooks.resume);
    let best: CodesignBest | undefined;
    const curve: CodesignState[] = [];
    const news = (nodes: number, more: Partial<CodesignState> = {}) => {
      const bound = best ? proven * best.objective : 0;
      const n = {
        seconds: nodes / 10,
        best: best?.objective ?? Infinity,
        bound,
        nodes,
        shapes: machines.length,
        open: machines.length - nodes,
        ...more,
      };
      curve.push(n);
      hooks.progress(n);
      hooks.checkpoint?.({
        schema: 'magnet-codesign-checkpoint/2',
        request: 'fake',
        seconds: n.seconds,
        best: best?.point,
        shapes: [{ key: String(nodes), bound: best ? n.bound : null, closed: false }],
        curve,
      });
    };
    news(0);
    const points = machines.map(
      (i) =>
        Object.fromEntries(
          parameters.map((p) => [p, request.space.menus[p][Math.min(i, request.space.menus[p].length - 1)]]),
        ) as Record<Parameter, number>,
    );
    for (const [i, point] of points.entries()) {
      if (hooks.stopped()) break;
      const found = await design(request, point);
      const better = found && within(request, found) && found.objective < (best?.objective ?? Infinity);
      if (better) best = found;
      news(i + 1, better ? { point } : {});
    }
    const done = !hooks.stopped();
    const bound = best ? proven * best.objective : done ? Infinity : 0;
    const status = best
      ? done && 1 - proven <= request.gap
        ? 'optimal'
        : 'feasible'
      : done
        ? 'infeasible'
        : 'unknown';
    const reason: CodesignReason | undefined = best
      ? status === 'feasible'
        ? { kind: done ? 'time-limit' : 'interrupted' }
        : undefined
      : { kind: 'area', space: request.space.name, min: 3 };
    return {
      status,
      best,
      bound,
      reason,
      causes: [],
      nodes: points.length,
      shapes: machines.length,
      curve,
      seconds: 0.1 * points.length,
    };
  };

/** The best of a short walk for each layer; undefined where the point is no machine or a layer has no mapping. */
export async function design(request: CodesignRequest, point: DesignPoint): Promise<CodesignBest | undefined> {
  const template = templateAt(request.space, point);
  if (!template) return undefined;
  const architectures = lowerTemplate(template, request.technology);
  const objective = request.objective === 'area' ? 'edp' : objectiveOfLayers[request.objective];
  const shapes = new Map<string, { layer: Layer; counts: number[] }>();
  request.networks.forEach(({ network }, i) => {
    for (const { layer, count } of network.layers) {
      const known = shapes.get(shapeKey(layer)) ?? { layer, counts: request.networks.map(() => 0) };
      known.counts[i]! += count;
      shapes.set(shapeKey(layer), known);
    }
  });
  const layers: CodesignBest['layers'][number][] = [];
  for (const { layer, counts } of shapes.values()) {
    const task = {
      architectures,
      layer,
      conventions: request.conventions,
      goal: { objective, limits: {} },
      padding: request.padding,
    };
    const { best } = await annealing.find(task, { time: Infinity, evaluations: 200, gap: 0, seed: 1, now: () => 0 });
    if (!best) return undefined;
    layers.push({ layer, counts, found: best, bound: 0.999 * best.objective });
  }
  const area = areaOf(template, request.technology).reduce((n, a) => n + a.area, 0);
  const sum = objectiveOf(
    request,
    layers.map((l) => ({ ...l, limits: {} })),
    layers.map((l) => l.found),
  );
  return { point, template, layers, objective: request.objective === 'area' ? area : sum, area };
}

function within({ limits, networks }: CodesignRequest, best: CodesignBest): boolean {
  const found = best.layers.map((l) => l.found);
  const layers = best.layers.map((l) => ({ ...l, limits: {} }));
  return (
    best.area <= (limits.area ?? Infinity) &&
    sumsOfNetworks({ networks }, layers, found).every((sums) => keepsLimits(limits, sums))
  );
}
