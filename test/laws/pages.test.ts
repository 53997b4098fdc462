// Pages say what is there: links lead somewhere, and commands that people copy have verbs and options that exist.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/built.js';
import { run } from '../cli/run.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

/** The name under which GitHub finds a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

const anchors = (path: string) => [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading));

test('links between pages lead to a file, and to a heading of it', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([, file = '', heading]) => {
      const target = file === '' ? page : join(dirname(page), file);
      if (!existsSync(join(root, target))) return [`${page}: ${target} is not there`];
      return heading === undefined || anchors(target).includes(heading)
        ? []
        : [`${page}: ${target} has no heading #${heading}`];
    }),
  );
  expect(broken).toEqual([]);
});

/** Lines of shell in a page that run the command, as the words of each: pipes and what follows `&&` are commands too. */
const commands = (page: string) =>
  [...read(page).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*$/, ''))
      .flatMap((line) => line.split(/\||&&/))
      .flatMap((part) => /^\s*(?:magnet|node \.|node dist\/cli\/main\.js)\s+(.*)$/.exec(part)?.[1] ?? [])
      .map((text) => text.trim().split(/\s+/)),
  );

test('commands in pages have verbs and options that exist', async () => {
  const helps = new Map<string, string>();
  const wrong: string[] = [];
  let seen = 0;
  for (const page of pages)
    for (const [verb = '', ...words] of commands(page)) {
      if (verb.startsWith('-')) continue;
      if (!helps.has(verb)) helps.set(verb, (await run([verb, '--help'])).out);
      seen++;
      for (const option of words.flatMap((word) => /^--[a-z][\w-]*/.exec(word)?.[0] ?? []))
        if (!new RegExp(`${option}(?![\\w-])`).test(helps.get(verb) ?? '')) wrong.push(`${page}: ${verb} ${option}`);
      if (!helps.get(verb)?.startsWith(`Usage: magnet ${verb}`)) wrong.push(`${page}: there is no verb ${verb}`);
    }
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(40);
});

test('the README is read in a few minutes', () => {
  expect(read('README.md').length).toBeLessThan(9500);
});
