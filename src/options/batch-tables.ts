// What the verbs can be asked for that do many jobs, put their parts together, and make pages of results.

import * as types from '../interchange/value-types.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { metricsRule, shared } from './shared.js';

export const batchVerb = defineVerb({
  name: 'batch',
  summary:
    'do the jobs (map, prove, codesign, compare) that a file lists, going on where an earlier run stopped, however ' +
    'it stopped',
  arguments: [
    {
      name: 'jobs',
      help:
        'job file (.yaml, .json): {jobs: [{kind: map, network: [resnet50, pilotnet], arch: simba, objective: [edp, ' +
        'energy]}, ...]}; lists are swept',
      form: 'one',
      example: 'sweep.yaml',
    },
  ],
  options: {
    out: {
      type: types.text,
      placeholder: 'file',
      help: 'a line of JSON per job; what is finished there is not done again',
      default: 'results.jsonl',
      changesAnswer: false,
      example: 'sweep.jsonl',
      file: 'written',
    },
    shard: {
      type: types.text,
      placeholder: 'i/n',
      help: 'only the i-th of n parts, for several machines; "magnet merge" puts them together',
      changesAnswer: true,
      example: '3/8',
    },
    workers: {
      ...shared.workers,
      help: 'parts of jobs at a time; on a queue, those that are handed to it',
      usually: 'number of processors; on a queue twice what its workers do at a time, at least 64',
    },
    queue: shared.queue,
    metrics: shared.metrics,
    memory: {
      type: types.memory,
      help: 'heap of each worker, such as 512MB or 2GB; a job that needs more fails',
      usually: 'as Node decides',
      changesAnswer: false,
      example: '2GB',
    },
    slurm: {
      type: types.text,
      placeholder: 'file',
      help:
        'do nothing, and write a script of an array job for Slurm: a part of the batch in each task, which is put into the ' +
        'line again until it is done; "sbatch FILE" runs it as it is',
      changesAnswer: false,
      example: 'sweep.sbatch',
      file: 'written',
    },
    shards: {
      type: types.whole(1),
      help: 'tasks of the array',
      usually: '8',
      changesAnswer: false,
      example: '32',
      with: 'slurm',
    },
    taskTime: {
      type: types.duration,
      help: 'of a task, until it is put into the line again',
      usually: '4h',
      changesAnswer: false,
      example: '24h',
      with: 'slurm',
    },
    retry: { type: types.flag, help: 'do jobs again that failed in an earlier run', changesAnswer: false },
    quiet: shared.quiet,
  },
  rules: [
    metricsRule,
    {
      options: ['shards', 'taskTime'],
      needs: 'slurm',
      message: (given) => `${given} is about the tasks of an array: give --slurm FILE, too`,
    },
    {
      options: ['slurm'],
      conflicts: 'shard',
      message: () => '--slurm: the script gives every task its shard; drop --shard',
    },
    {
      options: ['slurm'],
      conflicts: 'queue',
      message: () =>
        '--slurm: the tasks of the array are the workers; drop --queue, or start "magnet worker --queue" by Slurm',
    },
  ],
  notes: [
    'Exit codes: 0 every job is settled; 2 some are not, or failed; 3 bad input; 130 interrupted, to be continued ' +
      'by the same command.',
  ],
  examples: [
    'batch sweep.yaml --out sweep.jsonl',
    'batch sweep.yaml --out sweep.jsonl --slurm sweep.sbatch --shards 32 --task-time 24h',
    'batch sweep.yaml --shard 3/8 --out part3.jsonl',
    'merge sweep.jsonl part*.jsonl',
  ],
});

export const mergeVerb = defineVerb({
  name: 'merge',
  summary: 'put the parts of a batch together, each job once, in the order of its job file',
  arguments: [
    {
      name: 'out',
      help: 'where the whole is written, once it is whole',
      form: 'one',
      example: 'sweep.jsonl',
      written: true,
    },
    { name: 'part', help: 'what "magnet batch --shard" wrote', form: 'some', example: 'part1.jsonl', written: true },
  ],
  options: {},
  examples: ['merge sweep.jsonl part*.jsonl'],
});

export const reportVerb = defineVerb({
  name: 'report',
  summary: 'print results as one HTML page that needs nothing else, or as Markdown',
  arguments: [
    {
      name: 'result',
      help:
        'what "map", "codesign", "prove", "compare", "accuracy" and "quantize" wrote with --json, "map" and "codesign" with ' +
        '--design, the .jsonl of "batch", and what "networks NAME --json" printed, in any mix; a section each',
      form: 'some',
      example: 'result.json',
    },
  ],
  options: {
    output: {
      type: types.text,
      short: 'o',
      placeholder: 'file',
      help: 'the page; - is standard output',
      usually: 'report.html, unless only --markdown is asked for',
      changesAnswer: false,
      example: 'resnet50.html',
      file: 'written',
    },
    markdown: {
      type: types.text,
      placeholder: 'file',
      help: 'the same as Markdown',
      changesAnswer: false,
      example: 'resnet50.md',
      file: 'written',
    },
    title: {
      type: types.text,
      help: 'title of the report',
      changesAnswer: true,
      example: 'ResNet-50 on simba',
    },
    quiet: shared.quiet,
  },
  examples: [
    'map resnet50 --arch simba --json map.json --design design.json',
    'report map.json design.json -o resnet50.html --markdown resnet50.md',
    'report w8a8.json w4a8.json w4a4.json -o accuracy.html',
  ],
});

export type BatchOptions = OptionsOf<typeof batchVerb>;
export type ReportOptions = OptionsOf<typeof reportVerb>;
