// Bands of a few layers in turn, whose weights stay in the weight buffers from the first band on: random layers, bands of other sizes,
// other mappings of one layout, other lines of either half.

import type { Random } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { layoutOf } from '../../src/model/mapping/weight-layout.js';
import type { KeptWeights } from '../../src/model/workload/kept-weights.js';
import { linesOf } from '../../src/model/workload/kept-weights.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { Accelerator } from '../../src/rtl/accelerator.js';
import { placeLayer } from '../../src/rtl/program/placement.js';
import type { WeightPlace } from '../../src/rtl/program/region.js';
import { operands } from '../../src/sim/drawn-data.js';
import type { Job } from '../../src/sim/layer-job.js';
import { jobAt } from '../../src/sim/layer-job.js';
import type { Tensor } from '../../src/sim/tensor.js';
import { enumerated } from '../../src/tuner/enumeration.js';
import type { Placed } from './rtl.js';

export interface BandStep extends Placed {
  readonly job: Job;
  readonly place: WeightPlace;
}

/** Of one layer: a run for each band. */
interface Planned {
  readonly runs: readonly Placed[];
  readonly lines: number;
}

/** Layers one after the other, band by band; undefined where chance found none that fits. */
export function weightChain(
  a: Accelerator,
  t: Template,
  chance: Random,
  { layers, bands }: { readonly layers: number; readonly bands: number },
  /** Lines further than they should be that the last layer begins before the end of the one before: a fault. */
  overlap = 0,
): readonly BandStep[] | undefined {
  const planned: Planned[] = [];
  for (let i = 0; i < layers; i++) {
    let found: Planned | undefined;
    for (let tries = 0; tries < 8 && !found; tries++) found = bandsOf(t, chance, i, bands);
    if (!found) return undefined;
    planned.push(found);
  }
  const ends: [number, number] = [0, 0];
  const places: { half: 0 | 1; line: number }[] = [];
  for (const [i, { lines }] of planned.entries()) {
    const half = overlap > 0 ? 0 : (chance.below(2) as 0 | 1);
    const gap = overlap > 0 ? (i > 0 ? -overlap : 0) : chance.below(3);
    const line = Math.max(0, ends[half] + gap);
    if (line + lines > a.hardware.weightDepth) return undefined;
    ends[half] = line + lines;
    places.push({ half, line });
  }
  const weights: (Tensor | undefined)[] = planned.map(() => undefined);
  return Array.from({ length: bands }, (_, band) => band).flatMap((band) =>
    planned.map(({ runs }, i): BandStep => {
      const { architecture, layer, mapping } = runs[band]!;
      const data = operands(layer, t, chance, { weights: weights[i] });
      weights[i] ??= data.weights;
      const place: WeightPlace = { held: band > 0, ...places[i]! };
      const bases = { input: chance.below(64), weights: chance.below(64) };
      const placement = { ...placeLayer(a.hardware, layer, mapping, bases), resident: { weights: place } };
      return { architecture, layer, mapping, place, job: jobAt(a, layer, mapping, placement, data) };
    }),
  );
}

function bandsOf(t: Template, chance: Random, number: number, bands: number): Planned | undefined {
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const G = pick([1, 1, 1, 2]);
  const bounds = {
    G,
    K: pick([1, t.numLanes, 2 * t.numLanes, 2 * t.numLanes + 1, 3 * t.numLanes]),
    C: pick([1, t.vectorSize, 2 * t.vectorSize, t.vectorSize + 1]),
    R: pick([1, 1, 2, 3]),
    S: pick([1, 1, 2, 3]),
  };
  const options = { stride: [pick([1, 1, 2]), 1], bias: chance.next() < 0.8, residual: chance.next() < 0.2 } as const;
  const layers = Array.from({ length: bands }, (_, band) =>
    makeLayer(`layer${number} band${band}`, { ...bounds, P: pick([2, 3, 5, 8]), Q: pick([1, 2, 3, 4]) }, options),
  );
  const mapped = (layer: Layer, kept: KeptWeights) => {
    const own = { ...layer, resident: { weights: kept, banks: 0 } };
    const weights = chance.pick([
      { both: 1, energy: 0, cycles: 0 },
      { both: 0, energy: 1, cycles: 0 },
      { both: 0, energy: 0, cycles: 1 },
    ]);
    const architectures = lowerTemplate(t, technology16nm);
    const task = {
      layer: own,
      architectures,
      conventions: magnetConventions,
      goal: { objective: 'edp', limits: {} },
      padding: true,
    } as const;
    const { found } = enumerated(task, { template: t, technology: technology16nm }, weights, () => false);
    return found && { architecture: architectures[found.architecture]!, layer: own, mapping: found.mapping };
  };
  const first = mapped(layers[0]!, { held: true });
  const layout = first && layoutOf(first.mapping);
  if (!layout) return undefined;
  const runs = layers.flatMap((layer, band) => mapped(layer, { held: band > 0, layout }) ?? []);
  return runs.length === bands ? { runs, lines: linesOf(layout) } : undefined;
}
