// `magnet prove`: whether a machine, or any machine of a space, meets all requirements; with a witness, or with a reason.

import { interrupted } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { printDesign } from '../../results/design-file.js';
import { printProveResult } from '../../results/prove-result.js';
import { stamped, withStamp } from '../../results/stamp.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { freeNote, leftOutText } from '../../report/tables/coverage-text.js';
import type { Task } from '../../search/strategy.js';
import { printScript } from '../../smt/script.js';
import type { Proof } from '../../tuner/prove/proof.js';
import { noColumns, nothingKnown } from '../../tuner/on-workers.js';
import type { ProveHooks, ProveRequest } from '../../tuner/prove/prove-request.js';
import { complain, writeText } from '../files.js';
import type { Interruption } from '../interruption.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { proveDesign } from '../../results/prove-design.js';
import type { MakeProver, Prover } from '../workers.js';
import { clocksOf } from '../../library/requirements.js';
import type { ProveAbout } from '../../report/tables/prove-table.js';
import type { ProveOptions } from '../../options/prove-table.js';
import { proveVerb } from '../../options/prove-table.js';
import { commandLine } from '../../options/command-line.js';
import { makeProveProgress } from './prove-progress.js';
import type { Answer, Answered, proveLosses } from './prove-losses.js';
import type { ProveJob } from './prove-question.js';
import type { ProvenSchedules, ProveSchedulesAsked, proveSchedules } from '../../library/prove-schedules.js';
import { unscheduledText } from '../../report/tables/schedule-table.js';
import { prepareProve } from './prove-question.js';
import { proveResult } from '../../results/prove-answer.js';
import { wholeLayerNote, wholeLayerTask, wholeLayerText } from './smt2-layer.js';
import { proofText } from '../../report/tables/prove-table.js';

export async function prove(io: Io, given: string, options: ProveOptions, make: MakeProver): Promise<ExitCode> {
  const job = prepareProve(io, given, options);
  if (!job.ok) return complain(io, job.diagnostics);
  const { request, notes, understood } = job.value;
  for (const line of understood) io.err(`${line}\n`);
  const whole = options.smt2Layer === undefined ? parsed(undefined) : wholeLayerTask(request);
  if (!whole.ok) return complain(io, whole.diagnostics);
  const free = freeNote(coverageOf(request.network));
  const { asked, unscheduled } = job.value.schedules;
  const told = [free, unscheduled === undefined ? '' : `note: ${unscheduledText(unscheduled)}`];
  if (!options.quiet) for (const note of [...notes, ...told.filter((text) => text !== '')]) io.err(`${note}\n`);
  const prover = make(options.workers ?? io.cpus);
  const interruption = listen(io);
  try {
    const ask = (about: ProveRequest) => answer(io, about, options, prover, interruption, asked);
    const found = job.value.loss
      ? await losses({ io, options, interruption }, given, job.value, ask)
      : parsed<Answer>({ ...(await ask(request)), request });
    if (!found.ok) return complain(io, found.diagnostics);
    const answered = found.value;
    if (typeof answered === 'number') return answered;
    const written = report(io, given, job.value, options, answered);
    if (!written.ok) return complain(io, written.diagnostics);
    if (whole.value && !interruption.happened()) {
      const layer = await writeWholeLayer(io, whole.value, options, prover, interruption);
      if (!layer.ok) return complain(io, layer.diagnostics);
    }
    if (interruption.happened()) {
      io.err('interrupted: what was proven until then still holds\n');
      return exit.interrupted;
    }
    const { proof, loss } = answered;
    if (proof.status === 'unknown' && !(loss && proof.reason.kind === 'unsettled'))
      io.err('unknown: more time may settle it (--time-limit)\n');
    return exitCodes[loss?.status ?? proof.status];
  } finally {
    interruption.release();
    await prover.close();
  }
}

/** Loaded where accuracy is limited: it brings what runs samples. */
async function losses(...asked: Parameters<typeof proveLosses>): ReturnType<typeof proveLosses> {
  return (await import('./prove-losses.js')).proveLosses(...asked);
}

const exitCodes: Readonly<Record<Proof['status'], ExitCode>> = {
  feasible: exit.done,
  infeasible: exit.infeasible,
  unknown: exit.unsettled,
};

/** Milliseconds after Ctrl-C: a search that looks up until then says what it has settled, another one is given up. */
const patience = 500;

async function answer(
  io: Io,
  request: ProveRequest,
  options: ProveOptions,
  prover: Prover,
  interruption: Interruption,
  asked?: ProveSchedulesAsked,
): Promise<Answered> {
  const progress = makeProveProgress(io, options.timeLimit, options.quiet ?? false);
  const began = io.now();
  const { hooks } = prover;
  /** Ctrl-C answers open questions at once, so that the search comes to its end with what it has. */
  const orNothing = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
    Promise.race([asked, interruption.happening.then(() => otherwise)]);
  const own: ProveHooks = {
    ...hooks,
    now: io.now,
    stopped: interruption.happened,
    progress: progress.working,
    minimum: (question, seconds) => orNothing(hooks.minimum(question, seconds), nothingKnown(interrupted)),
    columns: (question, seconds) => orNothing(hooks.columns(question, seconds), noColumns),
    ask: (script, seconds) => {
      progress.working('asking Z3 whether what is known leaves room for the limits');
      return orNothing(hooks.ask(script, seconds), {
        status: 'unknown',
        core: [],
        values: new Map(),
        reason: interrupted,
        seconds: 0,
      });
    },
  };
  const search = asked ? withSchedules(asked, request, own, prover.prove) : prover.prove(request, own);
  // One that is given up fails later, when its workers are ended under it: that is no news then.
  search.catch(() => {});
  const givenUp = interruption.happening
    .then(() => new Promise((resume) => setTimeout(resume, patience)))
    .then((): Answered => ({
      proof: { status: 'unknown', reason: interrupted, settled: [], seconds: (io.now() - began) / 1000 },
    }));
  try {
    return await Promise.race([search, givenUp]);
  } finally {
    progress.end();
  }
}

