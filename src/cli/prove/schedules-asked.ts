// Which questions of `prove` are asked with schedules, so that tensors stay in the global buffer: within limits that schedules can keep,
// unless --no-residency is given. What other options stand in the way of is named here; what the question itself
// does, in the library.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, printDiagnostic, refuse } from '../../base/diagnostics.js';
import type { ProveSchedulesAsked } from '../../library/prove-schedules.js';
import { beyondSchedules, nothingToSave, schedulesToAsk } from '../../library/schedulable-to-prove.js';
import type { Unscheduled } from '../../library/schedulable.js';
import { noLimitOn, unscheduled } from '../../library/schedulable.js';
import type { ProveOptions } from '../../options/prove-table.js';
import type { ProveRequest } from '../../tuner/prove/prove-request.js';
import { accuracyLoss } from '../loss/loss-limit.js';
import type { Workload } from '../read-workload.js';
import type { SchedulesWanted } from '../schedules-wanted.js';
import { drop, groupsApart, stepsLeftOut } from '../schedules-wanted.js';

/** `loss`: the share of samples that may be lost, where that is limited. */
function refusedBy({ diagonal, layersOnly, layer }: ProveOptions, loss: number | undefined): Unscheduled | undefined {
  if (loss !== undefined) return noLimitOn(accuracyLoss);
  if (layersOnly) return stepsLeftOut;
  if (layer !== undefined) return drop('--layer', 'schedules are of whole networks');
  return diagonal ? undefined : groupsApart;
}

function asked(
  { graph }: Pick<Workload, 'graph'>,
  request: ProveRequest,
  folds: boolean,
): { readonly kind: 'schedulable'; readonly asked: ProveSchedulesAsked } | Unscheduled {
  const read = graph?.();
  if (read && !read.ok) return unscheduled(read.diagnostics.map(printDiagnostic).join('; '), 'give another network');
  return schedulesToAsk(request, read?.value, folds);
}

export function schedulesIn(
  options: ProveOptions,
  workload: Pick<Workload, 'graph'>,
  request: ProveRequest,
  loss: number | undefined,
): Parsed<SchedulesWanted<ProveSchedulesAsked>> {
  const { residency, folds } = options;
  if (residency === false) return parsed({});
  const refusal = ({ why, way }: Unscheduled) =>
    refuse('conflict', [], `--residency: ${why}; ${way}, or drop --residency`);
  const silent = beyondSchedules(request, !workload.graph) ?? (loss === undefined ? nothingToSave(request) : undefined);
  if (silent) return residency ? refusal(silent) : parsed({});
  const may = refusedBy(options, loss) ?? asked(workload, request, folds);
  if (may.kind === 'schedulable') return parsed({ asked: may.asked });
  return residency ? refusal(may) : parsed({ unscheduled: may.why });
}
