// `magnet map --lp` and `--mps`: one file per layer and arrangement, named and checked before any work.

import { describe, expect, test } from 'vitest';
import { readMps } from '../support/mps.js';
import { run, tinyArch, tinyLayers } from './run.js';

const files = { 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers };
const tiny = ['map', 'net.yaml', '--arch', 'tiny.yaml', '--objective', 'energy'];
const one = [...tiny, '--layer', 'fc'];
const header = /^\\ magnet: the last linear program of layer (\S+) on (\S+?)(, arrangement \d of \d)?$/m;

describe('files', () => {
  test('of one layer are named as asked, and said', async () => {
    const { code, err, written } = await run([...one, '--lp', 'x.lp', '--mps', 'x.mps'], files);
    expect({ code, err: err.split('\n').at(-2) }).toEqual({ code: 0, err: 'the last programs are in x.lp, x.mps' });
    expect([...written.keys()]).toEqual(['x.lp', 'x.mps']);
    expect(header.exec(written.get('x.lp')!)!.slice(1, 3)).toEqual(['fc', 'tiny']);
    expect(written.get('x.lp')).toMatch(/^\\ best known: +\d[\d.]* pJ/m);
    const read = readMps(written.get('x.mps')!);
    expect(read.columns.get('K.DRAM.t.2')).toMatchObject({ lower: 0, integer: true });
  });

  test('of several layers have the layer in their names', async () => {
    const { code, err, written } = await run([...tiny, '--lp', 'out.d/x.lp', '--mps', 'plain'], files);
    expect(code).toBe(0);
    expect([...written.keys()].sort()).toEqual(['out.d/x.conv.lp', 'out.d/x.fc.lp', 'plain.conv', 'plain.fc']);
    for (const name of ['conv', 'fc']) expect(header.exec(written.get(`out.d/x.${name}.lp`)!)![1]).toBe(name);
    expect(err).toContain('out.d/x.conv.lp');
  });

  test('of a template have one for each order of its deep collectors', async () => {
    const { out: yaml } = await run(['archs', 'magnet', '--yaml']);
    const deep = yaml.replace(/weightCollector: 1\b/, 'weightCollector: 4');
    expect(deep).not.toBe(yaml);
    const { code, written } = await run(
      ['map', 'net.yaml', '--layer', 'fc', '--arch', 'deep.yaml', '--objective', 'energy', '--lp', 'x.lp', '-q'],
      { ...files, 'deep.yaml': deep },
    );
    expect(code).toBe(0);
    expect([...written.keys()]).toEqual(['x.fc.lp', 'x.fc.2.lp']);
    expect(header.exec(written.get('x.fc.2.lp')!)![3]).toBe(', arrangement 2 of 2');
    const piped = await run(['map', 'net.yaml', '--layer', 'fc', '--arch', 'deep.yaml', '--lp', '-'], {
      ...files,
      'deep.yaml': deep,
    });
    expect(piped).toMatchObject({
      code: 3,
      err:
        'error: --lp - is for one program on standard output, and there are 2: magnet has a program for each of ' +
        'its 2 arrangements; give a file, from whose name those of all programs are made\n',
    });
  });

  test('of layers whose names a file cannot have, or that differ in capitals only, are told apart', async () => {
    const net = 'name: n\nlayers:\n  - { name: /a/b, K: 2 }\n  - { name: _a_b, K: 3 }\n  - { name: _A_b, K: 4 }\n';
    const { code, written } = await run(['map', 'net.yaml', '--arch', 'tiny.yaml', '--mps', 'x.mps', '-q'], {
      ...files,
      'net.yaml': net,
    });
    expect(code).toBe(0);
    expect([...written.keys()]).toEqual(['x._a_b.mps', 'x._a_b_2.mps', 'x._A_b_3.mps']);
  });

  test('of a layer that cannot be mapped say so', async () => {
    const small = { ...files, 'tiny.yaml': tinyArch.replace('sizeWords: 32', 'sizeWords: 2') };
    const { code, written } = await run([...one, '--keep-all', '--lp', 'x.lp', '-q'], small);
    expect(code).toBe(1);
    expect(written.get('x.lp')).toContain('proven bound: there is no mapping');
  });

  test('`-` is the only thing on standard output', async () => {
    const { code, out, written } = await run([...one, '--lp', '-', '--json', 'r.json'], files);
    expect(code).toBe(0);
    expect(out.startsWith('\\ Made by magnet 1.2.3.\n\\ magnet: ')).toBe(true);
    expect(out.endsWith('\nEnd\n')).toBe(true);
    expect([...written.keys()]).toEqual(['r.json']);
  });

  test('that cannot be written after all leave the result', async () => {
    const { code, err, out } = await run([...one, '--lp', 'full/x.lp'], files, {
      write: () => {
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      },
    });
    expect(code).toBe(3);
    expect(err).toContain('error: cannot write full/x.lp: no space is left on the device\n');
    expect(out).toContain('optimal');
  });
});

describe('refused before any work', () => {
  test.each([
    [
      [...tiny, '--lp', '-'],
      '--lp - is for one program on standard output, and there are 2: name one with --layer, ' +
        'or give a file, from whose name those of all programs are made',
    ],
    [[...one, '--lp', '-', '--json', '-'], '--json - and --lp - cannot both be standard output; give files'],
    [[...one, '--lp', '-', '--mps', '-'], '--lp - and --mps - cannot both be standard output; give files'],
    [[...one, '--lp', 'x', '--mps', 'x'], 'x would be written twice, by --lp and --mps; give each a file of its own'],
    [
      [...tiny, '--lp', 'x.json', '--json', 'x.fc.json'],
      'x.fc.json would be written twice, by --json and --lp; give each a file of its own',
    ],
    [[...one, '--lp', 'missing/x.lp'], 'cannot write missing/x.lp: there is no directory missing'],
    [[...tiny, '--mps', 'missing/x.mps'], 'cannot write missing/x.mps: there is no directory missing'],
    [
      [...one, '--lp', 'x.lp', '--solver', 'annealing'],
      '--lp writes the program of a MILP solver, and annealing has none; use --solver highs or glpk, or drop --lp',
    ],
    [
      [...one, '--lp', 'x.lp', '--solver', 'enumerate'],
      '--lp writes the program of a MILP solver, and enumerate has none; use --solver highs or glpk, or drop --lp',
    ],
    [
      [...one, '--mps', 'x.mps', '--solver', 'random'],
      '--mps writes the program of a MILP solver, and random has none; use --solver highs or glpk, or drop --mps',
    ],
  ])('%j', async (argv, message) => {
    expect(await run(argv, files)).toMatchObject({ code: 3, out: '', err: `error: ${message}\n`, written: new Map() });
  });
});
