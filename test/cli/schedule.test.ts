// `magnet schedule`: what it finds is what `run` does with its files, to the cycle; without residency it is the mapping of `map`.

import { expect, test } from 'vitest';
import { parseScheduleResult, printScheduleResult } from '../../src/results/schedule-result.js';
import { parseRunResult } from '../../src/results/run-result.js';
import { run } from './run.js';

const small = 'template: {base: simba, rows: 1, columns: 2, globalBanks: 8}\n';

test('a schedule runs as it says, word, cycle and count', { timeout: 240_000 }, async () => {
  const files = ['--json', 's.json', '--design', 'd.json', '--svg', 's.svg'];
  const { code, out, written } = await run(['schedule', 'lenet', '--arch', 'small.yaml', '-q', ...files], {
    'small.yaml': small,
  });
  expect(code).toBe(0);
  const read = parseScheduleResult(JSON.parse(written.get('s.json')!));
  if (!read.ok) throw new Error('no schedule');
  const { status, keep, energy, cycles, alone, tensors, runs, banks, value, bound } = read.value;
  expect([status, value, bound! <= value!]).toEqual(['optimal', energy! * cycles!, true]);
  expect(printScheduleResult(read.value)).toBe(written.get('s.json'));
  expect(keep.length).toBeGreaterThan(1);
  expect(keep.map((k) => k.tensor)).toEqual(tensors.filter((t) => t.stays).map((t) => t.name));
  expect(energy! * cycles!).toBeLessThan(alone!.energy * alone!.cycles);
  expect(cycles).toBe(runs.reduce((n, r) => n + r.cycles, 0));
  // At every run what stays and both halves of tiles are within the buffer.
  for (const [i, r] of runs.entries()) {
    const live = tensors.filter((t) => t.stays && t.from <= i && i <= t.upTo);
    expect(live.reduce((n, t) => n + t.banks, 0)).toBe(r.taken);
    expect(r.taken + 2 * (r.inputTiles + r.outputTiles)).toBeLessThanOrEqual(banks);
  }
  expect(out).toContain(`${keep.length} of ${tensors.length} tensors that may stay`);
  expect(written.get('s.svg')).toContain('<svg');

  const ran = await run(['run', 'lenet', '--design', 'd.json', '--schedule', 's.json', '-q', '--json', 'r.json'], {
    's.json': written.get('s.json')!,
    'd.json': written.get('d.json')!,
  });
  expect(ran.err).toBe('');
  expect(ran.code).toBe(0);
  const result = parseRunResult(JSON.parse(ran.written.get('r.json')!));
  if (!result.ok) throw new Error('no run');
  expect(result.value.agrees).toBe(true);
  expect(result.value.totals.cycles).toEqual({ model: cycles, rtl: cycles });
  expect(result.value.totals.energy.rtl).toBeCloseTo(energy!, 0);
});

test('with nothing that stays it is what map finds', { timeout: 120_000 }, async () => {
  const files = { 'small.yaml': small };
  const alone = await run(['schedule', 'lenet', '--arch', 'small.yaml', '--no-residency', '-q', '--json', '-'], files);
  const mapped = await run(['map', 'lenet', '--arch', 'small.yaml', '--objective', 'edp', '-q', '--json', '-'], files);
  expect([alone.code, mapped.code]).toEqual([0, 0]);
  const own = JSON.parse(alone.out) as { readonly value: number; readonly keep: unknown; readonly alone?: unknown };
  expect(own.value / (JSON.parse(mapped.out) as { readonly objective: number }).objective).toBeCloseTo(1, 9);
  expect([own.keep, own.alone]).toEqual([[], undefined]);
});

test.each([
  ['widths that share no lines', ['lenet', '--arch', 'odd.yaml'], 'vectorSize 8 and numLanes 6 must be equal'],
  ['a list of layers', ['layers.yaml', '--arch', 'simba'], 'a list of layers without an order'],
  ['another network', ['lenett', '--arch', 'simba'], 'Did you mean lenet?'],
  ['a machine of levels', ['lenet', '--arch', 'eyeriss'], 'not made from the template'],
])('refused: %s', async (_, args, sentence) => {
  const { code, err } = await run(['schedule', ...args], {
    'odd.yaml': 'template: {base: simba, numLanes: 6, vectorSize: 8, weightBuffer: 32736, accumBuffer: 3060}\n',
    'layers.yaml': 'layers: [{name: a, K: 8, C: 8, P: 4, Q: 4}]\n',
  });
  expect(code).toBe(3);
  expect(err).toContain(sentence);
});
