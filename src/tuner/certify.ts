// A second witness for an answer: that no mapping is better than the best by more than a share, or that there is none,
// proven by branch and bound whose every leaf is checked in exact arithmetic. The mapper's own bounds are not used.

import type { CertifyReason } from './certify-reason.js';
import { defined, nth } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import { exponents } from '../model/cost/goal.js';
import { encode } from '../milp/encode/encode.js';
import type { Encoding } from '../milp/encode/encode.js';
import { padTo } from '../milp/encode/padding.js';
import { energyProgram } from '../milp/energy-program.js';
import { minCycles, minEnergy, maxCycles } from '../milp/first-principles.js';
import { highsOracle } from '../milp/linear-highs.js';
import type { LinearOracle } from '../program/linear-oracle.js';
import { zero } from '../program/linear.js';
import type { Program } from '../program/program.js';
import { convex } from '../program/program.js';
import { judge } from '../search/mapping/point.js';
import { isWhole } from '../model/workload/layer-parts.js';
import type { Answer, Task } from '../search/strategy.js';
import type { Choices, Proven } from '../smt/certify/check.js';
import { check, min } from '../smt/certify/check.js';
import type { End, Found } from '../smt/certify/certificate-search.js';
import { search } from '../smt/certify/certificate-search.js';
import type { RelaxationOptions } from '../smt/exact-rows.js';
import { ExactRelaxation, ofUnits } from '../smt/exact-rows.js';
import { ofOneRun, partingsOf, runTask } from './in-parts.js';

/** What a certificate may take, and to what share. */
export interface CertifyOptions {
  /** No mapping is to be below best x (1 - eps). */
  readonly eps: number;
  /** Seconds. */
  readonly time: number;
  /** Milliseconds, monotone. */
  readonly now: () => number;
  /** The eps that the search has come to, not yet checked. */
  readonly progress?: ((eps: number) => void) | undefined;
  /** What suggests; nothing that it says is believed. */
  readonly oracle?: LinearOracle;
}

/** Whether a claim about a layer is proven in exact arithmetic. */
export interface Certification {
  /** `refuted`: a better mapping was found; the claim is false. `open`: neither. */
  readonly status: 'certified' | 'refuted' | 'open';
  /**
   * Proven: no mapping is below best x (1 - eps). 0 where it is proven that there is
   * none. Null where nothing is proven.
   */
  readonly eps: number | null;
  /** The eps that was asked for. */
  readonly target: number;
  readonly seconds: number;
  /** Boxes whose proofs were checked, and boxes that were looked at. */
  readonly leaves: number;
  readonly nodes: number;
  /** Why it is not certified; undefined where it is. */
  readonly reason: CertifyReason | undefined;
}

/** A claim about one run, and what its search may use. */
interface Claim {
  readonly task: Task;
  /** Nothing is better than this; or there is none at all. */
  readonly best: Answer['best'];
  readonly options: CertifyOptions;
}

/** What the search on one arrangement came to, checked. */
interface Part {
  readonly proven: Proven;
  readonly leaves: number;
  readonly nodes: number;
  readonly end: End;
  /** In the objective's unit. */
  readonly better: number | undefined;
}

/** What is asked of one program. */
interface Attempt {
  /** In scales. */
  readonly target: number;
  /** Milliseconds on the clock. */
  readonly until: number;
  readonly maxNodes: number;
  /** Of the mapping in a point, in scales. */
  readonly value: Choices['judge'];
  /** Where that is the value of all points that agree in their decisions. */
  readonly choices: Choices | undefined;
}

/**
 * Whether nothing is better than an answer by more than `eps`, or nothing there at all, by branch and bound whose leaves are
 * checked in exact arithmetic. A layer is certified for every way in which it may run: each claim is one about a run.
 */
export async function certify(
  task: Task,
  answer: Pick<Answer, 'status' | 'best'>,
  options: CertifyOptions,
): Promise<Certification> {
  const menu = partingsOf(task);
  if (menu.every(isWhole)) return certifyRun(task, answer, options);
  const end = options.now() + options.time * 1000;
  const found: Certification[] = [];
  for (const [i, parts] of menu.entries()) {
    const time = Math.max(0, end - options.now()) / 1000 / (menu.length - i);
    found.push(
      await certifyRun(
        runTask(task, parts),
        { ...answer, best: answer.best && ofOneRun(task, parts, answer.best) },
        { ...options, time },
      ),
    );
  }
  const sum = (of: 'seconds' | 'leaves' | 'nodes') => found.reduce((n, c) => n + c[of], 0);
  const worst = found.find((c) => c.status === 'refuted') ?? found.find((c) => c.status === 'open') ?? nth(found, 0);
  const eps = found.some((c) => c.eps === null) ? null : Math.max(...found.map((c) => defined(c.eps)));
  return { ...worst, eps, seconds: sum('seconds'), leaves: sum('leaves'), nodes: sum('nodes') };
}

