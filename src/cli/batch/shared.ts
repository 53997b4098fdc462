// What the layers of a network that is mapped have in common, as short text for keys.

import { digest } from '../../base/digest.js';
import type { Task } from '../../search/strategy.js';

/** `budget`: whatever else their answers depend on. A template says more shortly what its arrangements are. */
export const sharedBy = (
  { machine, architectures, conventions, goal, padding }: Omit<Task, 'layer'>,
  budget: readonly unknown[],
): string =>
  digest(
    JSON.stringify([
      machine ?? architectures,
      conventions,
      goal.objective,
      Object.entries(goal.limits).sort(),
      padding,
      ...budget,
    ]),
  );
