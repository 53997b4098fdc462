// Whether requirements can be met, as `magnet prove` answers it.

import { turn } from '../pool/turn.js';
import { askOn, columnsOn, minimumOn, shapesOn } from '../tuner/on-workers.js';
import type { Proven } from '../tuner/prove/prove.js';
import { prove as search } from '../tuner/prove/prove.js';
import type { ProveRequest } from '../tuner/prove/prove-request.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

export interface ProveOptions extends CallOptions {
  /** What is being done, in a few words, for people. */
  readonly progress?: (doing: string) => void;
}

export const prove = (request: ProveRequest, options: ProveOptions = {}): Promise<Proven> =>
  inSession(options, ({ runner, logic, now, stopped }) =>
    search(request, {
      now,
      width: runner.width,
      shapes: shapesOn(runner),
      minimum: minimumOn(runner),
      columns: columnsOn(runner),
      ask: askOn(logic),
      turn,
      stopped,
      progress: options.progress ?? (() => {}),
    }),
  );
