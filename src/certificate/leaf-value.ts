// What a box proves of the objective, from its reason: a lower bound, or that nothing in it meets the limits.

import { nth } from '../base/invariant.js';
import { compare, exactly, plus, product, rational } from '../base/rational.js';
import type { DesignSpace } from '../model/space/design-space.js';
import type { Claim, Leaf, Line, Question } from './certificate.js';
import type { AtLeast, ExactGoal, ExactLine, Sums } from './network-lines.js';
import { networkAtLeast, sumOf } from './network-lines.js';
import { below } from './rounding.js';
import type { SpaceShape } from './space-shape.js';
import { areaAt, pointAt } from './space-shape.js';

const zero = rational(0n);
const one = rational(1n);
const nothing: Sums = { energy: zero, cycles: zero, both: zero };

const objectives: Readonly<Record<Question['objective'], ExactGoal['objective']>> = {
  energy: { ...nothing, energy: one },
  latency: { ...nothing, cycles: one },
  edp: 'product',
  'layer-edp': { ...nothing, both: one },
  area: nothing,
};

export function goalOf({ objective, limits }: Pick<Question, 'objective' | 'limits'>): ExactGoal {
  const { energy, latency, edp, 'layer-edp': layerEdp } = limits;
  return {
    objective: objectives[objective],
    limits: {
      ...(energy !== undefined && { energy: exactly(energy) }),
      ...(latency !== undefined && { cycles: exactly(latency) }),
      ...(edp !== undefined && { product: exactly(edp) }),
      ...(layerEdp !== undefined && { both: exactly(layerEdp) }),
    },
  };
}

/** What is proven of machines that are not larger than those that lines speak of. */
export function linesAtLeast(question: Question, goal: ExactGoal, lines: readonly Line[]): AtLeast {
  let total = zero;
  for (const [k, { weight, counts }] of question.networks.entries()) {
    const own = lines
      .filter((l) => l.network === k)
      .map(({ weights, min }): ExactLine => ({
        weights: { energy: exactly(weights.energy), cycles: exactly(weights.cycles), both: exactly(weights.both) },
        sum: sumOf(counts, min.map(exactly)),
      }));
    const least = networkAtLeast(goal, own);
    if (least === 'none') return 'none';
    total = plus(total, product(exactly(weight), least));
  }
  return total;
}

export interface Judged {
  readonly value: AtLeast;
  /** Why it proves nothing. */
  readonly fault: string | undefined;
}

/** Places of the lowest sizes, and what the box is closed by. */
export function leafValue(
  question: Question,
  { within }: Claim,
  space: DesignSpace,
  shape: SpaceShape,
  low: readonly number[],
  { reason }: Pick<Leaf, 'reason'>,
): Judged {
  const goal = goalOf(question);
  // Where the area is minimised, machines beyond those in question are larger than that.
  const refuted = (): AtLeast => (question.objective === 'area' && within !== null ? exactly(within) : 'none');
  if (reason.kind === 'area') {
    const area = areaAt(space, question.technology, pointAt(shape, low));
    const least = below(area);
    const limit = question.limits.area;
    if (limit !== undefined && compare(least, exactly(limit)) > 0) return { value: 'none', fault: undefined };
    if (question.objective === 'area') return { value: least, fault: undefined };
    const machine = `its smallest machine takes ${area} mm2`;
    return {
      value: zero,
      fault: limit === undefined ? `${machine}, and no area is too large` : `${machine}, which is within ${limit} mm2`,
    };
  }
  if (reason.kind === 'layer') {
    const used = question.networks.some(({ counts }) => nth(counts, reason.layer) > 0);
    return used
      ? { value: refuted(), fault: undefined }
      : { value: zero, fault: 'no network has the layer that does not fit' };
  }
  const least = linesAtLeast(question, goal, reason.lines);
  return { value: least === 'none' ? refuted() : least, fault: undefined };
}
