// What a limit on accuracy-loss can be asked with: precisions, samples, and how these are read; of `codesign` and `prove` alike.

import * as types from '../interchange/value-types.js';
import type { Values } from './option.js';
import { quantizationOptions } from './quantization.js';
import { onlyIn } from './shared.js';

const { calibrate, unsigned, divide, mean, std } = quantizationOptions;

/** Classes of samples in a file of their own. */
const labels = {
  type: types.text,
  placeholder: 'file',
  help: 'their classes, from 0 on',
  usually: 'the last column of CSV',
  changesAnswer: true,
  file: 'read',
} as const;

/** Whose they are, and what is theirs in the help. */
interface Own {
  readonly verb: string;
  readonly precisions: string;
  readonly validate: string;
}

export function lossOptionsOf({ verb, ...helps }: Own) {
  const notInBatch = onlyIn(`${verb} --limit accuracy-loss`, 'accuracy is measured for one search at a time');
  return {
    precisions: {
      type: types.commaList('precision'),
      placeholder: 'list',
      help: helps.precisions,
      usually: 'those of the menus of the space; of 8, 6, 5 and 4 where it has one of each',
      changesAnswer: true,
      notInBatch,
      example: 'w8a8,w4a8,w4a4',
    },
    calibrate: { ...calibrate, notInBatch },
    validate: {
      type: types.text,
      placeholder: 'file',
      help: helps.validate,
      usually: 'those that come with the network',
      changesAnswer: true,
      notInBatch,
      example: 'validation.csv',
      file: 'read',
    },
    validateLabels: { ...labels, notInBatch, example: 'validation.idx1' },
    test: {
      type: types.text,
      placeholder: 'file',
      help: 'labelled samples that the machine found is judged by: exit code 2 where they do not show that it keeps the limit',
      usually: 'those that come with the network; else those of --validate',
      changesAnswer: true,
      notInBatch,
      example: 'test.csv',
      file: 'read',
    },
    testLabels: { ...labels, notInBatch, example: 'test.idx1' },
    losses: {
      type: types.text,
      placeholder: 'file',
      help: 'take losses from this file that were measured of the same network, samples and words, and put new ones into it',
      changesAnswer: false,
      notInBatch,
      example: 'losses.json',
      file: 'written',
    },
    unsigned: { ...unsigned, notInBatch },
    divide: { ...divide, notInBatch },
    mean: { ...mean, notInBatch },
    std: { ...std, notInBatch },
  } as const;
}

export type LossOptions = Values<ReturnType<typeof lossOptionsOf>>;
export const lossOptionNames = Object.keys(
  lossOptionsOf({ verb: '', precisions: '', validate: '' }),
) as readonly (keyof LossOptions)[];
