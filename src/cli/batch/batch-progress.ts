// Progress of a batch on standard error: what is at work, what has ended, and how long the rest may take.

import type { JobOutcome, Plan } from '../../batch/batch-job.js';
import { durationText, magnitude, percent, secondsText } from '../../report/tables/quantities.js';
import type { Io } from '../io.js';

export interface BatchProgress {
  readonly begun: (plan: Plan, part: string) => void;
  /** A part is done with. */
  readonly done: (plan: Plan, part: string, solved: boolean) => void;
  readonly finished: (plan: Plan, outcome: JobOutcome) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

const silent: BatchProgress = { begun: () => {}, done: () => {}, finished: () => {}, end: () => {} };
const clearLine = '\r\u001b[K';
/** Between two drawings of the live line, and between two with nothing new, milliseconds. */
const [pause, tick] = [100, 1000];

/** `before` of `total` jobs had ended before; `plans` are to be done. */
export function makeBatchProgress(
  io: Io,
  plans: readonly Plan[],
  before: number,
  total: number,
  quiet: boolean,
): BatchProgress {
  if (quiet) return silent;
  const began = io.now();
  let [ended, failed] = [before, 0];
  const parts = plans.reduce((n, p) => n + p.parts.length, 0);
  let [known, solved] = [0, 0];
  const atWork = new Map<string, string>();
  const nameOf = (plan: Plan, part: string) => (plan.parts.length > 1 ? `${plan.label}: ${part}` : plan.label);
  /** As if the rest were like what has been done: as many parts known already, the others as long. */
  const left = (): string => {
    if (solved === 0 || known + solved >= parts) return '';
    const seconds = ((io.now() - began) / 1000 / (known + solved)) * (parts - known - solved);
    return `about ${durationText(seconds)} left`;
  };
  let drawn = -Infinity;
  const draw = (further: boolean) => {
    if (io.columns === undefined || (further && io.now() - drawn < pause)) return;
    drawn = io.now();
    const line = [
      `${ended}/${total} jobs${failed > 0 ? `, ${failed} failed` : ''}`,
      durationText((drawn - began) / 1000),
      left(),
      [...atWork.values()].join(', '),
    ]
      .filter((t) => t !== '')
      .join('  ');
    io.err(`${clearLine}${line.slice(0, Math.max(20, io.columns - 1))}`);
  };
  const timer = setInterval(() => draw(false), tick);
  timer.unref();
  return {
    begun(plan, part) {
      atWork.set(`${plan.index} ${part}`, nameOf(plan, part));
      draw(true);
    },
    done(plan, part, wasSolved) {
      if (wasSolved) solved++;
      else known++;
      atWork.delete(`${plan.index} ${part}`);
      draw(true);
    },
    finished(plan, { status, objective, gap, seconds, reason }) {
      ended++;
      if (status === 'failed') failed++;
      for (const key of [...atWork.keys()]) if (key.startsWith(`${plan.index} `)) atWork.delete(key);
      const found = objective === null ? '' : `, ${magnitude(objective)}${gap === null ? '' : `, gap ${percent(gap)}`}`;
      const rest = left();
      if (io.columns === undefined) {
        const place = `[${String(ended).padStart(String(total).length)}/${total}]`;
        const why = status === 'failed' ? `: ${reason}` : '';
        const after = rest === '' ? '' : `; ${rest}`;
        io.err(`${place} ${plan.label}: ${status}${found}, ${secondsText(seconds)}${why}${after}\n`);
      }
      draw(false);
    },
    end() {
      clearInterval(timer);
      if (io.columns !== undefined) io.err(clearLine);
    },
  };
}
