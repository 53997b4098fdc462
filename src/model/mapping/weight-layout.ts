// How the weights of a mapped layer lie in the weight buffers, where all of them lie there at once.

import { axisLabels, levelNames } from '../machine/template-names.js';
import type { WeightDim, WeightLayout } from '../workload/kept-weights.js';
import { layoutText, weightDims } from '../workload/kept-weights.js';
import { isRelevant } from '../workload/layer.js';
import { areSame, runsOf, whole } from '../workload/layer-parts.js';
import type { Mapping, Parts } from './mapping.js';
import { mappedBounds } from './mapping.js';

/** Undefined where tiles of them follow each other, or the layer takes several runs. */
export function layoutOf(mapping: Mapping): WeightLayout | undefined {
  const { levels, parts = whole } = mapping;
  const isTiled = levels.some(
    ({ name, temporal }) =>
      (name === levelNames.dram || name === levelNames.globalBuffer) &&
      temporal.some(({ dim, factor }) => factor > 1 && isRelevant('Weights', dim)),
  );
  if (isTiled || runsOf(parts) > 1) return undefined;
  const bounds = mappedBounds(mapping);
  const along = (axis: string) => {
    const own = levels.flatMap((l) => l.spatial).filter((s) => s.axis === axis && s.factor > 1);
    return { dim: own[0]?.dim, factor: own.reduce((n, s) => n * s.factor, 1) };
  };
  const { block, fold, split } = parts;
  return {
    ...(block !== undefined && block > 1 && { block }),
    ...(fold && { fold: { R: fold.R, S: fold.S } }),
    ...(split && { split }),
    mapped: Object.fromEntries(weightDims.map((d) => [d, bounds[d]])) as Record<WeightDim, number>,
    columns: { dim: 'K', ...given(along(axisLabels.columns)) },
    rows: { dim: 'P', ...given(along(axisLabels.rows)) },
    lanes: along(axisLabels.lanes).factor,
    vector: along(axisLabels.vector).factor,
  };
}

const given = <T extends { readonly dim: unknown }>({ dim, ...own }: T) => (dim === undefined ? own : { dim, ...own });

/** How a layer with such weights is run. */
export const partsIn = ({ block, fold, split }: WeightLayout): Parts => ({
  ...whole,
  ...(block !== undefined && { block }),
  ...(fold && { fold }),
  ...(split && { split }),
});

/** Whether parts are those of a layout. */
export const suitsParts = (layout: WeightLayout, parts: Parts): boolean => areSame(partsIn(layout), parts);

/** Why a mapping has its weights in another way; undefined where it has them so. */
export function layoutFault(layout: WeightLayout | undefined, mapping: Mapping): string | undefined {
  const own = layoutOf(mapping);
  if (!own) return 'tiles of weights one after the other; weights that stay lie there all at once';
  if (!layout) return undefined;
  const [is, wanted] = [layoutText(own), layoutText(layout)];
  return is === wanted ? undefined : `its weights as ${is}; those that stay lie as ${wanted}`;
}
