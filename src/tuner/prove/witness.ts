// A witness is believed only after the cost model has confirmed it: every mapping legal, every requirement met.

import { invariant } from '../../base/diagnostics.js';
import { arrangementsOf } from '../../model/space/design.js';
import { evaluate } from '../../model/cost/evaluate.js';
import { wholeLines } from '../../model/machine/parameters.js';
import { breaches } from '../../model/mapping/legality.js';
import type { Requirement } from '../../model/cost/requirement.js';
import { dearestOf, totalOf } from './decider.js';
import type { Witness } from './proof.js';
import type { ProveRequest } from './prove-request.js';

/** Throws where a witness is none: that is a fault of the search, never of the input. */
export function confirm(
  witness: Witness,
  { technology, conventions }: Pick<ProveRequest, 'technology' | 'conventions'>,
  requirements: readonly Requirement[],
): void {
  const architectures = arrangementsOf(witness.machine, technology);
  const evaluated = witness.layers.map(({ layer, count, found }) => {
    const a = architectures[found.architecture];
    invariant(a, `the witness of ${layer.name} is for another machine`);
    invariant(breaches(a, layer, found.mapping, conventions).length === 0, `the witness of ${layer.name} is not legal`);
    return { layer, count, found: { evaluation: evaluate(a, layer, found.mapping, conventions) } };
  });
  for (const r of requirements) invariant(value(r) <= limitOf(r), `the witness misses ${r.text}`);

  /** What is limited, as the cost model has it; of a parameter that must be at least so much, what is missing. */
  function value(r: Requirement): number {
    switch (r.kind) {
      case 'area':
        return witness.area ?? Infinity;
      case 'network':
        return totalOf(r.quantity, evaluated);
      case 'layer':
        return dearestOf(r.quantity, r.layer, evaluated);
      case 'parameter': {
        invariant(witness.machine.kind === 'template', 'a hierarchy has no parameters');
        const { template } = witness.machine;
        const own = r.parameter === 'pes' ? template.rows * template.columns : template[r.parameter];
        // Buffers are built of whole lines: what a menu has beyond them is not there.
        const lines: Readonly<Partial<Record<string, number>>> = wholeLines(template);
        return r.bound === 'max' ? own : r.value - (r.value % (lines[r.parameter] ?? 1)) <= own ? -r.value : -own;
      }
    }
  }
}

const limitOf = (r: Requirement): number => (r.kind === 'parameter' ? (r.bound === 'max' ? r.value : -r.value) : r.max);
