// `magnet map`: the best mapping of every layer of a workload, with its proof.

import { counted } from '../../base/text.js';
import { stopText } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { magnetConventions } from '../../model/cost/conventions.js';
import { objectiveOfLayers } from '../../model/cost/network-goal.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { printDesign } from '../../results/design-file.js';
import { printMapResult } from '../../results/map-result.js';
import { stamped } from '../../results/stamp.js';
import { bypassText } from '../../report/tables/bypass-text.js';
import { certificateText } from '../../report/tables/certificate-text.js';
import { freeNote, leftOutText } from '../../report/tables/coverage-text.js';
import { mapTable } from '../../report/tables/map-table.js';
import { printTotals } from '../../report/tables/totals.js';
import type { SolverName } from '../../tuner/solver-names.js';
import { whyTooLarge, whyUnavailable, whyUnsuited } from '../../tuner/map-layer.js';
import type { Configure, NetworkConfiguration } from '../../compile/network-configuration.js';
import type { LayerResult, MapRequest } from '../../tuner/map-network.js';
import { mapNetwork } from '../../tuner/map-network.js';
import { complain, writeText } from '../files.js';
import type { Explaining } from '../../library/why-infeasible.js';
import { mapRequest } from '../../library/map-request.js';
import { explained } from '../../library/why-infeasible.js';
import type { Interruption } from '../interruption.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import type { LayerLimits, PlainLimits } from '../../library/layer-limits.js';
import type { GivenMachine } from '../read-machine.js';
import { presetNames, technologyNote } from '../read-machine.js';
import { readMappingQuestion, tooLargeFor } from '../mapping-question.js';
import { mapDesign } from '../../results/map-design.js';
import { mapResult } from '../../results/map-answer.js';
import type { MapOptions } from '../../options/map-table.js';
import { mapVerb } from '../../options/map-table.js';
import { commandLine } from '../../options/command-line.js';
import type { MapResultNetwork } from '../../results/map-result.js';
import type { WholeGoal } from '../../tuner/network/map-whole.js';
import type { ProgramWriter } from './programs.js';
import { makeProgramWriter, planPrograms } from './programs.js';
import { answerWhole, whyNoneTogether, wholeGoalOf } from './whole-network.js';
import { makeProgress } from '../progress.js';
import type { Solving } from '../workers.js';
import { makeAsk, makeSolve } from '../workers.js';
import { writeReplays } from '../timeloop-replay.js';
import { whyNoFile } from '../../interchange/hardware-file.js';

export interface MapJob {
  readonly request: MapRequest;
  readonly machine: GivenMachine;
  readonly limits: LayerLimits;
  readonly programs: ProgramWriter;
  readonly configured?: Configure;
  /** What is asked of the network as a whole; absent where every layer is asked about alone. */
  readonly whole?: WholeGoal;
}

export async function map(io: Io, given: string, options: MapOptions): Promise<ExitCode> {
  const job = prepareMap(io, given, options);
  if (!job.ok) return complain(io, job.diagnostics);
  const unavailable = await whyUnavailable(solverOf(options));
  if (unavailable !== undefined) return complain(io, [{ code: 'no-solver', path: [], message: unavailable }]);
  const { request, programs, limits } = job.value;
  for (const line of limits.understood) io.err(`${line}\n`);
  // A race takes two threads a layer.
  const atOnce = request.solver === 'race' ? Math.ceil(io.cpus / 2) : io.cpus;
  const solving = makeSolve(options.workers ?? atOnce);
  const asking = makeAsk();
  const interruption = listen(io);
  try {
    const tooLarge = tooLargeFor(job.value);
    const { whole } = job.value;
    if (whole && tooLarge === undefined)
      return await mapTogether(io, given, { ...job.value, whole }, options, solving, interruption);
    const found =
      tooLarge !== undefined
        ? ruledOut(request, tooLarge)
        : await solveAll(io, request, solving, interruption, programs, options.quiet ?? false);
    const how: Explaining = { solve: solving.solve, ask: asking.ask, now: io.now };
    const results =
      tooLarge !== undefined
        ? found
        : await Promise.race([
            Promise.all(found.map((r) => explained(request, r, how))),
            interruption.happening.then(() => found),
          ]);
    const reasons = tooLarge !== undefined ? [tooLarge] : interruption.happened() ? [] : reasonsOf(results);
    const written = report(io, given, job.value, results, reasons, options);
    const exported = programs.end();
    for (const done of [written, exported]) if (!done.ok) return complain(io, done.diagnostics);
    if (interruption.happened()) {
      io.err(`interrupted after ${results.length} of ${counted(request.network.layers.length, 'layer')}\n`);
      return exit.interrupted;
    }
    if (
      request.certify &&
      tooLarge === undefined &&
      results.some(({ certificate }) => certificate?.status !== 'certified')
    )
      return exit.unsettled;
    if (results.some(({ answer }) => answer.status === 'infeasible')) return exit.infeasible;
    return results.every(({ answer }) => answer.status === 'optimal') ? exit.done : exit.unsettled;
  } finally {
    interruption.release();
    await Promise.all([solving.close(), asking.close()]);
  }
}

