// One case of the space with an arrangement for every layer: good mappings first, then the program of them all.

import { defined, got, nth } from '../../base/invariant.js';
import type { DesignPoint, SizeParameter } from '../../model/space/design-space.js';
import { shapeParameters, sizeParameters } from '../../model/space/design-space.js';
import { constant, zero } from '../../program/linear.js';
import { convex } from '../../program/program.js';
import type { Found } from '../../search/strategy.js';
import { leastCycles, mostCycles } from '../first-principles.js';
import type { OuterResult } from '../outer.js';
import { outerApproximate } from '../outer.js';
import type { Floor } from '../relaxation.js';
import type { Alone, Least } from './alone.js';
import { mapAlone } from './alone.js';
import type { Case } from './cases.js';
import { keyOfPoint } from './ledger.js';
import type { JointProgram, Known } from './joint-program.js';
import { encodeJoint, held } from './joint-program.js';
import type { Search } from './joint-search.js';
import { bestOf, isOpen, largestOf, left, questionOf, settle } from './joint-search.js';

export interface Branch {
  readonly c: Case;
  /** One per layer. */
  readonly arrangements: readonly number[];
  /** One per layer; sharper as the search goes on. */
  least: readonly Least[];
  bound: number;
  /** Empty where it was not explored yet. */
  reason: string;
}

/** What a layer costs at least by the value of a size. */
interface LayerFloor {
  readonly layer: number;
  readonly parameter: SizeParameter;
  readonly least: ReadonlyMap<number, number>;
}

/** Of programs that only have to give a point to begin with. */
const roughGap = 5e-3;
/** Rounds of tangents for such a point. */
const mostTouches = 6;
/** The program of so few layers closes sooner than each of them with each size is solved (measured). */
const fewLayers = 3;
/** Times that machine and mappings are improved in turn. */
const mostTurns = 3;
/** Programs around better and better points: what is exact at a point is made anew around another. */
const mostPasses = 3;

