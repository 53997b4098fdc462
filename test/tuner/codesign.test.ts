// Law: co-design agrees with looking at every machine of a small space with every mapping of small layers, and what it
// says of a space it has not finished is never too much.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=200 npx vitest run test/tuner/codesign.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { DesignSpace, Parameter, Precision } from '../../src/model/space/design-space.js';
import { atPrecisions } from '../../src/model/space/design-space.js';
import type { NetworkQuantity, NetworkSums } from '../../src/model/cost/network-goal.js';
import {
  amountOf,
  keepsLimits,
  networkQuantities,
  networkSums,
  objectiveOfLayers,
} from '../../src/model/cost/network-goal.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer, printShape } from '../../src/model/workload/layer.js';
import { highs } from '../../src/milp/highs.js';
import { solveJoint } from '../../src/milp/joint/joint-solve.js';
import { annealing } from '../../src/search/mapping/heuristics.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import type { CodesignHooks } from '../../src/tuner/codesign/codesign-hooks.js';
import type {
  Checkpoint,
  CodesignState,
  CodesignObjective,
  CodesignRequest,
  CodesignResult,
} from '../../src/tuner/codesign/codesign-request.js';
import { elasticities } from '../../src/tuner/codesign/elasticities.js';
import { stepCosts } from '../../src/tuner/codesign/parameter-steps.js';
import { casesOf, inLong, seedFrom } from '../support/cases.js';
import { processorTime } from '../support/clock.js';
import { near, smallBox, tinyLayer } from '../support/boxes.js';
import type { Cost } from '../support/census.js';
import { everyMachine, tinySpace } from '../support/census.js';
import { overheard, shapes } from '../support/shapes.js';

const seed = seedFrom(20191104);
const cases = casesOf('codesign');
const tell = process.env['MAGNET_TELL'] !== undefined;

const here = (more: Partial<CodesignHooks> = {}): CodesignHooks => ({
  now: () => performance.now(),
  width: 1,
  shapes,
  progress: () => {},
  stopped: () => false,
  ...more,
});

const counted = (...layers: readonly (readonly [Layer, number])[]) => ({
  name: 'net',
  source: 'test',
  unmapped: [],
  layers: layers.map(([layer, count]) => ({ layer, count })),
});
const a = makeLayer('a', { K: 4, C: 4, P: 2 });
const b = makeLayer('b', { P: 5, C: 3, R: 2 });
const c = makeLayer('c', { K: 2, P: 4, Q: 2 }, { pool: [2, 1] });
const d = makeLayer('d', { G: 2, P: 5, R: 2 });

const lines = {
  weightBuffer: (n: number) => 2 * 16 * n,
  inputBuffer: (n: number) => 2 * 16 * n,
  accumBuffer: (n: number) => 24 * n,
  globalBuffer: (n: number) => 4 * 16 * n,
};
const menus = (
  of: Partial<Record<keyof typeof lines, readonly number[]>>,
  more: Partial<Record<Parameter, readonly number[]>> = {},
): DesignSpace =>
  tinySpace({
    ...Object.fromEntries(Object.entries(of).map(([name, ns]) => [name, ns.map(lines[name as keyof typeof lines])])),
    ...more,
  });

const request = (more: Partial<CodesignRequest> = {}): CodesignRequest => ({
  networks: [{ network: counted([a, 2], [b, 1]), weight: 1 }],
  space: menus({ weightBuffer: [1, 4, 64], globalBuffer: [1, 4, 64] }),
  technology: near,
  conventions: magnetConventions,
  objective: 'edp',
  limits: {},
  padding: false,
  gap: 1e-9,
  timeLimit: 60,
  ...more,
});

/** What every choice of a mapping per layer comes to, per network, less what another beats in all. */
function totals(
  fronts: readonly (readonly Cost[])[],
  r: CodesignRequest,
  layers: readonly Layer[],
): readonly (readonly NetworkSums[])[] {
  const counts = r.networks.map(({ network }) =>
    layers.map((l) => network.layers.reduce((n, x) => n + (x.layer === l ? x.count : 0), 0)),
  );
  // Energy, cycles and the layers' EDPs of every network.
  let sums: number[][] = [Array.from({ length: 3 * counts.length }, () => 0)];
  fronts.forEach((front, i) => {
    const next = sums.flatMap((s) =>
      front.map(({ energy, cycles }) =>
        s.map((x, k) => x + counts[Math.floor(k / 3)]![i]! * [energy, cycles, energy * cycles][k % 3]!),
      ),
    );
    sums = next.filter(
      (s, n) =>
        !next.some((o, m) => m !== n && o.every((x, k) => x <= s[k]!) && (m < n || o.some((x, k) => x < s[k]!))),
    );
  });
  return sums.map((s) =>
    counts.map((_, k) => {
      const [energy, cycles, layerEdp] = [s[3 * k]!, s[3 * k + 1]!, s[3 * k + 2]!];
      return { energy, cycles, edp: energy * cycles, layerEdp };
    }),
  );
}

