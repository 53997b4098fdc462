// Law: no random, annealed or hand-written mapping beats a proved one; a larger buffer never raises the optimum;
// more padding choices never raise it; the same seed gives the same answer.

import { describe, expect, test } from 'vitest';
import { kibibytes } from '../../src/base/units.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { array3, simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { heuristics } from '../../src/search/mapping/heuristics.js';
import type { Task } from '../../src/search/strategy.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { builtinNetworks } from '../../src/workloads/builtin-networks.js';
import { parseCase } from '../../src/interchange/case.js';
import { judge } from '../../src/search/mapping/point.js';
import { casesOf, inLong, long } from '../support/cases.js';
import { goldenCases } from '../support/golden.js';

const now = () => performance.now();
/** Who proves: machines of the template are enumerated and given to the MILP solver, which takes a minute or two for some layers. */
type Prover = 'enumerate' | 'highs';
const provers: readonly Prover[] = ['enumerate', 'highs'];
/** Layers that the program proves in a few seconds: the short suite asks it for these alone. */
const quick = ['fully connected', 'GEMM 262144x128x32768'];
const questions = (layers: readonly (readonly [name: string, layer: Task['layer']])[]) =>
  layers.flatMap(([name, layer]) =>
    provers
      .filter((prover) => prover === 'enumerate' || long || quick.includes(name))
      .map((prover) => [name, prover, layer] as const),
  );
const solve = (task: Task, prover: Prover, time = 120) =>
  mapLayer(task, prover, { time, evaluations: Infinity, gap: 1e-4, seed: 1, now });
/**
 * Heads of attention, a group each, on a machine that works tile by tile: the program's bound on cycles may stay some per
 * cent below what any mapping reaches. They need not be proved in time, but their bounds must stand.
 */
const isOpen = ({ bounds: b }: Task['layer'], prover: Prover) =>
  prover === 'highs' && b.G > 1 && b.K > 1 && b.R * b.S === 1;
const onSimba = (layer: Task['layer'], more: Partial<Task> = {}): Task => ({
  architectures: lowerTemplate(simba, technology16nm),
  layer,
  conventions: magnetConventions,
  goal: { objective: 'edp', limits: {} },
  padding: true,
  machine: { template: simba, technology: technology16nm },
  ...more,
});

describe('no heuristic beats a proved optimum', () => {
  // One layer of each built-in network here; benchmarks/attack.ts takes all of them.
  // What is open is attacked too: its bound must stand.
  const picks = builtinNetworks.map((n, i) => [n.name, n.layers[(5 * i + 1) % n.layers.length]!.layer] as const);
  test.each(questions(picks))('%s, by %s', { timeout: 300_000 }, async (_, prover, layer) => {
    const task = onSimba(layer);
    const proved = await solve(task, prover, isOpen(layer, prover) ? 15 : 120);
    if (!isOpen(layer, prover)) expect(proved.status).toBe('optimal');
    for (const attack of heuristics) {
      for (const seed of inLong([1, 2], [1])) {
        const evaluations = casesOf('moves of a heuristic');
        const tried = await attack.find(task, { time: 60, evaluations, gap: 0, seed, now });
        expect(proved.bound).toBeLessThanOrEqual(tried.best?.objective ?? Infinity);
        if (proved.status === 'optimal')
          expect(proved.best!.objective * (1 - 1e-4)).toBeLessThanOrEqual(tried.best?.objective ?? Infinity);
      }
    }
  });

  test('nor do the hand-written mappings of the golden cases', { timeout: 300_000 }, async () => {
    const cases = goldenCases().filter((c) => ['A01_3x3_ws_CxKy', 'A13_1x1_base', 'A25_fc', 'D02_1x1'].includes(c.id));
    expect(cases).toHaveLength(4);
    for (const golden of cases) {
      const parsed = parseCase(golden);
      if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
      const { architecture, layer, mapping } = parsed.value;
      const task: Task = {
        architectures: [architecture],
        layer,
        conventions: timeloopConventions,
        goal: { objective: 'energy', limits: {} },
        padding: false,
      };
      const byHand = judge(task.goal, task.conventions, architecture, 0, layer, mapping!);
      const proved = await solve(task, 'highs');
      expect(proved.status).toBe('optimal');
      expect(proved.bound).toBeLessThanOrEqual(byHand!.objective);
      expect(proved.best!.objective).toBeLessThanOrEqual(byHand!.objective);
    }
  });
});

