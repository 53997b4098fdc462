// Which questions of the command line are asked with schedules, so that tensors stay in the global buffer: all that can be, unless
// --no-residency is given. What other options stand in the way of is named here; what the question itself does, in the library.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, printDiagnostic, refuse } from '../../base/diagnostics.js';
import type { Schedulable, Unscheduled } from '../../library/schedulable.js';
import { schedulable, unscheduled } from '../../library/schedulable.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { atPrecisions } from '../../model/space/design-space.js';
import type { Precision } from '../../quantize/quantize-options.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import type { Workload } from '../read-workload.js';
import type { AskedFront } from './asked-front.js';
import type { SchedulesWanted } from '../schedules-wanted.js';
import { drop, groupsApart, stepsLeftOut } from '../schedules-wanted.js';

/** What is asked for beside a machine, or in its place. */
interface AskedFor {
  readonly front: AskedFront | undefined;
  /** Of which those are left that keep enough accuracy, where that is asked about. */
  readonly precisions: readonly Precision[] | undefined;
}

function refusedBy({ diagonal, certificate, layersOnly }: CodesignOptions): Unscheduled | undefined {
  if (certificate !== undefined) return drop('--certificate', 'certificates are of machines without schedules');
  if (layersOnly) return stepsLeftOut;
  return diagonal ? undefined : groupsApart;
}

export function schedulesIn(
  options: CodesignOptions,
  workloads: readonly Pick<Workload, 'graph'>[],
  request: CodesignRequest,
  beside: AskedFor,
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
  const may = refusedBy(options) ?? asked(workloads, request, beside);
  if (may.kind === 'schedulable') return parsed({ asked: { space: request.space, networks: may.networks, folds } });
  const by = residency === true ? '--residency' : schedule === undefined ? undefined : '--schedule';
  return by === undefined
    ? parsed({ unscheduled: may.why })
    : refuse('conflict', [], `${by}: ${may.why}; ${may.way}, or drop ${by}`);
}

function asked(
  workloads: readonly Pick<Workload, 'graph'>[],
  request: CodesignRequest,
  { front, precisions }: AskedFor,
): Schedulable {
  const read = workloads.map(({ graph }) => graph?.());
  const [fault] = faultsOf(...read.flatMap((graph) => graph ?? []));
  if (fault) return unscheduled(printDiagnostic(fault), 'give another network');
  return schedulable(
    precisions ? { ...request, space: withWords(request.space, precisions) } : request,
    read.map((graph) => (graph?.ok ? graph.value : undefined)),
    front && (front.kind === 'costs' ? front.metrics : [front.metric]),
  );
}

/** Sums have the width of a product until it is measured: what may stay does not depend on it. */
const withWords = (space: DesignSpace, precisions: readonly Precision[]): DesignSpace =>
  atPrecisions(
    space,
    precisions.map(({ weightBits, bits }) => ({
      weightPrecision: weightBits,
      inputPrecision: bits,
      accumPrecision: weightBits + bits,
    })),
  );