/** The constrained optimum by looking at everything; +Infinity where nothing meets the limits. */
function exhaustive(r: CodesignRequest, max = 4e5): number {
  const layers = [...new Set(r.networks.flatMap(({ network }) => network.layers.map((l) => l.layer)))];
  const { area = Infinity, ...limits } = r.limits;
  const rounding = 1 + 1e-12;
  const valueOf = (sums: readonly NetworkSums[], own: number) => {
    const { objective } = r;
    return objective === 'area'
      ? own
      : r.networks.reduce((n, { weight }, k) => n + weight * amountOf(objective, sums[k]!), 0);
  };
  return Math.min(
    Infinity,
    ...everyMachine(r.space, r.technology, layers, r.padding, max).map((m) => {
      if (m.area > area * rounding || m.fronts.some((f) => f.length === 0)) return Infinity;
      const meeting = totals(m.fronts, r, layers).filter((sums) => sums.every((own) => keepsLimits(limits, own)));
      return Math.min(Infinity, ...meeting.map((sums) => valueOf(sums, m.area)));
    }),
  );
}

/** Total of a quantity over a network on the machine found. */
const totalOf = (found: CodesignResult, network: number, q: NetworkQuantity) =>
  amountOf(q, networkSums(found.best!.layers.map((l) => ({ count: l.counts[network]!, ...l.found.evaluation }))));

function expectHonest(found: CodesignResult, r: CodesignRequest, best: number, about: string): void {
  expect(found.bound, about).toBeLessThanOrEqual(best * (1 + 1e-9));
  if (found.status === 'infeasible') expect(best, about).toBe(Infinity);
  if (found.status === 'optimal')
    expect(found.best!.objective - found.bound, about).toBeLessThanOrEqual((r.gap + 1e-9) * found.best!.objective);
  if (!found.best) return;
  expect(found.best.objective, about).toBeGreaterThanOrEqual(best * (1 - 1e-9));
  expect(found.best.area, about).toBeLessThanOrEqual((r.limits.area ?? Infinity) * (1 + 1e-12));
  r.networks.forEach((_, k) => {
    for (const q of networkQuantities) expect(totalOf(found, k, q), about).toBeLessThanOrEqual(r.limits[q] ?? Infinity);
  });
  const { objective } = r;
  if (objective !== 'area') {
    const again = r.networks.reduce((n, { weight }, k) => n + weight * totalOf(found, k, objective), 0);
    expect(found.best.objective / again, about).toBeCloseTo(1, 12);
  } else expect(found.best.objective / found.best.area, about).toBeCloseTo(1, 12);
  for (const l of found.best.layers)
    expect(l.bound, about).toBeLessThanOrEqual(
      l.found.evaluation.energy * l.found.evaluation.cycles * (1 + 1e-12) +
        (r.objective.endsWith('edp') ? 0 : Infinity),
    );
}

