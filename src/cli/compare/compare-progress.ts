// Progress of a comparison: who runs on what, how good it is by now, and what every run came to.

import { nth } from '../../base/invariant.js';
import { magnitude, secondsText } from '../../report/tables/quantities.js';
import type { CompareEvent, CompareRequest } from '../../tuner/compare/compete.js';
import { schedule } from '../../tuner/compare/turns.js';
import type { Turn } from '../../tuner/compare/turns.js';
import type { Io } from '../io.js';
import { makeLive } from '../live.js';

export interface CompareProgress {
  readonly event: (event: CompareEvent) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

export function makeCompareProgress(io: Io, request: CompareRequest, quiet: boolean): CompareProgress {
  const live = makeLive(io, schedule(request.arenas, request).length, 'runs', quiet);
  const nameOf = ({ arena, round, strategy }: Turn) =>
    `${nth(request.arenas, arena).name}: ${strategy}${round === 0 ? ' for the proof' : ` ${round}`}`;
  return {
    event(event) {
      switch (event.kind) {
        case 'started': {
          live.working(event.index, nameOf(event.turn), false);
          return;
        }
        case 'improved': {
          live.working(
            event.index,
            `${nameOf(event.turn)} ${Number.isFinite(event.best) ? magnitude(event.best) : ''}`.trim(),
            true,
          );
          return;
        }
        case 'settled': {
          live.finished(event.index, `${nth(request.arenas, event.turn.arena).name}: the optimum is proven`);
          return;
        }
        case 'finished': {
          const { objective, status, seconds, reason } = event.played.run;
          live.finished(
            event.index,
            `${nameOf(event.played)}: ` +
              (Number.isFinite(objective)
                ? `${status} ${magnitude(objective)}`
                : `nothing found${reason === '' ? '' : `, ${reason}`}`) +
              `, ${secondsText(seconds)}`,
          );
          return;
        }
      }
    },
    end: live.end,
  };
}
