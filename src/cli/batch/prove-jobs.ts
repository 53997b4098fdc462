// `kind: prove` of a batch: a proof is one part.

import { parsed } from '../../base/diagnostics.js';
import { machineryName } from '../../model/machine/presets.js';
import { jobFields, jobQuestion } from '../../options/job-fields.js';
import { proveVerb } from '../../options/prove-table.js';
import { prepareProve } from '../prove/prove-question.js';
import { proveResult } from '../../results/prove-answer.js';
import type { ProveResultFile } from '../../results/prove-result.js';
import { askOn, columnsOn, minimumOn, shapesOn } from '../../tuner/on-workers.js';
import type { ProveHooks } from '../../tuner/prove/prove-request.js';
import type { ProveJob } from '../prove/prove-question.js';
import type { JobKind, Workers } from './kind.js';
import { asScheduled, edpNote, labelOf, measuredAlone, onePart } from './kind.js';

export const proveJobs: JobKind = {
  ...jobFields(proveVerb),
  verb: proveVerb,
  prepare(io, spec) {
    const { given, options } = jobQuestion(proveVerb, spec.values);
    const prepared = prepareProve(io, given, options);
    if (!prepared.ok) return prepared;
    if (prepared.value.loss !== undefined) return measuredAlone('prove');
    const job = prepared.value;
    const { request, schedules } = job;
    const { candidates } = request;
    return parsed(
      onePart({
        label: labelOf(
          spec,
          request.network.name,
          candidates.kind === 'machine' ? machineryName(candidates.machine) : candidates.space.name,
        ),
        understood: [...job.understood, ...edpNote(spec, request.network.name)],
        content: JSON.stringify([request, job.space?.name, ...(schedules.asked ? [asScheduled(schedules.asked)] : [])]),
        solve: (run) => solved(job, run, io.now),
        conclude: ({ status, seconds, reason }) => ({
          status,
          settled: status !== 'unknown',
          objective: null,
          bound: null,
          gap: null,
          seconds,
          reason,
        }),
      }),
    );
  },
};

/** A proof with schedules is led from here: one question at a time, so that its answer is the same however many workers there are. */
async function solved(
  { request, space, schedules: { asked, unscheduled } }: ProveJob,
  run: Workers['run'],
  now: () => number,
): Promise<ProveResultFile> {
  if (!asked) return proveResult({ request, space, unscheduled }, await run('prove', request));
  const [{ proveSchedules }, { prove }] = await Promise.all([
    import('../../library/prove-schedules.js'),
    import('../../tuner/prove/prove.js'),
  ]);
  const hooks: ProveHooks = {
    ...{ now, width: 1, progress: () => {}, stopped: () => false },
    shapes: shapesOn({ run }),
    minimum: minimumOn({ run }),
    columns: columnsOn({ run }),
    ask: askOn({ run }),
  };
  const { proof, schedule } = await proveSchedules(asked, request, hooks, prove);
  return proveResult({ request, space, residency: true }, proof, { schedule });
}