const sizesOf = fc.record({
  weightBuffer: fc.subarray([1, 2, 4, 16], { minLength: 1, maxLength: 2 }),
  inputBuffer: fc.subarray([2, 5, 16], { minLength: 1, maxLength: 2 }),
  accumBuffer: fc.subarray([2, 4, 32], { minLength: 1, maxLength: 2 }),
  globalBuffer: fc.subarray([1, 4, 64], { minLength: 1, maxLength: 2 }),
});
const more = fc.constantFrom<Partial<Record<Parameter, readonly number[]>>>(
  {},
  {},
  { vectorSize: [1, 2] },
  { rows: [1, 2] },
  { numLanes: [1, 2], globalBanks: [4, 6] },
  { weightCollector: [1, 2] },
  { accumCollector: [2, 4] },
  { inputCollector: [3], globalReadPort: [5, 1024], globalWritePort: [3] },
  { columns: [1, 2], accumCollector: [1, 2] },
);
const network = fc.constantFrom(
  [
    [
      [a, 2],
      [b, 1],
    ],
  ],
  [[[b, 3]]],
  [
    [
      [d, 1],
      [a, 1],
    ],
  ],
  [[[c, 2]]],
  [
    [
      [a, 1],
      [b, 2],
    ],
    [
      [b, 1],
      [c, 3],
    ],
  ],
  [
    [
      [makeLayer('e', { K: 3, C: 2 }), 5],
      [makeLayer('f', { C: 2, P: 4 }), 1],
      [d, 1],
    ],
  ],
) as fc.Arbitrary<[Layer, number][][]>;
const someRequest = fc
  .record({
    sizesOf,
    more,
    network,
    objective: fc.constantFrom<CodesignObjective>('layer-edp', 'edp', 'energy', 'latency'),
    padding: fc.boolean(),
    area: fc.constantFrom(0, 0, 0.2, 0.6),
    weight: fc.constantFrom(1, 4),
  })
  .map(({ sizesOf: of, more: m, network: ns, objective, padding, weight }): CodesignRequest =>
    request({
      networks: ns.map((n, k) => ({ network: counted(...n), weight: k === 0 ? 1 : weight })),
      space: menus(of, m),
      objective,
      padding,
    }),
  );
const about = (r: CodesignRequest) =>
  `${r.objective} ${JSON.stringify(r.limits)} padding ${r.padding} ` +
  r.networks.map((n) => n.network.layers.map((l) => `${l.count} x ${printShape(l.layer)}`).join(', ')).join('; ') +
  ` ${JSON.stringify(r.space.menus)}`;

describe('agrees with looking at every machine and mapping', () => {
  const requests = fc.sample(someRequest, { seed, numRuns: cases });

  test('on small spaces', { timeout: 600_000 }, async () => {
    let exact = 0;
    for (const r of requests) {
      const best = exhaustive(r);
      const found = await codesign(r, here());
      expectHonest(found, r, best, about(r));
      expect(found.best === undefined, about(r)).toBe(best === Infinity);
      if (best === Infinity || found.status === 'optimal') exact++;
      if (found.status === 'optimal') expect(found.best!.objective, about(r)).toBeLessThanOrEqual(best * (1 + 2e-9));
      else if (tell) console.log(found.status, found.best?.objective, found.bound, best, found.reason);
    }
    if (tell) console.log(`${exact} of ${requests.length} proven`);
    expect(exact).toBeGreaterThan(requests.length / 2);
  });

  test(
    'within areas, which never make it better; exactly the area of a machine allows it',
    { timeout: 600_000 },
    async () => {
      for (const r of requests.slice(0, cases / 4)) {
        const areas = [
          ...new Set(
            everyMachine(
              r.space,
              r.technology,
              r.networks.flatMap((n) => n.network.layers.map((l) => l.layer)),
              r.padding,
            ).map((m) => m.area),
          ),
        ].sort((x, y) => x - y);
        let before = Infinity;
        for (const area of [areas[0]! * 0.99, areas[0]!, areas[Math.floor(areas.length / 2)]!, areas.at(-1)!]) {
          const limited = { ...r, limits: { area } };
          const found = await codesign(limited, here());
          expectHonest(found, limited, exhaustive(limited), about(limited));
          expect(found.best === undefined, about(limited)).toBe(exhaustive(limited) === Infinity);
          expect(found.bound, about(limited)).toBeLessThanOrEqual(before * (1 + 1e-9));
          before = found.best?.objective ?? Infinity;
          if (area < areas[0]!)
            expect(found).toMatchObject({
              status: 'infeasible',
              bound: Infinity,
              reason: { kind: 'area', space: 'tiny', min: areas[0] },
            });
        }
      }
    },
  );

  test('for single layers too', { timeout: 600_000 }, async () => {
    const single = fc.sample(
      fc.record({
        space: smallBox,
        layer: tinyLayer,
        padding: fc.boolean(),
        objective: fc.constantFrom<CodesignObjective>('edp', 'layer-edp', 'latency'),
      }),
      { seed: seed + 3, numRuns: inLong(3, 2) * cases },
    );
    let done = 0;
    for (const { space, layer, padding, objective } of single) {
      const r = request({ networks: [{ network: counted([layer, 1]), weight: 1 }], space, padding, objective });
      let best: number;
      try {
        best = exhaustive(r, 6000);
      } catch {
        continue;
      }
      done++;
      expectHonest(await codesign(r, here()), r, best, about(r));
    }
    if (tell) console.log(`${done} single layers`);
    expect(done).toBeGreaterThan(cases / 4);
  });

  test('with several lanes', { timeout: 60_000 }, async () => {
    const r = request({
      space: menus(
        { weightBuffer: [1, 4], globalBuffer: [1, 64] },
        { vectorSize: [1, 2], rows: [1, 2], globalBanks: [4, 6] },
      ),
    });
    expectHonest(await codesign(r, here({ width: 3 })), r, exhaustive(r), about(r));
  });
});

