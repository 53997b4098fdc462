// Timeloop files on the command line: evaluated, mapped, and written to be replayed.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenCases } from '../support/golden.js';
import { run, tinyArch, tinyLayers } from './run.js';

const folder = new URL('../golden/timeloop-yaml/', import.meta.url);
const ids = ['A01_3x3_ws_CxKy', 'B05_1x1', 'D01_3x3'];
const golden = Object.fromEntries(
  ids.flatMap((id) =>
    readdirSync(new URL(id, folder)).map((name) => [
      `${id}/${name}`,
      readFileSync(new URL(`${id}/${name}`, folder), 'utf8'),
    ]),
  ),
);
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
  const named = await run(
    ['evaluate', '--arch', arch!, '--workload', problem!, '--mapping', mapping!, '--constraints', ert!, '--json', '-'],
    golden,
  );
  const one = await run(['evaluate', 'D01_3x3.yaml', '--json', '-'], {
    'D01_3x3.yaml': of('D01_3x3')
      .map((file) => golden[file]!)
      .join('\n'),
  });
  expect(named.err + one.err).toBe('');
  expect(JSON.parse(one.out).energy).toBeCloseTo(recorded('D01_3x3'), 3);
  expect(JSON.parse(named.out).levels).toEqual(JSON.parse(one.out).levels);
});

test('a case in one file is shown', async () => {
  const { code, out } = await run(['show', 'B05_1x1.yaml'], {
    'B05_1x1.yaml': of('B05_1x1')
      .map((file) => golden[file]!)
      .join('\n'),
  });
  expect([code, out.split('\n')[0]]).toEqual([0, 'B05_1x1: 1x1 1024->256 14x14 on B05_1x1']);
});

test('faults have file and line', async () => {
  const [arch, , mapping, problem] = of('A01_3x3_ws_CxKy');
  const { code, err } = await run(['evaluate', arch!, mapping!, problem!], golden);
  expect(code).toBe(3);
  expect(err).toContain(
    'error: A01_3x3_ws_CxKy/arch.yaml line 6: arch.storage.2: the energy of an access to DRAM is not known; give an ERT',
  );
  const partial = await run(['evaluate', arch!, 'A01_3x3_ws_CxKy/ert.yaml', problem!], golden);
  expect(partial).toMatchObject({ code: 3 });
  expect(partial.err).toContain('no mapping; give the Timeloop file that has it too');
});

const problem =
  'problem:\n  version: 0.4\n  shape:\n    name: gemm\n    dimensions: [M, N, K]\n    data_spaces:\n    - { ' +
  'name: A, projection: [[[M]], [[K]]] }\n    - { name: B, projection: [[[K]], [[N]]] }\n    - { name: ' +
  'Z, projection: [[[M]], [[N]]], read_write: True }\n  instance: { M: 4, N: 6, K: 4 }\n';
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
const hand = (name: string) => readFileSync(new URL(`../interchange/timeloop/data/${name}`, import.meta.url), 'utf8');
const cases = { 'both.yaml': hand('both-no-energy.yaml'), 'ert.yaml': hand('ert.yaml') };
const files = {
  'problem.yaml': problem,
  'arch.yaml': arch,
  'c.yaml': constraints,
  'ours.yaml': tinyArch,
  'net.yaml': tinyLayers,
};

