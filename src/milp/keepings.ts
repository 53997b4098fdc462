// Which levels keep which tensors, where that is open: branch and bound over the ways, around
// programs in which all is decided.
//
// A program that holds these choices as binaries has a weak relaxation, one in which they are made a strong one. What a
// mapping costs is a sum over tensors, and a tensor's part depends on which levels keep that tensor alone; so bounds of
// parts, each for all mappings, add up to bounds of ways that were never looked at as a whole.

import { nth } from '../base/invariant.js';
import { Frontier } from '../base/frontier.js';
import type { Architecture } from '../model/machine/architecture.js';
import { decided, openKeeps } from '../model/machine/keeping.js';
import type { Tensor } from '../model/workload/layer.js';
import { tensors } from '../model/workload/layer.js';
import type { OuterResult } from './outer.js';
import type { StopReason } from '../base/stop-reason.js';
import { timeLimit } from '../base/stop-reason.js';

/** More ways of one tensor than this are left to the program. */
const maxWays = 1024;

/** Seconds that one way has at first; twice as many whenever it comes up again. */
const firstSlice = 20;

/** Tensors, and for each of them the levels that keep it, of those where that is open. */
export interface Keeps {
  readonly tensor: Tensor;
  readonly levels: readonly number[];
}

export interface KeepingSearch {
  readonly gap: number;
  /** Whether the parts of tensors add up; otherwise the largest counts. */
  readonly adds: boolean;
  readonly over: () => boolean;
  /** The best value known. */
  readonly best: () => number;
  /** What mappings better than the best known cost at least, of these tensors alone: a share of the whole. */
  readonly relaxed: (a: Architecture, only: readonly Tensor[]) => Promise<number>;
  /** The optimum of a machine on which nothing is open, in some seconds. */
  readonly settle: (a: Architecture, seconds: number) => Promise<OuterResult>;
  readonly progress: (bound: number) => void;
}

/** The first few tensors decided. */
interface Node {
  readonly keeps: readonly Keeps[];
  readonly bound: number;
  readonly known: 'single parts' | 'pairs' | 'whole' | 'program';
  /** What it had the last time. */
  readonly seconds: number;
}

export const fewWays = (a: Architecture): boolean =>
  tensors.every((t) => 2 ** openKeeps(a).filter(({ tensor }) => tensor === t).length <= maxWays);

