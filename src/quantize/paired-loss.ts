// What is lost by one way to classify against another on the same samples: a paired difference with its interval and test.
//
// Samples that both get right, or both wrong, say nothing of the difference: it is the samples that flip, either way.

/** Of the same samples: how many only the first way gets right, and how many only the second. */
export interface Flips {
  readonly samples: number;
  /** Right by the first alone, and by the second alone. */
  readonly lost: number;
  readonly won: number;
}

/** What the second way loses against the first, with its 95 % interval. */
export interface PairedLoss extends Flips {
  /** (lost - won) / samples: shares, not per cent. */
  readonly loss: number;
  /** The ends of its 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Exact two-sided McNemar test: how likely flips as uneven are where both are as good. */
  readonly p: number;
}

/** Of a normal distribution, 97.5 % lie below. */
const z = 1.959963984540054;

/** Counts the flips between two ways; each list says of every sample whether it is right. */
export function flipsOf(first: readonly boolean[], second: readonly boolean[]): Flips {
  const count = (of: (a: boolean, b: boolean) => boolean) => first.filter((a, i) => of(a, second[i] === true)).length;
  return { samples: first.length, lost: count((a, b) => a && !b), won: count((a, b) => !a && b) };
}

/**
 * The loss with its interval, which is that of Bonett and Price (Improved Wald confidence intervals for the difference of
 * correlated proportions, Computational Statistics and Data Analysis 53, 2009): a flip more either way, and two samples more.
 */
export function pairedLoss(flips: Flips): PairedLoss {
  const { samples, lost, won } = flips;
  const [a, b] = [(lost + 1) / (samples + 2), (won + 1) / (samples + 2)];
  const half = z * Math.sqrt((a + b - (a - b) ** 2) / (samples + 2));
  return {
    ...flips,
    loss: samples === 0 ? 0 : (lost - won) / samples,
    low: Math.max(-1, a - b - half),
    high: Math.min(1, a - b + half),
    p: exactMcNemar(lost, won),
  };
}

/** Twice the tail of a fair coin's tosses, at most 1. */
function exactMcNemar(lost: number, won: number): number {
  const tosses = lost + won;
  // In logarithms: 2^-tosses may be below all doubles.
  let term = -tosses * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(lost, won); k++) {
    tail += Math.exp(term);
    term += Math.log((tosses - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}

/** Whether a loss is within a limit or beyond it, as far as its interval tells. */
export type Verdict =
  | { readonly status: 'within' | 'beyond' }
  /** About how many samples with as many flips each would decide; +Infinity where the loss is the limit itself. */
  | { readonly status: 'undecided'; readonly samples: number };

/** Whether a loss keeps a limit, a share of the samples. A claim only where all of the interval lies on one side. */
export function verdictOn({ samples, low, high }: PairedLoss, limit: number): Verdict {
  if (high <= limit) return { status: 'within' };
  if (low > limit) return { status: 'beyond' };
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  return { status: 'undecided', samples: Math.ceil(samples * (half / Math.abs(limit - middle)) ** 2) };
}
