// The package as npm packs it, in a project of its own: its example and its command, and no path inside it.

import { execFileSync, spawnSync } from 'node:child_process';
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

function pack(): string {
  buildOnce();
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }];
  return join(project, filename);
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const home = join(project, 'node_modules', manifest.name);

/** By npm, from its cache and the registry; where neither has all packages, they are taken from the clone, which is said. */
function install(tarball: string): void {
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const quick = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=0'];
  const npm = spawnSync('npm', ['install', ...quick, '--fetch-timeout=20000', tarball], {
    cwd: project,
    encoding: 'utf8',
    timeout: 90_000,
  });
  if (npm.status === 0) return;
  console.log(
    `note: npm install cannot reach the registry; packages are those of the clone (${firstLine(npm.stderr)})`,
  );
  rmSync(join(project, 'node_modules'), { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', home, '--strip-components=1']);
  for (const other of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const place = join(project, 'node_modules', other);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, 'node_modules', other), place);
  }
}

const firstLine = (text: string) => text.trim().split('\n')[0] ?? '';

const run = (...args: readonly string[]) => execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });

test('goes from a network to a simulated chip, in worker threads, by the name of the package alone, and type-checks', () => {
  install(pack());
  const example = readFileSync(join(home, 'examples/library.ts'), 'utf8');
  expect([...example.matchAll(/^(?:import .*|\}) from '([^']+)';$/gm)].map((m) => m[1])).toEqual([
    'magnet-accelerator',
  ]);
  // As a strict project of somebody else has it, which knows nothing of Node.
  const compilerOptions = {
    ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', lib: ['es2023', 'dom'], types: [] },
    ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true },
  };
  writeFileSync(join(project, 'library.ts'), example);
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['library.ts'] }));
  expect(run(join(root, 'node_modules/typescript/bin/tsc'), '-p', '.')).toBe('');
  writeFileSync(join(project, 'library.mjs'), transformSync(example, { loader: 'ts', format: 'esm' }).code);
  const out = run('library.mjs');
  expect(out).toMatch(/fc2: optimal/);
  expect(out).toMatch(/fc2 in the netlist: 0 of 50 outputs differ, (\d+) cycles \(model: \1\)/);
  expect(run(join(home, 'dist/cli/main.js'), 'networks', 'pilotnet')).toMatch(/fc2/);
}, 300_000);
