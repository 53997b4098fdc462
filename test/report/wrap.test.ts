// Tables in narrow terminals: whole where they fit, otherwise columns in groups behind the first, and no cell lost.

import { expect, test } from 'vitest';
import { table } from '../../src/base/text.js';
import { wrapTables } from '../../src/report/tables/wrap.js';

const wide = table(
  ['layer', 'shape', 'count', 'energy (uJ)', 'cycles', 'source'],
  [
    ['conv1', '7x7 s2 3->64', '1', '248.4', '348,564', 'a paper with a title of several words'],
    ['fc', '1x1', '3', '30.93', '8,930', 'assumed'],
  ],
  [false, false, true, true, true, false],
);

test.each([[200], [100]])('at %d columns it is as it was', (width) =>
  expect(wrapTables(`title\n\n${wide}\n\nend\n`, width)).toBe(`title\n\n${wide}\n\nend\n`),
);

test('at 40 columns no line is longer, every row of every group begins with its first cell', () => {
  const text = wrapTables(`title\n\n${wide}\n\nend\n`, 40);
  expect(Math.max(...text.split('\n').map((l) => l.length))).toBeLessThanOrEqual(40);
  expect(text).toBe(
    [
      'title',
      '',
      'layer  shape         count  energy (uJ)',
      '-----  ------------  -----  -----------',
      'conv1  7x7 s2 3->64      1        248.4',
      'fc     1x1               3        30.93',
      '',
      'layer   cycles',
      '-----  -------',
      'conv1  348,564',
      'fc       8,930',
      '',
      'layer  source',
      '-----  ---------------------------------',
      'conv1  a paper with a title of several',
      '       words',
      'fc     assumed',
      '',
      'end',
      '',
    ].join('\n'),
  );
});

test('text that is no table is left alone, however long', () => {
  const text = `${'word '.repeat(60)}\n---\n- ${'x'.repeat(90)}\n`;
  expect(wrapTables(text, 60)).toBe(text);
});
