// A verb on the command line, from its table: commander reads what is typed, and says what there is.

import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { Parsed } from '../base/diagnostics.js';
import { faultsOf } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import { brokenRules } from '../options/check-rules.js';
import { filesRead, filesWritten } from '../options/named-files.js';
import type * as table from '../options/option.js';
import { defaultText, isFlag, spellings, typed } from '../options/option.js';
import { checkTargets, complain } from './files.js';
import type { ExitCode, Io } from './io.js';
import type { StandardInput } from './stdin.js';

/** What a verb does with what it is given. */
type Act<A extends readonly table.Argument[], T extends table.OptionTable> = (
  given: table.ArgumentsOf<A>,
  options: table.Values<T>,
) => ExitCode | Promise<ExitCode>;

/** What a verb finds wrong with its question itself, so that all faults are told at once. */
type Check<A extends readonly table.Argument[], T extends table.OptionTable> = (
  given: table.ArgumentsOf<A>,
  options: table.Values<T>,
) => Parsed<unknown> | Promise<Parsed<unknown>>;

/** The command line that verbs are added to. */
export interface CommandLine {
  readonly program: Command;
  readonly io: Io;
  readonly input: StandardInput;
  readonly end: (code: ExitCode) => void;
}

export function addVerb<const A extends readonly table.Argument[], const T extends table.OptionTable>(
  { program, io, input, end }: CommandLine,
  verb: table.Verb<A, T>,
  act: Act<A, T>,
  check?: Check<A, T>,
): void {
  const command = program.command(verb.name).description(verb.summary);
  const understood: string[] = [];
  for (const { name, form, help } of verb.arguments) command.argument(argumentForms[form](name), help);
  for (const [name, option] of Object.entries(verb.options))
    for (const made of optionsOf(name, option, (line) => understood.push(line))) command.addOption(made);
  command.addHelpOption(new Option('-h, --help', 'print this').helpGroup(groups.run));
  command.addHelpText('after', afterHelp(verb)).action(async () => {
    for (const line of understood) io.err(`${line}\n`);
    const taken = input.take(command, verb);
    // Read by the types of the table, so these are its values.
    const given = command.processedArgs as unknown[] & table.ArgumentsOf<A>;
    const options = command.opts<table.Values<T>>();
    const names = verb.arguments.map(({ name }, i) => [name, given[i]] as const);
    const all = { ...options, ...Object.fromEntries(names) };
    const places = checkTargets(io, filesWritten(verb, all), filesRead(verb, all));
    const faults = [...faultsOf(taken), ...brokenRules(verb, all), ...faultsOf(places)];
    if (faults.length === 0) end(await act(given, options));
    else end(complain(io, [...faults, ...(check === undefined ? [] : faultsOf(await check(given, options)))]));
  });
}

const argumentForms: Readonly<Record<table.Argument['form'], (name: string) => string>> = {
  one: (name) => `<${name}>`,
  optional: (name) => `[${name}]`,
  some: (name) => `<${name}...>`,
  any: (name) => `[${name}...]`,
};

/** A flag that can be typed either way is two. */
function optionsOf(name: string, option: table.Option<unknown>, note: (line: string) => void): readonly Option[] {
  const made = optionOf(name, option, note);
  const others = spellings(name, option).slice(1);
  return [made, ...others.map((off) => new Option(off, `not ${typed(name, option)}`).helpGroup(groupOf(option)))];
}

/** `note`: hears how a plain number was understood. */
function optionOf(name: string, option: table.Option<unknown>, note: (line: string) => void): Option {
  const { short, type, help, placeholder = type.placeholder } = option;
  const letter = short === undefined ? '' : `-${short}, `;
  const flags = `${letter}${typed(name, option)}${isFlag(option) ? '' : ` <${placeholder}>`}`;
  const told = defaultText(option);
  const made = new Option(
    flags,
    option.default === undefined && told !== undefined ? `${help} (default: ${told})` : help,
  );
  made.helpGroup(groupOf(option));
  if (isFlag(option)) return made;
  if (option.default !== undefined) made.default(option.default, told);
  if (option.required) made.makeOptionMandatory();
  return made.argParser((text: string, before: unknown) => {
    const read = type.read(text, before);
    if (!read.ok) throw new InvalidArgumentError(sentence(nth(read.diagnostics, 0).message));
    const meaning = type.plain?.(text);
    if (meaning !== undefined) note(`note: ${typed(name, option)} ${text}: read as ${meaning}`);
    return read.value;
  });
}

const groups = { asked: 'What is asked:', written: 'What is written:', run: 'How it runs:' } as const;
const groupOf = ({ changesAnswer, file }: table.Option<unknown>): string =>
  changesAnswer ? groups.asked : file === undefined ? groups.run : groups.written;

const sentence = (message: string): string => {
  const text = message.replace(/^expected/, 'Expected');
  return message.startsWith('unknown') ? text : `${text}.`;
};

const afterHelp = ({ notes = [], examples }: table.AnyVerb): string =>
  [
    ...notes.map((note) => `\n${note}`),
    `\n${examples.length > 1 ? 'Examples' : 'Example'}:`,
    ...examples.map((example) => `  magnet ${example}`),
  ].join('\n');
