// `kind: prove` of a batch: a proof is one part.

import { parsed } from '../../base/diagnostics.js';
import { machineryName } from '../../model/machine/presets.js';
import { jobFields, jobQuestion } from '../../options/job-fields.js';
import { proveVerb } from '../../options/prove-table.js';
import { prepareProve } from '../prove/prove-question.js';
import { proveResult } from '../../results/prove-answer.js';
import type { JobKind } from './kind.js';
import { edpNote, labelOf, measuredAlone, onePart } from './kind.js';

export const proveJobs: JobKind = {
  ...jobFields(proveVerb),
  verb: proveVerb,
  prepare(io, spec) {
    const { given, options } = jobQuestion(proveVerb, spec.values);
    const prepared = prepareProve(io, given, options);
    if (!prepared.ok) return prepared;
    if (prepared.value.loss !== undefined) return measuredAlone('prove');
    const job = prepared.value;
    const { request } = job;
    const { candidates } = request;
    return parsed(
      onePart({
        label: labelOf(
          spec,
          request.network.name,
          candidates.kind === 'machine' ? machineryName(candidates.machine) : candidates.space.name,
        ),
        understood: [...job.understood, ...edpNote(spec, request.network.name)],
        content: JSON.stringify([request, job.space?.name]),
        solve: async (run) => proveResult(job, await run('prove', request)),
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
