// Comparisons with made-up strategies on a clock that the test moves: turns, medians, times, ties, proofs and contradictions.

import { stopText } from '../../src/base/stop-reason.js';
import { describe, expect, test } from 'vitest';
import { designHeuristics } from '../../src/search/design/design-heuristics.js';
import { heuristicAnswer } from '../../src/search/strategy.js';
import type { CompareEvent, CompareHooks, CompareRequest, Played } from '../../src/tuner/compare/compete.js';
import { compete } from '../../src/tuner/compare/compete.js';
import { comparisonOf } from '../../src/tuner/compare/comparison.js';
import { machineContestants } from '../../src/tuner/solver-names.js';
import { bandOf, bestAt, sumOfCurves, timeTo } from '../../src/base/curves.js';
import type { RunAnswer, Run } from '../../src/tuner/compare/contest-run.js';
import type { Moment } from '../../src/base/curves.js';
import { timed } from '../../src/tuner/compare/contest-run.js';
import type { Turn } from '../../src/tuner/compare/turns.js';
import { schedule } from '../../src/tuner/compare/turns.js';
import { median } from '../../src/base/statistics.js';

const request = (more: Partial<CompareRequest> = {}): CompareRequest => ({
  arenas: [
    { name: 'conv', count: 3 },
    { name: 'fc', count: 1 },
  ],
  contestants: ['solver', 'walk', 'dice'],
  referee: { strategy: 'auto', first: false },
  time: 10,
  repeat: 3,
  seed: 1,
  gap: 1e-4,
  ...more,
});

/** What a strategy finds when, in seconds; the last is its answer. */
interface Script {
  readonly finds: readonly (readonly [seconds: number, best: number])[];
  readonly bound?: number;
  readonly seconds: number;
  readonly evaluations?: number;
}

const moments = (finds: Script['finds']): readonly Moment[] => finds.map(([seconds, best]) => ({ seconds, best }));

function runOf({ strategy, round }: Turn, { finds, bound = 0, seconds, evaluations = 100 }: Script): Run {
  const objective = finds.at(-1)?.[1] ?? Infinity;
  const status =
    bound === Infinity
      ? 'infeasible'
      : bound > 0 && bound >= objective * (1 - 1e-4)
        ? 'optimal'
        : Number.isFinite(objective)
          ? 'feasible'
          : 'unknown';
  return {
    strategy,
    seed: Math.max(1, round),
    status,
    objective,
    bound,
    evaluations,
    seconds,
    reason: '',
    curve: moments(finds),
  };
}

/** Everybody plays by a script; what happened is listed. */
async function play(asked: CompareRequest, script: (turn: Turn) => Script, more: Partial<CompareHooks> = {}) {
  const events: CompareEvent[] = [];
  const played = await compete(asked, {
    width: 1,
    run: (turn) => Promise.resolve(runOf(turn, script(turn))),
    event: (e) => events.push(e),
    stopped: () => false,
    ...more,
  });
  return { played, events, comparison: comparisonOf(asked, played) };
}

const usual = ({ arena, round, strategy }: Turn): Script => {
  const min = arena === 0 ? 100 : 10;
  if (strategy === 'solver' || strategy === 'auto')
    return {
      finds: [
        [1, 1.5 * min],
        [2, min],
      ],
      bound: min,
      seconds: 4,
    };
  if (strategy === 'walk')
    return {
      finds: [
        [0.1, 2 * min],
        [round, 1.02 * min],
      ],
      seconds: 10,
      evaluations: 1000 * round,
    };
  return { finds: [[0.5, (1 + round / 10) * min]], seconds: 10, evaluations: 5000 };
};

