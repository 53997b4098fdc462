// One layer with the machine to itself: its own best sizes. No network does better than the sum of these, and where a
// network's program begins with such mappings it need not find them among those of all layers at once.

import { defined, nth } from '../../base/invariant.js';
import { exponents, valueOf } from '../../model/cost/goal.js';
import type { Objective } from '../../model/cost/goal.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import type { Found } from '../../search/strategy.js';
import { beyondAny, minCycles, minEnergy, maxCycles, roughly } from '../first-principles.js';
import type { OuterOptions } from '../outer.js';
import { outerApproximate, relaxedBound } from '../outer.js';
import type { Case } from './cases.js';
import { encodeJoint } from './joint-program.js';
import type { Search } from './joint-search.js';
import { largestOf, left, questionOf } from './joint-search.js';

/** What no mapping of a layer goes below on any machine of a case. */
export interface Minimum {
  readonly energy: number;
  readonly objective: number;
}

/** Values of variables by their names in a program of the layer as its number 0. */
type Values = ReadonlyMap<string, number>;

export interface Alone {
  readonly bound: number;
  readonly best: { readonly point: DesignPoint; readonly mapping: Mapping; readonly values: Values } | undefined;
}

/** How far layers alone are taken at most: it is their sum that counts, on one machine. */
const finest = 1e-3;

/** First principles, and the relaxation of the program of the layer alone. */
export async function minimumOfLayer(s: Search, c: Case, i: number, arrangement: number): Promise<Minimum> {
  const { request, backend } = s;
  const machine = largestOf(request, c, arrangement);
  const task = questionOf(request, i);
  const power = exponents[request.objective];
  const cycles = { min: minCycles(task, machine), max: beyondAny(task, machine) };
  const relaxed = async (objective: Objective): Promise<number> => {
    if (left(s) === 0) return 0;
    const { program } = encodeJoint(
      { ...request, objective, layers: [{ layer: task.layer, count: 1 }] },
      c,
      [{ arrangement, cycles, evaluation: undefined }],
      request.padding,
    );
    return relaxedBound(program, backend, roughly({ ...task, goal: { objective, limits: {} } }, machine));
  };
  const energy = Math.max(minEnergy(task, machine), power.energy > 0 ? await relaxed('energy') : 0);
  const principles = valueOf(request.objective, energy, cycles.min);
  return {
    energy,
    objective: Math.max(principles, request.objective === 'energy' ? energy : await relaxed(request.objective)),
  };
}

/**
 * The best sizes and mapping for one layer among the machines of a case, in two passes as in the mapper; `known` is
 * the best mapping so far that a better one is asked for.
 */
export async function mapAlone(
  s: Search,
  c: Case,
  i: number,
  arrangement: number,
  { energy, objective }: Minimum,
  known: () => Found | undefined,
  time: number,
): Promise<Alone> {
  const { request, backend, budget, book } = s;
  const machine = largestOf(request, c, arrangement);
  const task = questionOf(request, i);
  const deadline = Math.min(s.deadline, budget.now() + time * 1000);
  let best: Alone['best'];
  const rough = await pass({ gap: 5e-3, rounds: 1 }, false);
  const fine = await pass({ gap: Math.max(finest, budget.gap), rounds: Infinity }, request.padding);
  // The rough pass leaves padding out: its bound is none of the layer with it.
  return { bound: Math.max(objective, fine, request.padding ? 0 : rough), best };

  async function pass(how: Pick<OuterOptions, 'gap' | 'rounds'>, padding: boolean): Promise<number> {
    const around = known();
    const value = around?.objective ?? Infinity;
    const cycles = { min: minCycles(task, machine), max: maxCycles(task, machine, value, energy) };
    const joint = encodeJoint(
      { ...request, layers: [{ layer: task.layer, count: 1 }] },
      c,
      [{ arrangement, cycles, evaluation: around?.architecture === arrangement ? around.evaluation : undefined }],
      padding,
    );
    const { variables } = joint.program;
    const unpadded = new Set(nth(joint.parts, 0).unpadded.map((name) => `0.${name}`));
    let min = Infinity;
    const result = await outerApproximate(joint.program, backend, {
      ...how,
      // What a rough program had no variable for is not used in its mapping: zero, but for the bounds as they are.
      start: best && variables.map((v) => defined(best).values.get(v.name) ?? (unpadded.has(v.name) ? 1 : 0)),
      deadline,
      now: budget.now,
      known: value,
      scale: roughly(task, machine),
      decisions: joint.decisions,
      whole: request.objective === 'latency',
      relaxes: 'the length of tiles and of wires',
      attained: false,
      judge(x) {
        const { point, mappings } = joint.decode(x);
        const found = book.offerLayer(point, i, nth(mappings, 0), arrangement);
        if (found && found.objective < min) {
          min = found.objective;
          best = { point, mapping: nth(mappings, 0), values: new Map(variables.map((v, k) => [v.name, nth(x, k)])) };
        }
        return found?.objective ?? Infinity;
      },
    });
    return result.status === 'infeasible' ? Infinity : result.bound;
  }
}