describe('monotone laws', () => {
  test('a longer menu never makes it worse, also right after a shorter one', { timeout: 120_000 }, async () => {
    for (const objective of ['edp', 'layer-edp', 'energy', 'latency'] as const) {
      let before = Infinity;
      // The largest values stay: shapes look the same.
      for (const space of [
        menus({ weightBuffer: [64], globalBuffer: [64] }),
        menus({ weightBuffer: [4, 64], globalBuffer: [64] }),
        menus({ weightBuffer: [1, 4, 64], globalBuffer: [4, 64] }),
      ]) {
        const r = request({ objective, space });
        const found = await codesign(r, here());
        expectHonest(found, r, exhaustive(r), about(r));
        expect(found.best!.objective).toBeLessThanOrEqual(before * (1 + 1e-9));
        before = found.best!.objective;
      }
    }
  });

  test('precisions that come together are spaces of their own', { timeout: 120_000 }, async () => {
    const precisions = (
      [
        [8, 8, 20],
        [4, 8, 14],
        [5, 5, 30],
      ] as const
    ).map(([weightPrecision, inputPrecision, accumPrecision]) => ({ weightPrecision, inputPrecision, accumPrecision }));
    const space = menus({ weightBuffer: [64], globalBuffer: [64] });
    for (const objective of ['edp', 'energy', 'area'] as const) {
      const of = async (own: readonly Precision[]) => {
        const r = request({ objective, space: atPrecisions(space, own), limits: {} });
        const found = await codesign(r, here());
        expectHonest(found, r, exhaustive(r), about(r));
        return found.best!;
      };
      const together = await of(precisions);
      const alone = await Promise.all(precisions.map((own) => of([own])));
      expect(together.objective).toBeCloseTo(Math.min(...alone.map((b) => b.objective)), 6);
      expect(
        precisions.some((own) => Object.entries(own).every(([p, v]) => together.point[p as Parameter] === v)),
      ).toBe(true);
    }
  });

  test('another technology is another question', { timeout: 60_000 }, async () => {
    for (const dramEnergy of [60, 8000]) {
      const r = request({
        technology: { ...near, constants: { ...near.constants, dramEnergy: { value: dramEnergy, source: 'test' } } },
      });
      expectHonest(await codesign(r, here()), r, exhaustive(r), about(r));
    }
  });

  test('static energy grows with the area', { timeout: 60_000 }, async () => {
    const r = request({
      technology: { ...near, constants: { ...near.constants, staticEnergy: { value: 1e5, source: 'test' } } },
    });
    expectHonest(await codesign(r, here()), r, exhaustive(r), about(r));
  });
});

