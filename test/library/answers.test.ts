// What the calls answer beside what they found: a design that can be used, and the record that their verb writes.

import { expect, test } from 'vitest';
import {
  codesign,
  compare,
  emit,
  findGraph,
  forNetworks,
  magnetConventions,
  map,
  parseDesign,
  parseMapResult,
  printDesign,
  printMapResult,
  prove,
  report,
  schedule,
  simba,
  simulate,
  spaces,
  technology16nm,
} from '../../src/index.js';
import type { MapEvent, ProveRequest } from '../../src/index.js';
import { bits } from '../../src/base/units.js';
import { defined, nth } from '../../src/base/invariant.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { builtLibrary } from '../support/built.js';

const network = {
  name: 'small',
  source: 'this test',
  unmapped: [],
  layers: [
    { layer: makeLayer('a', { K: 8, C: 16, P: 4, Q: 4 }), count: 2 },
    { layer: makeLayer('b', { K: 10, C: 32 }), count: 1 },
  ],
};
const machine = { kind: 'template', template: simba } as const;
const question: ProveRequest = {
  network,
  candidates: { kind: 'machine', machine },
  technology: technology16nm,
  conventions: magnetConventions,
  padding: true,
  requirements: [{ kind: 'network', quantity: 'latency', max: 1e6, text: 'latency=1ms' }],
  timeLimit: 30,
};

test('a network is asked about as a whole: no sum of layers alone is better, and a limit moves the answer', async () => {
  const alone = await map(network, simba);
  const whole = await map(network, simba, { whole: { objective: 'edp', limits: {} } });
  expect(whole.whole).toMatchObject({ status: 'optimal', gap: 0 });
  expect(whole.totals?.edp).toBeLessThanOrEqual(defined(alone.totals).edp);
  expect(whole.whole?.value).toBeCloseTo(defined(whole.totals).edp, -3);
  expect(whole.result.network).toEqual(whole.whole);
  const least = await map(network, simba, { goal: { objective: 'latency', limits: {} } });
  const { cycles } = defined(least.totals);
  const within = await map(network, simba, { whole: { objective: 'energy', limits: { latency: cycles } } });
  expect(within.totals?.cycles).toBeLessThanOrEqual(cycles);
  expect(within.result.limits).toEqual({ latency: cycles });
  const none = await map(network, simba, { whole: { objective: 'energy', limits: { latency: cycles - 1 } } });
  expect(none).toMatchObject({ layers: [], totals: undefined, whole: { status: 'infeasible' } });
  const refused = map(network, simba, { whole: { objective: 'energy', limits: {} }, certify: { eps: 0.1, time: 1 } });
  await expect(refused).rejects.toThrow(/whole asks about the network as a whole, and certificates/);
});

test('a schedule is no worse than the mapping of the network, and its design has a mapping for every run', async () => {
  const graph = findGraph('lenet');
  if (!graph.ok) throw new Error('no graph');
  const { result, design } = await schedule(graph.value, simba);
  expect(result).toMatchObject({ status: 'optimal', gap: 0, schema: 'magnet-schedule/1' });
  expect(result.value).toBeLessThan(defined(result.alone).energy * defined(result.alone).cycles);
  expect(defined(design).layers.reduce((n, l) => n + l.count, 0)).toBe(result.runs.length);
  const again = parseDesign(printDesign(defined(design)), 'design.json');
  expect(again.ok && again.value).toEqual(design);
  await expect(schedule(graph.value, { ...simba, numLanes: 6 })).rejects.toThrow(
    /nothing can stay in the global buffer/,
  );
});

test('of a layer that fits nowhere map says why, as the command does', async () => {
  const small = { ...simba, name: 'tight', weightBuffer: bits(64) };
  const { layers, totals } = await map(network, small, { timeLimit: 5 });
  expect(totals).toBeUndefined();
  const { status, reason } = nth(layers, 0).answer;
  expect(status).toBe('infeasible');
  expect(reason).toMatchObject({ kind: 'infeasible', why: expect.stringMatching(/WeightBuffer/) as string });
});

