// Whether a layer fits a machine at all: its mappings and what the machine requires of them, without what they cost.

import type { Architecture } from '../../model/machine/architecture.js';
import type { Conventions } from '../../model/cost/conventions.js';
import type { Layer } from '../../model/workload/layer.js';
import { compile } from '../../model/machine/compiled-machine.js';
import { holdsSums } from '../../model/mapping/rules.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { zero } from '../../program/linear.js';
import type { Program } from '../../program/program.js';
import { ProgramBuilder, convex } from '../../program/program.js';
import { encodeCapacity, encodeTiling } from './capacity.js';
import { encodeMappings } from './mapping-points.js';
import type { Padding } from './padding.js';
import { reach } from './reach.js';
import { asGiven } from './sizing.js';

export interface FitEncoding {
  readonly program: Program;
  readonly decisions: readonly number[];
  decode: (x: ArrayLike<number>) => Mapping;
}

/**
 * Every legal mapping is a point of the program, and every point is a legal mapping. Without its bound a
 * dimension may have any loops, or none.
 */
export function encodeFit(a: Architecture, layer: Layer, conventions: Conventions, padding: Padding): FitEncoding {
  const b = new ProgramBuilder();
  const within = reach(
    compile(
      a,
      a.levels.map((l) => l.keeps),
    ),
    layer,
    padding,
    Infinity,
  );
  // What fits does not depend on which part of a window is fetched again.
  const { m, f, orders, keeping, reading, decisions, decode } = encodeMappings(
    b,
    a,
    layer,
    { ...conventions, halo: 'refetch' },
    within,
    'plain',
  );
  a.levels.forEach((_, i) => {
    if (holdsSums(m, i)) orders.refetches('Outputs', i);
  });
  encodeCapacity(b, reading, m, layer, asGiven(a), keeping);
  encodeTiling(b, reading, m, layer, f);
  return { program: b.build(convex(zero, [])), decisions, decode };
}
