// `magnet report`: what it reads, what it refuses and how it says so.

import { beforeAll, expect, test } from 'vitest';
import { batchSchema } from '../../src/results/batch-result.js';
import type { MapResult } from '../../src/results/map-result.js';
import { resultFiles } from '../support/reports.js';
import { run } from './run.js';

let files: Readonly<Record<string, string>>;
beforeAll(async () => void (files = await resultFiles()));

test('writes report.html unless told otherwise; only Markdown where only that is asked for; - is standard output', async () => {
  expect([...(await run(['report', 'map.json'], files)).written.keys()]).toEqual(['report.html']);
  expect([...(await run(['report', 'map.json', '--markdown', 'r.md'], files)).written.keys()]).toEqual(['r.md']);
  const piped = await run(['report', 'map.json', '-o', '-', '--title', 'A & B'], files);
  expect(piped.out).toContain('<title>A &amp; B</title>');
  expect(piped.err).toBe('');
  expect((await run(['report', 'map.json', '-o', '-', '--markdown', '-'], files)).code).toBe(3);
  expect(await run(['report', 'map.json', '-o', 'missing/r.html'], files)).toMatchObject({
    code: 3,
    err: 'error: cannot write missing/r.html: there is no directory missing\n',
  });
});

test('names every bad file and what was expected, and writes nothing', async () => {
  const map = JSON.parse(files['map.json']!) as MapResult;
  const bad = {
    ...files,
    'broken.json': '{"schema": ',
    'other.json': '{"schema": "magnet-map/9"}',
    'none.json': '{"layers": []}',
    'notes.txt': 'what I have tried\n',
    'list.json': '[1, 2]',
    'field.json': JSON.stringify({ ...map, layers: [{ ...map.layers[0], energy: -1 }] }),
    'step.json': JSON.stringify({ ...JSON.parse(files['codesign.json']!), nodes: 'many' }),
    'witness.json': files['prove.json']!.replace(/"reached": \[.*?\]/s, '"reached": []'),
    'metric.json': files['front.json']!.replace('"latency"', '"beauty"'),
  };
  const { code, err, out, written } = await run(
    [
      'report',
      'map.json',
      'absent.json',
      'notes.txt',
      'broken.json',
      'other.json',
      'none.json',
      'list.json',
      'field.json',
      'step.json',
      'witness.json',
      'metric.json',
    ],
    bad,
  );
  expect(code).toBe(3);
  expect(out).toBe('');
  expect([...written.keys()]).toEqual([]);
  for (const line of [
    'absent.json: there is no such file',
    'notes.txt: expected a result as a .yaml, .yml or .json file',
    'broken.json: line 1',
    'other.json: schema: "magnet-map/9" is not a result that this magnet reads (the nearest is "magnet-map/2")',
    'none.json: expected a result with a schema, one of "magnet-map/2" (map --json)',
    'list.json: expected a result with a schema',
    'field.json: layers.0.energy: expected a number of at least 0, got -1',
    'step.json: nodes: expected a whole number of at least 0',
    'witness.json: witness.reached: expected a figure for every requirement',
    'metric.json: metrics: unknown metric: beauty',
  ])
    expect(err).toContain(line);
});

test('nothing found is shown as that', async () => {
  const map = JSON.parse(files['map.json']!) as MapResult;
  const none = { objective: null, bound: null, energy: null, cycles: null, edp: null };
  const empty = JSON.stringify({ ...map, ...none, layers: [] });
  const lost = JSON.stringify({
    ...map,
    ...none,
    layers: map.layers.map((l, i) =>
      i > 0
        ? l
        : {
            ...l,
            status: 'infeasible',
            objective: null,
            bound: null,
            gap: null,
            energy: null,
            cycles: null,
            utilization: null,
            mapping: null,
          },
    ),
  });
  const { code, written } = await run(['report', 'empty.json', 'lost.json', 'no-machine.json'], {
    ...files,
    'empty.json': empty,
    'lost.json': lost,
  });
  expect(code).toBe(0);
  const page = written.get('report.html')!;
  for (const words of [
    'no layers',
    'infeasible</span>',
    'Without a mapping: conv &lt;1&gt; (infeasible)',
    'the smallest machine of magnet-small takes 3.000 mm2, more than the limit',
  ])
    expect(page).toContain(words);
  expect(page).not.toMatch(/NaN|undefined|Infinity|<(dl|tbody)[^>]*\/>/);
});

test('figures of another cost model are pointed out', async () => {
  const design = JSON.parse(files['hierarchy.json']!) as {
    layers: { count: number; energy: number }[];
    totals: { energy: number; cycles: number; edp: number };
  };
  design.layers[0]!.energy *= 2;
  design.totals.energy = design.layers.reduce((n, l) => n + l.count * l.energy, 0);
  design.totals.edp = design.totals.energy * design.totals.cycles;
  const { code, written } = await run(['report', 'h.json'], { 'h.json': JSON.stringify(design) });
  expect(code).toBe(0);
  expect(written.get('report.html')).toContain('1 figure of the file is not what this cost model says');
});

