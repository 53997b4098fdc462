// The built command: a race in threads proves what HiGHS proves, layer after layer; a native solver is a program on the path.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildOnce } from '../support/built.js';

const folder = mkdtempSync(join(tmpdir(), 'magnet-test-'));
const layers = join(folder, 'layers.yaml');
writeFileSync(layers, '- { name: a, K: 16, C: 24, P: 6, Q: 6 }\n- { name: b, K: 32, C: 16, P: 4 }\n');

const mapped = (...how: string[]) => {
  const out = join(folder, `${how.join('')}.json`);
  execFileSync('node', [buildOnce(), 'map', layers, '--arch', 'simba', '-o', 'energy', '-q', ...how, '--json', out]);
  return JSON.parse(readFileSync(out, 'utf8')) as { layers: { solver: string; status: string; objective: number }[] };
};

test('a race', () => {
  const [raced, alone] = [mapped('--solver', 'race'), mapped('--solver', 'highs')];
  expect(raced.layers.map((l) => [l.solver, l.status])).toEqual([
    ['race', 'optimal'],
    ['race', 'optimal'],
  ]);
  raced.layers.forEach((l, i) =>
    expect(Math.abs(l.objective / alone.layers[i]!.objective - 1)).toBeLessThanOrEqual(1e-4),
  );
}, 120_000);

test('no native solver on the path, and two who are to solve', () => {
  const said = (...more: string[]) =>
    spawnSync(process.execPath, [buildOnce(), 'map', layers, '--arch', 'simba', '--native', ...more], {
      env: { PATH: folder },
      encoding: 'utf8',
    });
  expect(said()).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('no native solver is on the PATH') as string,
  });
  expect(said('--solver', 'glpk')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('--native and --solver glpk each name a solver') as string,
  });
});
