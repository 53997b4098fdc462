// The optimal mapping of one layer, proven: encode, solve, decode, evaluate with the cost model, until they meet.

import { defined, got, nth } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Goal } from '../model/cost/goal.js';
import { exponents, valueOf } from '../model/cost/goal.js';
import { isOpen, openKeeps } from '../model/machine/keeping.js';
import type { Tensor } from '../model/workload/layer.js';
import { tensors } from '../model/workload/layer.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Backend } from '../program/milp.js';
import { judge } from '../search/mapping/point.js';
import type { Answer, Found, Strategy } from '../search/strategy.js';
import { encode } from './encode/encode.js';
import { padTo } from './encode/padding.js';
import { beyondAny, leastCycles, leastEnergy, mostCycles, roughly } from './first-principles.js';
import { fewWays, overKeepings } from './keepings.js';
import type { LastProgram, OuterOptions, OuterResult } from './outer.js';
import { boundSlack, outOfTime, outerApproximate, relaxedBound } from './outer.js';
import { writePrograms } from './write-programs.js';

/** Values by the names of variables: tighter programs of one layer share those that are left. */
type Point = ReadonlyMap<string, number>;

/** How far the first pass is taken: its tangents are no finer. */
const roughGap = 5e-3;

/** The rough pass and those that follow better mappings. */
const mostPasses = 4;

