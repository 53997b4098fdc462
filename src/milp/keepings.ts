// Which levels keep which tensors, where that is open: branch and bound over the ways, around
// programs in which all is decided.
//
// A program that holds these choices as binaries has a weak relaxation, one in which they are made a strong one. What a
// mapping costs is a sum over tensors, and a tensor's part depends on which levels keep that tensor alone; so bounds of
// parts, each for all mappings, add up to bounds of ways that were never looked at as a whole.

import { nth } from '../base/invariant.js';
import { Frontier } from '../base/frontier.js';
import type { Architecture } from '../model/machine/architecture.js';
import { openKeeps } from '../model/machine/keeping.js';
import type { Tensor } from '../model/workload/layer.js';
import { tensors } from '../model/workload/layer.js';
import type { Keeps, PartSource } from './keeping-parts.js';
import { PartBounds, machineOf } from './keeping-parts.js';
import type { OuterResult } from './outer.js';
import type { StopReason } from '../base/stop-reason.js';
import { timeLimit } from '../base/stop-reason.js';

/** More ways of one tensor than this are left to the program. */
const maxWays = 1024;

/** Seconds that one way has at first; twice as many whenever it comes up again. */
const firstSlice = 20;

export interface KeepingSearch extends PartSource {
  readonly gap: number;
  /** The best value known. */
  readonly best: () => number;
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
  const run = await WaysRun.begin(a, s);
  for (let node = run.next(); node && !s.over(); node = run.next()) {
    await run.advance(node);
    s.progress(run.proven());
  }
  return run.concluded();
}

/** Branch and bound over ways, tensor by tensor. */
class WaysRun {
  private readonly frontier = new Frontier<Node>();
  private readonly total = { nodes: 0, rounds: 0, columns: 0, rows: 0 };
  /** Of ways whose program stopped short of the gap by itself. */
  private left: { readonly bound: number; readonly reason: StopReason | undefined } = {
    bound: Infinity,
    reason: undefined,
  };

  private constructor(
    private readonly a: Architecture,
    private readonly s: KeepingSearch,
    private readonly ways: readonly (readonly Keeps[])[],
    private readonly parts: PartBounds,
  ) {
    this.frontier.push({ keeps: [], bound: 0, known: 'pairs', seconds: 0 });
  }

  static async begin(a: Architecture, s: KeepingSearch): Promise<WaysRun> {
    const ways = tensors.map((tensor) => waysOf(a, tensor));
    return new WaysRun(a, s, ways, await PartBounds.ofWays(a, s, ways));
  }

  /** The node with the lowest bound, while it may hold something better than what is known. */
  next(): Node | undefined {
    const node = this.frontier.lowest;
    return node && node.bound < this.enough() ? node : undefined;
  }

  async advance(node: Node): Promise<void> {
    const next = await this.advanced(node);
    this.frontier.pop();
    for (const n of next) if (n.bound < Infinity) this.frontier.push(n);
  }

  proven(): number {
    return Math.min(this.bound(), this.s.best());
  }

  concluded(): OuterResult {
    const { s, total, left } = this;
    const best = s.best();
    const bound = this.proven();
    const done = { ...total, bound, best };
    if (best === Infinity && bound === Infinity) return { ...done, status: 'infeasible', reason: undefined };
    if (best < Infinity && best - bound <= s.gap * best) return { ...done, status: 'closed', reason: undefined };
    return { ...done, status: 'stopped', reason: s.over() ? timeLimit : left.reason };
  }

  private enough(): number {
    return this.s.best() * (1 - this.s.gap);
  }

  private bound(): number {
    return Math.min(this.frontier.lowest?.bound ?? Infinity, this.left.bound);
  }

  /** What takes the place of a node: itself, better known, or those that decide one tensor more. */
  private async advanced(node: Node): Promise<readonly Node[]> {
    const { keeps } = node;
    if (node.known === 'single parts') return [raised(node, await this.parts.ofPairs(keeps), 'pairs')];
    if (keeps.length < tensors.length) {
      const more: Node[] = [];
      for (const own of nth(this.ways, keeps.length)) {
        const bound = Math.max(node.bound, await this.parts.ofSingles([...keeps, own]));
        more.push({ keeps: [...keeps, own], bound, known: 'single parts', seconds: 0 });
      }
      return more;
    }
    if (node.known === 'pairs') return [raised(node, await this.parts.of(keeps), 'whole')];
    return this.settled(node);
  }

  /** All is decided: the program says what it costs, or how far it got. */
  private async settled(node: Node): Promise<readonly Node[]> {
    const { s, total } = this;
    const seconds = Math.max(firstSlice, 2 * node.seconds);
    const result = await s.settle(machineOf(this.a, node.keeps), seconds);
    for (const key of ['nodes', 'rounds'] as const) total[key] += result[key];
    for (const key of ['columns', 'rows'] as const) total[key] = Math.max(total[key], result[key]);
    if (result.status === 'infeasible') return [];
    const settled = raised(node, result.bound, 'program', seconds);
    const goesOn = result.status === 'stopped' && result.reason?.kind === 'time-limit';
    if (settled.bound >= this.enough() || goesOn) return [settled];
    if (settled.bound < this.left.bound) this.left = { bound: settled.bound, reason: result.reason };
    return [];
  }
}

const raised = ({ keeps, bound: before }: Node, bound: number, known: Node['known'], seconds = 0): Node => ({
  keeps,
  bound: Math.max(before, bound),
  known,
  seconds,
});

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
