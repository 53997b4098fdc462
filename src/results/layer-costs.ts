// What a layer costs as it is mapped, as every result holds it.

import { nth } from '../base/invariant.js';
import { printMappingFile } from '../interchange/mapping-file.js';
import type { ResultLayer } from './result-layer.js';
import { shapeFile } from '../interchange/layer-shape.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Layer } from '../model/workload/layer.js';
import { energyParts } from '../model/cost/energy-parts.js';
import type { Found } from '../search/strategy.js';

/** `arrangements` are those of the machine that it is found for. */
export const layerCosts = (
  arrangements: readonly Architecture[],
  layer: Layer,
  { architecture, evaluation: e, mapping }: Pick<Found, 'architecture' | 'evaluation' | 'mapping'>,
) =>
  ({
    layer: shapeFile(layer),
    energy: e.energy,
    parts: Object.fromEntries(
      energyParts(nth(arrangements, architecture), e).map(({ part, energy }) => [part, energy]),
    ),
    cycles: e.cycles,
    utilization: e.utilization,
    mapping: printMappingFile(mapping),
  }) satisfies Partial<ResultLayer>;

export const noCosts = (layer: Layer) =>
  ({
    layer: shapeFile(layer),
    energy: null,
    parts: null,
    cycles: null,
    utilization: null,
    mapping: null,
  }) satisfies Partial<ResultLayer>;