/** All layers chosen together, where the network is asked about as a whole. */
async function mapTogether(
  io: Io,
  given: string,
  job: MapJob & { readonly whole: WholeGoal },
  options: MapOptions,
  solving: Solving,
  interruption: Interruption,
): Promise<ExitCode> {
  const answered = await answerWhole(io, job.request, job.whole, solving, interruption, options.quiet ?? false);
  const { request, results, network } = answered;
  const reasons = interruption.happened() ? [] : whyNoneTogether(network, given, job.machine.name);
  const written = report(io, given, { ...job, request }, results, reasons, options, network);
  if (!written.ok) return complain(io, written.diagnostics);
  if (interruption.happened()) {
    io.err('interrupted: the network was not settled\n');
    return exit.interrupted;
  }
  return { optimal: exit.done, feasible: exit.unsettled, infeasible: exit.infeasible, unknown: exit.unsettled }[
    network.status
  ];
}

/** Everything that can be wrong with the input is found here, before any work. */
export function prepareMap(io: Io, given: string, options: MapOptions, plain: PlainLimits = 'whole'): Parsed<MapJob> {
  const question = readMappingQuestion(
    io,
    given,
    options,
    `--arch is missing: name a preset (${presetNames.join(', ')}) or an architecture file`,
    plain,
  );
  if (!question.ok) return question;
  const { network, machine, conventions, limits, configured } = question.value;
  const { architectures } = machine;
  const unsaid = options.design === undefined ? undefined : whyNoFile(machine.machinery);
  if (unsaid !== undefined) return refuse('not-covered', [], `--design: ${unsaid}`);
  const solver = solverOf(options);
  if (options.native && options.solver !== 'auto' && options.solver !== 'native')
    return refuse('conflict', [], `--native and --solver ${options.solver} each name a solver; drop one of them`);
  const planned = planPrograms(io, { network, architectures, solver }, options);
  if (!planned.ok) return planned;
  const programs = makeProgramWriter(io, planned.value, options.quiet ?? false);
  if (!options.quiet) io.err(technologyNote(machine, options.technology));
  const request = mapRequest(network, machine, {
    conventions,
    goal: { objective: objectiveOfLayers[options.objective], limits: limits.each },
    objective: options.objective,
    layerLimits: limits.layers,
    padding: options.padding,
    gap: options.gap,
    timeLimit: options.timeLimit,
    seed: options.seed,
    solver,
    ...(options.certify && { certify: { eps: options.certifyEps, time: options.certifyTime } }),
    ...(programs.formats.length > 0 && { programs: programs.formats }),
  });
  const whole = wholeGoalOf(request, options, limits);
  if (!whole.ok) return whole;
  const unsuited = whyUnsuited(solver, request);
  if (unsuited !== undefined) return refuse('unsuited-solver', [], unsuited);
  const tooLarge = network.layers.flatMap(({ layer }) => whyTooLarge(solver, { ...request, layer }) ?? [])[0];
  if (tooLarge !== undefined) return refuse('unsuited-solver', [], tooLarge);
  return parsed({
    request,
    machine,
    limits,
    programs,
    ...(configured && { configured }),
    ...(whole.value && { whole: whole.value }),
  });
}

const solverOf = ({ solver, native }: MapOptions): SolverName => (native ? 'native' : solver);

/** Options whose file is standard output, where there is room for one. */
const piped = (options: MapOptions) =>
  (['json', 'design', 'lp', 'mps'] as const).filter((name) => options[name] === '-');