test('map reads a problem, an architecture and constraints, and writes what replays to the same figures', async () => {
  const { code, err, written, out } = await run(
    [
      'map',
      'problem.yaml',
      '--arch',
      'arch.yaml',
      '--constraints',
      'c.yaml',
      '--no-padding',
      '--objective',
      'energy',
      '--timeloop',
      'replay',
      '--json',
      '-',
      '-q',
    ],
    files,
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const result = JSON.parse(out);
  expect(result).toMatchObject({
    conventions: 'timeloop',
    workload: 'problem',
    layers: [{ name: 'problem', status: 'optimal' }],
  });
  for (const { axis, dim } of result.layers[0].mapping.levels[1].spatial) expect([axis, dim]).toEqual(['X', 'K']);
  expect([...written.keys()]).toEqual(
    ['arch', 'ert', 'constraints', 'problem', 'mapping'].map((part) => `replay/problem/${part}.yaml`),
  );
  const again = await run(['evaluate', ...written.keys(), '--json', '-'], Object.fromEntries(written));
  expect(again.err).toBe('');
  expect(JSON.parse(again.out).energy).toBeCloseTo(result.energy, 6);
  expect([...written.values()][0]).toContain(
    `# Timeloop counts ${result.energy} pJ in ${result.cycles} cycles of these files`,
  );
});

const unpriced =
  problem +
  arch.replaceAll(/, (vector_access_energy|energy_per_op): [\d.]+/g, '').replace('{ energy_per_op: 0.25 }', '{}');
const ert =
  'ERT:\n  tables:\n  - { name: DRAM, actions: [{ name: read, energy: 64 }, { name: ' +
  'write, energy: 64 }] }\n  - { name: Buffer, actions: [{ name: read, energy: 1 }, ' +
  '{ name: write, energy: 1 }] }\n  - { name: MAC, actions: [{ name: compute, energy: 0.25 }] }\n';
const whole = { ...files, 'unpriced.yaml': unpriced, 'ert.yaml': ert, 'one.yaml': unpriced + ert };

test.each([
  ['unpriced.yaml --constraints ert.yaml'],
  ['one.yaml'],
  ['unpriced.yaml --arch one.yaml'],
  ['one.yaml --arch arch.yaml'],
  ['problem.yaml --arch one.yaml'],
])('machine, problem and energies in one file or several: map %s', async (line) => {
  const two = await run(
    ['map', 'problem.yaml', '--arch', 'arch.yaml', '--objective', 'energy', '--json', '-', '-q'],
    whole,
  );
  const { code, err, out } = await run(
    ['map', ...line.split(' '), '--objective', 'energy', '--json', '-', '-q'],
    whole,
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out).energy).toBe(JSON.parse(two.out).energy);
});

test('a file made by hand after a public report: 3,878 pJ, as in two files', async () => {
  const { code, out } = await run(
    ['map', 'both.yaml', '--constraints', 'ert.yaml', '--objective', 'energy', '--json', '-', '-q'],
    cases,
  );
  expect([code, JSON.parse(out).energy]).toEqual([0, 3878]);
});

test.each(['two-fanouts.yaml', 'two-fanouts-level.yaml'])(
  'one fan-out inside another copies inputs for each of the outer: %s',
  async (name) => {
    // 4 outputs with 3 taps each: 12 reads, though the windows overlap in 6 pixels.
    const { code, out } = await run(['evaluate', name, '--json', '-'], { [name]: hand(name) });
    expect([code, JSON.parse(out).levels[1].dataspaces.Inputs.reads]).toEqual([0, 12]);
    const best = JSON.parse(
      (await run(['map', name, '--objective', 'energy', '--json', '-', '-q'], { [name]: hand(name) })).out,
    );
    expect(best.layers[0].status).toBe('optimal');
  },
);

test('a cluster of memories is charged an access for all of them, by the evaluator and by the solvers', async () => {
  // Weights: 4 memories take 2 words each, at 4 pJ for all four: 2 fills and 2 reads are 16 pJ.
  const text = hand('cluster.yaml');
  const { code, out } = await run(['evaluate', 'c.yaml', '--json', '-'], { 'c.yaml': text });
  const evaluation = JSON.parse(out);
  expect([code, evaluation.levels[1].dataspaces.Weights]).toEqual([0, { reads: 8, fills: 8, updates: 0, energy: 16 }]);
  const best = JSON.parse(
    (await run(['map', 'c.yaml', '--objective', 'energy', '--json', '-', '-q'], { 'c.yaml': text })).out,
  );
  expect(best.layers[0].status).toBe('optimal');
  expect(best.energy).toBeLessThanOrEqual(evaluation.energy);
  const apart = await run(['evaluate', 'c.yaml', '--json', '-'], {
    'c.yaml': text.replace('width: 32, datawidth: 8, cluster_size: 4', 'width: 8, datawidth: 8'),
  });
  expect(JSON.parse(apart.out).levels[1].dataspaces.Weights.energy).toBe(64);
});

