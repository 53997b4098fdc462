// All verbs, in the order in which help lists them.

import { accuracyVerb } from './accuracy-table.js';
import { batchVerb, mergeVerb, reportVerb } from './batch-tables.js';
import { checkVerb } from './check-table.js';
import { completionVerb } from './completion-table.js';
import { codesignVerb } from './codesign-table.js';
import { compareVerb } from './compare-table.js';
import { rtlVerb, simulateVerb, synthVerb } from './hardware-tables.js';
import {
  archsVerb,
  evaluateVerb,
  networksVerb,
  schemasVerb,
  showVerb,
  spacesVerb,
  technologyVerb,
} from './listing-tables.js';
import { mapVerb } from './map-table.js';
import { compileVerb, runVerb } from './network-table.js';
import type { AnyVerb } from './option.js';
import { proveVerb } from './prove-table.js';
import { quantizeVerb } from './quantize-table.js';
import { scheduleVerb } from './schedule-table.js';
import { webVerb } from './web-table.js';
import { workerVerb } from './worker-table.js';

export const verbs: readonly AnyVerb[] = [
  mapVerb,
  scheduleVerb,
  evaluateVerb,
  networksVerb,
  archsVerb,
  spacesVerb,
  technologyVerb,
  showVerb,
  codesignVerb,
  checkVerb,
  proveVerb,
  compareVerb,
  batchVerb,
  mergeVerb,
  workerVerb,
  reportVerb,
  rtlVerb,
  simulateVerb,
  compileVerb,
  runVerb,
  quantizeVerb,
  accuracyVerb,
  synthVerb,
  webVerb,
  schemasVerb,
  completionVerb,
];
