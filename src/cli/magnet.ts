// The command line: verbs, options and what they mean; bugs end here, in one message.

import { Command, CommanderError } from 'commander';
import { conventionsByName } from '../model/conventions.js';
import { objectives } from '../model/goal.js';
import { solverNames } from '../tuner/map-layer.js';
import { batch, merge } from './batch/batch.js';
import type { BatchOptions } from './batch/options.js';
import { batchCommand, mergeCommand } from './batch/options.js';
import { codesign } from './codesign/codesign.js';
import type { MakeEngine } from './codesign/engine.js';
import { makeEngine } from './codesign/engine.js';
import type { CodesignOptions } from './codesign/options.js';
import { codesignCommand } from './codesign/options.js';
import { compare } from './compare/compare.js';
import type { MakeArenas } from './compare/engine.js';
import { makeArenas } from './compare/engine.js';
import type { CompareOptions } from './compare/options.js';
import { compareCommand } from './compare/options.js';
import type { EvaluateOptions } from './evaluate.js';
import { evaluate } from './evaluate.js';
import { addHardwareVerbs } from './hardware/verbs.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import type { ArchsOptions, NetworksOptions, SpacesOptions } from './list.js';
import { archs, networks, spaces } from './list.js';
import { map } from './map/map.js';
import type { MapOptions } from './map/options.js';
import { choice, seconds, several, share, sizes, wholeNumber } from './options.js';
import { prove } from './prove/prove.js';
import type { MakeProver } from './prove/engine.js';
import { makeProver } from './prove/engine.js';
import type { ProveOptions } from './prove/options.js';
import { proveCommand } from './prove/options.js';
import type { ReportOptions } from './report/options.js';
import { reportCommand } from './report/options.js';
import type { ShowOptions } from './show.js';
import { show } from './show.js';
import type { Tools } from './hardware/tools.js';
import { makeTools } from './hardware/tools.js';

/** Runs a command line (without `node` and the script) and returns the exit code. Never throws, never exits. */
export async function main(argv: readonly string[], io: Io, tools: (workers: number) => Tools = makeTools, engine: MakeEngine = makeEngine, prover: MakeProver = makeProver, arenas: MakeArenas = makeArenas): Promise<ExitCode> {
  let code: ExitCode = exit.done;
  const program = commandLine(io, tools, engine, prover, arenas, (result) => (code = result));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said on standard error what is wrong; help and version are no faults.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.badInput;
    return bug(io, error, program.opts<{ debug?: boolean }>().debug ?? false);
  }
}

