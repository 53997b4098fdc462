// Law: one table of options per verb. What it says reads back, and help, pages, job files and recorded command lines
// say the same.

import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pages } from '../../scripts/option-tables.js';
import { addVerb } from '../../src/cli/add-verb.js';
import { makeStandardInput } from '../../src/cli/stdin.js';
import * as types from '../../src/interchange/value-types.js';
import { commandLine } from '../../src/options/command-line.js';
import { jobFields } from '../../src/options/job-fields.js';
import type { AnyVerb, Option } from '../../src/options/option.js';
import { exampleText, isFlag, typed } from '../../src/options/option.js';
import { brokenRules } from '../../src/options/check-rules.js';
import { verbs } from '../../src/options/verbs.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { run } from '../cli/run.js';

const everyOption = verbs.flatMap((verb) =>
  Object.entries(verb.options).map(([name, option]) => ({ verb, name, option, title: `${verb.name} --${name}` })),
);

/** A command line as a shell would split it. */
const shellWords = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(
      /'([^']*)'|\\(.)/g,
      (_, quoted: string | undefined, escaped: string | undefined) => quoted ?? escaped ?? '',
    ),
  );

/** What a verb would be called with. */
async function parse(
  verb: AnyVerb,
  words: readonly string[],
): Promise<{ given: unknown; options: Record<string, unknown> }> {
  let heard: { given: unknown; options: Record<string, unknown> } | undefined;
  const said: string[] = [];
  const io = {
    err: (text: string) => said.push(text),
    read: () => new Uint8Array(),
    obstacle: () => undefined,
  } as never;
  const program = new Command('magnet').exitOverride().configureOutput({ writeErr: (text) => said.push(text) });
  addVerb({ program, io, input: makeStandardInput(io), end: () => {} }, verb, (given, options) => {
    heard = { given: [...(given as readonly unknown[])], options: { ...options } };
    return 0;
  });
  await program.parseAsync([...words], { from: 'user' });
  if (heard === undefined) throw new Error(`${words.join(' ')}: ${said.join('')}`);
  return heard;
}

describe('the table itself', () => {
  test.each(everyOption)('$title has an example that reads and prints back, and a default that does', ({ option }) => {
    expect(option.help).not.toBe('');
    expect(option.example === undefined).toBe(isFlag(option));
    if (option.example === undefined) return;
    const read = option.type.read(option.example);
    if (!read.ok) throw new Error(read.diagnostics[0]?.message);
    for (const value of [read.value, option.default])
      if (value !== undefined) expect(again(option, value)).toEqual(value);
  });

  test.each(everyOption)('$title may be what it goes with', ({ verb, option }) => {
    if (option.with !== undefined) expect(Object.keys(verb.options)).toContain(option.with);
  });

  test.each(verbs)(
    '$name has rules about options and arguments that it has',
    ({ options, arguments: given, rules = [] }) => {
      const known = [...Object.keys(options), ...given.map((a) => a.name)];
      for (const rule of rules)
        expect(known).toEqual(expect.arrayContaining([...rule.options, 'needs' in rule ? rule.needs : rule.conflicts]));
    },
  );

  test.each(verbs)('$name: its examples and those of its options can be typed', async (verb) => {
    for (const example of verb.examples) {
      const words = shellWords(example.replace(/ >.*$/, ''));
      await parse(
        verbs.find((v) => v.name === words[0])!,
        words,
      );
    }
    const needed = Object.entries(verb.options).filter(([, o]) => o.required);
    for (const [name, option] of Object.entries(verb.options)) {
      const others = needed.filter(([n]) => n !== name);
      const words = [[name, option] as const, ...others].flatMap(([n, o]) => shellWords(exampleText(n, o)));
      const wanted = verb.rules?.find((r) => 'needs' in r && r.options.includes(name));
      const also = wanted && 'needs' in wanted ? exampleText(wanted.needs, verb.options[wanted.needs]!).split(' ') : [];
      const arguments_ = verb.arguments.filter((a) => a.form === 'one' || a.form === 'some').map((a) => a.example);
      await parse(verb, [verb.name, ...arguments_, ...words, ...also]);
    }
  });
});

/** Typed as it prints, and read again. */
function again(option: Option<unknown>, value: unknown): unknown {
  return option.type.print(value).reduce<unknown>((before, text) => {
    const read = option.type.read(text, before);
    if (!read.ok) throw new Error(`${text}: ${read.diagnostics[0]?.message}`);
    return read.value;
  }, undefined);
}

/** Any value of a type, by what its example and its ends are; numbers and texts of every kind. */
function anyValue(option: Option<unknown>): fc.Arbitrary<unknown> {
  const { type, example, default: usual } = option;
  const word = fc.string({ minLength: 1 }).filter((s) => s.trim() !== '' && s !== '-' && !s.startsWith('-#'));
  if (type === types.flag) return fc.boolean();
  if (type === types.text) return word;
  if (type === types.texts) return fc.array(word, { minLength: 1, maxLength: 3 });
  if (type === types.duration) return fc.double({ min: 1e-9, max: 1e9, noNaN: true });
  if (type === types.share) return fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  if (type === types.sizes || type === types.weights)
    return fc.dictionary(
      word.filter((s) => s === s.trim()),
      fc.integer({ min: 1 }),
      { minKeys: 1, noNullPrototype: true },
    );
  const read = type.read(example ?? '');
  return fc.constantFrom(...[usual, read.ok ? read.value : undefined].filter((v) => v !== undefined));
}

const jobs = verbs.filter((v) => v.job !== undefined);

