// What the rows of input windows are made of, and the few expressions that all of them use.

import type { Conventions } from '../../model/cost/conventions.js';
import { rowsUnder } from '../../model/cost/numbers.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import type { Dimension, Layer, Window } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { add } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import { tableRow } from './halo-table.js';
import type { Orders } from './orders.js';

export interface HaloContext {
  readonly b: ProgramBuilder;
  readonly m: Machine;
  readonly layer: Layer;
  readonly conventions: Conventions;
  readonly f: Factors;
  readonly orders: Orders;
}

/** Slots in time of the levels outside one, outermost first. */
export const timeOutside = ({ m }: HaloContext, level: number): readonly number[] =>
  m.slots.flatMap((s, i) => (s.kind === 'temporal' && s.level < level ? [i] : []));

/** ln of a dimension's extent in a tile at a level. */
export const extent = ({ m, f }: HaloContext, d: Dimension, level: number): Linear =>
  f.product(
    [d],
    m.slots.flatMap((s, i) => (s.level >= level ? [i] : [])),
  );

/** Rows under p outputs and r kernel rows. */
export const rowsOf =
  ({ layer, conventions }: HaloContext, w: Window) =>
  (p: number, r: number): number =>
    rowsUnder(p, r, layer.stride[w.out], layer.dilation[w.kernel], conventions.pixels);

/** One kernel row and no gaps: as many rows as outputs, without a table. */
export const isTrivial = ({ layer, conventions }: HaloContext, w: Window): boolean =>
  layer.bounds[w.kernel] === 1 && (layer.stride[w.out] === 1 || conventions.pixels === 'dense');

/** ln of the rows under ln p outputs and ln r kernel rows. */
export const lookup = (c: HaloContext, name: string, w: Window, p: Linear, r: Linear): Linear =>
  isTrivial(c, w)
    ? add(p, r)
    : tableRow(c.b, name, { p: c.f.values(w.out), r: c.f.values(w.kernel), at: rowsOf(c, w) }, p, r);

export const levelName = ({ m }: HaloContext, level: number): string => m.architecture.levels[level]?.name ?? 'MAC';