function bug(io: Io, error: unknown, debug: boolean): ExitCode {
  const fault = error instanceof Error ? error : new Error(String(error));
  if ((fault as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' && fault.message.includes("'glpk.js")) {
    io.err('error: the solver glpk is not installed; install it with "npm install glpk.js", or choose --solver highs\n');
    return exit.badInput;
  }
  io.err(`magnet has failed, which is a bug in magnet and not in your input: ${fault.message}\n`);
  io.err(debug ? `${fault.stack}\n` : 'Please report it with the command line and the files that led here; --debug shows where it happened.\n');
  return exit.bug;
}

const exitCodes = `
Exit codes: 0 done, proved, feasible; 1 infeasible; 2 unsettled (time or gap); 3 bad input or usage;
4 a bug in magnet; 130 interrupted.`;

function commandLine(io: Io, tools: (workers: number) => Tools, engine: MakeEngine, prover: MakeProver, arenas: MakeArenas, end: (code: ExitCode) => void): Command {
  const program = new Command('magnet')
    .description('Optimal mappings of neural networks on accelerators, proven; and the accelerators, in Verilog.')
    .version(io.version)
    .option('--debug', 'show where a bug in magnet happened')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(magnet --help, and magnet VERB --help, list what there is)')
    .addHelpText('after', exitCodes);
  const conventions = choice('conventions', conventionsByName.map((c) => c.name));

  program
    .command('map')
    .description('find the best mapping of every layer of a workload, and prove it')
    .argument('<workload>', 'built-in network, .onnx file, layer table (.yaml, .json; FILE#NAME for one of several) or case file')
    .option('-a, --arch <arch>', 'preset, architecture file (ours or Timeloop\'s) or design file (a case brings its own)')
    .option('--constraints <file>', 'with a Timeloop architecture: a Timeloop file of constraints or an ERT (repeatable)', several)
    .option('-o, --objective <objective>', `what to minimise per layer: ${objectives.join(', ')}`, choice('objective', objectives), 'edp')
    .option('-l, --layer <name>', 'map this layer only (repeatable)', several)
    .option('--conventions <name>', 'how accesses are counted: magnet (our hardware) or timeloop (default: magnet; for case files that record Timeloop results: timeloop)', conventions)
    .option('--no-padding', 'keep the bounds of the layers as they are (13 is not rounded up to 14)')
    .option('--gap <share>', 'gap between mapping and bound at which a layer counts as proved', share, 1e-4)
    .option('--time-limit <seconds>', 'per layer', seconds, 60)
    .option('--solver <name>', `one of ${solverNames.join(', ')}`, choice('solver', solverNames), 'auto')
    .option('--limit <name=value[unit]>', 'upper limit (repeatable) on energy (pJ, nJ, uJ, mJ), latency (cycles, ns, us, ms) or edp (pJ*cycles) of each layer on its own, or on the area (mm2, um2) of the chip', several)
    .option('--technology <file>', 'energies and areas of the parts of a template (default: 16 nm)')
    .option('--batch <n>', 'batch of an ONNX file or a built-in network', wholeNumber(1))
    .option('--dim <name=size>', 'size of a symbolic dimension of an ONNX file (repeatable)', sizes)
    .option('--workers <n>', 'layers at a time (default: number of processors)', wholeNumber(1))
    .option('--json <file>', 'write the result as JSON; - is standard output, in place of the table')
    .option('--certify', 'prove each answer once more, without trust in floating-point arithmetic: no mapping is better by a share of more than eps')
    .option('--certify-eps <share>', 'that share', share, 1e-3)
    .option('--certify-time <seconds>', 'for that, per layer', seconds, 60)
    .option('--design <file>', 'write a design file: machine, technology and mappings, for rtl, simulate and synth')
    .option('--lp <file>', 'write the last program of each layer in CPLEX LP format, for any MILP solver; for several layers x.lp becomes x.LAYER.lp')
    .option('--mps <file>', 'the same in free MPS format')
    .option('--timeloop <directory>', 'write each layer with its mapping as files that Timeloop (v0.4) replays, in a directory of its own there')
    .option('--seed <n>', 'seed of everything that is left to chance', wholeNumber(0), 1)
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', '\nExamples:\n  magnet map resnet50 --arch simba\n  magnet map model.onnx --arch my-arch.yaml --objective energy --limit latency=2ms --json result.json\n  magnet map case.json --conventions timeloop --objective energy --no-padding --json -')
    .action(async (workload: string, options: MapOptions) => end(await map(io, workload, options)));

  program
    .command('evaluate')
    .description('what given mappings cost: count x energy of every access')
    .argument('[case...]', 'case files (.json, .yaml, or .jsonl with a case on each line), or Timeloop files: architecture, problem, mapping, ERT')
    .option('-a, --arch <arch>', 'preset, architecture or design file, where there is no case file')
    .option('-w, --workload <workload>', 'what is mapped, where there is no case file; one layer of it')
    .option('-l, --layer <name>', 'which layer of the workload', several)
    .option('-m, --mapping <file>', 'mapping or map result, where there is no case file')
    .option('--constraints <file>', 'with a Timeloop architecture: a Timeloop file of constraints or an ERT (repeatable)', several)
    .option('--conventions <name>', 'magnet or timeloop (default: magnet; for case files that record Timeloop results: timeloop)', conventions)
    .option('--technology <file>', 'energies and areas of the parts of a template (default: 16 nm)')
    .option('--json <file>', 'write a line of JSON per case; - is standard output, in place of the tables')
    .action((files: readonly string[], options: EvaluateOptions) => end(evaluate(io, files, options)));

  program
    .command('networks')
    .description('list the built-in networks, or the layers of one')
    .argument('[workload]', 'built-in network, .onnx file, layer table or case file')
    .option('--batch <n>', 'batch of an ONNX file or a built-in network', wholeNumber(1))
    .option('--dim <name=size>', 'size of a symbolic dimension of an ONNX file (repeatable)', sizes)
    .action((workload: string | undefined, options: NetworksOptions) => end(networks(io, workload, options)));

  program
    .command('archs')
    .description('list the preset architectures, or the levels and area of one')
    .argument('[arch]', 'preset, architecture file or design file')
    .option('--technology <file>', 'energies and areas of the parts of a template (default: 16 nm)')
    .option('--yaml', 'print it as an architecture file to start from')
    .action((arch: string | undefined, options: ArchsOptions) => end(archs(io, arch, options)));

  program
    .command('spaces')
    .description('list the built-in design spaces, or the parameters of one')
    .argument('[space]', 'built-in design space, or a file (.yaml, .json)')
    .option('--yaml', 'print it as a file to start from')
    .action((space: string | undefined, options: SpacesOptions) => end(spaces(io, space, options)));

  program
    .command('show')
    .description('print mappings as loop nests')
    .argument('<file>', 'what "map --json", "map --design" or "codesign --design" wrote, or a case file with a mapping')
    .option('-l, --layer <name>', 'this layer only (repeatable)', several)
    .option('-a, --arch <arch>', 'the machine, where it is no preset and no design: shows which positions are idle')
    .action((file: string, options: ShowOptions) => end(show(io, file, options)));

  codesignCommand(program).action(async (networks: readonly string[], options: CodesignOptions) => end(await codesign(io, networks, options, engine)));

  proveCommand(program).action(async (network: string, options: ProveOptions) => end(await prove(io, network, options, prover)));

  compareCommand(program).action(async (network: string, options: CompareOptions) => end(await compare(io, network, options, arenas)));

  batchCommand(program).action(async (jobs: string, options: BatchOptions) => end(await batch(io, jobs, options)));
  mergeCommand(program).action(async (out: string, parts: readonly string[]) => end(await merge(io, out, parts)));

  // What draws figures is loaded where figures are drawn.
  reportCommand(program).action(async (files: readonly string[], options: ReportOptions) => end((await import('./report/report.js')).report(io, files, options)));

  addHardwareVerbs(program, io, tools, end);
  return program;
}
