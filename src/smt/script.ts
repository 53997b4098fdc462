// Questions to a solver of satisfiability modulo theories as plain data, and as the SMT-LIB 2.6
// text that every such solver reads.

import type { StopReason } from '../base/stop-reason.js';
import { got, nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import type { Rational } from '../base/rational.js';
import { exactly, rational } from '../base/rational.js';

export type Sort = 'Bool' | 'Int' | 'Real';

export type Term =
  | { readonly kind: 'number'; readonly value: Rational }
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'apply'; readonly operator: string; readonly operands: readonly Term[] };

export interface Assertion {
  readonly term: Term;
  /** A name that may appear in a core; without one it is background. */
  readonly name?: string;
  /** Printed as a comment above it. */
  readonly comment?: string;
}

export interface Declaration {
  readonly name: string;
  readonly sort: Sort;
}

export interface Script {
  /** Comment lines. */
  readonly title: readonly string[];
  readonly declarations: readonly Declaration[];
  readonly assertions: readonly Assertion[];
}

/** What a solver says of a script. */
export interface Verdict {
  readonly status: 'sat' | 'unsat' | 'unknown';
  /** Names of assertions, unsat only: together with the background they have no solution. */
  readonly core: readonly string[];
  /** Values of the declared constants, sat only; of a Bool 1 or 0. */
  readonly values: ReadonlyMap<string, Rational>;
  /** Why unknown; undefined otherwise. */
  readonly reason: StopReason | undefined;
  readonly seconds: number;
}

const apply = (operator: string, ...operands: readonly Term[]): Term => ({ kind: 'apply', operator, operands });
/** Operators of any arity: of one operand it is the operand, of none the neutral element. */
const fold = (operator: string, neutral: Term, operands: readonly Term[]): Term =>
  operands.length === 0 ? neutral : operands.length === 1 ? nth(operands, 0) : apply(operator, ...operands);

export function number(x: number | bigint | Rational): Term {
  return {
    kind: 'number',
    value:
      typeof x === 'number' ? exactly(x) : typeof x === 'bigint' ? rational(x) : rational(x.numerator, x.denominator),
  };
}
export const symbol = (name: string): Term => ({ kind: 'symbol', name });
export const sum = (...terms: readonly Term[]): Term => fold('+', number(0n), terms);
export const times = (a: Term, b: Term): Term => apply('*', a, b);
export const atMost = (a: Term, b: Term): Term => apply('<=', a, b);
export const atLeast = (a: Term, b: Term): Term => apply('>=', a, b);
export const less = (a: Term, b: Term): Term => apply('<', a, b);
export const equal = (a: Term, b: Term): Term => apply('=', a, b);
export const and = (...terms: readonly Term[]): Term => fold('and', apply('true'), terms);
export const or = (...terms: readonly Term[]): Term => fold('or', apply('false'), terms);
export const not = (a: Term): Term => apply('not', a);
export const implies = (a: Term, b: Term): Term => apply('=>', a, b);
export const ifThenElse = (condition: Term, a: Term, b: Term): Term => apply('ite', condition, a, b);

/** How the names of a script are written in its text, and back. */
export interface Spelling {
  /** Per declaration. */
  readonly constants: readonly string[];
  /** Per assertion; undefined of background. */
  readonly labels: readonly (string | undefined)[];
  readonly nameOf: ReadonlyMap<string, string>;
}

const reserved = new Set(
  (
    'BINARY DECIMAL HEXADECIMAL NUMERAL STRING _ ! as let exists forall match par and or not xor ite true false ' +
    'distinct abs div mod to_real to_int is_int'
  ).split(' '),
);

/** The same symbol with and without bars: what solvers print may lack the bars that were read. */
export const withoutBars = (text: string): string =>
  text.startsWith('|') && text.endsWith('|') && text.length > 1 ? text.slice(1, -1) : text;

/** Names in bars where they need them; one that is taken gets a number, for names share one space in SMT-LIB. */
export function spell(script: Script): Spelling {
  const nameOf = new Map<string, string>();
  const written = (name: string): string => {
    // Neither a bar nor a backslash may stand between bars.
    const plain = name.replace(/[|\\]/g, '/').replace(/\s+/g, ' ');
    let free = plain;
    for (let i = 2; nameOf.has(free); i++) free = `${plain} #${i}`;
    nameOf.set(free, name);
    return /^[A-Za-z_][A-Za-z0-9_.]*$/.test(free) && !reserved.has(free) ? free : `|${free}|`;
  };
  return {
    constants: script.declarations.map(({ name }) => written(name)),
    labels: script.assertions.map(({ name }) => (name === undefined ? undefined : written(name))),
    nameOf,
  };
}

