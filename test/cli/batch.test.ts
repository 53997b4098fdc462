// `magnet batch` and `magnet merge` in this process: results, resuming, shards, faults of job files.

import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimOutput } from '../../src/batch/lock.js';
import { nodeDisk } from '../../src/cli/batch/node-disk.js';
import { planBatch } from '../../src/cli/batch/plan.js';
import { nodeIo } from '../../src/cli/node.js';
import { parseMapResult } from '../../src/results/map-result.js';
import { timeless } from '../support/batch.js';
import { run, tinyArch, tinyLayers } from './run.js';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'magnet-batch-'))));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const jobs = `
jobs:
  - kind: map
    network: net.yaml
    arch: tiny.yaml
    objective: [layer-edp, energy, latency]
    padding: [true, false]
  - kind: map
    network: net.yaml
    arch: tiny.yaml
    limit: [[], energy@each=1pJ]
  - kind: prove
    network: net.yaml
    arch: tiny.yaml
    limit: [latency=1ms, latency=1cycles]
`;
const files = { 'jobs.yaml': jobs, 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers };
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((l) => JSON.parse(l) as Record<string, unknown>);

test('every job has its line, in order, with what its verb writes; a second run does nothing', async () => {
  const ran = await run(['batch', 'jobs.yaml', '--out', at('a.jsonl')], files);
  expect(ran.err).toContain('1 job asks what another one asks, and is left out');
  expect(ran.code).toBe(0);
  const [header, ...lines] = linesOf(at('a.jsonl'));
  expect(header).toMatchObject({ schema: 'magnet-batch/2', magnet: '1.2.3', jobs: 9, shard: null });
  expect(lines.map((l) => [l['job'], l['label'], l['kind'], l['status'], l['settled']])).toEqual([
    [0, 'tiny-net on tiny, layer-edp', 'map', 'optimal', true],
    [1, 'tiny-net on tiny, layer-edp, no padding', 'map', 'optimal', true],
    [2, 'tiny-net on tiny, energy', 'map', 'optimal', true],
    [3, 'tiny-net on tiny, energy, no padding', 'map', 'optimal', true],
    [4, 'tiny-net on tiny, latency', 'map', 'optimal', true],
    [5, 'tiny-net on tiny, latency, no padding', 'map', 'optimal', true],
    [6, 'tiny-net on tiny, energy@each=1pJ', 'map', 'infeasible', true],
    [7, 'tiny-net on tiny, latency=1ms', 'prove', 'feasible', true],
    [8, 'tiny-net on tiny, latency=1cycles', 'prove', 'infeasible', true],
  ]);
  expect(new Set(lines.map((l) => l['key'])).size).toBe(9);
  const alone = await run(['map', 'net.yaml', '--arch', 'tiny.yaml', '--json', '-'], files);
  const read = parseMapResult(lines[0]!['result']);
  expect(read.ok && JSON.parse(timeless(JSON.stringify(read.value)))).toEqual(JSON.parse(timeless(alone.out)));
  expect(lines[0]!['objective']).toBe(read.ok && read.value.objective);
  expect(ran.out).toMatch(/^tiny-net on tiny, layer-edp +map +optimal +\S+ +\S+ +0\S* % /m);
  expect(ran.out).toMatch(/9 jobs: 9 settled\n$/);
  expect(existsSync(`${at('a.jsonl')}.lock`)).toBe(false);

  const before = readFileSync(at('a.jsonl'), 'utf8');
  const again = await run(['batch', 'jobs.yaml', '--out', at('a.jsonl')], files);
  expect(again.err).toContain('9 of 9 jobs are finished already');
  expect([again.code, again.out, readFileSync(at('a.jsonl'), 'utf8')]).toEqual([0, ran.out, before]);
}, 60_000);

test('shards, merged, are the whole', async () => {
  await run(['batch', 'jobs.yaml', '--out', at('whole.jsonl')], files);
  for (const i of [1, 2, 3])
    expect((await run(['batch', 'jobs.yaml', '--shard', `${i}/3`, '--out', at(`part${i}.jsonl`)], files)).code).toBe(0);
  const merged = await run(['merge', at('merged.jsonl'), at('part2.jsonl'), at('part3.jsonl'), at('part1.jsonl')]);
  expect(merged).toMatchObject({ code: 0, err: '' });
  expect(timeless(readFileSync(at('merged.jsonl'), 'utf8'))).toBe(timeless(readFileSync(at('whole.jsonl'), 'utf8')));
  // The merged file is as good as one of a single run.
  expect((await run(['batch', 'jobs.yaml', '--out', at('merged.jsonl')], files)).err).toContain(
    '9 of 9 jobs are finished already',
  );
  const lacking = await run(['merge', at('none.jsonl'), at('part1.jsonl')]);
  expect(lacking).toMatchObject({ code: 3, out: '' });
  expect(lacking.err).toContain('shard 2/3, 3/3 is missing');
  expect(existsSync(at('none.jsonl'))).toBe(false);
}, 60_000);

