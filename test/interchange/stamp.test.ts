// Result files and texts name the magnet that made them, and stay readable.

import { expect, test } from 'vitest';
import { stamped, withStamp } from '../../src/results/stamp.js';

test('behind the schema, before all else', () => {
  expect(JSON.stringify(stamped({ schema: 'magnet-map/1', workload: 'x' }, '1.2.3'))).toBe(
    '{"schema":"magnet-map/1","magnet":"1.2.3","workload":"x"}',
  );
});

test.each([
  ['lp', '\\'],
  ['mps', '*'],
  ['smt2', ';'],
  ['verilog', '//'],
  ['make', '#'],
] as const)('a comment of %s', (language, sign) => {
  expect(withStamp(language, 'text\n', '1.2.3')).toBe(`${sign} Made by magnet 1.2.3.\ntext\n`);
});
