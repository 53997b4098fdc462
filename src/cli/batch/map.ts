// `kind: map` of a batch: a part per layer, so that layers of one shape on one machine are solved once for all jobs.

import { parsed } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import type { Outcome } from '../../batch/job.js';
import type { MapResult, MapResultLayer } from '../../interchange/map-result.js';
import { mapResultSchema } from '../../interchange/map-result.js';
import { conventionsByName } from '../../model/conventions.js';
import { objectives } from '../../model/goal.js';
import { shapeKey } from '../../model/layer.js';
import type { CountedLayer } from '../../model/network.js';
import type { Answer } from '../../search/strategy.js';
import { solverNames } from '../../tuner/map-layer.js';
import type { MapRequest } from '../../tuner/map-network.js';
import type { MapTaskInput } from '../../tuner/map-task.js';
import type { JobKind } from './kind.js';
import { labelOf } from './label.js';
import type { MapJob } from '../map/map.js';
import { prepareMap, ruledOut, tooLargeFor } from '../map/map.js';
import type { MapOptions } from '../map/options.js';
import { layerOf } from '../map/result.js';

const defaults: MapOptions = { objective: 'edp', padding: true, gap: 1e-4, timeLimit: 60, solver: 'auto', certifyEps: 1e-3, certifyTime: 60, seed: 1, quiet: true };

/** Solvers look at their clocks: after its time and this many seconds more a worker is taken for hung. */
const grace = 60;

/** Where a solver gives none. */
const plainReasons = { infeasible: 'no mapping meets all rules and limits', unknown: 'no mapping was found in time', feasible: 'not proved' } as const;

/** What is kept of a layer's answer. */
type LayerAnswer = Omit<MapResultLayer, 'name' | 'count'> & { readonly reason: string };

export const mapJobs: JobKind = {
  kind: 'map',
  required: ['network'],
  fields: {
    network: { type: 'text' },
    arch: { type: 'text' },
    objective: { type: 'name', what: 'objective', names: objectives },
    limit: { type: 'texts' },
    padding: { type: 'flag' },
    gap: { type: 'share' },
    timeLimit: { type: 'seconds' },
    layer: { type: 'texts' },
    conventions: { type: 'name', what: 'conventions', names: conventionsByName.map((c) => c.name) },
    solver: { type: 'name', what: 'solver', names: solverNames },
    technology: { type: 'text' },
    dim: { type: 'sizes' },
    batch: { type: 'whole', least: 1 },
    seed: { type: 'whole', least: 0 },
  },
  prepare(io, spec) {
    const { network, ...rest } = spec.values;
    const prepared = prepareMap(io, network as string, { ...defaults, ...rest });
    if (!prepared.ok) return prepared;
    const job = prepared.value;
    const { request } = job;
    const { layers } = request.network;
    const shared = sharedBy(request);
    const tooLarge = tooLargeFor(job);
    return parsed({
      label: labelOf(spec, request.network.name, job.machine.name),
      content: JSON.stringify([request.network.name, layers.map(({ layer, count }) => [layer.name, count, shapeKey(layer)]), job.machine.name, shared, job.limits.area]),
      parts: tooLarge !== undefined ? [] : layers.map(({ layer }) => `${shared} ${shapeKey(layer)}`),
      open: (run) => ({
        parts: tooLarge !== undefined ? [] : layers.map((counted) => ({
          label: counted.layer.name,
          async solve(): Promise<LayerAnswer> {
            const begin = io.now();
            const answer = (await run({ module: 'tuner/map-task', name: 'mapTask', input: taskOf(request, counted), patience: request.timeLimit + grace })) as Answer;
            return answerOf(counted, answer, (io.now() - begin) / 1000);
          },
        })),
        conclude: (answers) => tooLarge === undefined ? outcomeOf(job, answers as readonly LayerAnswer[]) : { ...outcomeOf(job, ruledOut(request).map((r) => answerOf(r, r.answer, 0))), reason: tooLarge },
      }),
    });
  },
};

/** All that the layers of a request have in common. A template says more shortly what its arrangements are. */
function sharedBy({ architectures, machine, conventions, goal, padding, gap, timeLimit, seed, solver }: MapRequest): string {
  return digest(JSON.stringify([machine ?? architectures, conventions, goal.objective, Object.entries(goal.limits).sort(), padding, gap, timeLimit, seed, solver]));
}

function taskOf({ architectures, machine, conventions, goal, padding, gap, timeLimit, seed, solver }: MapRequest, { layer }: CountedLayer): MapTaskInput {
  return { task: { architectures, layer, conventions, goal, padding, machine }, solver, budget: { time: timeLimit, evaluations: Infinity, gap, seed } };
}

function answerOf({ layer, count }: CountedLayer, answer: Answer, seconds: number): LayerAnswer {
  const { name: _, count: __, ...rest } = layerOf({ layer, count, answer, seconds });
  return { ...rest, reason: answer.reason };
}

function outcomeOf({ request, machine }: MapJob, answers: readonly LayerAnswer[]): Outcome {
  const { network, goal, conventions } = request;
  const layers = answers.map(({ reason: _, ...rest }, i): MapResultLayer => ({ name: network.layers[i]!.layer.name, count: network.layers[i]!.count, ...rest }));
  const sum = (of: (l: MapResultLayer) => number | null): number | null => layers.reduce<number | null>((n, l) => (n === null || of(l) === null ? null : n + l.count * of(l)!), 0);
  const [objective, bound, energy, cycles] = [sum((l) => l.objective), sum((l) => l.bound), sum((l) => l.energy), sum((l) => l.cycles)];
  const status = (['infeasible', 'unknown', 'feasible'] as const).find((s) => layers.some((l) => l.status === s)) ?? 'optimal';
  const result: MapResult = {
    schema: mapResultSchema,
    workload: network.name,
    arch: machine.name,
    goal: goal.objective,
    conventions: conventions.name,
    layers,
    objective,
    bound: objective === null ? null : bound,
    energy,
    cycles,
    edpOfTotals: energy === null || cycles === null ? null : energy * cycles,
  };
  const at = answers.flatMap(({ status: s, reason }, i) => (s === status && status !== 'optimal' ? [`${layers[i]!.name}: ${reason === '' ? plainReasons[status] : reason}`] : []));
  return {
    status,
    settled: status === 'optimal' || status === 'infeasible',
    objective,
    bound: result.bound,
    gap: objective === null || result.bound === null ? null : Math.max(0, (objective - result.bound) / objective),
    seconds: layers.reduce((n, l) => n + l.seconds, 0),
    reason: at.length > 0 ? `${at[0]}${at.length > 1 ? `; and ${at.length - 1} more layers` : ''}` : '',
    result,
  };
}
