// Writes the tables of options in docs/commands.md and of job fields in docs/batch.md from src/options: npx tsx
// scripts/option-tables.ts

import { readFileSync, writeFileSync } from 'node:fs';
import { jobFields } from '../src/options/job-fields.js';
import type { AnyVerb, Argument, Option } from '../src/options/option.js';
import { defaultText, exampleText, spellings } from '../src/options/option.js';
import { verbs } from '../src/options/verbs.js';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${cell(text)}\``;

const argumentForms: Readonly<Record<Argument['form'], (name: string) => string>> = {
  one: (name) => name,
  optional: (name) => `[${name}]`,
  some: (name) => `${name} ...`,
  any: (name) => `[${name} ...]`,
};
const usage = ({ name, arguments: given }: AnyVerb): string =>
  ['magnet', name, ...given.map((a) => argumentForms[a.form](a.name.toUpperCase()))].join(' ');

const row = (name: string, option: Option<unknown>): string => {
  const short = option.short === undefined ? [] : [`-${option.short}`];
  const spelled = [...spellings(name, option), ...short].map(code).join(' ');
  const told = option.required ? 'must be given' : (defaultText(option) ?? '');
  return `| ${[spelled, cell(told), code(exampleText(name, option)), cell(option.help)].join(' | ')} |`;
};

const optionTable = (verb: AnyVerb): string =>
  [
    `### ${verb.name}`,
    '',
    `${code(usage(verb))}: ${verb.summary}.`,
    '',
    ...(Object.keys(verb.options).length === 0
      ? ['It has no options.']
      : [
          '| option | default | example | meaning |',
          '|---|---|---|---|',
          ...Object.entries(verb.options).map(([name, option]) => row(name, option)),
        ]),
  ].join('\n');

const fieldRow = (verb: AnyVerb): string =>
  `| ${code(verb.name)} | ${Object.keys(jobFields(verb).fields).map(code).join(', ')} |`;

/** What stands between the marks of a page. */
const generated = {
  'docs/commands.md': () => verbs.map(optionTable).join('\n\n'),
  'docs/batch.md': () =>
    [
      '| kind | fields (the first is needed) |',
      '|---|---|',
      ...verbs.filter((v) => v.job !== undefined).map(fieldRow),
    ].join('\n'),
} as const;

const at = (page: string) => new URL(`../${page}`, import.meta.url);
const marks = /(<!-- from src\/options -->\n)[\s\S]*?(\n<!-- end -->)/;

/** Pages as they stand, and as they ought to. */
export const pages = (): readonly { readonly page: string; readonly stands: string; readonly ought: string }[] =>
  Object.entries(generated).map(([page, make]) => {
    const stands = readFileSync(at(page), 'utf8');
    return {
      page,
      stands,
      ought: stands.replace(marks, (_, begin: string, end: string) => `${begin}\n${make()}\n${end}`),
    };
  });

if (process.argv[1] === import.meta.filename) for (const { page, ought } of pages()) writeFileSync(at(page), ought);
