// `magnet map --certify` end to end: table, sentences, JSON, exit codes, interruption.

import { expect, test } from 'vitest';
import { parseMapResult } from '../../src/results/map-result.js';
import { run, tinyArch, tinyLayers } from './run.js';

const files = { 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers };
const tiny = ['map', 'net.yaml', '--arch', 'tiny.yaml'];
const layersOf = (text: string) => {
  const result = parseMapResult(JSON.parse(text));
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value.layers;
};

test('every optimum has a second witness: columns, a sum, JSON, exit 0', async () => {
  const { code, out, err, written } = await run([...tiny, '--certify', '--json', 'r.json'], files);
  expect({ code, err }).toMatchObject({ code: 0 });
  const rows = out.split('\n');
  expect(rows[0]).toMatch(/status +certified +eps +cert\. s$/);
  expect(rows[2]).toMatch(/^conv .*optimal +yes +(<?0\.\d+|0) % +\d+\.\d$/);
  expect(out).toContain('2 of 2 layers certified at eps <= 0.1 %, in exact rational arithmetic\n');
  expect(err).toMatch(/\[1\/2\] conv .*; certified at eps/);
  for (const { certificate } of layersOf(written.get('r.json')!)) {
    expect(certificate).toMatchObject({ status: 'certified', reason: '' });
    expect(certificate!.eps).toBeLessThanOrEqual(1e-3);
    expect(certificate!.leaves).toBeGreaterThan(0);
  }
});

test('without --certify nothing is said of it', async () => {
  const { out, written } = await run([...tiny, '--json', 'r.json', '--quiet'], files);
  expect(out).not.toContain('certif');
  expect(layersOf(written.get('r.json')!).map((l) => l.certificate)).toEqual([null, null]);
});

test('what chance finds is refuted where there is better, by the value that is: exit 2', async () => {
  const { code, out, written } = await run(
    [
      ...tiny,
      '--layer',
      'conv',
      '--solver',
      'random',
      '--time-limit',
      '0.001s',
      '--certify',
      '--json',
      'r.json',
      '--quiet',
    ],
    files,
  );
  expect(code).toBe(2);
  const [layer] = layersOf(written.get('r.json')!);
  expect(layer!.certificate).toMatchObject({ status: 'refuted', eps: null });
  expect(layer!.certificate!.reason).toMatch(/^a mapping of \S+ is better than /);
  expect(out).toMatch(/^conv is refuted: a mapping of \S+ is better than \S+$/m);
  expect(out).toContain('0 of 1 layer certified');
});

test('where the time does not do, what is proven is said, and the way out: exit 2', async () => {
  const { code, out } = await run(
    [...tiny, '--layer', 'conv', '--certify', '--certify-eps', '1e-9', '--certify-time', '0.000001s', '--quiet'],
    files,
  );
  expect(code).toBe(2);
  expect(out).toMatch(
    /^conv is not certified: (proven at eps \S+ % only; )?the time ran out; give it more with --certify-time$/m,
  );
});

test('that there is no mapping is certified too: exit 1', async () => {
  const { code, out, written } = await run(
    [...tiny, '--layer', 'conv', '--limit', 'latency@each=1cycles', '--certify', '--json', 'r.json', '--quiet'],
    files,
  );
  expect(code).toBe(1);
  expect(out).toContain('1 of 1 layer certified');
  expect(layersOf(written.get('r.json')!)[0]!.certificate).toMatchObject({ status: 'certified', eps: 0 });
});

test('a layer that is mapped stands, should its certificate be interrupted: exit 130', async () => {
  let interrupt = () => {};
  const { code, written } = await run([...tiny, '--certify', '--json', 'r.json'], files, {
    columns: 80,
    err: (text) => void (text.includes('conv certifying') && interrupt()),
    onInterrupt: (act) => {
      interrupt = act;
      return () => {};
    },
  });
  expect(code).toBe(130);
  expect(layersOf(written.get('r.json')!)).toMatchObject([{ name: 'conv', status: 'optimal', certificate: null }]);
});
