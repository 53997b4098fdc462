// The search of `codesign` with schedules: a machine with a schedule of each network.

import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { machinesWithSchedules } from '../../library/codesign-schedules.js';
import { spaceWithResidency } from '../../model/space/design-space.js';
import type { SchedulesAsked } from '../../library/codesign-schedules.js';
import type { Explained } from '../../results/codesign-answer.js';
import { scheduleText } from '../../report/tables/schedule-table.js';
import type { ScheduleResult } from '../../results/schedule-result.js';
import { printScheduleResult } from '../../results/schedule-result.js';
import { stamped } from '../../results/stamp.js';
import type { CodesignHooks } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignResult } from '../../tuner/codesign/codesign-request.js';
import { filesBeside, writeText } from '../files.js';
import type { CodesignJob } from './codesign-question.js';
import type { Work } from './codesign-work.js';
import { explainedBy, searchedFor } from './explained.js';
import { columnsOf, searched, tablesWanted, withReason } from './codesign-work.js';

interface FoundScheduled {
  readonly result: CodesignResult;
  /** About the layers of the result, in the space that was searched. */
  readonly job: CodesignJob;
  /** Of each network on the machine found. */
  readonly schedules: readonly ScheduleResult[];
  readonly explained: Explained | undefined;
  /** Writes the schedules and says what stays. */
  readonly tell: () => Parsed<undefined>;
}

export async function findScheduled(
  work: Work,
  job: CodesignJob,
  asked: SchedulesAsked,
  kept: Pick<CodesignHooks, 'resume' | 'checkpoint'>,
): Promise<FoundScheduled> {
  const { io, options } = work;
  const deadline = io.now() + job.request.timeLimit * 1000;
  const { codesign, tell, stepCosts } = machinesWithSchedules(asked, columnsOf(work));
  const result = await searched(work, searchedFor(job.request, options), '', kept, codesign);
  const { schedules, request } = tell(job.request, result);
  return {
    result: await withReason(work, job.request, result, codesign),
    schedules,
    // Elasticities are of programs in which nothing stays.
    explained: await explainedBy(work, { stepCosts }, job.request, result, deadline),
    // Programs are those of the schedules, which count their writes.
    job: { ...job, request, space: spaceWithResidency(job.space), configured: [] },
    tell: () => {
      const names = schedules.length > 1 ? schedules.map(({ network }) => network) : [];
      if (tablesWanted(options))
        for (const [k, schedule] of schedules.entries())
          io.out(`\n${names[k] === undefined ? '' : `${names[k]}: `}${scheduleText(schedule)}\n`);
      const { schedule: path } = options;
      if (path === undefined) return parsed(undefined);
      const paths = names.length > 0 ? filesBeside(path, names) : [path];
      const written = schedules.map((schedule, k) =>
        writeText(io, nth(paths, k), printScheduleResult(stamped(schedule, io.version))),
      );
      return written.find((w) => !w.ok) ?? parsed(undefined);
    },
  };
}
