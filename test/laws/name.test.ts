// The npm registry has a stranger's package of the command's name: nothing that we print or document may fetch it.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Readonly<Record<string, unknown>>;

function filesBelow(path: string): readonly string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesBelow(`${path}/${name}`));
}

/** Everything that people copy commands or imports from. */
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs', 'examples', 'scripts', 'src', 'benchmarks']
  .flatMap(filesBelow)
  .filter((path) => /\.(md|ts|ya?ml|sh)$/.test(path));

/** The registry would be asked for `magnet`, or an import resolved to it. */
const fetches = [
  /\b(?:npx|bunx|(?:npm|pnpm) (?:exec|x|dlx)|yarn dlx)\s+(?:-\S+\s+|--\s+)*magnet(?![\w-])/,
  /\b(?:npm|pnpm|yarn|bun) (?:i|install|add)\s+(?:-\S+\s+)*magnet(?![\w-])/,
  /\b(?:from|import|require)\s*\(?\s*['"]magnet['"]/,
];

test.each(pages)('%s names no command and no import that runs a stranger\'s code', (path) => {
  for (const [i, line] of read(path).split('\n').entries()) {
    for (const form of fetches) expect(form.exec(line)?.[0], `${path} line ${i + 1}`).toBeUndefined();
  }
});

test('the package has a name of its own, is not published, and keeps the command', () => {
  expect(manifest).toMatchObject({ name: 'magnet-accelerator', private: true, bin: { magnet: 'dist/cli/main.js' }, exports: { '.': { default: './dist/index.js' } } });
  const lock = JSON.parse(read('package-lock.json')) as { readonly name: string; readonly packages: Readonly<Record<string, { readonly name?: string }>> };
  expect([lock.name, lock.packages['']?.name]).toEqual([manifest['name'], manifest['name']]);
});

test('the first command of the README is one of ours, from the clone itself', () => {
  const first = /```sh\n(.*)\n/.exec(read('README.md'))![1]!;
  expect(first).toMatch(/^npm ci && node \. codesign /);
  // `node .` takes the package's main, which must be the command line and not the library.
  if (!existsSync(join(root, 'dist/cli/main.js'))) execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: root });
  expect(execFileSync(process.execPath, ['.', '--version'], { cwd: root, encoding: 'utf8' })).toBe(`${String(manifest['version'])}\n`);
  expect(execFileSync(process.execPath, [root, 'codesign', '--help'], { cwd: '/', encoding: 'utf8' })).toMatch(/^Usage: magnet codesign/);
});
