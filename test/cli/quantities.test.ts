// One grammar of quantities and limits in every verb: units, plain numbers that are said, what a limit is on, and the ways out.

import { describe, expect, test } from 'vitest';
import { prepareCodesign } from '../../src/cli/codesign/codesign-question.js';
import { parseLayerLimits } from '../../src/library/layer-limits.js';
import { parseLimits } from '../../src/library/read-limits.js';
import { parseJobFile } from '../../src/interchange/job-file.js';
import * as types from '../../src/interchange/value-types.js';
import { parseMapResult } from '../../src/results/map-result.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { run, tinyArch, tinyLayers } from './run.js';

const files = { 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers };
const tiny = ['map', 'net.yaml', '--arch', 'tiny.yaml', '-q'];
const { duration, memory, probability, share } = types;
const clocks = { of: 'the machine', mhz: [1000] };
const layers = [
  { layer: makeLayer('a', { K: 4, C: 4 }), count: 1 },
  { layer: makeLayer('b', { K: 8, C: 4 }), count: 3 },
];
const network = { name: 'net', source: 'test', layers, unmapped: [] };

test.each([
  [duration, '10s', 10],
  [duration, '500ms', 0.5],
  [duration, '2 min', 120],
  [duration, '1.5h', 5400],
  [duration, '7', 7],
  [duration, '1e-1', 0.1],
  [share, '1%', 0.01],
  [share, '0.1 %', 0.001],
  [share, '1e-4', 1e-4],
  [share, '0', 0],
  [share, '99.9%', 0.999],
  [probability, '10%', 0.1],
  [probability, '0.9', 0.9],
  [memory, '2GB', 2048],
  [memory, '512MB', 512],
  [memory, '64', 64],
] as const)('%# %s %s', (type, text, value) => expect(type.read(text)).toEqual({ ok: true, value }));

test.each([
  [duration, '10 sec', 'units: ms, s, min, h'],
  [duration, '10d', 'units: ms, s, min, h'],
  [duration, '-1s', 'expected a time above 0'],
  [duration, 's', 'expected a time above 0'],
  [duration, '1,5s', 'expected a time'],
  [duration, '', 'expected a time'],
  [share, '100%', 'expected a share of at least 0 and below 1'],
  [share, '1 percent', 'units: %'],
  [share, '-1%', 'expected a share'],
  [probability, '95%', 'from 0 to 0.9'],
  [memory, '2Gb', 'did you mean GB?'],
  [memory, '1.5MB', 'whole MB'],
] as const)('%# %s is refused with the units', (type, text, wanted) => {
  const read = type.read(text);
  expect(read.ok ? '' : read.diagnostics[0]?.message).toContain(wanted);
});

describe('limits', () => {
  test('of the network, of each layer, of one, of the chip', () => {
    const read = parseLimits(
      ['latency=1ms', 'latency@each<=10us', 'energy@b = 3 nJ', 'latency@b=5us', 'latency@a=20us', 'area=2e6um2'],
      clocks,
      network,
    );
    expect(read).toEqual({
      ok: true,
      value: {
        network: { latency: 1e6 },
        each: { latency: 1e4 },
        layers: { a: { latency: 1e4 }, b: { energy: 3000, latency: 5000 } },
        area: 2,
        understood: [],
      },
    });
  });

  test.each([
    ['latency@c=1ms', 'unknown layer of net: c'],
    ['latency@each=1ms latency@each=2ms', 'latency@each is limited twice; keep one'],
    ['energy@a>=1nJ', 'write energy@a<=1nJ, or drop it'],
    ['area@a=1mm2', 'area belongs to the chip, not to a layer; write area=1mm2'],
    ['pes=4', 'unknown limit: pes. Known: energy, latency, edp, layer-edp, area'],
    ['latency', 'expected name=value with a unit'],
    ['latency=1mm2', 'unknown unit: mm2'],
    ['area=1m2', 'unknown unit: m2. Did you mean mm2?'],
  ])('%s', (texts, wanted) => {
    const read = parseLimits(texts.split(' '), clocks, network);
    expect(read.ok ? '' : read.diagnostics.map((d) => d.message).join('\n')).toContain(wanted);
  });

  test('a network is settled layer by layer only where it is one layer', () => {
    const many = parseLayerLimits(['latency=1ms'], clocks, network, 'network');
    expect(many.ok ? '' : many.diagnostics[0]!.message).toBe(
      '--limit latency=1ms: it is on net as a whole, with 4 layers, and here each is settled on its own; ' +
        'write latency@each=1ms for each of them, latency@a=1ms for one, or ask "magnet prove" (a machine) or ' +
        '"magnet codesign" (a space) about the network',
    );
    const thrice = parseLayerLimits(['energy<=1uJ'], clocks, { ...network, layers: layers.slice(1) }, 'network');
    expect(thrice.ok ? '' : thrice.diagnostics[0]!.message).toContain('b, which occurs 3 times');
    expect(
      parseLayerLimits(['latency=1ms'], clocks, { ...network, layers: layers.slice(0, 1) }, 'network'),
    ).toMatchObject({ ok: true, value: { each: { latency: 1e6 } } });
  });
});