test('a clustered machine is written for Timeloop, and as a file of ours', async () => {
  const { code, written } = await run(
    ['map', 'c.yaml', '--no-padding', '--timeloop', 'out', '--design', 'd.json', '-q'],
    { 'c.yaml': hand('cluster.yaml') },
  );
  expect(code).toBe(0);
  expect(written.get('out/mm/arch.yaml')).toContain('cluster_size: 4');
  expect(written.get('d.json')).toMatch(/"clustered": ?true/);
  const again = await run(
    ['evaluate', ...[...written.keys()].filter((name) => name.startsWith('out/')), '--json', '-'],
    Object.fromEntries(written),
  );
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(written.get('out/mm/mapping.yaml')).toContain(`${JSON.parse(again.out).energy} pJ`);
});

const reg = (attributes: string) =>
  hand('cluster.yaml').replace('width: 32, datawidth: 8, cluster_size: 4', `width: 8, datawidth: 8, ${attributes}`);
test.each([
  [
    'width: 16, cluster_size: 2',
    'magnet charges an access for each of the 4 memories, or one for all of them; give cluster_size: 4, or 1',
  ],
  ['width: 64, cluster_size: 8', 'a cluster of 8 memories; the machine has 4 in all'],
  [
    'width: 8, cluster_size: 4',
    'lines of 8 bits for a cluster of 4 memories (2 each), which is not a whole number of words',
  ],
  ['reduction_supported: false', 'partial sums could not be added up there'],
  ['allow_overbooking: true', 'magnet keeps to capacities'],
  ['network_fill_latency: 3', 'cycles of filling networks are not counted'],
  ['network-drain-latency: 3', 'cycles of draining networks are not counted'],
  ['metadata_datawidth: 4', 'metadata belong to sparse tensors'],
  ['per_dataspace_bandwidth_consumption_scale: { Weights: 2 }', 'tensors take bandwidth word by word here'],
  ['meshX: 4', 'has no effect in v0.4; give the fan-out as spatial'],
])('an attribute that changes counts in a way that is not modelled is refused: %s', async (attributes, wanted) => {
  const text = attributes.startsWith('width')
    ? hand('cluster.yaml').replace('width: 32, datawidth: 8, cluster_size: 4', `datawidth: 8, ${attributes}`)
    : reg(attributes);
  const { code, err } = await run(['evaluate', 'c.yaml'], { 'c.yaml': text });
  expect(code).toBe(3);
  expect(err).toContain(wanted);
});

test.each([
  'reduction_supported: true',
  'allow_overbooking: false',
  'network_fill_latency: 0',
  'metadata_datawidth: 0',
  'per_dataspace_bandwidth_consumption_scale: { Weights: 1 }',
  'n_banks: 4',
  'num_ports: 1',
  'compression_supported: true',
])('an attribute that changes nothing is read over: %s', async (attributes) => {
  const { code, err, out } = await run(['evaluate', 'c.yaml', '--json', '-'], { 'c.yaml': reg(attributes) });
  expect([code, err, JSON.parse(out).levels[1].dataspaces.Weights.energy]).toEqual([0, '', 64]);
});

test('before v0.4 a line of several blocks is a cluster', async () => {
  const wide = hand('both-no-energy.yaml').replace('depth: 64, width: 8', 'depth: 64, width: 32');
  const { code, err } = await run(['map', 'b.yaml', '--constraints', 'ert.yaml'], { ...cases, 'b.yaml': wide });
  expect(code).toBe(3);
  expect(err).toContain(
    'to Timeloop a line is a cluster of 4 memories; the machine has 1 in all, which do not fill whole clusters; ' +
      'give cluster_size: 1. Where lines are blocks, give block_size: 4',
  );
});

