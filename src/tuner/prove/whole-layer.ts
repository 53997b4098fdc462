// The whole problem of one layer on one machine as scripts without lemmas: every mapping is a point of them, and a
// solver of any make can look for one that meets the limits.

import type { StopReason } from '../../base/stop-reason.js';
import { partsText } from '../../model/workload/layer-parts.js';
import type { Task } from '../../search/strategy.js';
import type { Script } from '../../smt/script.js';
import { partingsOf, runTask } from '../in-parts.js';
import type { Ask } from './fit-question.js';
import { possible, question } from './fit-question.js';

export interface WholeLayer {
  /**
   * One per arrangement that was asked, in all parts that the layer may run in; the layer meets the
   * limits where one of them does.
   */
  readonly scripts: readonly Script[];
  /**
   * unsat: all scripts are, so no mapping meets the limits. sat: the last one has a mapping,
   * which the cost model confirmed.
   */
  readonly status: 'sat' | 'unsat' | 'unknown';
  /** Why unknown; undefined otherwise. */
  readonly reason: StopReason | undefined;
}

/**
 * Asks until the answer is true of the cost model itself: tangents are added where a point lies below a sum of
 * products, mappings whose evaluation is over a limit are excluded one by one. What is left at the end is written out.
 */
export async function wholeLayer(task: Task, ask: Ask, left: () => number): Promise<WholeLayer> {
  const runs = partingsOf(task).map((parts) => {
    const run = runTask(task, parts);
    return { ...run, layer: { ...run.layer, name: `${run.layer.name}${partsText({ parts })}` } };
  });
  const questions = runs.flatMap((run) => run.architectures.map((a, i) => question(run, a, i)));
  const answer = await possible(questions, undefined, ask, left);
  const scripts = questions.flatMap((q) => q.asked() ?? []);
  const status = ({ met: 'sat', never: 'unsat', unknown: 'unknown' } as const)[answer.status];
  return { scripts, status, reason: answer.status === 'unknown' ? answer.reason : undefined };
}
