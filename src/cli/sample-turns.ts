// Turns of others while samples are run: Ctrl-C is heard, and progress is drawn where there is a line for it.

import { turn } from '../pool/turn.js';
import type { Turns } from '../quantize/quantize.js';
import type { Interruption } from './interruption.js';
import type { Live } from './live.js';

/** Each turn begins the next part of the line. */
export function turnsUntil({ happened }: Pick<Interruption, 'happened'>, live?: Live): Turns {
  let begun = 0;
  return {
    turn: async (doing) => {
      if (begun > 0) live?.finished(begun - 1);
      live?.working(begun++, doing, false);
      await turn();
      return !happened();
    },
  };
}
