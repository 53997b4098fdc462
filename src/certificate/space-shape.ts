// The machines of one shape as the checker sees them: which values each size may take, and the area of the smallest machine
// of a box, from the cost model.

import { defined, nth } from '../base/invariant.js';
import type { DesignPoint, DesignSpace, Parameter } from '../model/space/design-space.js';
import { parameters, shapeParameters, shapesOf, sizeParameters, templateAt } from '../model/space/design-space.js';
import type { Technology } from '../model/machine/technology.js';
import { chipArea } from '../model/machine/template-parts.js';
import type { Leaf, Question } from './certificate.js';
import type { Range } from './cover.js';

/** What a question says of a space is all that its machines depend on. */
export const spaceOf = ({ space }: Pick<Question, 'space'>): DesignSpace => ({
  ...space,
  source: 'a certificate',
  overflowFree: false,
});

export interface SpaceShape {
  readonly point: DesignPoint;
  /** Per size the values that hold a line, ascending. */
  readonly menus: readonly (readonly number[])[];
  readonly whole: Range;
}

/** A leaf where it stands, its sizes as places in the menus of its shape. */
export interface PlacedLeaf extends Range {
  readonly leaf: Leaf;
  readonly where: string;
}

export const shapeKey = (values: readonly number[]): string => values.join(' ');
export const keyOf = (point: DesignPoint): string => shapeKey(shapeParameters.map((p) => point[p]));

/** Every shape of which some choice of sizes is a machine. */
export function shapesIn(space: DesignSpace): readonly SpaceShape[] {
  return shapesOf(space).flatMap((point) => {
    const menus = sizeParameters.map((s) => space.menus[s].filter((v) => templateAt(space, { ...point, [s]: v })));
    const whole = { low: menus.map(() => 0), high: menus.map((menu) => menu.length - 1) };
    return menus.some((menu) => menu.length === 0) ? [] : [{ point, menus, whole }];
  });
}

export const pointAt = ({ point, menus }: SpaceShape, places: readonly number[]): DesignPoint =>
  sizeParameters.reduce((p, size, i) => ({ ...p, [size]: nth(nth(menus, i), nth(places, i)) }), point);

/** mm2, as the cost model has it. */
export const areaAt = (space: DesignSpace, technology: Technology, point: DesignPoint): number =>
  chipArea(defined(templateAt(space, point)), technology);

/** A size of which some machine has less area with more of it: then the smallest machine of a box is not the one at its low end. */
export function shrinking(space: DesignSpace, technology: Technology, shape: SpaceShape): Parameter | undefined {
  return sizeParameters.find((_, i) => {
    const areas = nth(shape.menus, i).map((_, place) =>
      areaAt(space, technology, pointAt(shape, shape.whole.low.with(i, place))),
    );
    return areas.some((area, place) => place > 0 && area < nth(areas, place - 1) * (1 - 1e-12));
  });
}

/** Whether a point is one of a space: every value is of its menu. */
export const isIn = (space: DesignSpace, point: DesignPoint): boolean =>
  parameters.every((p) => space.menus[p].includes(point[p]));
