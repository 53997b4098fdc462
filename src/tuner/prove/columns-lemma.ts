// What is known of the columns of a layer, as a lemma: every instance is no cheaper than one of the columns, or costs more
// than all that was asked for.

import type { Limits } from '../../model/cost/goal.js';
import type { CostQuantity } from '../../model/cost/requirement.js';
import { sumSlack } from '../../milp/master/whole-numbers.js';
import type { Lemma } from '../../smt/network-script.js';
import { ofEach, ofLayer } from '../../smt/network-script.js';
import type { Declaration, Term } from '../../smt/script.js';
import { and, atLeast, atMost, equal, implies, less, number, sum, symbol, times } from '../../smt/script.js';
import type { Weights } from '../../enumerate/item.js';
import type { ColumnLayer } from '../network/network-question.js';

const quantities = ['energy', 'latency', 'edp'] as const satisfies readonly CostQuantity[];
const weightOf: Readonly<Record<CostQuantity, keyof Weights>> = { energy: 'energy', latency: 'cycles', edp: 'both' };

/** Lowered to a multiple of 2^-16 pJ (pJ x cycles): what is known is not that fine, and solvers are quicker. */
const lowered = (value: number): number => Math.floor(value * (1 - sumSlack) * 2 ** 16) / 2 ** 16;

export function columnsLemma(
  { layer: { name: layer }, choices, columns }: Pick<ColumnLayer, 'layer' | 'choices' | 'columns'>,
  limits: Limits,
): Lemma {
  const known = columns.columns.map(({ evaluation: { energy, cycles } }) => ({
    energy: lowered(energy),
    latency: cycles,
    edp: lowered(energy * cycles),
  }));
  const instances = known.map((_, i) => symbol(`${layer}#${i + 1}`));
  const others = symbol(`${layer}#others`);
  const ofOthers = (q: CostQuantity) => symbol(`${q}@${layer}#others`);
  const declarations: readonly Declaration[] = [
    ...known.map((_, i): Declaration => ({ name: `${layer}#${i + 1}`, sort: 'Int' })),
    { name: `${layer}#others`, sort: 'Int' },
    ...quantities.map((q): Declaration => ({ name: `${q}@${layer}#others`, sort: 'Real' })),
  ];
  const zero = number(0n);
  const terms: Term[] = [
    ...[...instances, others, ...quantities.map(ofOthers)].map((x) => atLeast(x, zero)),
    equal(sum(...instances, others), number(choices)),
    ...quantities.map((q) =>
      atLeast(
        times(number(choices), ofLayer(q, layer)),
        sum(...instances.map((n, i) => times(number(known[i]?.[q] ?? 0), n)), ofOthers(q)),
      ),
    ),
    ...columns
      .proven()
      .map(({ weights, min }) =>
        min === Infinity
          ? atMost(others, zero)
          : atLeast(
              sum(
                ...quantities.flatMap((q) =>
                  weights[weightOf[q]] === 0 ? [] : [times(number(weights[weightOf[q]]), ofOthers(q))],
                ),
              ),
              times(number(min * (1 - sumSlack)), others),
            ),
      ),
  ];
  const within = Object.entries(limits).map(([q, max]): Term =>
    q === 'latency'
      ? less(ofEach('latency', layer), number(Math.floor(max) + 1))
      : atMost(ofEach(q as CostQuantity, layer), number(max)),
  );
  return {
    declarations,
    term: within.length === 0 ? and(...terms) : implies(and(...within), and(...terms)),
    comment:
      `${layer}: how many of its ${choices} ${choices === 1 ? 'mapping is' : 'mappings are'} each of those that no ` +
      'other undercuts, and what others cost at least',
  };
}
