// `codesign --pareto`: one search after the other, and the front in every form that was asked for.

import { spaceWithResidency } from '../../model/space/design-space.js';
import { counted } from '../../base/text.js';
import { defined, nth } from '../../base/invariant.js';
import { printCodesignResult } from '../../results/codesign-result.js';
import { printDesign } from '../../results/design-file.js';
import { printScheduleResult } from '../../results/schedule-result.js';
import { stamped } from '../../results/stamp.js';
import { frontFigure, frontTable } from '../../report/tables/front-table.js';
import type { Codesign } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import { whyText } from '../../tuner/codesign/codesign-reason.js';
import { openFrontCheckpoint, saidOf } from './checkpoint.js';
import { Learned } from '../../tuner/codesign/learned.js';
import type { Front } from '../../results/front-answer.js';
import type { TellSchedules } from '../../library/codesign-schedules.js';
import type { ToldPoint } from '../../library/front-points.js';
import { designOfPoint, toldPoints } from '../../library/front-points.js';
import { traceFront } from '../../library/trace-front.js';
import { frontFile } from '../../results/front-answer.js';
import { codesignVerb, defaultPoints } from '../../options/codesign-table.js';
import { commandLine } from '../../options/command-line.js';
import type { CodesignJob } from './codesign-question.js';
import { draw } from '../../report/figures/draw-lazily.js';
import { complain, filesBeside } from '../files.js';
import type { ExitCode } from '../io.js';
import { exit } from '../io.js';
import type { Work } from './codesign-work.js';
import { columnsOf, leftOut, searched, tablesWanted, withReason, writeAll } from './codesign-work.js';

type Metrics = NonNullable<CodesignJob['front']>;

export async function findFront(
  work: Work,
  given: readonly string[],
  asked: CodesignJob,
  metrics: Metrics,
): Promise<ExitCode> {
  const { io, options, interruption } = work;
  const { codesign, tell, job } = await searching(work, asked);
  const { request, space, schedules } = job;
  const learned = new Learned();
  const { points = defaultPoints, quiet = false } = options;
  const saving = openFrontCheckpoint(io, options.checkpoint, request, {
    metrics,
    points,
    quiet,
    ...(schedules.asked && { schedules: saidOf(schedules.asked) }),
  });
  if (!saving.ok) return complain(io, saving.diagnostics);
  const { kept, finish } = saving.value;
  const front = await traceFront(
    request,
    metrics,
    points,
    (r, title, index) => searched(work, r, title, { ...kept(index), learned }, codesign),
    interruption.happened,
    saving.value,
  );
  const found = front.points.some((p) => p.best);
  const told = toldPoints(request, metrics, front, tell);
  const file = frontFile(request, space, metrics, front, {
    schedules: told.map((point) => point.schedules),
    unscheduled: schedules.unscheduled,
  });
  const clocks = request.space.menus.clock;
  const clock = clocks.length === 1 ? clocks[0] : undefined;
  if (found && tablesWanted(options)) io.out(`${frontTable(file, clock)}\n${leftOut(request)}`);
  const saved = finish();
  if (!saved.ok) return complain(io, saved.diagnostics);
  const written = await writeAll(io, [
    [options.json, () => printCodesignResult(stamped(file, io.version))],
    [found ? options.figure : undefined, () => draw(frontFigure(file, clock))],
    ...filesOfPoints(work, given, job, front, told),
  ]);
  if (!written.ok) return complain(io, written.diagnostics);
  return endedFront(work, request, front, schedules.asked && codesign);
}

interface Searching {
  readonly codesign: Codesign;
  readonly tell?: TellSchedules;
  /** In the space that is searched. */
  readonly job: CodesignJob;
}

/** With schedules where they are asked for. */
async function searching(work: Work, job: CodesignJob): Promise<Searching> {
  const { asked } = job.schedules;
  if (!asked) return { codesign: work.engine.codesign, job };
  const { machinesWithSchedules } = await import('../../library/codesign-schedules.js');
  const { request, space } = job;
  return {
    ...machinesWithSchedules(asked, columnsOf(work)),
    job: {
      ...job,
      request: { ...request, space: spaceWithResidency(request.space) },
      space: spaceWithResidency(space),
    },
  };
}

/** A design and schedules of every point with a machine, in files numbered from the tightest limit on. */
function filesOfPoints(
  { io, options }: Work,
  given: readonly string[],
  { request: { networks }, space, schedules: { asked } }: CodesignJob,
  { points }: Front,
  told: readonly ToldPoint[],
): readonly (readonly [path: string, text: () => string])[] {
  const called = {
    magnet: io.version,
    node: io.node,
    command: commandLine(codesignVerb, [given], { ...options, residency: asked !== undefined }),
  };
  const numbers = points.map((_, i) => `${i + 1}`);
  const ofPoints = (path: string | undefined) => (path === undefined ? [] : filesBeside(path, numbers));
  const [designs, scheduled] = [ofPoints(options.design), ofPoints(options.schedule)];
  return points.flatMap((point, i) => {
    const own = nth(told, i);
    const { schedules } = own;
    const design = designOfPoint(point, own, space, called);
    if (!design) return [];
    const paths = scheduled.slice(i, i + 1).flatMap((path) =>
      networks.length > 1
        ? filesBeside(
            path,
            schedules.map(({ network }) => network),
          )
        : [path],
    );
    return [
      ...designs.slice(i, i + 1).map((path) => [path, () => printDesign(design)] as const),
      ...paths.map((path, k) => [path, () => printScheduleResult(stamped(nth(schedules, k), io.version))] as const),
    ];
  });
}

async function endedFront(
  work: Work,
  request: CodesignRequest,
  { points }: Front,
  codesign: Codesign | undefined,
): Promise<ExitCode> {
  const { io, interruption } = work;
  if (interruption.happened()) {
    io.err(`interrupted after ${counted(points.length, 'point')}\n`);
    return exit.interrupted;
  }
  // Without a machine where only the limits of the request hold, there is none at all.
  const free = defined(points.at(-1));
  if (free.status === 'infeasible') {
    io.err(`infeasible: ${whyText(await withReason(work, request, free.result, codesign))}\n`);
    return exit.infeasible;
  }
  if (!free.best)
    io.err(
      `no machine was found: ${whyText(free.result) || 'the time ran out'}; give it more time with --time-limit\n`,
    );
  return points.every((p) => p.status === 'optimal') ? exit.done : exit.unsettled;
}
