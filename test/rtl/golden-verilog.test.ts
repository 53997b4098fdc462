// The whole Verilog of two machines, to be read in review. After a change that is meant to be seen there:
//   MAGNET_UPDATE=1 npx vitest run test/rtl/golden-verilog.test.ts

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Template } from '../../src/model/machine/template.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { smallMachine } from '../support/rtl.js';

const machines: readonly Template[] = [
  // Several of everything, no two sizes alike.
  smallMachine(
    'several',
    { weight: 32, input: 24, sum: 16, bank: 64 },
    {
      vectorSize: 4,
      numLanes: 3,
      rows: 2,
      columns: 5,
      inputPrecision: 6,
      weightCollector: 2,
      inputCollector: 3,
      accumCollector: 4,
      globalBanks: 8,
      biasLines: 20,
    },
  ),
  // One of everything: no collector holds more than a word, nothing is to be chosen or added.
  smallMachine(
    'one',
    { weight: 8, input: 8, sum: 4, bank: 16 },
    { vectorSize: 1, numLanes: 1, rows: 1, columns: 1, globalBanks: 4, biasLines: 8 },
  ),
];

test.each(machines.map((t) => [t.name, t] as const))('%s', (name, t) => {
  const golden = join(import.meta.dirname, `../golden/rtl/${name}.v`);
  const text = accelerator(t)
    .files.map((f) => f.text)
    .join('\n');
  if (process.env['MAGNET_UPDATE'] !== undefined) writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});