describe('turns', () => {
  test('every round has everybody once, in an order of its own that the seed decides', () => {
    const turns = schedule(request().arenas, request({ repeat: 8 }));
    const rounds = turns.filter((t) => t.round > 0 && t.arena === 0);
    const orders = Array.from({ length: 8 }, (_, r) => rounds.slice(3 * r, 3 * r + 3).map((t) => t.strategy));
    orders.forEach((order, r) => {
      expect([...order].sort()).toEqual(['dice', 'solver', 'walk']);
      expect(rounds.slice(3 * r, 3 * r + 3).every((t) => t.round === r + 1)).toBe(true);
    });
    expect(new Set(orders.map(String)).size).toBeGreaterThan(2);
    expect(schedule(request().arenas, request({ repeat: 8 }))).toEqual(turns);
    expect(schedule(request().arenas, request({ repeat: 8, seed: 2 }))).not.toEqual(turns);
  });

  test('one at a time, in the order of the schedule', async () => {
    let atWork = 0;
    let max = 0;
    const run = async (turn: Turn) => {
      max = Math.max(max, ++atWork);
      await new Promise((resume) => setTimeout(resume, 1));
      atWork--;
      return runOf(turn, usual(turn));
    };
    const { played } = await play(request(), usual, { run });
    expect(max).toBe(1);
    expect(played.map(({ arena, round, strategy }) => ({ arena, round, strategy }))).toEqual(
      schedule(request().arenas, request()).filter((t) => t.round > 0),
    );
    max = 0;
    expect((await play(request(), usual, { run, width: 3 })).comparison).toEqual(
      (await play(request(), usual)).comparison,
    );
    expect(max).toBe(3);
  });

  test('the referee plays only where nobody has proven the optimum', async () => {
    const { events, comparison } = await play(request(), (turn) =>
      turn.arena === 1 && turn.strategy === 'solver' ? { finds: [[1, 12]], bound: 5, seconds: 10 } : usual(turn),
    );
    expect(events.filter((e) => e.kind === 'settled').map((e) => e.turn.arena)).toEqual([0]);
    expect(comparison.arenas.map((a) => [a.reference.by, a.reference.bound, a.referee?.strategy])).toEqual([
      ['solver', 100, undefined],
      ['auto', 10, 'auto'],
    ]);
  });

  test('where nobody can prove anything the referee is first', async () => {
    const { played } = await play(
      request({ contestants: ['walk', 'dice'], referee: { strategy: 'auto', first: true } }),
      usual,
    );
    expect(played.filter((p) => p.arena === 1)[0]!.strategy).toBe('auto');
    expect(played).toHaveLength(2 * (1 + 6));
  });

  test('after a stop nothing is begun; what was done stands, and sums are over finished arenas', async () => {
    let runs = 0;
    const { comparison } = await play(request(), (turn) => (runs++, usual(turn)), { stopped: () => runs >= 11 });
    expect(comparison.arenas.map((a) => [a.finished, a.runs.length])).toEqual([
      [true, 9],
      [false, 2],
    ]);
    expect(comparison.sum).toMatchObject({ arenas: 1, bound: 300 });
    expect(comparisonOf(request(), [])).toEqual({ arenas: [], sum: undefined, offenders: [] });
  });
});