describe('map', () => {
  const of = async (...limits: string[]) => {
    const ran = await run(
      [...tiny, ...limits.flatMap((l) => ['--limit', l]), '--objective', 'energy', '--json', '-'],
      files,
    );
    const result = ran.out === '' ? undefined : parseMapResult(JSON.parse(ran.out));
    return { ...ran, layers: result?.ok ? result.value.layers : [] };
  };

  test('each layer and one layer are limited on their own; plain latency is refused', async () => {
    const free = await of();
    const [conv, fc] = free.layers.map((l) => l.cycles!);
    const alone = await of(`latency@fc=${fc! - 1}cycles`);
    expect(alone.layers.map((l) => [l.name, l.status])).toEqual([
      ['conv', 'optimal'],
      ['fc', alone.layers[1]!.status],
    ]);
    expect(alone.layers[0]!.cycles).toBe(conv);
    expect(alone.layers[1]!.cycles ?? 0).toBeLessThan(fc!);
    const none = await of('latency@each=1cycles');
    expect(none.code).toBe(1);
    expect(none.layers.map((l) => l.status)).toEqual(['infeasible', 'infeasible']);
    expect(none.err).toContain('the limit on latency is 1 cycles');
    expect(await of('latency=1ms')).toMatchObject({
      code: 3,
      err: expect.stringContaining('latency@each=1ms') as string,
    });
  });

  test('a plain number is read and said, quiet or not', async () => {
    expect((await of('latency@each=100000')).err).toBe('note: --limit latency@each=100000: read as 100,000 cycles\n');
  });
});

test('every verb says how it read limits of time and gaps without a unit, before it begins, quiet or not', async () => {
  const said = async (line: string) =>
    (await run(line.split(' '), files)).err.split('\n').filter((l) => l.startsWith('note: --'));
  expect(await said('map net.yaml --arch tiny.yaml -q --time-limit 10 --gap=0.005 --certify-time 1e3')).toEqual([
    'note: --time-limit 10: read as 10 s',
    'note: --gap 0.005: read as 0.5 %',
    'note: --certify-time 1e3: read as 1,000 s',
  ]);
  expect(await said('map net.yaml --arch tiny.yaml -q --time-limit 10s --gap 0')).toEqual([]);
  expect(await said('codesign none --gap 0.3 --time-limit 2')).toEqual([
    'note: --gap 0.3: read as 30 %',
    'note: --time-limit 2: read as 2 s',
  ]);
  expect(await said('prove none --arch simba --limit latency=1ms --time-limit 0.5')).toEqual([
    'note: --time-limit 0.5: read as 0.5 s',
  ]);
  expect(await said('compare none --arch simba --time 2 --proof-time 3')).toEqual([
    'note: --time 2: read as 2 s',
    'note: --proof-time 3: read as 3 s',
  ]);
  expect(await said('batch none.yaml --memory 512')).toEqual(['note: --memory 512: read as 512 MB']);
  expect((await run(['map', 'net.yaml', '--arch', 'simba', '--gap', '1'], files)).err).toContain(
    'Expected a share of at least 0 and below 1, such as 1%',
  );
});

test('job files say it with the line, once', () => {
  const kinds = [
    {
      kind: 'map',
      required: ['network'],
      fields: { network: types.text, gap: types.share, timeLimit: types.duration },
    },
  ];
  const entry = { kind: 'map', network: 'a', gap: ['1%', 0.01, 0] };
  const data = { defaults: { timeLimit: 90 }, jobs: [entry, { kind: 'map', network: 'b' }] };
  const read = parseJobFile({ data, lineOf: (path) => (path[0] === 'defaults' ? 1 : 3) }, kinds);
  expect(read.specs.length).toBe(4);
  expect(read.understood).toEqual(['note: line 3: gap 0.01: read as 1 %', 'note: line 1: timeLimit 90: read as 90 s']);
});

test('compare limits layers too, and refuses the network', async () => {
  const args = (limit: string) =>
    run(
      [
        'compare',
        'net.yaml',
        '--arch',
        'tiny.yaml',
        '--strategies',
        'random',
        '--time',
        '50ms',
        '--repeat',
        '1',
        '--proof-time',
        '5s',
        '-q',
        '--json',
        '-',
        '--limit',
        limit,
      ],
      files,
    );
  const { code, out } = await args('energy@fc=1pJ');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    limits: { 'energy@fc': 1 },
    contests: [
      { name: 'conv', infeasible: false },
      { name: 'fc', infeasible: true },
    ],
  });
  expect((await args('energy=1pJ')).code).toBe(3);
});

test('co-design limits networks, every layer, and layers by their names', () => {
  const table = new TextEncoder().encode(
    'name: two\nlayers:\n  - { name: fc, K: 4, C: 4 }\n  - { name: fd, K: 8, C: 4 }\n',
  );
  const io = { read: () => table, obstacle: () => undefined } as unknown as Parameters<typeof prepareCodesign>[0];
  const options = { space: 'magnet-small', gap: 0.01, timeLimit: 1, padding: true, diagonal: true, folds: true };
  const request = (limit: string) => prepareCodesign(io, ['net.yaml'], { ...options, limit: [limit] });
  const cycles = { latency: 2000 };
  expect(request('latency=2us')).toMatchObject({ ok: true, value: { request: { limits: cycles } } });
  expect(request('latency@each=2us')).toMatchObject({
    ok: true,
    value: { request: { layerLimits: { each: cycles } } },
  });
  expect(request('latency@fc=2us')).toMatchObject({
    ok: true,
    value: { request: { layerLimits: { layers: { fc: cycles } } } },
  });
});

test('job files of before keep their meaning, and it is said with the line', async () => {
  const jobs =
    'defaults: { timeLimit: 10s, gap: 1% }\n' +
    'jobs:\n  - kind: map\n    network: net.yaml\n    arch: tiny.yaml\n    limit: [[], ' +
    'latency=1cycles]\n';
  const { err } = await run(['batch', 'jobs.yaml', '--out', '/nowhere/at/all.jsonl', '-q'], {
    ...files,
    'jobs.yaml': jobs,
  });
  expect(err).toContain(
    'note: line 6: limit latency=1cycles: read as latency@each=1cycles, of each layer on its own; write it so\n',
  );
});
