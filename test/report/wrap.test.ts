// Tables in narrow terminals: whole where they fit, otherwise columns in groups behind the first, and no cell lost.

import { expect, test } from 'vitest';
import { table } from '../../src/base/text.js';
import { wrapText } from '../../src/report/tables/wrap.js';

const wide = table(
  ['layer', 'shape', 'count', 'energy (uJ)', 'cycles', 'source'],
  [
    ['conv1', '7x7 s2 3->64', '1', '248.4', '348,564', 'a paper with a title of several words'],
    ['fc', '1x1', '3', '30.93', '8,930', 'assumed'],
  ],
  [false, false, true, true, true, false],
);

test.each([[200], [100]])('at %d columns it is as it was', (width) =>
  expect(wrapText(`title\n\n${wide}\n\nend\n`, width)).toBe(`title\n\n${wide}\n\nend\n`),
);

test('at 40 columns no line is longer, every row of every group begins with its first cell', () => {
  const text = wrapText(`title\n\n${wide}\n\nend\n`, 40);
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

const words = (text: string) =>
  text
    .replaceAll('\\', '')
    .split(/\s+/)
    .filter((w) => w !== '');

test.each([
  ['prose', 'word '.repeat(60).trim()],
  ['a list', `---\n- ${'some words '.repeat(12).trim()}\n- short`],
  ['names and values', `energy      ${'248 uJ of which '.repeat(8).trim()}\nedp         1\n`],
  ['names that leave no room', `  -w, --a-very-long-option <with-a-value-of-its-own>  ${'meaning '.repeat(12).trim()}`],
])('%s: no line is longer than 60 columns, and no word is lost', (_, text) => {
  const folded = wrapText(text, 60);
  expect(Math.max(...folded.split('\n').map((l) => l.length))).toBeLessThanOrEqual(60);
  expect(words(folded)).toEqual(words(text));
  expect(wrapText(text, 600)).toBe(text);
});

test('values go on in their column, commands with a backslash, and a single long word stays whole', () => {
  expect(wrapText(`cycles  ${'12 '.repeat(9).trim()}`, 30)).toBe('cycles  12 12 12 12 12 12 12\n        12 12');
  expect(wrapText("  magnet prove net --limit 'a b>=4' --design x.json", 34)).toBe(
    "  magnet prove net --limit \\\n      'a b>=4' --design x.json",
  );
  expect(wrapText('x'.repeat(90), 60)).toBe('x'.repeat(90));
});
