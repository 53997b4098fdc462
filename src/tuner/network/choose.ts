// The best choice of the columns that are known: by the walk in whole numbers, or by HiGHS where there is too much to walk
// over; held against the cost model's own figures.

import { unsettled } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import { highs } from '../../milp/highs.js';
import type { Picks } from '../../milp/master/master.js';
import { keepsLimits, valueOf } from '../../milp/master/master.js';
import { solveMaster } from '../../milp/master/master-program.js';
import type { Cut } from '../../milp/master/walk.js';
import { walk } from '../../milp/master/walk.js';
import type { Chosen, NetworkAnswer, NetworkQuestion, Patience } from './network-question.js';
import { masterOf, totalsOfChosen } from './network-question.js';

export type Choice = Extract<NetworkAnswer, { readonly status: 'found' }>;

/** What HiGHS may be off by, as a share: it has tolerances. */
const solverSlack = 1e-6;
const solverGap = 1e-9;

/** `bound`: of the columns known no choice within limits and cuts costs less. */
export async function choose(
  question: NetworkQuestion,
  cuts: readonly Cut[],
  patience: Patience,
): Promise<NetworkAnswer> {
  const { cutoff = Infinity } = question;
  const master = masterOf(question);
  const all =
    cutoff < Infinity && question.objective !== 'product'
      ? [...cuts, { weights: question.objective, max: cutoff }]
      : cuts;
  const low = walk(master, 'down', all);
  if (low.status === 'none') return low;
  if (low.status === 'too-many') return bySolver();
  if (low.value > cutoff) return { status: 'none' };
  const own = settled(low.picks, low.value);
  if (own) return own;
  // A limit is missed by the last digits of a sum.
  const high = walk(master, 'up', all);
  const other = high.status === 'optimal' ? settled(high.picks, low.value) : undefined;
  return (
    other ?? {
      status: 'unknown',
      reason: unsettled('a limit is missed by less than the arithmetic can tell'),
      bound: low.value,
    }
  );

  function settled(picks: Picks, bound: number): Choice | undefined {
    const chosen = chosenOf(question, picks);
    const totals = totalsOfChosen(chosen);
    const value = valueOf(question.objective, totals);
    if (!keepsLimits(totals, question.limits) || value > cutoff) return undefined;
    return { status: 'found', chosen, value, bound: Math.min(bound, value) };
  }

  async function bySolver(): Promise<NetworkAnswer> {
    const solved = await solveMaster(master, highs, { timeLimit: Math.max(1, patience.left()), gap: solverGap });
    if (solved.status === 'none') return solved;
    if (solved.status === 'unknown') return { ...solved, bound: 0 };
    const bound = solved.bound * (1 - solverSlack);
    if (bound > cutoff) return { status: 'none' };
    return (
      settled(solved.picks, bound) ?? {
        status: 'unknown',
        reason: unsettled('a limit is missed by what HiGHS tolerates'),
        bound,
      }
    );
  }
}

function chosenOf({ layers }: Pick<NetworkQuestion, 'layers'>, picks: Picks): Chosen {
  return layers.flatMap(({ layer, count, choices, columns: { columns } }, l) =>
    nth(picks, l).flatMap((n, c) => (n > 0 ? [{ layer, count: (n * count) / choices, found: nth(columns, c) }] : [])),
  );
}
