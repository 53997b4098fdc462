// What layers cost at least in boxes, recomputed: every bound of a certificate held against all mappings of its layer on the
// machines of its box. Nothing of the search is used, nor of its enumeration; the cost model is.

import { nth } from '../base/invariant.js';
import { compare, exactly } from '../base/rational.js';
import { sizeParameters } from '../model/space/design-space.js';
import { partings, partOf, runsOf, whole } from '../model/workload/layer-parts.js';
import type { PlacedLeaf } from './space-shape.js';
import { shrinking, shapesIn, spaceOf } from './space-shape.js';
import type { CertifiedLayer, Certificate, LineWeights } from './certificate.js';
import { boundsOf, paired } from './check-certificate.js';
import { everyMapping } from './every-mapping.js';
import { LayerCosts, ShapeMachines } from './layer-costs.js';
import { below } from './rounding.js';

export interface FullCheck {
  /** Bounds that were held against all mappings. */
  readonly recomputed: number;
  /** Mappings that were looked at. */
  readonly looks: number;
  readonly faults: readonly string[];
}

/** No mapping of a layer on a machine of a box is below `min` by some weights; Infinity: none runs there. */
export interface Claimed {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly weights: LineWeights;
  readonly min: number;
  readonly where: string;
}

export function fullCheck(certificate: Certificate, progress: (done: number, total: number) => void): FullCheck {
  const steps = fullCheckSteps(certificate, progress);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in steps, at which whoever asked may stop. */
export function* fullCheckSteps(
  certificate: Certificate,
  progress: (done: number, total: number) => void,
): Generator<undefined, FullCheck> {
  const { question, claim } = certificate;
  const space = spaceOf(question);
  const faults: string[] = [];
  let looks = 0;
  const shapes = shapesIn(space);
  // What is of no shape is told by the quick check.
  const pairs = paired(certificate, shapes, []);
  for (const [i, [shape, leaves]] of pairs.entries()) {
    progress(i, pairs.length);
    const size = shrinking(space, question.technology, shape);
    if (size) faults.push(`a larger ${size} takes less area: bounds over boxes need it to grow`);
    const machines = new ShapeMachines(space, question.technology, shape);
    for (const [l, layer] of question.layers.entries()) {
      const claims = claimsOn(leaves, l);
      if (claims.length === 0) continue;
      const found = yield* refuted(machines, layer, question.padding, claim.within, claims);
      looks += found.looks;
      faults.push(...found.faults);
    }
  }
  progress(pairs.length, pairs.length);
  return { recomputed: boundsOf(certificate), looks, faults };
}

/** The same said of the same box twice is one claim. */
function claimsOn(leaves: readonly PlacedLeaf[], layer: number): readonly Claimed[] {
  const found = new Map<string, Claimed>();
  const add = (c: Claimed) => {
    const key = JSON.stringify([c.low, c.high, c.weights]);
    const known = found.get(key);
    if (!known || c.min > known.min) found.set(key, c);
  };
  const nothing = { energy: 0, cycles: 0, both: 0 };
  for (const { low, high, where, leaf } of leaves) {
    const { reason } = leaf;
    if (reason.kind === 'layer' && reason.layer === layer) add({ low, high, where, weights: nothing, min: Infinity });
    if (reason.kind !== 'lines') continue;
    for (const { weights, min } of reason.lines)
      if (nth(min, layer) > 0) add({ low, high, where, weights, min: nth(min, layer) });
  }
  return [...found.values()];
}

/** What of some claims all mappings of a layer refute. */
export function* refuted(
  machines: ShapeMachines,
  { layer, limits }: CertifiedLayer,
  padding: boolean,
  within: number | null,
  claims: readonly Claimed[],
): Generator<undefined, { readonly looks: number; readonly faults: readonly string[] }> {
  const faults: string[] = [];
  let open: readonly Claimed[] = claims;
  let looks = 0;
  const [first] = machines.largest;
  for (const parts of first ? partings(first, layer, padding) : [whole]) {
    const runs = runsOf(parts);
    // Beside whole images in the global buffer a layer runs at once.
    if (layer.resident && runs > 1) continue;
    for (const architecture of machines.largest) {
      const costs = new LayerCosts(machines, architecture, partOf(layer, parts), padding);
      const size = dearerWhenSmaller(costs, machines);
      if (size !== undefined)
        faults.push(`${layer.name}: a larger ${size} takes less energy: bounds over boxes need it to grow`);
      /** Undefined where no machine of the box holds it; Infinity where it is beyond a limit. */
      const costIn = (
        { low, high, weights }: Claimed,
        counts: Float64Array,
        macs: number,
        cycles: number,
        needs: readonly number[],
      ): number | undefined => {
        const places = needs.map((place, i) => Math.max(place, nth(low, i)));
        if (places.some((place, i) => place > nth(high, i))) return undefined;
        const prices = costs.pricesAt(places);
        if (within !== null && compare(below(prices.area), exactly(within)) > 0) return undefined;
        const energy = runs * LayerCosts.energy(prices, counts, macs, cycles);
        const time = runs * cycles;
        const exceeds = (x: number, limit: number | undefined) => limit !== undefined && x * (1 - slack) > limit;
        if (exceeds(energy, limits.energy) || exceeds(time, limits.latency) || exceeds(energy * time, limits.edp))
          return Infinity;
        return weights.energy * energy + weights.cycles * time + weights.both * energy * time;
      };
      const isBelow = (cost: number | undefined, min: number): boolean =>
        cost !== undefined && cost < Infinity && (min === Infinity || compare(below(cost), exactly(min)) < 0);
      yield* everyMapping(costs, {
        mayMatter: (counts, macs, cycles, places) =>
          open.some((c) => {
            const cost = costIn(c, counts, macs, cycles, places);
            // Far above is above.
            return cost !== undefined && cost < c.min * (1 + slack) && isBelow(cost, c.min);
          }),
        visit: (_, counts, macs, cycles, places) => {
          looks++;
          open = open.filter((c) => {
            const cost = costIn(c, counts, macs, cycles, places);
            if (cost === undefined || cost > c.min * (1 + slack) || !isBelow(cost, c.min)) return true;
            faults.push(
              c.min === Infinity
                ? `${c.where}: ${layer.name} runs on a machine of it`
                : `${c.where}: a mapping of ${layer.name} costs ${cost}, and ${c.min} is claimed to be the minimum`,
            );
            return false;
          });
        },
      });
    }
  }
  return { looks, faults };
}

/** What doubles may be off by at most, and far more. */
const slack = 2 ** -39;

/** A size of which more takes less energy per access. */
function dearerWhenSmaller(costs: LayerCosts, { shape: { menus, whole: all } }: ShapeMachines): string | undefined {
  return sizeParameters.find((_, i) =>
    nth(menus, i).some((_value, place) => {
      if (place === 0) return false;
      const less = costs.pricesAt(all.low.with(i, place - 1)).accesses;
      const more = costs.pricesAt(all.low.with(i, place)).accesses;
      return less.some((price, k) => nth(more, k) < price * (1 - 1e-12));
    }),
  );
}
