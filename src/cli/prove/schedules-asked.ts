// Which questions of `prove` are asked with schedules, so that tensors stay in the global buffer: about a space, within limits that
// schedules can keep, unless --no-residency is given. What other options stand in the way of is named here; what the question itself
// does, in the library.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, printDiagnostic, refuse } from '../../base/diagnostics.js';
import { nothingToSave, schedulableToProve } from '../../library/schedulable-to-prove.js';
import type { Schedulable, Unscheduled } from '../../library/schedulable.js';
import { noLimitOn, unscheduled } from '../../library/schedulable.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { ProveOptions } from '../../options/prove-table.js';
import type { ProveRequest } from '../../tuner/prove/prove-request.js';
import { accuracyLoss } from '../loss/loss-limit.js';
import type { Workload } from '../read-workload.js';
import type { SchedulesWanted } from '../schedules-wanted.js';
import { drop, groupsApart, stepsLeftOut } from '../schedules-wanted.js';

/** Where schedules have nothing to say, which goes without saying where nobody asks for them. */
function outside(request: ProveRequest, loss: number | undefined): Unscheduled | undefined {
  if (request.candidates.kind === 'machine')
    return unscheduled('of one machine "magnet schedule --limit" answers', 'name a --space');
  return loss === undefined ? nothingToSave(request) : undefined;
}

/** `loss`: the share of samples that may be lost, where that is limited. */
function refusedBy({ diagonal, layersOnly, layer }: ProveOptions, loss: number | undefined): Unscheduled | undefined {
  if (loss !== undefined) return noLimitOn(accuracyLoss);
  if (layersOnly) return stepsLeftOut;
  if (layer !== undefined) return drop('--layer', 'schedules are of whole networks');
  return diagonal ? undefined : groupsApart;
}

function asked({ graph }: Pick<Workload, 'graph'>, request: ProveRequest, space: DesignSpace): Schedulable {
  const read = graph?.();
  return read && !read.ok
    ? unscheduled(read.diagnostics.map(printDiagnostic).join('; '), 'give another network')
    : schedulableToProve(request, space, read?.value);
}

export function schedulesIn(
  options: ProveOptions,
  workload: Pick<Workload, 'graph'>,
  request: ProveRequest,
  loss: number | undefined,
): Parsed<SchedulesWanted> {
  const { residency, folds } = options;
  const { candidates } = request;
  if (residency === false) return parsed({});
  const refusal = ({ why, way }: Unscheduled) =>
    refuse('conflict', [], `--residency: ${why}; ${way}, or drop --residency`);
  const silent = outside(request, loss);
  if (silent || candidates.kind === 'machine') return silent && residency ? refusal(silent) : parsed({});
  const { space } = candidates;
  const may = refusedBy(options, loss) ?? asked(workload, request, space);
  if (may.kind === 'schedulable') return parsed({ asked: { space, networks: may.networks, folds } });
  return residency ? refusal(may) : parsed({ unscheduled: may.why });
}
