// What the boxes of a certificate say of the machine of its witness, held against what the witness is: a mapping that costs
// less than its layer is said to cost at least refutes that, whoever believes it otherwise.

import { nth } from '../base/invariant.js';
import type { Rational } from '../base/rational.js';
import { compare, exactly, plus, product, toNumber } from '../base/rational.js';
import { sizeParameters } from '../model/space/design-space.js';
import type { Certificate, LineWeights } from './certificate.js';
import { above } from './rounding.js';
import type { PlacedLeaf, SpaceShape } from './space-shape.js';
import { areaAt, keyOf, spaceOf } from './space-shape.js';
import type { MappingCost } from './witness.js';

/** Of a witness that holds: its mappings are legal and keep all limits. */
export function refutedByWitness(
  { question, claim, witness }: Certificate,
  pairs: readonly (readonly [SpaceShape, readonly PlacedLeaf[]])[],
  costs: readonly MappingCost[],
): readonly string[] {
  const found = witness && pairs.find(([shape]) => keyOf(shape.point) === keyOf(witness.point));
  if (!found) return [];
  const [shape, leaves] = found;
  // Lines and layers are said of machines of no more area than that.
  const area = above(areaAt(spaceOf(question), question.technology, witness.point));
  if (claim.within !== null && compare(area, exactly(claim.within)) > 0) return [];
  const places = sizeParameters.map((size, i) => nth(shape.menus, i).indexOf(witness.point[size]));
  const own = leaves.filter(({ low, high }) => places.every((at, i) => nth(low, i) <= at && at <= nth(high, i)));
  const nameOf = (l: number) => nth(question.layers, l).layer.name;
  return own.flatMap(({ leaf: { reason }, where }) => {
    if (reason.kind === 'area') return [];
    if (reason.kind === 'layer')
      return [`${where}: ${nameOf(reason.layer)} is said to fit no machine of it, and runs on the witness`];
    return reason.lines.flatMap(({ weights, min }) =>
      min.flatMap((claimed, l) => {
        const cost = costBy(weights, nth(costs, l));
        if (compare(exactly(claimed), cost) <= 0) return [];
        const by = `${weights.energy} x energy + ${weights.cycles} x cycles + ${weights.both} x their product`;
        return [
          `${where}: ${nameOf(l)} is said to cost at least ${claimed} (${by}), and the witness has it for ${toNumber(cost)}`,
        ];
      }),
    );
  });
}

const costBy = (weights: LineWeights, { high, cycles }: MappingCost): Rational =>
  [
    product(exactly(weights.energy), high),
    product(exactly(weights.cycles), cycles),
    product(exactly(weights.both), product(high, cycles)),
  ].reduce(plus);
