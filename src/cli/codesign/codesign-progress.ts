// Progress of a co-design: best, bound and gap, what is looked at, and how long it may still take.

import { counted } from '../../base/text.js';
import { defined } from '../../base/invariant.js';
import { gapBetween } from '../../model/cost/goal.js';
import { durationText, magnitude, percent } from '../../report/tables/quantities.js';
import type { CodesignWork } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignState } from '../../tuner/codesign/codesign-request.js';
import type { Io } from '../io.js';
import { makeStatusLine } from '../status-line.js';

interface CodesignProgress {
  readonly working: (state: CodesignState) => void;
  /** What is done beside the search. */
  readonly doing: (work: CodesignWork, done: number, total: number) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** `goal` is undefined of work without a limit on its time; `title` stands before each line, where there are several searches. */
export function makeCodesignProgress(
  io: Io,
  goal: { readonly gap: number; readonly timeLimit: number } | undefined,
  quiet: boolean,
  title = '',
): CodesignProgress {
  const begin = io.now();
  const history: CodesignState[] = [];
  const prefix = title === '' ? '' : `${title}: `;
  /** Shown until the search says how far it is. */
  let work = 'starting';
  let arrived = 0;
  const elapsed = () => (io.now() - begin) / 1000;
  const spent = (seconds: number) => `${durationText(seconds)}${goal ? ` of ${durationText(goal.timeLimit)}` : ''}`;
  const status = makeStatusLine(
    io,
    (onTerminal) => {
      const last = history.at(-1);
      const standing = last ? standingOf(last) : [work];
      const now = elapsed();
      // States count from the beginning of a resumed search; the clock of this run says how old they are.
      const since = last ? now - arrived : 0;
      if (!onTerminal) return `${prefix}[${spent(last ? last.seconds + since : now)}] ${standing.join(', ')}`;
      return `${prefix}${[spent(now), ...standing, ...leftText(history, goal, now, since)].join('  ')}`;
    },
    quiet,
  );
  return {
    working(n) {
      // What is better than all before has a line at once.
      const isBetter = Number.isFinite(n.best) && n.best < (history.at(-1)?.best ?? Infinity);
      history.push(n);
      arrived = elapsed();
      if (isBetter && !status.onTerminal) status.say();
      else status.changed();
    },
    doing(name, done, total) {
      work = `${name}: ${done} of ${total}`;
      status.changed();
    },
    end: status.end,
  };
}

/** `since`: seconds since the last state. */
function leftText(
  history: readonly CodesignState[],
  goal: { readonly gap: number; readonly timeLimit: number } | undefined,
  now: number,
  since: number,
): readonly string[] {
  const left = goal && timeLeft(history, goal.gap);
  if (!goal || left === undefined) return [];
  return now + left - since > goal.timeLimit
    ? [`time limit in ${durationText(Math.max(0, goal.timeLimit - now))}`]
    : [`about ${durationText(Math.max(0, left - since))} left`];
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
