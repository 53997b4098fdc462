// Z3 in this thread: verdicts, values, cores, time, and what is left after trouble.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rational } from '../../src/base/rational.js';
import type { Script, Term } from '../../src/smt/script.js';
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
  sum,
  symbol,
  times,
} from '../../src/smt/script.js';
import { solveScript } from '../../src/smt/z3.js';
import { pigeons } from '../support/scripts.js';

const seconds = 20;
const x = symbol('x');
const script = (
  declarations: Record<string, 'Int' | 'Real' | 'Bool'>,
  ...assertions: (Term | [string, Term])[]
): Script => ({
  title: [],
  declarations: Object.entries(declarations).map(([name, sort]) => ({ name, sort })),
  assertions: assertions.map((a) => (Array.isArray(a) ? { name: a[0], term: a[1] } : { term: a })),
});

describe('Z3', () => {
  test('gives values of every sort', async () => {
    const { status, values, core, reason } = await solveScript(
      script(
        { x: 'Int', 'y z': 'Real', b: 'Bool' },
        equal(x, number(-5)),
        equal(times(number(3), symbol('y z')), number(-1)),
        symbol('b'),
      ),
      { seconds },
    );
    expect({ status, core, reason }).toEqual({ status: 'sat', core: [], reason: undefined });
    expect([...values]).toEqual([
      ['x', rational(-5n)],
      ['y z', rational(-1n, 3n)],
      ['b', rational(1n)],
    ]);
  });

  test('names the assertions of a core, in the order of the script, two of one name once each', async () => {
    const found = await solveScript(
      script(
        { x: 'Int' },
        ['at (least) |10|', atLeast(x, number(10))],
        ['idle', atLeast(x, number(0))],
        ['max', less(x, number(7))],
        ['idle', atMost(x, number(99))],
      ),
      { seconds },
    );
    expect(found).toMatchObject({ status: 'unsat', core: ['at (least) |10|', 'max'] });
    expect(
      await solveScript(script({ x: 'Int' }, atLeast(x, number(10)), ['max', less(x, number(7))]), { seconds }),
    ).toMatchObject({ status: 'unsat', core: ['max'] });
  });

  test('reads text, with and without its question', async () => {
    const text = '(declare-const |a b| Int)(declare-fun c () Real)(assert (= |a b| 3))(assert (= c 2.5))';
    for (const asked of [text, `${text}(check-sat)`])
      expect([...(await solveScript(asked, { seconds })).values]).toEqual([
        ['a b', rational(3n)],
        ['c', rational(5n, 2n)],
      ]);
    expect(
      await solveScript('(set-option :produce-unsat-cores true)(assert (! false :named |no way|))', { seconds }),
    ).toMatchObject({ status: 'unsat', core: ['no way'] });
  });

  test('stops at its time and says so; the next question has its own time', { timeout: 60_000 }, async () => {
    const found = await solveScript(pigeons(12), { seconds: 1 });
    expect(found).toMatchObject({ status: 'unknown', reason: { kind: 'time-limit' } });
    expect(found.seconds).toBeGreaterThan(0.9);
    expect(found.seconds).toBeLessThan(5);
    expect((await solveScript(pigeons(4), { seconds })).status).toBe('unsat');
  });

  test('faults are unknowns in words, and the next question works', async () => {
    expect(await solveScript('(declare-const x Foo)', { seconds })).toMatchObject({
      status: 'unknown',
      reason: { kind: 'failed', message: expect.stringContaining("unknown sort 'Foo'") },
    });
    expect(await solveScript('(assert', { seconds })).toMatchObject({ status: 'unknown' });
    expect(await solveScript('(exit)', { seconds })).toMatchObject({
      status: 'unknown',
      reason: { kind: 'failed', message: 'Z3 gave no answer' },
    });
    expect((await solveScript(script({ x: 'Int' }, atLeast(x, number(1))), { seconds })).status).toBe('sat');
  });

  test('a crash is an unknown, and the next question works', { timeout: 60_000 }, async () => {
    // Deeper than any stack.
    const deep = 3_000_000;
    expect(
      await solveScript(`(declare-const x Bool)(assert ${'(or x '.repeat(deep)}x${')'.repeat(deep)})`, { seconds }),
    ).toMatchObject({ status: 'unknown', reason: { kind: 'failed', message: expect.stringContaining('Z3 crashed') } });
    expect((await solveScript(script({ x: 'Int' }, atLeast(x, number(1))), { seconds })).status).toBe('sat');
  });
});

