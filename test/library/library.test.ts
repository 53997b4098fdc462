// The library's calls: the command's answers, given up by a signal, and from a network to a chip that is simulated.

import { expect, test } from 'vitest';
import {
  arrangementsOf,
  magnetConventions,
  map,
  mapLayer,
  mapNetwork,
  parseDesign,
  parseMachinery,
  printDesign,
  printMachinery,
  simba,
  simulateLayer,
  technology16nm,
} from '../../src/index.js';
import { loweredFrom } from '../../src/model/machine/template.js';
import { makeLayer } from '../../src/model/workload/layer.js';

const network = {
  name: 'two',
  source: 'this test',
  unmapped: [],
  layers: [
    { layer: makeLayer('a', { K: 8, C: 16, P: 4, Q: 4, R: 3, S: 3 }), count: 2 },
    { layer: makeLayer('b', { K: 10, C: 32 }), count: 1 },
  ],
};

test('a network and a machine are enough: proven by the enumeration, a design that is read again and does what it says', async () => {
  const told: string[] = [];
  const { layers, totals, design } = await map(network, simba, { progress: ({ kind }) => told.push(kind) });
  expect(layers.map(({ answer }) => [answer.status, answer.solver])).toEqual([
    ['optimal', 'enumerate'],
    ['optimal', 'enumerate'],
  ]);
  // To the last place of a sum.
  expect(totals!.bound / totals!.objective).toBeCloseTo(1, 14);
  expect(told.filter((kind) => kind === 'finished')).toHaveLength(2);
  const again = parseDesign(printDesign(design), 'two.json');
  expect(again).toEqual({ ok: true, value: design });
  const run = await simulateLayer({ design, layer: 1, engine: 'wasm', seed: 1, stalls: 0 }, () => {});
  expect(run.outputs.mismatches).toBe(0);
  expect(run.cycles.rtl).toBe(run.cycles.model);
});

test('a signal gives a call up, before it begins and between layers', async () => {
  await expect(map(network, simba, { signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow('no more');
  const control = new AbortController();
  const begun: number[] = [];
  const mapped = map(network, simba, {
    signal: control.signal,
    progress(event) {
      if (event.kind === 'started') begun.push(event.index);
      control.abort(new Error('enough'));
    },
  });
  await expect(mapped).rejects.toThrow('enough');
  expect(begun).toEqual([0]);
});

test('layers and networks are asked about without a machine beside its architectures: those know what they were lowered from', async () => {
  const read = parseMachinery(printMachinery({ kind: 'template', template: simba }), 'simba.yaml');
  if (!read.ok) throw new Error('our own machine is refused');
  const question = { conventions: magnetConventions, goal: { objective: 'edp', limits: {} }, padding: true } as const;
  const architectures = arrangementsOf(read.value, technology16nm);
  const [first] = network.layers;
  const answer = await mapLayer({ ...question, architectures, layer: first!.layer });
  expect([answer.status, answer.solver]).toEqual(['optimal', 'enumerate']);
  const rest = { gap: 1e-4, timeLimit: 60, seed: 1, solver: 'auto' } as const;
  const results = await mapNetwork({ ...question, ...rest, network, architectures });
  expect(results.map((r) => r.answer.solver)).toEqual(['enumerate', 'enumerate']);
  // A part of a machine's arrangements is another question: its enumeration would answer for those left out.
  const two = arrangementsOf(
    { kind: 'template', template: { ...simba, accumCollector: 2, weightCollector: 2 } },
    technology16nm,
  );
  expect(two).toHaveLength(2);
  expect(loweredFrom(two)).toMatchObject({ template: { accumCollector: 2 } });
  expect([loweredFrom(two.slice(1)), loweredFrom([...two].reverse()), loweredFrom([])]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
