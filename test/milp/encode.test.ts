// Law: what the program says of a mapping is what the cost model says, ceilings apart; what it decodes to is legal.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Encoding } from '../../src/milp/encode/encode.js';
import { encode } from '../../src/milp/encode/encode.js';
import { padTo } from '../../src/milp/encode/padding.js';
import { highs } from '../../src/milp/highs.js';
import { outerApproximate } from '../../src/milp/outer.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { exponents } from '../../src/model/cost/goal.js';
import { dimensions, makeLayer, printShape } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { mappedBounds } from '../../src/model/mapping/mapping.js';
import { array3, eyeriss, simba } from '../../src/model/machine/presets.js';
import { paddedBounds } from '../../src/model/mapping/mapping-space.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { valueOf } from '../../src/program/linear.js';
import type { Convex, Program } from '../../src/program/program.js';
import type { Found, Task } from '../../src/search/strategy.js';
import { judge } from '../../src/search/mapping/point.js';
import { casesOf } from '../support/cases.js';
import { smallTask, smallTemplateTask } from '../support/small.js';

const valueAt = ({ linear, exponentials }: Convex, x: ArrayLike<number>) =>
  exponentials.reduce(
    (n, e) => n + (e.unless && valueOf(e.unless.off, x) > 0.5 ? 0 : e.coefficient * Math.exp(valueOf(e.exponent, x))),
    valueOf(linear, x),
  );

/** The same program with some variables held where a point has them. */
const held = (program: Program, decisions: readonly number[], x: ArrayLike<number>): Program => ({
  ...program,
  variables: program.variables.map((v, i) => {
    const at = Math.round(x[i]!);
    return decisions.includes(i) ? { ...v, lower: at, upper: at } : v;
  }),
});

function minimize(
  program: Program,
  decisions: readonly number[],
  gap: number,
  scale: number,
  value: (x: Float64Array) => number,
) {
  const options = {
    gap,
    scale,
    decisions,
    known: Infinity,
    whole: false,
    relaxes: undefined,
    attained: false,
    rounds: Infinity,
    start: undefined,
    now: () => performance.now(),
    deadline: performance.now() + 30_000,
    judge: value,
  };
  return outerApproximate(program, highs, options);
}

interface Solved {
  readonly encoding: Encoding;
  readonly found: Found;
  /** The least that the program has for the mapping found. */
  readonly value: number;
}

async function solve(task: Task, a: Architecture, cycles: { min: number; max: number }): Promise<Solved | undefined> {
  const { layer, conventions, goal } = task;
  const encoding = encode(a, layer, { conventions, goal, padding: padTo(task.padding), cycles });
  const about = `${a.name} ${conventions.name} ${goal.objective} ${printShape(layer)} padding ${task.padding}`;
  let best: { readonly found: Found; readonly x: Float64Array } | undefined;
  await minimize(encoding.program, encoding.decisions, 1e-3, 1e3, (x) => {
    const mapping = encoding.decode(x);
    expectLegal(task, a, mapping, about);
    const found = judge(goal, conventions, a, 0, layer, mapping);
    if (found && found.objective < (best?.found.objective ?? Infinity)) best = { found, x: x.slice() };
    return found?.objective ?? Infinity;
  });
  if (!best) return undefined;
  const { found, x } = best;
  const fixed = held(encoding.program, encoding.decisions, x);
  let value = Infinity;
  await minimize(fixed, encoding.decisions, 4e-6, found.objective, (y) => {
    expect(encoding.decode(y), about).toEqual(found.mapping);
    // A tangent may still lie below a bounded sum: then this is no point of the program yet.
    if (encoding.program.convexRows.some((r) => valueAt(r.convex, y) > r.upper * (1 + 5e-7))) return Infinity;
    const here = valueAt(encoding.program.minimize, y);
    value = Math.min(value, here);
    return here;
  });
  return { encoding, found, value };
}

/** The bounds are those of the menu, and the machine can run it. */
function expectLegal({ layer, padding, conventions }: Task, a: Architecture, mapping: Mapping, about: string): void {
  const bounds = mappedBounds(mapping);
  for (const d of dimensions) expect(paddedBounds(layer.bounds[d], padding), about).toContain(bounds[d]);
  expect(breaches(a, layer, mapping, conventions), about).toEqual([]);
}

/** Cycles before they are rounded up to whole ones: unknown to the evaluation, so at most one less. */
function withoutCeiling({ objective }: Task['goal'], { evaluation: e }: Found): number {
  const { energy, cycles } = exponents[objective];
  return e.energy ** energy * Math.max(e.compute.cycles, e.cycles - 1) ** cycles;
}

