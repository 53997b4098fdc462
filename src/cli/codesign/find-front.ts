// `codesign --pareto`: one search after the other, and the front in every form that was asked for.

import { counted } from '../../base/text.js';
import { defined } from '../../base/invariant.js';
import { printCodesignResult } from '../../results/codesign-result.js';
import { stamped } from '../../results/stamp.js';
import { frontFigure, frontTable } from '../../report/tables/front-table.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import { whyText } from '../../tuner/codesign/codesign-reason.js';
import { openFrontCheckpoint } from './checkpoint.js';
import { Learned } from '../../tuner/codesign/learned.js';
import type { Front } from '../../results/front-answer.js';
import { traceFront } from '../../library/trace-front.js';
import { frontFile } from '../../results/front-answer.js';
import { defaultPoints } from '../../options/codesign-table.js';
import type { CodesignJob } from './codesign-question.js';
import { draw } from '../../report/figures/draw-lazily.js';
import { complain } from '../files.js';
import type { ExitCode } from '../io.js';
import { exit } from '../io.js';
import type { Work } from './codesign-work.js';
import { leftOut, search, tablesWanted, withReason, writeAll } from './codesign-work.js';

export async function findFront(
  work: Work,
  { request, space }: CodesignJob,
  metrics: NonNullable<CodesignJob['front']>,
): Promise<ExitCode> {
  const { io, options, interruption } = work;
  const learned = new Learned();
  const { points = defaultPoints, quiet = false } = options;
  const saving = openFrontCheckpoint(io, options.checkpoint, request, { metrics, points, quiet });
  if (!saving.ok) return complain(io, saving.diagnostics);
  const { kept, finish } = saving.value;
  const front = await traceFront(
    request,
    metrics,
    points,
    (r, title, index) => search(work, r, title, { ...kept(index), learned }),
    interruption.happened,
    saving.value,
  );
  const found = front.points.some((p) => p.best);
  const file = frontFile(request, space, metrics, front);
  const clocks = request.space.menus.clock;
  const clock = clocks.length === 1 ? clocks[0] : undefined;
  if (found && tablesWanted(options)) io.out(`${frontTable(file, clock)}\n${leftOut(request)}`);
  const saved = finish();
  if (!saved.ok) return complain(io, saved.diagnostics);
  const written = await writeAll(io, [
    [options.json, () => printCodesignResult(stamped(file, io.version))],
    [found ? options.figure : undefined, () => draw(frontFigure(file, clock))],
  ]);
  if (!written.ok) return complain(io, written.diagnostics);
  return endedFront(work, request, front);
}

async function endedFront(work: Work, request: CodesignRequest, { points }: Front): Promise<ExitCode> {
  const { io, interruption } = work;
  if (interruption.happened()) {
    io.err(`interrupted after ${counted(points.length, 'point')}\n`);
    return exit.interrupted;
  }
  // Without a machine where only the limits of the request hold, there is none at all.
  const free = defined(points.at(-1));
  if (free.status === 'infeasible') {
    io.err(`infeasible: ${whyText(await withReason(work, request, free.result))}\n`);
    return exit.infeasible;
  }
  if (!free.best)
    io.err(
      `no machine was found: ${whyText(free.result) || 'the time ran out'}; give it more time with --time-limit\n`,
    );
  return points.every((p) => p.status === 'optimal') ? exit.done : exit.unsettled;
}