test('prove takes constraints: with them the machine may do less', async () => {
  const min = JSON.parse(
    (await run(['map', 'problem.yaml', '--arch', 'arch.yaml', '--objective', 'energy', '--json', '-', '-q'], files))
      .out,
  ).energy;
  const idle =
    'mapspace_constraints:\n  targets:\n  - { target: Buffer, type: dataspace, keep: [], bypass: [A, B, Z] }\n';
  const asked = ['prove', 'problem.yaml', '--arch', 'arch.yaml', '--limit', `energy=${min}pJ`, '-q'];
  expect((await run(asked, files)).code).toBe(0);
  expect((await run([...asked, '--constraints', 'idle.yaml'], { ...files, 'idle.yaml': idle })).code).toBe(1);
  expect(await run([...asked.slice(0, 2), '--space', 'magnet-small', '--constraints', 'c.yaml'], files)).toMatchObject({
    code: 3,
    err: expect.stringContaining('about one machine; name it with --arch'),
  });
});

test('a machine of ours is written too; constraints need one of Timeloop', async () => {
  const { code, written } = await run(['map', 'net.yaml', '--arch', 'ours.yaml', '--timeloop', 'out', '-q'], files);
  expect(code).toBe(0);
  expect([...written.keys()]).toEqual(
    ['conv', 'fc'].flatMap((layer) => ['arch', 'ert', 'problem', 'mapping'].map((part) => `out/${layer}/${part}.yaml`)),
  );
  const refused = await run(['map', 'net.yaml', '--arch', 'ours.yaml', '--constraints', 'c.yaml'], files);
  expect(refused).toMatchObject({
    code: 3,
    err:
      'error: --constraints takes Timeloop files, which are about a Timeloop architecture, and ours.yaml is not one; ' +
      "give such an architecture as --arch, or drop --constraints (magnet's own machine files have fields for " +
      'constraints: docs/timeloop.md)\n',
  });
});

test('constraints are refused for a preset and for a design file, whatever they hold', async () => {
  const design = (await run(['map', 'net.yaml', '--arch', 'ours.yaml', '--design', 'd.json', '-q'], files)).written.get(
    'd.json',
  )!;
  for (const arch of ['simba', 'd.json']) {
    const { code, err, out } = await run(['map', 'problem.yaml', '--arch', arch, '--constraints', 'not-there.yaml'], {
      ...files,
      'd.json': design,
    });
    expect([code, out, err]).toEqual([
      3,
      '',
      expect.stringContaining(
        `--constraints takes Timeloop files, which are about a Timeloop architecture, and ${arch} is not one; give such an architecture as --arch`,
      ),
    ]);
  }
});

test('layers of any name are written, each to a folder that file systems take', async () => {
  const names = ['a', 'b', 'A'].map((end) => 'x'.repeat(300) + end);
  const { code, written } = await run(['map', 'net.yaml', '--arch', 'ours.yaml', '--timeloop', 'out', '-q'], {
    ...files,
    'net.yaml': `layers: [${names.map((name, i) => `{ name: ${name}, K: ${i + 2}, C: 2 }`).join(', ')}]`,
  });
  const folders = [...new Set([...written.keys()].map((path) => path.split('/')[1]!))];
  expect([code, folders]).toEqual([0, ['x'.repeat(120), `${'x'.repeat(120)}_2`, `${'x'.repeat(120)}_3`]]);
});

test('notes of a file that is workload and machine are told once', async () => {
  const all = problem + arch.replace('depth: 32, ', '');
  const { code, err } = await run(
    ['map', 'all.yaml', '--arch', 'all.yaml', '--constraints', 'c.yaml', '--json', '-', '-q'],
    { ...files, 'all.yaml': all },
  );
  expect([code, err]).toEqual([
    0,
    'note: all.yaml line 16: architecture.nodes.1.attributes: Buffer has no size (depth, entries or sizeKB) and is taken as unlimited\n',
  ]);
});