export async function explore(s: Search, branch: Branch, news: (best: number, bound: number) => void): Promise<void> {
  const { request, book, budget } = s;
  const { layers } = request;
  let values: ReadonlyMap<string, number> | undefined;
  const floors: LayerFloor[] = [];
  await prepare();
  if (!isOpen(s, branch.bound)) {
    finish('closed');
    return;
  }
  for (let n = 0; n < mostPasses; n++) {
    const before = bestOf(s);
    const result = await pass();
    branch.bound = Math.max(branch.bound, result.status === 'infeasible' ? Infinity : result.bound);
    finish((result.status === 'stopped' && result.reason) || 'closed');
    if (result.status !== 'stopped' || !isOpen(s, branch.bound) || bestOf(s) === before || left(s) === 0) return;
  }

  function finish(reason: string): void {
    branch.reason = reason;
    news(bestOf(s), branch.bound);
  }

  /** Each layer alone, which bounds the sum; a good point; and where that is not enough, each layer with each size. */
  async function prepare(): Promise<void> {
    if (layers.length === 1) return;
    const own = await alone(branch.c, (i) => book.bestOfLayer(i));
    branch.least = branch.least.map((l, i) => ({ ...l, objective: Math.max(l.objective, nth(own, i).bound) }));
    branch.bound = Math.max(branch.bound, sumOf(s, branch.least));
    news(bestOf(s), branch.bound);
    if (!isOpen(s, branch.bound)) return;
    await improve(roomFor(own));
    if (layers.length > fewLayers && isOpen(s, branch.bound)) await raise(own);
  }

  /** Machine and mappings in turn, from a machine that has room for the mappings of all layers alone. */
  async function improve(from: DesignPoint | undefined): Promise<void> {
    let point = from;
    for (let turn = 0; point && turn < mostTurns && left(s) > 0; turn++) {
      const before = bestOf(s);
      const here: DesignPoint = point;
      const mapped = await alone({ ...branch.c, largest: here, menus: menusAt(here) }, (i) =>
        book.bestOfLayer(i, here),
      );
      values = mapped.every((a) => a.best)
        ? new Map(
            mapped.flatMap((a, i) =>
              [...defined(a.best).values].map(([name, x]) => [name.replace(/^0\./, `${i}.`), x] as const),
            ),
          )
        : undefined;
      if (!values) return;
      book.offer(
        point,
        mapped.map((a, i) => ({ mapping: defined(a.best).mapping, arrangement: nth(branch.arrangements, i) })),
      );
      const better = (await complete(encode()))?.point;
      news(bestOf(s), branch.bound);
      if (!better || keyOfPoint(better) === keyOfPoint(point) || bestOf(s) >= before * (1 - budget.gap)) return;
      point = better;
    }
  }

  /** What each layer alone costs at least with each value of each size: sizes that suit one cost others. */
  async function raise(own: readonly Alone[]): Promise<void> {
    for (const p of sizeParameters.filter((name) => branch.c.menus[name].length > 1)) {
      for (const [i, { best, bound }] of own.entries()) {
        const least = new Map<number, number>();
        for (const value of branch.c.menus[p]) {
          const arrangement = nth(branch.arrangements, i);
          if (left(s) === 0 || !best) return;
          if (value === best.point[p]) least.set(value, bound);
          else {
            const at = { ...best.point, [p]: value };
            book.offerLayer(at, i, best.mapping, arrangement);
            const menus = { ...branch.c.menus, [p]: [value] };
            const there = await mapAlone(
              s,
              { ...branch.c, largest: { ...branch.c.largest, [p]: value }, menus },
              i,
              arrangement,
              nth(branch.least, i),
              () => book.bestOfLayer(i, at),
              left(s) / 8,
            );
            least.set(value, Math.max(there.bound, bound));
          }
        }
        floors.push({ layer: i, parameter: p, least });
      }
    }
  }

  async function alone(c: Case, known: (i: number) => Found | undefined): Promise<readonly Alone[]> {
    const mapped: Alone[] = [];
    for (const i of layers.keys())
      mapped.push(
        await mapAlone(
          s,
          c,
          i,
          nth(branch.arrangements, i),
          nth(branch.least, i),
          () => known(i),
          left(s) / (2 * (layers.length - i)),
        ),
      );
    return mapped;
  }

  /** A machine that has room for the mappings of all layers alone, or else the best known of this case. */
  function roomFor(own: readonly Alone[]): DesignPoint | undefined {
    const largest = (p: SizeParameter) => Math.max(...own.map((a) => a.best?.point[p] ?? nth(branch.c.menus[p], 0)));
    const point = { ...branch.c.largest, ...Object.fromEntries(sizeParameters.map((p) => [p, largest(p)])) };
    if (book.architecturesAt(point)) return point;
    const known = book.best()?.point;
    return known && isIn(known, branch.c) ? known : undefined;
  }

  /** The best machine for mappings as they are, and a whole point: the program with all factors and orders held. */
  async function complete(
    joint: JointProgram,
  ): Promise<{ readonly point: DesignPoint; readonly x: Float64Array } | undefined> {
    const at = pointOf(joint);
    if (!at) return undefined;
    const program = held(
      joint.program,
      new Map(joint.parts.flatMap((p) => p.decisions.map((i) => [i, Math.round(nth(at, i))] as const))),
    );
    let best: { readonly point: DesignPoint; readonly x: Float64Array; readonly value: number } | undefined;
    await outerApproximate(program, s.backend, {
      ...optionsFor(joint),
      gap: Math.max(roughGap, budget.gap),
      rounds: mostTouches,
      start: undefined,
      floors: [],
      settle: undefined,
      progress: () => {},
      judge(x) {
        const value = judgeAt(joint, x);
        if (value < (best?.value ?? Infinity)) best = { point: joint.sizes.read(x), x: x.slice(), value };
        return value;
      },
    });
    return best;
  }

  async function pass(): Promise<OuterResult> {
    const joint = encode();
    const start = (await complete(joint))?.x;
    const result = await outerApproximate(joint.program, s.backend, {
      ...optionsFor(joint),
      start,
      judge(x) {
        const before = bestOf(s);
        const value = judgeAt(joint, x);
        if (value < before) values = valuesOf(joint, x);
        return value;
      },
    });
    s.solved.push(result);
    return result;
  }

  /** The program as tight as what is known allows. */
  function encode(): JointProgram {
    const total = bestOf(s);
    const here = book.best();
    const known = layers.map(({ count }, i): Known => {
      const arrangement = nth(branch.arrangements, i);
      const others = layers.reduce((n, l, j) => n + (j === i ? 0 : l.count * nth(branch.least, j).objective), 0);
      const task = questionOf(request, i);
      const machine = largestOf(request, branch.c, arrangement);
      const found = here?.layers[i];
      return {
        arrangement,
        evaluation: found?.architecture === arrangement ? found.evaluation : undefined,
        cycles: {
          least: leastCycles(task, machine),
          most: mostCycles(task, machine, (total - others) / count, nth(branch.least, i).energy),
        },
      };
    });
    return encodeJoint(request, branch.c, known, request.padding);
  }

  function valuesOf({ program }: JointProgram, x: ArrayLike<number>): ReadonlyMap<string, number> {
    return new Map(program.variables.map((v, i) => [v.name, nth(x, i)]));
  }

  /** The values as a point of a program; what it has anew is zero, but for the bounds as they are. */
  function pointOf({ program, parts }: JointProgram): readonly number[] | undefined {
    const unpadded = new Set(parts.flatMap((p, i) => p.unpadded.map((name) => `${i}.${name}`)));
    return values && program.variables.map((v) => defined(values).get(v.name) ?? (unpadded.has(v.name) ? 1 : 0));
  }

  function judgeAt(joint: JointProgram, x: ArrayLike<number>): number {
    const { point, mappings } = joint.decode(x);
    return book.offer(
      point,
      mappings.map((mapping, i) => ({ mapping, arrangement: nth(branch.arrangements, i) })),
    );
  }

  function floorsOf({ parts, sizes }: JointProgram): readonly Floor[] {
    const sums = parts.map((p) => convex(zero, p.measure(request.objective)));
    // Beyond the best total nothing is of interest: a size with which a layer cannot run is worth that.
    const most = (i: number) =>
      bestOf(s) === Infinity ? nth(branch.least, i).objective : bestOf(s) / nth(layers, i).count;
    const apart = branch.least.map((l, i): Floor => ({
      sum: nth(sums, i),
      least: constant(l.objective),
      scale: l.objective,
    }));
    const bySize = floors.map(({ layer, parameter, least }): Floor => ({
      sum: nth(sums, layer),
      scale: nth(branch.least, layer).objective,
      least: sizes.by(parameter, (v) => Math.min(got(least, v), most(layer))),
    }));
    return [...apart, ...bySize].filter((f) => f.scale > 0);
  }

  function optionsFor(joint: JointProgram) {
    return {
      gap: budget.gap,
      rounds: Infinity,
      deadline: s.deadline,
      now: budget.now,
      known: bestOf(s),
      scale: sumOf(s, branch.least) || 1,
      // Mappings are settled with their machine: it is machines that are cut off.
      decisions: joint.sizes.decisions,
      settle: (x: Float64Array) => settle(s, joint.sizes.read(x)),
      whole: false,
      relaxes: 'the length of tiles and of wires',
      // Mappings may have been found on this machine that are none of the program's: by the mapper, in another order.
      attained: false,
      floors: layers.length === 1 ? [] : floorsOf(joint),
      progress: news,
    };
  }
}

/** What the least of all layers make of the objective. */
export const sumOf = ({ request }: Search, least: readonly Least[]): number =>
  least.reduce((n, l, i) => n + nth(request.layers, i).count * l.objective, 0);

const menusAt = (p: DesignPoint): Case['menus'] =>
  Object.fromEntries(sizeParameters.map((name) => [name, [p[name]]])) as unknown as Case['menus'];

export const isIn = (p: DesignPoint, { largest, menus }: Case): boolean =>
  shapeParameters.every((s) => p[s] === largest[s]) && sizeParameters.every((s) => menus[s].includes(p[s]));