async function check(task: Task, a: Architecture): Promise<boolean> {
  const about = `${a.name} ${task.conventions.name} ${task.goal.objective} ${printShape(task.layer)} padding ${task.padding}`;
  const solved = await solve(task, a, { min: 1, max: 1e9 });
  if (!solved) return false;
  const { found, value } = solved;
  // Never above; and below by no more than the ceiling on cycles.
  expect(value, about).toBeLessThanOrEqual(found.objective * (1 + 1e-6));
  if (a.tiling && exponents[task.goal.objective].cycles > 0) {
    // The length of tiles is a sum of maxima: the program has it from below, but above the multipliers' time.
    const { energy, compute } = found.evaluation;
    const { energy: e, cycles: c } = exponents[task.goal.objective];
    expect(value, about).toBeGreaterThan(energy ** e * compute.cycles ** c);
    expect(value, about).toBeGreaterThan(0.8 ** c * found.objective);
    return true;
  }
  expect(value, about).toBeGreaterThanOrEqual(withoutCeiling(task.goal, found) * (1 - 1e-6));
  if (exponents[task.goal.objective].cycles === 0 || found.evaluation.cycles === found.evaluation.compute.cycles) {
    expect(Math.abs(value - found.objective), about).toBeLessThanOrEqual(1e-6 * found.objective);
  }
  if (found.evaluation.cycles <= 200) {
    // Where cycles are counted there is no ceiling left to miss.
    const counted = await solve(task, a, { min: 1, max: 200 });
    expect(Math.abs(counted!.value - counted!.found.objective), about).toBeLessThanOrEqual(
      1e-6 * counted!.found.objective,
    );
  }
  return true;
}

const cases = casesOf('encoded');

describe('the program of a layer says what the cost model says', () => {
  test('on random small machines', { timeout: 120_000 }, async () => {
    let done = 0;
    for (const task of fc.sample(smallTask, { seed: 20191104, numRuns: cases }))
      if (await check(task, task.architectures[0]!)) done++;
    expect(done).toBeGreaterThan(cases / 4);
  });

  test('on random small templates, in every arrangement', { timeout: 120_000 }, async () => {
    let done = 0;
    for (const task of fc.sample(smallTemplateTask, { seed: 20191104, numRuns: cases })) {
      for (const a of task.architectures) if (await check(task, a)) done++;
    }
    expect(done).toBeGreaterThan(cases / 4);
  });

  const conv = makeLayer('conv', { K: 16, C: 8, P: 14, Q: 14, R: 3, S: 3 }, { stride: [2, 1] });
  test.each([
    ['array3', array3, timeloopConventions, 'energy'],
    ['eyeriss', eyeriss, magnetConventions, 'energy'],
    ['simba', lowerTemplate(simba, technology16nm)[0]!, magnetConventions, 'edp'],
  ] as const)('on %s', { timeout: 120_000 }, async (_, a, conventions, objective) => {
    const task: Task = {
      architectures: [a],
      layer: conv,
      conventions,
      goal: { objective, limits: {} },
      padding: false,
    };
    expect(await check(task, a)).toBe(true);
  });

  test('also for layers whose one loop touches every tensor', async () => {
    const task: Task = {
      architectures: [array3],
      layer: makeLayer('scale', { G: 512 }),
      conventions: magnetConventions,
      goal: { objective: 'energy', limits: {} },
      padding: false,
    };
    expect(await check(task, array3)).toBe(true);
  });
});

describe('decoding', () => {
  test('gives the levels and kept tensors of the machine, and no loop of one', () => {
    const layer = makeLayer('layer', { K: 12, C: 8, P: 7 });
    const { program, decode } = encode(array3, layer, {
      conventions: magnetConventions,
      goal: { objective: 'energy', limits: {} },
      padding: padTo(false),
      cycles: { min: 1, max: 1e9 },
    });
    const nothing = decode(new Float64Array(program.variables.length));
    expect(nothing.levels).toEqual(
      array3.levels.map((l) => ({ name: l.name, keep: l.keeps, temporal: [], spatial: [] })),
    );
  });

  test('depends on the decisions alone', () => {
    const layer = makeLayer('layer', { K: 4, P: 6, R: 3 });
    const { program, decode, decisions } = encode(array3, layer, {
      conventions: timeloopConventions,
      goal: { objective: 'edp', limits: {} },
      padding: padTo(true),
      cycles: { min: 1, max: 1e9 },
    });
    const x = Float64Array.from(program.variables, (v) => Math.min(1, v.upper));
    const y = x.map((v, i) => (decisions.includes(i) ? v : 0));
    expect(decode(y)).toEqual(decode(x));
    expect(decisions.every((i) => program.variables[i]!.integer)).toBe(true);
  });

  test('leaves out what cannot vary: a layer of one multiplication has no decision but empty slots', () => {
    const { program, decode } = encode(array3, makeLayer('one', {}), {
      conventions: magnetConventions,
      goal: { objective: 'energy', limits: {} },
      padding: padTo(true),
      cycles: { min: 1, max: 1e9 },
    });
    const x = Float64Array.from(program.variables, (v) => v.upper);
    const mapping = decode(x);
    expect(mapping.levels.every((l) => l.temporal.length === 0 && l.spatial.length === 0)).toBe(true);
    // Everything once: 3 words through each level, and one multiplication.
    expect(valueAt(program.minimize, x)).toBeCloseTo(
      evaluate(array3, makeLayer('one', {}), mapping, magnetConventions).energy,
      6,
    );
  });
});
