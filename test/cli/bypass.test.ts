// Bypass on the command line: searched where a file leaves it open, said, written, replayed, and switched off.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run } from './run.js';

const hand = (name: string) => readFileSync(new URL(`../interchange/timeloop/data/${name}`, import.meta.url), 'utf8');
const files = Object.fromEntries(
  ['nobypass-arch.yaml', 'nobypass-problem.yaml', 'bypassed-arch.yaml'].map((name) => [name, hand(name)]),
);
const question = ['map', 'nobypass-problem.yaml', '--arch', 'nobypass-arch.yaml', '--objective', 'energy', '-q'];
const energyOf = (json: string) => (JSON.parse(json) as { energy: number }).energy;

// 64 multiplications, and DRAM is read 64 + 8 times and written 8 times at 64 pJ: 64 + 80 x 64 = 5,184 pJ. Beside that
// registers without the weights: 64 reads and 8 fills of inputs, 64 updates and 56 reads of sums, 192 pJ: 5,376 pJ.
test.each([
  ['what is best', [], 5376],
  ['everything kept', ['--keep-all'], 6416],
] as const)('%s is proven', async (_, more, energy) => {
  const { code, out } = await run([...question, ...more, '--json', '-'], files);
  expect(code).toBe(0);
  expect(energyOf(out)).toBe(energy);
  expect((JSON.parse(out) as { layers: { bound: number }[] }).layers[0]!.bound).toBe(energy);
});

test.each(['highs', 'glpk'])('%s agrees', async (solver) => {
  expect(energyOf((await run([...question, '--solver', solver, '--json', '-'], files)).out)).toBe(5376);
});

test('what bypasses what is said, in the mapping too, and evaluates to the same', async () => {
  const { out, written } = await run(
    [...question, '--timeloop', 'replay', '--design', 'd.json', '--json', 'r.json'],
    files,
  );
  expect(out).toContain('  mm: Buf by Weights, Inputs, Outputs; Reg by Weights');
  const result = Object.fromEntries(written);
  const { layers } = JSON.parse(result['r.json']!) as {
    layers: { mapping: { levels: { name: string; bypass: string[] }[] } }[];
  };
  expect(layers[0]!.mapping.levels.map((l) => [l.name, l.bypass])).toEqual([
    ['DRAM', []],
    ['Buf', ['Weights', 'Inputs', 'Outputs']],
    ['Reg', ['Weights']],
  ]);
  expect((await run(['show', 'r.json', '--layer', 'mm'], result)).out).toContain(
    '// Reg: Inputs, Outputs; bypassed by Weights',
  );
  const replay = ['arch', 'problem', 'mapping', 'ert'].map((part) => `replay/mm/${part}.yaml`);
  expect(energyOf((await run(['evaluate', ...replay, '--json', '-'], result)).out)).toBe(5376);
  // The machine leaves open what it left open.
  expect(
    energyOf(
      (
        await run(
          [
            'map',
            'replay/mm/problem.yaml',
            '--arch',
            'replay/mm/arch.yaml',
            '--constraints',
            'replay/mm/ert.yaml',
            '--objective',
            'energy',
            '-q',
            '--json',
            '-',
          ],
          result,
        )
      ).out,
    ),
  ).toBe(5376);
});

test('constraints fix the tensors that they name and leave the others open', async () => {
  const named = (constraint: string) =>
    files['nobypass-arch.yaml']!.replace(
      'vector_access_energy: 6 }',
      `vector_access_energy: 6 }, constraints: { dataspace: ${constraint} }`,
    );
  const of = async (constraint: string) =>
    energyOf((await run([...question, '--json', '-'], { ...files, 'nobypass-arch.yaml': named(constraint) })).out);
  const [weights, all, none] = [
    await of('{ keep: [Weights] }'),
    await of('{ keep: [Weights, Inputs, Outputs] }'),
    await of('{ bypass: [Weights, Inputs, Outputs] }'),
  ];
  // The buffer that must hold the weights fills and reads 64 of them, 6 pJ each.
  expect([weights, none]).toEqual([5376 + 128 * 6, 5376]);
  expect(all).toBeGreaterThan(weights);
});

