// `magnet map` end to end: tables, JSON, exit codes, reasons, interruption.

import { describe, expect, test } from 'vitest';
import { parseMapResult } from '../../src/results/map-result.js';
import { goldenCases } from '../support/golden.js';
import { run, tinyArch, tinyLayers } from './run.js';

const files = { 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers };
const tiny = ['map', 'net.yaml', '--arch', 'tiny.yaml'];
const read = (text: string) => {
  const result = parseMapResult(JSON.parse(text));
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
};

describe('map', () => {
  test('proves every layer: table and totals on standard output, progress apart, exit 0', async () => {
    const { code, out, err } = await run(tiny, files);
    expect({ code, err }).toMatchObject({ code: 0 });
    const rows = out.split('\n');
    expect(rows[0]).toMatch(
      /^layer +shape +count +energy \(.J\) +cycles +utilisation +gap +time +log10 mappings +status$/,
    );
    expect(rows[2]).toMatch(/^conv +.*optimal$/);
    expect(rows[3]).toMatch(/^fc +.*optimal$/);
    for (const line of [
      "objective: sum of the layers' EDPs",
      '  its lower bound',
      'edp: energy x delay of the network',
      'fJ with DRAM',
      '1 MAC = 2 operations',
      'TOPS of',
    ])
      expect(out).toContain(line);
    expect(err.split('\n').filter((l) => l.startsWith('['))).toHaveLength(2);
  });

  test('the result file holds what the contract names, and totals that add up', async () => {
    const { code, out, written } = await run([...tiny, '--json', 'result.json', '--quiet'], files);
    expect(code).toBe(0);
    expect(out).toContain('optimal');
    const text = written.get('result.json')!;
    expect(Object.keys(JSON.parse(text))).toEqual([
      'schema',
      'magnet',
      'workload',
      'arch',
      'goal',
      'limits',
      'conventions',
      'hardware',
      'unmapped',
      'mappedMacs',
      'mappedShare',
      'layers',
      'objective',
      'bound',
      'energy',
      'cycles',
      'edp',
    ]);
    const result = read(text);
    expect(result).toMatchObject({
      schema: 'magnet-map/2',
      workload: 'tiny-net',
      arch: 'tiny',
      goal: 'layer-edp',
      conventions: 'magnet',
    });
    expect(result.layers.map((l) => [l.name, l.count, l.status])).toEqual([
      ['conv', 3, 'optimal'],
      ['fc', 1, 'optimal'],
    ]);
    const weighted = (f: (l: (typeof result.layers)[number]) => number | null) =>
      result.layers.reduce((n, l) => n + l.count * f(l)!, 0);
    expect(result.objective).toBeCloseTo(
      weighted((l) => l.objective),
      6,
    );
    expect(result.bound).toBeLessThanOrEqual(result.objective!);
    expect(result.energy).toBe(weighted((l) => l.energy));
    expect(result.cycles).toBe(weighted((l) => l.cycles));
    expect(result.edp).toBe(result.energy! * result.cycles!);
    expect(result.layers[0]!.objective).toBeCloseTo(result.layers[0]!.energy! * result.layers[0]!.cycles!, 6);
  });

  test('`--json -` is the only thing on standard output, and show prints its nests', async () => {
    const { code, out } = await run([...tiny, '--layer', 'fc', '--objective', 'energy', '--json', '-'], files);
    expect(code).toBe(0);
    expect(read(out).layers.map((l) => l.name)).toEqual(['fc']);
    const shown = await run(['show', 'r.json', '--arch', 'tiny.yaml', '--layer', 'fc'], { ...files, 'r.json': out });
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^fc: optimal, .*\n\/\/ DRAM: Weights, Inputs, Outputs\n/);
    expect(shown.out).toMatch(/parallel-for k in 0\.\.\d \(X/);
    // The result holds its machine: no file is needed for the same nests.
    expect(await run(['show', 'r.json'], { 'r.json': out })).toMatchObject({ code: 0, out: shown.out });
    const wrong = await run(['show', 'r.json', '--layer', 'fcc'], { 'r.json': out });
    expect(wrong).toMatchObject({ code: 3, err: 'error: unknown layer of r.json: fcc. Did you mean fc?\n', out: '' });
  });

  test('a mapping of the result, evaluated, costs what the result says', async () => {
    const { out } = await run([...tiny, '--layer', 'conv', '--json', '-', '-q'], files);
    const evaluated = await run(
      [
        'evaluate',
        '--arch',
        'tiny.yaml',
        '--workload',
        'net.yaml',
        '--layer',
        'conv',
        '--mapping',
        'r.json',
        '--json',
        '-',
      ],
      { ...files, 'r.json': out },
    );
    expect(evaluated.code).toBe(0);
    const [layer] = read(out).layers;
    expect(JSON.parse(evaluated.out)).toMatchObject({ id: 'conv', energy: layer!.energy, cycles: layer!.cycles });
  });

  test('a case file brings its machine and its conventions', async () => {
    const golden = goldenCases().find((c) => c.id.startsWith('A25'))!;
    const { code, out } = await run(
      [
        'map',
        'case.json',
        '--objective',
        'energy',
        '--no-padding',
        '--json',
        '-',
        '-q',
        '--solver',
        'random',
        '--time-limit',
        '0.2s',
      ],
      { 'case.json': JSON.stringify(golden) },
    );
    expect(code).toBe(2);
    expect(read(out)).toMatchObject({
      workload: golden.id,
      arch: golden['architecture'].name,
      conventions: 'timeloop',
      goal: 'energy',
    });
  });

  test('heuristics prove nothing: exit 2', async () => {
    const { code, out } = await run([...tiny, '--solver', 'random', '--time-limit', '0.1s', '-q'], files);
    expect(code).toBe(2);
    expect(out).toContain('none proven');
  });
});

