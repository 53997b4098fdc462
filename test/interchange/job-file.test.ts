// Job files: lists are swept, and every fault is listed with its line.

import { expect, test } from 'vitest';
import { parseLocated } from '../../src/interchange/document.js';
import * as types from '../../src/interchange/value-types.js';
import type { KindFields } from '../../src/interchange/job-file.js';
import { inLineOrder, parseJobFile } from '../../src/interchange/job-file.js';

const kinds: readonly KindFields[] = [
  {
    kind: 'map',
    required: ['network'],
    fields: {
      network: types.text,
      arch: types.text,
      objective: types.oneOf('objective', ['edp', 'energy']),
      limit: types.texts,
      padding: types.flag,
      gap: types.share,
      timeLimit: types.duration,
      seed: types.whole(0),
    },
  },
  {
    kind: 'codesign',
    required: ['network'],
    fields: {
      network: types.texts,
      space: types.text,
      weight: types.weights,
      gap: types.share,
    },
  },
];

const read = (text: string, format: 'yaml' | 'json' = 'yaml') => {
  const document = parseLocated(new TextEncoder().encode(text), format);
  return document.ok
    ? parseJobFile(document.value, kinds)
    : { specs: [], faults: document.diagnostics.map((diagnostic) => ({ line: 1, diagnostic })) };
};
const faultsOf = (text: string, format: 'yaml' | 'json' = 'yaml') =>
  inLineOrder(read(text, format).faults).map((d) => d.message);
const jobsOf = (text: string) => {
  const { specs, faults } = read(text);
  expect(faults).toEqual([]);
  return specs;
};

test('lists are swept, the first field slowest; defaults apply where a kind has the field', () => {
  const jobs = jobsOf(`
defaults: { gap: 0.01, arch: simba }
jobs:
  - kind: map
    network: [a, b]
    objective: [edp, energy]
    padding: false
  - kind: codesign
    network: [a, [a, b]]
    weight: { a: 2 }
    gap: 0.1
`);
  expect(jobs.map((j) => [j.kind, ...Object.values(j.values)])).toEqual([
    ['map', 'a', 'simba', 'edp', false, 0.01],
    ['map', 'a', 'simba', 'energy', false, 0.01],
    ['map', 'b', 'simba', 'edp', false, 0.01],
    ['map', 'b', 'simba', 'energy', false, 0.01],
    ['codesign', ['a'], { a: 2 }, 0.1],
    ['codesign', ['a', 'b'], { a: 2 }, 0.1],
  ]);
  expect(jobs[3]!.lines).toEqual({ network: 5, arch: 2, objective: 6, padding: 7, gap: 2 });
});

test('several values of one job stand in a list of their own', () => {
  const limits = (yaml: string) =>
    jobsOf(`jobs: [{ kind: map, network: a, limit: ${yaml} }]`).map((j) => j.values['limit']);
  expect(limits('x=1')).toEqual([['x=1']]);
  expect(limits('[x=1, y=2]')).toEqual([['x=1'], ['y=2']]);
  expect(limits('[[], [x=1, y=2]]')).toEqual([[], ['x=1', 'y=2']]);
});

test('all faults at once, each with its line', () => {
  expect(
    faultsOf(`
defaults:
  gaap: 0.1
  gap: 2
job: []
jobs:
  - kind: map
    network: [a, 7]
    objetive: edp
    objective: [edp, enrgy]
    gap: 0.1
  - kind: mapp
    network: a
  - kind: codesign
    objective: edp
  - map
  - kind: map
    network: a
    limit: []
    timeLimit: -1
    padding: "yes"
    seed: 1.5
    gap: 0.1
`),
  ).toEqual([
    'line 3: defaults: unknown field of a job: gaap. Did you mean gap?',
    'line 4: defaults.gap: expected a share of at least 0 and below 1, such as 1% or 1e-4, got 2',
    'line 5: unknown field of a job file: job. Did you mean jobs?',
    'line 8: jobs.0.network.1: expected text, got 7',
    'line 9: jobs.0: unknown field of a map job: objetive. Did you mean objective?',
    'line 10: jobs.0.objective.1: unknown objective: enrgy. Did you mean energy?',
    'line 12: jobs.1.kind: unknown kind of job: mapp. Did you mean map?',
    'line 14: jobs.2: a codesign job needs network',
    'line 15: jobs.2: a codesign job has no objective; it has network, space, weight, gap',
    'line 16: jobs.3: expected a job, {kind: map, network: ..., ...}',
    'line 19: jobs.4.limit: an empty list makes no jobs; leave it out, or write [[]] for none',
    'line 20: jobs.4.timeLimit: expected a time above 0, such as 10s, 500ms, 2min or 10 (seconds), got -1',
    'line 21: jobs.4.padding: expected true or false, got "yes"',
    'line 22: jobs.4.seed: expected a whole number of at least 0, got 1.5',
  ]);
});

test('JSON has lines too, and anchors those of what they stand for', () => {
  expect(faultsOf('{\n "jobs": [\n  {"kind": "map",\n   "network": "a",\n   "gap": "x"}\n ]\n}', 'json')).toEqual([
    'line 5: jobs.0.gap: expected a share of at least 0 and below 1, such as 1% or 1e-4, got "x"',
  ]);
  expect(faultsOf('jobs:\n  - &base\n    kind: map\n    network: a\n    gap: 5\n  - *base\n')).toEqual([
    'line 5: jobs.0.gap: expected a share of at least 0 and below 1, such as 1% or 1e-4, got 5',
    'line 5: jobs.1.gap: expected a share of at least 0 and below 1, such as 1% or 1e-4, got 5',
  ]);
});

test('a kind is no list to be swept', () => {
  const [fault] = faultsOf('jobs:\n  - { kind: [map], network: a }\n');
  expect(fault).toMatch(/^line 2: jobs\.0\.kind: expected one of .*map.*; a job is of one kind$/);
});

test('what is no job file at all is said so', () => {
  expect(faultsOf('- a')).toEqual(['line 1: expected {jobs: [...]}, a list of jobs']);
  expect(faultsOf('jobs: []')).toEqual(['line 1: jobs: expected a list of at least one job']);
  expect(faultsOf('defaults: {}\n')).toEqual(['line 1: jobs: expected a list of at least one job']);
  expect(faultsOf('jobs:\n  - { kind: map, network: a')[0]).toMatch(/^line \d+, column \d+: /);
});

test('a sweep that was not meant is refused before it is made', () => {
  const list = `[${Array.from({ length: 1000 }, (_, i) => `n${i}`).join(', ')}]`;
  expect(faultsOf(`jobs: [{ kind: map, network: ${list}, arch: ${list} }]`)).toEqual([
    'line 1: jobs.0: these lists make 1000000 jobs; a batch has at most 100000',
  ]);
});
