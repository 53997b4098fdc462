// `magnet map` asked about the network as a whole: energy x cycles of its totals, and limits on them.

import { describe, expect, test } from 'vitest';
import { parseDesign } from '../../src/results/design-file.js';
import type { MapResult } from '../../src/results/map-result.js';
import { parseMapResult } from '../../src/results/map-result.js';
import { run, tinyArch, tinyLayers } from './run.js';

const table = `
name: two
layers:
  - {name: a, count: 3, K: 16, C: 24, P: 14, Q: 14, R: 3, S: 3}
  - {name: b, count: 2, K: 40, C: 16, P: 7, Q: 7}
`;
const files = { 'two.yaml': table, 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers };
const asked = ['map', 'two.yaml', '--arch', 'simba'];

async function answer(...options: readonly string[]): Promise<MapResult> {
  const { written } = await run([...asked, ...options, '--json', 'r.json', '-q'], files);
  const read = parseMapResult(JSON.parse(written.get('r.json')!));
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
}

describe('map of a network as a whole', { timeout: 120_000 }, () => {
  test('energy x cycles of the totals is proven, and is no more than that of the minimum EDP of every layer', async () => {
    const alone = await answer();
    const { network, layers, energy, cycles } = await answer('--objective', 'edp');
    expect(network).toMatchObject({ objective: 'edp', status: 'optimal', gap: 0, reason: '' });
    expect(network!.value! / (energy! * cycles!)).toBeCloseTo(1, 12);
    expect(network!.value!).toBeLessThanOrEqual(alone.edp!);
    expect(network!.bound!).toBeLessThanOrEqual(network!.value!);
    expect(layers.reduce((n, l) => n + l.count, 0)).toBe(5);
  });

  test('a limit on the network is kept at the minimum cost; at its own figures it is met, below none are', async () => {
    const [quick, lean] = [await answer('--objective', 'latency'), await answer('--objective', 'energy')];
    expect(quick.cycles!).toBeLessThan(lean.cycles!);
    const max = Math.floor((quick.cycles! + lean.cycles!) / 2);
    const between = await answer('--objective', 'energy', '--limit', `latency=${max}`);
    expect(between.network).toMatchObject({ objective: 'energy', status: 'optimal', gap: 0 });
    expect(between.cycles!).toBeLessThanOrEqual(max);
    expect(between.energy!).toBeGreaterThanOrEqual(lean.energy! * (1 - 1e-12));
    expect(between.limits).toEqual({ latency: max });
    const again = await answer('--objective', 'latency', '--limit', `energy=${between.energy!}`);
    expect(again.cycles!).toBeLessThanOrEqual(between.cycles!);
    const below = await answer('--objective', 'latency', '--limit', `energy=${lean.energy! * (1 - 1e-8)}`);
    expect(below.network).toMatchObject({ status: 'infeasible', value: null });
  });

  test('what no mappings keep is infeasible, exit 1, with the way out', async () => {
    const { code, out, err } = await run([...asked, '--limit', 'latency=10'], files);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('infeasible: no mappings keep the limits together; "magnet prove two.yaml --arch simba"');
  });

  test('a layer that has no mapping by itself is named', async () => {
    const { code, err } = await run([...asked, '-o', 'edp', '--limit', 'latency@a=10'], files);
    expect(code).toBe(1);
    expect(err).toContain('infeasible: a has no mapping, whatever the others take');
  });

  test('the table says what is proven, and the design is read again', async () => {
    const { code, out, written } = await run([...asked, '-o', 'edp', '--design', 'd.json'], files);
    expect(code).toBe(0);
    expect(out).toContain('objective: energy x delay of the network');
    expect(out).toContain('the same, gap 0 %: no choice of a mapping for every layer is below');
    expect(parseDesign(written.get('d.json')!, 'd.json').ok).toBe(true);
  });

  test.each([
    [['map', 'net.yaml', '--arch', 'tiny.yaml', '-o', 'edp'], 'this one is a hierarchy'],
    [['map', 'net.yaml', '--arch', 'tiny.yaml', '--limit', 'latency=1ms'], 'latency@each=1ms'],
    [[...asked, '--limit', 'latency=1ms', '-o', 'ed2p'], 'ED2P is defined for single layers only'],
    [[...asked, '--limit', 'latency=1ms', '--solver', 'highs'], '--solver highs maps single layers only'],
    [[...asked, '--limit', 'latency=1ms', '--certify'], 'certificates are for single layers'],
  ])('%j', async (argv, wanted) => {
    const { code, err } = await run(argv, files);
    expect({ code }).toEqual({ code: 3 });
    expect(err).toContain(wanted);
  });
});
