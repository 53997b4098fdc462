// One case of the space on its way to an answer: what its parts know and share, and what is known of its machines.

import { nth } from '../../base/invariant.js';
import type { DesignPoint, SizeParameter } from '../../model/space/design-space.js';
import { shapeParameters, sizeParameters } from '../../model/space/design-space.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { Minimum } from './alone.js';
import type { Case } from './cases.js';
import type { JointProgram } from './joint-program.js';
import type { Search } from './joint-search.js';

export interface Branch {
  readonly c: Case;
  /** One per layer. */
  readonly arrangements: readonly number[];
  /** One per layer; sharper as the search goes on. */
  min: readonly Minimum[];
  bound: number;
  /** Empty where it was not explored yet. */
  reason: string;
}

/** What a layer costs at least by the value of a size. */
export interface LayerFloor {
  readonly layer: number;
  readonly parameter: SizeParameter;
  readonly min: ReadonlyMap<number, number>;
}

/** Values of variables by their names: programs of one case differ in what they have a variable for. */
export type Values = ReadonlyMap<string, number>;

export interface Exploration {
  readonly s: Search;
  readonly branch: Branch;
  readonly progress: (best: number, bound: number) => void;
  /** Of the best machine and mappings that were found as a point of a program. */
  values: Values | undefined;
  readonly floors: LayerFloor[];
}

/** What the minimum of all layers make of the objective. */
export const sumOf = ({ request }: Search, min: readonly Minimum[]): number =>
  min.reduce((n, l, i) => n + nth(request.layers, i).count * l.objective, 0);

export const isIn = (p: DesignPoint, { largest, menus }: Case): boolean =>
  shapeParameters.every((s) => p[s] === largest[s]) && sizeParameters.every((s) => menus[s].includes(p[s]));

/** Offers mappings for a machine, one per layer, on the arrangements of the branch; what they cost. */
export const offer = ({ s, branch }: Exploration, point: DesignPoint, mappings: readonly Mapping[]): number =>
  s.book.offer(
    point,
    mappings.map((mapping, i) => ({ mapping, arrangement: nth(branch.arrangements, i) })),
  );

export const valuesOf = ({ program }: JointProgram, x: ArrayLike<number>): Values =>
  new Map(program.variables.map((v, i) => [v.name, nth(x, i)]));
