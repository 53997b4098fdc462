// Answers by content: each is kept as long as a job to come may ask for it, and no longer.

import { defined, got } from '../base/invariant.js';
import type { Plan } from './batch-job.js';

export interface Cache {
  readonly get: (key: string) => unknown;
  /** Nothing is kept that nobody waits for. */
  readonly put: (key: string, answer: unknown) => void;
  /** How many jobs that have not ended want a part of this key. */
  readonly wanted: (key: string) => number;
  /** A job has ended: it wants its parts no more. */
  readonly release: (plan: Plan) => void;
  readonly size: () => number;
}

/** Answers of about a kilobyte each; beyond these the oldest is solved anew when it is asked for. */
const maxAnswers = 20_000;

export function makeCache(plans: readonly Plan[], max = maxAnswers): Cache {
  const wants = new Map<string, number>();
  for (const key of plans.flatMap((p) => [...new Set(p.parts)])) wants.set(key, (wants.get(key) ?? 0) + 1);
  const answers = new Map<string, unknown>();
  return {
    get: (key) => answers.get(key),
    put(key, answer) {
      if (!wants.has(key)) return;
      answers.set(key, answer);
      if (answers.size > max) answers.delete(defined(answers.keys().next().value));
    },
    wanted: (key) => wants.get(key) ?? 0,
    release(plan) {
      for (const key of new Set(plan.parts)) {
        const left = got(wants, key) - 1;
        if (left > 0) wants.set(key, left);
        else {
          wants.delete(key);
          answers.delete(key);
        }
      }
    },
    size: () => answers.size,
  };
}
