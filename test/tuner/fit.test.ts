// Whether a layer fits a machine: Z3 against looking at every mapping, and the reasons against machines that have no others.
//
// Runs of other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=1000 npx vitest run test/tuner/fit.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { LayerRequirement } from '../../src/model/mapping/layer-requirement.js';
import { nameOf } from '../../src/model/mapping/layer-requirement.js';
import type { Bounds, Dimension } from '../../src/model/workload/layer.js';
import { dimensions, makeLayer, printShape } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { paddedBounds } from '../../src/model/mapping/mapping-space.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Task } from '../../src/search/strategy.js';
import { solveScript } from '../../src/smt/z3.js';
import type { Fit } from '../../src/tuner/prove/layer-fit.js';
import { fit, fitRun, shortagesIn } from '../../src/tuner/prove/layer-fit.js';
import { withRoom } from '../../src/tuner/prove/room-needed.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { enumerate } from '../support/enumerate.js';
import { smallArchitecture, smallTask } from '../support/small.js';
import { tightTask, tightTemplateTask } from '../support/tight.js';

const seed = seedFrom(20191104);
const cases = casesOf('fit');
const ask = (script: Parameters<typeof solveScript>[0], seconds: number) => solveScript(script, { seconds });
/** Of one run: a layer whose biases do not fit may still run in parts. */
const asked = (task: Task): Promise<Fit> => fitRun(task, ask, { seconds: 60, now: () => performance.now() });

const memberOf = (core: readonly LayerRequirement[], kind: LayerRequirement['kind']) =>
  core.some((r) => r.kind === kind);

/** The task with nothing in the way but `core`: other memories without an end, other dimensions without loops; axis `wide` too. */
function nothingBut(core: readonly LayerRequirement[], task: Task, wide?: LayerRequirement): Task {
  const { pool, ...layer } = task.layer;
  const window = (d: Dimension) => (memberOf(core, 'pool') && pool?.[d as 'P' | 'Q']) || 1;
  const free = (d: Dimension) => paddedBounds(layer.bounds[d], task.padding).some((o) => o % window(d) === 0);
  const bounds = Object.fromEntries(
    dimensions.map((d) => [
      d,
      core.some((r) => r.kind === 'bound' && r.dimension === d) || !free(d) ? layer.bounds[d] : window(d),
    ]),
  ) as Bounds;
  return {
    ...task,
    layer: { ...layer, bounds, ...(pool && memberOf(core, 'pool') && { pool }) },
    architectures: task.architectures.map((a): Architecture => ({
      ...a,
      ...(a.tiling && {
        tiling: { ...a.tiling, biasLines: memberOf(core, 'biases') ? a.tiling.biasLines : 1e9, longestLoop: 1e9 },
      }),
      levels: a.levels.map((l) => ({
        ...l,
        axes: l.axes.map(({ exclusive, ...x }) =>
          wide?.kind === 'axis' && wide.axis === x.name
            ? { ...x, size: 1000 }
            : { ...x, ...(exclusive && { exclusive }) },
        ),
        holdsSums: l.holdsSums && core.some((r) => r.kind === 'sums' && r.level === l.name),
        pools: l.pools.map((p) =>
          core.some((r) => r.kind === 'capacity' && r.level === l.name && r.tensors.some((t) => p.tensors.includes(t)))
            ? p
            : { tensors: p.tensors, bits: null },
        ),
      })),
    })),
  };
}

const seen = { fits: 0, never: 0, needed: 0, kinds: new Set<string>() };