/** The mapper on some backend. `incumbent` finds a first mapping to tighten the program around; a quick one does. */
export function mapper(backend: Backend, incumbent: Strategy): Strategy {
  return {
    name: backend.name,
    async find(task, budget) {
      const deadline = budget.now() + budget.time * 1000;
      const first = await incumbent.find(task, { ...budget, time: budget.time / 4, progress: () => {} });
      let best = first.best;
      if (best) budget.progress?.(best.objective, 0);
      let evaluations = first.evaluations;
      const parts: OuterResult[] = [];
      const leastEnergies = new Map<Architecture, number>();
      /** What is proven of all ways to keep while one of them is settled. */
      let ofAllWays = 0;
      /** Of the last pass on each arrangement, where they are asked for. */
      const last: LastProgram[] = [];
      // Nothing costs less than nothing.
      if (best?.objective === 0 && budget.programs === undefined) return conclude([]);
      // Files of programs hold the whole question: there, what is kept is a choice of the program.
      const apart = (a: Architecture) => budget.programs === undefined && openKeeps(a).length > 0 && fewWays(a);
      for (const [i, a] of task.architectures.entries()) parts.push(await (apart(a) ? mapOpen(a, i) : mapOn(a, i)));
      return conclude(parts);

      /**
       * Two passes: the first finds a good mapping, around which the second builds a tighter program: fewer cycles
       * to consider, tangents where they matter, a point to start from.
       */
      async function mapOn(a: Architecture, arrangement: number): Promise<OuterResult> {
        leastEnergies.set(a, Math.max(leastEnergy(task, a), await relaxedEnergy(a)));
        // Without padding the first program is much smaller, and its mapping nearly as good.
        const rough = await pass(a, arrangement, {
          gap: Math.max(budget.gap, roughGap),
          rounds: 1,
          start: undefined,
          padding: false,
          deadline,
        });
        const passes = [rough];
        for (let around: Found | undefined; passes.length < mostPasses;) {
          around = best;
          const last = defined(passes.at(-1));
          passes.push(
            await pass(a, arrangement, {
              gap: budget.gap,
              rounds: Infinity,
              start: last.point,
              padding: task.padding,
              deadline,
            }),
          );
          // A program that is exact around a mapping is made anew around a better one.
          if (defined(passes.at(-1)).result.status !== 'stopped' || !a.tiling || best === around) break;
        }
        const bound = Math.max(...passes.slice(1).map((p) => p.result.bound));
        const total = (key: 'nodes' | 'rounds') => passes.reduce((n, p) => n + p.result[key], 0);
        return { ...defined(passes.at(-1)).result, bound, nodes: total('nodes'), rounds: total('rounds') };
      }

      /** Where it is open what levels keep: the least over all ways to keep, each by itself. */
      function mapOpen(a: Architecture, arrangement: number): Promise<OuterResult> {
        leastEnergies.set(a, leastEnergy(task, a));
        return overKeepings(a, {
          gap: budget.gap,
          adds: exponents[task.goal.objective].energy > 0,
          over: () => budget.now() >= deadline,
          best: () => best?.objective ?? Infinity,
          relaxed: (one, only) => relaxedPart(one, only),
          settle: (one, seconds) => settleOne(one, arrangement, seconds),
          progress(bound) {
            ofAllWays = Math.max(ofAllWays, bound);
            budget.progress?.(best?.objective ?? Infinity, ofAllWays);
          },
        });
      }

      /** Only what is better than the best known is looked for: where that is nothing, it is known much sooner. */
      async function settleOne(a: Architecture, arrangement: number, seconds: number): Promise<OuterResult> {
        const end = Math.min(deadline, budget.now() + seconds * 1000);
        leastEnergies.set(a, Math.max(leastEnergy(task, a), await relaxedEnergy(a)));
        const only = () => ({ deadline: end, cutoff: best && best.objective * (1 - budget.gap / 2) });
        // Where nothing better is left without padding there is no point to begin with, and hardly any with it.
        const rough = await pass(a, arrangement, {
          gap: roughGap,
          rounds: 1,
          start: undefined,
          padding: false,
          ...only(),
        });
        const { result } = await pass(a, arrangement, {
          gap: budget.gap,
          rounds: Infinity,
          start: rough.point,
          padding: task.padding,
          ...only(),
        });
        leastEnergies.delete(a);
        return result.status === 'stopped' && budget.now() >= end ? { ...result, reason: outOfTime } : result;
      }

      function relaxedPart(a: Architecture, only: readonly Tensor[]): Promise<number> {
        const { layer, conventions, goal } = task;
        const known = best?.objective ?? Infinity;
        const { program } = encode(a, layer, {
          conventions,
          goal,
          only,
          padding: padTo(task.padding),
          cycles: { least: leastCycles(task, a), most: mostCycles(task, a, known, leastEnergy(task, a)) },
        });
        const scale = Number.isFinite(known) && known > 0 ? known : roughly(task, a);
        return relaxedBound(program, backend, scale, Math.min(10, Math.max(0.01, (deadline - budget.now()) / 1000)));
      }

      /** No mapping takes less energy than the relaxation of the program for energy: that bounds the cycles of EDP. */
      async function relaxedEnergy(a: Architecture): Promise<number> {
        if (
          exponents[task.goal.objective].energy === 0 ||
          exponents[task.goal.objective].cycles === 0 ||
          budget.now() >= deadline
        )
          return 0;
        const goal: Goal = { objective: 'energy', limits: {} };
        const { program } = encode(a, task.layer, {
          conventions: task.conventions,
          goal,
          padding: padTo(task.padding),
          cycles: { least: 1, most: beyondAny(task, a) },
        });
        const bound = await relaxedBound(
          program,
          backend,
          roughly({ ...task, goal }, a),
          Math.min(10, Math.max(0.01, (deadline - budget.now()) / 1000)),
        );
        return bound < Infinity ? bound : 0;
      }

      async function pass(
        a: Architecture,
        arrangement: number,
        how: Pick<OuterOptions, 'gap' | 'rounds' | 'deadline' | 'cutoff'> & {
          start: Point | undefined;
          padding: boolean;
        },
      ) {
        const { layer, conventions, goal } = task;
        const known = best?.objective ?? Infinity;
        const encoding = encode(a, layer, {
          conventions,
          goal,
          padding: padTo(how.padding),
          cycles: { least: leastCycles(task, a), most: mostCycles(task, a, known, got(leastEnergies, a)) },
          known: best?.architecture === arrangement ? best.evaluation : undefined,
        });
        const { variables } = encoding.program;
        let point: Point | undefined;
        // What the first program had no variable for is not used in its mapping: zero, but for the bounds as they are.
        const start =
          how.start &&
          variables.map((v) => defined(how.start).get(v.name) ?? (encoding.unpadded.includes(v.name) ? 1 : 0));
        const result = await outerApproximate(encoding.program, backend, {
          ...how,
          start,
          now: budget.now,
          known,
          scale: roughly(task, a),
          decisions: encoding.decisions,
          whole: goal.objective === 'latency',
          relaxes: a.tiling && encoding.timed ? 'the length of tiles' : undefined,
          attained: best?.architecture === arrangement && how.padding === task.padding && keepsAs(a, best.mapping),
          judge(x) {
            evaluations++;
            const found = judge(goal, conventions, a, arrangement, layer, encoding.decode(x));
            const better = found && found.objective < (best?.objective ?? Infinity);
            if (better) best = found;
            if (better || how.cutoff !== undefined) point = new Map(variables.map((v, i) => [v.name, nth(x, i)]));
            return found?.objective ?? Infinity;
          },
          progress: (value, bound) => budget.progress?.(value, how.cutoff === undefined ? bound : ofAllWays),
          last: budget.programs && ((program) => (last[arrangement] = program)),
        });
        return { result, point };
      }

      /** What holds before any program is solved; not quite, for rounding. */
      function fromFirstPrinciples(a: Architecture): number {
        return valueOf(task.goal.objective, leastEnergies.get(a) ?? 0, leastCycles(task, a)) * (1 - boundSlack);
      }

      function conclude(found: readonly OuterResult[]): Answer {
        // Arrangements are alternatives: what is proven for all of them is the least of their bounds.
        const bound = Math.min(
          best?.objective ?? Infinity,
          ...found.map((p, i) =>
            p.status === 'infeasible' ? Infinity : Math.max(p.bound, fromFirstPrinciples(nth(task.architectures, i))),
          ),
        );
        const total = (key: 'nodes' | 'rounds' | 'columns' | 'rows') => found.reduce((n, p) => n + p[key], 0);
        const closed = best !== undefined && best.objective - bound <= budget.gap * best.objective;
        const status = closed
          ? 'optimal'
          : best
            ? 'feasible'
            : found.every((p) => p.status === 'infeasible')
              ? 'infeasible'
              : 'unknown';
        const answer: Answer = {
          status,
          best,
          bound: status === 'infeasible' ? Infinity : bound,
          solver: backend.name,
          evaluations,
          nodes: total('nodes'),
          rounds: total('rounds'),
          columns: total('columns'),
          rows: total('rows'),
          reason: found.map((p) => p.reason).find((r) => r !== '') ?? '',
        };
        return budget.programs ? { ...answer, programs: writePrograms(task, answer, last, budget.programs) } : answer;
      }
    },
  };
}

/** Whether a mapping keeps what a machine lets it keep, and goes by where that lets it go by. */
const keepsAs = (a: Architecture, mapping: Mapping): boolean =>
  a.levels.every((l, i) =>
    tensors.every((t) => isOpen(l, t) || l.keeps.includes(t) === nth(mapping.levels, i).keep.includes(t)),
  );
