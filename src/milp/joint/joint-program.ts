// All layers and the sizes of the machine as one program: the layers share the one-hots of the sizes, and nothing else.

import { got, nth } from '../../base/invariant.js';
import type { Conventions } from '../../model/cost/conventions.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import type { Evaluation } from '../../model/cost/evaluate.js';
import type { Objective } from '../../model/cost/goal.js';
import type { Layer } from '../../model/workload/layer.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { Technology } from '../../model/machine/technology.js';
import { zero } from '../../program/linear.js';
import type { Program } from '../../program/program.js';
import { ProgramBuilder, convex } from '../../program/program.js';
import type { Part } from '../encode/encode.js';
import { encodeInto } from '../encode/encode.js';
import type { EncodeOptions } from '../encode/encode-options.js';
import { padTo } from '../encode/padding.js';
import type { Case } from './cases.js';
import type { Sizes } from './sizes.js';
import { encodeSizes } from './sizes.js';

/** A layer, and how often the network has it. */
interface Counted {
  readonly layer: Layer;
  readonly count: number;
}

/** A machine and the mappings of a few layers, asked for in one program. */
export interface JointRequest {
  readonly layers: readonly Counted[];
  /** With the width of its sums decided (`forNetworks`). */
  readonly space: DesignSpace;
  readonly technology: Technology;
  readonly conventions: Conventions;
  /** Minimised: the sum over layers of count x objective. */
  readonly objective: Objective;
  /** mm2 of the chip at most; +Infinity for any. */
  readonly area: number;
  /** Whether bounds of layers may be padded. */
  readonly padding: boolean;
}

export interface JointProgram {
  readonly program: Program;
  readonly sizes: Sizes;
  /** One per layer. */
  readonly parts: readonly Part[];
  /** What makes the machine and the mappings. */
  readonly decisions: readonly number[];
  decode: (x: ArrayLike<number>) => { readonly point: DesignPoint; readonly mappings: readonly Mapping[] };
}

/** What is decided and known of a layer before the program is made. */
export interface Known {
  /** The arrangement of the machine that it is mapped on. */
  readonly arrangement: number;
  readonly cycles: EncodeOptions['cycles'];
  readonly evaluation: Evaluation | undefined;
}

export function encodeJoint(request: JointRequest, c: Case, known: readonly Known[], padding: boolean): JointProgram {
  const { layers, space, technology, conventions, objective } = request;
  const b = new ProgramBuilder();
  const sizes = encodeSizes(b, space, technology, c, request.area);
  const parts = layers.map(({ layer }, i) => {
    const { arrangement, cycles, evaluation } = nth(known, i);
    const { machine, sizing } = nth(sizes.arranged, arrangement);
    return named(b, `${i}.`, () =>
      encodeInto(
        b,
        machine,
        layer,
        { conventions, padding: padTo(padding), goal: { objective, limits: {} }, cycles, known: evaluation },
        sizing,
      ),
    );
  });
  const sum = parts.flatMap((part, i) =>
    part.measure(objective).map((e) => ({ ...e, coefficient: e.coefficient * nth(layers, i).count })),
  );
  return {
    program: b.build(convex(zero, sum)),
    sizes,
    parts,
    decisions: [...sizes.decisions, ...parts.flatMap((p) => p.decisions)],
    decode: (x) => ({ point: sizes.read(x), mappings: parts.map((p) => p.decode(x)) }),
  };
}

/** Makes a share of a program, and puts a prefix before the names of all that it adds. */
function named<T>(b: ProgramBuilder, prefix: string, make: () => T): T {
  const lists: { name: string }[][] = [b.variables, b.rows, b.convexRows];
  const before = lists.map((list) => list.length);
  const made = make();
  lists.forEach((list, k) => {
    for (let i = nth(before, k); i < list.length; i++) list[i] = { ...nth(list, i), name: prefix + nth(list, i).name };
  });
  return made;
}

/** The same program with some variables held at a value. */
export function held(program: Program, values: ReadonlyMap<number, number>): Program {
  return {
    ...program,
    variables: program.variables.map((v, i) =>
      values.has(i) ? { ...v, lower: got(values, i), upper: got(values, i) } : v,
    ),
  };
}
