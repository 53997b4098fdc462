// `magnet schedule`: what it finds is what `run` does with its files, to the cycle; without residency it is the mapping of `map`.

import { describe, expect, test } from 'vitest';
import { parseScheduleResult, printScheduleResult } from '../../src/results/schedule-result.js';
import { parseRunResult } from '../../src/results/run-result.js';
import { node, onnxFile } from '../support/onnx.js';
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
  // The picture: a line for each bank, and in every run each tensor in its banks, under a letter of its own.
  const picture = [...out.matchAll(/^ *(\d+) ([-.A-Za-z]+)$/gm)].map((m) => m[2]!);
  expect(picture.map((line) => line.length)).toEqual(new Array(banks).fill(runs.length));
  for (const { name, from, upTo, bank, banks: own } of tensors.filter((t) => t.stays)) {
    const letter = new RegExp(`(?:^|, )([A-Z]) ${name.replace('.', '\\.')}(?:,|$)`, 'm').exec(out)![1];
    for (const [b, line] of picture.entries())
      for (let i = from; i <= upTo; i++) expect(line[i] === letter).toBe(bank! <= b && b < bank! + own);
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

/** An inverted residual whose middle is wider than the buffer. */
const inverted = onnxFile({
  inputs: { x: [1, 8, 12, 12] },
  weights: { s: [8, 8, 1, 1], e: [32, 8, 1, 1], d: [32, 1, 3, 3], p: [8, 32, 1, 1] },
  nodes: [
    node('Conv', ['x', 's'], ['r'], { kernel_shape: [1, 1] }),
    node('Conv', ['r', 'e'], ['a'], { kernel_shape: [1, 1] }),
    node('Conv', ['a', 'd'], ['b'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: 32 }),
    node('Conv', ['b', 'p'], ['c'], { kernel_shape: [1, 1] }),
    node('Add', ['c', 'r'], ['y']),
  ],
});

test('bands that it chooses run as they say, word, cycle and count', { timeout: 240_000 }, async () => {
  const files = {
    'net.onnx': inverted,
    'small.yaml': 'template: {base: simba, rows: 1, columns: 2, globalBuffer: 6KB, globalBanks: 16}\n',
  };
  const asked = ['schedule', 'net.onnx', '--arch', 'small.yaml', '-q', '--json', 's.json', '--design', 'd.json'];
  const { code, out, written } = await run([...asked, '--svg', 's.svg'], files);
  expect(code).toBe(0);
  const read = parseScheduleResult(JSON.parse(written.get('s.json')!));
  if (!read.ok) throw new Error('no schedule');
  const { bands, space, energy, cycles, value, whole, configuration, keep, runs } = read.value;
  expect(bands?.length).toBe(1);
  expect(keep.some((k) => k.tensor.includes('band'))).toBe(true);
  expect(space!.candidates).toBeGreaterThan(space!.chains);
  expect(out).toContain(`1 chains in bands, chosen among ${space!.chains} chains in ${space!.candidates} ways`);
  const product = (of: typeof whole, beside = of!.configuration!) =>
    (of!.energy + beside.energy) * (of!.cycles + beside.cycles);
  expect(energy! * cycles!).toBeLessThan(whole!.energy * whole!.cycles);
  expect(product({ energy: energy!, cycles: cycles! }, configuration)).toBeLessThan(product(whole));
  // What is found without bands is what it says beside.
  const plain = await run([...asked, '--no-bands'], files);
  const other = parseScheduleResult(JSON.parse(plain.written.get('s.json')!));
  expect(other.ok && [other.value.energy, other.value.bands, other.value.space]).toEqual([
    whole!.energy,
    undefined,
    undefined,
  ]);

  // Its weights stay from band to band, which costs less than to load them in each: what is found so is what it says beside.
  expect(bands![0]!.weights!.length).toBeGreaterThan(1);
  const loads = await run([...asked, '--no-weights'], files);
  const loading = parseScheduleResult(JSON.parse(loads.written.get('s.json')!));
  if (!loading.ok) throw new Error('no schedule');
  expect(loading.value.bands?.map((b) => b.weights)).toEqual([undefined]);
  expect([loading.value.status, loading.value.energy]).toEqual(['optimal', read.value.loading!.energy]);
  expect(value!).toBeLessThan(loading.value.value!);

  const given = { ...files, 's.json': written.get('s.json')!, 'd.json': written.get('d.json')! };
  const run1 = ['run', 'net.onnx', '--design', 'd.json', '--schedule', 's.json', '--drawn', '-q', '--json', 'r.json'];
  const ran = await run(run1, given);
  expect([ran.err, ran.code]).toEqual(['', 0]);
  const result = parseRunResult(JSON.parse(ran.written.get('r.json')!));
  if (!result.ok) throw new Error('no run');
  expect(result.value.agrees).toBe(true);
  expect(result.value.totals.cycles).toEqual({ model: cycles, rtl: cycles });
  expect(result.value.runs.map((r) => r.name)).toEqual(runs.map((r) => r.name));
});

test('a batch, in one go or image by image, runs as its schedule says', { timeout: 240_000 }, async () => {
  const files = {
    'net.onnx': onnxFile({
      inputs: { x: [1, 8, 8, 8] },
      weights: { s: [8, 8, 1, 1], e: [16, 8, 1, 1], d: [16, 1, 3, 3], p: [8, 16, 1, 1] },
      nodes: [
        node('Conv', ['x', 's'], ['r'], { kernel_shape: [1, 1] }),
        node('Conv', ['r', 'e'], ['a'], { kernel_shape: [1, 1] }),
        node('Conv', ['a', 'd'], ['b'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: 16 }),
        node('Conv', ['b', 'p'], ['c'], { kernel_shape: [1, 1] }),
        node('Add', ['c', 'r'], ['y']),
      ],
    }),
  };
  for (const [size, isImageByImage] of [
    ['4KB', true],
    ['16KB', false],
  ] as const) {
    const given = {
      ...files,
      'small.yaml': `template: {base: simba, rows: 1, columns: 2, globalBuffer: ${size}, globalBanks: 16}\n`,
    };
    const asked = (images: number) =>
      run(
        [
          ...['schedule', 'net.onnx', '--arch', 'small.yaml', '--batch', `${images}`],
          ...['-q', '--json', 's.json', '--design', 'd.json'],
        ],
        given,
      );
    const [single, batch] = [await asked(1), await asked(2)];
    const [one, two] = [single, batch].map(({ written }) => parseScheduleResult(JSON.parse(written.get('s.json')!)));
    if (!one?.ok || !two?.ok) throw new Error('no schedule');
    const { energy, cycles, bands, images, value } = two.value;
    expect([images, one.value.images]).toEqual([2, undefined]);
    expect(batch.out).toMatch(/for each of 2 images: energy .* cycles/);
    expect(bands?.map((b) => b.of) ?? []).toEqual(isImageByImage ? ['images'] : []);
    // Never worse than the network twice, whose sum is of the same numbers in another order.
    expect(value! / (4 * one.value.value!)).toBeLessThanOrEqual(1 + 1e-12);
    const ran = await run(
      [
        ...['run', 'net.onnx', '--batch', '2', '--drawn', '--design', 'd.json', '--schedule', 's.json'],
        ...['-q', '--json', 'r.json'],
      ],
      { ...given, 's.json': batch.written.get('s.json')!, 'd.json': batch.written.get('d.json')! },
    );
    expect([ran.err, ran.code]).toEqual(['', 0]);
    const result = parseRunResult(JSON.parse(ran.written.get('r.json')!));
    if (!result.ok) throw new Error('no run');
    expect(result.value.agrees).toBe(true);
    expect(result.value.totals.cycles).toEqual({ model: cycles, rtl: cycles });
    expect(result.value.totals.energy.rtl).toBeCloseTo(energy!, 0);
  }
});

describe('bands of rows that a file gives', () => {
  const bands = (first: string, last: string, n: number) => [{ first, last, bands: n }];
  const files = (list: unknown, keep: unknown) => ({
    'small.yaml': small.replace('}', ', residency: 1}'),
    's.json': JSON.stringify({ schema: 'magnet-schedule/1', bands: list, keep }),
  });

  test('run with every word, cycle and count; a part between two steps stays, and weights lie there once', async () => {
    const keep = [{ tensor: 'MaxPool_1.out band 1/3', bank: 6 }];
    const mapped = await run(['map', 'lenet', '--arch', 'small.yaml', '-q', '--design', 'd.json'], files([], []));
    const given = { ...files(bands('c1', 'c3', 3), keep), 'd.json': mapped.written.get('d.json')! };
    const asked = ['lenet', '--design', 'd.json', '--schedule', 's.json', '-q'];
    const { code, written } = await run(['run', ...asked, '--json', 'r.json'], given);
    expect(code).toBe(0);
    const result = parseRunResult(JSON.parse(written.get('r.json')!));
    if (!result.ok) throw new Error('no run');
    const { agrees, runs, totals } = result.value;
    expect([agrees, totals.cycles.model]).toEqual([true, totals.cycles.rtl]);
    const plain = await run(['run', ...asked.filter((a) => !/schedule|s.json/.test(a)), '--json', 'r.json'], given);
    const whole = parseRunResult(JSON.parse(plain.written.get('r.json')!));
    expect(whole.ok && whole.value.totals.dram.weights).toBe(totals.dram.weights);
    expect(runs.map((r) => r.name).slice(0, 6)).toEqual([1, 2, 3].flatMap((n) => [`c1 band ${n}/3`, `c3 band ${n}/3`]));
  }, 240_000);

  test.each([
    ['no step', bands('c1', 'c9', 2), /no step of lenet is called c9/],
    ['the wrong way round', bands('c3', 'c1', 2), /c1 comes before c3/],
    ['what is read behind it', bands('c3', 'f6', 2), /Relu_3.out is read behind it/],
    ['what makes no rows', bands('f6', 'f6', 2), /f6 reads or makes what is no image/],
    ['too many', bands('c1', 'c3', 6), /its last step makes too few rows/],
    ['images of one', [{ ...bands('c1', 'c3', 2)[0], of: 'images' }], /2 bands of images: it has one image/],
    ['twice', [...bands('c1', 'c3', 2), ...bands('c3', 'c3', 2)], /c3 is in bands already/],
    ['one alone', bands('c1', 'c3', 1), /a whole number of at least 2/],
  ])('refused: %s', async (_, list, sentence) => {
    const mapped = await run(['map', 'lenet', '--arch', 'small.yaml', '-q', '--design', 'd.json'], files([], []));
    const given = { ...files(list, []), 'd.json': mapped.written.get('d.json')! };
    const { code, err } = await run(['run', 'lenet', '--design', 'd.json', '--schedule', 's.json', '-q'], given);
    expect([code, err]).toEqual([3, expect.stringMatching(sentence)]);
  });
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

test('limits on totals are kept, and what cannot be kept is said', { timeout: 120_000 }, async () => {
  const files = { 'small.yaml': small };
  const asked = (...more: string[]) => run(['schedule', 'lenet', '--arch', 'small.yaml', '-q', ...more], files);
  const read = (text: string) => {
    const found = parseScheduleResult(JSON.parse(text));
    if (!found.ok) throw new Error(text.slice(0, 200));
    return found.value;
  };
  const free = read((await asked('-o', 'energy', '--json', '-')).out);
  const quick = read((await asked('-o', 'latency', '--json', '-')).out);
  // The leanest takes longer than the quickest: between the two a limit costs energy.
  const max = Math.round((free.cycles! + quick.cycles!) / 2);
  const within = read((await asked('-o', 'energy', '--limit', `latency=${max}cycles`, '--json', '-')).out);
  expect(within.limits).toEqual({ latency: max });
  expect(within.cycles).toBeLessThanOrEqual(max);
  expect(within.energy).toBeGreaterThan(free.energy!);
  expect(within.energy).toBeLessThanOrEqual(quick.energy!);
  expect([within.status, within.gap]).toEqual(['optimal', 0]);
  const table = await asked('-o', 'energy', '--limit', `latency=${max}cycles`);
  expect(table.out).toMatch(/limit on latency .* cycles, of which .* % are used/);
  expect(table.out).toContain('no schedule of these runs in their order within the limits is below');
  const none = await asked('--limit', `latency=${quick.cycles! - 1}cycles`);
  expect([none.code, none.out.trim(), none.err]).toEqual([
    1,
    '',
    'infeasible: no schedule of these runs keeps the limits\n',
  ]);
  // What cannot be kept with nothing that stays may be kept with tensors that do.
  expect(quick.cycles).toBeLessThan(quick.alone!.cycles);
  expect((await asked('--limit', `latency=${quick.alone!.cycles - 1}cycles`)).code).toBe(0);
});

test.each([
  ['widths that share no lines', ['lenet', '--arch', 'odd.yaml'], 'vectorSize 8 and numLanes 6 must be equal'],
  ['a limit on the chip', ['lenet', '--arch', 'simba', '--limit', 'area=1mm2'], 'limited by energy, latency and edp'],
  ['a limit on layers', ['lenet', '--arch', 'simba', '--limit', 'latency@each=1ms'], 'ask "magnet map" about layers'],
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

test('a certificate of a schedule holds, and does not where its bound was raised', { timeout: 120_000 }, async () => {
  const asked = ['schedule', 'lenet', '--arch', 'small.yaml', '-q', '--certificate', 'c.json'];
  const { code, written } = await run(asked, { 'small.yaml': small });
  expect(code).toBe(0);
  const text = written.get('c.json')!;
  const held = await run(['check', 'c.json'], { 'c.json': text });
  expect([held.code, held.err]).toEqual([0, '']);
  expect(held.out).toMatch(/\d+ states and \d+ steps between them on \d+ lines, in whole numbers/);
  const { bound } = JSON.parse(text) as { readonly bound: number };
  const raised = text.replace(`"bound": ${bound}`, `"bound": ${bound * 1.01}`);
  expect(raised).not.toBe(text);
  const refused = await run(['check', 'c.json'], { 'c.json': raised });
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('its lines prove');
});
