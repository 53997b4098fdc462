// Branch and bound outside any solver: an oracle of linear programs suggests multipliers, exact arithmetic decides what
// they prove, and what is not proven is split.

import { defined, nth } from '../../base/invariant.js';
import type { LinearAnswer, LinearModel, LinearOracle } from '../../program/linear-oracle.js';
import type { ExactRelaxation } from '../exact-rows.js';
import { unitBits } from '../exact-rows.js';
import type { Candidate } from './branching.js';
import { Branching } from './branching.js';
import type { Branch, Certificate, Proof } from './certificate.js';
import type { Box, Proven } from './check.js';
import { provenBy, wholeBox } from './check.js';
import { Frontier } from '../../base/frontier.js';
import { linearRow, milpOf, normal, proofOf } from './suggestions.js';

export interface SearchOptions {
  /** To be proven of the objective of every point, in scales. */
  readonly target: number;
  /** Milliseconds on the clock at which to stop. */
  readonly deadline: number;
  readonly now: () => number;
  /** The true value of the mapping in a point of whole numbers, in scales; Infinity where it is not allowed. */
  readonly judge: (x: Float64Array) => number;
  /** Columns that make one choice, where that value is the value of all points that agree in them. */
  readonly decisions: readonly number[] | undefined;
  /** Boxes to look at, at most. */
  readonly maxNodes: number;
  /** `bound`: what is proven so far, up to rounding. */
  readonly progress?: ((bound: number) => void) | undefined;
}

/**
 * Why a search ended: all is proven; the time or the boxes ran out; a point is left that the rows say too little of.
 */
export type End = 'proven' | 'limit' | 'better' | 'relaxed';

export interface Found {
  readonly certificate: Certificate;
  readonly nodes: number;
  readonly end: End;
  /** A value below the target that a mapping has. */
  readonly better: number | undefined;
}

/** A box: the ranges of the columns that were split, from the last to the first. */
interface Range {
  readonly column: number;
  readonly lower: number;
  readonly upper: number;
  readonly before: Range | undefined;
}

/** A place of the tree. */
interface Place {
  proof: Proof | 'choice';
  split: { readonly column: number; readonly at: number; readonly below: Place; readonly above: Place } | undefined;
}

interface Node {
  readonly range: Range | undefined;
  /** Of the box around it, as the oracle says. */
  readonly bound: number;
  readonly place: Place;
  /** The split that made it: what it gains is learned. */
  readonly by: { readonly candidate: Candidate; readonly side: 'below' | 'above' } | undefined;
}

const nothing: Proof = { of: 'bound', rows: new Int32Array(), multipliers: new Float64Array() };

/**
 * Terms that lie less than this below their curves get no tangents, in scales, nor less than a fifth of what may be
 * left open; at whole points far less.
 */
const looseness = (target: number) => (target < 1 ? Math.min(2e-4, Math.max(1e-6, (1 - target) / 5)) : 2e-4);
const tightness = 1e-7;
/** Rounds of tangents at a node. */
const maxRounds = 8;
/** So many candidates that are no better than the best one end the choice. */
const patience = 8;

export async function search(
  relaxation: ExactRelaxation,
  oracle: LinearOracle,
  options: SearchOptions,
): Promise<Found> {
  const first = relaxation.tangents.length;
  const model = await oracle.open(milpOf(relaxation));
  try {
    return new Search(relaxation, model, options).run(first);
  } finally {
    model.close();
  }
}

class Search {
  private readonly branching: Branching;
  private readonly frontier = new Frontier<Node>();
  private readonly lower: number[];
  private readonly upper: number[];
  private readonly box: Box;
  private readonly root: Place = { proof: nothing, split: undefined };
  private target: number;
  private readonly looseness: number;
  private handed: number;
  private touched: Range | undefined;
  private nodes = 0;
  /** The minimum bound of a box that has one value left of everything and is below the target. */
  private relaxed = Infinity;

  constructor(
    private readonly relaxation: ExactRelaxation,
    private readonly model: LinearModel,
    private readonly options: SearchOptions,
  ) {
    this.branching = new Branching(relaxation.columns);
    this.lower = relaxation.columns.map((c) => c.lower);
    this.upper = relaxation.columns.map((c) => c.upper);
    this.box = wholeBox(relaxation);
    this.handed = relaxation.rows.length;
    this.target = options.target;
    this.looseness = looseness(options.target);
  }

