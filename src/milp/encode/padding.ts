// Which bounds a dimension may be rounded up to, as the encoder asks for them.

import type { Dimension } from '../../model/workload/layer.js';
import { paddedBounds } from '../../model/mapping/mapping-space.js';

/** The menu of padded bounds of a dimension; the bound itself is in it. */
export type Padding = (d: Dimension, bound: number) => readonly number[];

export const padTo =
  (on: boolean): Padding =>
  (_, bound) =>
    paddedBounds(bound, on);
