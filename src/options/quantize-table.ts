// What `magnet quantize` can be asked for.

import * as types from '../interchange/value-types.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { quantizationOptions } from './quantization.js';
import { shared } from './shared.js';

const { calibrate, ...how } = quantizationOptions;

/** What `magnet quantize` can be asked for, as data. */
export const quantizeVerb = defineVerb({
  name: 'quantize',
  summary: "write a trained network in the machine's integers as QDQ ONNX, with scales set by samples",
  arguments: [
    { name: 'network', help: 'ONNX file with its weights and one input', form: 'one', example: 'lenet.onnx' },
  ],
  options: {
    calibrate,
    output: {
      type: types.text,
      short: 'o',
      placeholder: 'file',
      help: 'the quantized network',
      required: true,
      changesAnswer: false,
      example: 'quantized.onnx',
      file: 'written',
    },
    ...how,
    accumPrecision: {
      type: types.whole(2, 53),
      help: 'bits of the accumulators that it is for: exit code 1, and nothing written, where some input overflows them',
      changesAnswer: true,
      example: '24',
    },
    batch: {
      type: types.whole(1),
      help: 'batch size of the file that is written',
      default: 1,
      changesAnswer: true,
      example: '100',
    },
    json: shared.json,
    quiet: shared.quiet,
  },
  notes: ['Exit codes: 0 written; 1 where sums may overflow the accumulators of --accum-precision.'],
  examples: [
    'quantize lenet.onnx --calibrate validation.idx3 -o lenet-w8a8.onnx',
    'quantize lenet.onnx --calibrate validation.idx3 --bits w4a4 --unsigned --layer-bits conv1=w8a8 -o lenet-mixed.onnx',
  ],
});

/** Values of the options of `magnet quantize`, read and with their defaults. */
export type QuantizeVerbOptions = OptionsOf<typeof quantizeVerb>;
