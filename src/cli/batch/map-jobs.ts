// `kind: map` of a batch: a part per layer (but of a network as a whole), so that layers of one shape on one machine are
// solved once for all jobs.

import { stopText } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import { parsed } from '../../base/diagnostics.js';
import type { JobOutcome } from '../../batch/batch-job.js';
import type { MapResultLayer } from '../../results/map-result.js';
import { shapeFile } from '../../interchange/layer-shape.js';
import { gapBetween } from '../../model/cost/goal.js';
import type { Layer } from '../../model/workload/layer.js';
import { shapeKey } from '../../model/workload/layer.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { LayerResult, MapRequest } from '../../tuner/map-network.js';
import { budgetOf, goalOf, taskOf } from '../../tuner/map-network.js';
import { explained } from '../../library/why-infeasible.js';
import type { MapJob } from '../map/map-verb.js';
import { prepareMap, ruledOut } from '../map/map-verb.js';
import { tooLargeFor } from '../mapping-question.js';
import { jobFields, jobQuestion } from '../../options/job-fields.js';
import { mapVerb } from '../../options/map-table.js';
import { mapResultLayer, mapResultOf } from '../../results/map-answer.js';
import { wholeJob } from './map-whole-job.js';
import type { JobKind, Workers } from './kind.js';
import { explainingIn, labelOf, sharedBy } from './kind.js';

/** Where a solver gives none. */
const plainReasons = {
  infeasible: 'no mapping meets all rules and limits',
  unknown: 'no mapping was found in time',
  feasible: 'not proved',
} as const;

/** What is kept of a layer's answer. */
type LayerAnswer = Omit<MapResultLayer, 'name' | 'count' | 'layer' | 'reason'> & { readonly reason: string };

export const mapJobs: JobKind = {
  ...jobFields(mapVerb),
  verb: mapVerb,
  prepare(io, spec) {
    const { given, options } = jobQuestion(mapVerb, spec.values);
    const prepared = prepareMap(io, given, options, 'layers');
    if (!prepared.ok) return prepared;
    const job = prepared.value;
    const { request } = job;
    if (job.whole) return parsed(wholeJob(spec, job, job.whole, io.now));
    const { layers } = request.network;
    const { gap, timeLimit, seed, solver, certify } = request;
    const sharedOf = (layer: Layer) =>
      sharedBy({ ...request, goal: goalOf(request, layer) }, [gap, timeLimit, seed, solver, certify]);
    const tooLarge = tooLargeFor(job);
    return parsed({
      label: labelOf(spec, request.network.name, job.machine.name),
      understood: job.limits.understood,
      content: JSON.stringify([
        request.network.name,
        layers.map(({ layer, count }) => [layer.name, count, shapeKey(layer), sharedOf(layer)]),
        job.machine.name,
        job.limits.area,
      ]),
      parts: tooLarge !== undefined ? [] : layers.map(({ layer }) => `${sharedOf(layer)} ${shapeKey(layer)}`),
      open: ({ run }) => ({
        parts:
          tooLarge !== undefined
            ? []
            : layers.map((counted) => ({
                label: counted.layer.name,
                solve: async () => answerOf(request, await solve(run, request, counted, io.now)),
              })),
        conclude: (answers) =>
          tooLarge === undefined
            ? outcomeOf(job, answers as readonly LayerAnswer[])
            : {
                ...outcomeOf(
                  job,
                  ruledOut(request, tooLarge).map((r) => answerOf(request, r)),
                ),
                reason: tooLarge,
              },
      }),
    });
  },
};

/** Mapped, and certified where that is asked for: a part of a job is done when both are. */
async function solve(
  run: Workers['run'],
  request: MapRequest,
  { layer, count }: CountedLayer,
  now: () => number,
): Promise<LayerResult> {
  const { solver, certify } = request;
  const task = taskOf(request, layer);
  const begin = now();
  const answer = await run('map', { task, solver, budget: budgetOf(request) });
  const seconds = (now() - begin) / 1000;
  const mapped = await explained(request, { layer, count, answer, seconds }, explainingIn(run, now));
  if (!certify) return mapped;
  const { status, best } = answer;
  return { ...mapped, certificate: await run('certify', { task, answer: { status, best }, budget: certify }) };
}

function answerOf(request: MapRequest, result: LayerResult): LayerAnswer {
  const { name: _, count: __, layer: ___, ...rest } = mapResultLayer(request, result);
  return { ...rest, reason: stopText(result.answer.reason) };
}

function outcomeOf(job: MapJob, answers: readonly LayerAnswer[]): JobOutcome {
  const { network } = job.request;
  const layers = answers.map(({ reason, ...rest }, i): MapResultLayer => {
    const { layer, count } = nth(network.layers, i);
    return { name: layer.name, count, layer: shapeFile(layer), ...rest, ...(rest.mapping === null && { reason }) };
  });
  const status =
    (['infeasible', 'unknown', 'feasible'] as const).find((s) => layers.some((l) => l.status === s)) ?? 'optimal';
  const result = mapResultOf(job, layers);
  const { objective } = result;
  const said = answers.flatMap(({ status: s, reason }, i) =>
    s === status && status !== 'optimal'
      ? [`${nth(layers, i).name}: ${reason === '' ? plainReasons[status] : reason}`]
      : [],
  );
  // As for the verb, what has no certificate although one was asked for is not settled, however it was proved.
  const uncertified = layers.flatMap(({ name, certificate: c }) =>
    c && c.status !== 'certified' ? [`${name}: not certified: ${c.reason}`] : [],
  );
  const at = uncertified.length > 0 ? uncertified : said;
  return {
    status,
    settled: uncertified.length === 0 && (status === 'optimal' || status === 'infeasible'),
    objective,
    bound: result.bound,
    gap: objective === null || result.bound === null ? null : gapBetween(objective, result.bound),
    seconds: layers.reduce((n, l) => n + l.seconds + (l.certificate?.seconds ?? 0), 0),
    reason: at.length > 0 ? `${at[0]}${at.length > 1 ? `; and ${at.length - 1} more layers` : ''}` : '',
    result,
  };
}
