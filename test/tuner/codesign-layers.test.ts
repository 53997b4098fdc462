// Law: co-design under limits on single layers agrees with looking at every machine of a small space with every mapping,
// of which those beyond a layer's limits are struck out.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=200 npx vitest run test/tuner/codesign-layers.test.ts

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { Limits } from '../../src/model/cost/goal.js';
import { withinLimits } from '../../src/model/cost/goal.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import { incumbent } from '../../src/tuner/codesign/incumbent.js';
import { limitReasons } from '../../src/tuner/codesign/limit-reasons.js';
import { limitsOfLayer, uniqueLayers } from '../../src/tuner/codesign/codesign-problem.js';
import type { CodesignHooks } from '../../src/tuner/codesign/codesign-hooks.js';
import type {
  Checkpoint,
  CodesignObjective,
  CodesignRequest,
  LayerLimits,
} from '../../src/tuner/codesign/codesign-request.js';
import { stepCosts } from '../../src/tuner/codesign/parameter-steps.js';
import { machineContestTask } from '../../src/tuner/compare/machine-contest.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { near } from '../support/boxes.js';
import type { Cost } from '../support/census.js';
import { everyMachine, tinySpace } from '../support/census.js';
import { shapes } from '../support/shapes.js';

const seed = seedFrom(20191104);
const cases = casesOf('codesign within limits of layers');

const here = (more: Partial<CodesignHooks> = {}): CodesignHooks => ({
  now: () => performance.now(),
  width: 1,
  shapes,
  progress: () => {},
  stopped: () => false,
  ...more,
});

const net = (name: string, layers: readonly (readonly [ReturnType<typeof makeLayer>, number])[]) => ({
  name,
  source: 'test',
  unmapped: [],
  layers: layers.map(([layer, count]) => ({ layer, count })),
});
const a = makeLayer('a', { K: 4, C: 4, P: 2 });
const b = makeLayer('b', { P: 5, C: 3, R: 2 });
const likeB = { ...b, name: 'like b' };

const space = tinySpace({
  weightBuffer: [2 * 16, 2 * 16 * 4, 2 * 16 * 64],
  globalBuffer: [4 * 16, 4 * 16 * 64],
  rows: [1, 2],
});
const request = (more: Partial<CodesignRequest> = {}): CodesignRequest => ({
  networks: [
    {
      network: net('net', [
        [a, 2],
        [b, 1],
      ]),
      weight: 1,
    },
  ],
  space,
  technology: near,
  conventions: magnetConventions,
  objective: 'edp',
  limits: {},
  padding: false,
  gap: 1e-9,
  timeLimit: 60,
  ...more,
});

const machines = everyMachine(space, near, [a, b], false);
const amount = (objective: CodesignObjective, { energy, cycles }: Cost) =>
  ({ edp: energy * cycles, 'layer-edp': energy * cycles, energy, latency: cycles, area: 0 })[objective];

/** By the same product and comparison as the cost model's, on plain numbers. */
const keeps = ({ energy = Infinity, latency = Infinity, edp = Infinity }: Limits, c: Cost): boolean =>
  c.energy <= energy && c.cycles <= latency && c.energy * c.cycles <= edp;

/** Of one network of both layers: every choice of a mapping for each. */
function leastProduct(r: CodesignRequest, fronts: readonly (readonly Cost[])[]): number {
  const { layers } = r.networks[0]!.network;
  let sums = [{ energy: 0, cycles: 0 }];
  for (const { layer, count } of layers) {
    const kept = fronts[layer.name === 'a' ? 0 : 1]!.filter((c) => keeps(limitsOfLayer(r, layer), c));
    sums = sums.flatMap((s) =>
      kept.map((c) => ({ energy: s.energy + count * c.energy, cycles: s.cycles + count * c.cycles })),
    );
  }
  return Math.min(Infinity, ...sums.map((s) => s.energy * s.cycles));
}

