// `kind: codesign` of a batch: a search is one part, in one worker, so that its answer is the same however many there are.

import { parsed } from '../../base/diagnostics.js';
import type { CodesignResultFile } from '../../results/codesign-result.js';
import type { CodesignResult } from '../../tuner/codesign/codesign-request.js';
import { codesignObjectives } from '../../tuner/codesign/codesign-request.js';
import type { JobKind } from './kind.js';
import { labelOf } from './label.js';
import { onePart } from './one-part.js';
import type { CodesignOptions } from '../codesign/codesign-options.js';
import { prepareCodesign } from '../codesign/codesign-question.js';
import { codesignResult } from '../codesign/codesign-answer.js';

const defaults: CodesignOptions = { space: 'magnet-16nm', gap: 0.01, timeLimit: 600, padding: true, quiet: true };

export const codesignJobs: JobKind = {
  kind: 'codesign',
  required: ['network'],
  fields: {
    network: { type: 'texts' },
    space: { type: 'text' },
    objective: { type: 'name', what: 'objective', names: codesignObjectives },
    limit: { type: 'texts' },
    padding: { type: 'flag' },
    gap: { type: 'share' },
    timeLimit: { type: 'duration' },
    technology: { type: 'text' },
    weight: { type: 'numbers' },
    dim: { type: 'sizes' },
    sameShape: { type: 'texts' },
    batch: { type: 'whole', least: 1 },
  },
  prepare(io, spec) {
    const { network, ...rest } = spec.values;
    const prepared = prepareCodesign(io, network as readonly string[], { ...defaults, ...rest });
    if (!prepared.ok) return prepared;
    const { request, space } = prepared.value;
    return parsed(
      onePart<CodesignResultFile>({
        label: labelOf(spec, request.networks.map((n) => n.network.name).join(' + '), space.name),
        understood: prepared.value.understood,
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
