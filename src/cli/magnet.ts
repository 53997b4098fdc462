// The command line: verbs with what each does, which is loaded when it is asked for; bugs end here, in one message.

import { Command, CommanderError } from 'commander';
import { wrapText } from '../report/tables/wrap.js';
import { accuracyVerb } from '../options/accuracy-table.js';
import { batchVerb, mergeVerb, reportVerb } from '../options/batch-tables.js';
import { checkVerb } from '../options/check-table.js';
import { codesignVerb } from '../options/codesign-table.js';
import { compareVerb } from '../options/compare-table.js';
import { completionVerb } from '../options/completion-table.js';
import { rtlVerb, simulateVerb, synthVerb } from '../options/hardware-tables.js';
import {
  archsVerb,
  evaluateVerb,
  networksVerb,
  schemasVerb,
  showVerb,
  spacesVerb,
  technologyVerb,
} from '../options/listing-tables.js';
import { mapVerb } from '../options/map-table.js';
import { compileVerb, runVerb } from '../options/network-table.js';
import { proveVerb } from '../options/prove-table.js';
import { quantizeVerb } from '../options/quantize-table.js';
import { scheduleVerb } from '../options/schedule-table.js';
import { webVerb } from '../options/web-table.js';
import { workerVerb } from '../options/worker-table.js';
import type { CommandLine } from './add-verb.js';
import { addVerb } from './add-verb.js';
import type { MakeArenas, MakeEngine, MakeProver } from './workers.js';
import type { Tools } from './hardware/hardware-tools.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import { makeStandardInput } from './stdin.js';

/** Runs a command line (without `node` and the script) and returns the exit code. Never throws, never exits. */
export async function main(
  argv: readonly string[],
  io: Io,
  tools?: (workers: number) => Tools,
  engine?: MakeEngine,
  prover?: MakeProver,
  arenas?: MakeArenas,
): Promise<ExitCode> {
  let code: ExitCode = exit.done;
  const input = makeStandardInput(io);
  const { width } = io;
  const world: Io = {
    ...io,
    read: input.read,
    data: io.out,
    err: (text) => io.err(input.asGiven(text)),
    out: width === undefined ? io.out : (text) => io.out(wrapText(text, width)),
  };
  const program = emptyProgram(world);
  addVerbs({ program, io: world, input, end: (result) => (code = result) }, tools, engine, prover, arenas);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said on standard error what is wrong; help and version are no faults.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.badInput;
    return bug(io, error, program.opts<{ debug?: boolean }>().debug ?? false);
  }
}

export function bug(io: Pick<Io, 'err'>, error: unknown, debug: boolean): ExitCode {
  const fault = error instanceof Error ? error : new Error(String(error));
  if ((fault as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' && fault.message.includes("'glpk.js")) {
    io.err(
      'error: the solver glpk is not installed; install it with "npm install glpk.js", or choose --solver highs\n',
    );
    return exit.badInput;
  }
  io.err(`magnet has failed, which is a bug in magnet and not in your input: ${fault.message}\n`);
  io.err(
    debug
      ? `${fault.stack}\n`
      : 'Please report it with the command line and the files that led here; --debug shows where it happened.\n',
  );
  return exit.bug;
}

const exitCodes = `
Exit codes: 0 done, proved, feasible; 1 infeasible; 2 unsettled (time or gap); 3 bad input or usage;
4 a bug in magnet; 130 interrupted.`;

const emptyProgram = (io: Io): Command =>
  new Command('magnet')
    .description('Optimal mappings of neural networks on accelerators, proven; and the accelerators, in Verilog.')
    .version(io.version)
    .option('--debug', 'show where a bug in magnet happened')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => io.width ?? 80 })
    .showHelpAfterError('(magnet --help, and magnet VERB --help, list what there is)')
    .addHelpText('after', exitCodes);