test('a witness of a proof is a design: written, read, emitted and simulated without a file', async () => {
  const { proof, design, result } = await prove(question);
  expect([proof.status, result.status]).toEqual(['feasible', 'feasible']);
  const found = defined(design);
  expect(found.provenance.command).toMatch(/^prove\("small", "simba", \{"technology":/);
  expect(parseDesign(printDesign(found), 'witness.json')).toEqual({ ok: true, value: found });
  expect((await emit(found, { testbench: false })).map((f) => f.path)).toContain('rtl/magnet.f');
  const [run] = await simulate(found, { layers: ['b'] });
  expect(run?.disagreements).toEqual([]);
  const hard = await prove({
    ...question,
    requirements: [{ kind: 'network', quantity: 'latency', max: 1, text: 'latency=1' }],
  });
  expect([hard.proof.status, hard.design, hard.result.witness]).toEqual(['infeasible', undefined, null]);
}, 60_000);

test('a page is made of what calls gave, of their records and of designs alike; records are what files hold', async () => {
  const mapped = await map(network, simba);
  const space = defined(spaces.find((s) => s.name === 'magnet-small'));
  const found = await codesign(
    {
      networks: [{ network, weight: 1 }],
      space: forNetworks(space, [network]),
      technology: technology16nm,
      conventions: magnetConventions,
      objective: 'edp',
      limits: {},
      padding: true,
      gap: 0.01,
      timeLimit: 60,
    },
    { explain: true },
  );
  expect(defined(found.explained).steps.length).toBeGreaterThan(0);
  const proven = await prove(question);
  const compared = await compare(network, simba, { strategies: ['enumerate', 'random'], time: 0.2, repeat: 1 });
  const none = await compare(network, { ...simba, weightBuffer: bits(64) }, { strategies: ['random'], time: 0.1 });
  expect([...none.reasons.keys()]).toEqual(['a', 'b']);
  const answers = [mapped, found, proven, compared, none];
  const pages = report([...answers, mapped.design, ...answers.map((a) => a.result)], { title: 'All' });
  if (!pages.ok) throw new Error(JSON.stringify(pages.diagnostics));
  expect(pages.value.markdown.match(/^## /gm)).toHaveLength(11);
  expect(parseMapResult(printMapResult(mapped.result))).toEqual({ ok: true, value: mapped.result });
}, 120_000);

test('compare and certify go on in workers, tell how far they are, and are given up by a signal', async () => {
  const { certify, compare, map } = await builtLibrary();
  const layers = [makeLayer('a', { K: 4, C: 8 }), makeLayer('b', { K: 6, C: 4 })];
  const few = { ...network, layers: layers.map((layer) => ({ layer, count: 1 })) };
  const told: string[] = [];
  const { arenas } = await compare(few, simba, {
    strategies: ['enumerate', 'annealing'],
    time: 0.3,
    repeat: 1,
    workers: 2,
    progress: ({ kind }) => told.push(kind),
  });
  expect(arenas.every((a) => a.reference.proved)).toBe(true);
  expect(new Set(told)).toContain('finished');
  const events: MapEvent['kind'][] = [];
  const { design } = await map(few, simba, { workers: 2, progress: ({ kind }) => events.push(kind) });
  expect(events.filter((kind) => kind === 'finished')).toHaveLength(2);
  const certified = await certify(design, { eps: 0.5, timeLimit: 30, workers: 2 });
  expect(certified.map((c) => [c.layer, c.status])).toEqual([
    ['a', 'certified'],
    ['b', 'certified'],
  ]);
  const began = performance.now();
  const given = () => ({ workers: 1, signal: AbortSignal.timeout(300) });
  await expect(certify(design, { ...given(), eps: 1e-9 })).rejects.toThrow(/timeout/);
  await expect(compare(few, simba, { ...given(), time: 30, strategies: ['annealing'] })).rejects.toThrow(/timeout/);
  expect(performance.now() - began).toBeLessThan(20_000);
}, 120_000);
