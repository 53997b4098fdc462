// Checkpoints: what is printed is read back; what asks something else is told apart.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckpointFile } from '../../src/interchange/codesign-checkpoint.js';
import {
  differences,
  parseCheckpoint,
  parseFrontCheckpoint,
  printCheckpoint,
  printFrontCheckpoint,
} from '../../src/interchange/codesign-checkpoint.js';
import type { DesignPoint } from '../../src/model/space/design-space.js';
import { parameters } from '../../src/model/space/design-space.js';

const number = fc.double({ min: 0, max: 1e15, noNaN: true }).map((x) => x + 0);
const point = fc
  .record(Object.fromEntries(parameters.map((p) => [p, fc.nat(65536)])))
  .map((p) => p as unknown as DesignPoint);
const count = fc.nat(1e6);
const news = fc.record(
  {
    seconds: number,
    best: fc.oneof(number, fc.constant(Infinity)),
    bound: fc.oneof(number, fc.constant(-Infinity)),
    nodes: count,
    shapes: count,
    open: count,
    point,
  },
  { requiredKeys: ['seconds', 'best', 'bound', 'nodes', 'shapes', 'open'] },
);
const file: fc.Arbitrary<CheckpointFile> = fc.record({
  question: fc.dictionary(
    fc.string({ minLength: 1 }).filter((s) => s !== '__proto__'),
    fc.string(),
  ),
  checkpoint: fc.record({
    schema: fc.constant('magnet-codesign-checkpoint/2' as const),
    request: fc.string({ minLength: 1 }).filter((s) => s.trim() !== ''),
    seconds: number,
    best: fc.option(point, { nil: undefined }),
    shapes: fc.array(
      fc.record({
        key: fc.string({ minLength: 1 }).filter((s) => s.trim() !== ''),
        bound: fc.option(number),
        closed: fc.boolean(),
      }),
    ),
    curve: fc.array(news),
  }),
});

test('law: any checkpoint is read back as it was, infinities and all; the same bytes every time', () => {
  fc.assert(
    fc.property(file, (f) => {
      const text = printCheckpoint(f);
      const read = parseCheckpoint(JSON.parse(text));
      expect(read.ok && JSON.parse(JSON.stringify(read.value.question))).toEqual(
        JSON.parse(JSON.stringify(f.question)),
      );
      expect(read.ok && read.value.checkpoint).toEqual(f.checkpoint);
      expect(printCheckpoint(f)).toBe(text);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('law: the same of a front, before its limits are known and after', () => {
  const front = fc.record({
    question: fc.constant({ front: 'energy, latency; 7 points' }),
    limits: fc.option(fc.array(number), { nil: undefined }),
    searches: fc.array(file.map((f) => f.checkpoint)),
  });
  fc.assert(
    fc.property(front, (f) => {
      const read = parseFrontCheckpoint(JSON.parse(printFrontCheckpoint(f)));
      expect(read.ok && read.value).toEqual(f);
    }),
    { numRuns: 50, seed: 1 },
  );
});

describe('refusals', () => {
  const messages = (data: unknown) => {
    const read = parseCheckpoint(data);
    return read.ok ? [] : read.diagnostics.map((d) => `${d.path.join('.')}: ${d.message}`);
  };

  test.each([
    [{}, 'expected a checkpoint, which "magnet codesign --checkpoint FILE" writes'],
    [{ schema: 'magnet-codesign-checkpoint/9' }, 'this magnet reads magnet-codesign-checkpoint/2'],
    [{ schema: 'magnet-design/1' }, 'expected a checkpoint'],
    [
      {
        schema: 'magnet-codesign-checkpoint/2',
        question: {},
        request: 'x',
        seconds: -1,
        best: null,
        shapes: [],
        curve: [],
      },
      'seconds: expected a number of at least 0, got -1',
    ],
  ])('%j', (data, wanted) => expect(messages(data).join('\n')).toContain(wanted));
});

test('every difference between two questions is named, and none where there is none', () => {
  const then = { objective: 'edp', 'limit on area': '2' };
  expect(differences(then, then)).toEqual([]);
  expect(differences(then, { objective: 'energy', seed: '1' }).map((d) => d.message)).toEqual([
    'objective: was edp, is energy',
    'seed: was not asked, is 1',
    'limit on area: was 2, is not asked',
  ]);
});