interface Scope {
  readonly spelling: ReadonlyMap<string, string>;
  readonly sorts: ReadonlyMap<string, Sort>;
}

const comparisons = new Set(['<=', '>=', '<', '>', '=']);

/** Every whole number is an Int until something Real stands beside it. */
function sortOf(term: Term, scope: Scope): Sort {
  if (term.kind === 'number') return term.value.denominator === 1n ? 'Int' : 'Real';
  if (term.kind === 'symbol') {
    const sort = scope.sorts.get(term.name);
    invariant(sort !== undefined, `${term.name} is not declared`);
    return sort;
  }
  if (term.operator === '+' || term.operator === '*') return widest(term.operands, scope);
  return term.operator === 'ite' ? widest(term.operands.slice(1), scope) : 'Bool';
}
function widest(terms: readonly Term[], scope: Scope): Sort {
  const sorts = terms.map((t) => sortOf(t, scope));
  return sorts.find((s) => s === 'Real') ?? sorts[0] ?? 'Int';
}

/** SMT-LIB has no negative literals, and no fractions either. */
function printNumber({ numerator, denominator }: Rational, sort: Sort): string {
  const dot = sort === 'Real' ? '.0' : '';
  const size = numerator < 0n ? -numerator : numerator;
  const positive = denominator === 1n ? `${size}${dot}` : `(/ ${size}.0 ${denominator}.0)`;
  return numerator < 0n ? `(- ${positive})` : positive;
}

/** A term where a `wanted` is expected. The standard mixes no sorts: an Int beside a Real is converted. */
function printTerm(term: Term, wanted: Sort, scope: Scope): string {
  if (term.kind === 'number') return printNumber(term.value, wanted);
  if (term.kind === 'symbol') {
    const text = got(scope.spelling, term.name);
    return wanted === 'Real' && sortOf(term, scope) === 'Int' ? `(to_real ${text})` : text;
  }
  const { operator, operands } = term;
  if (operands.length === 0) return operator;
  const inner = comparisons.has(operator)
    ? widest(operands, scope)
    : operator === 'ite' || operator === '+' || operator === '*'
      ? wanted
      : 'Bool';
  return (
    `(${operator} ` +
    operands.map((o, i) => printTerm(o, operator === 'ite' && i === 0 ? 'Bool' : inner, scope)).join(' ') +
    ')'
  );
}

/** The narrowest logic the script is in. */
function logicOf(script: Script): string {
  const fixed = (t: Term): boolean => t.kind === 'number';
  const linear = (t: Term): boolean =>
    t.kind !== 'apply' || ((t.operator !== '*' || t.operands.some(fixed)) && t.operands.every(linear));
  if (!script.assertions.every(({ term }) => linear(term))) return 'ALL';
  const has = (sort: Sort) => script.declarations.some((d) => d.sort === sort);
  return has('Int') && has('Real') ? 'QF_LIRA' : has('Real') ? 'QF_LRA' : 'QF_LIA';
}

const commentLines = (text: string): string[] => text.split('\n').map((line) => `; ${line}`.trimEnd());

/** The text of a script; with `check` it also asks the question. */
export function printScript(script: Script, options: { readonly check: boolean }): string {
  const { constants, labels } = spell(script);
  const scope: Scope = {
    spelling: new Map(script.declarations.map(({ name }, i) => [name, nth(constants, i)])),
    sorts: new Map(script.declarations.map(({ name, sort }) => [name, sort])),
  };
  const lines = [
    ...script.title.flatMap(commentLines),
    '(set-option :produce-unsat-cores true)',
    '(set-option :produce-models true)',
    `(set-logic ${logicOf(script)})`,
  ];
  script.declarations.forEach(({ sort }, i) => lines.push(`(declare-const ${nth(constants, i)} ${sort})`));
  script.assertions.forEach(({ term, comment }, i) => {
    if (comment !== undefined) lines.push(...commentLines(comment));
    const text = printTerm(term, 'Bool', scope);
    lines.push(labels[i] === undefined ? `(assert ${text})` : `(assert (! ${text} :named ${labels[i]}))`);
  });
  if (options.check) lines.push('(check-sat)');
  return `${lines.join('\n')}\n`;
}
