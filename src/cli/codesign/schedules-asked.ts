// Which questions of the command line are asked with schedules, so that tensors stay in the global buffer: all that can be, unless
// --no-residency is given. What other options stand in the way of is named here; what the question itself does, in the library.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, printDiagnostic, refuse } from '../../base/diagnostics.js';
import type { Schedulable, Unscheduled } from '../../library/schedulable.js';
import { noLimitOn, schedulable, unscheduled } from '../../library/schedulable.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import type { Metrics } from '../../results/front-answer.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import { accuracyLoss } from '../loss/loss-limit.js';
import type { Workload } from '../read-workload.js';
import type { SchedulesWanted } from '../schedules-wanted.js';
import { drop, groupsApart, stepsLeftOut } from '../schedules-wanted.js';

/** What is asked for beside a machine, or in its place. */
interface AskedFor {
  /** The share of samples that may be lost, where that is limited. */
  readonly loss: number | undefined;
  /** Between which costs a front lies, where one is asked for. */
  readonly metrics: Metrics | undefined;
}

function refusedBy(
  { diagonal, pareto, explain, certificate, layersOnly }: CodesignOptions,
  { loss, metrics }: AskedFor,
): Unscheduled | undefined {
  if (pareto !== undefined && !metrics)
    return drop('--pareto', 'fronts over accuracy are of machines without schedules');
  if (explain) return drop('--explain', 'parameters are moved on machines without schedules');
  if (certificate !== undefined) return drop('--certificate', 'certificates are of machines without schedules');
  if (layersOnly) return stepsLeftOut;
  if (loss !== undefined) return noLimitOn(accuracyLoss);
  return diagonal ? undefined : groupsApart;
}

export function schedulesIn(
  options: CodesignOptions,
  workloads: readonly Pick<Workload, 'graph'>[],
  request: CodesignRequest,
  wanted: AskedFor,
): Parsed<SchedulesWanted> {
  const { residency, folds, schedule } = options;
  if (residency === false)
    return schedule === undefined
      ? parsed({})
      : refuse('no-effect', [], '--schedule says which tensors stay in the global buffer; drop --no-residency');
  if (schedule === '-' && workloads.length > 1)
    return refuse(
      'conflict',
      [],
      '--schedule -: each network has a schedule of its own; name a file, from whose name theirs are made',
    );
  const may = refusedBy(options, wanted) ?? asked(workloads, request, wanted.metrics);
  if (may.kind === 'schedulable') return parsed({ asked: { space: request.space, networks: may.networks, folds } });
  const by = residency === true ? '--residency' : schedule === undefined ? undefined : '--schedule';
  return by === undefined
    ? parsed({ unscheduled: may.why })
    : refuse('conflict', [], `${by}: ${may.why}; ${may.way}, or drop ${by}`);
}

function asked(
  workloads: readonly Pick<Workload, 'graph'>[],
  request: CodesignRequest,
  metrics: Metrics | undefined,
): Schedulable {
  const read = workloads.map(({ graph }) => graph?.());
  const [fault] = faultsOf(...read.flatMap((graph) => graph ?? []));
  if (fault) return unscheduled(printDiagnostic(fault), 'give another network');
  return schedulable(
    request,
    read.map((graph) => (graph?.ok ? graph.value : undefined)),
    metrics,
  );
}
