// The checker alone: it accepts what is proven, and nothing that was tampered with.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highsOracle } from '../../../src/milp/linear-highs.js';
import { combine, zero } from '../../../src/program/linear.js';
import type { Program } from '../../../src/program/program.js';
import { ProgramBuilder, convex } from '../../../src/program/program.js';
import type { Branch, Certificate, Proof } from '../../../src/smt/certify/certificate.js';
import { check } from '../../../src/smt/certify/check.js';
import { search } from '../../../src/smt/certify/certificate-search.js';
import { ExactRelaxation, ofUnits } from '../../../src/smt/exact-rows.js';

/** Minimise 1/x + 1/y over whole powers of 2 whose product is at most 2^5: 2^-2 + 2^-3, at (2, 3) and (3, 2); 2 x 2^-2.5 in between. */
function program(): Program {
  const b = new ProgramBuilder();
  const [x, y] = [b.variable('x', 0, 5, true), b.variable('y', 0, 5, true)];
  b.atMost(
    'together',
    combine([
      [Math.log(2), x],
      [Math.log(2), y],
    ]),
    Math.log(32.5),
  );
  const inverse = (v: typeof x) => ({ coefficient: 1, exponent: combine([[-Math.log(2), v]]), unless: undefined });
  return b.build(convex(zero, [inverse(x), inverse(y)]));
}
const min = 0.375;
const how = { scale: min, max: 1 };

async function certificate(target: number): Promise<Certificate> {
  const found = await search(new ExactRelaxation(program(), how), highsOracle, {
    target,
    deadline: Infinity,
    now: () => 0,
    maxNodes: Infinity,
    judge: () => Infinity,
    decisions: undefined,
  });
  expect(found.end).toBe('proven');
  return found.certificate;
}

function provenOf({ tangents, root }: Certificate): number {
  const fresh = new ExactRelaxation(program(), how);
  for (const { term, slope } of tangents) fresh.addTangent(term, slope);
  const { proven } = check(fresh, root, undefined);
  return proven === undefined ? -Infinity : proven === 'empty' ? Infinity : ofUnits(proven);
}

/** All trees that differ from one in one place. */
function variants(branch: Branch, change: (b: Branch) => readonly Branch[]): readonly Branch[] {
  if (branch.kind !== 'split') return change(branch);
  const { split } = branch;
  return [
    ...change(branch),
    ...variants(split.below, change).map((below): Branch => ({ kind: 'split', split: { ...split, below } })),
    ...variants(split.above, change).map((above): Branch => ({ kind: 'split', split: { ...split, above } })),
  ];
}

const target = 0.99;
const leafOf = (proof: Proof, multipliers: Float64Array): Branch => ({
  kind: 'leaf',
  proof: { ...proof, multipliers },
});

describe('the checker', () => {
  test('accepts a proof of what is true, and what it accepts is not above it', async () => {
    const proven = provenOf(await certificate(target));
    expect(proven).toBeGreaterThanOrEqual(target);
    expect(proven).toBeLessThanOrEqual(1);
  });

  test('a tree that leaves half of a box out proves less', async () => {
    const { tangents, root } = await certificate(target);
    expect(root.kind).toBe('split');
    const halves = variants(root, (b) => (b.kind === 'split' ? [b.split.below, b.split.above] : []));
    expect(halves.length).toBeGreaterThan(1);
    // A half has the proofs of its own box, which do not hold in the whole one.
    for (const half of halves) expect(provenOf({ tangents, root: half })).toBeLessThan(target);
  });

  test('a split that is moved, or of a column that takes any value, proves less', async () => {
    const { tangents, root } = await certificate(target);
    const moved = variants(root, (b) =>
      b.kind === 'split'
        ? [2, -2].map((by): Branch => ({ kind: 'split', split: { ...b.split, at: b.split.at + by } }))
        : [],
    );
    for (const tree of moved) expect(provenOf({ tangents, root: tree })).toBeLessThan(target);
    // t and w columns are continuous: between 0 and 1 there is something.
    const continuous = variants(root, (b) =>
      b.kind === 'split' ? [{ kind: 'split', split: { ...b.split, column: 2 } }] : [],
    );
    for (const tree of continuous) expect(provenOf({ tangents, root: tree })).toBe(-Infinity);
  });

  test('multipliers of the wrong sign or size prove less', async () => {
    const { tangents, root } = await certificate(target);
    const wrong = (f: (y: number) => number) =>
      variants(root, (b) => (b.kind === 'leaf' ? [leafOf(b.proof, b.proof.multipliers.map(f))] : []));
    for (const tree of [(y: number) => -y, () => 0].flatMap(wrong))
      expect(provenOf({ tangents, root: tree })).toBeLessThan(target);
    // Some leaves have more to spare than others; proofs of emptiness are as good at any length.
    for (const tree of [(y: number) => y / 2, (y: number) => 100 * y].flatMap(wrong))
      expect(provenOf({ tangents, root: tree })).toBeLessThanOrEqual(1);
    for (const tree of wrong(() => NaN)) expect(provenOf({ tangents, root: tree })).toBe(-Infinity);
  });

  test('a proof of emptiness does not hold where there is something', async () => {
    const { tangents, root } = await certificate(target);
    const emptied = variants(root, (b) =>
      b.kind === 'leaf' && b.proof.of === 'bound' ? [{ kind: 'leaf', proof: { ...b.proof, of: 'empty' } }] : [],
    );
    for (const tree of emptied) expect(provenOf({ tangents, root: tree })).toBe(-Infinity);
  });

  test('a leaf of one choice needs the cost model, and a box that holds one', () => {
    const relaxation = new ExactRelaxation(program(), how);
    const choices = { decisions: [0, 1], judge: (x: Float64Array) => (2 ** -x[0]! + 2 ** -x[1]!) / min };
    expect(check(relaxation, { kind: 'choice' }, choices).proven).toBeUndefined();
    expect(check(relaxation, { kind: 'choice' }, undefined).proven).toBeUndefined();
  });

  test('no multipliers whatever prove more than is true', () => {
    const relaxation = new ExactRelaxation(program(), how);
    const multiplier = fc.oneof(
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.constantFrom(0, 1, -1, 1e-9, 1e6, Infinity),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(relaxation.rows.length), multiplier), { maxLength: 12 }), (pairs) => {
        const proof: Proof = {
          of: 'bound',
          rows: Int32Array.from(pairs, ([i]) => i),
          multipliers: Float64Array.from(pairs, ([, y]) => y),
        };
        const { proven } = check(relaxation, { kind: 'leaf', proof }, undefined);
        expect(proven === undefined || (typeof proven === 'bigint' && ofUnits(proven) <= 1)).toBe(true);
        expect(check(relaxation, { kind: 'leaf', proof: { ...proof, of: 'empty' } }, undefined).proven).toBeUndefined();
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
