// Progress of a co-design: best, bound and gap, what is looked at, and how long it may still take.

import { counted } from '../../base/text.js';
import { defined } from '../../base/invariant.js';
import { gapBetween } from '../../model/cost/goal.js';
import { durationText, magnitude, percent } from '../../report/tables/quantities.js';
import type { CodesignWork } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignState } from '../../tuner/codesign/codesign-request.js';
import type { Io } from '../io.js';

interface CodesignProgress {
  readonly working: (state: CodesignState) => void;
  /** What is done beside the search. */
  readonly doing: (work: CodesignWork, done: number, total: number) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** Between two drawings of the live line, between two with nothing new, and between two lines where there is no terminal; milliseconds. */
const [pause, tick, rest] = [100, 1000, 5000];
const clearLine = '\r\u001b[K';

/** `goal` is undefined of work without a limit on its time; `title` stands before each line, where there are several searches. */
export function makeCodesignProgress(
  io: Io,
  goal: { readonly gap: number; readonly timeLimit: number } | undefined,
  quiet: boolean,
  title = '',
): CodesignProgress {
  if (quiet) return { working: () => {}, doing: () => {}, end: () => {} };
  const begin = io.now();
  const history: CodesignState[] = [];
  const prefix = title === '' ? '' : `${title}: `;
  const elapsed = () => (io.now() - begin) / 1000;
  const spent = (seconds: number) => `${durationText(seconds)}${goal ? ` of ${durationText(goal.timeLimit)}` : ''}`;
  /** Shown until the search says how far it is. */
  let work = 'starting';
  const standing = () => (history.length === 0 ? [work] : standingOf(defined(history.at(-1))));
  const workText = (name: CodesignWork, done: number, total: number) => `${name}: ${done} of ${total}`;
  if (io.columns === undefined) {
    // What is over in a moment needs no word.
    let said = begin;
    const say = (seconds: number) => {
      said = io.now();
      io.err(`${prefix}[${spent(seconds)}] ${standing().join(', ')}\n`);
    };
    const timer = setInterval(
      () =>
        io.now() - said >= rest &&
        say(history.length === 0 ? elapsed() : Math.max(elapsed(), defined(history.at(-1)).seconds)),
      tick,
    );
    timer.unref();
    return {
      working(n) {
        // What is better than all before is worth a line at once.
        const better = Number.isFinite(n.best) && n.best < (history.at(-1)?.best ?? Infinity);
        history.push(n);
        if (better || io.now() - said >= rest) say(n.seconds);
      },
      doing(name, done, total) {
        work = workText(name, done, total);
        if (io.now() - said >= rest) say(elapsed());
      },
      end: () => clearInterval(timer),
    };
  }
  const width = Math.max(20, io.columns - 1);
  let drawn = -Infinity;
  let arrived = 0;
  const draw = () => {
    drawn = io.now();
    const now = elapsed();
    const left = goal && timeLeft(history, goal.gap);
    // States count from the beginning of a resumed search; the clock of this run tells how old they are.
    const since = history.length > 0 ? now - arrived : 0;
    const more =
      !goal || left === undefined
        ? []
        : now + left - since > goal.timeLimit
          ? [`time limit in ${durationText(Math.max(0, goal.timeLimit - now))}`]
          : [`about ${durationText(Math.max(0, left - since))} left`];
    io.err(`${clearLine}${`${prefix}${[spent(now), ...standing(), ...more].join('  ')}`.slice(0, width)}`);
  };
  const timer = setInterval(draw, tick);
  timer.unref();
  const drawNow = () => {
    if (io.now() - drawn >= pause) draw();
  };
  return {
    working(n) {
      history.push(n);
      arrived = elapsed();
      drawNow();
    },
    doing(name, done, total) {
      work = workText(name, done, total);
      drawNow();
    },
    end() {
      clearInterval(timer);
      io.err(clearLine);
    },
  };
}

const gapOfState = ({ best, bound }: CodesignState): number => gapBetween(best, bound);

function standingOf(n: CodesignState): string[] {
  const known = Number.isFinite(n.best);
  // The live line is cut at its end: what matters most comes first.
  return [
    known ? `best ${magnitude(n.best)}` : 'nothing found yet',
    ...(n.bound > 0 && Number.isFinite(n.bound) ? [`bound ${magnitude(n.bound)}`] : []),
    ...(known ? [`gap ${percent(gapOfState(n))}`] : []),
    ...(n.unbounded
      ? [`bounding shapes: ${n.shapes - n.unbounded} of ${n.shapes}`]
      : [
          `searching, ${n.shapes - n.open} of ${n.shapes} shapes closed`,
          `${counted(n.nodes, 'box', 'boxes')} of machines`,
        ]),
  ];
}

/** States that the trend is taken from. */
const recent = 20;

/**
 * Seconds from the last state until the gap is as small as asked for, if ln(gap) goes on falling as it did: the line of
 * least squares through the last states. Undefined while there is no trend, or where no gap above 0 is asked for.
 */
export function timeLeft(history: readonly CodesignState[], goal: number): number | undefined {
  const points = history
    .map((n) => ({ t: n.seconds, y: gapOfState(n) }))
    .filter(({ y }) => y > 0 && y < 1)
    .slice(-recent)
    .map(({ t, y }) => ({ t, y: Math.log(y) }));
  if (points.length < 3 || !(goal > 0)) return undefined;
  const mean = (of: (p: { t: number; y: number }) => number) => points.reduce((n, p) => n + of(p), 0) / points.length;
  const [t, y] = [mean((p) => p.t), mean((p) => p.y)];
  const spread = mean((p) => (p.t - t) ** 2);
  const slope = mean((p) => (p.t - t) * (p.y - y)) / spread;
  const last = defined(points.at(-1));
  const left = (Math.log(goal) - last.y) / slope;
  return spread > 0 && slope < 0 && Number.isFinite(left) ? Math.max(0, left) : undefined;
}