describe('under limits', () => {
  const free = request({
    objective: 'energy',
    networks: [
      { network: counted([makeLayer('x', { P: 6, R: 3 }), 2], [makeLayer('y', { K: 4, P: 3 }), 1]), weight: 1 },
    ],
    space: menus(
      { weightBuffer: [4, 64], globalBuffer: [4, 64], accumBuffer: [2, 8] },
      { rows: inLong([1, 2, 3], [1, 3]), columns: inLong([1, 2], [1]), vectorSize: [1] },
    ),
  });
  const quantities = async (r: CodesignRequest) => {
    const found = await codesign(r, here());
    return {
      energy: totalOf(found, 0, 'energy'),
      latency: totalOf(found, 0, 'latency'),
      edp: totalOf(found, 0, 'edp'),
      'layer-edp': totalOf(found, 0, 'layer-edp'),
    };
  };

  test.each(['latency', 'energy', 'edp', 'layer-edp'] as const)(
    'on %s what is found meets them, and the bound holds',
    { timeout: 120_000 },
    async (q) => {
      const objective = q === 'energy' ? 'latency' : 'energy';
      const [min, max] = [await quantities({ ...free, objective: q }), await quantities({ ...free, objective })];
      for (const share of inLong([0.1, 0.5, 0.9, 2], [0.1, 2])) {
        const limits = { [q]: min[q] + share * (max[q] - min[q]) };
        // Where limits leave a gap that no prices close, the search goes on until its time is over.
        const r: CodesignRequest = { ...free, objective, limits, timeLimit: inLong(60, 12) };
        const best = exhaustive(r);
        const found = await codesign(r, here({ now: processorTime }));
        expectHonest(found, r, best, about(r));
        expect(found.best, about(r)).toBeDefined();
        expect(found.bound, about(r)).toBeGreaterThan(0.5 * best);
        if (tell) console.log(q, share, found.status, found.best!.objective / best, found.bound / best, found.reason);
      }
    },
  );

  test.each(inLong(['latency', 'energy', 'edp', 'layer-edp'] as const, ['latency', 'edp'] as const))(
    'on %s that nothing meets it is infeasible, and says why',
    { timeout: 60_000 },
    async (q) => {
      const min = await quantities({ ...free, objective: q });
      const r: CodesignRequest = {
        ...free,
        objective: q === 'energy' ? 'latency' : 'energy',
        limits: { [q]: 0.9 * min[q] },
      };
      const found = await codesign(r, here());
      expect(found).toMatchObject({ status: 'infeasible', best: undefined, bound: Infinity });
      expect(found.reason).toMatchObject({ kind: 'limits', missed: [{ quantity: q, max: 0.9 * min[q] }] });
      const small = await codesign({ ...r, objective: 'area' }, here());
      expect(small).toMatchObject({ status: 'infeasible', best: undefined, bound: Infinity });
      expect(small.reason).toMatchObject({ kind: 'limits', missed: [{ quantity: q }] });
    },
  );

  test('on two networks and two quantities', { timeout: 120_000 }, async () => {
    const networks = [
      { network: counted([a, 2], [b, 1]), weight: 1 },
      { network: counted([b, 2], [c, 1]), weight: 3 },
    ];
    const min = await codesign(request({ networks, objective: 'latency' }), here());
    const latency = 1.2 * Math.max(totalOf(min, 0, 'latency'), totalOf(min, 1, 'latency'));
    for (const objective of ['energy', 'area', 'edp'] as const) {
      const r = request({
        networks,
        objective,
        limits: { latency, energy: 1.5 * Math.max(totalOf(min, 0, 'energy'), totalOf(min, 1, 'energy')) },
      });
      const found = await codesign(r, here());
      expectHonest(found, r, exhaustive(r), about(r));
      expect(found.best, about(r)).toBeDefined();
    }
  });

  test('the smallest machine: of all, and of those that are quick enough', { timeout: 120_000 }, async () => {
    const space = menus({ weightBuffer: [1, 4, 64], globalBuffer: [1, 4, 64] }, { vectorSize: [1, 2], rows: [1, 2] });
    const min = await quantities(request({ space, objective: 'latency' }));
    for (const limits of [
      {},
      { latency: min.latency },
      { latency: 1.1 * min.latency },
      { latency: 2 * min.latency },
      { latency: 1.5 * min.latency, energy: min.energy },
    ]) {
      const r = request({ space, objective: 'area', limits, gap: 1e-3 });
      const best = exhaustive(r);
      const found = await codesign(r, here());
      expectHonest(found, r, best, about(r));
      if (tell)
        console.log('area', found.status, found.best && found.best.objective / best, found.bound / best, found.reason);
      expect(found.best, about(r)).toBeDefined();
      if (found.status === 'optimal') expect(found.best!.objective).toBeLessThanOrEqual(best * (1 + 2e-3));
    }
  });

  test('they end in time', { timeout: 60_000 }, async () => {
    // Each look at the clock is half a second: the search is told to end long before it is done.
    for (const objective of ['energy', 'area'] as const) {
      let ticks = 0;
      const r = request({ objective, limits: { latency: 150 }, timeLimit: 10 });
      const found = await codesign(r, here({ now: () => 500 * ticks++ }));
      expectHonest(found, r, exhaustive(r), about(r));
      expect(ticks).toBeLessThan(60);
    }
  });
});

