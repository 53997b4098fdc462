// Law: a program that was written for other solvers says of the layer what was proven, and its solution, read by the names
// as its comments say, is a mapping that costs what was found.

import fc from 'fast-check';
import type { Highs } from 'highs';
import loadHighs from 'highs';
import { describe, expect, test } from 'vitest';
import { highs } from '../../src/milp/highs.js';
import { columnLegend } from '../../src/milp/legend.js';
import { mapper } from '../../src/milp/mapper.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Objective } from '../../src/model/cost/goal.js';
import { measure } from '../../src/model/cost/goal.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { dimensions, makeLayer, irrelevant, tensors } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import type { Loop, Mapping } from '../../src/model/mapping/mapping.js';
import { array3, eyeriss, magnet, simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { annealing } from '../../src/search/mapping/heuristics.js';
import type { Answer, Strategy, Task } from '../../src/search/strategy.js';
import { smallTask } from '../support/small.js';

const gap = 1e-4;
const budget = {
  time: 60,
  evaluations: 400,
  gap,
  seed: 1,
  now: () => performance.now(),
  programs: ['lp', 'mps'] as const,
};
const quick: Strategy = { name: 'quick', find: (task, b) => annealing.find(task, { ...b, evaluations: 400 }) };
const task = (
  architectures: readonly Architecture[],
  layer: Layer,
  objective: Objective,
  more: Partial<Task> = {},
): Task => ({
  architectures,
  layer,
  conventions: magnetConventions,
  goal: { objective, limits: {} },
  padding: true,
  ...more,
});
const numberAfter = (text: string, label: string) => Number(new RegExp(`^\\\\ ${label}: +(\\S+)`, 'm').exec(text)![1]);

let loading: Promise<Highs> | undefined;
const load = () => (loading ??= (loadHighs as unknown as () => Promise<Highs>)());

interface Solved {
  readonly status: string;
  readonly objective: number;
  readonly value: (name: string) => number;
}

const tolerances = {
  output_flag: false,
  mip_rel_gap: 1e-7,
  mip_feasibility_tolerance: 1e-9,
  primal_feasibility_tolerance: 1e-9,
} as const;

async function solveLp(text: string): Promise<Solved> {
  const { Status, ObjectiveValue, Columns } = (await load()).solve(text, tolerances);
  return {
    status: Status,
    objective: ObjectiveValue,
    value: (name) => (Columns[name] as { Primal?: number } | undefined)?.Primal ?? 0,
  };
}

async function optimumOfMps(data: string): Promise<number> {
  const model = (await load()).createModel({ format: 'mps', data });
  try {
    model.options.set(tolerances);
    model.run();
    return model.getObjectiveValue();
  } finally {
    model.dispose();
  }
}

/** By the rules in the comments, from names alone. Names of these machines are safe as they are. */
function readMapping(a: Architecture, text: string, { value }: Solved): Mapping {
  const names = [...new Set(text.match(/\b[NGKCPQRS]\.[\w.]+/g))];
  const factor = (d: string, place: string) => {
    let f = 1;
    for (const name of names.filter((n) => n.startsWith(`${d}.${place}.`))) {
      const [, is, n] = /^(is\.)?(\d+)$/.exec(name.slice(d.length + place.length + 2)) ?? [];
      if (n !== undefined)
        f *= is === undefined ? Number(n) ** Math.round(value(name)) : value(name) > 0.5 ? Number(n) : 1;
    }
    return f;
  };
  const loops = (place: string): Loop[] =>
    dimensions.map((dim) => ({ dim, factor: factor(dim, place) })).filter((l) => l.factor > 1);
  return {
    levels: a.levels.map((level) => {
      const inner = tensors.find((t) => value(`inner.${level.name}.t.${t}`) > 0.5);
      const first = dimensions.find((d) => value(`first.${level.name}.t.${d}`) > 0.5);
      const groups: ((l: Loop) => boolean)[] = [
        (l) => l.dim === 'G',
        () => true,
        (l) => inner !== undefined && irrelevant[inner].includes(l.dim),
      ];
      groups.splice(inner === 'Inputs' ? 2 : 3, 0, (l) => l.dim === first);
      const rank = (l: Loop) => groups.findLastIndex((g) => g(l));
      return {
        name: level.name,
        keep: level.keeps,
        temporal: loops(`${level.name}.t`).sort((p, q) => rank(p) - rank(q)),
        spatial: level.axes.flatMap((x) => loops(x.name).map((l) => ({ ...l, axis: x.label }))),
      };
    }),
  };
}

/** How many of an answer's programs had no choice cut off. */
async function check(t: Task, answer: Answer): Promise<number> {
  let plain = 0;
  const lps = answer.programs!.filter((p) => p.format === 'lp');
  expect(lps.map((p) => p.arrangement)).toEqual(t.architectures.map((_, i) => i));
  for (const { text, arrangement } of lps) {
    const scale = numberAfter(text, 'scale');
    const solved = await solveLp(text);
    const cut = text.includes('are cut off (rows not*)');
    const own = answer.best?.architecture === arrangement;
    if (solved.status === 'Infeasible') {
      // Nothing is left that is better than the best known mapping.
      expect(!own || cut).toBe(true);
      continue;
    }
    expect(solved.status).toBe('Optimal');
    expect(numberAfter(text, 'best known')).toBe(answer.best!.objective);
    const reached =
      t.goal.objective === 'latency' ? Math.ceil(solved.objective * scale * (1 - 2e-5)) : solved.objective * scale;
    const best = answer.best!.objective;
    expect(Math.min(best, reached)).toBeGreaterThanOrEqual(answer.bound * (1 - 3e-6));
    if (own && !cut) expect(solved.objective * scale).toBeLessThanOrEqual(best * (1 + 3e-6));
    expect(
      await optimumOfMps(answer.programs!.find((p) => p.format === 'mps' && p.arrangement === arrangement)!.text),
    ).toBeCloseTo(solved.objective, 5);
    if (!own || cut || answer.status !== 'optimal') continue;
    plain++;
    const mapping = readMapping(t.architectures[arrangement]!, text, solved);
    expect(breaches(t.architectures[arrangement]!, t.layer, mapping, t.conventions)).toEqual([]);
    const value = measure(t.goal.objective, evaluate(t.architectures[arrangement]!, t.layer, mapping, t.conventions));
    expect(value).toBeGreaterThanOrEqual(answer.bound);
    // Ties within the gap may be broken another way; ceilings and tiles are what a program does not know.
    expect(value).toBeLessThanOrEqual(best * 1.001);
  }
  return plain;
}

describe('a program that was written', () => {
  const conv = makeLayer('conv', { K: 8, C: 8, P: 6, Q: 6, R: 3, S: 3 });
  const two = lowerTemplate({ ...magnet, weightCollector: 4 }, technology16nm);
  test.each([
    ['a template, edp', task(lowerTemplate(simba, technology16nm), makeLayer('fc', { K: 6, C: 4 }), 'edp')],
    [
      'a template, latency',
      task(lowerTemplate(simba, technology16nm), makeLayer('1x1', { K: 16, C: 32, P: 4 }), 'latency'),
    ],
    ['a template, energy', task(lowerTemplate(magnet, technology16nm), makeLayer('fc', { K: 100, C: 64 }), 'energy')],
    ['two arrangements', task(two, makeLayer('1x1', { K: 16, C: 16, P: 8 }), 'energy')],
    ['a limit', task([array3], conv, 'energy', { goal: { objective: 'energy', limits: { latency: 400 } } })],
    [
      'windows that slide',
      task([array3], makeLayer('row', { P: 16, R: 3, K: 4, C: 2 }), 'energy', {
        conventions: timeloopConventions,
        padding: false,
      }),
    ],
    ['row stationary', task([eyeriss], makeLayer('small', { P: 8, R: 3, S: 3, K: 4 }), 'edp')],
    ['one multiplication', task(lowerTemplate(simba, technology16nm), makeLayer('one', {}), 'edp')],
    ['groups alone', task([array3], makeLayer('scale', { G: 64 }), 'energy')],
  ])('of %s has the optimum that was proven, and a mapping in its names', { timeout: 120_000 }, async (_, t) => {
    const answer = await mapper(highs, quick).find(t, budget);
    expect(answer.best).toBeDefined();
    await check(t, answer);
  });

  test('of small random machines too', { timeout: 300_000 }, async () => {
    let plain = 0;
    const names = new Set<string>();
    for (const t of fc.sample(smallTask, { seed: 20191105, numRuns: 24 })) {
      const answer = await mapper(highs, quick).find(t, budget);
      plain += await check(t, answer);
      for (const p of answer.programs!.filter((q) => q.format === 'mps'))
        for (const m of p.text.matchAll(/^ (?:LO|UP|FX|FR|MI) bound (\S+)/gm)) names.add(m[1]!);
    }
    expect(plain).toBeGreaterThan(8);
    expect([...names].filter((n) => n !== 'offset' && columnLegend([n]).length === 0)).toEqual([]);
  });

  test('is made only where it is asked for', async () => {
    const t = task([array3], makeLayer('small', { K: 4, C: 4 }), 'energy');
    expect(await mapper(highs, quick).find(t, { ...budget, programs: undefined })).not.toHaveProperty('programs');
    expect(
      (await mapper(highs, quick).find(t, { ...budget, programs: ['lp'] })).programs!.map((p) => p.format),
    ).toEqual(['lp']);
  });
});
