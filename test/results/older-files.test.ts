// Results of the first schemas say `edp` of a network where they mean the sum of its layers' EDPs: read as layer-edp.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { got } from '../../src/base/invariant.js';
import { parseCodesignFront, parseCodesignResult } from '../../src/results/codesign-result.js';
import { parseCompareResult } from '../../src/results/compare-result.js';
import { parseDesignData } from '../../src/results/design-file.js';
import { parseMapResult } from '../../src/results/map-result.js';
import { fromFirst, noteOnFirst } from '../../src/results/older-files.js';
import { parseProveResult } from '../../src/results/prove-result.js';
import { run } from '../cli/run.js';

const net = 'layers:\n  - {name: a, K: 8, C: 8, P: 4, Q: 4, count: 2}\n  - {name: b, K: 4, C: 8, P: 2, Q: 2}\n';
const files = { 'net.yaml': net };
type Json = Record<string, unknown>;

async function written(argv: readonly string[], file: string): Promise<Json> {
  const ran = await run([...argv, '-q'], files);
  return JSON.parse(got(ran.written, file)) as Json;
}

/** A file as the first schema has it: `renamed` are fields that had other names, at the top. */
const older = (file: Json, changes: Json, without: readonly string[] = []): Json =>
  Object.fromEntries(
    Object.entries({ ...file, ...changes, schema: String(file['schema']).replace('/2', '/1') }).filter(
      ([key]) => !without.includes(key),
    ),
  );

test('mappings and their design', async () => {
  const argv = ['map', 'net.yaml', '--arch', 'simba', '--json', 'r.json', '--design', 'd.json'];
  const { written: out } = await run([...argv, '-q'], files);
  const [now, design] = ['r.json', 'd.json'].map((name) => JSON.parse(got(out, name)) as Json);
  expect(now?.['goal']).toBe('layer-edp');
  const old = older(now ?? {}, { goal: 'edp', edpOfTotals: now?.['edp'] }, ['edp']);
  expect(parseMapResult(old)).toEqual(parseMapResult(now));
  expect(noteOnFirst(old)).toMatch(/^magnet-map\/1 calls edp what is layer-edp now/);
  expect(noteOnFirst(now)).toBeUndefined();
  const { edp, ...sums } = design?.['totals'] as Json;
  const before = older(design ?? {}, { objective: 'edp', totals: { ...sums, edpOfTotals: edp } });
  expect(parseDesignData(before)).toEqual(parseDesignData(design));
  // The command line says what it makes of it.
  const { code, err } = await run(['show', 'old.json'], { 'old.json': JSON.stringify(old) });
  expect({ code, err }).toEqual({
    code: 0,
    err: expect.stringMatching(/^note: old\.json: magnet-map\/1 calls edp/) as string,
  });
});

test('a network that was mapped as a whole', async () => {
  const now = await written(['map', 'net.yaml', '--arch', 'simba', '-o', 'edp', '--json', 'r.json'], 'r.json');
  const network = now['network'] as Json;
  expect(now['objective']).toBe(network['value']);
  const old = older(
    now,
    {
      goal: 'edp',
      edpOfTotals: now['edp'],
      objective: 1,
      bound: 0,
      network: { ...network, objective: 'edp-of-totals' },
    },
    ['edp'],
  );
  expect(parseMapResult(old)).toEqual(parseMapResult(now));
});

test('a proof: limits on the network are on the sum, those on layers stay', async () => {
  const argv = ['prove', 'net.yaml', '--arch', 'simba', '--limit', 'layer-edp=1e20', '--limit', 'edp@a=1e20'];
  const now = await written([...argv, '--json', 'p.json'], 'p.json');
  const { edp, layerEdp, ...witness } = now['witness'] as Json;
  const [whole, own] = now['requirements'] as readonly Json[];
  const old = older(now, {
    requirements: [{ ...whole, name: 'edp', text: 'edp=1e20' }, own],
    witness: { ...witness, edp: layerEdp, edpOfTotals: edp },
  });
  expect(own).toMatchObject({ kind: 'layer', name: 'edp' });
  expect(parseProveResult(old)).toEqual(parseProveResult(now));
});

test('a co-design', async () => {
  const argv = ['codesign', 'net.yaml', '--space', 'magnet-small', '--limit', 'area=2mm2', '--limit', 'layer-edp=1e20'];
  const now = await written([...argv, '-o', 'layer-edp', '--gap', '0.5', '--json', 'c.json'], 'c.json');
  const networks = now['networks'] as readonly Json[];
  const limits = { area: 2, edp: 1e20 };
  const old = older(now, {
    goal: 'edp',
    limits,
    networks: networks.map(({ layerEdp, ...n }) => ({ ...n, edp: layerEdp })),
  });
  const [read, same] = [parseCodesignResult(old), parseCodesignResult(now)];
  expect(read).toMatchObject({ ok: true, value: { goal: 'layer-edp', limits: { area: 2, 'layer-edp': 1e20 } } });
  expect(read).toEqual(same);
}, 60_000);

test('a front, and a comparison that is in the repository', () => {
  const front = { schema: 'magnet-codesign-front/1', metrics: ['energy', 'edp'], limits: { edp: 3, 'edp@a': 4 } };
  expect(fromFirst(front)).toEqual({
    schema: 'magnet-codesign-front/2',
    metrics: ['energy', 'layer-edp'],
    limits: { 'layer-edp': 3, 'edp@a': 4 },
  });
  expect(parseCodesignFront(front).ok).toBe(false);
  const text = readFileSync(join(import.meta.dirname, '../../benchmarks/results/compare.json'), 'utf8');
  const read = parseCompareResult(JSON.parse(text));
  expect(read).toMatchObject({ ok: true, value: { objective: 'layer-edp' } });
});

test('what is no result of these schemas stays as it is', () => {
  for (const data of [
    undefined,
    null,
    3,
    [],
    {},
    { schema: 'magnet-map/9', goal: 'edp' },
    { schema: 'magnet-simulate/1' },
  ])
    expect(fromFirst(data)).toBe(data);
});
