// The optimal mapping of one layer, proven: encode, solve, decode, evaluate with the cost model, until they meet.

import type { Architecture } from '../model/architecture.js';
import { exponents } from '../model/goal.js';
import { macs } from '../model/layer.js';
import type { Backend } from '../program/milp.js';
import { judge } from '../search/point.js';
import type { Answer, Strategy, Task } from '../search/strategy.js';
import { encode } from './encode/encode.js';
import { padTo } from './encode/factors.js';
import type { OuterResult } from './outer.js';
import { outerApproximate } from './outer.js';

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
      for (const [i, a] of task.architectures.entries()) {
        const part = await mapOn(a, i);
        parts.push(part);
      }
      return conclude(parts);

      async function mapOn(a: Architecture, arrangement: number): Promise<OuterResult> {
        const { layer, conventions, goal } = task;
        const known = best?.objective ?? Infinity;
        const encoding = encode(a, layer, { conventions, goal, padding: padTo(task.padding), mostCycles: mostCycles(task, a, known) });
        return outerApproximate(encoding.program, backend, {
          gap: budget.gap,
          deadline,
          now: budget.now,
          known,
          scale: roughly(task, a),
          decisions: encoding.decisions,
          whole: goal.objective === 'latency',
          judge(x) {
            evaluations++;
            const found = judge(goal, conventions, a, arrangement, layer, encoding.decode(x));
            if (found && found.objective < (best?.objective ?? Infinity)) best = found;
            return found?.objective ?? Infinity;
          },
          progress: (value, bound) => budget.progress?.(value, bound),
        });
      }

      function conclude(found: readonly OuterResult[]): Answer {
        // Arrangements are alternatives: what is proven for all of them is the least of their bounds.
        const bound = Math.min(best?.objective ?? Infinity, ...found.map((p) => (p.status === 'infeasible' ? Infinity : p.bound)));
        const total = (key: 'nodes' | 'rounds' | 'columns' | 'rows') => found.reduce((n, p) => n + p[key], 0);
        const closed = best !== undefined && best.objective - bound <= budget.gap * best.objective;
        const status = closed ? 'optimal' : best ? 'feasible' : found.every((p) => p.status === 'infeasible') ? 'infeasible' : 'unknown';
        return {
          status,
          best,
          bound: status === 'infeasible' ? Infinity : Math.max(0, bound),
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

/** An energy that no mapping goes below: the multiplications themselves. */
const leastEnergy = ({ layer }: Task, a: Architecture) => macs(layer) * a.compute.energy;

/** Cycles that no mapping better than a known one needs; beyond any mapping where nothing is known. */
function mostCycles(task: Task, a: Architecture, known: number): number {
  const { limits, objective } = task.goal;
  const least = leastEnergy(task, a);
  const candidates = [limits.latency ?? Infinity, (limits.edp ?? Infinity) / least];
  const { energy, cycles } = exponents[objective];
  if (cycles > 0) candidates.push((known / (energy > 0 ? least : 1)) ** (1 / cycles));
  const most = Math.min(...candidates);
  // Words per MAC, ports and padding together slow a machine down by far less than this.
  return Number.isFinite(most) && most > 0 ? most : macs(task.layer) * 1e6;
}

/** The size of the objective for scaling, where no mapping is known. */
function roughly(task: Task, a: Architecture): number {
  const { energy, cycles } = exponents[task.goal.objective];
  const n = macs(task.layer);
  return (n * Math.max(a.compute.energy, 1)) ** energy * n ** cycles;
}