describe('monotone laws', () => {
  const layer = makeLayer('3x3', { K: 32, C: 16, P: 14, Q: 14, R: 3, S: 3 });

  test('a larger buffer never raises the optimum', { timeout: 300_000 }, async () => {
    // One technology entry per size would move energies too: the machine with literal energies changes in size only.
    const sized = (words: number) => ({
      ...array3,
      levels: array3.levels.map((l) =>
        l.name === 'LocalBuffer' ? { ...l, pools: l.pools.map((p) => ({ ...p, bits: (words * 8) as never })) } : l,
      ),
    });
    let last = Infinity;
    for (const words of inLong([64, 128, 512], [64, 512])) {
      const answer = await solve(
        onSimba(layer, {
          architectures: [sized(words)],
          goal: { objective: 'energy', limits: {} },
          machine: undefined,
        }),
        'highs',
      );
      expect(answer.bound).toBeLessThanOrEqual(last);
      last = answer.best!.objective;
    }
  });

  test.each([
    ['enumerate', makeLayer('odd', { K: 13, C: 27, P: 13, Q: 11, R: 3, S: 3 })],
    ['highs', inLong(makeLayer('odd', { K: 13, C: 27, P: 13, Q: 11, R: 3, S: 3 }), makeLayer('odd', { K: 13, P: 11 }))],
  ] as const)('padding never raises the optimum, by %s', { timeout: 300_000 }, async (prover, odd) => {
    const plain = await solve(onSimba(odd, { padding: false }), prover);
    const padded = await solve(onSimba(odd), prover);
    expect(padded.bound).toBeLessThanOrEqual(plain.best!.objective);
    expect(padded.best!.objective).toBeLessThan(plain.best!.objective);
  });

  test.each(provers)('the same seed gives the same answer, by %s', { timeout: 300_000 }, async (prover) => {
    const template = { ...simba, globalBuffer: kibibytes(32) };
    const task = onSimba(makeLayer('1x1', inLong({ K: 64, C: 32, P: 14, Q: 14 }, { K: 64, C: 32 })), {
      architectures: lowerTemplate(template, technology16nm),
      machine: { template, technology: technology16nm },
    });
    const [a, b] = [await solve(task, prover), await solve(task, prover)];
    expect(a.best!.mapping).toEqual(b.best!.mapping);
    expect(a.bound).toBe(b.bound);
  });
});

describe('layers that hurt others', () => {
  const hard = [
    makeLayer('depthwise', { G: 96, P: 28, Q: 28, R: 3, S: 3 }),
    makeLayer('prime', { K: 55, C: 13, P: 27, Q: 13, R: 5, S: 5 }),
    makeLayer('fully connected', { K: 1000, C: 2048 }),
    makeLayer('GEMM 262144x128x32768', { P: 262144, K: 128, C: 32768 }),
    makeLayer('dilated', { K: 32, C: 32, P: 28, Q: 28, R: 3, S: 3 }, { dilation: [2, 2] }),
    makeLayer('batched heads', { G: 12, P: 128, K: 128, C: 64 }),
  ];
  const named = hard.map((l) => [l.name, l] as const);
  test.each(questions(named))('%s, by %s', { timeout: 300_000 }, async (_, prover, layer) => {
    const answer = await solve(onSimba(layer), prover, isOpen(layer, prover) ? 15 : 120);
    if (isOpen(layer, prover))
      expect((answer.best!.objective - answer.bound) / answer.best!.objective).toBeLessThan(0.2);
    else expect(answer.status).toBe('optimal');
    for (const level of answer.best!.evaluation.levels) {
      for (const d of Object.values(level.dataspaces))
        for (const n of [d.reads, d.fills, d.updates]) expect(Number.isSafeInteger(Math.round(n))).toBe(true);
    }
  });
});
