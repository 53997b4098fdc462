// The program of all layers and their machine, as tight as what is known allows, solved around the best point so far.

import { got, nth } from '../../base/invariant.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { constant, zero } from '../../program/linear.js';
import { convex } from '../../program/program.js';
import { minCycles, maxCycles } from '../first-principles.js';
import type { OuterOptions, OuterResult } from '../outer.js';
import { outerApproximate } from '../outer.js';
import type { Floor } from '../relaxation.js';
import type { Exploration } from './exploration.js';
import { offer, sumOf, valuesOf } from './exploration.js';
import type { JointProgram, Known } from './joint-program.js';
import { encodeJoint, held } from './joint-program.js';
import { bestOf, largestOf, questionOf, settle } from './joint-search.js';

/** Of programs that only have to give a point to begin with. */
const roughGap = 5e-3;
/** Rounds of tangents for such a point. */
const maxTouches = 6;

/** Solves the program to the gap, from the best point known; keeps the values of better ones. */
export async function pass(e: Exploration): Promise<OuterResult> {
  const joint = encodeBranch(e);
  const start = (await complete(e, joint))?.x;
  const result = await outerApproximate(joint.program, e.s.backend, {
    ...optionsFor(e, joint),
    start,
    judge(x) {
      const before = bestOf(e.s);
      const value = judgeAt(e, joint, x);
      if (value < before) e.values = valuesOf(joint, x);
      return value;
    },
  });
  e.s.solved.push(result);
  return result;
}

interface Complete {
  readonly point: DesignPoint;
  readonly x: Float64Array;
}

/** The best machine for mappings as they are, and a whole point: the program with all factors and orders held. */
export async function complete(e: Exploration, joint: JointProgram): Promise<Complete | undefined> {
  const at = pointOf(e, joint);
  if (!at) return undefined;
  const decisions = joint.parts.flatMap((p) => p.decisions);
  const program = held(joint.program, new Map(decisions.map((i) => [i, Math.round(nth(at, i))])));
  let best: (Complete & { readonly value: number }) | undefined;
  await outerApproximate(program, e.s.backend, {
    ...optionsFor(e, joint),
    gap: Math.max(roughGap, e.s.budget.gap),
    rounds: maxTouches,
    start: undefined,
    floors: [],
    settle: undefined,
    progress: () => {},
    judge(x) {
      const value = judgeAt(e, joint, x);
      if (value < (best?.value ?? Infinity)) best = { point: joint.sizes.read(x), x: x.slice(), value };
      return value;
    },
  });
  return best;
}

/**
 * The program as tight as what is known allows. Only what is better than the best is looked for, and the other layers
 * cost at least their least: so much is left for a layer, which bounds its cycles.
 */
export function encodeBranch({ s, branch }: Exploration): JointProgram {
  const { request, book } = s;
  const { layers } = request;
  const total = bestOf(s);
  const here = book.best();
  const known = layers.map(({ count }, i): Known => {
    const arrangement = nth(branch.arrangements, i);
    const others = layers.reduce((n, l, j) => n + (j === i ? 0 : l.count * nth(branch.min, j).objective), 0);
    const affordable = (total - others) / count;
    const task = questionOf(request, i);
    const machine = largestOf(request, branch.c, arrangement);
    const found = here?.layers[i];
    return {
      arrangement,
      evaluation: found?.architecture === arrangement ? found.evaluation : undefined,
      cycles: {
        min: minCycles(task, machine),
        max: maxCycles(task, machine, affordable, nth(branch.min, i).energy),
      },
    };
  });
  return encodeJoint(request, branch.c, known, request.padding);
}

/** The values as a point of a program; what it has anew is zero, but for the bounds as they are. */
function pointOf({ values }: Exploration, { program, parts }: JointProgram): readonly number[] | undefined {
  const unpadded = new Set(parts.flatMap((p, i) => p.unpadded.map((name) => `${i}.${name}`)));
  return values && program.variables.map((v) => values.get(v.name) ?? (unpadded.has(v.name) ? 1 : 0));
}

function judgeAt(e: Exploration, joint: JointProgram, x: ArrayLike<number>): number {
  const { point, mappings } = joint.decode(x);
  return offer(e, point, mappings);
}

/**
 * What each layer costs at least, whatever the others do, and by the value of a size. Beyond the best total nothing is
 * of interest, so a size with which a layer cannot run counts as that much: no better machine is lost.
 */
function floorsOf({ s, branch, floors }: Exploration, { parts, sizes }: JointProgram): readonly Floor[] {
  const { request } = s;
  const sums = parts.map((p) => convex(zero, p.measure(request.objective)));
  const max = (i: number) =>
    bestOf(s) === Infinity ? nth(branch.min, i).objective : bestOf(s) / nth(request.layers, i).count;
  const apart = branch.min.map((l, i): Floor => ({
    sum: nth(sums, i),
    min: constant(l.objective),
    scale: l.objective,
  }));
  const bySize = floors.map(({ layer, parameter, min }): Floor => ({
    sum: nth(sums, layer),
    scale: nth(branch.min, layer).objective,
    min: sizes.by(parameter, (v) => Math.min(got(min, v), max(layer))),
  }));
  return [...apart, ...bySize].filter((f) => f.scale > 0);
}

const optionsFor = (e: Exploration, joint: JointProgram): Omit<OuterOptions, 'start' | 'judge'> => {
  const { s, branch } = e;
  return {
    gap: s.budget.gap,
    rounds: Infinity,
    deadline: s.deadline,
    now: s.budget.now,
    known: bestOf(s),
    scale: sumOf(s, branch.min) || 1,
    // Mappings are settled with their machine: it is machines that are cut off.
    decisions: joint.sizes.decisions,
    settle: (x) => settle(s, joint.sizes.read(x)),
    whole: false,
    relaxes: 'the length of tiles and of wires',
    // Mappings may have been found on this machine that are none of the program's: by the mapper, in another order.
    attained: false,
    floors: s.request.layers.length === 1 ? [] : floorsOf(e, joint),
    progress: e.progress,
  };
};
