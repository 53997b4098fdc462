// One case of the space with an arrangement for every layer: good mappings first, then the program of them all.

import { stopText } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import type { DesignPoint, SizeParameter } from '../../model/space/design-space.js';
import { sizeParameters } from '../../model/space/design-space.js';
import type { Found } from '../../search/strategy.js';
import type { Alone } from './alone.js';
import { mapAlone } from './alone.js';
import type { Case } from './cases.js';
import type { Branch, Exploration, Values } from './exploration.js';
import { isIn, offer, sumOf } from './exploration.js';
import { complete, encodeBranch, pass } from './joint-pass.js';
import type { Search } from './joint-search.js';
import { bestOf, isOpen, left } from './joint-search.js';
import { keyOfPoint } from './ledger.js';

/** The program of so few layers closes sooner than each of them with each size is solved (measured). */
const fewLayers = 3;
/** Times that machine and mappings are improved in turn. */
const maxTurns = 3;
/** Programs around better and better points: what is exact at a point is made anew around another. */
const maxPasses = 3;

export async function explore(s: Search, branch: Branch, progress: Exploration['progress']): Promise<void> {
  const e: Exploration = { s, branch, progress, values: undefined, floors: [] };
  await prepare(e);
  if (!isOpen(s, branch.bound)) {
    finish(e, 'closed');
    return;
  }
  for (let n = 0; n < maxPasses; n++) {
    const before = bestOf(s);
    const result = await pass(e);
    branch.bound = Math.max(branch.bound, result.status === 'infeasible' ? Infinity : result.bound);
    finish(e, (result.status === 'stopped' && stopText(result.reason)) || 'closed');
    if (result.status !== 'stopped' || !isOpen(s, branch.bound) || bestOf(s) === before || left(s) === 0) return;
  }
}

function finish({ s, branch, progress }: Exploration, reason: string): void {
  branch.reason = reason;
  progress(bestOf(s), branch.bound);
}

/**
 * Each layer alone, which bounds the sum (no machine serves a layer better than its own); a good point; and where that
 * is not enough, each layer with each size.
 */
async function prepare(e: Exploration): Promise<void> {
  const { s, branch, progress } = e;
  const { layers } = s.request;
  if (layers.length === 1) return;
  const own = await alone(e, branch.c, (i) => s.book.bestOfLayer(i));
  branch.min = branch.min.map((l, i) => ({ ...l, objective: Math.max(l.objective, nth(own, i).bound) }));
  branch.bound = Math.max(branch.bound, sumOf(s, branch.min));
  progress(bestOf(s), branch.bound);
  if (!isOpen(s, branch.bound)) return;
  await improve(e, roomFor(e, own));
  if (layers.length > fewLayers && isOpen(s, branch.bound)) await raise(e, own);
}

/** Every layer alone on the machines of a case, in half of the time that is left to it and those after it. */
async function alone(e: Exploration, c: Case, known: (i: number) => Found | undefined): Promise<readonly Alone[]> {
  const { s, branch } = e;
  const { length } = s.request.layers;
  const mapped: Alone[] = [];
  for (let i = 0; i < length; i++) {
    const time = left(s) / (2 * (length - i));
    mapped.push(await mapAlone(s, c, i, nth(branch.arrangements, i), nth(branch.min, i), () => known(i), time));
  }
  return mapped;
}

/** A machine that has room for the mappings of all layers alone, or else the best known of this case. */
function roomFor({ s, branch }: Exploration, own: readonly Alone[]): DesignPoint | undefined {
  const largest = (p: SizeParameter) => Math.max(...own.map((a) => a.best?.point[p] ?? nth(branch.c.menus[p], 0)));
  const point = { ...branch.c.largest, ...Object.fromEntries(sizeParameters.map((p) => [p, largest(p)])) };
  if (s.book.architecturesAt(point)) return point;
  const known = s.book.best()?.point;
  return known && isIn(known, branch.c) ? known : undefined;
}

/** Machine and mappings in turn, from a machine that has room for the mappings of all layers alone. */
async function improve(e: Exploration, from: DesignPoint | undefined): Promise<void> {
  const { s, branch, progress } = e;
  let point = from;
  for (let turn = 0; point && turn < maxTurns && left(s) > 0; turn++) {
    const before = bestOf(s);
    const here: DesignPoint = point;
    const mapped = await alone(e, { ...branch.c, largest: here, menus: menusAt(here) }, (i) =>
      s.book.bestOfLayer(i, here),
    );
    e.values = together(mapped);
    if (!e.values) return;
    offer(
      e,
      here,
      mapped.map((a) => defined(a.best).mapping),
    );
    const better = (await complete(e, encodeBranch(e)))?.point;
    progress(bestOf(s), branch.bound);
    if (!better || keyOfPoint(better) === keyOfPoint(here) || bestOf(s) >= before * (1 - s.budget.gap)) return;
    point = better;
  }
}

/** Points of the programs of single layers as one of them all, where each has one. */
function together(mapped: readonly Alone[]): Values | undefined {
  const renamed = mapped.flatMap(({ best }, i) =>
    [...(best?.values ?? [])].map(([name, x]) => [name.replace(/^0\./, `${i}.`), x] as const),
  );
  return mapped.every((a) => a.best) ? new Map(renamed) : undefined;
}

/** What each layer alone costs at least with each value of each size: sizes that suit one cost others. */
async function raise(e: Exploration, own: readonly Alone[]): Promise<void> {
  for (const parameter of sizeParameters.filter((name) => e.branch.c.menus[name].length > 1))
    for (const layer of own.keys()) {
      const min = await minBySize(e, parameter, layer, nth(own, layer));
      if (!min) return;
      e.floors.push({ layer, parameter, min });
    }
}

/** Undefined where there is no more time, or the layer has no mapping. */
async function minBySize(
  { s, branch }: Exploration,
  parameter: SizeParameter,
  layer: number,
  { best, bound }: Alone,
): Promise<ReadonlyMap<number, number> | undefined> {
  const { c } = branch;
  const arrangement = nth(branch.arrangements, layer);
  const min = new Map<number, number>();
  for (const value of c.menus[parameter]) {
    if (left(s) === 0 || !best) return undefined;
    if (value === best.point[parameter]) {
      min.set(value, bound);
      continue;
    }
    const at = { ...best.point, [parameter]: value };
    s.book.offerLayer(at, layer, best.mapping, arrangement);
    const held: Case = {
      ...c,
      largest: { ...c.largest, [parameter]: value },
      menus: { ...c.menus, [parameter]: [value] },
    };
    const known = () => s.book.bestOfLayer(layer, at);
    const there = await mapAlone(s, held, layer, arrangement, nth(branch.min, layer), known, left(s) / 8);
    min.set(value, Math.max(there.bound, bound));
  }
  return min;
}

const menusAt = (p: DesignPoint): Case['menus'] =>
  Object.fromEntries(sizeParameters.map((name) => [name, [p[name]]])) as unknown as Case['menus'];