/** The constrained optimum by looking at everything. */
function exhaustive(r: CodesignRequest): number {
  return Math.min(
    ...machines.map(({ area, fronts }) => {
      if (area > (r.limits.area ?? Infinity) * (1 + 1e-12)) return Infinity;
      if (r.objective === 'edp') return leastProduct(r, fronts);
      const value = r.networks.reduce(
        (total, { network, weight }) =>
          total +
          network.layers.reduce((sum, { layer, count }) => {
            const front = fronts[layer.name === 'a' ? 0 : 1]!;
            const kept = front.filter((c) => keeps(limitsOfLayer(r, layer), c));
            return sum + weight * count * Math.min(Infinity, ...kept.map((c) => amount(r.objective, c)));
          }, 0),
        0,
      );
      return r.objective === 'area' && value < Infinity ? area : value;
    }),
  );
}

/** Limits that some machine just keeps, a little less, or a little more. */
function limitsLike(chance: ReturnType<typeof seeded>, layer: number): Limits {
  const { energy, cycles } = chance.pick(chance.pick(machines).fronts[layer]!);
  const share = chance.pick([1, 1, 0.9, 1.1]);
  return chance.pick<Limits>([
    { latency: cycles * share },
    { energy: energy * share },
    { edp: energy * cycles * share },
    { latency: cycles, energy: energy * share },
  ]);
}

describe('agrees with looking at every machine and mapping', () => {
  const chance = seeded(seed);
  const questions = Array.from({ length: cases }, (_, i): CodesignRequest => {
    const each = i % 3 === 0 ? limitsLike(chance, 0) : {};
    const layers: LayerLimits['layers'] =
      i % 3 === 1
        ? { a: limitsLike(chance, 0) }
        : i % 3 === 2
          ? { a: limitsLike(chance, 0), b: limitsLike(chance, 1) }
          : {};
    return request({
      layerLimits: { each, layers },
      objective: chance.pick<CodesignObjective>(['edp', 'layer-edp', 'energy', 'latency', 'area']),
    });
  });

  test('under limits of layers', { timeout: 600_000 }, async () => {
    let some = 0;
    for (const r of questions) {
      const about = `${r.objective} ${JSON.stringify(r.layerLimits)}`;
      const best = exhaustive(r);
      const found = await codesign(r, here());
      expect(found.status, about).toBe(best === Infinity ? 'infeasible' : 'optimal');
      expect(found.bound, about).toBeLessThanOrEqual(best * (1 + 1e-9));
      if (!found.best) {
        expect(await limitReasons(r, here(), Infinity), about).toBeDefined();
        continue;
      }
      some++;
      expect(found.best.objective / best, about).toBeCloseTo(1, 8);
      for (const l of found.best.layers) {
        expect(withinLimits(limitsOfLayer(r, l.layer), l.found.evaluation), about).toBe(true);
        const own = amount(r.objective === 'area' ? 'edp' : r.objective, {
          energy: l.found.evaluation.energy,
          cycles: l.found.evaluation.cycles,
        });
        expect(l.bound, about).toBeLessThanOrEqual(own * (1 + 1e-9));
      }
    }
    expect(some).toBeGreaterThan(cases / 4);
  });

  test('beside a limit on the network the bound holds, and what is found keeps both', { timeout: 60_000 }, async () => {
    const free = await codesign(request({ objective: 'latency' }), here());
    const [first] = free.best!.layers;
    const r = request({
      objective: 'energy',
      limits: { latency: 1.5 * free.best!.objective },
      layerLimits: { each: {}, layers: { a: { latency: 1.2 * first!.found.evaluation.cycles } } },
    });
    const found = await codesign(r, here());
    expect(found.best).toBeDefined();
    expect(found.bound).toBeLessThanOrEqual(found.best!.objective * (1 + 1e-9));
    expect(found.bound * (1 + 1e-9)).toBeGreaterThanOrEqual(exhaustive({ ...r, limits: {} }) * 0.5);
    expect(found.best!.layers[0]!.found.evaluation.cycles).toBeLessThanOrEqual(1.2 * first!.found.evaluation.cycles);
    const total = found.best!.layers.reduce((n, l) => n + l.counts[0]! * l.found.evaluation.cycles, 0);
    expect(total).toBeLessThanOrEqual(1.5 * free.best!.objective);
  });
});

