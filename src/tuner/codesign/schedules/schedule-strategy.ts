// Co-design where tensors may stay in the global buffer: the search over a space whose boxes are bounded by schedules, and each
// machine that comes of it placed by who knows where images may lie.

import { digest } from '../../../base/digest.js';
import type { Strategy } from '../codesign.js';
import type { UniqueLayer } from '../codesign-problem.js';
import type { FoundMachine } from '../found-machine.js';
import { totalsProblem } from '../totals.js';
import { wholeSearch } from '../whole-search.js';
import type { ScheduleOverSpace } from './keeping.js';
import { layersOfSchedules } from './scheduled-machine.js';

/** A machine with the schedules that cost least there wherever their images lie, or one of which none is known yet. */
export type PointToSchedule = Pick<FoundMachine, 'point'> & Partial<FoundMachine>;

/**
 * Of a machine: its schedules with the places of their images, or the best whose images have places; undefined where none was
 * found. `deadline` on the clock of the search, ms.
 */
export type PlaceMachine = (machine: PointToSchedule, deadline: number) => Promise<FoundMachine | undefined>;

/** `over`: each network; `layers`: those of the steps of all. The request limits nothing but the area. */
export const schedulesOver = (
  over: readonly ScheduleOverSpace[],
  layers: readonly UniqueLayer[],
  placed: PlaceMachine,
): Strategy => ({
  mark: digest(JSON.stringify([over, layers])),
  search: async (session, resume) => {
    const { hooks, deadline, request } = session;
    const shapes = {
      ...hooks.shapes,
      advance: async (input: Parameters<typeof hooks.shapes.advance>[0]) => {
        const done = await hooks.shapes.advance(input);
        // What is proven of the shape stays as it is: no place for images makes a schedule cost less.
        return done.best ? { ...done, best: await placed(done.best, deadline) } : done;
      },
    };
    return wholeSearch(
      { ...session, hooks: { ...hooks, shapes } },
      { ...totalsProblem({ request, layers }), schedules: over },
      {
        known: resume?.best && (await placed({ point: resume.best }, deadline)),
        beside: { best: () => undefined, next: () => undefined },
        resume,
      },
    );
  },
  layersOf: layersOfSchedules,
});