test('a comparison: a curve for every strategy, and how they stand', async () => {
  const standing = (strategy: string) => ({
    strategy,
    rounds: 2,
    median: 5,
    min: 4,
    max: 6,
    distance: 0.25,
    evaluationsPerSecond: 9,
    secondsTo5Percent: 0.5,
    secondsTo1Percent: null,
    secondsToProof: null,
    longestSeconds: 1,
    wins: 1,
    contests: 2,
  });
  const runs = ['walk', 'leap'].flatMap((strategy) =>
    [1, 2].map((seed) => ({
      strategy,
      seed,
      status: 'feasible',
      objective: 5,
      bound: null,
      evaluations: 3,
      seconds: 1,
      reason: '',
      curve: [
        [0.1, 9],
        [0.5, 4 + seed],
      ],
    })),
  );
  const contest = {
    count: 1,
    bound: 4,
    provedBy: 'leap',
    proved: true,
    infeasible: false,
    finished: true,
    standings: [standing('walk'), standing('leap')],
    referee: null,
    runs,
  };
  const file = {
    schema: 'magnet-compare/1',
    subject: 'mappings',
    workload: 'net',
    arch: 'simba',
    space: null,
    objective: 'edp',
    unit: 'pJ*cycles',
    conventions: 'magnet',
    padding: true,
    limits: {},
    time: 1,
    repeat: 2,
    seed: 1,
    workers: 1,
    gap: 1e-4,
    strategies: ['walk', 'leap'],
    contests: [
      { ...contest, name: 'a' },
      { ...contest, name: 'b', runs: [] },
    ],
    sum: { contests: 2, bound: 8, proved: true, standings: [standing('walk')] },
    faults: [],
  };
  const { code, written } = await run(['report', 'c.json'], { 'c.json': JSON.stringify(file) });
  expect(code).toBe(0);
  for (const words of [
    '2 ways to search mappings: net on simba',
    'Best layer-edp found so far: a',
    'Nothing was found for all layers',
    '25.0 %',
  ])
    expect(written.get('report.html')).toContain(words);
});

test('a batch: its jobs, and a section for each result', async () => {
  const line = (job: number, result: unknown) => ({
    job,
    key: `k${job}`,
    label: `job ${job}`,
    kind: 'map',
    status: result === null ? 'failed' : 'optimal',
    settled: true,
    objective: null,
    bound: null,
    gap: null,
    seconds: 1,
    reason: result === null ? 'out of memory' : '',
    result,
  });
  const header = {
    schema: batchSchema,
    magnet: '1.2.3',
    digest: 'd',
    jobs: 2,
    shard: null,
    asked: [0, 1].map((job) => ({ job, key: `k${job}`, label: `job ${job}` })),
  };
  const content = [header, line(0, JSON.parse(files['map.json']!)), line(1, null)]
    .map((x) => JSON.stringify(x))
    .join('\n');
  const { code, written } = await run(['report', 'b.jsonl'], { 'b.jsonl': `${content}\n{"cut` });
  expect(code).toBe(0);
  for (const words of ['Batch of 2 jobs', 'out of memory', 'read from b.jsonl', 'map: job 0'])
    expect(written.get('report.html')).toContain(words);
  expect(
    (await run(['report', 'b.jsonl'], { 'b.jsonl': `${content.replace('\n{"job":0', '\n{"job":"x"')}` })).err,
  ).toContain('b.jsonl: line 2: expected the result of a job');
});

test('nothing that is read or written is written over', async () => {
  const said = async (...argv: string[]) => await run(['report', ...argv], files);
  expect(await said('map.json', '-o', './map.json')).toMatchObject({
    code: 3,
    err: 'error: --output ./map.json would take the place of what is read; give another file\n',
    written: new Map(),
  });
  expect(await said('map.json', '-o', 'same.md', '--markdown', 'same.md')).toMatchObject({
    code: 3,
    err: 'error: same.md would be written twice, by --output and --markdown; give each a file of its own\n',
    written: new Map(),
  });
});

test('of a job that was done again the last answer counts', async () => {
  const line = (status: string) => ({
    job: 0,
    key: 'k',
    label: 'once',
    kind: 'map',
    status,
    settled: status !== 'failed',
    objective: null,
    bound: null,
    gap: null,
    seconds: 1,
    reason: '',
    result: null,
  });
  const header = {
    schema: batchSchema,
    magnet: '1.2.3',
    digest: 'd',
    jobs: 1,
    shard: null,
    asked: [{ job: 0, key: 'k', label: 'once' }],
  };
  const content = [header, line('failed'), line('optimal')].map((x) => JSON.stringify(x)).join('\n');
  const { out } = await run(['report', 'b.jsonl', '--markdown', '-'], { 'b.jsonl': `${content}\n` });
  expect(out.match(/\| once \|/g)).toHaveLength(1);
  expect(out).toContain('1 of 1 job done: 1 optimal.');
});