async function agree(task: Task, max: number): Promise<void> {
  const census = enumerate(task, max);
  if (!census) return;
  const about =
    `${task.conventions.name} ${printShape(task.layer)} ` +
    `padding ${task.padding} ${JSON.stringify(task.architectures[0]!.levels.map((l) => [l.name, l.temporal.join(''), l.pools]))}`;
  const answer = await asked(task);
  expect(answer.status, about).toBe(census.best ? 'fits' : 'never');
  seen[census.best ? 'fits' : 'never']++;
  if (answer.status !== 'never') return;
  const { core, minimal, needed } = answer;
  const because = `${about} because ${core.map(nameOf).join(', ')}`;
  expect(minimal, because).toBe(true);
  for (const r of core) seen.kinds.add(r.kind);
  // Infeasible by itself; feasible without any one of its members.
  expect(enumerate(nothingBut(core, task), Infinity)!.best, because).toBeUndefined();
  for (const r of core)
    expect(
      enumerate(
        nothingBut(
          core.filter((c) => c !== r),
          task,
          r,
        ),
        Infinity,
      )!.best,
      `${because}, without ${nameOf(r)}`,
    ).toBeDefined();
  for (const { requirement, needed: n } of needed) {
    if (n.kind !== 'exact') continue;
    seen.needed++;
    const bounds = dimensions.map((dimension): LayerRequirement => ({ kind: 'bound', dimension }));
    const only = nothingBut([...core, ...bounds], task);
    const at = (amount: number) => ({
      ...only,
      architectures: only.architectures.map((a) => withRoom(a, requirement, amount)),
    });
    const [enough, less] = [enumerate(at(n.value), 40_000), enumerate(at(n.value - 1), 40_000)];
    if (enough) expect(enough.best, `${because}: ${n.value} is enough`).toBeDefined();
    if (less) expect(less.best, `${because}: ${n.value - 1} is too little`).toBeUndefined();
    expect((await asked(at(n.value))).status).toBe('fits');
    expect((await asked(at(n.value - 1))).status).toBe('never');
  }
}

describe(
  'a layer fits where looking at every mapping finds one; where it never does, the reasons are minimal and room ' +
    'needed is tight',
  () => {
    test('on hierarchies', { timeout: 600_000 }, async () => {
      for (const task of fc.sample(tightTask, { seed, numRuns: cases / 2 })) await agree(task, 4000);
      expect(seen.fits).toBeGreaterThan(cases / 20);
      expect(seen.never).toBeGreaterThan(cases / 20);
      expect(seen.needed).toBeGreaterThan(0);
    });

    test('on templates of several arrangements, with pools', { timeout: 600_000 }, async () => {
      const before = { ...seen };
      for (const task of fc.sample(tightTemplateTask, { seed, numRuns: cases })) await agree(task, 6000);
      expect(seen.fits).toBeGreaterThan(before.fits);
      expect(seen.never).toBeGreaterThan(before.never + cases / 10);
      expect([...seen.kinds].sort()).toEqual(expect.arrayContaining(['bound', 'capacity', 'pool', 'biases']));
    });

    test(
      'under limits on what it costs: at the least it fits, below it never does, because of the limit',
      { timeout: 600_000 },
      async () => {
        let done = 0;
        for (const [i, free] of fc.sample(smallTask, { seed, numRuns: cases / 2 }).entries()) {
          const objective = (['energy', 'latency', 'edp'] as const)[i % 3]!;
          const best = enumerate({ ...free, goal: { objective, limits: {} } }, 1500)?.best;
          if (!best) continue;
          const under = (max: number) =>
            fit({ ...free, goal: { objective: 'energy', limits: { [objective]: max } } }, ask, {
              seconds: 20,
              now: () => performance.now(),
            });
          const about = `${free.conventions.name} ${objective} ${printShape(free.layer)}`;
          const [at, below] = [await under(best.objective), await under(best.objective * 0.99)];
          // Time is no answer.
          if (at.status === 'fits') expect(at.found.objective).toBeGreaterThan(0);
          else expect(at.status, about).toBe('unknown');
          if (below.status === 'never')
            expect(
              below.core.map((r) => r.kind),
              about,
            ).toContain('limit');
          else expect(below.status, about).toBe('unknown');
          if (at.status === 'fits' && below.status === 'never') done++;
        }
        expect(done).toBeGreaterThan(cases / 20);
      },
    );
  },
);

