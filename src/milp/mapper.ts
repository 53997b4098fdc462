// The optimal mapping of one layer, proven: encode, solve, decode, evaluate with the cost model, until they meet.

import type { Architecture } from '../model/architecture.js';
import { peakMacs } from '../model/architecture.js';
import type { Goal } from '../model/goal.js';
import { exponents } from '../model/goal.js';
import type { Tensor } from '../model/layer.js';
import { macs, relevance, tensors, windows } from '../model/layer.js';
import { rowsUnder } from '../model/numbers.js';
import type { Backend } from '../program/milp.js';
import { judge } from '../search/point.js';
import type { Answer, Strategy, Task } from '../search/strategy.js';
import { encode } from './encode/encode.js';
import { padTo } from './encode/padding.js';
import type { OuterOptions, OuterResult } from './outer.js';
import { boundSlack, outerApproximate, relaxedBound } from './outer.js';

/** Values by the names of variables: tighter programs of one layer share those that are left. */
type Point = ReadonlyMap<string, number>;

/** How far the first pass is taken: its tangents are no finer. */
const roughGap = 5e-3;

/** The mapper on some backend. `incumbent` finds a first mapping to tighten the program around; a quick one does. */
export function mapper(backend: Backend, incumbent: Strategy): Strategy {
  return {
    name: backend.name,
    async find(task, budget) {
      const deadline = budget.now() + budget.time * 1000;
      const first = await incumbent.find(task, { ...budget, time: budget.time / 4, progress: () => {} });
      let best = first.best;
      let evaluations = first.evaluations;
      const parts: OuterResult[] = [];
      const leastEnergies = new Map<Architecture, number>();
      for (const [i, a] of task.architectures.entries()) parts.push(await mapOn(a, i));
      return conclude(parts);

      /**
       * Two passes: the first finds a good mapping, around which the second builds a tighter program: fewer cycles
       * to consider, tangents where they matter, a point to start from.
       */
      async function mapOn(a: Architecture, arrangement: number): Promise<OuterResult> {
        leastEnergies.set(a, Math.max(leastEnergy(task, a), await relaxedEnergy(a)));
        // Without padding the first program is much smaller, and its mapping nearly as good.
        const rough = await pass(a, arrangement, { gap: Math.max(budget.gap, roughGap), rounds: 1, start: undefined, padding: false });
        const fine = await pass(a, arrangement, { gap: budget.gap, rounds: Infinity, start: rough.point, padding: task.padding });
        const sum = (key: 'nodes' | 'rounds') => rough.result[key] + fine.result[key];
        return { ...fine.result, nodes: sum('nodes'), rounds: sum('rounds') };
      }

      /** No mapping takes less energy than the relaxation of the program for energy: that bounds the cycles of EDP. */
      async function relaxedEnergy(a: Architecture): Promise<number> {
        if (exponents[task.goal.objective].energy === 0 || exponents[task.goal.objective].cycles === 0 || budget.now() >= deadline) return 0;
        const goal: Goal = { objective: 'energy', limits: {} };
        const { program } = encode(a, task.layer, { conventions: task.conventions, goal, padding: padTo(task.padding), cycles: { least: 1, most: beyondAny(task, a) } });
        return relaxedBound(program, backend, roughly({ ...task, goal }, a));
      }

      async function pass(a: Architecture, arrangement: number, how: Pick<OuterOptions, 'gap' | 'rounds'> & { start: Point | undefined; padding: boolean }) {
        const { layer, conventions, goal } = task;
        const known = best?.objective ?? Infinity;
        const encoding = encode(a, layer, { conventions, goal, padding: padTo(how.padding), cycles: { least: leastCycles(task, a), most: mostCycles(task, a, known, leastEnergies.get(a)!) } });
        const { variables } = encoding.program;
        let point: Point | undefined;
        // What the first program had no variable for is not used in its mapping: zero, but for the bounds as they are.
        const start = how.start && variables.map((v) => how.start!.get(v.name) ?? (encoding.unpadded.includes(v.name) ? 1 : 0));
        const result = await outerApproximate(encoding.program, backend, {
          ...how,
          start,
          deadline,
          now: budget.now,
          known,
          scale: roughly(task, a),
          decisions: encoding.decisions,
          whole: goal.objective === 'latency',
          attained: best?.architecture === arrangement && how.padding === task.padding,
          judge(x) {
            evaluations++;
            const found = judge(goal, conventions, a, arrangement, layer, encoding.decode(x));
            if (found && found.objective < (best?.objective ?? Infinity)) {
              best = found;
              point = new Map(variables.map((v, i) => [v.name, x[i]!]));
            }
            return found?.objective ?? Infinity;
          },
          progress: (value, bound) => budget.progress?.(value, bound),
        });
        return { result, point };
      }

      /** What holds before any program is solved; not quite, for rounding. */
      function fromFirstPrinciples(a: Architecture): number {
        const { energy, cycles } = exponents[task.goal.objective];
        return (leastEnergies.get(a) ?? 0) ** energy * leastCycles(task, a) ** cycles * (1 - boundSlack);
      }

      function conclude(found: readonly OuterResult[]): Answer {
        // Arrangements are alternatives: what is proven for all of them is the least of their bounds.
        const bound = Math.min(
          best?.objective ?? Infinity,
          ...found.map((p, i) => (p.status === 'infeasible' ? Infinity : Math.max(p.bound, fromFirstPrinciples(task.architectures[i]!)))),
        );
        const total = (key: 'nodes' | 'rounds' | 'columns' | 'rows') => found.reduce((n, p) => n + p[key], 0);
        const closed = best !== undefined && best.objective - bound <= budget.gap * best.objective;
        const status = closed ? 'optimal' : best ? 'feasible' : found.every((p) => p.status === 'infeasible') ? 'infeasible' : 'unknown';
        return {
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
      }
    },
  };
}

/** Words of a tensor that cross the outermost level in every mapping: each that some MAC reads or makes, once. */
function wordsOnce({ layer }: Task, tensor: Tensor): number {
  if (tensor !== 'Inputs') return relevance[tensor].reduce((n, d) => n * layer.bounds[d], 1);
  const { bounds: b } = layer;
  return windows.reduce((n, w) => n * rowsUnder(b[w.out], b[w.kernel], layer.stride[w.out], layer.dilation[w.kernel], 'touched'), b.N * b.G * b.C);
}

/** An energy that no mapping goes below: the multiplications, and every tensor once at its outermost level. */
function leastEnergy(task: Task, a: Architecture): number {
  return tensors.reduce((sum, t) => {
    const level = a.levels.find((l) => l.keeps.includes(t));
    const storage = level?.stores[t];
    // Sums that an accumulator finishes are not stored there.
    if (!storage || storage.access.length > 0 || level?.role === 'accumulator') return sum;
    return sum + (wordsOnce(task, t) / storage.blockSize) * storage.energy[t === 'Outputs' ? 'update' : 'read'];
  }, macs(task.layer) * a.compute.energy);
}

/** Cycles that no mapping goes below: all multipliers busy, and every tensor once through the outermost port. */
function leastCycles(task: Task, a: Architecture): number {
  const outer = a.levels[0]!;
  const through = (ts: readonly Tensor[]) => ts.reduce((n, t) => n + (outer.keeps.includes(t) && outer.role !== 'accumulator' ? wordsOnce(task, t) * outer.stores[t]!.wordBits : 0), 0);
  const { read, write, total } = outer.bandwidth;
  return Math.max(
    Math.ceil(macs(task.layer) / peakMacs(a)),
    read === null ? 0 : Math.ceil(through(['Weights', 'Inputs']) / read),
    write === null ? 0 : Math.ceil(through(['Outputs']) / write),
    total === null ? 0 : Math.ceil(through(tensors) / total),
  );
}

/** Words per MAC, ports and padding together slow a machine down by far less than this. */
function beyondAny({ layer }: Task, a: Architecture): number {
  const slowest = a.levels.flatMap((l) => {
    const bits = Math.max(...Object.values(l.stores).map((s) => s.wordBits));
    return [l.bandwidth.read, l.bandwidth.write, l.bandwidth.total].map((width) => (width === null ? 1 : bits / width));
  });
  return macs(layer) * 1e6 * Math.max(1, ...slowest);
}

/** Cycles that no mapping better than a known one needs; beyond any mapping where nothing is known. */
function mostCycles(task: Task, a: Architecture, known: number, least: number): number {
  const { limits, objective } = task.goal;
  const candidates = [limits.latency ?? Infinity, (limits.edp ?? Infinity) / least];
  const { energy, cycles } = exponents[objective];
  if (cycles > 0) candidates.push((known / (energy > 0 ? least : 1)) ** (1 / cycles));
  const most = Math.min(...candidates);
  return Number.isFinite(most) && most > 0 ? Math.floor(most * (1 + boundSlack)) : beyondAny(task, a);
}

/** The size of the objective for scaling, where no mapping is known. */
function roughly(task: Task, a: Architecture): number {
  const { energy, cycles } = exponents[task.goal.objective];
  const n = macs(task.layer);
  return (n * Math.max(a.compute.energy, 1)) ** energy * n ** cycles;
}
