// The command line: verbs with what each does; bugs end here, in one message.

import { Command, CommanderError } from 'commander';
import { wrapText } from '../report/tables/wrap.js';
import { batchVerb, mergeVerb, reportVerb } from '../options/batch-tables.js';
import { codesignVerb } from '../options/codesign-table.js';
import { compareVerb } from '../options/compare-table.js';
import { rtlVerb, simulateVerb, synthVerb } from '../options/hardware-tables.js';
import {
  archsVerb,
  evaluateVerb,
  networksVerb,
  showVerb,
  spacesVerb,
  technologyVerb,
} from '../options/listing-tables.js';
import { mapVerb } from '../options/map-table.js';
import { proveVerb } from '../options/prove-table.js';
import type { CommandLine } from './add-verb.js';
import { addVerb } from './add-verb.js';
import { batch, merge } from './batch/batch-verb.js';
import { prepareCodesign } from './codesign/codesign-question.js';
import { codesign } from './codesign/codesign-verb.js';
import type { MakeEngine } from './codesign/codesign-engine.js';
import { makeEngine } from './codesign/codesign-engine.js';
import { missingSolvers } from '../tuner/compare/contestants.js';
import { prepareCompare } from './compare/compare-question.js';
import { compare } from './compare/compare-verb.js';
import type { MakeArenas } from './compare/compare-engine.js';
import { makeArenas } from './compare/compare-engine.js';
import { evaluate } from './evaluate-verb.js';
import { rtl } from './hardware/rtl-verb.js';
import { chain } from './hardware/simulate-chain.js';
import { simulate } from './hardware/simulate-verb.js';
import { synth } from './hardware/synth-verb.js';
import type { Tools } from './hardware/hardware-tools.js';
import { makeTools } from './hardware/hardware-tools.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import { archs, networks, spaces, technology } from './list.js';
import { map, prepareMap } from './map/map-verb.js';
import { prepareProve } from './prove/prove-question.js';
import { prove } from './prove/prove-verb.js';
import type { MakeProver } from './prove/prove-engine.js';
import { makeProver } from './prove/prove-engine.js';
import { show } from './show.js';
import { makeStandardInput } from './stdin.js';

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
  tools: (workers: number) => Tools,
  engine: MakeEngine,
  prover: MakeProver,
  arenas: MakeArenas,
): void {
  const { io } = to;
  addVerb(
    to,
    mapVerb,
    ([workload], options) => map(io, workload, options),
    // Programs of single layers go where these files go, which have been looked at.
    ([workload], { lp: _, mps: __, ...rest }) => prepareMap(io, workload, rest),
  );
  addVerb(to, evaluateVerb, ([cases], options) => evaluate(io, cases, options));
  addVerb(to, networksVerb, ([workload], options) => networks(io, workload, options));
  addVerb(to, archsVerb, ([arch], options) => archs(io, arch, options));
  addVerb(to, spacesVerb, ([space], options) => spaces(io, space, options));
  addVerb(to, technologyVerb, ([file], options) => technology(io, file, options));
  addVerb(to, showVerb, ([file], options) => show(io, file, options));
  addVerb(
    to,
    codesignVerb,
    ([networks], options) => codesign(io, networks, options, engine),
    ([networks], options) => prepareCodesign(io, networks, options),
  );
  addVerb(
    to,
    proveVerb,
    ([network], options) => prove(io, network, options, prover),
    ([network], options) => prepareProve(io, network, options),
  );
  addVerb(
    to,
    compareVerb,
    ([network], options) => compare(io, network, options, arenas),
    async ([network], options) => prepareCompare(io, network, options, await missingSolvers()),
  );
  addVerb(to, batchVerb, ([jobs], options) => batch(io, jobs, options));
  addVerb(to, mergeVerb, ([out, parts]) => merge(io, out, parts));
  // What draws figures is loaded where figures are drawn.
  addVerb(to, reportVerb, async ([files], options) =>
    (await import('./report/report-verb.js')).report(io, files, options),
  );
  addVerb(to, rtlVerb, ([design], options) => rtl(io, design, options, tools));
  addVerb(to, simulateVerb, ([design], options) => (options.chain ? chain : simulate)(io, design, options, tools));
  addVerb(to, synthVerb, ([design], options) => synth(io, design, options, tools));
}
