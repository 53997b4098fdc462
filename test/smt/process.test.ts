// Z3 in compiled code: a process that asked ends by itself, and workers with a Z3 can be ended at any time.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const built = new URL('dist/', root);
const folder = mkdtempSync(join(tmpdir(), 'magnet-z3-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  if (!existsSync(new URL('cli/workers.js', built)))
    execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: root });
}, 120_000);

/** A program of a few lines over the compiled modules; what it said, and how long it lived on after it said `done`. */
function run(lines: string): Promise<{ code: number | null; out: string; lingered: number }> {
  const text =
    `import { solveScript } from '${new URL('smt/z3.js', built).href}';\n` +
    `import { makeAsk } from '${new URL('cli/workers.js', built).href}';\n${lines}\n` +
    "console.log('done');";
  return new Promise((resolve) => {
    const file = join(folder, 'asks.mjs');
    writeFileSync(file, text);
    const child = spawn(process.execPath, [file]);
    let [out, done] = ['', Infinity];
    child.stdout.on('data', (chunk: Buffer) => {
      out += String(chunk);
      if (out.includes('done')) done = performance.now();
    });
    child.stderr.on('data', (chunk: Buffer) => (out += String(chunk)));
    child.on('close', (code) => resolve({ code, out, lingered: performance.now() - done }));
  });
}

const hard = `const holes = 12, all = [...Array(holes + 1).keys()];
const hard = all.flatMap((p) => all.slice(1).map((h) => \`(declare-const b\${p}_\${h} Bool)\`)).join('') + all.map((p) => \`(assert (or \${all.slice(1).map((h) => \`b\${p}_\${h}\`).join(' ')}))\`).join('')
  + all.slice(1).flatMap((h) => all.flatMap((p) => all.filter((q) => q < p).map((q) => \`(assert (not (and b\${p}_\${h} b\${q}_\${h})))\`))).join('');`;

test(
  'in the main thread: ends by itself after an answer, after a time-out, a fault and a crash',
  { timeout: 60_000 },
  async () => {
    const { code, out, lingered } = await run(`${hard}
for (const [text, seconds] of [['(declare-const x Int)(assert (> x 3))', 5], [hard, 0.5], ['(nonsense', 5], ['(declare-const x Bool)(assert ' + '(or x '.repeat(3e6) + 'x' + ')'.repeat(3e6) + ')', 5], ['(assert true)', 5]]) console.log((await solveScript(text, { seconds })).status);`);
    expect({ code, out }).toEqual({ code: 0, out: 'sat\nunknown\nunknown\nunknown\nsat\ndone\n' });
    expect(lingered).toBeLessThan(2000);
  },
);

test('in a worker: answers with values and cores; once closed the process ends', { timeout: 60_000 }, async () => {
  const { code, out, lingered } = await run(`const { ask, close } = makeAsk();
console.log((await ask('(declare-const |x y| Int)(assert (= |x y| 3))', 5)).values.get('x y').numerator);
console.log((await ask('(set-option :produce-unsat-cores true)(assert (! false :named no))', 5)).core);
await close();`);
  expect({ code, out }).toEqual({ code: 0, out: "3n\n[ 'no' ]\ndone\n" });
  expect(lingered).toBeLessThan(2000);
});

test('in a worker: closing ends a question at work, and it is unknown', { timeout: 60_000 }, async () => {
  const { code, out, lingered } = await run(`${hard}
const { ask, close } = makeAsk();
const open = ask(hard, 60);
setTimeout(close, 1500);
const { status, reason } = await open;
console.log(status, reason.message);`);
  expect({ code, out }).toEqual({ code: 0, out: 'unknown worker ended: exit 1\ndone\n' });
  expect(lingered).toBeLessThan(2000);
});