describe('a search that is cut short', () => {
  const r = request({
    space: menus(
      { weightBuffer: [1, 4, 64], globalBuffer: [1, 4, 64] },
      { vectorSize: [1, 2], accumCollector: [1, 2] },
    ),
  });

  test('says only what is proven, wherever it is stopped', { timeout: 120_000 }, async () => {
    for (const objective of ['edp', 'area'] as const) {
      for (const limits of [{}, { latency: 400 }]) {
        const q = { ...r, objective, limits };
        const min = exhaustive(q);
        for (let after = 0; after < 14; after += inLong(1, 3)) {
          let runs = 0;
          const news: CodesignState[] = [];
          const found = await codesign(
            q,
            here({
              stopped: () => runs >= after,
              progress: (n) => news.push(n),
              shapes: overheard(() => runs++),
            }),
          );
          expect(found.status, `${about(q)} after ${after}`).not.toBe('infeasible');
          expectHonest(found, q, min, `${about(q)} after ${after}`);
          for (const n of news) {
            expect(n.bound).toBeLessThanOrEqual(min * (1 + 1e-9));
            expect(n.best).toBeGreaterThanOrEqual(min * (1 - 1e-9));
          }
        }
      }
    }
  });

  test.each([
    { objective: r.objective, limits: {} },
    { objective: 'layer-edp', limits: {} },
    { objective: 'energy', limits: { latency: 400 } },
    { objective: 'edp', limits: { latency: 400, energy: 1e9 } },
    { objective: 'area', limits: {} },
    { objective: 'area', limits: { latency: 400 } },
  ] as const)('goes on from a checkpoint to the same answer: %j', { timeout: 120_000 }, async (asked) => {
    const q = { ...r, ...asked };
    const min = exhaustive(q);
    const whole = await codesign(q, here());
    const checkpoints: Checkpoint[] = [];
    await codesign(q, here({ checkpoint: (x) => checkpoints.push(structuredClone(x)) }));
    expect(checkpoints.length).toBeGreaterThan(1);
    // Those of one state are many, with the same bounds.
    const some = checkpoints.filter(
      (_, i) => i % Math.ceil(checkpoints.length / 6) === 0 || i === checkpoints.length - 1,
    );
    for (const resume of some) {
      for (const s of resume.shapes) if (s.bound === null) expect(s.closed).toBe(true);
      const again = await codesign(q, here({ resume: JSON.parse(JSON.stringify(resume)) as Checkpoint }));
      expectHonest(again, q, min, `resumed at ${resume.seconds}`);
      expect(again.best!.objective / whole.best!.objective).toBeCloseTo(1, 9);
      expect(again.status).toBe(whole.status);
      expect(again.seconds).toBeGreaterThanOrEqual(resume.seconds);
    }
  });

  test('a checkpoint of another question does not count', { timeout: 120_000 }, async () => {
    const checkpoints: Checkpoint[] = [];
    await codesign(r, here({ checkpoint: (x) => checkpoints.push(structuredClone(x)) }));
    const other = { ...r, objective: 'energy' as const };
    expectHonest(
      await codesign(other, here({ resume: checkpoints.at(-1)! })),
      other,
      exhaustive(other),
      'another question',
    );
  });
});

describe('odd questions', () => {
  test('a layer that no machine can run is infeasible, and that is found out soon', { timeout: 60_000 }, async () => {
    // A pool needs as many sums as it takes in.
    const r = request({
      networks: [{ network: counted([makeLayer('pooled', { P: 4, Q: 2 }, { pool: [4, 2] }), 1]), weight: 1 }],
      space: menus({ accumBuffer: [1, 4], weightBuffer: [1, 4] }),
    });
    expect(exhaustive(r)).toBe(Infinity);
    const found = await codesign(r, here());
    expect(found).toMatchObject({ status: 'infeasible', bound: Infinity, best: undefined });
    expect(found.reason).toEqual({ kind: 'no-machine', space: 'tiny', area: undefined, limited: false });
  });

  test('one multiplication', async () => {
    const r = request({ networks: [{ network: counted([makeLayer('one', {}), 1]), weight: 1 }] });
    expectHonest(await codesign(r, here()), r, exhaustive(r), about(r));
  });
});