test('a torn line is cut off, and its job done again', async () => {
  await run(['batch', 'jobs.yaml', '--out', at('torn.jsonl'), '-q'], files);
  const whole = readFileSync(at('torn.jsonl'), 'utf8');
  writeFileSync(at('torn.jsonl'), whole.slice(0, -40));
  const ran = await run(['batch', 'jobs.yaml', '--out', at('torn.jsonl')], files);
  expect(ran.err).toContain('its last line was torn, and is cut off');
  expect(ran.err).toContain('8 of 9 jobs are finished already');
  expect(timeless(readFileSync(at('torn.jsonl'), 'utf8'))).toBe(timeless(whole));
}, 60_000);

test('on a terminal, one live line with the time that is left', async () => {
  const { code, err } = await run(['batch', 'jobs.yaml', '--out', at('live.jsonl')], files, { columns: 90 });
  expect(code).toBe(0);
  expect(err).toMatch(/\r\S*\d\/9 jobs {2}\d+ s {2}about \d+ s left/);
  expect(err).not.toContain('[1/9]');
  expect(err.split('\r').every((line) => line.replace('\u001b[K', '').length <= 89)).toBe(true);
}, 60_000);

test('a heuristic settles nothing: exit 2, and the reason where there is no answer', async () => {
  const ran = await run(['batch', 'jobs.yaml', '--out', at('random.jsonl'), '-q'], {
    ...files,
    'jobs.yaml': 'jobs: [{ kind: map, network: net.yaml, arch: tiny.yaml, solver: random, timeLimit: 0.2 }]',
  });
  expect(ran.code).toBe(2);
  expect(ran.out).toMatch(/1 job: 0 settled, 1 unsettled\n$/);
});

test('Ctrl-C: exit 130, a valid file, and the rest later', async () => {
  let interrupt = () => {};
  const ran = await run(['batch', 'jobs.yaml', '--out', at('c.jsonl')], files, {
    onInterrupt: (handler) => ((interrupt = handler), () => {}),
    err: (text) => void (text.startsWith('[2/9]') && interrupt()),
  });
  expect(ran.code).toBe(130);
  expect(linesOf(at('c.jsonl')).filter((l) => 'job' in l)).toHaveLength(2);
  expect(existsSync(`${at('c.jsonl')}.lock`)).toBe(false);
  const rest = await run(['batch', 'jobs.yaml', '--out', at('c.jsonl')], files);
  expect(rest.code).toBe(0);
  expect(rest.err).toContain('2 of 9 jobs are finished already');
}, 60_000);

test('faults of all jobs are listed with their lines, and nothing is begun', async () => {
  const bad = `jobs:
  - kind: map
    network: [resnet51, net.yaml]
    arch: [simbaa, tiny.yaml]
    limit: [[], [energi=3uJ, latency=x]]
  - kind: prove
    network: net.yaml
    arch: tiny.yaml
    space: magnet-small
  - kind: codesign
    network: [[net.yaml, net.yaml]]
    technology: nowhere.yaml
  - kind: map
    network: net.yaml
`;
  const ran = await run(['batch', 'bad.yaml', '--out', at('bad.jsonl')], { ...files, 'bad.yaml': bad });
  expect(ran.code).toBe(3);
  expect(ran.out).toBe('');
  expect(existsSync(at('bad.jsonl'))).toBe(false);
  const said = ran.err
    .trimEnd()
    .split('\n')
    .map((l) => l.replace('error: bad.yaml: ', ''));
  expect(said).toEqual([
    'line 3: unknown network: resnet51. Did you mean resnet50?',
    expect.stringMatching(/^line 4: unknown architecture: simbaa\. Did you mean simba\?/),
    expect.stringMatching(/^line 5: limit energi=3uJ: unknown limit: energi\. Did you mean energy\?/),
    expect.stringMatching(/^line 5: limit latency=x: expected a number above 0/),
    expect.stringMatching(/^line [6789]: arch and space cannot both be asked about/),
    expect.stringMatching(/^line 10: two networks are called tiny-net/),
    expect.stringMatching(/^line 12: cannot read nowhere\.yaml: there is no such file/),
    expect.stringMatching(/^line 13: arch is missing/),
  ]);
});

test('the example is read without a fault, and its keys are the same each time', async () => {
  const example = new URL('../../examples/batch.yaml', import.meta.url).pathname;
  const read = async () => {
    const planned = await planBatch(nodeIo(), example, {
      run: () => Promise.reject(new Error('nothing is run')),
      width: 1,
    });
    if (!planned.ok) throw new Error(planned.diagnostics.map((d) => d.message).join('\n'));
    return planned.value;
  };
  const [first, second] = [await read(), await read()];
  expect(first.plans).toHaveLength(16);
  expect(first.digest).toBe(second.digest);
  const layers = (label: string) => first.plans.find((p) => p.label === label)!.parts;
  // A limit, a gap or an objective of its own makes other questions of the same layers.
  expect(
    layers('pilotnet on simba, layer-edp').filter((key) => layers('pilotnet on simba, gap 0.01').includes(key)),
  ).toEqual([]);
});

