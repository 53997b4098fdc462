// What `magnet accuracy` can be asked for.

import * as types from '../interchange/value-types.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { quantizationOptions } from './quantization.js';
import { shared } from './shared.js';

/** What `magnet accuracy` can be asked for. */
export const accuracyVerb = defineVerb({
  name: 'accuracy',
  summary:
    "classify labelled samples in real numbers and in the machine's integers: what quantization loses, with its interval",
  arguments: [
    {
      name: 'network',
      help: 'ONNX file with its weights, or fashion-resnet8, which comes with magnet',
      form: 'one',
      example: 'lenet.onnx',
    },
  ],
  options: {
    data: {
      type: types.text,
      placeholder: 'file',
      help:
        'samples: IDX (as of MNIST), .npy, .npz (FILE#NAME is one of its arrays), or CSV with the label in the last column, .gz too; ' +
        'or a folder of PNG and JPEG, with a folder in it for each class',
      usually: 'what comes with the network, of fashion-resnet8 fashion-mnist#test',
      changesAnswer: true,
      example: 'images.idx3',
      file: 'read',
    },
    labels: {
      type: types.text,
      placeholder: 'file',
      help: 'the class of each sample, from 0 on: IDX, .npy or .npz',
      usually: 'the last column of CSV, the folders of images',
      changesAnswer: true,
      example: 'labels.idx1',
      file: 'read',
    },
    ...quantizationOptions,
    calibrate: {
      ...quantizationOptions.calibrate,
      help: 'samples that set the scales of all tensors, of the kind of --data; of the same file those before --first',
    },
    first: {
      type: types.whole(0),
      help: 'the first sample of --data that counts',
      default: 0,
      changesAnswer: true,
      example: '1000',
    },
    samples: {
      type: types.whole(1),
      help: 'samples that count from there on',
      usually: 'all',
      changesAnswer: true,
      example: '500',
    },
    maxLoss: {
      type: types.share,
      help: 'the share of all samples that may be lost: exit code 1 where more is, 2 where the samples do not decide',
      changesAnswer: true,
      example: '1%',
    },
    showSamples: {
      type: types.whole(1, 100),
      help: 'samples that integers get wrong, told and held in --json as pictures for "magnet report", where the data are images',
      usually: 'none',
      changesAnswer: true,
      example: '12',
    },
    float: {
      type: types.oneOf('executor', ['magnet', 'onnxruntime']),
      help: 'who computes in real numbers: magnet, with 64 bits, or ONNX Runtime, with 32, where onnxruntime-node or -web is installed',
      default: 'magnet' as const,
      changesAnswer: true,
      example: 'onnxruntime',
    },
    workers: {
      ...shared.workers,
      help: 'shares of the samples at a time',
      usually: 'number of processors, 1 where there is little to do',
    },
    json: shared.json,
    quiet: shared.quiet,
  },
  notes: ['Exit codes: 0 within the limit, or no limit; 1 beyond it; 2 undecided.'],
  examples: [
    'accuracy fashion-resnet8 --bits w4a4 --max-loss 1%',
    'accuracy lenet.onnx --data t10k-images.idx3 --labels t10k-labels.idx1 --calibrate validation.idx3',
    'accuracy mobilenet.onnx --data test --calibrate validation --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225',
    'accuracy digits.onnx --data test.csv --calibrate validation.csv --divide 16 --bits w4a8 --max-loss 1%',
  ],
});

/** Options of `magnet accuracy` as they are read. */
export type AccuracyOptions = OptionsOf<typeof accuracyVerb>;