test('a design file needs fan-outs that it has fields for', async () => {
  const two = arch.replace(
    '  - !Component { name: MAC',
    '  - !Container { name: lane, spatial: { meshX: 2 } }\n  - !Component { name: MAC',
  );
  const { code, err } = await run(['map', 'net.yaml', '--arch', 'two.yaml', '--design', 'd.json', '-q'], {
    ...files,
    'two.yaml': two,
  });
  expect([code, err]).toEqual([
    3,
    'error: --design: two has one fan-out right inside another, or one that nothing may use, which a machine file cannot say\n',
  ]);
});

test('our network on a machine of Timeloop, counted by its rules', async () => {
  const { code, out } = await run(['map', 'net.yaml', '--arch', 'arch.yaml', '-l', 'fc', '--json', '-', '-q'], files);
  expect([code, JSON.parse(out).conventions]).toEqual([0, 'timeloop']);
});

const asked = (lines: string) => `mapspace_constraints:\n  targets:\n${lines}`;
const mapped = async (lines: string, ...more: string[]) =>
  run(
    [
      'map',
      'problem.yaml',
      '--arch',
      'arch.yaml',
      '--constraints',
      'asked.yaml',
      '--objective',
      'energy',
      '--json',
      '-',
      '-q',
      ...more,
    ],
    { ...files, 'asked.yaml': asked(lines) },
  );

test('factors and orders that constraints ask for are kept to, by every solver, and cost what they cost', async () => {
  const free = JSON.parse(
    (
      await run(
        ['map', 'problem.yaml', '--arch', 'arch.yaml', '--no-padding', '--objective', 'energy', '--json', '-', '-q'],
        files,
      )
    ).out,
  );
  const lines =
    '  - { target: PE, type: spatial, factors: [M=2, N<=1] }\n  - { target: Buffer, ' +
    'type: temporal, factors: [K=2, N>=3], permutation: [N, K] }\n';
  const values: number[] = [];
  for (const solver of ['auto', 'annealing']) {
    const { code, err, out } = await mapped(lines, '--no-padding', '--solver', solver, '--time-limit', '3s');
    expect({ code: solver === 'auto' ? code : 0, err }).toEqual({ code: 0, err: '' });
    const [layer] = JSON.parse(out).layers;
    const [, buffer] = layer.mapping.levels;
    // M, N, K there are P, K, C here.
    const factor = (loops: { dim: string; factor: number }[], dim: string) =>
      loops.filter((l) => l.dim === dim).reduce((n, l) => n * l.factor, 1);
    expect([factor(buffer.spatial, 'P'), factor(buffer.spatial, 'K'), factor(buffer.temporal, 'C')]).toEqual([2, 1, 2]);
    expect(factor(buffer.temporal, 'K')).toBeGreaterThanOrEqual(3);
    expect(buffer.temporal.map((l: { dim: string }) => l.dim).slice(-2)).toEqual(['C', 'K']);
    values.push(layer.objective);
  }
  expect(values[0]).toBeGreaterThan(free.layers[0].objective);
  expect(values[1]).toBeGreaterThanOrEqual(values[0]! * (1 - 1e-9));
});

test('results of a problem with names of its own are read again', async () => {
  const { out } = await mapped('  - { target: PE, type: spatial, factors: [N<=1] }\n');
  const { code, err } = await run(['show', 'r.json'], { 'r.json': out });
  expect([code, err]).toEqual([0, '']);
  expect((await run(['report', 'r.json', '-o', 'r.html', '-q'], { 'r.json': out })).code).toBe(0);
});