describe('a limit on one layer', () => {
  const tight = Math.min(...machines.flatMap((m) => m.fronts[1]!.map((c) => c.cycles)));
  const limited = (latency: number, more: Partial<CodesignRequest> = {}) =>
    request({ objective: 'energy', layerLimits: { each: {}, layers: { b: { latency } } }, ...more });

  test('does not bind its like of another name in another network', { timeout: 60_000 }, async () => {
    const networks = [
      { network: net('one', [[b, 1]]), weight: 1 },
      { network: net('two', [[likeB, 1]]), weight: 1 },
    ];
    const r = limited(tight, { networks });
    expect(uniqueLayers(networks, r.layerLimits)).toHaveLength(2);
    expect(uniqueLayers(networks)).toHaveLength(1);
    const found = await codesign(r, here());
    expect(found.best!.objective / exhaustive(r)).toBeCloseTo(1, 8);
  });

  test('that none keeps is infeasible, and the reason names the layer and how far it is', async () => {
    const r = limited(tight - 1);
    const found = await codesign(r, here());
    expect(found).toMatchObject({ status: 'infeasible', bound: Infinity });
    expect(found.reason).toMatchObject({ kind: 'no-machine', limited: true });
    const causes = await limitReasons(r, here(), Infinity);
    expect(causes).toMatchObject([{ kind: 'layer-limit', layer: 'b', quantity: 'latency', max: tight - 1 }]);
    for (const cause of causes) if (cause.kind === 'layer-limit') expect(cause.min).toBeCloseTo(tight, 3);
  });

  test('that cannot be kept together with another of the same layer is said to be so', async () => {
    const energy = Math.min(...machines.flatMap((m) => m.fronts[1]!.map((c) => c.energy)));
    const r = request({ layerLimits: { each: {}, layers: { b: { latency: tight, energy: energy * (1 + 1e-9) } } } });
    expect(exhaustive(r)).toBe(Infinity);
    expect(await limitReasons(r, here(), Infinity)).toMatchObject([{ kind: 'layer-limits', layer: 'b' }]);
  });

  test(
    'is kept by what is guessed, by the heuristics of compare, and by a search that goes on',
    { timeout: 60_000 },
    async () => {
      const r = limited(tight);
      const layers = uniqueLayers(r.networks, r.layerLimits);
      const guess = await incumbent({ request: r, layers, hooks: here(), deadline: Infinity, progress: () => {} });
      for (const f of guess.best()?.found.slice(1) ?? []) expect(f.evaluation.cycles).toBeLessThanOrEqual(tight);

      const best = exhaustive(r);
      const run = await machineContestTask({ request: { ...r, timeLimit: 2 }, strategy: 'random', seed: 1 }, () => {});
      expect(run.objective).toBeGreaterThanOrEqual(best * (1 - 1e-9));

      let saved: Checkpoint | undefined;
      await codesign(r, here({ checkpoint: (x) => (saved = x) }));
      const again = await codesign(r, here({ resume: saved! }));
      expect(again.best!.objective / best).toBeCloseTo(1, 8);
      // Without the limit, or under another, it is another question.
      const free = await codesign({ ...r, layerLimits: { each: {}, layers: {} } }, here({ resume: saved! }));
      expect(free.best!.objective / exhaustive(request({ objective: 'energy' }))).toBeCloseTo(1, 8);
    },
  );

  test('is what a step breaks: it is worth something, and not within the limits', { timeout: 60_000 }, async () => {
    const r = limited(tight);
    const { best } = await codesign(r, here());
    const steps = (await stepCosts(r, best!, here())).flatMap((s) => [s.down, s.up]).filter((s) => s !== undefined);
    const broken = steps.filter((s) => !s.feasible && Number.isFinite(s.objective));
    expect(broken.length).toBeGreaterThan(0);
    for (const s of steps.filter((x) => x.feasible))
      expect(s.objective).toBeGreaterThanOrEqual(best!.objective * (1 - 1e-9));
  });
});
