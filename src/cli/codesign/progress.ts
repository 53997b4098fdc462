// Progress of a co-design: best, bound and gap, what is looked at, and how long it may still take.

import { gapBetween } from '../../model/goal.js';
import { durationText, magnitude, percent } from '../../report/quantities.js';
import type { CodesignNews } from '../../tuner/codesign/request.js';
import type { Io } from '../io.js';

interface CodesignProgress {
  readonly news: (news: CodesignNews) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** Between two drawings of the live line, and between two with nothing new, milliseconds. */
const [pause, tick] = [100, 1000];
const clearLine = '\r\u001b[K';

/** `title` stands before each line, where there are several searches. */
export function makeCodesignProgress(io: Io, goal: { readonly gap: number; readonly timeLimit: number }, quiet: boolean, title = ''): CodesignProgress {
  if (quiet) return { news: () => {}, end: () => {} };
  const begin = io.now();
  const history: CodesignNews[] = [];
  const prefix = title === '' ? '' : `${title}: `;
  if (io.columns === undefined) {
    return {
      news(n) {
        // Only what is better than all before is worth a line.
        const better = Number.isFinite(n.best) && n.best < (history.at(-1)?.best ?? Infinity);
        history.push(n);
        if (better) io.err(`${prefix}[${durationText(n.seconds)}] ${standing(n).join(', ')}\n`);
      },
      end: () => {},
    };
  }
  const width = Math.max(20, io.columns - 1);
  let drawn = -Infinity;
  const draw = () => {
    drawn = io.now();
    const elapsed = (drawn - begin) / 1000;
    const last = history.at(-1);
    const left = timeLeft(history, goal.gap);
    // News count from the beginning of a resumed search; the clock of this run tells how old they are.
    const since = last ? elapsed - arrived : 0;
    const rest = left === undefined ? [] : elapsed + left - since > goal.timeLimit ? [`time limit in ${durationText(Math.max(0, goal.timeLimit - elapsed))}`] : [`about ${durationText(Math.max(0, left - since))} left`];
    io.err(`${clearLine}${`${prefix}${[durationText(elapsed), ...(last ? standing(last) : ['starting']), ...rest].join('  ')}`.slice(0, width)}`);
  };
  let arrived = 0;
  const timer = setInterval(draw, tick);
  timer.unref();
  return {
    news(n) {
      history.push(n);
      arrived = (io.now() - begin) / 1000;
      if (io.now() - drawn >= pause) draw();
    },
    end() {
      clearInterval(timer);
      io.err(clearLine);
    },
  };
}

const gapOfNews = ({ best, bound }: CodesignNews): number => gapBetween(best, bound);

function standing(n: CodesignNews): string[] {
  const known = Number.isFinite(n.best);
  return [
    known ? `best ${magnitude(n.best)}` : 'nothing found yet',
    ...(n.bound > 0 && Number.isFinite(n.bound) ? [`bound ${magnitude(n.bound)}`] : []),
    ...(known ? [`gap ${percent(gapOfNews(n))}`] : []),
    `${n.nodes} nodes`,
    `${n.open} of ${n.shapes} shapes open`,
  ];
}

/** News that the trend is taken from. */
const recent = 20;

/**
 * Seconds from the last news until the gap is as small as asked for, if ln(gap) goes on falling as it did: the line of
 * least squares through the last news. Undefined while there is no trend, or where no gap above 0 is asked for.
 */
export function timeLeft(history: readonly CodesignNews[], goal: number): number | undefined {
  const points = history.map((n) => ({ t: n.seconds, y: gapOfNews(n) })).filter(({ y }) => y > 0 && y < 1).slice(-recent).map(({ t, y }) => ({ t, y: Math.log(y) }));
  if (points.length < 3 || !(goal > 0)) return undefined;
  const mean = (of: (p: { t: number; y: number }) => number) => points.reduce((n, p) => n + of(p), 0) / points.length;
  const [t, y] = [mean((p) => p.t), mean((p) => p.y)];
  const spread = mean((p) => (p.t - t) ** 2);
  const slope = mean((p) => (p.t - t) * (p.y - y)) / spread;
  const last = points.at(-1)!;
  const left = (Math.log(goal) - last.y) / slope;
  return spread > 0 && slope < 0 && Number.isFinite(left) ? Math.max(0, left) : undefined;
}
