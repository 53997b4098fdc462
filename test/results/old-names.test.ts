// Files of older versions said `least` and `most` where they say min and max now: they mean what they meant.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oldNamesIn, parseSpace } from '../../src/interchange/space-file.js';
import { parseCompareResult } from '../../src/results/compare-result.js';
import { parseProveResult } from '../../src/results/prove-result.js';
import { run } from '../cli/run.js';

test('a design space of older files limits its PEs, and the command line says what the field is called', async () => {
  const space = { base: 'magnet-small', rows: [1, 2, 4] };
  const [old, now] = ['mostPes', 'maxPes'].map((key) => ({ space: { ...space, [key]: 4 } }));
  expect(parseSpace(old, 'mine')).toEqual(parseSpace(now, 'mine'));
  expect(oldNamesIn(old)).toEqual([['mostPes', 'maxPes']]);
  expect(oldNamesIn(now)).toEqual([]);
  // With both of them one is a field that nobody knows.
  expect(parseSpace({ space: { ...space, mostPes: 4, maxPes: 4 } }, 'mine').ok).toBe(false);
  const { code, out, err } = await run(['spaces', 'old.json'], { 'old.json': JSON.stringify(old) });
  expect({ code, err }).toEqual({ code: 0, err: 'note: old.json: mostPes is called maxPes now\n' });
  expect(out).toMatch(/^maxPes +4 /m);
});

test('a comparison from before is read', () => {
  const text = readFileSync(join(import.meta.dirname, '../../benchmarks/results/compare.json'), 'utf8');
  expect(text).toContain('"least"');
  const read = parseCompareResult(JSON.parse(text));
  expect(read.ok ? [] : read.diagnostics).toEqual([]);
  if (!read.ok) return;
  const standings = read.value.contests.flatMap((c) => c.standings);
  expect(standings.length).toBeGreaterThan(0);
  for (const { min, median, max } of standings)
    if (min !== null && median !== null && max !== null) expect(min <= median && median <= max).toBe(true);
});

test('a proof from before is read', async () => {
  const net = 'layers:\n  - {name: a, K: 8, C: 8, P: 4, Q: 4}\n';
  const { out } = await run(
    ['prove', 'net.yaml', '--arch', 'simba', '--limit', 'latency=1cycles', '--json', '-', '-q'],
    { 'net.yaml': net },
  );
  const now = parseProveResult(JSON.parse(out));
  expect(now.ok).toBe(true);
  expect(out).toContain('"bound":"max"');
  const old = out.replaceAll('"bound":"max"', '"bound":"most"').replaceAll('"bound":"min"', '"bound":"least"');
  expect(parseProveResult(JSON.parse(old))).toEqual(now);
});
