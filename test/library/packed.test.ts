// The package as npm packs it, in a project of its own: its example and its command, and no path inside it.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { buildOnce, root } from '../support/built.js';

const project = mkdtempSync(join(tmpdir(), 'magnet-packed-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** What npm would do with the tarball, without asking the registry: packages are taken from here. */
function install(): string {
  buildOnce();
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }];
  const { name, dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Manifest;
  const home = join(project, 'node_modules', name);
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, filename), '-C', home, '--strip-components=1']);
  for (const other of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const place = join(project, 'node_modules', other);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, 'node_modules', other), place);
  }
  return home;
}

const run = (...args: readonly string[]) => execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });

test('goes from a network to a simulated chip, in worker threads, by the name of the package alone', () => {
  const home = install();
  const example = readFileSync(join(home, 'examples/library.ts'), 'utf8');
  expect([...example.matchAll(/^(?:import .*|\}) from '([^']+)';$/gm)].map((m) => m[1])).toEqual([
    'magnet-accelerator',
  ]);
  writeFileSync(join(project, 'library.mjs'), transformSync(example, { loader: 'ts', format: 'esm' }).code);
  const out = run('library.mjs');
  expect(out).toMatch(/fc2: optimal/);
  expect(out).toMatch(/fc2 in the netlist: 0 of 50 outputs differ, (\d+) cycles \(model: \1\)/);
  expect(run(join(home, 'dist/cli/main.js'), 'networks', 'pilotnet')).toMatch(/fc2/);
}, 180_000);
