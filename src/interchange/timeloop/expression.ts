// Arithmetic in Timeloop's v0.4 files, as its front end has it from Python: numbers, names, operators, a few functions.

import { roundToEven } from '../../base/integers.js';
import { defined, entry } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { nearest } from '../../base/text.js';

/** What names stand for: numbers, or text that no arithmetic can be done with. */
export type Scope = ReadonlyMap<string, unknown>;

const functions: Readonly<Record<string, (...xs: number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  exp: Math.exp,
  float: (x) => x,
  floor: Math.floor,
  int: Math.trunc,
  log: (x, base = Math.E) => (base === Math.E ? Math.log(x) : Math.log(x) / Math.log(base)),
  log10: Math.log10,
  log2: Math.log2,
  max: Math.max,
  min: Math.min,
  pow: Math.pow,
  round: roundToEven,
  sqrt: Math.sqrt,
};
const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, inf: Infinity, True: 1, False: 0 };

/** By how tightly they bind, from the loosest; `**` and signs are read apart. */
const levels: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  {
    '<': (a, b) => Number(a < b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  // The remainder has the sign of the divisor.
  {
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '//': (a, b) => Math.floor(a / b),
    '%': (a, b) => a - b * Math.floor(a / b),
  },
];
const token =
  /\s*(?:(\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|\/\/|[<>=!]=|[-+*/%()<>,]))/y;
/** Deeper than anybody writes, and no stack overflows. */
const longest = 1000;

class Unreadable extends Error {}
const fail = (why: string): never => {
  throw new Unreadable(why);
};

/** The number that an expression comes to, or why there is none. */
export function evaluateExpression(text: string, scope: Scope): Parsed<number> {
  try {
    const value = read(tokensOf(text), scope);
    return Number.isNaN(value) ? refuse('invalid-value', [], 'comes to no number') : parsed(value);
  } catch (error) {
    if (error instanceof Unreadable) return refuse('invalid-value', [], error.message);
    throw error;
  }
}

function tokensOf(text: string): string[] {
  if (/\{\{|\{%/.test(text)) fail('is a Jinja template; let timeloopfe render it, or write the number');
  if (text.length > longest) fail(`is longer than ${longest} characters`);
  const found: string[] = [];
  for (token.lastIndex = 0; text.slice(token.lastIndex).trim() !== '';) {
    const at = token.lastIndex;
    const match =
      token.exec(text) ??
      fail(
        `cannot be read at "${text.slice(at).trim()}"; expected numbers, names, + - * / // % **, ` +
          `parentheses and ${Object.keys(functions).join(', ')}`,
      );
    found.push(defined(match[1]?.replaceAll('_', '') ?? match[2] ?? match[3]));
  }
  return found;
}

/** Recursive descent over the levels; one token is looked ahead. */
function read(tokens: readonly string[], scope: Scope): number {
  let at = 0;
  const next = (...expected: readonly string[]) => (expected.includes(tokens[at] ?? '') ? tokens[at++] : undefined);
  const need = (what: string): void => {
    if (next(what) !== undefined) return;
    const before = tokens[at] === undefined ? ' at its end' : ` before "${tokens[at]}"`;
    fail(`lacks ${what === 'else' ? '"else"' : `a "${what}"`}${before}`);
  };
  const value = conditional();
  if (at < tokens.length) fail(`has "${tokens[at]}" where it should end`);
  return value;

  function conditional(): number {
    const yes = operators(0);
    if (!next('if')) return yes;
    const asked = operators(0);
    need('else');
    const no = conditional();
    return asked !== 0 ? yes : no;
  }

  function operators(level: number): number {
    const own = levels[level];
    if (!own) return signed();
    let left = operators(level + 1);
    for (let op = next(...Object.keys(own)); op !== undefined; op = next(...Object.keys(own)))
      left = entry(own, op)(left, operators(level + 1));
    return left;
  }

  function signed(): number {
    const sign = next('+', '-');
    if (sign !== undefined) return sign === '-' ? -signed() : signed();
    const base = primary();
    return next('**') ? base ** signed() : base;
  }

  function primary(): number {
    const t = tokens[at++] ?? fail('ends too soon');
    if (/^[\d.]/.test(t)) return Number(t);
    if (t === '(') {
      const inner = conditional();
      need(')');
      return inner;
    }
    if (!/^[A-Za-z_]/.test(t)) fail(`has "${t}" where a number or a name should stand`);
    return next('(') ? call(t) : named(t);
  }

  function call(name: string): number {
    const f = Object.hasOwn(functions, name)
      ? entry(functions, name)
      : fail(`calls ${name}, which is not read; functions are ${Object.keys(functions).join(', ')}`);
    const given: number[] = [];
    while (!next(')')) {
      if (given.length > 0) need(',');
      given.push(conditional());
    }
    return given.length > 0 ? f(...given) : fail(`calls ${name} without an argument`);
  }

  function named(name: string): number {
    const own = scope.get(name) ?? (Object.hasOwn(constants, name) ? constants[name] : undefined);
    if (typeof own === 'number') return own;
    if (own !== undefined) fail(`has ${name}, which is ${JSON.stringify(own)} and no number`);
    const near = nearest(name, [...scope.keys()]);
    return fail(
      `has ${name}, which is not defined; ` +
        (near === undefined ? 'give it under "variables"' : `did you mean ${near}?`),
    );
  }
}
