// The npm registry has a stranger's package of the command's name: nothing that we print or document may fetch it.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildOnce, root } from '../support/built.js';

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

test("no page names a command or an import that runs a stranger's code", () => {
  const found = pages.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, i) =>
        fetches.flatMap((form) => (form.test(line) ? [`${path} line ${i + 1}: ${line.trim()}`] : [])),
      ),
  );
  expect(found).toEqual([]);
});

test('the package has a name of its own, is not published, and keeps the command', () => {
  expect(manifest).toMatchObject({
    name: 'magnet-accelerator',
    private: true,
    bin: { magnet: 'dist/cli/main.js' },
    exports: { '.': { default: './dist/index.js' } },
  });
  const lock = JSON.parse(read('package-lock.json')) as {
    readonly name: string;
    readonly packages: Readonly<Record<string, { readonly name?: string }>>;
  };
  expect([lock.name, lock.packages['']?.name]).toEqual([manifest['name'], manifest['name']]);
});

test('the first command of the README is one of ours, from the clone itself', () => {
  const first = /```sh\n(.*)\n/.exec(read('README.md'))![1]!;
  expect(first).toMatch(/^npm ci && node \. codesign /);
  // `node .` takes the package's main, which must be the command line and not the library.
  buildOnce();
  expect(execFileSync(process.execPath, ['.', '--version'], { cwd: root, encoding: 'utf8' })).toBe(
    `${String(manifest['version'])}\n`,
  );
  expect(execFileSync(process.execPath, [root, 'codesign', '--help'], { cwd: '/', encoding: 'utf8' })).toMatch(
    /^Usage: magnet codesign/,
  );
});
