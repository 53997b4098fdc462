// What `magnet run` can be asked for.

import * as types from '../interchange/value-types.js';
import { accuracyVerb } from './accuracy-table.js';
import { engine } from './hardware-tables.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { shared } from './shared.js';

const { options: samples } = accuracyVerb;
const network = { name: 'network', help: 'built-in network or ONNX file', form: 'one', example: 'pilotnet' } as const;
/** What decides the words that a network runs on. */
const words = {
  design: {
    type: types.text,
    placeholder: 'file',
    help: 'design file: its machine, and its mappings for the layers that it has',
    required: true,
    changesAnswer: true,
    example: 'pilotnet.json',
    file: 'read',
  },
  input: {
    type: types.texts,
    placeholder: '[name=]file',
    help:
      'an input of the network, .npy (repeatable, with its name where there are several): real numbers, by which ' +
      'scales are set too, or words as whole numbers',
    usually: 'drawn from the seed',
    changesAnswer: true,
    example: 'image.npy',
    file: 'read',
  },
  drawn: {
    type: types.flag,
    help: 'draw weights from the seed, also where the ONNX file has their numbers',
    changesAnswer: true,
  },
  unsigned: {
    type: types.flag,
    help:
      'hold tensors that are never negative (behind a ReLU, a sigmoid) as unsigned words, which are twice as fine; ' +
      'others have a sign, as all have without it',
    changesAnswer: true,
  },
  rawSums: {
    type: types.flag,
    help: 'outputs of the network are the sums of their layers with the bias, as wide as the accumulators, and no words',
    changesAnswer: true,
  },
  schedule: {
    type: types.text,
    placeholder: 'file',
    help:
      'which tensors stay in the global buffer between steps, on a machine with residency: 1: ' +
      '{schema: magnet-schedule/1, keep: [{tensor, bank}]}, with the first bank of each; ' +
      'bands: [{first, last, bands}] has steps from one to another in so many bands of rows, or of: images',
    usually: 'what the design says of the network, or none stays',
    changesAnswer: true,
    example: 'schedule.json',
    file: 'read',
  },
  seed: {
    type: types.whole(0),
    help: 'seed of weights, biases and scales that no file gives, and of such an input',
    default: 1,
    changesAnswer: true,
    example: '7',
  },
  folds: {
    ...shared.folds,
    help:
      'map layers on inputs of the network as they are where the design has no mapping of them; without it kernel positions ' +
      'may be among their channels',
  },
  dim: shared.dim,
  sameShape: shared.sameShape,
  batch: shared.batch,
} as const;

/** What `magnet run` can be asked for. */
export const runVerb = defineVerb({
  name: 'run',
  summary: 'run a whole network on the Verilog of a design, every word and cycle held against reference and model',
  arguments: [network],
  options: {
    ...words,
    engine,
    data: {
      ...samples.data,
      help:
        'samples for a network that is quantized: each runs on the Verilog; IDX, .npy, .npz, CSV with the label in the last ' +
        'column, or a folder of images',
      usually: 'none',
    },
    labels: { ...samples.labels, usually: 'the last column of CSV, the folders of images' },
    samples: { ...samples.samples, help: 'samples that run, from the first on' },
    divide: samples.divide,
    mean: samples.mean,
    std: samples.std,
    output: {
      type: types.texts,
      short: 'o',
      placeholder: '[name=]file',
      help:
        'write an output of the network, or any tensor by its name, .npy (repeatable); a file alone is for the only ' +
        'output, or for the tensor that --tensor names',
      changesAnswer: false,
      example: 'out.npy',
      file: 'written',
    },
    tensor: {
      type: types.text,
      placeholder: 'name',
      help: 'a tensor of the network to write in place of its output',
      changesAnswer: true,
      example: 'conv1.out',
    },
    qdq: {
      type: types.text,
      placeholder: 'file',
      help: 'write the network with its integers as QDQ ONNX, for ONNX Runtime and other tools',
      changesAnswer: false,
      example: 'pilotnet.qdq.onnx',
      file: 'written',
    },
    trace: {
      type: types.text,
      placeholder: 'file',
      help: "write when each engine of the machine is busy, as JSON for Perfetto's viewer; with --engine wasm",
      changesAnswer: false,
      example: 'pilotnet.trace.json',
      file: 'written',
    },
    json: shared.json,
    workers: shared.workers,
    quiet: shared.quiet,
  },
  notes: ['A difference between RTL and model or reference is a bug in magnet: exit code 4.'],
  examples: ['map pilotnet --arch simba --design pilotnet.json', 'run pilotnet --design pilotnet.json -o steering.npy'],
});

/** What `magnet compile` can be asked for. */
export const compileVerb = defineVerb({
  name: 'compile',
  summary: 'write a whole network as a program of a design: register writes, memories, addresses, a C header',
  arguments: [network],
  options: {
    ...words,
    output: {
      type: types.text,
      short: 'o',
      placeholder: 'directory',
      help: 'where to write; new, empty, or written by magnet compile before',
      required: true,
      changesAnswer: false,
      example: 'pilotnet-program',
      file: 'folder',
    },
    force: { type: types.flag, help: 'write into a directory that holds other files', changesAnswer: false },
    workers: shared.workers,
    quiet: shared.quiet,
  },
  examples: [
    'map pilotnet --arch simba --design pilotnet.json',
    'compile pilotnet --design pilotnet.json -o pilotnet-program',
  ],
});

export type CompileOptions = OptionsOf<typeof compileVerb>;
export type RunOptions = OptionsOf<typeof runVerb>;
