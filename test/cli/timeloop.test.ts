// Timeloop files on the command line: evaluated, mapped, and written to be replayed.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenCases } from '../support/golden.js';
import { run, tinyArch, tinyLayers } from './run.js';

const folder = new URL('../golden/timeloop-yaml/', import.meta.url);
const ids = ['A01_3x3_ws_CxKy', 'B05_1x1', 'D01_3x3'];
const golden = Object.fromEntries(ids.flatMap((id) => readdirSync(new URL(id, folder)).map((name) => [`${id}/${name}`, readFileSync(new URL(`${id}/${name}`, folder), 'utf8')])));
const of = (id: string) => ['arch', 'ert', 'mapping', 'problem'].map((part) => `${id}/${part}.yaml`);
const recorded = (id: string) => goldenCases().find((c) => c.id === id)!.result.energy;

test.each(ids)('%s, file by file, is one case by the rules of Timeloop', async (id) => {
  const { code, out, err } = await run(['evaluate', ...of(id), '--json', '-'], golden);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const line = JSON.parse(out);
  expect(line.id).toBe(id);
  expect(line.energy).toBeCloseTo(recorded(id), 3);
});

test('the same by name, and all in one file', async () => {
  const [arch, ert, mapping, problem] = of('D01_3x3');
  const named = await run(['evaluate', '--arch', arch!, '--workload', problem!, '--mapping', mapping!, '--constraints', ert!, '--json', '-'], golden);
  const one = await run(['evaluate', 'D01_3x3.yaml', '--json', '-'], { 'D01_3x3.yaml': of('D01_3x3').map((file) => golden[file]!).join('\n') });
  expect(named.err + one.err).toBe('');
  expect(JSON.parse(one.out).energy).toBeCloseTo(recorded('D01_3x3'), 3);
  expect(JSON.parse(named.out).levels).toEqual(JSON.parse(one.out).levels);
});

test('a case in one file is shown', async () => {
  const { code, out } = await run(['show', 'B05_1x1.yaml'], { 'B05_1x1.yaml': of('B05_1x1').map((file) => golden[file]!).join('\n') });
  expect([code, out.split('\n')[0]]).toEqual([0, 'B05_1x1: 1x1 1024->256 14x14 on B05_1x1']);
});

test('faults have file and line', async () => {
  const [arch, , mapping, problem] = of('A01_3x3_ws_CxKy');
  const { code, err } = await run(['evaluate', arch!, mapping!, problem!], golden);
  expect(code).toBe(3);
  expect(err).toContain('error: A01_3x3_ws_CxKy/arch.yaml line 6: arch.storage.2: the energy of an access to DRAM is not known; give an ERT');
  const partial = await run(['evaluate', arch!, 'A01_3x3_ws_CxKy/ert.yaml', problem!], golden);
  expect(partial).toMatchObject({ code: 3 });
  expect(partial.err).toContain('no mapping; give the Timeloop file that has it too');
});

const problem = 'problem:\n  version: 0.4\n  shape:\n    name: gemm\n    dimensions: [M, N, K]\n    data_spaces:\n    - { name: A, projection: [[[M]], [[K]]] }\n    - { name: B, projection: [[[K]], [[N]]] }\n    - { name: Z, projection: [[[M]], [[N]]], read_write: True }\n  instance: { M: 4, N: 6, K: 4 }\n';
const arch = `
architecture:
  version: 0.4
  nodes:
  - !Component { name: DRAM, class: DRAM, attributes: { datawidth: 8, vector_access_energy: 64 } }
  - !Component { name: Buffer, class: storage, attributes: { datawidth: 8, depth: 32, vector_access_energy: 1 } }
  - !Container { name: PE, spatial: { meshX: 4 } }
  - !Component { name: MAC, class: compute, attributes: { energy_per_op: 0.25 } }
`;
const constraints = 'mapspace_constraints:\n  targets:\n  - { target: PE, type: spatial, factors_only: [N<=4] }\n';
const files = { 'problem.yaml': problem, 'arch.yaml': arch, 'c.yaml': constraints, 'ours.yaml': tinyArch, 'net.yaml': tinyLayers };

test('map reads a problem, an architecture and constraints, and writes what replays to the same figures', async () => {
  const { code, err, written, out } = await run(['map', 'problem.yaml', '--arch', 'arch.yaml', '--constraints', 'c.yaml', '--no-padding', '--objective', 'energy', '--timeloop', 'replay', '--json', '-', '-q'], files);
  expect({ code, err }).toEqual({ code: 0, err: 'note: c.yaml line 3: mapspace_constraints.targets.0.factors_only: N<=4 (spatial, PE) is not applied: the mapper may choose any factor there\n' });
  const result = JSON.parse(out);
  expect(result).toMatchObject({ conventions: 'timeloop', workload: 'problem', layers: [{ name: 'problem', status: 'optimal' }] });
  for (const { axis, dim } of result.layers[0].mapping.levels[1].spatial) expect([axis, dim]).toEqual(['X', 'K']);
  expect([...written.keys()]).toEqual(['arch', 'problem', 'mapping'].map((part) => `replay/problem/${part}.yaml`));
  const again = await run(['evaluate', ...written.keys(), '--json', '-'], Object.fromEntries(written));
  expect(again.err).toBe('');
  expect(JSON.parse(again.out).energy).toBeCloseTo(result.energy, 6);
  expect([...written.values()][0]).toContain(`# Timeloop counts ${result.energy} pJ in ${result.cycles} cycles of these files`);
});

test('a machine of ours is written too; constraints need one of Timeloop', async () => {
  const { code, written } = await run(['map', 'net.yaml', '--arch', 'ours.yaml', '--timeloop', 'out', '-q'], files);
  expect(code).toBe(0);
  expect([...written.keys()]).toEqual(['conv', 'fc'].flatMap((layer) => ['arch', 'problem', 'mapping'].map((part) => `out/${layer}/${part}.yaml`)));
  const refused = await run(['map', 'net.yaml', '--arch', 'ours.yaml', '--constraints', 'c.yaml'], files);
  expect(refused).toMatchObject({ code: 3, err: "error: --constraints are Timeloop's, about an architecture of Timeloop's; ours.yaml is none\n" });
});

test('a design file needs fan-outs that it has fields for', async () => {
  const two = arch.replace('  - !Component { name: MAC', '  - !Container { name: lane, spatial: { meshX: 2 } }\n  - !Component { name: MAC');
  const { code, err } = await run(['map', 'net.yaml', '--arch', 'two.yaml', '--design', 'd.json', '-q'], { ...files, 'two.yaml': two });
  expect([code, err]).toEqual([3, 'error: --design: two has several fan-outs below one memory, or one that nothing may use, which a machine file cannot say\n']);
});

test('our network on a machine of Timeloop, counted by its rules', async () => {
  const { code, out } = await run(['map', 'net.yaml', '--arch', 'arch.yaml', '-l', 'fc', '--json', '-', '-q'], files);
  expect([code, JSON.parse(out).conventions]).toEqual([0, 'timeloop']);
});
