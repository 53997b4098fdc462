// The page of the manual, in the language of man(7), from the tables of options.

import type { AnyVerb, Option } from './option.js';
import { defaultText, isFlag, spellings } from './option.js';
import { verbs } from './verbs.js';

/** As text: a backslash, a hyphen that is typed, and a dot or an apostrophe that would be a request. */
const text = (given: string): string =>
  given
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gm, '\\&');
const bold = (given: string): string => `\\fB${text(given)}\\fR`;

const argumentForms = { one: '%', optional: '[%]', some: '% ...', any: '[% ...]' } as const;
const usageOf = ({ name, arguments: given }: AnyVerb): string =>
  [
    bold(`magnet ${name}`),
    ...given.map((a) => text(argumentForms[a.form].replace('%', a.name))),
    '[\\fIoptions\\fR]',
  ].join(' ');

function optionLines([name, option]: readonly [string, Option<unknown>]): readonly string[] {
  const value = isFlag(option) ? '' : ` \\fI${text(option.placeholder ?? option.type.placeholder ?? '')}\\fR`;
  const short = option.short === undefined ? '' : `, ${bold(`-${option.short}`)}`;
  const told = option.required ? 'must be given' : defaultText(option);
  return [
    '.TP',
    `${spellings(name, option).map(bold).join(', ')}${short}${value}`,
    text(`${option.help}${told ? ` (default: ${told})` : ''}`),
  ];
}

const verbLines = (verb: AnyVerb): readonly string[] => [
  `.SS ${verb.name}`,
  usageOf(verb),
  '.PP',
  text(`${verb.summary}.`),
  ...verb.arguments.flatMap((a) => ['.TP', `\\fI${text(a.name)}\\fR`, text(a.help)]),
  ...Object.entries(verb.options).flatMap(optionLines),
  '.PP',
  'Examples:',
  '.PP',
  '.nf',
  ...verb.examples.map((example) => `  ${text(`magnet ${example}`)}`),
  '.fi',
];

export const manualPage = (): string =>
  [
    '.TH MAGNET 1 "" "magnet" "User Commands"',
    '.SH NAME',
    text('magnet - optimal mappings of neural networks on accelerators, proven; and the accelerators, in Verilog'),
    '.SH SYNOPSIS',
    '\\fBmagnet\\fR \\fIverb\\fR [\\fIarguments\\fR] [\\fIoptions\\fR]',
    '.SH VERBS',
    ...verbs.flatMap(verbLines),
    '.SH EXIT STATUS',
    ...[
      ['0', 'done, proved, feasible'],
      ['1', 'infeasible'],
      ['2', 'unsettled: the time ran out, or a gap remains'],
      ['3', 'bad input or usage'],
      ['4', 'a bug in magnet'],
      ['130', 'interrupted'],
    ].flatMap(([code = '', meaning = '']) => ['.TP', code, text(meaning)]),
    '.SH SEE ALSO',
    text('docs/commands.md of the package has every verb at length; "magnet schemas" the formats of files.'),
    '',
  ].join('\n');