test('a slip in one field hides no fault of the others', async () => {
  const bad = `jobs:
  - kind: map
    network: resnet51
    arch: simbaa
    objektive: edp
    limit: [[latency=2parsecs]]
  - kind: map
    network: []
    gap: 7
  - kind: compare
    network: nonesuch
    arch: simbaa
`;
  const ran = await run(['batch', 'bad.yaml', '--out', at('slip.jsonl')], { 'bad.yaml': bad });
  expect(ran.code).toBe(3);
  expect(existsSync(at('slip.jsonl'))).toBe(false);
  expect(
    ran.err
      .trimEnd()
      .split('\n')
      .map((l) => l.replace('error: bad.yaml: ', '')),
  ).toEqual([
    'line 3: unknown network: resnet51. Did you mean resnet50?',
    expect.stringMatching(/^line 4: unknown architecture: simbaa/),
    expect.stringMatching(/^line 5: jobs\.0: unknown field of a map job: objektive\. Did you mean objective\?/),
    expect.stringMatching(/^line 6: limit latency=2parsecs: unknown unit/),
    expect.stringMatching(/^line 8: jobs\.1\.network: an empty list makes no jobs; give one/),
    expect.stringMatching(/^line 9: jobs\.1\.gap: /),
    expect.stringMatching(/^line 11: unknown network: nonesuch/),
    expect.stringMatching(/^line 12: unknown architecture: simbaa/),
  ]);
});

test('one file has one owner, whatever it is called', () => {
  writeFileSync(at('real.jsonl'), '');
  symlinkSync('real.jsonl', at('link.jsonl'));
  // As held by the process that runs the tests, which lives.
  const other = { ...nodeDisk(), self: { ...nodeDisk().self, pid: process.ppid } };
  const held = claimOutput(other, at('real.jsonl'));
  expect(held.ok).toBe(true);
  const second = claimOutput(nodeDisk(), at('link.jsonl'));
  expect(!second.ok && second.diagnostics[0]!.message).toContain(
    `is being written by process ${process.ppid} on this machine`,
  );
  if (held.ok) held.value();
  expect(claimOutput(nodeDisk(), at('link.jsonl')).ok).toBe(true);
});

test('what is no plain file, or not of this batch, is not replaced', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  symlinkSync('nothing', at('dangling'));
  for (const name of ['pipe', 'dangling']) {
    const ran = await run(['batch', 'jobs.yaml', '--out', at(name)], files);
    expect(ran).toMatchObject({
      code: 3,
      err: expect.stringContaining(`error: cannot write ${at(name)}: it is not a plain file; name one\n`),
    });
  }
  expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
  expect((await run(['batch', 'jobs.yaml', '--out', at('part.jsonl')], files)).code).toBe(0);
  const part = readFileSync(at('part.jsonl'), 'utf8');
  writeFileSync(at('mine.yaml'), jobs);
  for (const [out, why] of [
    [at('mine.yaml'), 'is there already and holds no batch'],
    [at('pipe'), 'it is not a plain file'],
    [`${folder}/./part.jsonl`, 'is a part and the output'],
  ] as const) {
    const ran = await run(['merge', out, at('part.jsonl')], files);
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining(why) });
  }
  expect(readFileSync(at('mine.yaml'), 'utf8')).toBe(jobs);
  expect(readFileSync(at('part.jsonl'), 'utf8')).toBe(part);
  // Merging again is no loss.
  for (let i = 0; i < 2; i++) expect((await run(['merge', at('all.jsonl'), at('part.jsonl')], files)).code).toBe(0);
}, 60_000);

test('what else is wrong with a command line', async () => {
  const said = async (...argv: string[]) => (await run(['batch', ...argv], files)).err;
  expect((await run(['batch', 'words.txt'], { ...files, 'words.txt': 'some words\n' })).err).toContain(
    'words.txt: expected a job file as .yaml, .yml or .json',
  );
  expect(await said('none.yaml')).toContain('cannot read none.yaml: there is no such file');
  expect(await said('jobs.yaml', '--shard', '3/2', '--out', at('x.jsonl'))).toContain(
    '--shard 3/2: shards of 2 are 1/2 to 2/2',
  );
  expect(await said('jobs.yaml', '--out', '-')).toContain(
    '--out -: a batch reads its results back to go on from them; name a file',
  );
  expect(await said('jobs.yaml', '--out', 'missing/x.jsonl')).toContain(
    'cannot write missing/x.jsonl: there is no directory missing',
  );
  writeFileSync(at('notes.jsonl'), 'notes\n');
  expect(await said('jobs.yaml', '--out', at('notes.jsonl'))).toContain('expected results of "magnet batch"');
  expect(readFileSync(at('notes.jsonl'), 'utf8')).toBe('notes\n');
});
