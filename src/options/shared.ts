// Options that several verbs have, and words that their help shares.

import * as types from '../interchange/value-types.js';
import { conventionsByName } from '../model/cost/conventions.js';
import type { OptionTable, Rule } from './option.js';

export const workloadForms =
  'built-in network, .onnx file, layer table (.yaml, .json; FILE#NAME for one of several), case file, or a ' +
  'workload of Timeloop, ZigZag (.yaml), SCALE-Sim (.csv) or MAESTRO (.m); - is standard input';

export const spaceForms = 'built in ("magnet spaces" lists them) or a .yaml or .json file';

/** What a limit is on, beside the area. */
export const costUnitsText = 'latency (cycles, ns, us, ms), energy (pJ, nJ, uJ, mJ) or edp (pJ*cycles)';
/** Likewise of a network as a whole. */
export const networkCostsText = `${costUnitsText}, energy x delay of the totals, or layer-edp, the sum of the layers' own`;

/** Why a job cannot have it. */
export const inResults = 'a batch writes every result to its --out file, of which "magnet report" makes pages';
export const ofBatch = 'it holds for all jobs alike; give it to "magnet batch"';
/** Likewise, where only the verb has it. */
export const onlyIn = (verb: string, what: string): string => `${what}; use "magnet ${verb}"`;

export const conventionsType = types.oneOf(
  'conventions',
  conventionsByName.map((c) => c.name),
);

/** Of verbs that can hand their work to a queue. */
export const metricsRule = {
  options: ['metrics'],
  needs: 'queue',
  code: 'no-effect',
  message: () => '--metrics tells how a queue is doing; hand the work to one with --queue URL',
} as const;

export const shared = {
  constraints: {
    type: types.texts,
    placeholder: 'file',
    help: 'with a Timeloop architecture: a Timeloop file of constraints or an ERT (repeatable)',
    changesAnswer: true,
    example: 'constraints.yaml',
    file: 'read',
  },
  padding: {
    type: types.flag,
    help: 'keep the bounds of the layers as they are (13 is not rounded up to 14)',
    default: true,
    changesAnswer: true,
  },
  diagonal: {
    type: types.flag,
    help: 'run every group of a depthwise layer by itself, instead of in blocks with weights on the diagonal where that is better',
    default: true,
    changesAnswer: true,
  },
  folds: {
    type: types.flag,
    help: 'run layers on inputs of the network as they are, instead of with kernel positions among the channels where that is better',
    default: true,
    changesAnswer: true,
  },
  layersOnly: {
    type: types.flag,
    help: 'count only the layers of a built-in network or an ONNX file: no residual additions, pools or element-wise steps',
    changesAnswer: true,
  },
  keepAll: {
    type: types.flag,
    help: 'let every level keep every tensor that its file allows, instead of searching which tensors bypass it',
    changesAnswer: true,
  },
  layer: {
    type: types.texts,
    short: 'l',
    placeholder: 'name',
    help: 'this layer only (repeatable)',
    changesAnswer: true,
    example: 'conv1',
  },
  conventions: {
    type: conventionsType,
    help: 'how accesses are counted: magnet (our hardware) or timeloop',
    usually: 'magnet; for case files that record Timeloop results: timeloop',
    changesAnswer: true,
    example: 'timeloop',
  },
  technology: {
    type: types.text,
    placeholder: 'file',
    help: 'file with the energies and areas of the parts of a template',
    usually: '16 nm',
    changesAnswer: true,
    example: 'my-technology.yaml',
    file: 'read',
  },
  dramBandwidth: {
    type: types.dramRate,
    help: 'of a machine of the template, or of all machines of a space: what DRAM moves, shared out over its channels',
    usually: 'what the machine says; without a word, a line a cycle on each channel',
    changesAnswer: true,
    example: '25.6GB/s',
  },
  dim: {
    type: types.sizes,
    help:
      'size of a symbolic dimension of an ONNX file, or of an axis without a name of any of its values: ' +
      "'x[2]=224' (repeatable)",
    changesAnswer: true,
    example: 'sequence=128',
  },
  sameShape: {
    type: types.texts,
    placeholder: 'operator',
    help:
      'say that an operator of an ONNX file that magnet does not know (acme.Swish) keeps the shape of its first ' +
      'input (repeatable)',
    changesAnswer: true,
    example: 'acme.Swish',
  },
  batch: {
    type: types.whole(1),
    help: 'batch size of an ONNX file or a built-in network',
    changesAnswer: true,
    example: '8',
  },
  json: {
    type: types.text,
    placeholder: 'file',
    help: 'write the result as JSON; - is standard output, in place of the tables',
    changesAnswer: false,
    notInBatch: inResults,
    example: 'result.json',
    file: 'written',
  },
  workers: {
    type: types.whole(1),
    help: 'layers at a time',
    usually: 'number of processors',
    changesAnswer: false,
    notInBatch: ofBatch,
    example: '4',
  },
  queue: {
    type: types.text,
    placeholder: 'url',
    help:
      'hand the work to whoever does "magnet worker" on this queue, on any number of machines: a Redis, redis://host:port, ' +
      'or rediss:// over TLS',
    changesAnswer: false,
    notInBatch: ofBatch,
    example: 'redis://127.0.0.1:6379',
  },
  metrics: {
    type: types.text,
    placeholder: 'file',
    help: 'with --queue: what the queue and its workers are doing, in the text format of Prometheus, written every two seconds',
    changesAnswer: false,
    notInBatch: ofBatch,
    example: 'magnet.prom',
    file: 'written',
  },
  quiet: { type: types.flag, short: 'q', help: 'show no progress', changesAnswer: false, notInBatch: ofBatch },
} as const satisfies OptionTable;

/** What cannot be asked of the machines of a space. */
export const oneMachineOnly: readonly Rule<'constraints' | 'conventions'>[] = [
  {
    options: ['constraints'],
    conflicts: 'space',
    code: 'no-effect',
    message: () =>
      '--constraints takes Timeloop files, which are about one machine; name it with --arch, or drop --constraints',
  },
  {
    options: ['conventions'],
    value: 'timeloop',
    conflicts: 'space',
    message: () =>
      '--conventions timeloop: machines of a space are always counted under magnet conventions; drop it, or name one ' +
      'machine with --arch',
  },
];
