// A question read: every fault at once, in words; or what the library's verbs take, and the command line that asks the same.

import type { Parsed } from 'magnet-accelerator';
import type { Question } from '../question.js';
import type { AskedAccuracy } from './accuracy.js';
import { askedAccuracy } from './accuracy.js';
import type { AskedCodesign } from './codesign.js';
import { askedCodesign } from './codesign.js';
import type { AskedCompare } from './compare.js';
import { askedCompare } from './compare.js';
import type { Files } from './given.js';
import type { AskedMap } from './map.js';
import { askedMap } from './map.js';
import { networkOf } from './network-of.js';
import type { AskedProve } from './prove.js';
import { askedProve } from './prove.js';
import type { AskedQuantize } from './quantize.js';
import { askedQuantize } from './quantize.js';
import type { AskedSchedule } from './schedule.js';
import { askedSchedule } from './schedule.js';

export type Asked =
  AskedMap | AskedSchedule | AskedCodesign | AskedProve | AskedCompare | AskedQuantize | AskedAccuracy;

export function asked(question: Question, files: Files): Parsed<Asked> {
  const read = networkOf(question, files);
  switch (question.verb) {
    case 'map':
      return askedMap(question, read, files);
    case 'schedule':
      return askedSchedule(question, read, files);
    case 'codesign':
      return askedCodesign(question, read, files);
    case 'prove':
      return askedProve(question, read, files);
    case 'compare':
      return askedCompare(question, read, files);
    case 'quantize':
      return askedQuantize(question, read, files);
    case 'accuracy':
      return askedAccuracy(question, read, files);
  }
}
