// `magnet compare`: strategies on the same questions, with the same wall time, held against a proven bound.

import { counted } from '../../base/text.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { printCompareResult } from '../../results/compare-result.js';
import { stamped } from '../../results/stamp.js';
import { compareFigure } from '../../report/figures/compare-figure.js';
import { compareText, planText } from '../../report/tables/compare-table.js';
import { wholeCurves } from '../../report/figures/compare-curves.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { freeNote, leftOutText } from '../../report/tables/coverage-text.js';
import type { Comparison } from '../../tuner/compare/comparison.js';
import { comparisonOf } from '../../tuner/compare/comparison.js';
import type { Played } from '../../tuner/compare/compete.js';
import { compete } from '../../tuner/compare/compete.js';
import { missingSolvers } from '../../tuner/compare/contestants.js';
import { contestOf } from '../../tuner/compare/contest.js';
import type { Arenas, MakeArenas } from '../workers.js';
import type { CompareJob } from './compare-job.js';
import { askedBy } from './compare-job.js';
import type { CompareOptions } from '../../options/compare-table.js';
import { compareReasons, impossibleIn } from '../../library/compare-reasons.js';
import { makeCompareProgress } from './compare-progress.js';
import { prepareCompare } from './compare-question.js';
import { compareResult, offenderText } from '../../results/compare-answer.js';
import { draw } from '../../report/figures/draw-lazily.js';
import { openTasks } from '../workers.js';
import { complain, writeText } from '../files.js';
import type { Interruption } from '../interruption.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';

export async function compare(io: Io, given: string, options: CompareOptions, make: MakeArenas): Promise<ExitCode> {
  const prepared = prepareCompare(io, given, options, await missingSolvers());
  if (!prepared.ok) return complain(io, prepared.diagnostics);
  const job = prepared.value;
  for (const line of job.understood) io.err(`${line}\n`);
  if (job.hopeless !== undefined) {
    io.err(`${job.hopeless}\n`);
    return exit.infeasible;
  }
  const free = freeNote(coverageOf(job.network));
  const { arenas, contestants, repeat } = job.request;
  if (!options.quiet)
    for (const note of [
      ...job.notes,
      ...(free === '' ? [] : [free]),
      planText(arenas.length * contestants.length * repeat, options.time, options.workers),
    ])
      io.err(`${note}\n`);
  const engine = make(options.workers, io.now);
  const interruption = listen(io);
  try {
    const played = await play(io, job, options, engine, interruption);
    const comparison = comparisonOf(job.request, played);
    const reasons = await Promise.race([
      reasonsFor(io, job, options.proofTime, comparison, interruption),
      interruption.happening.then((): ReadonlyMap<string, string> => new Map()),
    ]);
    const written = await report(io, job, options, comparison, reasons);
    for (const [name, reason] of reasons) io.err(`${name} is infeasible: ${reason}\n`);
    for (const offender of comparison.offenders) io.err(`${offenderText(offender)}\n`);
    if (!written.ok) return complain(io, written.diagnostics);
    if (comparison.offenders.length > 0) {
      io.err(
        'magnet contradicts itself, which is a bug in magnet and not in your input; ' +
          'please report it with the command line and the files that led here\n',
      );
      return exit.bug;
    }
    if (interruption.happened()) {
      io.err(`interrupted after ${counted(played.length, 'run')}\n`);
      return exit.interrupted;
    }
    if (comparison.arenas.some(({ reference }) => reference.bound === Infinity)) return exit.infeasible;
    return comparison.arenas.every(({ reference }) => reference.proved) ? exit.done : exit.unsettled;
  } finally {
    interruption.release();
    await engine.close();
  }
}

/** What was done until all was done, or until Ctrl-C, which gives up the runs at work. */
async function play(
  io: Io,
  job: CompareJob,
  options: CompareOptions,
  engine: Arenas,
  interruption: Interruption,
): Promise<readonly Played[]> {
  const progress = makeCompareProgress(io, job.request, options.quiet ?? false);
  const done: Played[] = [];
  const all = compete(job.request, {
    width: engine.width,
    run: (turn, improved) => engine.run(contestOf(job.question, job.request, options, turn), improved),
    event(event) {
      if (interruption.happened()) return;
      if (event.kind === 'finished') done.push(event.played);
      progress.event(event);
    },
    stopped: interruption.happened,
  });
  await Promise.race([all, interruption.happening]);
  progress.end();
  return done;
}

/** Asked only where there is something to explain: workers are opened for it. */
async function reasonsFor(
  io: Io,
  job: CompareJob,
  proofTime: number,
  comparison: Comparison,
  { happened: stopped }: Interruption,
): Promise<ReadonlyMap<string, string>> {
  const impossible = impossibleIn(comparison);
  if (impossible.length === 0) return new Map();
  const [runner, logic] = [openTasks(1), openTasks(1)];
  try {
    return await compareReasons(job, proofTime, impossible, { runner, logic, now: io.now, stopped });
  } finally {
    await Promise.all([runner.close(), logic.close()]);
  }
}

/** The tables to standard output, unless that is where a file goes. */
async function report(
  io: Io,
  job: CompareJob,
  options: CompareOptions,
  comparison: Comparison,
  reasons: ReadonlyMap<string, string>,
): Promise<Parsed<undefined>> {
  const { json, svg } = options;
  const result = compareResult(askedBy(job, options), comparison, reasons);
  const [title, total] = [titleOf(job, options), job.request.arenas.length];
  const left = leftOutText(coverageOf(job.network));
  if (![json, svg].includes('-'))
    io.out(`${compareText(result, { title, total })}\n${left === '' ? '' : `\n${left}\n`}`);
  const curves = svg === undefined ? undefined : wholeCurves(result, title, total);
  const written = [
    json === undefined ? parsed(undefined) : writeText(io, json, printCompareResult(stamped(result, io.version))),
    svg === undefined || !curves ? parsed(undefined) : writeText(io, svg, await draw(compareFigure(curves))),
  ];
  if (svg !== undefined && !curves) io.err(`no figure is written to ${svg}: no layer was finished\n`);
  return written.find((w) => !w.ok) ?? parsed(undefined);
}

/** A part must not pass for the whole. */
function titleOf({ network, on }: CompareJob, { layer }: CompareOptions): string {
  const [first, ...more] = network.layers;
  const part =
    layer === undefined || !first
      ? ''
      : more.length === 0
        ? `${first.layer.name} of `
        : `${network.layers.length} layers of `;
  return `${part}${network.name} on ${on}`;
}
