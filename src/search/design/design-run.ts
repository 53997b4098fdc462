// One run of a heuristic over machines: what is spent, which values are known, which is best.

import type { DesignPoint } from '../../model/space/design-space.js';
import { parameters } from '../../model/space/design-space.js';
import type { DesignAnswer, DesignProgress, DesignTask } from './design-strategy.js';
import type { Budget } from '../strategy.js';

export interface DesignRun {
  /** Whether there is time, an evaluation, and hope of a point that is not known yet. */
  left: () => boolean;
  knows: (point: DesignPoint) => boolean;
  /** A known point costs no evaluation. */
  value: (point: DesignPoint) => Promise<number>;
  answer: () => DesignAnswer;
}

/** Known points in a row after which a space counts as exhausted; small ones are. */
const maxRepeats = 1000;

export function designRun(solver: string, task: DesignTask, budget: Budget): DesignRun {
  const begin = budget.now();
  const seconds = () => (budget.now() - begin) / 1000;
  const values = new Map<string, number>();
  const curve: DesignProgress[] = [];
  let best: DesignAnswer['best'];
  let repeats = 0;
  return {
    left: () => values.size < budget.evaluations && repeats < maxRepeats && seconds() < budget.time,
    knows: (point) => values.has(keyOf(point)),
    async value(point) {
      const key = keyOf(point);
      const known = values.get(key);
      if (known !== undefined) {
        repeats++;
        return known;
      }
      repeats = 0;
      const objective = await task.value(point);
      values.set(key, objective);
      if (objective < (best?.objective ?? Infinity)) {
        best = { point, objective };
        curve.push({ seconds: seconds(), evaluations: values.size, objective });
        budget.progress?.(objective, 0);
      }
      return objective;
    },
    answer: () => ({ solver, best, evaluations: values.size, curve }),
  };
}

const keyOf = (point: DesignPoint) => parameters.map((p) => point[p]).join();

/** The least first; the difference of two infinite values is no number. */
export const byValue = (x: { readonly value: number }, y: { readonly value: number }): number =>
  x.value === y.value ? 0 : x.value - y.value;