/** In the order in which help lists them. */
function addVerbs(
  to: CommandLine,
  tools: ((workers: number) => Tools) | undefined,
  engine: MakeEngine | undefined,
  prover: MakeProver | undefined,
  arenas: MakeArenas | undefined,
): void {
  const { io } = to;
  const toolsOrOwn = async () => tools ?? (await import('./hardware/hardware-tools.js')).makeTools;
  addVerb(
    to,
    mapVerb,
    async ([workload], options) => (await import('./map/map-verb.js')).map(io, workload, options),
    // Programs of single layers go where these files go, which have been looked at.
    async ([workload], { lp: _, mps: __, ...rest }) =>
      (await import('./map/map-verb.js')).prepareMap(io, workload, rest),
  );
  addVerb(to, scheduleVerb, async ([network], options) =>
    (await import('./schedule/schedule-verb.js')).schedule(io, network, options),
  );
  addVerb(to, evaluateVerb, async ([cases], options) =>
    (await import('./evaluate-verb.js')).evaluate(io, cases, options),
  );
  addVerb(to, networksVerb, async ([workload], options) => (await import('./list.js')).networks(io, workload, options));
  addVerb(to, archsVerb, async ([arch], options) => (await import('./list.js')).archs(io, arch, options));
  addVerb(to, spacesVerb, async ([space], options) => (await import('./list.js')).spaces(io, space, options));
  addVerb(to, technologyVerb, async ([file], options) => (await import('./list.js')).technology(io, file, options));
  addVerb(to, showVerb, async ([file], options) => (await import('./show.js')).show(io, file, options));
  addVerb(
    to,
    codesignVerb,
    async ([networks], options) => {
      const make = engine ?? (await import('./workers.js')).makeEngine;
      const { codesign } = await import('./codesign/codesign-verb.js');
      if (options.queue === undefined) return codesign(io, networks, options, make);
      const { makeEngine } = await import('./workers.js');
      const { onQueue } = await import('./queue/on-queue.js');
      const asked = { verb: codesignVerb, given: networks, options, url: options.queue };
      const width = (threads: number) => options.workers ?? (threads || io.cpus);
      return onQueue(io, { ...asked, width }, (runner, own) =>
        codesign(own, networks, options, () => makeEngine(runner.width, runner)),
      );
    },
    async ([networks], options) =>
      (await import('./codesign/codesign-question.js')).prepareCodesign(io, networks, options),
  );
  addVerb(to, checkVerb, async ([file], options) =>
    (await import('./certificate/check-verb.js')).check(io, file, options),
  );
  addVerb(
    to,
    proveVerb,
    async ([network], options) => {
      const make = prover ?? (await import('./workers.js')).makeProver;
      return (await import('./prove/prove-verb.js')).prove(io, network, options, make);
    },
    async ([network], options) => (await import('./prove/prove-question.js')).prepareProve(io, network, options),
  );
  addVerb(
    to,
    compareVerb,
    async ([network], options) => {
      const make = arenas ?? (await import('./workers.js')).makeArenas;
      const { compare } = await import('./compare/compare-verb.js');
      if (options.queue === undefined) return compare(io, network, options, make);
      const { makeArenas } = await import('./workers.js');
      const { onQueue } = await import('./queue/on-queue.js');
      const asked = { verb: compareVerb, given: [network], options, url: options.queue };
      return onQueue(io, { ...asked, width: () => options.workers }, (runner, own) =>
        compare(own, network, options, (workers, now) => makeArenas(workers, now, runner)),
      );
    },
    async ([network], options) => {
      const { missingSolvers } = await import('../tuner/compare/contestants.js');
      const { prepareCompare } = await import('./compare/compare-question.js');
      return prepareCompare(io, network, options, await missingSolvers());
    },
  );
  addVerb(to, batchVerb, async ([jobs], options) => (await import('./batch/batch-verb.js')).batch(io, jobs, options));
  addVerb(to, workerVerb, async (_, options) => (await import('./queue/worker-verb.js')).worker(io, options));
  addVerb(to, mergeVerb, async ([out, parts]) => (await import('./batch/batch-verb.js')).merge(io, out, parts));
  addVerb(to, reportVerb, async ([files], options) =>
    (await import('./report/report-verb.js')).report(io, files, options),
  );
  addVerb(to, rtlVerb, async ([design], options) =>
    (await import('./hardware/rtl-verb.js')).rtl(io, design, options, await toolsOrOwn()),
  );
  addVerb(to, simulateVerb, async ([design], options) => {
    const verb = options.chain
      ? (await import('./hardware/simulate-chain.js')).chain
      : (await import('./hardware/simulate-verb.js')).simulate;
    return verb(io, design, options, await toolsOrOwn());
  });
  addVerb(to, compileVerb, async ([network], options) =>
    (await import('./hardware/compile-verb.js')).compile(io, network, options),
  );
  addVerb(to, runVerb, async ([network], options) =>
    (await import('./hardware/run-verb.js')).run(io, network, options),
  );
  addVerb(to, quantizeVerb, async ([network], options) =>
    (await import('./quantize/quantize-verb.js')).quantize(io, network, options),
  );
  addVerb(to, accuracyVerb, async ([network], options) =>
    (await import('./accuracy/accuracy-verb.js')).accuracy(io, network, options),
  );
  addVerb(to, synthVerb, async ([design], options) =>
    (await import('./hardware/synth-verb.js')).synth(io, design, options, await toolsOrOwn()),
  );
  addVerb(to, webVerb, async (_, options) => (await import('./web/web-verb.js')).web(io, options));
  addVerb(to, schemasVerb, async ([format], options) =>
    (await import('./schemas-verb.js')).schemas(io, format, options),
  );
  addVerb(to, completionVerb, async ([shell]) => (await import('./completion-verb.js')).completion(io, shell));
}
