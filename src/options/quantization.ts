// How a network is quantized: options that `quantize` and `accuracy` have in common, and what they come to.

import * as types from '../interchange/value-types.js';
import type { Precision, QuantizeOptions } from '../quantize/quantize-options.js';
import { granularities, precisionIn } from '../quantize/quantize-options.js';
import { clipMethods } from '../quantize/sizes.js';
import type { OptionTable, Values } from './option.js';

export const quantizationOptions = {
  calibrate: {
    type: types.text,
    placeholder: 'file',
    help:
      'samples that set the scales of all tensors, with labels or without: IDX (as of MNIST), .npy, .npz, or CSV with the ' +
      'label in the last column, .gz too; or a folder of images, with a folder in it for each class',
    usually: 'what comes with the network, of fashion-resnet8 fashion-mnist#validation',
    changesAnswer: true,
    example: 'validation.idx3',
    file: 'read',
  },
  bits: {
    type: types.precision,
    help: 'of weights and of activations, 2 to 16 each',
    default: 'w8a8',
    changesAnswer: true,
    example: 'w4a8',
  },
  layerBits: {
    type: types.namedPrecisions,
    help: 'of the weights of one layer, and of the activations that it reads, in place of --bits (repeatable)',
    changesAnswer: true,
    example: 'conv1=w4a8',
  },
  granularity: {
    type: types.oneOf('granularity', granularities),
    help: 'what has a scale of its own: the weights of each output channel, or all of a layer',
    default: 'channel' as const,
    changesAnswer: true,
    example: 'tensor',
  },
  weights: {
    type: types.oneOf('method', clipMethods),
    help: 'how the largest weight of a channel is chosen: the largest, 99.99 % of all, or the one of least squared error',
    default: 'mse' as const,
    changesAnswer: true,
    example: 'max',
  },
  activations: {
    type: types.oneOf('method', clipMethods),
    help: 'the same of the numbers of a tensor over all samples of --calibrate',
    default: 'mse' as const,
    changesAnswer: true,
    example: 'percentile',
  },
  unsigned: {
    type: types.flag,
    help: 'hold tensors that are never negative (behind a ReLU, a sigmoid) as unsigned words, which are twice as fine',
    changesAnswer: true,
  },
  biasCorrection: {
    type: types.flag,
    help: 'leave biases as they are, instead of putting right by them what the channels of a layer err on average',
    default: true,
    changesAnswer: true,
  },
  equalize: {
    type: types.flag,
    help: 'make channels between two layers alike in size, where that is exact in real numbers',
    changesAnswer: true,
  },
  divide: {
    type: types.text,
    placeholder: 'number',
    help: 'what the numbers of a file are divided by before they enter the network',
    usually: '255 for files of bytes, 1 for others',
    changesAnswer: true,
    example: '16',
  },
  mean: {
    type: types.text,
    placeholder: 'numbers',
    help: 'what is subtracted after that: one number, or one for each channel with commas between them',
    usually: '0',
    changesAnswer: true,
    example: '0.485,0.456,0.406',
  },
  std: {
    type: types.text,
    placeholder: 'numbers',
    help: 'what the rest is divided by, likewise',
    usually: '1',
    changesAnswer: true,
    example: '0.229,0.224,0.225',
  },
} as const satisfies OptionTable;

const ofSamples = ['calibrate', 'divide', 'mean', 'std'];
/** All but where samples come from and how they are read. */
export const quantizationSettings: OptionTable = Object.fromEntries(
  Object.entries(quantizationOptions).filter(([name]) => !ofSamples.includes(name)),
);

type Given = Omit<Values<typeof quantizationOptions>, 'calibrate' | 'divide' | 'mean' | 'std'>;

/**
 * Options of `quantize` as the library takes them. Throws where `bits` is no precision, such as `w8a8`, which reading a command
 * line excludes.
 */
export function quantizeOptionsOf(given: Given): QuantizeOptions {
  return {
    ...precisionOf(given.bits),
    layerBits: new Map(Object.entries(given.layerBits ?? {}).map(([name, bits]) => [name, precisionOf(bits)])),
    weights: given.weights,
    activations: given.activations,
    granularity: given.granularity,
    unsigned: given.unsigned === true,
    biasCorrection: given.biasCorrection,
    equalize: given.equalize === true,
  };
}

/** What holds of them where nothing is said. */
export const usualSettings = {
  weights: quantizationOptions.weights.default,
  activations: quantizationOptions.activations.default,
  granularity: quantizationOptions.granularity.default,
  biasCorrection: quantizationOptions.biasCorrection.default,
  unsigned: false,
  equalize: false,
} as const satisfies Omit<QuantizeOptions, keyof Precision>;

function precisionOf(text: string): Precision {
  const found = precisionIn(text);
  if (!found) throw new Error(`invariant: ${text} is a precision`);
  return found;
}
