// What holds of every mapping before any program is solved: the minimum energy and cycles, the maximum cycles worth a look.

import { energyPerMac, priceOf } from '../model/cost/charges.js';
import { busyCycles, portsOf } from '../model/cost/ports.js';
import { defined, entry, nth } from '../base/invariant.js';
import type { Action, Architecture, Engine, Tiling } from '../model/machine/architecture.js';
import { peakMacs } from '../model/machine/architecture.js';
import { exponents, valueOf } from '../model/cost/goal.js';
import { fewestSteps } from '../model/cost/tile-bounds.js';
import { tilingFor } from '../model/cost/tile-cycles.js';
import type { Layer, Tensor, Window } from '../model/workload/layer.js';
import { hasResidual, macs, relevance, tensors, windows } from '../model/workload/layer.js';
import { countOffsets } from '../model/cost/numbers.js';
import type { Task } from '../search/strategy.js';
import { boundSlack } from './outer.js';

/** Words of a tensor that cross the outermost level in every mapping: each that some MAC reads or makes, once. */
function wordsOnce({ layer }: Task, tensor: Tensor): number {
  const { bounds: b, pool } = layer;
  if (tensor === 'Weights') return relevance.Weights.reduce((n, d) => n * b[d], 1);
  if (tensor === 'Outputs') return b.N * b.G * b.K * Math.ceil(b.P / (pool?.P ?? 1)) * Math.ceil(b.Q / (pool?.Q ?? 1));
  const touched = (w: Window) =>
    countOffsets([
      { step: layer.stride[w.out], count: b[w.out] },
      { step: layer.dilation[w.kernel], count: b[w.kernel] },
    ]);
  return windows.reduce((n, w) => n * touched(w), b.N * b.G * b.C);
}

/** How each word of a tensor crosses the outermost level: outputs as often again where a residual comes in. */
const onceBy = (tensor: Tensor, layer: Layer): readonly Action[] =>
  tensor !== 'Outputs' ? ['read'] : hasResidual(layer) ? ['update', 'read'] : ['update'];

/** An energy that no mapping goes below: the multiplications, and every tensor once at its outermost level. */
export function minEnergy(task: Task, a: Architecture): number {
  return tensors.reduce(
    (sum, t) => {
      const level = a.levels.find((l) => l.keeps.includes(t));
      const storage = level?.stores[t];
      // Sums that an accumulator finishes are not stored there; where one access serves several
      // words, fewer than all are charged.
      if (!level || !storage || storage.access.length > 0 || level.clustered || level.role === 'accumulator')
        return sum;
      const once = onceBy(t, task.layer).reduce((n, action) => {
        const { energy, block } = priceOf(storage, action, task.layer);
        return n + energy / block;
      }, 0);
      return sum + wordsOnce(task, t) * once;
    },
    macs(task.layer) * energyPerMac(a.compute, task.layer),
  );
}

/** Cycles that no mapping goes below: all multipliers busy, and every tensor once through the outermost port. */
export function minCycles(task: Task, a: Architecture): number {
  const busy = Math.ceil(macs(task.layer) / peakMacs(a));
  if (a.tiling) return minimumOfTiles(task, a, tilingFor(a.tiling, task.layer), busy);
  const outer = nth(a.levels, 0);
  const once = tensors
    .filter((t) => outer.keeps.includes(t) && outer.role !== 'accumulator')
    .flatMap((tensor) =>
      onceBy(tensor, task.layer).map((action) => ({ level: 0, tensor, action, words: wordsOnce(task, tensor) })),
    );
  return Math.max(busy, ...portsOf(a, once).map(busyCycles));
}

/**
 * One engine busy with everything, once; around it the fewest steps of both nests, and a line at least of those that do not
 * run beside it.
 */
function minimumOfTiles(
  task: Task,
  a: Architecture,
  { inner, step, latency, beatsPerLine }: Tiling,
  busy: number,
): number {
  const wide = (t: Tensor) => entry(defined(a.levels.find((l, i) => i > inner && l.stores[t])).stores, t).lineWords;
  const lines = (t: Tensor) => Math.ceil(wordsOnce(task, t) / wide(t === 'Weights' ? 'Inputs' : t));
  const lasts = (e: Engine, n: number) => n * beatsPerLine[e] + latency[e];
  const inside = Math.max(
    busy + latency.compute,
    lasts('load_w', lines('Weights')),
    lasts('load_i', lines('Inputs')),
    lasts('drain', lines('Outputs')),
  );
  const longest = Math.max(
    lasts('fill', 1) + inside + lasts('spill', 1),
    lasts('fill', lines('Inputs')) + lasts('compute', 1) + lasts('drain', 1) + lasts('spill', 1),
  );
  return longest + fewestSteps * step;
}

/** Words per MAC, ports and padding together slow a machine down by far less than this. */
export function beyondAny({ layer }: Task, a: Architecture): number {
  const slowest = a.levels.flatMap((l) => {
    const bits = Math.max(...Object.values(l.stores).map((s) => s.wordBits));
    return [l.bandwidth.read, l.bandwidth.write, l.bandwidth.total].map((width) => (width === null ? 1 : bits / width));
  });
  return macs(layer) * 1e6 * Math.max(1, ...slowest);
}

/** Cycles that no mapping better than a known one needs; beyond any mapping where nothing is known. */
export function maxCycles(task: Task, a: Architecture, known: number, min: number): number {
  const { limits, objective } = task.goal;
  const candidates = [limits.latency ?? Infinity, (limits.edp ?? Infinity) / min];
  const { energy, cycles } = exponents[objective];
  if (cycles > 0) candidates.push((known / (energy > 0 ? min : 1)) ** (1 / cycles));
  const max = Math.min(...candidates);
  return Number.isFinite(max) && max > 0 ? Math.floor(max * (1 + boundSlack)) : beyondAny(task, a);
}

/** The size of the objective for scaling, where no mapping is known. */
export function roughly(task: Task, a: Architecture): number {
  const n = macs(task.layer);
  // Energies may be of any size; where nothing is sure to cost anything, that of a
  // multiplication is as good a guess as any.
  return valueOf(task.goal.objective, minEnergy(task, a) || n * Math.max(a.compute.energy, 1), n);
}
