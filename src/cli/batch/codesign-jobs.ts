// `kind: codesign` of a batch: a search is one part, in one worker, so that its answer is the same however many there are.

import { parsed } from '../../base/diagnostics.js';
import { spaceWithResidency } from '../../model/space/design-space.js';
import type { CodesignResultFile } from '../../results/codesign-result.js';
import type { CodesignResult } from '../../tuner/codesign/codesign-request.js';
import { jobFields, jobQuestion } from '../../options/job-fields.js';
import { codesignVerb } from '../../options/codesign-table.js';
import { prepareCodesign } from '../codesign/codesign-question.js';
import { codesignResult } from '../../results/codesign-answer.js';
import { askOn, columnsOn, shapesOn } from '../../tuner/on-workers.js';
import type { CodesignJob } from '../codesign/codesign-question.js';
import type { JobKind, Workers } from './kind.js';
import { asScheduled, edpNote, labelOf, measuredAlone, onePart } from './kind.js';

export const codesignJobs: JobKind = {
  ...jobFields(codesignVerb),
  verb: codesignVerb,
  prepare(io, spec) {
    const { given, options } = jobQuestion(codesignVerb, spec.values);
    const prepared = prepareCodesign(io, given, options);
    if (!prepared.ok) return prepared;
    if (prepared.value.loss !== undefined) return measuredAlone('codesign');
    const { request, space, schedules } = prepared.value;
    return parsed(
      onePart<CodesignResultFile>({
        label: labelOf(spec, request.networks.map((n) => n.network.name).join(' + '), space.name),
        understood: [
          ...prepared.value.understood,
          ...edpNote(spec, request.networks.map((n) => n.network.name).join(' + ')),
        ],
        content: JSON.stringify([request, space.name, ...(schedules.asked ? [asScheduled(schedules.asked)] : [])]),
        // Best and bound over time are different in every run.
        solve: async (run) => ({ ...(await solved(prepared.value, run, io.now)), curve: [] }),
        conclude({ status: said, objective, bound, gap, seconds, reason }) {
          const status = said as CodesignResult['status'];
          return {
            status,
            settled: status === 'optimal' || status === 'infeasible',
            objective,
            bound,
            gap,
            seconds,
            reason,
          };
        },
      }),
    );
  },
};

/** A search with schedules is led from here: one question at a time, so that its answer is the same however many workers there are. */
async function solved(
  { request, space, schedules: { asked, unscheduled } }: CodesignJob,
  run: Workers['run'],
  now: () => number,
): Promise<CodesignResultFile> {
  if (!asked) return codesignResult(request, space, await run('codesign', request), { unscheduled });
  const { asCodesign, codesignsSchedules } = await import('../../library/codesign-schedules.js');
  const hooks = { now, width: 1, shapes: shapesOn({ run }), progress: () => {}, stopped: () => false };
  const search = codesignsSchedules(asked, columnsOn({ run }));
  const { result, schedules, request: own } = await search(request, hooks);
  const { whyNone } = await import('../../tuner/codesign/why-none.js');
  const left = { ...request, timeLimit: request.timeLimit - result.seconds };
  const how = { reason: result.reason, search: asCodesign(search) };
  const causes = result.status === 'infeasible' ? await whyNone(left, askOn({ run }), hooks, how) : result.causes;
  const configuration = schedules.map((schedule) => schedule.configuration);
  return codesignResult(own, spaceWithResidency(space), { ...result, causes }, { schedules, configuration });
}
