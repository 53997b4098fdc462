// S-expressions as solvers print them, and the numbers among them.

import { nth } from '../base/invariant.js';
import type { Rational } from '../base/rational.js';
import { compare, negated, product, rational } from '../base/rational.js';

/** An atom, as it is written (with its bars or quotes), or a list. */
export type Sexpr = string | readonly Sexpr[];

const token = /\s+|;[^\n]*|([()])|(\|[^|]*\|)|("(?:[^"]|"")*")|([^\s()|";]+)/gy;

/** Everything in a text; what is not closed ends with it. */
export function readSexprs(text: string): readonly Sexpr[] {
  const whole: Sexpr[] = [];
  const open: Sexpr[][] = [];
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [read, bracket] = match;
    if (bracket === '(') open.push([]);
    else if (bracket === ')') {
      const closed = open.pop();
      if (closed) (open.at(-1) ?? whole).push(closed);
    } else if (match[2] ?? match[3] ?? match[4]) (open.at(-1) ?? whole).push(read);
  }
  return whole;
}

/**
 * The value of true (1), false (0), 7, 2.50, (- 5), (/ 1.0 3.0), (to_real 2) and what these
 * make up; undefined of all else.
 */
export function readValue(e: Sexpr): Rational | undefined {
  if (typeof e === 'string') {
    if (e === 'true' || e === 'false') return rational(e === 'true' ? 1n : 0n);
    const match = /^(\d+)(?:\.(\d+))?$/.exec(e);
    if (!match) return undefined;
    const digits = match[2] ?? '';
    return rational(BigInt(nth(match, 1) + digits), 10n ** BigInt(digits.length));
  }
  const [operator, ...operands] = e;
  const [a, b] = operands.map(readValue);
  if (!a) return undefined;
  if (operands.length === 1) return operator === '-' ? negated(a) : operator === 'to_real' ? a : undefined;
  if (operands.length !== 2 || operator !== '/' || !b || compare(b, rational(0n)) === 0) return undefined;
  const inverse = { numerator: b.denominator, denominator: b.numerator };
  return product(a, b.numerator < 0n ? { numerator: -inverse.numerator, denominator: -inverse.denominator } : inverse);
}
