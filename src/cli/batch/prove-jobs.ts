// `kind: prove` of a batch: a proof is one part.

import { parsed } from '../../base/diagnostics.js';
import { conventionsByName } from '../../model/cost/conventions.js';
import { machineryName } from '../../model/machine/presets.js';
import type { JobKind } from './kind.js';
import { labelOf } from './label.js';
import { onePart } from './one-part.js';
import type { ProveOptions } from '../prove/prove-options.js';
import { prepareProve } from '../prove/prove-question.js';
import { proveResult } from '../prove/prove-answer.js';

const defaults: ProveOptions = { padding: true, timeLimit: 600, quiet: true };

export const proveJobs: JobKind = {
  kind: 'prove',
  required: ['network'],
  fields: {
    network: { type: 'text' },
    arch: { type: 'text' },
    constraints: { type: 'texts' },
    space: { type: 'text' },
    limit: { type: 'texts' },
    padding: { type: 'flag' },
    keepAll: { type: 'flag' },
    timeLimit: { type: 'duration' },
    layer: { type: 'texts' },
    conventions: { type: 'name', what: 'conventions', names: conventionsByName.map((c) => c.name) },
    technology: { type: 'text' },
    dim: { type: 'sizes' },
    sameShape: { type: 'texts' },
    batch: { type: 'whole', least: 1 },
  },
  prepare(io, spec) {
    const { network, ...rest } = spec.values;
    const prepared = prepareProve(io, network as string, { ...defaults, ...rest });
    if (!prepared.ok) return prepared;
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
        understood: job.understood,
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
