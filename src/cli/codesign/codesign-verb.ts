// `magnet codesign`: the best machine of a design space and all mappings of some networks on it, with a proof.

import { defined, nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { printCodesignResult } from '../../results/codesign-result.js';
import { stamped } from '../../results/stamp.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { printDesign } from '../../results/design-file.js';
import { codesignTable, goalText } from '../../report/tables/codesign-table.js';
import { curveFigure } from '../../report/figures/curve-figure.js';
import { unscheduledText } from '../../report/tables/schedule-table.js';
import { explainTable } from '../../report/tables/explain-table.js';
import { freeNote } from '../../report/tables/coverage-text.js';
import type { NetworkConfiguration } from '../../compile/network-configuration.js';
import type { CodesignBest, CodesignRequest, CodesignResult } from '../../tuner/codesign/codesign-request.js';
import { whyText } from '../../tuner/codesign/codesign-reason.js';
import { openCheckpoint, saidOf } from './checkpoint.js';
import { codesignDesign } from '../../results/codesign-design.js';
import type { MakeEngine } from '../workers.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import { codesignVerb } from '../../options/codesign-table.js';
import { commandLine } from '../../options/command-line.js';
import type { CodesignJob } from './codesign-question.js';
import { prepareCodesign } from './codesign-question.js';
import type { ToldBeside } from '../../results/codesign-answer.js';
import type { AccuracyLimit } from '../../results/accuracy-limit-field.js';
import { precisionTable } from '../../report/tables/precision-table.js';
import type { Measured } from '../loss/measured-losses.js';
import { codesignResult } from '../../results/codesign-answer.js';
import { limitsUsed } from '../../results/codesign-figures.js';
import { goalUnit } from '../../model/cost/goal.js';
import { draw } from '../../report/figures/draw-lazily.js';
import { complain } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import type { Work } from './codesign-work.js';
import { leftOut, search, tablesWanted, withReason, writeAll } from './codesign-work.js';
import { explainedBy, searchedFor } from './explained.js';
import { findFront } from './find-front.js';

export async function codesign(
  io: Io,
  given: readonly string[],
  options: CodesignOptions,
  make: MakeEngine,
): Promise<ExitCode> {
  const job = prepareCodesign(io, given, options);
  if (!job.ok) return complain(io, job.diagnostics);
  for (const line of job.value.understood) io.err(`${line}\n`);
  const free = [
    ...new Set(
      job.value.request.networks.map(({ network }) => freeNote(coverageOf(network))).filter((note) => note !== ''),
    ),
  ];
  if (!options.quiet) for (const note of free) io.err(`${note}\n`);
  const work: Work = { io, options, engine: make(options.workers ?? io.cpus), interruption: listen(io) };
  try {
    const { unscheduled } = job.value.schedules;
    if (unscheduled !== undefined && !options.quiet) io.err(`note: ${unscheduledText(unscheduled)}\n`);
    if (job.value.lossAgainst !== undefined) {
      const { findPrecisions } = await import('./find-precisions.js');
      return await findPrecisions(work, nth(given, 0), job.value, job.value.lossAgainst);
    }
    if (job.value.front) return await findFront(work, given, job.value, job.value.front);
    if (job.value.loss !== undefined) return await findAccurate(work, given, job.value, job.value.loss);
    return await findMachine(work, given, job.value);
  } finally {
    work.interruption.release();
    await work.engine.close();
  }
}

/** Under a limit on accuracy: precisions are measured, and the space holds those that keep it. */
async function findAccurate(work: Work, given: readonly string[], job: CodesignJob, loss: number): Promise<ExitCode> {
  const { io } = work;
  const { measured, noneWithin, spaceAt } = await import('../loss/measured-losses.js');
  const measuring = { ...work, prune: work.options.allPrecisions !== true };
  const found = await measured(measuring, nth(given, 0), loss, job.precisions);
  if (typeof found === 'number') return found;
  if (found.allowed.length === 0) {
    io.err(`infeasible: ${noneWithin(found)}\n`);
    return exit.infeasible;
  }
  const space = spaceAt(job.request.space, found.allowed);
  const { asked } = job.schedules;
  const schedules = asked ? { asked: { ...asked, space } } : job.schedules;
  return findMachine(work, given, { ...job, schedules, request: { ...job.request, space } }, found);
}

/** With schedules where they are asked for. */
function findMachine(work: Work, given: readonly string[], job: CodesignJob, measured?: Measured): Promise<ExitCode> {
  const { asked } = job.schedules;
  return asked ? findBeside(work, given, job, asked, measured) : findBest(work, given, job, measured);
}

/** A machine with a schedule of each network. */
async function findBeside(
  work: Work,
  given: readonly string[],
  job: CodesignJob,
  asked: NonNullable<CodesignJob['schedules']['asked']>,
  measured: Measured | undefined,
): Promise<ExitCode> {
  const { io, options } = work;
  const { findScheduled } = await import('./find-scheduled.js');
  const saving = openCheckpoint(io, options.checkpoint, job.request, {
    quiet: options.quiet,
    schedules: saidOf(asked),
  });
  if (!saving.ok) return complain(io, saving.diagnostics);
  const found = await findScheduled(work, job, asked, saving.value.kept);
  const { schedules, explained, result } = found;
  const accuracy = await accuracyOf(measured, result);
  if (!accuracy.ok) return complain(io, accuracy.diagnostics);
  const more = { schedules, explained, accuracy: accuracy.value };
  for (const write of [saving.value.finish, () => report(work, given, found.job, result, more), found.tell]) {
    const written = await write();
    if (!written.ok) return complain(io, written.diagnostics);
  }
  return unlessUnshown(ended(work, result), accuracy.value);
}

/** What was found is done where it is shown too that it loses no more than may be lost. */
const unlessUnshown = (code: ExitCode, accuracy: AccuracyLimit | undefined): ExitCode =>
  code === exit.done && accuracy?.chosen !== undefined && accuracy.chosen.status !== 'within' ? exit.unsettled : code;

async function findBest(
  work: Work,
  given: readonly string[],
  job: CodesignJob,
  measured?: Measured,
): Promise<ExitCode> {
  const { io, options, engine } = work;
  const { request } = job;
  const saving = openCheckpoint(io, options.checkpoint, request, options);
  if (!saving.ok) return complain(io, saving.diagnostics);
  const deadline = io.now() + request.timeLimit * 1000;
  const found = await search(work, searchedFor(request, options), '', saving.value.kept);
  const result = await withReason(work, request, found);
  const explained = await explainedBy(work, engine, request, result, deadline);
  const accuracy = await accuracyOf(measured, result);
  if (!accuracy.ok) return complain(io, accuracy.diagnostics);
  const { unscheduled } = job.schedules;
  const more = { explained, accuracy: accuracy.value, unscheduled };
  for (const written of [saving.value.finish(), await report(work, given, job, result, more)])
    if (!written.ok) return complain(io, written.diagnostics);
  const certified = await certify(work, request, result, measured);
  if (!certified.ok) return complain(io, certified.diagnostics);
  const code = unlessUnshown(ended(work, result), accuracy.value);
  return code === exit.done && !certified.value ? exit.unsettled : code;
}

/** Undefined where it was not limited. */
async function accuracyOf(
  measured: Measured | undefined,
  { best }: CodesignResult,
): Promise<Parsed<AccuracyLimit | undefined>> {
  if (!measured) return parsed(undefined);
  const { accuracyFound } = await import('../loss/measured-losses.js');
  return accuracyFound(measured, best?.point);
}

/** Whether there is a certificate, where one was asked for. */
async function certify(
  { io, options: { certificate: file, quiet = false }, engine, interruption }: Work,
  request: CodesignRequest,
  result: CodesignResult,
  measured: Measured | undefined,
): Promise<Parsed<boolean>> {
  if (file === undefined) return parsed(true);
  const { writeCertificate } = await import('./certify.js');
  const leftOut = measured && (await import('../loss/measured-losses.js')).leftOutOf(measured);
  return writeCertificate({ io, engine, interruption, file, quiet, measured: leftOut }, request, result);
}

/** The answer in every form that was asked for; the tables unless standard output is taken. */
async function report(
  { io, options }: Work,
  given: readonly string[],
  { request, space, configured }: CodesignJob,
  result: CodesignResult,
  more: Omit<ToldBeside, 'configuration'>,
): Promise<Parsed<undefined>> {
  const { best } = result;
  const { explained, accuracy, schedules } = more;
  const configuration =
    schedules?.map((schedule) => schedule.configuration) ?? (best ? configurationFor(request, best, configured) : []);
  const file = codesignResult(request, space, result, { ...more, configuration });
  if (best && tablesWanted(options)) {
    const limits = limitsUsed(request, best);
    io.out(`${codesignTable(file, { space: request.space, gap: request.gap, limits })}\n${leftOut(request)}`);
    if (accuracy) io.out(`\n${precisionTable(accuracy)}\n`);
    if (explained) io.out(`\n${explainTable(file, limits)}\n`);
  }
  const asked = { ...options, objective: request.objective, residency: schedules !== undefined };
  const called = { magnet: io.version, node: io.node, command: commandLine(codesignVerb, [given], asked) };
  const title = `${request.networks.map((n) => n.network.name).join(', ')} in ${request.space.name}: best and bound over time`;
  return writeAll(io, [
    [options.json, () => printCodesignResult(stamped(file, io.version))],
    [
      best && options.design,
      () => printDesign(codesignDesign(request, { ...result, best: defined(best), space }, called, schedules)),
    ],
    [
      options.figure,
      () => draw(curveFigure(title, `${goalText(file)} (${goalUnit(request.objective)})`, result.curve)),
    ],
  ]);
}

/** Of each network on the machine that was found. */
const configurationFor = (
  { technology }: CodesignRequest,
  { template, layers }: CodesignBest,
  configured: CodesignJob['configured'],
): readonly (NetworkConfiguration | undefined)[] =>
  configured.map((configure, i) =>
    configure(
      { machine: { kind: 'template', template }, technology },
      layers.flatMap(({ layer, counts, found }) => {
        const count = counts[i] ?? 0;
        return count > 0 ? [{ layer, count, mapping: found.mapping }] : [];
      }),
    ),
  );

/** What it says beside the data, and the exit code. */
function ended({ io, interruption }: Work, result: CodesignResult): ExitCode {
  const { status, best } = result;
  if (interruption.happened()) {
    io.err(
      best
        ? 'interrupted: the best machine so far, with the gap that is proven\n'
        : 'interrupted: no machine was found yet\n',
    );
    return exit.interrupted;
  }
  if (status === 'infeasible') {
    io.err(`infeasible: ${whyText(result)}\n`);
    return exit.infeasible;
  }
  if (!best)
    io.err(`no machine was found: ${whyText(result) || 'the time ran out'}; give it more time with --time-limit\n`);
  return status === 'optimal' ? exit.done : exit.unsettled;
}
