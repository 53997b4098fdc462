// `codesign --pareto accuracy-loss,energy`: what each precision loses, measured, beside the best machine that has it, searched.

import { counted } from '../../base/text.js';
import { printPrecisionFront, onFront, precisionFrontSchema } from '../../results/precision-front-result.js';
import type { PrecisionFront, PrecisionPoint } from '../../results/precision-front-result.js';
import { finite } from '../../results/codesign-answer.js';
import { limitsAsGiven, measureBest } from '../../results/codesign-figures.js';
import type { FrontMetric } from '../../results/codesign-result.js';
import { coverageFile } from '../../results/coverage-fields.js';
import { spaceOf } from '../../results/space-named.js';
import { stamped } from '../../results/stamp.js';
import { withinResult } from '../../results/schedule-result.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { spaceWithResidency } from '../../model/space/design-space.js';
import type { Codesign } from '../../tuner/codesign/codesign-hooks.js';
import type { TellSchedules } from '../../library/codesign-schedules.js';
import { machinesWithSchedules } from '../../library/codesign-schedules.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { nth } from '../../base/invariant.js';
import { precisionText } from '../../quantize/quantize-options.js';
import { precisionFrontFigure, precisionFrontTable } from '../../report/tables/precision-front-table.js';
import { draw } from '../../report/figures/draw-lazily.js';
import { whyText } from '../../tuner/codesign/codesign-reason.js';
import { complain } from '../files.js';
import type { ExitCode } from '../io.js';
import { exit } from '../io.js';
import { measured, recorded, spaceAt } from '../loss/measured-losses.js';
import type { Measured } from '../loss/measured-losses.js';
import type { CodesignJob } from './codesign-question.js';
import type { Work } from './codesign-work.js';
import { columnsOf, leftOut, searched, tablesWanted, writeAll } from './codesign-work.js';

export async function findPrecisions(
  work: Work,
  network: string,
  job: CodesignJob,
  metric: FrontMetric,
): Promise<ExitCode> {
  const { io, options, interruption } = work;
  const losses = await measured(work, network, Infinity, job.precisions);
  if (typeof losses === 'number') return losses;
  const points = await pointsOf(work, job, metric, losses);
  const file = fileOf(job, metric, losses, points);
  const found = points.some((p) => p.value !== null);
  if (found && tablesWanted(options)) io.out(`${precisionFrontTable(file)}\n${leftOut(job.request)}`);
  const written = await writeAll(io, [
    [options.json, () => printPrecisionFront(stamped(file, io.version))],
    [found ? options.figure : undefined, () => draw(precisionFrontFigure(file))],
  ]);
  if (!written.ok) return complain(io, written.diagnostics);
  if (interruption.happened()) {
    io.err(
      `interrupted: ${points.length} of ${counted(file.asked, 'precision')} were searched, ` +
        `${points.filter(isSettled).length} to the end\n`,
    );
    return exit.interrupted;
  }
  if (points.every((p) => p.status === 'infeasible')) {
    io.err(`infeasible with every precision: ${nth(points, 0).reason}\n`);
    return exit.infeasible;
  }
  return points.every(isSettled) ? exit.done : exit.unsettled;
}

const isSettled = ({ status }: Searched): boolean => status === 'optimal' || status === 'infeasible';

type Searched = Omit<PrecisionPoint, 'front'>;

/** One search for each precision, the next once the one before is done; what is finished is kept where it is interrupted. */
async function pointsOf(
  work: Work,
  job: CodesignJob,
  metric: FrontMetric,
  { precisions }: Measured,
): Promise<readonly Searched[]> {
  const { request } = job;
  const codesignAt = codesignsAt(work, job);
  // The weight of the only network says nothing.
  const alone = { ...request, objective: metric, networks: request.networks.map((n) => ({ ...n, weight: 1 })) };
  const points: Searched[] = [];
  for (const [i, precision] of precisions.entries()) {
    if (work.interruption.happened()) break;
    const title = `${i + 1} of ${precisions.length}, ${precisionText(precision)}`;
    const own = { ...alone, space: spaceAt(request.space, [precision]) };
    const { codesign, tell } = codesignAt(own.space);
    const result = await searched(work, own, title, {}, codesign);
    const { best, bound, status, seconds } = result;
    const { schedules = [] } = tell?.(own, result) ?? {};
    points.push({
      ...recorded(precision),
      status,
      value: best ? measureBest(alone, metric, best) : null,
      bound: bound > 0 ? finite(bound) : null,
      area: best?.area ?? null,
      reason: whyText(result),
      seconds,
      point: best?.point ?? null,
      ...(schedules.length > 0 && { schedules: schedules.map(withinResult) }),
    });
  }
  return points;
}

/** How a space of one precision is searched: with schedules where they are asked for. */
function codesignsAt(
  work: Work,
  { schedules: { asked } }: CodesignJob,
): (space: DesignSpace) => { readonly codesign: Codesign; readonly tell?: TellSchedules } {
  if (!asked) return () => ({ codesign: work.engine.codesign });
  return (space) => machinesWithSchedules({ ...asked, space }, columnsOf(work));
}

function fileOf(
  { request, space, schedules: { asked, unscheduled } }: CodesignJob,
  metric: FrontMetric,
  { question, precisions }: Measured,
  points: readonly Searched[],
): PrecisionFront {
  const { network } = nth(request.networks, 0);
  const { files, calibration, validation, unsigned } = question;
  const front = onFront(points);
  return {
    schema: precisionFrontSchema,
    network: { name: network.name, ...coverageFile(coverageOf(network)) },
    space: asked
      ? spaceOf(spaceWithResidency(space), spaceWithResidency(request.space))
      : spaceOf(space, request.space),
    metric,
    limits: limitsAsGiven(request),
    unsigned,
    calibrate: { file: files.calibrate, samples: calibration.count },
    validate: { file: files.validate, samples: validation.count },
    asked: precisions.length,
    points: points.map((p, i) => ({ ...p, front: nth(front, i) })),
    ...(unscheduled !== undefined && { unscheduled }),
  };
}