describe('infeasible', () => {
  test('a capacity that holds no tile: exit 1 with the level and the sizes', async () => {
    const small = { ...files, 'tiny.yaml': tinyArch.replace('sizeWords: 32', 'sizeWords: 2') };
    const { code, out, err } = await run([...tiny, '--layer', 'fc', '--keep-all', '--json', '-'], small);
    expect(code).toBe(1);
    expect(read(out)).toMatchObject({
      objective: null,
      layers: [{ status: 'infeasible', objective: null, bound: null, gap: null, mapping: null }],
    });
    expect(err).toContain(
      'fc is infeasible: the smallest tiles of Weights and Inputs and Outputs take 3 lines of Buffer, ' +
        'which has room for 2: needs 3 B, Buffer holds 2 B\n',
    );
    // What does not fit together may go by.
    expect((await run([...tiny, '--layer', 'fc', '-q'], small)).code).toBe(0);
  });

  test('a limit below what any mapping reaches: exit 1 with the least that is possible', async () => {
    const { code, err } = await run(
      [...tiny, '--layer', 'fc', '--limit', 'energy=1nJ', '--limit', 'latency=1ns'],
      files,
    );
    expect(code).toBe(1);
    expect(err).toMatch(
      /fc is infeasible: the limit on energy is 1000 pJ, and no mapping goes below \d+.*; the limit on latency is 1 cycles/,
    );
  });

  test('an area above the limit rules out the machine', async () => {
    const { code, out, err } = await run(
      ['map', 'net.yaml', '--arch', 'simba', '--limit', 'area=1.5', '--json', '-'],
      files,
    );
    expect(code).toBe(1);
    expect(err).toMatch(/simba takes \d\.\d+ mm2, more than the limit of 1\.500 mm2/);
    expect(read(out).layers.map((l) => l.status)).toEqual(['infeasible', 'infeasible']);
  });
});

describe('interruption', () => {
  test('finished layers are written as a valid result without totals, exit 130', async () => {
    let press = () => {};
    const { code, out, err, written } = await run([...tiny, '--json', 'r.json'], files, {
      onInterrupt(handler) {
        press = handler;
        return () => {};
      },
      err: (text) => {
        if (text.startsWith('[1/2]')) press();
      },
    });
    expect({ code, err }).toMatchObject({ code: 130 });
    expect(out).toContain('of the layers that were mapped');
    const result = read(written.get('r.json')!);
    expect(result.layers.map((l) => l.name)).toEqual(['conv']);
    expect(result.objective).toBeNull();
  });

  test('a terminal gets one live line, cleared at the end', async () => {
    const { err } = await run([...tiny, '--solver', 'random', '--time-limit', '50ms'], files, { columns: 60 });
    expect(err).not.toContain('\n');
    expect(err).toContain('1/2 layers');
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });
});