async function certifyRun(
  task: Task,
  { status, best }: Pick<Answer, 'status' | 'best'>,
  options: CertifyOptions,
): Promise<Certification> {
  const { eps, now } = options;
  const begin = now();
  const deadline = begin + options.time * 1000;
  const parts: Part[] = [];
  const said = (how: Certification['status'], proven: number | null, reason?: CertifyReason): Certification => ({
    status: how,
    eps: proven,
    target: eps,
    seconds: (now() - begin) / 1000,
    leaves: parts.reduce((n, p) => n + p.leaves, 0),
    nodes: parts.reduce((n, p) => n + p.nodes, 0),
    reason,
  });
  if (best?.objective === 0) return said('certified', 0);
  if (!best && status !== 'infeasible') return said('open', null, { kind: 'nothing-to-certify' });
  for (const arrangement of task.architectures.keys()) {
    // Each arrangement may use what those before it have left over.
    const share = (deadline - now()) / (task.architectures.length - arrangement);
    const part = await certifyOn({ task, best, options }, arrangement, now() + share);
    parts.push(part);
    if (part.better !== undefined)
      return said('refuted', null, { kind: 'better', value: part.better, claimed: best?.objective });
  }
  const proven = parts.reduce((p: Proven, part) => min(p, part.proven), 'empty');
  const reached = proven === 'empty' ? 0 : proven === undefined ? 1 : Math.max(0, 1 - ofUnits(proven));
  const settled = best ? reached <= eps : proven === 'empty';
  if (settled) return said('certified', reached);
  return said('open', best && reached < 1 ? reached : null, reasonOf(parts));
}

/** The claim on one arrangement: nothing is below the best by more than eps; or nothing is there at all. */
async function certifyOn(claim: Claim, arrangement: number, until: number): Promise<Part> {
  const { task, best, options } = claim;
  const { layer, conventions, goal } = task;
  const a = nth(task.architectures, arrangement);
  const energy = await provenEnergy(claim, a, until);
  const encoding = encode(a, layer, {
    conventions,
    goal,
    padding: padTo(task.padding),
    // Only mappings that are better than the best are looked for.
    cycles: { min: minCycles(task, a), max: maxCycles(task, a, best?.objective ?? Infinity, energy) },
    known: best?.architecture === arrangement ? best.evaluation : undefined,
  });
  // That there is none is a claim about rows alone: with nothing to minimise, every leaf must be empty.
  const program = best ? encoding.program : { ...encoding.program, minimize: convex(zero, []) };
  const scale = best?.objective ?? 1;
  const choices: Choices = {
    decisions: encoding.decisions,
    judge: (x) => (judge(goal, conventions, a, arrangement, layer, encoding.decode(x))?.objective ?? Infinity) / scale,
  };
  return prove(claim, program, best ? { scale, max: 1 } : { scale, max: Infinity }, {
    target: best ? 1 - options.eps : Infinity,
    until,
    maxNodes: Infinity,
    value: choices.judge,
    choices: ambiguous(a, encoding) ? undefined : choices,
  });
}

/** An energy that no mapping on an arrangement goes below: it bounds the cycles of those of interest. */
async function provenEnergy(claim: Claim, a: Architecture, until: number): Promise<number> {
  const { task, best } = claim;
  const simple = minEnergy(task, a) * (1 - 1e-9);
  const { energy, cycles } = exponents[task.goal.objective];
  if (!best || energy === 0 || cycles === 0) return simple;
  const scale = best.evaluation.energy;
  // Only less than the best takes is asked for: what is not among it takes more.
  const { proven } = await prove(
    claim,
    energyProgram(task, a),
    { scale, max: 1 },
    { target: Infinity, until, maxNodes: 1, value: () => Infinity, choices: undefined },
  );
  const share = proven === 'empty' ? 1 : proven === undefined ? 0 : Math.min(1, ofUnits(proven));
  return Math.max(simple, share * scale * (1 - 1e-12));
}

/** Searches, then checks what was found against rows that are made anew. */
async function prove(
  { best, options: { now, progress, oracle = highsOracle } }: Claim,
  program: Program,
  how: RelaxationOptions,
  { target, until, maxNodes, value, choices }: Attempt,
): Promise<Part> {
  const found: Found = await search(new ExactRelaxation(program, how), oracle, {
    target,
    deadline: until,
    now,
    maxNodes,
    judge: value,
    decisions: choices?.decisions,
    progress: best && progress && ((bound) => progress(Math.max(0, 1 - bound))),
  });
  const fresh = new ExactRelaxation(program, how);
  for (const { term, slope } of found.certificate.tangents) fresh.addTangent(term, slope);
  const { proven, leaves } = check(fresh, found.certificate.root, choices);
  return {
    proven,
    leaves,
    nodes: found.nodes,
    end: found.end,
    better: found.better === undefined ? undefined : found.better * how.scale,
  };
}

/**
 * On a machine that works tile by tile, points that agree in all decisions may stand for mappings whose loops differ in
 * order, and so in cycles: the cost model's word on one of them is not its word on all.
 */
const ambiguous = (a: Architecture, { timed }: Encoding): boolean => a.tiling !== undefined && timed;

function reasonOf(parts: readonly Part[]): CertifyReason {
  if (parts.some((p) => p.end === 'relaxed')) return { kind: 'relaxed' };
  return { kind: parts.some((p) => p.end === 'limit') ? 'time-limit' : 'inexact' };
}