describe('standings', () => {
  test('median, spread, distance, rate, times and wins by hand', async () => {
    const { comparison } = await play(request(), usual);
    const [solver, walk, dice] = comparison.arenas[0]!.standings;
    expect(solver).toMatchObject({
      median: 100,
      min: 100,
      max: 100,
      distance: 0,
      to5: 2,
      to1: 2,
      proof: 4,
      rate: 25,
      wins: 3,
      contests: 3,
    });
    // 1000 + 2000 + 3000 evaluations in 30 s; 2 % above the bound after 1, 2 and 3 s.
    expect(walk).toMatchObject({ median: 102, to5: 2, to1: Infinity, proof: Infinity, rate: 200, wins: 0 });
    expect(walk!.distance).toBeCloseTo(0.02, 12);
    expect(dice!.median).toBeCloseTo(120, 9);
    expect([dice!.min, dice!.max].map((x) => Math.round(x))).toEqual([110, 130]);
    expect(dice).toMatchObject({ to5: Infinity, wins: 0 });
  });

  test('over the network: count-weighted, as if all layers ran side by side', async () => {
    const { comparison } = await play(request(), usual);
    const [solver, walk] = comparison.sum!.standings;
    expect(comparison.sum).toMatchObject({ arenas: 2, bound: 310, proved: true });
    expect(solver).toMatchObject({ median: 310, proof: 4, rate: 25, wins: 6, contests: 6 });
    expect(walk!.median).toBeCloseTo(1.02 * 310, 9);
    expect(walk!.to5).toBe(2);
  });

  test('who is level wins too', async () => {
    const { comparison } = await play(request(), () => ({ finds: [[1, 7]], seconds: 10 }));
    for (const s of comparison.arenas[0]!.standings)
      expect(s).toMatchObject({ wins: 3, distance: undefined, to5: Infinity });
  });

  test('a strategy that finds nothing wins nothing and has no median; one that mostly finds has one', async () => {
    const { comparison } = await play(request(), (turn) =>
      turn.strategy === 'walk' || (turn.strategy === 'dice' && turn.round === 2)
        ? { finds: [], seconds: 10 }
        : usual(turn),
    );
    const [, walk, dice] = comparison.arenas[0]!.standings;
    expect(walk).toMatchObject({ median: Infinity, min: Infinity, distance: Infinity, wins: 0, to5: Infinity });
    expect(dice!.median).toBeCloseTo(130, 9);
    expect(dice!.max).toBe(Infinity);
    expect(comparison.sum!.standings[1]!.median).toBe(Infinity);
    expect(comparison.offenders).toEqual([]);
  });

  test('what comes after the time does not count, but for a last step; a late proof is a bound all the same', async () => {
    const { comparison } = await play(request(), (turn) => {
      if (turn.strategy === 'solver')
        return {
          finds: [
            [1, 300],
            [11, 100],
          ],
          bound: 100,
          seconds: 12,
        };
      return {
        finds:
          turn.strategy === 'walk'
            ? [
                [2, 200],
                [10.4, 150],
              ]
            : [[10.6, 120]],
        seconds: 10.6,
      };
    });
    const [solver, walk, dice] = comparison.arenas[0]!.standings;
    expect(comparison.arenas[0]!.reference).toMatchObject({ bound: 100, best: 100, proved: true });
    expect(solver).toMatchObject({ median: 300, proof: Infinity, longest: 12 });
    expect([walk!.median, dice!.median]).toEqual([150, Infinity]);
  });

  test('proven that nothing fits: bound and optimum are infinite', async () => {
    const { comparison } = await play(request(), (turn) => ({
      finds: [],
      bound: turn.strategy === 'solver' ? Infinity : 0,
      seconds: 1,
    }));
    expect(comparison.arenas[0]!.reference).toMatchObject({ bound: Infinity, proved: true, by: 'solver' });
    expect(comparison.arenas[0]!.standings[0]).toMatchObject({ proof: 1, distance: undefined });
  });
});

describe('contradictions', () => {
  test('a strategy below a proven bound is named, by more than rounding', async () => {
    const { comparison } = await play(request(), (turn) =>
      turn.strategy === 'dice' && turn.round === 3 && turn.arena === 1
        ? { finds: [[1, 9.9]], seconds: 10 }
        : usual(turn),
    );
    expect(comparison.offenders).toEqual([
      { arena: 'fc', strategy: 'dice', seed: 3, objective: 9.9, bound: 10, by: 'solver' },
    ]);
    expect(
      (
        await play(request(), (turn) =>
          turn.strategy === 'dice'
            ? { finds: [[1, (turn.arena === 0 ? 100 : 10) * (1 - 1e-12)]], seconds: 10 }
            : usual(turn),
        )
      ).comparison.offenders,
    ).toEqual([]);
  });

  test('so is one that finds something where nothing fits', async () => {
    const { comparison } = await play(request({ repeat: 1 }), (turn) =>
      turn.strategy === 'solver'
        ? { finds: [], bound: Infinity, seconds: 1 }
        : { finds: turn.strategy === 'dice' ? [[1, 5]] : [], seconds: 1 },
    );
    expect(comparison.offenders.map((o) => [o.arena, o.strategy])).toEqual([
      ['conv', 'dice'],
      ['fc', 'dice'],
    ]);
  });
});

