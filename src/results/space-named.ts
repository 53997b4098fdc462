// A design space as results name it.

import type { SpaceRead } from './fields.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { countMachines, shapesOf, spaceDigest } from '../model/space/design-space.js';

/** `named` is the space before networks decided the width of its sums: what `magnet spaces` shows. */
export const spaceOf = (named: DesignSpace, decided: DesignSpace): SpaceRead => ({
  name: named.name,
  digest: spaceDigest(named),
  shapes: shapesOf(decided).length,
  machines: countMachines(decided),
});
