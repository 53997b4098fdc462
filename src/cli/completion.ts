// What can stand where on a command line, and how bash, zsh and fish are told, from the tables of options.

import { jsonSchemaOf } from '../interchange/json-schema.js';
import { machineryName, presets } from '../model/machine/presets.js';
import { spaces } from '../model/space/built-in-spaces.js';
import type { Shell } from '../options/completion-table.js';
import { shells } from '../options/completion-table.js';
import type { AnyVerb, Argument, Option } from '../options/option.js';
import { isFlag, spellings } from '../options/option.js';
import { verbs } from '../options/verbs.js';
import { builtinNetworks } from '../workloads/builtin-networks.js';
import { fileSchemas } from './file-schemas.js';
import { packagedNames } from './packaged.js';

/** What can stand in a place: words, and files where there are such. */
interface Place {
  readonly words: readonly string[];
  readonly files: boolean;
}

interface Flag {
  readonly spellings: readonly string[];
  readonly help: string;
  /** Undefined where no value follows. */
  readonly value: Place | undefined;
}

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly place: Place;
  readonly flags: readonly Flag[];
}

const networks = [...builtinNetworks.map((n) => n.name), ...packagedNames];
/** By the name of an argument or an option. */
const named: Readonly<Record<string, readonly string[]>> = {
  network: networks,
  workload: networks,
  arch: presets.map(machineryName),
  space: spaces.map((s) => s.name),
  format: fileSchemas.map((f) => f.name),
  shell: shells,
};
/** Nothing but these words. */
const closed: readonly string[] = ['format', 'shell'];

const argumentPlace = ({ name }: Argument): Place => ({ words: named[name] ?? [], files: !closed.includes(name) });

const namesIn = ({ type }: Option<unknown>): readonly string[] => {
  const { enum: names } = jsonSchemaOf(type.schema) as { readonly enum?: readonly string[] };
  return names ?? [];
};

const flagOf = (name: string, option: Option<unknown>): Flag => ({
  spellings: [...spellings(name, option), ...(option.short === undefined ? [] : [`-${option.short}`])],
  help: option.help,
  value: isFlag(option)
    ? undefined
    : { words: [...(named[name] ?? []), ...namesIn(option)], files: option.file !== undefined },
});

const completed = ({ name, summary, arguments: [argument], options }: AnyVerb): Completed => ({
  name,
  summary,
  place: argument ? argumentPlace(argument) : { words: [], files: false },
  flags: [
    ...Object.entries(options).map(([key, option]) => flagOf(key, option)),
    { spellings: ['--help', '-h'], help: 'display help', value: undefined },
  ],
});

const spelled = ({ flags }: Completed) => flags.flatMap((f) => f.spellings);
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const bashCase = (verb: Completed): readonly string[] => [
  `    ${verb.name})`,
  '      case $before in',
  ...verb.flags.flatMap(({ spellings, value }) =>
    value
      ? [`        ${spellings.join(' | ')}) words=${quoted(value.words.join(' '))} files=${Number(value.files)} ;;`]
      : [],
  ),
  `        *) words=${quoted(verb.place.words.join(' '))} files=${Number(verb.place.files)} flags=${quoted(spelled(verb).join(' '))} ;;`,
  '      esac ;;',
];

const bash = (all: readonly Completed[]): string => `# Completion of magnet for bash: magnet completion bash
_magnet() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words='' files=0 flags=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W ${quoted(all.map((v) => v.name).join(' '))} -- "$current")
    return
  fi
  case \${COMP_WORDS[1]} in
${all.flatMap(bashCase).join('\n')}
  esac
  if [[ $current == -* ]]; then words=$flags files=0; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; [ $files -eq 1 ] && compgen -f -- "$current")
  [ $files -eq 1 ] && compopt -o filenames
}
complete -F _magnet magnet
`;

/** In brackets of zsh, and between colons. */
const zshText = (text: string): string => text.replaceAll(/([[\]:\\])/g, '\\$1');
const zshPlace = ({ words, files }: Place): string =>
  files && words.length > 0
    ? `{_alternative "names:name:(${words.join(' ')})" "files:file:_files"}`
    : files
      ? '_files'
      : `(${words.join(' ')})`;
const zshFlag = ({ spellings, help, value }: Flag): readonly string[] =>
  spellings.map((s) => `      ${quoted(`*${s}[${zshText(help)}]${value ? `:value:${zshPlace(value)}` : ''}`)} \\`);

const zsh = (all: readonly Completed[]): string => `#compdef magnet
# Completion of magnet for zsh: magnet completion zsh > _magnet, in a folder of $fpath
_magnet() {
  local -a verbs
  verbs=(
${all.map(({ name, summary }) => `    ${quoted(`${name}:${zshText(summary)}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  case $words[2] in
${all
  .map((verb) =>
    [
      `    ${verb.name})`,
      '      shift words; (( CURRENT-- ))',
      '      _arguments \\',
      ...verb.flags.flatMap(zshFlag),
      `      ${quoted(`*:argument:${zshPlace(verb.place)}`)} ;;`,
    ].join('\n'),
  )
  .join('\n')}
  esac
}
_magnet "$@"
`;

const fishValue = ({ words, files }: Place): string =>
  `${files ? ' -r -F' : ' -x'}${words.length > 0 ? ` -a ${fishQuoted(words.join(' '))}` : ''}`;
const fishQuoted = (text: string): string => `'${text.replaceAll(/(['\\])/g, '\\$1')}'`;
const fishFlag = (verb: Completed, { spellings, help, value }: Flag): string => {
  const names = spellings.map((s) => (s.startsWith('--') ? ` -l ${s.slice(2)}` : ` -s ${s.slice(1)}`)).join('');
  return `complete -c magnet -n '__fish_seen_subcommand_from ${verb.name}'${names}${value ? fishValue(value) : ''} -d ${fishQuoted(help)}`;
};

const fish = (all: readonly Completed[]): string =>
  [
    '# Completion of magnet for fish: magnet completion fish > ~/.config/fish/completions/magnet.fish',
    ...all.map(
      ({ name, summary }) => `complete -c magnet -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(summary)}`,
    ),
    ...all.flatMap((verb) => [
      ...(verb.place.words.length > 0 || !verb.place.files
        ? [
            `complete -c magnet -n '__fish_seen_subcommand_from ${verb.name}' ${verb.place.files ? '-F' : '-f'}` +
              (verb.place.words.length > 0 ? ` -a ${fishQuoted(verb.place.words.join(' '))}` : ''),
          ]
        : []),
      ...verb.flags.map((flag) => fishFlag(verb, flag)),
    ]),
    '',
  ].join('\n');

const printers: Readonly<Record<Shell, (all: readonly Completed[]) => string>> = { bash, zsh, fish };

/** A script that the shell reads. */
export const completionScript = (shell: Shell): string => printers[shell](verbs.map(completed));
