// What `magnet prove` can be asked for, and the same as a command line that asks for it again.

import type { Command } from 'commander';
import type { Conventions } from '../../model/cost/conventions.js';
import { duration, several, wholeNumber } from '../base-options.js';
import type { QuestionOptions } from '../shared-options.js';
import { conventionsName, costUnitsText, shared, workloadForms } from '../shared-options.js';
import { eachOption, namedOption, option, shellLine } from '../shell.js';

export interface ProveOptions extends QuestionOptions {
  readonly arch?: string;
  readonly constraints?: readonly string[];
  readonly keepAll?: boolean;
  readonly space?: string;
  readonly layer?: readonly string[];
  readonly conventions?: Conventions['name'];
  readonly smt2?: string;
  readonly smt2Layer?: string;
}

/** The verb without its action. */
export const proveCommand = (program: Command): Command =>
  program
    .command('prove')
    .description(
      'whether a machine, or any machine of a design space, meets all limits at once: with mappings that show it, or with the limits that exclude each other and how far each must move',
    )
    .argument('<network>', workloadForms)
    .option('-a, --arch <arch>', 'this machine: preset, architecture file or design file (a case brings its own)')
    .option(...shared.constraints)
    .option(
      '-s, --space <space>',
      'any machine of this design space: built in ("magnet spaces" lists them) or a .yaml or .json file',
    )
    .option(
      '--limit <name=value[unit]>',
      `requirement (repeatable): area=2mm2 of the chip; of one run of the network as a whole, ${costUnitsText}, the sum of the layers'; latency@LAYER=1ms of one layer, latency@each=1ms of every one; or pes (rows x columns) or another parameter of the machine, as "magnet spaces NAME" lists them (numLanes=8, weightBuffer=32KB, 'pes>=4'). "=" and "<=" mean at most; without any limit, whether every layer has a mapping`,
      several,
    )
    .option('-l, --layer <name>', 'ask about this layer only (repeatable)', several)
    .option(
      '--conventions <name>',
      'how accesses are counted: magnet (our hardware) or timeloop (with --arch only; default: magnet; for case files that record Timeloop results: timeloop)',
      conventionsName,
    )
    .option(...shared.padding)
    .option(...shared.keepAll)
    .option(...shared.technology)
    .option('--time-limit <time>', 'for everything: 10s, 500ms, 2min', duration, 600)
    .option(...shared.batch)
    .option(...shared.dim)
    .option(...shared.sameShape)
    .option('--workers <n>', 'questions at a time (default: number of processors)', wholeNumber(1))
    .option('--json <file>', 'write the answer as JSON; - is standard output, in place of the text')
    .option(
      '--smt2 <file>',
      'write what Z3 was asked at last, for any SMT solver to check: unsat where the limits cannot be met',
    )
    .option(
      '--smt2-layer <file>',
      'of a small layer on one machine, write its whole problem, without lemmas: every mapping is a point of it (minutes, or open, where costs of a larger layer are limited)',
    )
    .option(
      '--design <file>',
      'where the limits can be met, write the machine and mappings that show it as a design file, for rtl, simulate and synth',
    )
    .option(...shared.quiet)
    .addHelpText(
      'after',
      "\nExamples:\n  magnet prove resnet50 --arch simba --limit latency=10ms --limit energy=3mJ\n  magnet prove resnet50 --space magnet-quick --limit area=2mm2 --limit latency=5ms --json proof.json --smt2 proof.smt2\n  magnet prove mobilenetv2 --space magnet-quick --limit 'pes>=4' --limit 'weightBuffer<=64KB' --limit latency@conv1=50us --design witness.json",
    );

/** Without what only says where results go, how many workers there are and what is printed. */
export function proveLine(network: string, o: ProveOptions): string {
  return shellLine([
    ...['magnet', 'prove', network],
    ...option('--arch', o.arch),
    ...eachOption('--constraints', o.constraints),
    ...option('--space', o.space),
    ...eachOption('--limit', o.limit),
    ...eachOption('--layer', o.layer),
    ...option('--conventions', o.conventions),
    ...(o.padding ? [] : ['--no-padding']),
    ...(o.keepAll ? ['--keep-all'] : []),
    ...option('--technology', o.technology),
    ...option('--time-limit', o.timeLimit),
    ...option('--batch', o.batch),
    ...namedOption('--dim', o.dim),
    ...eachOption('--same-shape', o.sameShape),
  ]);
}