const twoNetworks: CodesignRequest['networks'] = [
  { network: counted([a, 2]), weight: 1 },
  { network: counted([b, 1]), weight: 3 },
];

test.each([
  ['edp', request().networks],
  ['layer-edp', request().networks],
  ['edp', twoNetworks],
] as const)('steps along the menus for %s agree with looking, %#', { timeout: 60_000 }, async (objective, networks) => {
  const r = request({
    networks,
    objective,
    space: menus({ weightBuffer: [1, 4, 64], globalBuffer: [1, 4, 64] }, { vectorSize: [1, 2] }),
  });
  const found = await codesign(r, here());
  const machines = everyMachine(r.space, r.technology, [a, b], false);
  const steps = await stepCosts(r, found.best!, here());
  expect(steps.map((s) => s.parameter)).toEqual(['vectorSize', 'weightBuffer', 'globalBuffer']);
  for (const { parameter, up, down } of steps) {
    for (const s of [up, down]) {
      if (!s) continue;
      const m = machines.find(
        (x) => JSON.stringify(x.point) === JSON.stringify({ ...found.best!.point, [parameter]: s.value }),
      )!;
      const valueOf = (own: readonly NetworkSums[]) =>
        own.reduce((sum, sums, k) => sum + r.networks[k]!.weight * amountOf(objective, sums), 0);
      const best = Math.min(...totals(m.fronts, r, [a, b]).map(valueOf));
      expect(s.bound).toBeLessThanOrEqual(best * (1 + 1e-9));
      expect(s.objective).toBeGreaterThanOrEqual(best * (1 - 1e-9));
      expect(s.area / m.area).toBeCloseTo(1, 12);
    }
  }
});

test.each(['layer-edp', 'energy'] as const)(
  'agrees with the joint program for the least %s',
  { timeout: 120_000 },
  async (objective) => {
    const r = request({
      objective,
      gap: 1e-4,
      space: menus({ weightBuffer: [1, 4, 64], globalBuffer: [1, 4] }, { vectorSize: [1, 2] }),
    });
    const found = await codesign(r, here());
    const joint = await solveJoint(
      {
        layers: r.networks[0]!.network.layers,
        space: r.space,
        technology: near,
        conventions: magnetConventions,
        objective: objectiveOfLayers[objective],
        area: Infinity,
        padding: false,
      },
      highs,
      annealing,
      { time: 60, evaluations: 200, gap: 1e-4, seed: 1, now: () => performance.now() },
    );
    expect(found.bound).toBeLessThanOrEqual(joint.best!.objective * (1 + 1e-9));
    expect(joint.bound).toBeLessThanOrEqual(found.best!.objective * (1 + 1e-9));
  },
);

test('an explanation keeps its time, and is one where nothing costs anything', { timeout: 60_000 }, async () => {
  const free = Object.entries(near.constants).map(([name, c]) => [
    name,
    /Energy$|^sramFloor$/.test(name) ? { ...c, value: 0 } : c,
  ]);
  const technology = { ...near, name: 'free', constants: Object.fromEntries(free) as typeof near.constants };
  const r = request({ technology, objective: 'energy', limits: { area: 10 } });
  const { best } = await codesign(r, here());
  expect(best?.objective).toBe(0);
  for (const e of await elasticities(r, best!, here())) expect(e.elasticity).toBe(0);
  for (const { up, down } of await stepCosts(r, best!, here(), performance.now()))
    for (const s of [up, down]) if (s) expect(s).toMatchObject({ objective: Infinity, bound: 0, feasible: true });
});

test('a step of the smallest machine that cannot keep the limits is not within them', { timeout: 60_000 }, async () => {
  const space = menus({ weightBuffer: [1, 4, 64], globalBuffer: [1, 4, 64] }, { vectorSize: [1, 2] });
  const fast = await codesign(request({ objective: 'latency', space }), here());
  const r = request({ objective: 'area', space, limits: { latency: fast.best!.objective } });
  const { best } = await codesign(r, here());
  const steps = (await stepCosts(r, best!, here())).flatMap(({ up, down }) =>
    [up, down].filter((s) => s !== undefined),
  );
  expect(steps.length).toBeGreaterThan(2);
  for (const { feasible, objective } of steps) if (objective < best!.objective) expect(feasible).toBe(false);
  expect(steps.some(({ objective }) => objective < best!.objective)).toBe(true);
});
