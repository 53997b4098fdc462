// Compiles and bundles, unless dist/ is already what that would make: `npm ci` builds, and `npm test` asks again.
//
// Known by contents, of all that goes in and of all that came out: times of files say nothing after a checkout.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';

const made = 'dist';
/** Beside it, made by `npm run web` on its own. */
const site = 'dist/web';
const inputs = [
  'src',
  'scripts/build.mjs',
  'scripts/bundle.mjs',
  'scripts/written-files.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
];
/** What npm has put there, which the bundle holds a copy of. */
const packages = 'node_modules/.package-lock.json';
/** Not in dist/, which is packed. */
const folder = 'node_modules/.cache/magnet-accelerator';
const stamp = `${folder}/built.json`;

const filesOf = (path) =>
  !existsSync(path)
    ? []
    : statSync(path).isDirectory()
      ? readdirSync(path)
          .toSorted()
          .map((name) => `${path}/${name}`)
          .filter((inside) => inside !== site)
          .flatMap(filesOf)
      : [path];

function digest(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesOf)) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const before = digest([...inputs, packages]);
const known = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : {};
if (known.from !== before || known.made !== digest([made])) {
  try {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
      stdio: 'inherit',
    });
    for (const script of ['scripts/bundle.mjs', 'scripts/written-files.mjs'])
      execFileSync(process.execPath, [script], { stdio: 'inherit' });
  } catch {
    // Each has said why.
    process.exit(1);
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${stamp}.${process.pid}`, JSON.stringify({ from: before, made: digest([made]) }));
  renameSync(`${stamp}.${process.pid}`, stamp);
}
