// The boxes of one shape, each closed against a target, with what that rests on: a task for worker threads. Nothing is searched
// for but bounds: the target is known, so boxes are split until each is closed or is one machine.

import { nth } from '../../base/invariant.js';
import type { Leaf, Line, Question } from '../../certificate/certificate.js';
import { goalOf, linesAtLeast } from '../../certificate/leaf-value.js';
import type { AtLeast } from '../../certificate/network-lines.js';
import { compare, exactly } from '../../base/rational.js';
import type { Minima } from '../../enumerate/box-minima.js';
import { Late, isSame, minBetween } from '../../enumerate/box-minima.js';
import { sizes } from '../../enumerate/columns.js';
import { shapeCosts } from '../../enumerate/item-costs.js';
import type { Box, Weights } from '../../enumerate/item.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import type { TotalsProblem } from './codesign-problem.js';
import { tablesOf } from './found-machine.js';
import { ends } from './network-in-box.js';
import type { BoxNode, Closed } from './totals-search.js';
import { TotalsSearch } from './totals-search.js';

export interface ShapeToCertify {
  readonly question: Question;
  readonly problem: TotalsProblem;
  readonly shape: DesignPoint;
  /** What is not below it need not be split. */
  readonly target: number;
  readonly prices: readonly Weights[] | undefined;
  readonly seconds: number;
}

export interface CertifiedShape {
  /** Undefined where the time was over first. */
  readonly leaves: readonly Leaf[] | undefined;
  readonly prices: readonly Weights[] | undefined;
}

export function certifyShape({ question, problem, shape, target, prices, seconds }: ShapeToCertify): CertifiedShape {
  const costs = shapeCosts(problem.space, shape, problem.technology);
  if (!costs) return { leaves: [], prices };
  const end = performance.now() + seconds * 1000;
  const over = () => performance.now() >= end;
  const leaves: Leaf[] = [];
  const search = new TotalsSearch(costs, problem, tablesOf(costs));
  const keep = (box: Box, reason: Leaf['reason']) => {
    const at = (places: Box['low']) => sizes.map((size) => nth(costs.menus[size], places[size]));
    leaves.push({ low: at(box.low), high: at(box.high), reason });
  };
  const close = ({ box, minima, asked }: Pick<BoxNode, 'box' | 'minima' | 'asked'>) =>
    keep(box, reasonOf(question, problem, target, minima, asked));
  search.closed = (closed: Closed) => {
    if (closed.minima === 'none') keep(closed.box, { kind: 'area' });
    else close(closed);
  };
  try {
    const first = search.root(prices, target, over);
    const left = first ? [first] : [];
    for (let node = left.pop(); node; node = left.pop()) {
      const halves = node.bound < target ? search.split(node) : [];
      if (halves.length === 0) close(node);
      for (const half of halves) {
        const inside = search.child(node, half, target, over);
        if (inside) left.push(inside);
      }
    }
    return { leaves, prices: first?.asked.map((own) => nth(own, own.length - 1)) ?? prices };
  } catch (error) {
    if (error instanceof Late) return { leaves: undefined, prices };
    throw error;
  }
}

function reasonOf(
  question: Question,
  problem: TotalsProblem,
  target: number,
  minima: Minima,
  asked: readonly (readonly Weights[])[],
): Leaf['reason'] {
  const isUsed = problem.layers.map(({ counts }) => counts.some((n) => n > 0));
  const lost = minima.findIndex((own, layer) => nth(isUsed, layer) && own.some(({ min }) => min === Infinity));
  if (lost >= 0) return { kind: 'layer', layer: lost };
  const hasProduct = problem.objective === 'product' || problem.limits.product !== undefined;
  const lines = asked.flatMap((own, network) =>
    [...own, ...(hasProduct ? ends : [])]
      .filter((weights, i, all) => all.findIndex((w) => isSame(w, weights)) === i)
      .map((weights): Line => ({
        network,
        weights,
        min: problem.layers.map(({ counts }, layer) =>
          nth(counts, network) === 0 ? 0 : lowered(minBetween(nth(minima, layer), weights)),
        ),
      })),
  );
  return { kind: 'lines', lines: needed(question, target, lines) };
}

/**
 * Closed forms and the cost model sum doubles in different orders; digits that prove nothing are left out. Down by 2^-37 of
 * itself, so that what a checker lowers by 2^-40 is not below.
 */
const lowered = (x: number): number => Number((x * (1 - 2 ** -37)).toPrecision(13));

/** Without the lines that prove no more than others do, up to the target. */
function needed(question: Question, target: number, lines: readonly Line[]): readonly Line[] {
  const goal = goalOf(question);
  const enough = Number.isFinite(target) ? exactly(target) : undefined;
  const all = linesAtLeast(question, goal, lines);
  const isAsGood = (value: AtLeast) => {
    if (all === 'none' || value === 'none') return value === 'none';
    return compare(value, all) >= 0 || (enough !== undefined && compare(value, enough) >= 0);
  };
  return lines.reduce<readonly Line[]>((kept, line) => {
    const others = kept.filter((l) => l !== line);
    return isAsGood(linesAtLeast(question, goal, others)) ? others : kept;
  }, lines);
}