test('constraints that leave no mapping are named', async () => {
  const odd = await mapped('  - { target: Buffer, type: temporal, factors: [K=3] }\n', '--no-padding');
  expect(odd.code).toBe(1);
  expect(odd.err).toContain('the loops over K make up 4, which has no factors for K=3 in time at Buffer');
  const wide = await mapped('  - { target: PE, type: spatial, factors: [M=2, N=3] }\n', '--no-padding');
  expect(wide.err).toContain('M=2 on X and N=3 on X take 6 positions, and Buffer.X has 4');
  const broken = await run(['evaluate', 'problem.yaml', 'arch.yaml', 'asked.yaml', 'mapping.yaml'], {
    ...files,
    'asked.yaml': asked('  - { target: Buffer, type: temporal, permutation: [N] }\n'),
    'mapping.yaml':
      'mapping:\n' +
      '- { target: Buffer, type: temporal, factors: [K=4, N=6], permutation: [K, N, ' +
      'M] }\n' +
      '- { target: DRAM, type: temporal, factors: [M=4], permutation: [M] }\n',
  });
  expect(broken.code).not.toBe(0);
  expect(broken.err + broken.out).toContain(
    'Buffer must loop over N innermost in time, in this order from the inside out; the mapping has K, N',
  );
});

test('compare counts Timeloop files by the rules of Timeloop too', async () => {
  const args = [
    '--arch',
    'arch.yaml',
    '--strategies',
    'random',
    '--time',
    '1s',
    '--repeat',
    '1',
    '--no-padding',
    '--json',
    '-',
    '-q',
  ];
  const theirs = await run(['compare', 'problem.yaml', ...args], files);
  const mixed = await run(['compare', 'net.yaml', '-l', 'fc', ...args], files);
  const asked = await run(['compare', 'problem.yaml', '--conventions', 'magnet', ...args], files);
  expect(
    [theirs, mixed, asked].map(({ err, out }) => [err, out === '' ? undefined : JSON.parse(out).conventions]),
  ).toEqual([
    ['', 'timeloop'],
    ['', 'timeloop'],
    ['', 'magnet'],
  ]);
});

test('variables may lie in a file of their own; a template is refused with the way out', async () => {
  const variables = 'variables: { version: 0.4, lanes: 2**2 }\n';
  const spread = {
    ...files,
    'v.yaml': variables,
    'arch.yaml': arch.replace('meshX: 4', 'meshX: lanes'),
    'asked.yaml': 'mapspace_constraints: { targets: [{ target: PE, type: spatial, factors: [M=4] }] }\n',
  };
  const { code, err, out } = await run(
    [
      'map',
      'problem.yaml',
      '--arch',
      'arch.yaml',
      '--constraints',
      'v.yaml',
      '--constraints',
      'asked.yaml',
      '--objective',
      'energy',
      '--json',
      '-',
      '-q',
    ],
    spread,
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out).layers[0].mapping.levels[1].spatial).toEqual([{ dim: 'P', factor: 4, axis: 'X' }]);
  const template = await run(['map', 'problem.yaml', '--arch', 'arch.yaml'], {
    ...files,
    'arch.yaml': arch.replace('meshX: 4', 'meshX: {{ lanes }}'),
  });
  expect(template.code).toBe(3);
  expect(template.err).toContain(
    'line 7, column 46: a Jinja template is not rendered here; for Timeloop its front end does it: docs/timeloop.md says how',
  );
});

test('constraints of a machine file of ours are shown, and kept to', async () => {
  const own = {
    ...files,
    'ours.yaml': tinyArch.replace(
      '    dimsX: [K]\n',
      '    dimsX: [K]\n    factorsX: [K=2]\n    temporalFactors: [C<=1]\n    innermost: [P]\n',
    ),
  };
  expect((await run(['archs', 'ours.yaml'], own)).out).toContain(
    'Buffer must have C<=1 in time; K=2 on X; P innermost in time, from the inside out.',
  );
  const { code, out } = await run(['map', 'net.yaml', '--arch', 'ours.yaml', '-l', 'conv', '--json', '-', '-q'], own);
  const [, buffer] = JSON.parse(out).layers[0].mapping.levels;
  expect([code, buffer.spatial, buffer.temporal.some((l: { dim: string }) => l.dim === 'C')]).toEqual([
    0,
    [{ dim: 'K', factor: 2, axis: 'X' }],
    false,
  ]);
});
