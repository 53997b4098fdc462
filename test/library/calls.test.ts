// One call each: what the command line does, from the package's root.

import { expect, test } from 'vitest';
import {
  certify,
  codesign,
  compare,
  emit,
  forNetworks,
  magnetConventions,
  map,
  parseDesign,
  parseMachinery,
  parseSpace,
  printDesign,
  printMachinery,
  printSpace,
  report,
  simba,
  simulate,
  spaces,
  technology16nm,
  version,
} from '../../src/index.js';
import { readFileSync } from 'node:fs';
import { makeLayer } from '../../src/model/workload/layer.js';

const network = {
  name: 'small',
  source: 'this test',
  unmapped: [],
  layers: [{ layer: makeLayer('a', { K: 8, C: 16, P: 2, Q: 2 }), count: 2 }],
};

test('the version that files tell is that of the package', () => {
  const { version: own } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(version).toBe(own);
});

test('strategies are compared, on a machine and over a space; who cannot take part is named', async () => {
  const told: string[] = [];
  const { arenas } = await compare(network, simba, {
    strategies: ['enumerate', 'random'],
    time: 0.2,
    repeat: 1,
    progress: ({ kind }) => told.push(kind),
  });
  expect(arenas.map((a) => [a.name, a.reference.proved, a.standings.length])).toEqual([['a', true, 2]]);
  expect(told).toContain('finished');
  await expect(compare(network, simba, { strategies: ['enumerat'] })).rejects.toThrow(/enumerat.*enumerate/);
  const hierarchy = parseMachinery(readFileSync('examples/hierarchy.yaml', 'utf8'), 'two levels');
  if (!hierarchy.ok) throw new Error('the example is refused');
  await expect(compare(network, hierarchy.value, { strategies: ['enumerate'] })).rejects.toThrow(
    /enumerate cannot take part: .*hierarchy/,
  );
});

test('a design is certified, written and read, emitted, simulated and reported; its file tells the call that made it', async () => {
  const { design } = await map(network, simba, { seed: 2, goal: { objective: 'energy', limits: {} } });
  expect(design.provenance).toMatchObject({
    magnet: version,
    command: 'map("small", "simba", {"seed":2,"goal":{"objective":"energy","limits":{}}})',
  });
  expect(parseDesign(printDesign(design), 'small.json')).toEqual({ ok: true, value: design });
  const [certified] = await certify(design, { eps: 0.5, timeLimit: 30 });
  expect(certified).toMatchObject({ layer: 'a', status: 'certified' });
  const paths = (await emit(design, { testbench: false })).map((f) => f.path);
  expect(paths).toContain('rtl/magnet.f');
  const [run] = await simulate(design, { layers: ['a'] });
  expect(run?.disagreements).toEqual([]);
  await expect(simulate(design, { layers: ['b'] })).rejects.toThrow(/b/);
  const pages = report([design, printDesign(design)], { title: 'Twice' });
  expect(pages.ok && pages.value.markdown.startsWith('# Twice')).toBe(true);
  expect(report([design, '{"schema": "magnet-map/0"}'])).toMatchObject({
    ok: false,
    diagnostics: [{ message: expect.stringContaining('result 2: ') as string }],
  });
}, 60_000);

test('the machine that a search finds is a design, read again as it was', async () => {
  const space = spaces.find((s) => s.name === 'magnet-small');
  if (!space) throw new Error('there is no such space');
  const { design, status } = await codesign({
    networks: [{ network, weight: 1 }],
    space: forNetworks(space, [network]),
    technology: technology16nm,
    conventions: magnetConventions,
    objective: 'edp',
    limits: {},
    padding: true,
    gap: 0.01,
    timeLimit: 60,
  });
  if (!design) throw new Error('there is no machine');
  expect(status).toBe('optimal');
  expect(design.provenance.command).toMatch(
    /^codesign\(\["small"\], "magnet-small", \{"technology":"[^"]+","conventions":"magnet",/,
  );
  expect(parseDesign(printDesign(design), 'found.json')).toEqual({ ok: true, value: design });
});

test('hierarchies have no hardware, which is said and not thrown as a fault of ours', async () => {
  const read = parseMachinery(readFileSync('examples/hierarchy.yaml', 'utf8'), 'two levels');
  if (!read.ok) throw new Error('the example is refused');
  const { design } = await map(network, read.value, { timeLimit: 5 });
  await expect(simulate(design)).rejects.toThrow(/hierarchy with energies of its own/);
  await expect(emit(design)).rejects.toThrow(/hierarchy with energies of its own/);
});

test('what is printed can be parsed, as text and as data', () => {
  const machine = { kind: 'template', template: simba } as const;
  const again = parseMachinery(printMachinery(machine), 'simba');
  expect(again.ok && again.value.kind === 'template' && again.value.template).toMatchObject({ rows: simba.rows });
  const space = Object.values(spaces)[0];
  if (!space) throw new Error('there is no space');
  const read = parseSpace(printSpace(space), space.name);
  expect(read.ok && read.value.menus).toEqual(space.menus);
});
