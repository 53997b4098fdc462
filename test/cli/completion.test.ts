// `magnet completion`: what each shell offers where, asked of the shells themselves; and the page of the manual.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { completionScript } from '../../src/cli/completion.js';
import type { Shell } from '../../src/options/completion-table.js';
import { manualPage } from '../../src/options/manual-page.js';
import { verbs } from '../../src/options/verbs.js';
import { run } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'magnet-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

/** What follows `line`, a command line whose last word is being typed. */
const askers: Readonly<Record<'bash' | 'fish', (script: string, line: string) => string>> = {
  bash: (script, line) =>
    `source ${script}; compopt() { :; }; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _magnet; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (script, line) => `source ${script}; complete -C '${line}'`,
};

function offered(shell: 'bash' | 'fish', line: string): readonly string[] {
  const script = join(folder, `magnet.${shell}`);
  writeFileSync(script, completionScript(shell));
  const { stdout, stderr } = spawnSync(shell, ['-c', askers[shell](script, line)], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .split('\n')
    .map((l) => l.split('\t')[0]!)
    .filter((l) => l !== '');
}

describe.each(['bash', 'fish'] as const)('%s', (shell) => {
  test.skipIf(!has(shell))('offers verbs, built-in names, options and their values', () => {
    expect(offered(shell, 'magnet codes')).toEqual(['codesign']);
    expect(offered(shell, 'magnet map resn')).toEqual(['resnet50']);
    expect(offered(shell, 'magnet map resnet50 --arch simb')).toEqual(['simba', 'simba-lpddr4']);
    expect(offered(shell, 'magnet codesign resnet50 --space magnet-q')).toEqual(['magnet-quick']);
    expect(offered(shell, 'magnet map resnet50 --objective ener')).toEqual(['energy']);
    expect(offered(shell, 'magnet map resnet50 --techn')).toEqual(['--technology']);
    expect(offered(shell, 'magnet schemas tech')).toEqual(['technology']);
  });
});

test.each(['bash', 'zsh', 'fish'] as const)('a script for %s is none that it refuses', async (shell: Shell) => {
  const { code, out } = await run(['completion', shell]);
  expect(code).toBe(0);
  for (const { name } of verbs) expect(out).toContain(name);
  if (!has(shell)) return void console.log(`note: ${shell} is not installed; its script was not read by it`);
  const script = join(folder, `read.${shell}`);
  writeFileSync(script, out);
  expect(spawnSync(shell, ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test('other shells are refused by name', async () => {
  expect(await run(['completion', 'bsh'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('unknown shell: bsh. Did you mean bash?'),
  });
});

test('the manual has every verb and option, in requests that man knows', () => {
  const page = manualPage();
  for (const { name, options } of verbs) {
    expect(page).toContain(`.SS ${name}\n`);
    expect(page.split('\n').filter((l) => l.startsWith('.TP')).length).toBeGreaterThan(Object.keys(options).length);
  }
  const requests = new Set([...page.matchAll(/^\.(\w+)/gm)].map((m) => m[1]));
  expect([...requests].sort()).toEqual(['PP', 'SH', 'SS', 'TH', 'TP', 'fi', 'nf']);
  expect(page).not.toMatch(/^'/m);
});
