// Scripts as text: the very text that solvers get, and what they print read back.

import { describe, expect, test } from 'vitest';
import { rational } from '../../src/base/rational.js';
import type { Script } from '../../src/smt/script.js';
import {
  and,
  atLeast,
  atMost,
  equal,
  ifThenElse,
  implies,
  less,
  not,
  number,
  or,
  printScript,
  spell,
  sum,
  symbol,
  times,
} from '../../src/smt/script.js';
import { readSexprs, readValue } from '../../src/smt/sexpr.js';

const script: Script = {
  title: ['Of everything', 'one'],
  declarations: [
    { name: 'n', sort: 'Int' },
    { name: 'x|y', sort: 'Real' },
    { name: 'let', sort: 'Bool' },
  ],
  assertions: [
    { term: atLeast(symbol('n'), number(-3)) },
    {
      name: 'limit latency',
      comment: 'latency is at most 5\nin cycles',
      term: atMost(sum(symbol('n'), times(number(rational(1n, 3n)), symbol('x|y'))), number(0.75)),
    },
    { name: 'limit latency', term: implies(symbol('let'), and(less(symbol('n'), number(2n ** 70n)), not(or()))) },
    { name: 'n', term: equal(symbol('x|y'), ifThenElse(symbol('let'), symbol('n'), number(rational(-7n, 2n)))) },
    { term: atMost(sum(), times(number(2), symbol('n'))) },
    { term: and() },
  ],
};

describe('a script', () => {
  test('is SMT-LIB 2.6: sorts converted, numbers exact, names in bars and each once', () => {
    expect(printScript(script, { check: true })).toBe(`; Of everything
; one
(set-option :produce-unsat-cores true)
(set-option :produce-models true)
(set-logic QF_LIRA)
(declare-const n Int)
(declare-const |x/y| Real)
(declare-const |let| Bool)
(assert (>= n (- 3)))
; latency is at most 5
; in cycles
(assert (! (<= (+ (to_real n) (* (/ 1.0 3.0) |x/y|)) (/ 3.0 4.0)) :named |limit latency|))
(assert (! (=> |let| (and (< n 1180591620717411303424) (not false))) :named |limit latency #2|))
(assert (! (= |x/y| (ite |let| (to_real n) (- (/ 7.0 2.0)))) :named |n #2|))
(assert (<= 0 (* 2 n)))
(assert true)
(check-sat)
`);
    expect(spell(script).nameOf.get('limit latency #2')).toBe('limit latency');
  });

  test('says the narrowest logic, and asks only when told to', () => {
    const logic = (declarations: Script['declarations'], term = atLeast(symbol('a'), number(0))) =>
      /set-logic (\w+)/.exec(printScript({ title: [], declarations, assertions: [{ term }] }, { check: false }))![1];
    expect(logic([{ name: 'a', sort: 'Int' }])).toBe('QF_LIA');
    expect(logic([{ name: 'a', sort: 'Real' }])).toBe('QF_LRA');
    expect(logic([{ name: 'a', sort: 'Int' }], atLeast(times(symbol('a'), symbol('a')), number(2)))).toBe('ALL');
    expect(printScript(script, { check: false })).not.toContain('check-sat');
  });

  test('does not print what is not declared', () => {
    expect(() =>
      printScript(
        { title: [], declarations: [], assertions: [{ term: atLeast(symbol('z'), number(0)) }] },
        { check: true },
      ),
    ).toThrow('z is not declared');
  });
});

describe('what solvers print', () => {
  test('is read as atoms and lists', () => {
    expect(readSexprs('sat\n((|a (b| 1) ; not this )\n (c "x ""y"" )"))')).toEqual([
      'sat',
      [
        ['|a (b|', '1'],
        ['c', '"x ""y"" )"'],
      ],
    ]);
    expect(readSexprs(') ((a) b')).toEqual([]);
  });

  test.each([
    ['7', 7n, 1n],
    ['0.0', 0n, 1n],
    ['2.50', 5n, 2n],
    ['(- 5)', -5n, 1n],
    ['(/ 1.0 3.0)', 1n, 3n],
    ['(- (/ 1 3))', -1n, 3n],
    ['(/ (- 6) 4)', -3n, 2n],
    ['(/ 1 (- 2))', -1n, 2n],
    ['(to_real 3)', 3n, 1n],
    ['(- (to_real 3))', -3n, 1n],
    ['true', 1n, 1n],
    ['false', 0n, 1n],
    ['123456789012345678901234567890', 123456789012345678901234567890n, 1n],
  ])('%s is a value', (text, numerator, denominator) => {
    const { numerator: n, denominator: d } = readValue(readSexprs(text)[0]!)!;
    expect({ n: n * denominator, d: d > 0n }).toEqual({ n: numerator * d, d: true });
  });

  test.each(['1.5?', '(root-obj (+ (^ x 2) (- 2)) 2)', '(/ 1 0)', '(+ 1 2)', 'x', '()', '(- x)'])(
    '%s is none',
    (text) => {
      expect(readValue(readSexprs(text)[0]!)).toBeUndefined();
    },
  );
});
