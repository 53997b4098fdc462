// `--limit accuracy-loss=1%` among the limits of a command line, and the options that say something with it alone.

import { defined } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { share } from '../../interchange/quantity.js';
import type { LossOptions } from '../../options/loss-options.js';
import { lossOptionNames } from '../../options/loss-options.js';
import { dashed } from '../../options/option.js';
import { splitLimit } from '../../library/read-limits.js';

export const accuracyLoss = 'accuracy-loss';

/** The share of samples that may be lost, where that is limited, and the limits on costs. */
export interface SplitLimits {
  readonly loss: number | undefined;
  readonly costs: readonly string[];
}

export function splitAccuracy(given: readonly string[]): Parsed<SplitLimits> {
  const isLoss = (text: string) => splitLimit(text)?.name === accuracyLoss;
  const [first, ...more] = given.filter(isLoss);
  const costs = given.filter((text) => !isLoss(text));
  if (first === undefined) return parsed({ loss: undefined, costs });
  if (more.length > 0) return refuse('conflict', [], `--limit ${accuracyLoss} is given more than once; keep one`);
  const { layer, sign, value } = defined(splitLimit(first));
  const loss = share().safeParse(value);
  return layer !== undefined || sign === '>=' || !loss.success
    ? refuse(
        'invalid-value',
        [],
        `--limit ${first}: expected ${accuracyLoss}=1%, or a share such as 0.01, of the whole network`,
      )
    : parsed({ loss: loss.data, costs });
}

/** Refused where there are options for a limit that is not there; `wayOut` says how it is asked for. */
export function withoutLoss(options: LossOptions, wayOut: string): Parsed<undefined> {
  const idle = lossOptionNames.find((name) => options[name] !== undefined);
  return idle === undefined
    ? parsed(undefined)
    : refuse('no-effect', [], `--${dashed(idle)} is for a limit on accuracy; ${wayOut}, or drop it`);
}
