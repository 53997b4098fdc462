// Why nothing fits, for the layers of a comparison of which that is proven, or for a whole space of machines.

import { whyText } from '../tuner/codesign/codesign-reason.js';
import type { Comparison } from '../tuner/compare/comparison.js';
import type { CompareRequest } from '../tuner/compare/compete.js';
import type { CompareQuestion } from '../tuner/compare/contest.js';
import { askOn, shapesOn, solveOn } from '../tuner/on-workers.js';
import type { Session } from './session.js';
import { whyInfeasible } from './why-infeasible.js';

/** The names of what nothing fits. */
export const impossibleIn = ({ arenas }: Comparison): readonly string[] =>
  arenas.filter(({ reference }) => reference.bound === Infinity).map((a) => a.name);

/** By the names of the arenas, within the time of a proof; empty for what fits, and where nothing could be settled in time. */
export async function compareReasons(
  { request, question }: { readonly request: CompareRequest; readonly question: CompareQuestion },
  proofTime: number,
  impossible: readonly string[],
  { runner, logic, now, stopped }: Session,
): Promise<ReadonlyMap<string, string>> {
  if (impossible.length === 0 || stopped()) return new Map();
  if (question.kind === 'machines') {
    const { whyNone } = await import('../tuner/codesign/why-none.js');
    const hooks = { now, width: runner.width, shapes: shapesOn(runner), stopped };
    const causes = await whyNone(question.codesign, askOn(logic), hooks);
    return new Map(causes.length === 0 ? [] : impossible.map((name) => [name, whyText({ causes })]));
  }
  const how = { solve: solveOn(runner), ask: askOn(logic), now };
  const budget = { time: proofTime, evaluations: Infinity, gap: request.gap, seed: request.seed };
  const found = new Map<string, string>();
  for (const task of question.tasks.filter((t) => impossible.includes(t.layer.name))) {
    if (stopped()) break;
    found.set(task.layer.name, await whyInfeasible(task, how, 'auto', budget));
  }
  return found;
}
