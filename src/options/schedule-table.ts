// What `magnet schedule` can be asked for.

import * as types from '../interchange/value-types.js';
import { scheduleObjectives } from '../tuner/schedule/schedule-question.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { onlyIn, shared } from './shared.js';

/** What `magnet schedule` can be asked for, as data. */
export const scheduleVerb = defineVerb({
  name: 'schedule',
  summary: 'choose which tensors of a network stay in the global buffer, with the mapping of every run, and prove it',
  arguments: [{ name: 'network', help: 'built-in network or ONNX file', form: 'one', example: 'resnet50' }],
  options: {
    arch: {
      type: types.text,
      short: 'a',
      placeholder: 'arch',
      help: 'preset, machine file or design file, of the template; tensors may stay in its global buffer (residency: 1)',
      required: true,
      changesAnswer: true,
      example: 'simba',
      file: 'read',
    },
    objective: {
      type: types.oneOf('objective', scheduleObjectives),
      short: 'o',
      placeholder: 'objective',
      help: `what to minimise of the whole network: ${scheduleObjectives.join(', ')}`,
      default: 'edp',
      changesAnswer: true,
      example: 'energy',
    },
    limit: {
      type: types.texts,
      placeholder: 'name=value[unit]',
      help: 'upper limit on the network as a whole (repeatable): energy, latency or edp, such as latency=7.3ms',
      changesAnswer: true,
      example: 'latency=7.3ms',
    },
    residency: {
      type: types.flag,
      help: 'keep nothing in the global buffer: every tensor goes through DRAM',
      default: true,
      changesAnswer: true,
    },
    bands: {
      type: types.flag,
      help: 'put no chain of steps into bands of rows, or of images of a batch: tensors stay whole or not at all',
      default: true,
      changesAnswer: true,
    },
    weights: {
      type: types.flag,
      help: 'let no weights of chains in bands stay in the weight buffers: each band loads its own',
      default: true,
      changesAnswer: true,
    },
    padding: shared.padding,
    folds: shared.folds,
    technology: shared.technology,
    dramBandwidth: shared.dramBandwidth,
    dim: shared.dim,
    sameShape: shared.sameShape,
    batch: shared.batch,
    timeLimit: {
      type: types.duration,
      help: 'time for the whole question, such as 10s, 500ms or 2min',
      default: 300,
      changesAnswer: true,
      example: '1min',
    },
    json: {
      ...shared.json,
      help: 'write the schedule as JSON, which run --schedule and compile --schedule read; - is standard output, in place of the table',
    },
    design: {
      type: types.text,
      placeholder: 'file',
      help: 'write a design file: the machine with the mapping of every run, for run, compile and rtl',
      changesAnswer: false,
      notInBatch: onlyIn('schedule --design', 'design files are made one at a time'),
      example: 'scheduled.json',
      file: 'written',
    },
    svg: {
      type: types.text,
      placeholder: 'file',
      help: 'draw who lies in which banks of the global buffer, run after run',
      changesAnswer: false,
      notInBatch: onlyIn('schedule --svg', 'pictures are drawn one at a time'),
      example: 'schedule.svg',
      file: 'written',
    },
    certificate: {
      type: types.text,
      placeholder: 'file',
      help: 'write a certificate of the answer for "magnet check": lines below all schedules, and what lies ahead of every state',
      changesAnswer: false,
      notInBatch: onlyIn('schedule --certificate', 'certificates are made one at a time'),
      example: 'certificate.json',
      file: 'written',
    },
    workers: shared.workers,
    quiet: shared.quiet,
  },
  examples: [
    'schedule resnet50 --arch simba',
    'schedule mobilenetv2 --arch chip.json --objective energy --svg banks.svg',
  ],
});

/** Values of the options of `magnet schedule`, read and with their defaults. */
export type ScheduleOptions = OptionsOf<typeof scheduleVerb>;
