// Progress of a co-design: time left by trend, lines for what is better, one live line.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeCodesignProgress, timeLeft } from '../../src/cli/codesign/codesign-progress.js';
import type { Io } from '../../src/cli/io.js';
import type { CodesignState } from '../../src/tuner/codesign/codesign-request.js';

const news = (seconds: number, best: number, bound: number, more: Partial<CodesignState> = {}): CodesignState => ({
  seconds,
  best,
  bound,
  nodes: 7,
  shapes: 24,
  open: 3,
  ...more,
});
const withGap = (seconds: number, gap: number) => news(seconds, 100, 100 * (1 - gap));

describe('time left', () => {
  test('law: where the gap falls exponentially, it is what the fall still takes, wherever the news come', () => {
    const times = fc
      .uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 3, maxLength: 30 })
      .map((ts) => ts.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        times,
        fc.double({ min: 0.001, max: 0.02, noNaN: true }),
        fc.double({ min: 1e-3, max: 0.5, noNaN: true }),
        (ts, rate, goal) => {
          const gap = (t: number) => 0.9 * Math.exp(-rate * t);
          const end = -Math.log(goal / 0.9) / rate;
          const last = ts.at(-1)!;
          expect(
            timeLeft(
              ts.map((t) => withGap(t, gap(t))),
              goal,
            ),
          ).toBeCloseTo(Math.max(0, end - last), 3);
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  test('nothing while there is no trend: too few news, a gap that stands, one that grows, none to reach', () => {
    expect(timeLeft([], 0.01)).toBeUndefined();
    expect(timeLeft([withGap(1, 0.5), withGap(2, 0.4)], 0.01)).toBeUndefined();
    expect(
      timeLeft(
        [1, 2, 3].map((t) => withGap(t, 0.5)),
        0.01,
      ),
    ).toBeUndefined();
    expect(
      timeLeft(
        [1, 2, 3].map((t) => withGap(t, 0.1 * t)),
        0.01,
      ),
    ).toBeUndefined();
    expect(
      timeLeft(
        [1, 1, 1].map((t) => withGap(t, 0.5)),
        0.01,
      ),
    ).toBeUndefined();
    expect(
      timeLeft(
        [1, 2, 3].map((t) => withGap(t, 1 / (1 + t))),
        0,
      ),
    ).toBeUndefined();
    expect(
      timeLeft(
        [1, 2, 3].map((t) => news(t, Infinity, t)),
        0.01,
      ),
    ).toBeUndefined();
  });
});

const world = (columns: number | undefined) => {
  const said: string[] = [];
  let time = 0;
  const io = { err: (text: string) => void said.push(text), now: () => time, columns } as unknown as Io;
  return { io, said, pass: (ms: number) => (time += ms) };
};

describe('what is said', () => {
  test('a line for each improvement where there is no terminal; better bounds alone wait', () => {
    const { io, said } = world(undefined);
    const p = makeCodesignProgress(io, { gap: 0.01, timeLimit: 600 }, false, 'first');
    p.working(news(0, Infinity, 0));
    p.working(news(12, 2e6, 1e6));
    p.working(news(20, 2e6, 1.5e6));
    p.working(news(75, 1.6e6, 1.5e6));
    p.end();
    expect(said).toEqual([
      'first: [12 s of 10 min 00 s] best 2.0000e+6, bound 1.0000e+6, gap 50.0 %, searching, 21 of 24 shapes closed, 7 boxes of machines\n',
      'first: [1 min 15 s of 10 min 00 s] best 1.6000e+6, bound 1.5000e+6, gap 6.3 %, ' +
        'searching, 21 of 24 shapes closed, 7 boxes of machines\n',
    ]);
  });

  test('one live line within the terminal, with the time left once there is a trend, cleared at the end', () => {
    const { io, said, pass } = world(160);
    const p = makeCodesignProgress(io, { gap: 0.01, timeLimit: 600 }, false);
    for (let t = 0; t < 5; t++) {
      p.working(withGap(t, 0.5 * 0.5 ** t));
      pass(1000);
    }
    p.end();
    expect(said.join('')).not.toContain('\n');
    expect(said.every((s) => s.length <= 160 + 5)).toBe(true);
    // From 0.5 / 16 to 0.01 at a halving a second: ln(3.125) / ln(2) = 1.64 s.
    expect(said.at(-2)).toBe(
      '\r\u001b[K4 s of 10 min 00 s  best 100  bound 96.875  gap 3.1 %  searching, 21 of 24 shapes closed  7 ' +
        'boxes of machines  about 2 s left',
    );
    expect(said.at(-1)).toBe('\r\u001b[K');
    expect(said[0]).not.toContain('left');
  });

  test('where the trend needs longer than there is, the limit is what ends it', () => {
    const { io, said, pass } = world(200);
    const p = makeCodesignProgress(io, { gap: 1e-9, timeLimit: 10 }, false);
    for (let t = 0; t < 4; t++) {
      p.working(withGap(t, 0.5 * 0.9 ** t));
      pass(1000);
    }
    p.end();
    expect(said.at(-2)).toContain('time limit in 7 s');
  });

  test(
    'phases: shapes costed, shapes bounded, shapes closed, each n of m; and what is said every few seconds where ' +
      'there is no terminal',
    () => {
      const { io, said, pass } = world(undefined);
      const p = makeCodesignProgress(io, { gap: 0.01, timeLimit: 60 }, false);
      p.doing('costing shapes', 1, 24);
      pass(5000);
      p.doing('costing shapes', 20, 24);
      pass(6000);
      p.working(news(11, Infinity, 0, { unbounded: 16 }));
      pass(6000);
      p.working(news(17, Infinity, 50, { unbounded: 0 }));
      p.end();
      expect(said).toEqual([
        '[5 s of 1 min 00 s] costing shapes: 20 of 24\n',
        '[11 s of 1 min 00 s] nothing found yet, bounding shapes: 8 of 24\n',
        '[17 s of 1 min 00 s] nothing found yet, bound 50, searching, 21 of 24 shapes closed, 7 boxes of machines\n',
      ]);
    },
  );

  test('quiet is quiet', () => {
    const { io, said } = world(80);
    const p = makeCodesignProgress(io, { gap: 0.01, timeLimit: 10 }, true);
    p.working(withGap(1, 0.5));
    p.end();
    expect(said).toEqual([]);
  });
});