/** The least over all ways to keep what a machine leaves open. */
export async function overKeepings(a: Architecture, s: KeepingSearch): Promise<OuterResult> {
  const ways = tensors.map((tensor) => waysOf(a, tensor));
  const bounds = new Map<string, number>();
  const total = { nodes: 0, rounds: 0, columns: 0, rows: 0 };
  /** Of ways whose program stopped short of the gap by itself. */
  let left: { readonly bound: number; readonly reason: StopReason | undefined } = {
    bound: Infinity,
    reason: undefined,
  };
  const frontier = new Frontier<Node>();
  frontier.push({ keeps: [], bound: 0, known: 'pairs', seconds: 0 });

  // Tensor by tensor first: every other bound begins with these.
  const min: number[] = [];
  for (const own of ways) {
    const singles: number[] = [];
    for (const keeps of own) singles.push(await part([keeps]));
    min.push(Math.min(...singles));
  }

  const enough = () => s.best() * (1 - s.gap);
  const bound = () => Math.min(frontier.lowest?.bound ?? Infinity, left.bound);
  for (let node = frontier.lowest; node && node.bound < enough() && !s.over(); node = frontier.lowest) {
    const next = await advanced(node);
    frontier.pop();
    for (const n of next) if (n.bound < Infinity) frontier.push(n);
    s.progress(Math.min(bound(), s.best()));
  }
  return concluded();

  /** What takes the place of a node: itself, better known, or those that decide one tensor more. */
  async function advanced(node: Node): Promise<readonly Node[]> {
    const { keeps } = node;
    const raised = (bound: number, known: Node['known'], seconds = 0): Node => ({
      keeps,
      bound: Math.max(node.bound, bound),
      known,
      seconds,
    });
    if (node.known === 'single parts') return [raised(await ofPairs(keeps), 'pairs')];
    if (keeps.length < tensors.length) {
      const more: Node[] = [];
      for (const own of nth(ways, keeps.length))
        more.push({
          keeps: [...keeps, own],
          bound: Math.max(node.bound, await ofSingles([...keeps, own])),
          known: 'single parts',
          seconds: 0,
        });
      return more;
    }
    if (node.known === 'pairs') return [raised(await part(keeps), 'whole')];
    const seconds = Math.max(firstSlice, 2 * node.seconds);
    const result = await s.settle(machineOf(a, keeps), seconds);
    for (const key of ['nodes', 'rounds'] as const) total[key] += result[key];
    for (const key of ['columns', 'rows'] as const) total[key] = Math.max(total[key], result[key]);
    if (result.status === 'infeasible') return [];
    const settled = raised(result.bound, 'program', seconds);
    if (settled.bound >= enough() || (result.status === 'stopped' && result.reason?.kind === 'time-limit'))
      return [settled];
    if (settled.bound < left.bound) left = { bound: settled.bound, reason: result.reason };
    return [];
  }

  /** The bound of a part, proven once. */
  async function part(keeps: readonly Keeps[]): Promise<number> {
    const key = keeps.map(({ tensor, levels }) => `${tensor} ${levels.join()}`).join();
    const known = bounds.get(key);
    if (known !== undefined) return known;
    if (s.over()) return 0;
    const found = await s.relaxed(
      machineOf(a, keeps),
      keeps.map((k) => k.tensor),
    );
    bounds.set(key, found);
    return found;
  }

  async function ofSingles(keeps: readonly Keeps[]): Promise<number> {
    const parts = [...min];
    for (const [i, own] of keeps.entries()) parts[i] = await part([own]);
    return together(parts);
  }

  /** Every pair with what the third costs at least; and where all are decided, half of the three pairs. */
  async function ofPairs(keeps: readonly Keeps[]): Promise<number> {
    const pairs: number[] = [];
    let max = 0;
    for (const [i, one] of keeps.entries()) {
      for (const [j, other] of keeps.entries()) {
        if (j <= i) continue;
        const pair = await part([one, other]);
        pairs.push(pair);
        const third = tensors.length - i - j;
        max = Math.max(max, together([pair, keeps[third] ? await part([keeps[third]]) : nth(min, third)]));
      }
    }
    return pairs.length < tensors.length ? max : Math.max(max, s.adds ? together(pairs) / 2 : 0);
  }

  function together(parts: readonly number[]): number {
    return s.adds ? parts.reduce((n, p) => n + p, 0) : Math.max(...parts);
  }

  function concluded(): OuterResult {
    const best = s.best();
    const proven = Math.min(bound(), best);
    const done = { ...total, bound: proven, best };
    if (best === Infinity && proven === Infinity) return { ...done, status: 'infeasible', reason: undefined };
    if (best < Infinity && best - proven <= s.gap * best) return { ...done, status: 'closed', reason: undefined };
    return { ...done, status: 'stopped', reason: s.over() ? timeLimit : left.reason };
  }
}

/** All sets of the levels at which it is open whether they keep a tensor. */
function waysOf(a: Architecture, tensor: Tensor): readonly Keeps[] {
  const open = openKeeps(a)
    .filter((k) => k.tensor === tensor)
    .map((k) => k.level);
  return Array.from({ length: 2 ** open.length }, (_, bits) => ({
    tensor,
    levels: open.filter((_, k) => Math.floor(bits / 2 ** k) % 2 === 1),
  }));
}

/** The machine with these choices made; of other tensors nothing is kept that need not be. */
const machineOf = (a: Architecture, keeps: readonly Keeps[]): Architecture =>
  decided(a, (level, tensor) => keeps.some((k) => k.tensor === tensor && k.levels.includes(level)));