describe('runs', () => {
  test('are timed by the clock; what is no better does not count, and the answer is the last', async () => {
    let time = 5000;
    const outcome: RunAnswer = { status: 'feasible', objective: 80, bound: 0, evaluations: 7, reason: '' };
    const run = await timed(
      'walk',
      2,
      () => time,
      (improved) => {
        for (const [after, best] of [
          [250, 100],
          [250, 120],
          [500, 90],
        ] as const) {
          time += after;
          improved(best);
        }
        time += 1000;
        return Promise.resolve(outcome);
      },
    );
    expect(run).toEqual({
      strategy: 'walk',
      seed: 2,
      ...outcome,
      seconds: 2,
      curve: moments([
        [0.25, 100],
        [1, 90],
        [2, 80],
      ]),
    });
  });

  test('that find nothing have no curve', async () => {
    const { status, bound, evaluations, reason } = heuristicAnswer('walk', undefined, 3);
    expect(
      await timed(
        'walk',
        1,
        () => 0,
        () => Promise.resolve({ status, objective: Infinity, bound, evaluations, reason: stopText(reason) }),
      ),
    ).toMatchObject({ curve: [], seconds: 0, status: 'unknown' });
  });
});

describe('curves', () => {
  const curve = moments([
    [1, 10],
    [2, 6],
    [4, 5],
  ]);

  test('hold until something better', () => {
    expect([0.5, 1, 1.5, 2, 3.9, 4, 99].map((t) => bestAt(curve, t))).toEqual([Infinity, 10, 10, 6, 6, 5, 5]);
    expect([11, 6, 5.5, 4].map((value) => timeTo(curve, value))).toEqual([1, 2, 4, Infinity]);
  });

  test('add up from where all have something', () => {
    const sum = sumOfCurves([
      { weight: 2, curve },
      {
        weight: 1,
        curve: moments([
          [1.5, 100],
          [3, 50],
        ]),
      },
    ]);
    expect(sum).toEqual(
      moments([
        [1.5, 120],
        [2, 112],
        [3, 62],
        [4, 60],
      ]),
    );
    for (const t of [1.5, 1.9, 2.5, 3, 9])
      expect(bestAt(sum, t)).toBe(
        2 * bestAt(curve, t) +
          bestAt(
            moments([
              [1.5, 100],
              [3, 50],
            ]),
            t,
          ),
      );
    expect(
      sumOfCurves([
        { weight: 1, curve },
        { weight: 1, curve: [] },
      ]),
    ).toEqual([]);
  });

  test('of several runs have a middle and ends at every moment from where half of them are there', () => {
    const band = bandOf([curve, moments([[2, 8]]), []], 0.5, 8);
    expect(band[0]!.seconds).toBeGreaterThanOrEqual(2);
    expect(band.at(-1)).toEqual({ seconds: 8, median: 8, min: 5, max: Infinity });
    for (const m of band) expect(m.min <= m.median && m.median <= m.max).toBe(true);
  });

  test('medians: the middle one, the mean of two, infinite where a middle one is', () => {
    expect(
      [[3], [4, 1], [9, 1, 5], [Infinity, 1, 2], [Infinity, 1], [Infinity, Infinity]].map((xs) => median(xs)),
    ).toEqual([3, 2.5, 5, 2, Infinity, Infinity]);
  });
});

test('searches over machines are named as they name themselves', () => {
  expect(machineContestants).toEqual([
    'codesign',
    ...['random', 'annealing', 'genetic', 'bayesian'].filter((name) => designHeuristics.some((h) => h.name === name)),
  ]);
  expect(machineContestants).toHaveLength(designHeuristics.length + 1);
});

test('what is played in any order is one comparison', async () => {
  const { played, comparison } = await play(request(), usual);
  const later = (a: Played, b: Played) => b.round - a.round;
  const again = comparisonOf(request(), [...played].sort(later));
  expect(again.arenas.map((a) => a.standings)).toEqual(comparison.arenas.map((a) => a.standings));
});