describe('the recorded command line', () => {
  test.each(jobs)('of $name, typed again, asks the same', async (verb) => {
    const asked = Object.entries(verb.options).filter(([, o]) => o.changesAnswer);
    const question = fc.record(Object.fromEntries(asked.map(([name, o]) => [name, anyValue(o)])), {
      requiredKeys: asked.flatMap(([name, o]) => (o.default === undefined ? [] : [name])),
    });
    const network = fc.constantFrom('resnet50', 'my net.onnx', "it's.yaml", 'a#b.yaml');
    await fc.assert(
      fc.asyncProperty(question, network, async (given, name) => {
        const options = Object.fromEntries(
          Object.entries(given).filter(([n]) => {
            const partner = verb.options[n]?.with;
            return partner === undefined || given[partner] === true;
          }),
        );
        fc.pre(brokenRules(verb, options).length === 0);
        const line = commandLine(verb, [name], options);
        const { given: found, options: back } = await parse(verb, shellWords(line).slice(1));
        expect(found).toEqual([verb.arguments[0]?.form === 'some' ? [name] : name]);
        // A flag that is not given is off, or on where that is usual.
        for (const [n, option] of asked)
          expect(back[n] ?? (isFlag(option) ? false : undefined), `${n} of ${line}`).toEqual(
            options[n] ?? option.default ?? (isFlag(option) ? false : undefined),
          );
        expect(commandLine(verb, [name], back)).toBe(line);
      }),
      { numRuns: casesOf('command lines'), seed: seedFrom(1) },
    );
  });
});

describe('jobs of a batch', () => {
  test.each(jobs)('of $name have the options that change the answer, and a reason for each other one', (verb) => {
    const { fields, refused = {} } = jobFields(verb);
    for (const [name, option] of Object.entries(verb.options)) {
      expect([name, Object.hasOwn(fields, name)]).toEqual([name, refused[name] === undefined]);
      if (Object.hasOwn(fields, name)) expect(option.changesAnswer).toBe(true);
    }
    expect(Object.keys(fields)).toHaveLength(Object.keys(verb.options).length - Object.keys(refused).length + 1);
  });

  test('that ask for what a job cannot have are told why', async () => {
    const { code, err } = await run(['batch', 'jobs.yaml'], {
      'jobs.yaml':
        'defaults: {workers: 3}\njobs:\n  - {kind: codesign, network: pilotnet, pareto: "energy,latency", json: ' +
        'x.json}\n  - {kind: map, network: pilotnet, arch: simba, space: x}\n',
    });
    expect(code).toBe(3);
    expect(err).toContain(
      'line 1: defaults: a job has no workers: it holds for all jobs alike; give it to "magnet batch"',
    );
    expect(err).toContain('a codesign job has no pareto: a front is many searches; sweep limit instead');
    expect(err).toContain('a codesign job has no json: a batch writes every result to its --out file');
    expect(err).toContain('a map job has no space; it has network, arch');
  });

  test('keep to the rules of their verb', async () => {
    const { code, err } = await run(['batch', 'jobs.yaml'], {
      'jobs.yaml': 'jobs:\n  - kind: prove\n    network: pilotnet\n    arch: simba\n    space: magnet-quick\n',
    });
    expect([code, err]).toEqual([3, expect.stringMatching(/line \d+: arch and space cannot both be asked about/)]);
  });
});

const filesOf = (verb: AnyVerb, file: 'read' | 'written') =>
  Object.keys(verb.options).filter((name) => verb.options[name]?.file === file);

test.each(verbs.filter((v) => filesOf(v, 'read').length > 0 && filesOf(v, 'written').length > 0))(
  '$name writes over no file that it reads, and none twice, whichever options name it',
  async (verb) => {
    const option = (name: string, path: string) => [typed(name, verb.options[name]), path];
    const given = verb.arguments.filter((a) => a.form !== 'any').map((a) => a.example);
    const needed = (besides: string) =>
      Object.entries(verb.options).flatMap(([name, o]) =>
        o.required && name !== besides ? option(name, 'needed') : [],
      );
    for (const to of filesOf(verb, 'written')) {
      for (const from of filesOf(verb, 'read')) {
        const line = [verb.name, ...given, ...needed(from), ...option(from, 'f.yaml'), ...option(to, './f.yaml')];
        const { code, err } = await run(line);
        expect([code, err]).toEqual([3, expect.stringContaining('./f.yaml would take the place of what is read')]);
      }
      for (const also of filesOf(verb, 'written').filter((name) => name !== to)) {
        const line = [verb.name, ...given, ...needed(to), ...option(also, 'f'), ...option(to, './f')];
        const { code, err } = await run(line);
        expect([code, err]).toEqual([3, expect.stringContaining('would be written twice')]);
      }
    }
  },
);

test('all that is wrong is told at once: rules, places, and the question itself', async () => {
  const line = 'compare nonet --arch simba --space x --json missing/a.json --constraints q.yaml';
  const { err } = await run(line.split(' '));
  for (const part of [
    '--arch and --space cannot both',
    '--constraints takes Timeloop files',
    'cannot write missing/a.json',
  ])
    expect(err).toContain(part);
  for (const part of ['unknown network: nonet', 'unknown design space: x']) expect(err).toContain(part);
});

test.each(verbs)('help of $name has all of its options', async (verb) => {
  const { out } = await run([verb.name, '--help']);
  for (const [name, option] of Object.entries(verb.options))
    expect(out).toMatch(new RegExp(`${typed(name, option)}(?![\\w-])`));
});

test.each(pages())(
  '$page has the tables that src/options makes: npx tsx scripts/option-tables.ts',
  ({ stands, ought }) => {
    expect(stands).toBe(ought);
  },
);
