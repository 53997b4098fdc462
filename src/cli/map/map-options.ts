// What `magnet map` can be asked for, and the same as a command line that asks for it again.

import type { Command } from 'commander';
import type { Conventions } from '../../model/cost/conventions.js';
import type { Objective } from '../../model/cost/goal.js';
import { objectives } from '../../model/cost/goal.js';
import type { SolverName } from '../../tuner/map-layer.js';
import { solverNames } from '../../tuner/map-layer.js';
import { choice, duration, several, share, wholeNumber } from '../base-options.js';
import type { QuestionOptions } from '../shared-options.js';
import { costUnitsText, shared, workloadForms } from '../shared-options.js';
import { eachOption, namedOption, option, shellLine } from '../shell.js';

export interface MapOptions extends QuestionOptions {
  readonly arch?: string;
  readonly keepAll?: boolean;
  readonly objective: Objective;
  readonly layer?: readonly string[];
  readonly conventions?: Conventions['name'];
  readonly gap: number;
  readonly solver: SolverName;
  readonly lp?: string;
  readonly mps?: string;
  readonly certify?: boolean;
  readonly certifyEps: number;
  readonly certifyTime: number;
  readonly seed: number;
  readonly constraints?: readonly string[];
  readonly timeloop?: string;
}

/** The verb without its action. */
export const mapCommand = (program: Command): Command =>
  program
    .command('map')
    .description('find the best mapping of every layer of a workload, and prove it')
    .argument('<workload>', workloadForms)
    .option(
      '-a, --arch <arch>',
      "preset, architecture file (ours or Timeloop's) or design file (a case brings its own)",
    )
    .option(...shared.constraints)
    .option(
      '-o, --objective <objective>',
      `what to minimise per layer: ${objectives.join(', ')}`,
      choice('objective', objectives),
      'edp',
    )
    .option('-l, --layer <name>', 'map this layer only (repeatable)', several)
    .option(...shared.conventions)
    .option(...shared.padding)
    .option(...shared.keepAll)
    .option('--gap <share>', 'gap between mapping and bound at which a layer counts as proved: 1%, 0.01', share, 1e-4)
    .option('--time-limit <time>', 'per layer: 10s, 500ms, 2min', duration, 60)
    .option('--solver <name>', `one of ${solverNames.join(', ')}`, choice('solver', solverNames), 'auto')
    .option(
      '--limit <name=value[unit]>',
      `upper limit (repeatable): latency@each=200us of every layer, latency@LAYER=200us of one; ${costUnitsText}, or area (mm2, um2) of the chip`,
      several,
    )
    .option(...shared.technology)
    .option(...shared.batch)
    .option(...shared.dim)
    .option(...shared.sameShape)
    .option('--workers <n>', 'layers at a time (default: number of processors)', wholeNumber(1))
    .option('--json <file>', 'write the result as JSON; - is standard output, in place of the table')
    .option(
      '--certify',
      'prove each answer once more, without trust in floating-point arithmetic: no mapping is better by a share of more than eps',
    )
    .option('--certify-eps <share>', 'that share', share, 1e-3)
    .option('--certify-time <time>', 'for that, per layer', duration, 60)
    .option('--design <file>', 'write a design file: machine, technology and mappings, for rtl, simulate and synth')
    .option(
      '--lp <file>',
      'write the last program of each layer in CPLEX LP format, for any MILP solver; for several layers x.lp becomes x.LAYER.lp',
    )
    .option('--mps <file>', 'the same in free MPS format')
    .option(
      '--timeloop <directory>',
      'write each layer with its mapping as files that Timeloop (v0.4) replays, in a directory of its own there',
    )
    .option('--seed <n>', 'seed of everything that is left to chance', wholeNumber(0), 1)
    .option(...shared.quiet)
    .addHelpText(
      'after',
      '\nExamples:\n  magnet map resnet50 --arch simba\n  magnet map model.onnx --arch my-arch.yaml --objective energy --limit latency@each=2ms --json result.json\n  magnet map case.json --conventions timeloop --objective energy --no-padding --json -',
    );

/** Without what only says where results go, how many workers there are and what is printed. */
export function mapLine(workload: string, o: MapOptions): string {
  return shellLine([
    ...['magnet', 'map', workload],
    ...option('--arch', o.arch),
    ...eachOption('--constraints', o.constraints),
    ...option('--objective', o.objective),
    ...eachOption('--layer', o.layer),
    ...option('--conventions', o.conventions),
    ...(o.padding ? [] : ['--no-padding']),
    ...(o.keepAll ? ['--keep-all'] : []),
    ...option('--gap', o.gap),
    ...option('--time-limit', o.timeLimit),
    ...option('--solver', o.solver),
    ...eachOption('--limit', o.limit),
    ...option('--technology', o.technology),
    ...option('--batch', o.batch),
    ...namedOption('--dim', o.dim),
    ...eachOption('--same-shape', o.sameShape),
    ...(o.certify
      ? ['--certify', ...option('--certify-eps', o.certifyEps), ...option('--certify-time', o.certifyTime)]
      : []),
    ...option('--seed', o.seed),
  ]);
}
