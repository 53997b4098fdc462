// Every mapping of a small layer on a small machine: all padded bounds, all factorisations, all loop orders.
// Deliberately blunt: it shares nothing with the encoder but the cost model.

import { divisors } from '../../src/base/integers.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { countKeepings, keeping } from '../../src/model/machine/keeping.js';
import type { Dimension } from '../../src/model/workload/layer.js';
import { dimensions } from '../../src/model/workload/layer.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { paddedBounds } from '../../src/model/mapping/mapping-space.js';
import { judge } from '../../src/search/mapping/point.js';
import type { Found, Task } from '../../src/search/strategy.js';

interface Place {
  level: number;
  axis: string | undefined;
  dims: readonly Dimension[];
  size: number;
}

function places(a: Architecture): Place[] {
  return a.levels.flatMap((l, level) => [
    { level, axis: undefined, dims: l.temporal, size: Infinity },
    ...l.axes.map((x) => ({ level, axis: x.label, dims: x.dims, size: x.size })),
  ]);
}

function factorizations(n: number, slots: readonly Place[], d: Dimension): number[][] {
  if (slots.length === 0) return n === 1 ? [[]] : [];
  const [slot, ...rest] = slots;
  const allowed = slot!.dims.includes(d) ? divisors(n).filter((f) => f <= slot!.size) : [1];
  return allowed.flatMap((f) => factorizations(n / f, rest, d).map((more) => [f, ...more]));
}

function permutations<T>(xs: readonly T[]): T[][] {
  return xs.length === 0
    ? [[]]
    : xs.flatMap((x, i) => permutations(xs.filter((_, j) => j !== i)).map((p) => [x, ...p]));
}

function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, xs) => all.flatMap((head) => xs.map((x) => [...head, x])), [[]]);
}

export interface Census {
  best: Found | undefined;
  mappings: number;
}

/** The optimum by looking at everything; undefined when the space exceeds `most` mappings. */
export function enumerate(task: Task, max: number): Census | undefined {
  const census: Census = { best: undefined, mappings: 0 };
  const whole = eachLegal(task, max, census, (found) => {
    if (found.objective < (census.best?.objective ?? Infinity)) census.best = found;
  });
  return whole ? census : undefined;
}

/** Every legal mapping within the limits. */
export function legalMappings(task: Task): readonly Found[] {
  const all: Found[] = [];
  eachLegal(task, Infinity, { best: undefined, mappings: 0 }, (found) => all.push(found));
  return all;
}

function eachLegal(task: Task, max: number, census: Census, visit: (found: Found) => void): boolean {
  const machines = task.architectures.flatMap((open, arrangement) =>
    Array.from({ length: countKeepings(open) }, (_, n) => ({ arrangement, a: keeping(open, n) })),
  );
  for (const { arrangement, a } of machines) {
    const slots = places(a);
    const free = dimensions.filter((d) => task.layer.bounds[d] > 1);
    const perDimension = free.map((d) =>
      paddedBounds(task.layer.bounds[d], task.padding).flatMap((o) => factorizations(o, slots, d)),
    );
    const combinations = perDimension.reduce((n, x) => n * x.length, 1);
    if (combinations > max) return false;
    for (const choice of product(perDimension)) {
      const fits = slots.every((s, i) => choice.reduce((n, f) => n * f[i]!, 1) <= s.size);
      if (!fits) continue;
      const nests = slots.map((s, i) => {
        const loops = free.flatMap((dim, k) => (choice[k]![i]! > 1 ? [{ dim, factor: choice[k]![i]! }] : []));
        return s.axis === undefined ? permutations(loops) : [loops];
      });
      census.mappings += nests.reduce((n, x) => n * x.length, 1);
      if (census.mappings > max) return false;
      for (const nest of product(nests)) {
        const mapping: Mapping = {
          levels: a.levels.map((l, level) => ({
            name: l.name,
            keep: l.keeps,
            temporal: nest.flatMap((loops, i) =>
              slots[i]!.level === level && slots[i]!.axis === undefined ? loops : [],
            ),
            spatial: nest.flatMap((loops, i) =>
              slots[i]!.level === level && slots[i]!.axis !== undefined
                ? loops.map((x) => ({ ...x, axis: slots[i]!.axis! }))
                : [],
            ),
          })),
        };
        const found = judge(task.goal, task.conventions, a, arrangement, task.layer, mapping);
        if (found) visit(found);
      }
    }
  }
  return true;
}