/** Loaded where schedules are asked for. */
async function withSchedules(...asked: Parameters<typeof proveSchedules>): Promise<ProvenSchedules> {
  return (await import('../../library/prove-schedules.js')).proveSchedules(...asked);
}

/** The answer in every form that was asked for; the text unless standard output is taken. */
function report(
  io: Io,
  given: string,
  job: ProveJob,
  options: ProveOptions,
  { request, proof, script, loss, schedule }: Answer,
): Parsed<undefined> {
  const { json, smt2, design, quiet } = options;
  const { asked, unscheduled } = job.schedules;
  const about = { request, space: job.space, residency: asked !== undefined, unscheduled };
  const result = proveResult(about, proof, { loss, schedule });
  const command = commandLine(proveVerb, [given], { ...options, ...(asked && { residency: true }) });
  const called = { magnet: io.version, node: io.node, command };
  const left = leftOutText(coverageOf(request.network));
  if (![json, smt2, options.smt2Layer, design].includes('-'))
    io.out(`${proofText(result, aboutOf(request))}\n${left === '' ? '' : `\n${left}\n`}`);
  const witness = proof.status === 'feasible' ? proof.witness : undefined;
  const written = [
    json === undefined ? parsed(undefined) : writeText(io, json, printProveResult(stamped(result, io.version))),
    smt2 === undefined || !script
      ? parsed(undefined)
      : writeText(io, smt2, withStamp('smt2', printScript(script, { check: true }), io.version)),
    design === undefined || !witness
      ? parsed(undefined)
      : writeText(io, design, printDesign(proveDesign(request, witness, called, schedule))),
  ];
  if (smt2 !== undefined && !script) io.err(`no script is written to ${smt2}: the search ended before there was one\n`);
  else if (smt2 !== undefined && nth(written, 1).ok && !quiet)
    io.err(`${smt2 === '-' ? 'standard output' : smt2}: ${scriptNotes[proof.status]}\n`);
  if (design !== undefined && !witness)
    io.err(
      `no design is written to ${design}: ` +
        (proof.status === 'infeasible' ? 'nothing meets the limits' : 'no mappings that meet the limits were found') +
        '\n',
    );
  if (design !== undefined && schedule?.bands && !quiet)
    io.err(
      `${design} has the mapping of every run, and no bands, which "magnet run" takes as --schedule: ` +
        '"magnet schedule --limit" with --json writes them\n',
    );
  return written.find((w) => !w.ok) ?? parsed(undefined);
}

/** What its table tells beside the result. */
function aboutOf({ network, candidates }: ProveRequest): ProveAbout {
  const clocks = clocksOf(candidates);
  return {
    network,
    space: candidates.kind === 'space' ? candidates.space : undefined,
    clock: clocks.length === 1 ? clocks[0] : undefined,
  };
}

/** The layer's problem has a time limit of its own: the proof has used up its. */
async function writeWholeLayer(
  io: Io,
  task: Task,
  options: ProveOptions,
  { hooks }: Prover,
  interruption: Interruption,
): Promise<Parsed<undefined>> {
  const file = defined(options.smt2Layer);
  const deadline = io.now() + options.timeLimit * 1000;
  if (!options.quiet)
    io.err(`asking Z3 about all mappings of ${task.layer.name}, for at most ${options.timeLimit} s more\n`);
  const { wholeLayer } = await import('../../tuner/prove/whole-layer.js');
  const left = () => (interruption.happened() ? 0 : (deadline - io.now()) / 1000);
  const whole = await Promise.race([wholeLayer(task, hooks.ask, left), interruption.happening.then(() => undefined)]);
  if (!whole) return parsed(undefined);
  const written = writeText(io, file, withStamp('smt2', wholeLayerText(whole), io.version));
  if (written.ok && !options.quiet) io.err(`${wholeLayerNote(file, whole)}\n`);
  return written;
}

/** What an SMT solver will say of the script, and what that means. */
const scriptNotes: Readonly<Record<Proof['status'], string>> = {
  feasible:
    'what is known of the costs, and the limits, in SMT-LIB 2.6; sat, as nothing known excludes them (the ' +
    'mappings themselves are the proof)',
  infeasible:
    'what was proven of the costs, and the limits, in SMT-LIB 2.6; any SMT solver finds it unsat, ' +
    'which is the proof that they cannot be met',
  unknown: 'what was proven of the costs so far, and the limits, in SMT-LIB 2.6',
};
