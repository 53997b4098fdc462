// Co-design where tensors may stay in the global buffer: the search over a space whose boxes are bounded by schedules, and each
// machine that comes of it placed by who knows where images may lie.

import { digest } from '../../../base/digest.js';
import type { Strategy } from '../codesign.js';
import type { TotalsProblem, UniqueLayer } from '../codesign-problem.js';
import type { FoundMachine } from '../found-machine.js';
import { totals } from '../totals.js';
import type { ScheduleOverSpace } from './keeping.js';
import { layersOfSchedules } from './scheduled-machine.js';

/**
 * Of a machine with the schedules that are best there by a problem, wherever their images lie: the same with their places, or the
 * best whose images have places; undefined where none was found. `deadline` on the clock of the search, ms.
 */
export type PlaceMachine = (
  machine: FoundMachine,
  problem: TotalsProblem,
  deadline: number,
) => Promise<FoundMachine | undefined>;

/** `schedules`: each network; `layers`: those of the steps of all. The request limits the area and energy, latency and edp of networks. */
export const schedulesOver = (
  schedules: readonly ScheduleOverSpace[],
  layers: readonly UniqueLayer[],
  placed: PlaceMachine,
): Strategy => ({
  mark: digest(JSON.stringify([schedules, layers])),
  search: (session, resume) => {
    const { hooks, deadline } = session;
    const shapes = {
      ...hooks.shapes,
      advance: async (input: Parameters<typeof hooks.shapes.advance>[0]) => {
        const done = await hooks.shapes.advance(input);
        // What is proven of the shape stays as it is: no place for images makes a schedule cost less.
        return done.best ? { ...done, best: await placed(done.best, input.problem, deadline) } : done;
      },
    };
    return totals(
      { ...session, layers, schedules, hooks: { ...hooks, shapes } },
      { best: () => undefined, next: () => undefined },
      resume,
    );
  },
  layersOf: layersOfSchedules,
});
