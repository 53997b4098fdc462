// All turns of a comparison, so many at a time; the referee only where no contestant has proven the optimum.

import { eachAtOnce } from '../../base/each-at-once.js';
import { nth } from '../../base/invariant.js';
import type { Run } from './contest-run.js';
import type { Arena, ScheduleOptions, Turn } from './turns.js';
import { schedule } from './turns.js';
import { referenceOf } from './reference.js';

export interface CompareRequest extends ScheduleOptions {
  readonly arenas: readonly Arena[];
  /** Seconds that every run of a contestant has. */
  readonly time: number;
  /** (best - bound) / best at which an optimum counts as proven. */
  readonly gap: number;
}

/** A turn that was played, and what came of it. */
export interface Played extends Turn {
  readonly run: Run;
}

/** What happens to a turn of a comparison; `index` is its place in the schedule, `best` in the unit of the objective. */
export type CompareEvent =
  | { readonly kind: 'started'; readonly index: number; readonly turn: Turn }
  | { readonly kind: 'improved'; readonly index: number; readonly turn: Turn; readonly best: number }
  | { readonly kind: 'finished'; readonly index: number; readonly played: Played }
  /** The referee is not needed. */
  | { readonly kind: 'settled'; readonly index: number; readonly turn: Turn };

export interface CompareHooks {
  /** Turns at a time: one, unless fair times do not matter. */
  readonly width: number;
  /** Runs a turn somewhere. Never rejects for a reason that lies in the question. */
  readonly run: (turn: Turn, improved: (best: number) => void) => Promise<Run>;
  readonly event: (event: CompareEvent) => void;
  /** Once true, no further turn is begun. */
  readonly stopped: () => boolean;
}

/** What was played, in the order of the schedule; turns that were not begun before a stop are left out. */
export async function compete(request: CompareRequest, hooks: CompareHooks): Promise<readonly Played[]> {
  const turns = schedule(request.arenas, request);
  const played: (Promise<Played> | undefined)[] = turns.map(() => undefined);
  const one = async (turn: Turn, index: number): Promise<void> => {
    if (turn.round === 0 && !request.referee.first && (await settled(turn.arena))) {
      hooks.event({ kind: 'settled', index, turn });
      return;
    }
    if (hooks.stopped()) return;
    hooks.event({ kind: 'started', index, turn });
    played[index] = hooks
      .run(turn, (best) => hooks.event({ kind: 'improved', index, turn, best }))
      .then((run) => ({ ...turn, run }));
    hooks.event({ kind: 'finished', index, played: await played[index] });
  };
  const settled = async (arena: number): Promise<boolean> => {
    const own = await Promise.all(played.flatMap((p, i) => (p && nth(turns, i).arena === arena ? [p] : [])));
    return referenceOf(
      own.map((p) => p.run),
      request.gap,
    ).proved;
  };
  await eachAtOnce(hooks.width, turns, one, hooks.stopped);
  return Promise.all(played.filter((p) => p !== undefined));
}