async function solveAll(
  io: Io,
  request: MapRequest,
  { solve, certify, width }: Solving,
  interruption: Interruption,
  programs: ProgramWriter,
  quiet: boolean,
): Promise<readonly LayerResult[]> {
  const progress = makeProgress(io, request.network, quiet);
  const finished: (LayerResult | undefined)[] = request.network.layers.map(() => undefined);
  const all = mapNetwork(request, {
    now: io.now,
    width,
    solve,
    certify,
    stopped: interruption.happened,
    event(event) {
      if (interruption.happened()) return;
      // Mapped is worth having, should its certificate be interrupted.
      if (event.kind === 'mapped' || event.kind === 'finished') {
        finished[event.index] = event.result;
        programs.mapped(event.index, event.result);
      }
      progress.event(event);
    },
  });
  await Promise.race([all, interruption.happening]);
  progress.end();
  return finished.filter((r) => r !== undefined);
}

/** The area rules out every mapping alike. */
export const ruledOut = ({ network }: MapRequest, reason: string): readonly LayerResult[] =>
  network.layers.map(({ layer, count }) => ({
    layer,
    count,
    seconds: 0,
    answer: {
      status: 'infeasible',
      best: undefined,
      bound: Infinity,
      solver: 'area',
      evaluations: 0,
      nodes: 0,
      rounds: 0,
      columns: 0,
      rows: 0,
      reason: { kind: 'infeasible', why: reason },
    },
  }));

const reasonsOf = (results: readonly LayerResult[]): readonly string[] =>
  results.flatMap(({ layer, answer: { status, reason } }) => {
    if (status === 'infeasible') return [`${layer.name} is infeasible: ${stopText(reason)}`];
    return status === 'unknown'
      ? [
          `${layer.name} has no mapping yet: ${stopText(reason) || 'the time ran out'}; give it more time with --time-limit`,
        ]
      : [];
  });

/** Where all is mapped, and counted as the hardware counts. */
function configurationFor(
  { request: { network, conventions }, machine, configured }: MapJob,
  results: readonly LayerResult[],
): NetworkConfiguration | undefined {
  const mapped = results.flatMap(({ layer, count, answer: { best } }) =>
    best ? [{ layer, count, mapping: best.mapping }] : [],
  );
  const isWhole = results.length > 0 && mapped.length === results.length && results.length >= network.layers.length;
  if (!isWhole || conventions.name !== magnetConventions.name) return undefined;
  return configured?.({ machine: machine.machinery, technology: machine.technology }, mapped);
}

/** The table to standard output, unless that is where a file goes; what is no data, to standard error. */
function report(
  io: Io,
  given: string,
  job: MapJob,
  results: readonly LayerResult[],
  reasons: readonly string[],
  options: MapOptions,
  network?: MapResultNetwork,
): Parsed<undefined> {
  const { request } = job;
  const result = mapResult(job, results, network, configurationFor(job, results));
  if (network && results.length === 0) {
    for (const reason of reasons) io.err(`${reason}\n`);
    return options.json === undefined
      ? parsed(undefined)
      : writeText(io, options.json, printMapResult(stamped(result, io.version)));
  }
  if (piped(options).length === 0) {
    const totals = results.length > 0 ? printTotals(result, nth(request.architectures, 0)) : '';
    const whole = results.length === request.network.layers.length;
    io.out(`${mapTable(result.layers, request, network !== undefined)}\n`);
    if (totals !== '') io.out(`\n${whole ? '' : 'of the layers that were mapped:\n'}${totals}\n`);
    else if (results.length > 0) io.out('\nno totals: not every layer has a mapping\n');
    const left = leftOutText(coverageOf(request.network));
    if (left !== '') io.out(`\n${left}\n`);
    const bypassed = bypassText(
      results.flatMap(({ layer, answer: { best } }) =>
        best ? [{ layer, architecture: nth(request.architectures, best.architecture), mapping: best.mapping }] : [],
      ),
    );
    if (bypassed !== '') io.out(`\n${bypassed}\n`);
    if (request.certify && results.length > 0) io.out(`\n${certificateText(result.layers, request.certify.eps)}\n`);
  }
  for (const reason of reasons) io.err(`${reason}\n`);
  const free = freeNote(coverageOf(request.network));
  if (free !== '' && !options.quiet) io.err(`${free}\n`);
  const design =
    options.design === undefined
      ? parsed(undefined)
      : writeText(
          io,
          options.design,
          printDesign(
            mapDesign(job, results, {
              magnet: io.version,
              node: io.node,
              command: commandLine(mapVerb, [given], options),
            }),
          ),
        );
  const recorded =
    options.json === undefined
      ? parsed(undefined)
      : writeText(io, options.json, printMapResult(stamped(result, io.version)));
  const replay =
    options.timeloop === undefined ? parsed(undefined) : writeReplays(io, options.timeloop, request, results);
  return !design.ok ? design : !recorded.ok ? recorded : replay;
}