describe('why a layer never fits, in words', () => {
  const conv = makeLayer('conv1', { K: 64, C: 3, P: 112, Q: 112, R: 7, S: 7 }, { stride: [2, 2], pool: [2, 2] });
  const on = (template: Partial<typeof simba>, layer = conv): Task => ({
    architectures: lowerTemplate({ ...simba, ...template }, technology16nm),
    layer,
    padding: true,
    conventions: magnetConventions,
    goal: { objective: 'energy', limits: {} },
  });
  const words = async (task: Task) => {
    const answer = await asked(task);
    return answer.status === 'never' ? shortagesIn(task, answer) : answer.status;
  };

  test('of a template: memories one line too small, and as they must be', { timeout: 120_000 }, async () => {
    expect(await words(on({ accumBuffer: bits(3 * 8 * 24) }))).toEqual([
      {
        layer: 'conv1',
        text: 'the smallest tile of Outputs takes 4 lines of OutputBuffer, which has room for 3: needs 96 B, OutputBuffer holds 72 B',
        needed: { kind: 'exact', value: 4 },
      },
      {
        layer: 'conv1',
        text: 'windows of 2 x 2 of the pool behind the layer lie within the tile of a PE',
        needed: undefined,
      },
    ]);
    expect(await words(on({ accumBuffer: bits(4 * 8 * 24) }))).toBe('fits');
    const narrow = await asked(on({ biasLines: 7 }));
    expect(narrow).toMatchObject({ status: 'never', core: expect.arrayContaining([{ kind: 'biases' }]) as unknown });
    // In two parts it fits.
    expect(await fit(on({ biasLines: 7 }), ask, { seconds: 60, now: () => performance.now() })).toMatchObject({
      status: 'fits',
      found: { mapping: { parts: { G: 1, K: 2 } } },
    });
    expect(await words(on({ biasLines: 8 }))).toBe('fits');
  });

  test('of a hierarchy: what a level cannot loop over lies in the tiles within', async () => {
    const machine = (words: number): Architecture => {
      const [base] = fc.sample(smallArchitecture, { seed: 1, numRuns: 1 });
      const [outer, inner] = base!.levels;
      return {
        ...base!,
        levels: [
          { ...outer!, temporal: ['K', 'C', 'P', 'Q', 'N', 'G'], axes: [] },
          {
            ...inner!,
            name: 'Scratch',
            temporal: ['R', 'S'],
            axes: [],
            keeps: ['Inputs'],
            buffers: 2,
            pools: [{ tensors: ['Inputs'], bits: bits(words * 16) }],
          },
        ],
      };
    };
    const layer = makeLayer('edge', { K: 4, C: 2, P: 8, Q: 8, R: 4, S: 3 });
    const task = (words: number): Task => ({
      architectures: [machine(words)],
      layer,
      padding: false,
      conventions: magnetConventions,
      goal: { objective: 'energy', limits: {} },
    });
    expect(await words(task(8))).toEqual([
      {
        layer: 'edge',
        text: 'the smallest tile of Inputs takes 12 lines of Scratch, which has room for 8: needs 12 B, Scratch holds 8 B',
        needed: { kind: 'exact', value: 12 },
      },
    ]);
    expect(await words(task(11))).toHaveLength(1);
    expect(await words(task(12))).toBe('fits');
    const nowhere = {
      ...task(12),
      architectures: [
        {
          ...machine(12),
          levels: machine(12).levels.map((l) => ({ ...l, temporal: l.temporal.filter((d) => d !== 'R') })),
        },
      ],
    };
    expect(await words(nowhere)).toEqual([
      { layer: 'edge', text: 'the loops over R make up 4: in time in no level', needed: undefined },
    ]);
  });

  test('no time is no answer', async () => {
    expect(await fit(on({}), ask, { seconds: 0, now: () => performance.now() })).toEqual({
      status: 'unknown',
      reason: { kind: 'time-limit' },
    });
  });
});
