// Who can take part in a comparison: the strategies that users name, and which of them a question suits.

import { fewMappings } from '../../search/mapping/exhaustive.js';
import { heuristics } from '../../search/mapping/heuristics.js';
import type { Task } from '../../search/strategy.js';
import type { SolverName } from '../solver-names.js';
import { whyTooLarge, whyUnavailable, whyUnsuited } from '../map-layer.js';
import { solverNames } from '../solver-names.js';

/** Proves optima where no contestant does. */
export const referee: SolverName = 'auto';

/** The rest are solvers, which may prove something. */
export const isHeuristic = (name: string): boolean => heuristics.some((h) => h.name === name);

export interface Entry {
  readonly strategy: SolverName;
  /** Why it cannot take part, and the way out; undefined where it can. */
  readonly obstacle: string | undefined;
}

/** Reasons end in the way out for a single solver; here it is one of a list. */
const inList = (reason: string, name: SolverName): string =>
  reason.replace(`leave out --solver ${name}`, `leave ${name} out of --strategies`);

/** Why a solver cannot be used here, for those that cannot. */
export type MissingSolvers = ReadonlyMap<SolverName, string>;

export async function missingSolvers(names: readonly SolverName[] = solverNames): Promise<MissingSolvers> {
  const reasons = await Promise.all(names.map(async (name) => [name, await whyUnavailable(name)] as const));
  return new Map(reasons.flatMap(([name, reason]) => (reason === undefined ? [] : [[name, reason]])));
}

/** `tasks` are the layers, on one machine; a solver may look at `max` mappings of one. */
export const entriesOf = (
  names: readonly SolverName[],
  tasks: readonly Task[],
  missing: MissingSolvers,
  max?: number,
): readonly Entry[] =>
  names.map((strategy) => {
    const tooLarge = () => tasks.map((task) => whyTooLarge(strategy, task, max)).find((why) => why !== undefined);
    const reason = (tasks[0] && whyUnsuited(strategy, tasks[0])) ?? missing.get(strategy) ?? tooLarge();
    return { strategy, obstacle: reason === undefined ? undefined : inList(reason, strategy) };
  });

/** By name only: what they do others do too, alone (`race`), or the machine decides who they are (`native`). */
const onRequest: readonly SolverName[] = [referee, 'race', 'native'];

/**
 * All that can take part, but `auto`, which is a choice among them, and those that are asked for by name; every mapping
 * is looked at where that takes seconds.
 */
export const everybody = (tasks: readonly Task[], missing: MissingSolvers): readonly SolverName[] =>
  entriesOf(solverNames, tasks, missing, fewMappings).flatMap(({ strategy, obstacle }) =>
    obstacle === undefined && !onRequest.includes(strategy) ? [strategy] : [],
  );
