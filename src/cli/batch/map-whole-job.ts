// A `kind: map` job about the network as a whole, `objective: edp`: one part, whose layers' columns are asked of the workers.

import { defined } from '../../base/invariant.js';
import { shapeKey } from '../../model/workload/layer.js';
import { mapResult, mapResultNetwork } from '../../results/map-answer.js';
import type { MapResult, MapResultNetwork } from '../../results/map-result.js';
import { goalOf } from '../../tuner/map-network.js';
import type { WholeGoal } from '../../tuner/network/map-whole.js';
import { mapWhole } from '../../tuner/network/map-whole.js';
import { columnsOn } from '../../tuner/on-workers.js';
import type { JobSpec } from '../../interchange/job-file.js';
import type { MapJob } from '../map/map-verb.js';
import type { Prepared } from './kind.js';
import { edpNote, labelOf, onePart, sharedBy } from './kind.js';

type Answered = MapResult & { readonly network: MapResultNetwork };

export function wholeJob(spec: JobSpec, job: MapJob, whole: WholeGoal, now: () => number): Prepared {
  const { request, limits, machine } = job;
  const { network, gap, timeLimit, seed } = request;
  return onePart<Answered>({
    label: labelOf(spec, network.name, machine.name),
    understood: [...limits.understood, ...edpNote(spec, network.name)],
    content: JSON.stringify([
      network.name,
      whole,
      network.layers.map(({ layer, count }) => [
        layer.name,
        count,
        shapeKey(layer),
        sharedBy({ ...request, goal: goalOf(request, layer) }, [gap, timeLimit, seed]),
      ]),
      machine.name,
      limits.area,
    ]),
    async solve(run) {
      const mapped = await mapWhole({ ...request, machine: defined(request.machine) }, whole, {
        now,
        columns: columnsOn({ run }),
        stopped: () => false,
      });
      const answer = mapResultNetwork(whole.objective, mapped.answer, mapped.without);
      return { ...mapResult({ ...job, request: mapped.request }, mapped.results, answer), network: answer };
    },
    conclude: ({ layers, network: { status, value, bound, gap: open, reason } }) => ({
      status,
      settled: status === 'optimal' || status === 'infeasible',
      objective: value,
      bound,
      gap: open,
      seconds: layers.reduce((n, l) => n + l.seconds, 0),
      reason,
    }),
  });
}
