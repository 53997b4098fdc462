// The best machine of a space with the best mapping of every layer, proven by programs that choose both: a case of the
// space at a time, those with the least bounds first, until no case that is left can be better.

import { stopText, timeLimit } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { sizeParameters } from '../../model/space/design-space.js';
import { gapBetween } from '../../model/cost/goal.js';
import type { Backend } from '../../program/milp.js';
import type { Budget, Strategy } from '../../search/strategy.js';
import { branchesOf } from './branches.js';
import type { Case } from './cases.js';
import { casesOf, minArea } from './cases.js';
import type { Branch } from './exploration.js';
import { explore } from './explore.js';
import type { JointBest } from './ledger.js';
import { ledger } from './ledger.js';
import type { JointRequest } from './joint-program.js';
import type { Search } from './joint-search.js';
import { isOpen, left, mapOn } from './joint-search.js';

export interface JointResult {
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'unknown';
  readonly best: JointBest | undefined;
  /** Proven: no machine of the space within the area has a smaller objective; +Infinity where there is none. */
  readonly bound: number;
  /** (best - bound) / best; 1 where nothing is known. */
  readonly gap: number;
  /** Why it stopped, or why nothing fits. */
  readonly reason: string;
  /** Programs in all, one per case and choice of arrangements. */
  readonly programs: number;
  readonly nodes: number;
  readonly rounds: number;
  /** Of the largest program. */
  readonly columns: number;
  readonly rows: number;
}

/** `first` finds first mappings on a few machines, and those from which single machines are settled. */
export async function solveJoint(
  request: JointRequest,
  backend: Backend,
  first: Strategy,
  budget: Budget,
): Promise<JointResult> {
  const { space, technology } = request;
  const s: Search = {
    request,
    backend,
    first,
    budget,
    deadline: budget.now() + budget.time * 1000,
    book: ledger(request),
    solved: [],
    settled: new Map(),
  };
  const cases = casesOf(space, technology, request.area);
  if (cases.length === 0) return infeasible(whyNothingFits(request));
  for (const c of cases) await startIn(s, c);
  const branches: Branch[] = [];
  for (const c of cases) branches.push(...(await branchesOf(s, c)));
  const unexplored = () => minimumOf(branches.filter((b) => b.reason === ''));
  for (let next = unexplored(); next && isOpen(s, next.bound) && left(s) > 0; next = unexplored()) {
    const others = branches.filter((b) => b !== next).map((b) => b.bound);
    await explore(s, next, (best, bound) => budget.progress?.(best, Math.min(best, bound, ...others)));
  }
  return conclude(s, branches);
}

function conclude(s: Search, branches: readonly Branch[]): JointResult {
  const best = s.book.best();
  const worst = defined(minimumOf(branches));
  const totals = totalsOf(s, branches);
  if (!best && worst.bound === Infinity)
    return { ...infeasible('no machine of the space within the area can run every layer'), ...totals };
  const bound = Math.min(best?.objective ?? Infinity, worst.bound);
  const closed = best !== undefined && !isOpen(s, bound);
  return {
    status: closed ? 'optimal' : best ? 'feasible' : 'unknown',
    best,
    bound,
    gap: gapBetween(best?.objective ?? Infinity, bound),
    reason: closed ? '' : left(s) === 0 ? stopText(timeLimit) : worst.reason,
    ...totals,
  };
}

function totalsOf(
  { solved }: Search,
  branches: readonly Branch[],
): Pick<JointResult, 'programs' | 'nodes' | 'rounds' | 'columns' | 'rows'> {
  const sum = (key: 'nodes' | 'rounds') => solved.reduce((n, r) => n + r[key], 0);
  const largest = (key: 'columns' | 'rows') => Math.max(0, ...solved.map((r) => r[key]));
  return {
    programs: branches.length,
    nodes: sum('nodes'),
    rounds: sum('rounds'),
    columns: largest('columns'),
    rows: largest('rows'),
  };
}

const infeasible = (reason: string): JointResult => ({
  status: 'infeasible',
  best: undefined,
  bound: Infinity,
  gap: 1,
  reason,
  programs: 0,
  nodes: 0,
  rounds: 0,
  columns: 0,
  rows: 0,
});

function whyNothingFits({ space, technology, area }: JointRequest): string {
  const min = minArea(space, technology);
  return min === undefined
    ? 'no point of the space is a machine'
    : `the smallest machine of the space takes ${min.toPrecision(4)} mm2, ${area} are allowed`;
}

/** Mappings on the smallest machine of a case, on one about as large as is allowed, and on one between. */
async function startIn(s: Search, { largest, menus }: Case): Promise<void> {
  const steps = Math.max(...sizeParameters.map((p) => menus[p].length - 1));
  const at = (k: number): DesignPoint => ({
    ...largest,
    ...Object.fromEntries(
      sizeParameters.map((p) => [p, nth(menus[p], Math.round((k / Math.max(1, steps)) * (menus[p].length - 1)))]),
    ),
  });
  let top = steps;
  while (top > 0 && !s.book.architecturesAt(at(top))) top--;
  for (const k of new Set([top, Math.ceil(top / 2), 0])) await mapOn(s, at(k), s.first, left(s) / 8);
}

const minimumOf = (branches: readonly Branch[]): Branch | undefined =>
  branches.reduce<Branch | undefined>((p, q) => (p && p.bound <= q.bound ? p : q), undefined);
