// `magnet map --design`, and designs as machines and to be shown.

import { describe, expect, test } from 'vitest';
import { parseDesign } from '../../src/results/design-file.js';
import { eyeriss } from '../../src/model/machine/presets.js';
import { run, tinyArch, tinyLayers } from './run.js';

const files = {
  'tiny.yaml': tinyArch,
  'net.yaml': tinyLayers,
  't.yaml': 'name: dear\nbase: 16nm\nconstants: {dramEnergy: {value: 9999, source: assumed}}\n',
};
const tiny = ['map', 'net.yaml', '--arch', 'tiny.yaml', '-q'];
const read = (text: string | undefined) => {
  const result = parseDesign(text ?? '', 'd.json');
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
};

describe('map --design', () => {
  test('writes what was mapped, the same bytes for the same run, whatever else is asked for', async () => {
    const { code, out, written } = await run([...tiny, '--design', 'd.json', '--json', 'r.json'], files);
    expect(code).toBe(0);
    expect(out).toContain('optimal');
    const text = written.get('d.json')!;
    const design = read(text);
    expect(design).toMatchObject({
      name: 'tiny-net-tiny',
      goal: { objective: 'layer-edp', limits: {} },
      areaLimit: null,
    });
    expect(design.layers.map((l) => [l.layer.name, l.count, l.status])).toEqual([
      ['conv', 3, 'optimal'],
      ['fc', 1, 'optimal'],
    ]);
    const result = JSON.parse(written.get('r.json')!);
    expect(design.totals).toEqual({
      objective: result.objective,
      bound: result.bound,
      energy: result.energy,
      cycles: result.cycles,
      edp: result.edp,
    });
    expect(design.provenance).toEqual({
      magnet: '1.2.3',
      node: '20.0.0',
      command:
        'magnet map net.yaml --arch tiny.yaml --objective layer-edp --gap 0.01% --time-limit 60s --solver auto --seed 1',
      workload: 'tiny-net',
      backend: 'exhaustive',
      gap: 1e-4,
      seed: 1,
    });
    const again = await run([...tiny, '--design', '-', '--workers', '2'], files);
    expect(again.out).toBe(text);
  });

  test('limits and options are on record; layers without a mapping too', async () => {
    const { code, written } = await run(
      [
        ...tiny,
        '--layer',
        'fc',
        '--limit',
        'energy=1nJ',
        '--no-padding',
        '--objective',
        'latency',
        '--design',
        'd.json',
      ],
      files,
    );
    expect(code).toBe(1);
    const design = read(written.get('d.json'));
    expect(design).toMatchObject({
      goal: { objective: 'latency', limits: { energy: 1000 } },
      layers: [{ status: 'infeasible', bound: null, mapping: null }],
      totals: null,
    });
    expect(design.provenance.command).toContain(
      '--limit energy=1nJ --no-padding --gap 0.01% --time-limit 60s --layer fc --solver auto --seed 1',
    );
    const dear = read(
      (
        await run(
          [
            'map',
            'net.yaml',
            '--arch',
            'simba',
            '-q',
            '--limit',
            'area=0.1',
            '--technology',
            't.yaml',
            '--design',
            'd.json',
          ],
          files,
        )
      ).written.get('d.json'),
    );
    expect(dear).toMatchObject({
      areaLimit: 0.1,
      technology: { name: 'dear', constants: { dramEnergy: { value: 9999 } } },
      layers: [{ status: 'infeasible' }, { status: 'infeasible' }],
    });
  });

  test('Ctrl-C leaves a valid file: what is done, the rest unknown', async () => {
    let press = () => {};
    const { code, written } = await run(['map', 'net.yaml', '--arch', 'tiny.yaml', '--design', 'd.json'], files, {
      onInterrupt(handler) {
        press = handler;
        return () => {};
      },
      err: (text) => {
        if (text.startsWith('[1/2]')) press();
      },
    });
    expect(code).toBe(130);
    const design = read(written.get('d.json'));
    expect(design.layers.map((l) => [l.layer.name, l.status])).toEqual([
      ['conv', 'optimal'],
      ['fc', 'unknown'],
    ]);
    expect(design.totals).toBeNull();
  });

  test('a place that cannot be written, and two things for standard output, are refused before any work', async () => {
    expect(await run([...tiny, '--design', 'missing/d.json'], files)).toMatchObject({
      code: 3,
      out: '',
      err: 'error: cannot write missing/d.json: there is no directory missing\n',
    });
    expect(await run([...tiny, '--design', '-', '--json', '-'], files)).toMatchObject({
      code: 3,
      out: '',
      err: 'error: --json - and --design - cannot both be standard output; give files\n',
    });
  });
});

describe('a design', () => {
  const made = async (...more: string[]) =>
    (
      await run(
        ['map', 'net.yaml', '-q', '--solver', 'annealing', '--time-limit', '0.2s', '--design', '-', ...more],
        files,
      )
    ).out;

  test('is a machine to map on, with its technology, which --technology replaces', async () => {
    const design = await made('--arch', 'simba', '--technology', 't.yaml');
    const on = async (...more: string[]) =>
      read(
        (
          await run(
            [
              'map',
              'net.yaml',
              '-q',
              '--solver',
              'random',
              '--time-limit',
              '0.1s',
              '--design',
              '-',
              '--arch',
              'd.json',
              ...more,
            ],
            { ...files, 'd.json': design, 'u.yaml': 'name: other\nbase: 16nm\n' },
          )
        ).out,
      );
    expect((await on()).technology.name).toBe('dear');
    expect((await on()).machine).toEqual(read(design).machine);
    expect((await on('--technology', 'u.yaml')).technology.name).toBe('other');
    expect((await run(['archs', 'd.json'], { 'd.json': design })).out).toMatch(/^simba: sizes/);
    const preset = await made('--arch', 'eyeriss');
    expect(read(preset).machine).toEqual({ kind: 'hierarchy', architecture: eyeriss });
  });

  test('is no workload', async () => {
    const { code, err } = await run(['map', 'd.json', '--arch', 'simba'], {
      'd.json': await made('--arch', 'tiny.yaml'),
    });
    expect({ code, err }).toEqual({
      code: 3,
      err: 'error: d.json is a design: name the workload that is to be mapped, and give the design as --arch d.json for its machine\n',
    });
  });

  test('is shown as loop nests on its own machine', async () => {
    const given = { 'd.json': await made('--arch', 'tiny.yaml') };
    const { code, out } = await run(['show', 'd.json', '--layer', 'fc'], given);
    expect(code).toBe(0);
    expect(out).toMatch(/^fc: feasible, .*\n\/\/ DRAM: Weights, Inputs, Outputs\n/);
    expect((await run(['show', 'd.json'], given)).out).toContain('conv (3 times)');
    expect(await run(['show', 'd.json', '--layer', 'fcc'], given)).toMatchObject({
      code: 3,
      err: 'error: unknown layer of d.json: fcc. Did you mean fc?\n',
    });
    expect(await run(['show', 'd.json', '--arch', 'simba'], given)).toMatchObject({
      code: 3,
      err: 'error: d.json includes its machine; drop --arch\n',
    });
  });
});
