// `kind: codesign` of a batch: a search is one part, in one worker, so that its answer is the same however many there are.

import { parsed } from '../../base/diagnostics.js';
import type { CodesignResultFile } from '../../results/codesign-result.js';
import type { CodesignResult } from '../../tuner/codesign/codesign-request.js';
import { jobFields, jobQuestion } from '../../options/job-fields.js';
import { codesignVerb } from '../../options/codesign-table.js';
import { prepareCodesign } from '../codesign/codesign-question.js';
import { codesignResult } from '../../results/codesign-answer.js';
import type { JobKind } from './kind.js';
import { edpNote, labelOf, measuredAlone, onePart } from './kind.js';

export const codesignJobs: JobKind = {
  ...jobFields(codesignVerb),
  verb: codesignVerb,
  prepare(io, spec) {
    const { given, options } = jobQuestion(codesignVerb, spec.values);
    const prepared = prepareCodesign(io, given, options);
    if (!prepared.ok) return prepared;
    if (prepared.value.loss !== undefined) return measuredAlone('codesign');
    const { request, space } = prepared.value;
    return parsed(
      onePart<CodesignResultFile>({
        label: labelOf(spec, request.networks.map((n) => n.network.name).join(' + '), space.name),
        understood: [
          ...prepared.value.understood,
          ...edpNote(spec, request.networks.map((n) => n.network.name).join(' + ')),
        ],
        content: JSON.stringify([request, space.name]),
        // Best and bound over time are different in every run.
        solve: async (run) => ({
          ...codesignResult(request, space, await run('codesign', request), undefined),
          curve: [],
        }),
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
