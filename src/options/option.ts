// What an option is, and what a verb of magnet can be asked for: data, from which the command line, its help, job
// files and recorded command lines are made.

import type { ValueType } from '../interchange/value-types.js';

export interface Option<T> {
  readonly type: ValueType<T>;
  readonly help: string;
  /** What holds where it is not given. A flag that holds by default is typed as `--no-NAME`. */
  readonly default?: T;
  /** The same in words, where it depends on something else. */
  readonly usually?: string;
  readonly required?: true;
  /** Of a flag: it can be typed as `--no-NAME` too, and where neither is, who asks decides. */
  readonly either?: true;
  /** A letter. */
  readonly short?: string;
  /** In place of the type's own. */
  readonly placeholder?: string;
  /** Then it is recorded with what comes of it; all else only says where results go and how work is done. */
  readonly changesAnswer: boolean;
  /** Why a job of a batch cannot have it, and the way out. */
  readonly notInBatch?: string;
  /** A value as it is typed; flags have none. */
  readonly example?: string;
  /**
   * Names a file that is read, where `-` is standard input; one that is written, where it is standard output; or a
   * folder to write into.
   */
  readonly file?: 'read' | 'written' | 'folder';
  /** Says something only together with this one. */
  readonly with?: string;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly form: 'one' | 'optional' | 'some' | 'any';
  readonly example: string;
  /** It is a file to write, so that `-` is not standard input. */
  readonly written?: true;
}

/** What cannot be asked for together, or says nothing alone. Arguments count as given by their names. */
export type Rule<K extends string> = {
  readonly options: readonly K[];
  /** Only this value of theirs. */
  readonly value?: string;
  readonly code?: string;
  /** `given`: those of the options that are at fault, as they are typed. */
  readonly message: (given: string) => string;
} & ({ readonly conflicts: string } | { readonly needs: K });

export interface Verb<A extends readonly Argument[], T extends OptionTable> {
  readonly name: string;
  readonly summary: string;
  readonly arguments: A;
  /** The most important first; the fields of a job are swept in this order. */
  readonly options: T;
  readonly rules?: readonly Rule<string>[];
  /** What else help says. */
  readonly notes?: readonly string[];
  /** Command lines without `magnet`. */
  readonly examples: readonly string[];
  /** The field of a job that holds what is given as argument, of a verb that a batch can do. */
  readonly job?: string;
}

export type AnyVerb = Verb<readonly Argument[], OptionTable>;

export const defineVerb = <const A extends readonly Argument[], const T extends OptionTable>(
  verb: Verb<A, T> & { readonly rules?: readonly Rule<NoInfer<keyof T & string>>[] },
): Verb<A, T> => verb;

type ValueOf<O> = O extends { readonly type: ValueType<infer T> } ? T : never;
type Sure<T extends OptionTable> = {
  [K in keyof T]: T[K] extends { readonly default: unknown } | { readonly required: true } ? K : never;
}[keyof T];

/** What a verb is called with: options without a default may be absent. */
export type Values<T extends OptionTable> = { readonly [K in Sure<T>]: ValueOf<T[K]> } & {
  readonly [K in Exclude<keyof T, Sure<T>>]?: ValueOf<T[K]>;
};
export type OptionsOf<V> = V extends { readonly options: infer T extends OptionTable } ? Values<T> : never;

interface Forms {
  readonly one: string;
  readonly optional: string | undefined;
  readonly some: readonly string[];
  readonly any: readonly string[];
}
export type ArgumentsOf<A extends readonly Argument[]> = { readonly [I in keyof A]: Forms[A[I]['form']] };

/** `timeLimit` is typed as `--time-limit`. */
export const dashed = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** As it is typed without its value: `--time-limit`, `--no-padding`. */
export const typed = (name: string, option: Option<unknown> | undefined): string =>
  `--${option !== undefined && isOff(option) ? 'no-' : ''}${dashed(name)}`;

/**
 * A sentence that speaks of options, for who gives them by other names: `named` puts one in place of `--time-limit` by `timeLimit`, and
 * of what stands for its value behind it, ` FILE`; undefined leaves both as they are.
 */
export const optionsNamed = (
  sentence: string,
  named: (option: string, placeholder: string) => string | undefined,
): string =>
  sentence.replace(
    /(?<![\w-])--([a-z][a-z-]*)( [A-Z]+\b)?/g,
    (all: string, name: string, placeholder = '') =>
      named(
        name.replace(/-([a-z])/g, (_, c: string) => c.toUpperCase()),
        placeholder as string,
      ) ?? all,
  );

export const isFlag = ({ type }: Option<unknown>): boolean => type.placeholder === undefined;
/** A flag that holds by default: typing it turns it off. */
const isOff = (option: Option<unknown>): boolean => isFlag(option) && option.default === true;

/** All that it can be typed as, but for its letter. */
export const spellings = (name: string, option: Option<unknown>): readonly string[] => [
  typed(name, option),
  ...(option.either ? [`--no-${dashed(name)}`] : []),
];

/** As it is typed with its value, a list of words each time; empty where it says no more than its absence. */
export function words(name: string, option: Option<unknown>, value: unknown): readonly string[] {
  if (option.either && value === false) return spellings(name, option).slice(1);
  if (value === undefined || (isFlag(option) && value === (option.default ?? false))) return [];
  return isFlag(option) ? [typed(name, option)] : option.type.print(value).flatMap((v) => [typed(name, option), v]);
}

/** `--gap 1%`, `--no-padding`. */
export const exampleText = (name: string, option: Option<unknown>): string =>
  [typed(name, option), ...(option.example === undefined ? [] : [option.example])].join(' ');

/** The default as it is typed or told; undefined where absence means absence. */
export function defaultText({ type, usually, default: value }: Option<unknown>): string | undefined {
  if (usually !== undefined) return usually;
  return value === undefined || type.placeholder === undefined ? undefined : type.print(value).join(' ');
}
