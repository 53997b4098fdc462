// The shape of a layer of a result, with the parts that it is run in.

import { printShape } from '../../model/workload/layer.js';
import { partsText } from '../../model/workload/layer-parts.js';
import type { ResultLayer } from '../../results/result-layer.js';

/** Files from before shapes were written have none. */
export const shapeText = ({ layer, mapping }: Pick<ResultLayer, 'layer' | 'mapping'>): string =>
  layer === null ? '-' : `${printShape(layer)}${mapping ? partsText(mapping) : ''}`;
