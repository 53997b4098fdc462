// What `magnet compare` can be asked for.

import type { Command } from 'commander';
import type { Conventions } from '../../model/cost/conventions.js';
import type { Objective } from '../../model/cost/goal.js';
import { objectives } from '../../model/cost/goal.js';
import { machineContestants } from '../../tuner/compare/contestants.js';
import { solverNames } from '../../tuner/map-layer.js';
import { choice, commaList, duration, several, share, wholeNumber } from '../base-options.js';
import { costUnitsText, shared, workloadForms } from '../shared-options.js';

export interface CompareOptions {
  readonly arch?: string;
  readonly constraints?: readonly string[];
  readonly space?: string;
  readonly strategies?: readonly string[];
  /** Seconds, as is the time for proofs. */
  readonly time: number;
  readonly proofTime: number;
  readonly repeat: number;
  readonly objective: Objective;
  readonly layer?: readonly string[];
  readonly limit?: readonly string[];
  readonly conventions?: Conventions['name'];
  readonly padding: boolean;
  readonly keepAll?: boolean;
  /** Of machines another one than of mappings where it is not given. */
  readonly gap?: number;
  readonly technology?: string;
  readonly batch?: number;
  readonly dim?: Readonly<Record<string, number>>;
  readonly sameShape?: readonly string[];
  readonly seed: number;
  readonly workers: number;
  readonly json?: string;
  readonly svg?: string;
  readonly quiet?: boolean;
}

/** The verb without its action. */
export const compareCommand = (program: Command): Command =>
  program
    .command('compare')
    .description(
      'heuristics and solvers on the same questions with the same cost model and the same wall time, held against a proven bound',
    )
    .argument('<network>', workloadForms)
    .option(
      '-a, --arch <arch>',
      'compare mappings on this machine: preset, architecture file or design file (a case brings its own)',
    )
    .option(...shared.constraints)
    .option(
      '-s, --space <space>',
      'compare searches over the machines of this design space: built in ("magnet spaces" lists them) or a .yaml or .json file',
    )
    .option(
      '--strategies <list>',
      `who takes part, separated by commas; mappings: ${solverNames.join(', ')}; machines: ${machineContestants.join(', ')} (default: all that suit the machine)`,
      commaList,
    )
    .option('--time <time>', 'wall time of every run: 10s, 500ms, 2min; plain numbers are seconds', duration, 10)
    .option('--repeat <n>', 'runs of everybody on every layer, with seeds 1 to n', wholeNumber(1), 5)
    .option(
      '--proof-time <time>',
      'where nobody who takes part has proven the optimum: for its proof, per layer',
      duration,
      60,
    )
    .option(
      '-o, --objective <objective>',
      `what to minimise: ${objectives.join(', ')}`,
      choice('objective', objectives),
      'edp',
    )
    .option('-l, --layer <name>', 'this layer only (repeatable)', several)
    .option(
      '--limit <name=value[unit]>',
      `upper limit (repeatable); mappings: latency@each=200us of every layer, latency@LAYER=200us of one, ${costUnitsText}; machines: those too, and area=2mm2 of the chip`,
      several,
    )
    .option(...shared.conventions)
    .option(...shared.padding)
    .option(...shared.keepAll)
    .option(
      '--gap <share>',
      'gap between best and bound at which an optimum counts as proven, and solvers stop: 1%, 0.01 (default: 1e-4; machines: 0.01)',
      share,
    )
    .option(...shared.technology)
    .option(...shared.batch)
    .option(...shared.dim)
    .option(...shared.sameShape)
    .option('--seed <n>', 'seed of the order in which they take turns', wholeNumber(0), 1)
    .option(
      '--workers <n>',
      'runs at a time; more than one is faster, but they take memory and clock from each other, and times are not fair',
      wholeNumber(1),
      1,
    )
    .option(
      '--json <file>',
      'write every run with its best-so-far curve as JSON; - is standard output, in place of the tables',
    )
    .option('--svg <file>', 'draw best-so-far curves over the proven bound: medians, with bands from least to most')
    .option(...shared.quiet)
    .addHelpText(
      'after',
      '\nEvery run has a thread of its own, so that nobody finds the caches and the compiled code of another.\nExit codes: 0 compared, every optimum proven; 1 a layer fits nowhere; 2 an optimum stays open; 3 bad input; 4 a strategy\nwent below a proven bound, which is a bug in magnet; 130 interrupted: what was done is written.\n\nExamples:\n  magnet compare resnet50 --arch simba --strategies enumerate,highs,annealing,random --time 10s --repeat 5\n  magnet compare resnet50 --arch simba --layer conv1 --time 2s --json runs.json --svg curves.svg\n  magnet compare pilotnet --space magnet-small --limit area=2mm2 --time 60s --repeat 3',
    );