test('files of our own: defaultKeep fixes, mayBypass opens, nothing said is open', async () => {
  const own = (keep: string) =>
    [
      'name: own',
      'compute: {energyPerOp: 1}',
      'levels:',
      '  - {name: DRAM, wordBits: 8, energyPerVectorAccess: {read: 64, fill: 64, update: 64}}',
      `  - {name: Buf, wordBits: 8, sizeWords: 4096, energyPerVectorAccess: {read: 6, fill: 6, update: 6}${keep}}`,
      '  - {name: Reg, wordBits: 8, sizeWords: 64, energyPerVectorAccess: {read: 1, fill: 1, update: 1}, defaultKeep: [Inputs, Outputs]}',
    ].join('\n');
  const layers = 'net: [{name: mm, K: 8, C: 8}]';
  const of = async (keep: string) => {
    const { out } = await run(
      [
        'map',
        'net.yaml',
        '--arch',
        'own.yaml',
        '--conventions',
        'timeloop',
        '--objective',
        'energy',
        '-q',
        '--json',
        '-',
      ],
      { 'net.yaml': layers, 'own.yaml': own(keep) },
    );
    return energyOf(out);
  };
  expect(await of('')).toBe(5376);
  expect(await of(', defaultKeep: [Weights], mayBypass: [Weights]')).toBe(5376);
  expect(await of(', defaultKeep: [Weights]')).toBe(5376 + 128 * 6);
  const { code, err } = await run(['map', 'net.yaml', '--arch', 'own.yaml'], {
    'net.yaml': layers,
    'own.yaml': own(', defaultKeep: [Weights], mayBypass: [Inputs]'),
  });
  expect(code).toBe(3);
  expect(err).toContain('Inputs always bypasses this level, since defaultKeep leaves it out');
});

test('a design keeps what its machine leaves open; one from before that was a choice keeps everything', async () => {
  const map = (arch: string, more: readonly string[], given: Readonly<Record<string, string>>) =>
    run(['map', 'nobypass-problem.yaml', '--arch', arch, '--objective', 'energy', '-q', ...more], {
      ...files,
      ...given,
    });
  const designOf = async (...more: string[]) => {
    const { written } = await map('nobypass-arch.yaml', ['--design', 'd.json', ...more], {});
    return JSON.parse(Object.fromEntries(written)['d.json']!) as {
      machine: { levels: { name: string; defaultKeep?: string[]; mayBypass?: string[] }[] };
    };
  };
  const open = await designOf();
  const { machine } = open;
  // In full, so that a machine cut out of a design means the same.
  expect(machine.levels.map((l) => [l.name, l.defaultKeep, l.mayBypass])).toEqual([
    ['DRAM', undefined, undefined],
    ['Buf', ['Weights', 'Inputs', 'Outputs'], ['Weights', 'Inputs', 'Outputs']],
    ['Reg', ['Weights', 'Inputs', 'Outputs'], ['Weights', 'Inputs', 'Outputs']],
  ]);
  const kept = await designOf('--keep-all');
  // As 0.4.0 wrote it: nothing said where a level keeps everything.
  const old = {
    ...kept,
    machine: { ...kept.machine, levels: kept.machine.levels.map(({ defaultKeep: _, ...level }) => level) },
  };
  for (const [design, energy] of [
    [open, 5376],
    [kept, 6416],
    [old, 6416],
  ] as const) {
    const { code, out } = await map('d.json', ['--json', '-'], { 'd.json': JSON.stringify(design) });
    expect([code, energyOf(out)]).toEqual([0, energy]);
  }
});

test('a space that is too large for a look at every mapping is refused with its size', async () => {
  const { code, err } = await run([
    'map',
    'alexnet',
    '--arch',
    'eyeriss',
    '--solver',
    'exhaustive',
    '--layer',
    'features.3',
  ]);
  expect(code).toBe(3);
  expect(err).toMatch(
    /has about 10\^\d+\.\d mappings on eyeriss, and no more than 20,000,000 are looked at one by one/,
  );
});