  run(firstTangents: number): Found {
    const { now, deadline, maxNodes, progress } = this.options;
    const ended = (end: End, better?: number): Found => ({
      certificate: { tangents: this.relaxation.tangents.slice(firstTangents), root: branchOf(this.root) },
      nodes: this.nodes,
      end,
      better,
    });
    let next: Node | undefined = { range: undefined, bound: -Infinity, place: this.root, by: undefined };
    for (;;) {
      next ??= this.frontier.pop();
      if (!next) break;
      if (now() >= deadline || this.nodes >= maxNodes) return ended('limit');
      const looked: readonly Node[] | number = this.look(next);
      if (typeof looked === 'number') return ended('better', looked);
      // The one that may be done sooner next, from where the oracle stands; the other when its turn comes.
      const [near, ...others] = looked;
      for (const other of others) this.frontier.push(other);
      next = near;
      if (this.nodes % 50 === 0)
        progress?.(Math.min(next?.bound ?? Infinity, this.frontier.lowest?.bound ?? Infinity, this.relaxed));
    }
    return ended(this.relaxed < Infinity ? 'relaxed' : 'proven');
  }

  /** The nodes that are left of one, the next first; or the value of a better mapping. */
  private look(node: Node): readonly Node[] | number {
    this.nodes++;
    this.enter(node.range);
    let answer = this.solved(node.bound);
    for (let round = 0; round < maxRounds && answer.status === 'optimal' && answer.value < this.target; round++) {
      if (this.sharpen(answer.point, this.looseness) === 0) break;
      const before: number = answer.value;
      answer = this.solved(before);
      if (answer.status === 'optimal' && answer.value - before < this.looseness) break;
    }
    const value = answer.status === 'optimal' ? answer.value : Infinity;
    if (node.by && answer.status !== 'failed') {
      const { candidate, side } = node.by;
      this.branching.learn(
        candidate.column,
        side,
        side === 'below' ? candidate.part : 1 - candidate.part,
        Math.min(value, this.target, node.bound + 1) - node.bound,
      );
    }
    if (this.closes(answer, node.place)) return [];
    if (answer.status !== 'optimal') return this.splitSomewhere(node, node.bound);
    const candidates = this.branching.candidates(answer.point);
    if (candidates.length === 0) {
      if (this.sharpen(answer.point, tightness) > 0) return [{ ...node, bound: answer.value, by: undefined }];
      const value = this.options.judge(answer.point);
      return value < this.target ? value : this.splitSomewhere(node, answer.value, answer.point);
    }
    return this.split(node, this.choose(candidates, answer.value), answer.value);
  }

  /** Candidates that little is known of are tried: a poor choice high up costs more than two small programs. */
  private choose(candidates: readonly Candidate[], bound: number): Candidate {
    let best: Candidate | undefined;
    let worse = 0;
    for (const c of candidates) {
      if (worse === patience) break;
      const score = c.known
        ? c.score
        : this.branching.score(this.gain(c, 'below', bound), this.gain(c, 'above', bound));
      if (best && score <= best.score) worse++;
      else [best, worse] = [{ ...c, score }, 0];
    }
    return defined(best);
  }

  /** What one side of a split gains, up to the target. */
  private gain({ column, at, part }: Candidate, side: 'below' | 'above', bound: number): number {
    const [lower, upper] = [nth(this.lower, column), nth(this.upper, column)];
    this.model.bound(column, side === 'below' ? lower : at + 1, side === 'below' ? at : upper);
    const answer = this.model.solve(false);
    this.model.bound(column, lower, upper);
    const gain =
      Math.min(
        answer.status === 'optimal' ? answer.value : answer.status === 'infeasible' ? Infinity : bound,
        Math.min(this.target, bound + 1),
      ) - bound;
    this.branching.learn(column, side, side === 'below' ? part : 1 - part, gain);
    return gain;
  }

  private split(node: Node, candidate: Candidate, bound: number): readonly Node[] {
    const { column, at } = candidate;
    const { proof } = node.place;
    const [below, above]: [Place, Place] = [
      { proof, split: undefined },
      { proof, split: undefined },
    ];
    node.place.split = { column, at, below, above };
    const child = (side: 'below' | 'above', place: Place, lower: number, upper: number): Node => ({
      range: { column, lower, upper, before: node.range },
      bound,
      place,
      by: { candidate, side },
    });
    const children = [
      child('below', below, nth(this.lower, column), at),
      child('above', above, at + 1, nth(this.upper, column)),
    ] as const;
    return candidate.part > 0.5 ? [children[1], children[0]] : children;
  }

