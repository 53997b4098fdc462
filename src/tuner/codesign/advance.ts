// A question to a worker, and its answer: to go on with the boxes of one shape for a while.

import type { Weights } from '../../enumerate/item.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import type { TotalsProblem } from './codesign-problem.js';
import type { FoundMachine } from './found-machine.js';
import type { LearnedOfShape } from './learned.js';
import type { BoxNode } from './totals-search.js';

export interface Advance {
  readonly problem: TotalsProblem;
  /** With the largest sizes. */
  readonly shape: DesignPoint;
  /** Boxes that are still open; undefined at the beginning. */
  readonly open: readonly BoxNode[] | undefined;
  /** What is not below this need not be looked at. */
  readonly limit: number;
  /** A machine that costs less than this is worth telling, also where the limit is a guess below it; at most `limit` without. */
  readonly ceiling?: number;
  /** Go on as long as no other shape is more promising: while the bound is below this, and for so many boxes. */
  readonly until: number;
  readonly boxes: number;
  /** Until the time is over for all. */
  readonly seconds: number;
  /** Prices to begin with, and whether one machine is enough. */
  readonly prices?: readonly Weights[] | undefined;
  readonly anyWillDo?: boolean;
  /** By other questions about the same shape. */
  readonly learned?: LearnedOfShape | undefined;
}

export interface Advanced {
  /** No machine of the shape in a box that is not settled is below. */
  readonly bound: number;
  /** Of the boxes settled in this slice, in which all layers agree: no machine there is below. +Infinity for none. */
  readonly settled: number;
  /** None is left where the shape is done; undefined where not even its first box is. */
  readonly open: readonly BoxNode[] | undefined;
  readonly best: FoundMachine | undefined;
  readonly nodes: number;
  readonly prices?: readonly Weights[] | undefined;
  /** Where the box of all machines was bounded. */
  readonly learned?: LearnedOfShape | undefined;
}