describe('small scripts', () => {
  const names = ['p', 'q', 'r'];
  const [low, high] = [-2, 3];
  const literal = fc.integer({ min: -3, max: 3 }).map((n) => number(n));
  const { term, formula } = fc.letrec<{ term: Term; formula: Term }>((tie) => ({
    term: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(...names).map(symbol),
      literal,
      fc.tuple(tie('term'), tie('term')).map(([a, b]) => sum(a, b)),
      fc.tuple(literal, tie('term')).map(([a, b]) => times(a, b)),
      fc.tuple(tie('formula'), tie('term'), tie('term')).map(([c, a, b]) => ifThenElse(c, a, b)),
    ),
    formula: fc.oneof(
      { maxDepth: 3 },
      fc
        .tuple(fc.constantFrom(atMost, atLeast, less, equal), tie('term'), tie('term'))
        .map(([make, a, b]) => make(a, b)),
      fc.tuple(fc.constantFrom(and, or, implies), tie('formula'), tie('formula')).map(([make, a, b]) => make(a, b)),
      tie('formula').map(not),
    ),
  }));
  void term;

  /** Straight from the meaning of the operators. */
  function value(t: Term, at: ReadonlyMap<string, number>): number {
    if (t.kind === 'number') return Number(t.value.numerator) / Number(t.value.denominator);
    if (t.kind === 'symbol') return at.get(t.name)!;
    const [a, b, c] = t.operands.map((o) => value(o, at)) as [number, number, number];
    const of: Record<string, () => number | boolean> = {
      '+': () => a + b,
      '*': () => a * b,
      '<=': () => a <= b,
      '>=': () => a >= b,
      '<': () => a < b,
      '=': () => a === b,
      and: () => a && b,
      or: () => a || b,
      not: () => !a,
      '=>': () => !a || b,
      ite: () => (a ? b : c),
    };
    return Number(of[t.operator]!());
  }

  test('are answered as looking at every point answers', { timeout: 120_000 }, async () => {
    const points = [low, -1, 0, 1, 2, high].flatMap((p) =>
      [low, -1, 0, 1, 2, high].flatMap((q) =>
        [low, -1, 0, 1, 2, high].map(
          (r) =>
            new Map([
              ['p', p],
              ['q', q],
              ['r', r],
            ]),
        ),
      ),
    );
    const range = names.flatMap((n) => [atLeast(symbol(n), number(low)), atMost(symbol(n), number(high))]);
    const seen = { sat: 0, unsat: 0, unknown: 0 };
    for (const formulas of fc.sample(fc.array(formula, { minLength: 2, maxLength: 5 }), { seed: 5, numRuns: 150 })) {
      const asked = script(
        { p: 'Int', q: 'Int', r: 'Int' },
        ...range,
        ...formulas.map((f, i): [string, Term] => [`f${i}`, f]),
      );
      const { status, values, core } = await solveScript(asked, { seconds });
      seen[status]++;
      const holds = (at: ReadonlyMap<string, number>, only = formulas) => only.every((f) => value(f, at) === 1);
      expect(status).toBe(points.some((at) => holds(at)) ? 'sat' : 'unsat');
      if (status === 'sat') expect(holds(new Map([...values].map(([n, v]) => [n, Number(v.numerator)])))).toBe(true);
      else
        expect(
          points.some((at) =>
            holds(
              at,
              core.map((n) => formulas[Number(n.slice(1))]!),
            ),
          ),
        ).toBe(false);
    }
    expect(seen.sat).toBeGreaterThan(20);
    expect(seen.unsat).toBeGreaterThan(20);
  });
});
