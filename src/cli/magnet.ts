// The command line: verbs, options and what they mean; bugs end here, in one message.

import { Command, CommanderError } from 'commander';
import type { Diagnostic } from '../base/diagnostics.js';
import { batch, merge } from './batch/batch-verb.js';
import type { BatchOptions } from './batch/batch-options.js';
import { batchCommand, mergeCommand } from './batch/batch-options.js';
import { codesign } from './codesign/codesign-verb.js';
import type { MakeEngine } from './codesign/codesign-engine.js';
import { makeEngine } from './codesign/codesign-engine.js';
import type { CodesignOptions } from './codesign/codesign-options.js';
import { codesignCommand } from './codesign/codesign-options.js';
import { compare } from './compare/compare-verb.js';
import type { MakeArenas } from './compare/compare-engine.js';
import { makeArenas } from './compare/compare-engine.js';
import type { CompareOptions } from './compare/compare-options.js';
import { compareCommand } from './compare/compare-options.js';
import type { EvaluateOptions } from './evaluate-verb.js';
import { evaluate } from './evaluate-verb.js';
import { addHardwareVerbs } from './hardware/hardware-verbs.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import { addListingVerbs } from './listing-verbs.js';
import { map } from './map/map-verb.js';
import type { MapOptions } from './map/map-options.js';
import { mapCommand } from './map/map-options.js';
import { several } from './base-options.js';
import { prove } from './prove/prove-verb.js';
import type { MakeProver } from './prove/prove-engine.js';
import { makeProver } from './prove/prove-engine.js';
import type { ProveOptions } from './prove/prove-options.js';
import { proveCommand } from './prove/prove-options.js';
import type { ReportOptions } from './report/report-options.js';
import { reportCommand } from './report/report-options.js';
import { conventionsName, shared } from './shared-options.js';
import type { ShowOptions } from './show.js';
import { show } from './show.js';
import { wrapText } from '../report/tables/wrap.js';
import { complain } from './files.js';
import { plainNumbers } from './plain-numbers.js';
import { makeStandardInput } from './stdin.js';
import type { Tools } from './hardware/tool-options.js';
import { makeTools } from './hardware/tool-options.js';

/** Runs a command line (without `node` and the script) and returns the exit code. Never throws, never exits. */
export async function main(
  argv: readonly string[],
  io: Io,
  tools: (workers: number) => Tools = makeTools,
  engine: MakeEngine = makeEngine,
  prover: MakeProver = makeProver,
  arenas: MakeArenas = makeArenas,
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
  const program = commandLine(world, tools, engine, prover, arenas, (result) => (code = result));
  const understood = plainNumbers(program);
  program.hook('preAction', (_, verb) => {
    for (const line of understood) io.err(`${line}\n`);
    const taken = input.take(verb);
    if (!taken.ok) throw new BadInput(taken.diagnostics);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said on standard error what is wrong; help and version are no faults.
    if (error instanceof BadInput) return complain(io, error.diagnostics);
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.badInput;
    return bug(io, error, program.opts<{ debug?: boolean }>().debug ?? false);
  }
}

/** What is wrong before a verb is begun. */
class BadInput extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super();
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

function commandLine(
  io: Io,
  tools: (workers: number) => Tools,
  engine: MakeEngine,
  prover: MakeProver,
  arenas: MakeArenas,
  end: (code: ExitCode) => void,
): Command {
  const program = new Command('magnet')
    .description('Optimal mappings of neural networks on accelerators, proven; and the accelerators, in Verilog.')
    .version(io.version)
    .option('--debug', 'show where a bug in magnet happened')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => io.width ?? 80 })
    .showHelpAfterError('(magnet --help, and magnet VERB --help, list what there is)')
    .addHelpText('after', exitCodes);

  mapCommand(program).action(async (workload: string, options: MapOptions) => end(await map(io, workload, options)));

  program
    .command('evaluate')
    .description('what given mappings cost: count x energy of every access')
    .argument(
      '[case...]',
      'case files (.json, .yaml, or .jsonl with a case on each line), or Timeloop files: architecture, problem, mapping, ERT',
    )
    .option('-a, --arch <arch>', 'preset, architecture or design file, where there is no case file')
    .option('-w, --workload <workload>', 'what is mapped, where there is no case file; one layer of it')
    .option('-l, --layer <name>', 'which layer of the workload', several)
    .option('-m, --mapping <file>', 'mapping or map result, where there is no case file')
    .option(...shared.constraints)
    .option(
      '--conventions <name>',
      'magnet or timeloop (default: magnet; for case files that record Timeloop results: timeloop)',
      conventionsName,
    )
    .option(...shared.technology)
    .option('--json <file>', 'write a line of JSON per case; - is standard output, in place of the tables')
    .action(async (files: readonly string[], options: EvaluateOptions) => end(await evaluate(io, files, options)));

  addListingVerbs(program, io, end);

  program
    .command('show')
    .description('print mappings as loop nests')
    .argument('<file>', 'what "map --json", "map --design" or "codesign --design" wrote, or a case file with a mapping')
    .option('-l, --layer <name>', 'this layer only (repeatable)', several)
    .option('-a, --arch <arch>', 'the machine, where it is no preset and no design: shows which positions are idle')
    .action((file: string, options: ShowOptions) => end(show(io, file, options)));

  codesignCommand(program).action(async (networks: readonly string[], options: CodesignOptions) =>
    end(await codesign(io, networks, options, engine)),
  );

  proveCommand(program).action(async (network: string, options: ProveOptions) =>
    end(await prove(io, network, options, prover)),
  );

  compareCommand(program).action(async (network: string, options: CompareOptions) =>
    end(await compare(io, network, options, arenas)),
  );

  batchCommand(program).action(async (jobs: string, options: BatchOptions) => end(await batch(io, jobs, options)));
  mergeCommand(program).action(async (out: string, parts: readonly string[]) => end(await merge(io, out, parts)));

  // What draws figures is loaded where figures are drawn.
  reportCommand(program).action(async (files: readonly string[], options: ReportOptions) =>
    end(await (await import('./report/report-verb.js')).report(io, files, options)),
  );

  addHardwareVerbs(program, io, tools, end);
  return program;
}
