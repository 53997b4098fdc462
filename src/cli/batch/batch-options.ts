// What `magnet batch` and `magnet merge` can be asked for.

import type { Command } from 'commander';
import { memory, wholeNumber } from '../base-options.js';

export interface BatchOptions {
  readonly out: string;
  readonly shard?: string;
  readonly workers?: number;
  readonly memory?: number;
  readonly retry?: boolean;
  readonly quiet?: boolean;
}

/** The verb without its action. */
export const batchCommand = (program: Command): Command =>
  program
    .command('batch')
    .description(
      'do many jobs (map, prove, codesign, compare) that a file lists, and go on where an earlier run was ended, however it was',
    )
    .argument(
      '<jobs>',
      'job file (.yaml, .json): {jobs: [{kind: map, network: [resnet50, pilotnet], arch: simba, objective: [edp, energy]}, ...]}; lists are swept',
    )
    .option('--out <file>', 'a line of JSON per job; what is finished there is not done again', 'results.jsonl')
    .option('--shard <i/n>', 'only the i-th of n parts, for several machines; "magnet merge" puts them together')
    .option('--workers <n>', 'parts of jobs at a time (default: number of processors)', wholeNumber(1))
    .option(
      '--memory <size>',
      "of each worker's heap: 512MB, 2GB; a job that needs more fails (default: as Node decides)",
      memory,
    )
    .option('--retry', 'do jobs again that failed in an earlier run')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExit codes: 0 every job is settled; 2 some are not, or failed; 3 bad input; 130 interrupted, to be continued by the same command.\n\nExamples:\n  magnet batch sweep.yaml --out sweep.jsonl\n  magnet batch sweep.yaml --shard $SLURM_ARRAY_TASK_ID/8 --out part$SLURM_ARRAY_TASK_ID.jsonl\n  magnet merge sweep.jsonl part*.jsonl',
    );

export const mergeCommand = (program: Command): Command =>
  program
    .command('merge')
    .description('put the parts of a batch together, each job once, in the order of its job file')
    .argument('<out>', 'where the whole is written, once it is whole')
    .argument('<part...>', 'what "magnet batch --shard" wrote');