  /** Where no column is between whole numbers: any that has more than one value left, towards the point of the box. */
  private splitSomewhere(node: Node, bound: number, point?: Float64Array): readonly Node[] {
    const open = (i: number) => nth(this.lower, i) < nth(this.upper, i);
    const { decisions } = this.options;
    if (decisions && !decisions.some(open)) {
      node.place.proof = 'choice';
      return [];
    }
    const column = decisions?.find(open) ?? this.relaxation.columns.findIndex((c, i) => c.integer && open(i));
    if (column >= 0) {
      const [lower, upper] = [nth(this.lower, column), nth(this.upper, column)];
      const here = point ? Math.round(nth(point, column)) : Math.floor((lower + upper) / 2);
      const at = Math.min(here, upper - 1);
      const children = this.split(node, { column, at, part: here > at ? 1 : 0, score: 0, known: true }, bound);
      return children.map((n) => ({ ...n, by: undefined }));
    }
    // Nothing else needs to be proven to more than this.
    this.relaxed = Math.min(this.relaxed, bound);
    this.target = Math.min(this.target, bound);
    return [];
  }

  /** Whether the multipliers of an answer prove what is asked of the box, exactly. */
  private closes(answer: LinearAnswer, place: Place): boolean {
    if (answer.status === 'optimal') {
      place.proof = proofOf('bound', this.relaxation.rows, answer.duals);
      return answer.value >= this.target && this.enough(provenBy(this.relaxation, place.proof, this.box));
    }
    if (answer.status !== 'infeasible') return false;
    // Without a ray one row alone may do.
    if (!answer.ray)
      return this.relaxation.rows.some((_, i) =>
        [1, -1].some((y) =>
          this.empties(place, { of: 'empty', rows: Int32Array.of(i), multipliers: Float64Array.of(y) }),
        ),
      );
    return [1, -1].some((sign) =>
      this.empties(place, proofOf('empty', this.relaxation.rows, normal(defined(answer.ray), sign))),
    );
  }

  private empties(place: Place, proof: Proof): boolean {
    if (provenBy(this.relaxation, proof, this.box) !== 'empty') return false;
    place.proof = proof;
    return true;
  }

  private enough(proven: Proven): boolean {
    return proven === 'empty' || (proven !== undefined && proven >= unitsOfTarget(this.target));
  }

  /** Once more from nothing where the oracle fails, or contradicts itself. */
  private solved(bound: number): LinearAnswer {
    const answer = this.model.solve(false);
    const doubtful =
      answer.status === 'failed' ||
      (answer.status === 'infeasible' && !answer.ray) ||
      (answer.status === 'optimal' && answer.value < bound - 1e-4);
    return doubtful ? this.model.solve(true) : answer;
  }

  private sharpen(point: Float64Array, tolerance: number): number {
    const added = this.relaxation.sharpen(point, tolerance);
    if (added > 0) {
      this.model.add(this.relaxation.rows.slice(this.handed).map(linearRow));
      this.handed = this.relaxation.rows.length;
    }
    return added;
  }

  /** Makes the bounds of columns those of a box. */
  private enter(range: Range | undefined): void {
    const wanted = new Map<number, Range | undefined>();
    for (let r = this.touched; r; r = r.before) wanted.set(r.column, undefined);
    const seen = new Set<number>();
    for (let r = range; r; r = r.before) {
      // The last split of a column is the narrowest.
      if (!seen.has(r.column)) wanted.set(r.column, r);
      seen.add(r.column);
    }
    for (const [column, r] of wanted) {
      const { lower, upper } = r ?? nth(this.relaxation.columns, column);
      if (lower === this.lower[column] && upper === this.upper[column]) continue;
      this.lower[column] = lower;
      this.upper[column] = upper;
      this.box.lower[column] = BigInt(lower) << BigInt(unitBits);
      this.box.upper[column] = BigInt(upper) << BigInt(unitBits);
      this.model.bound(column, lower, upper);
    }
    this.touched = range;
  }
}

function branchOf({ proof, split }: Place): Branch {
  if (split) return { kind: 'split', split: { ...split, below: branchOf(split.below), above: branchOf(split.above) } };
  return proof === 'choice' ? { kind: 'choice' } : { kind: 'leaf', proof };
}

const unitsOfTarget = (target: number): bigint => BigInt(Math.ceil(target * 2 ** unitBits));
