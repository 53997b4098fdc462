// Whether one layer fits a machine at all, proven: Z3 says no with reasons, or gives a
// mapping that the cost model confirms.

import type { StopReason } from '../../base/stop-reason.js';
import { failed } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import type { LayerRequirement } from '../../model/mapping/layer-requirement.js';
import { describe, tagOf } from '../../model/mapping/layer-requirement.js';
import { whyNoFactors } from '../../model/mapping/factor-reason.js';
import { dimensions } from '../../model/workload/layer.js';
import type { Architecture } from '../../model/machine/architecture.js';
import { judge } from '../../search/mapping/point.js';
import type { Found, Task } from '../../search/strategy.js';
import { inAllRuns, partingsOf, runTask } from '../in-parts.js';
import type { Ask, Possible } from './fit-question.js';
import { possible, question } from './fit-question.js';
import type { Needed, Shortage } from './proof.js';
import { neededRoom } from './room-needed.js';

interface FitBudget {
  /** Seconds for everything. */
  readonly seconds: number;
  /** Milliseconds, monotone. */
  readonly now: () => number;
  readonly stopped?: () => boolean;
}

/** A capacity of a core, and the room that would do for the rest of the core, counted as `roomOf` counts. */
interface RoomNeeded {
  readonly requirement: LayerRequirement & { readonly kind: 'capacity' };
  readonly needed: Needed;
}

export type Fit =
  | { readonly status: 'fits'; readonly found: Found }
  | {
      readonly status: 'never';
      /** No mapping meets these. */
      readonly core: readonly LayerRequirement[];
      /** Whether all but any one of them can be met. */
      readonly minimal: boolean;
      readonly needed: readonly RoomNeeded[];
    }
  | { readonly status: 'unknown'; readonly reason: StopReason };

/** A layer in parts fits where one of its runs does; what stands in the way is what does so in the fewest parts. */
export async function fit(task: Task, ask: Ask, budget: FitBudget): Promise<Fit> {
  const end = budget.now() + budget.seconds * 1000;
  const answers: Fit[] = [];
  for (const parts of partingsOf(task)) {
    const answer = await fitRun(runTask(task, parts), ask, {
      ...budget,
      seconds: Math.max(0, end - budget.now()) / 1000,
    });
    if (answer.status === 'fits') return { status: 'fits', found: inAllRuns(task, parts, answer.found) };
    answers.push(answer);
  }
  return answers.find((a) => a.status === 'unknown') ?? nth(answers, 0);
}

/** Of a layer that runs whole, or of one run. */
export async function fitRun(task: Task, ask: Ask, budget: FitBudget): Promise<Fit> {
  const deadline = budget.now() + budget.seconds * 1000;
  const left = () => (budget.stopped?.() ? 0 : (deadline - budget.now()) / 1000);
  const own = task.architectures.map((a, i) => question(task, a, i));
  const all = await possible(own, undefined, ask, left);
  if (all.status === 'unknown') return all;
  if (all.status === 'met') {
    const found = judge(
      task.goal,
      task.conventions,
      nth(task.architectures, all.arrangement),
      all.arrangement,
      task.layer,
      all.mapping,
    );
    return found
      ? { status: 'fits', found }
      : { status: 'unknown', reason: failed('the cost model refuses the mapping that was found') };
  }
  const { core, minimal } = await minimized(all.core, (only) => possible(own, only, ask, left));
  const needed: RoomNeeded[] = [];
  // Of machines with other room the core is asked, for the layer and the axes as they are.
  const bounds = dimensions.map((dimension): LayerRequirement => ({ kind: 'bound', dimension }));
  const axes = task.architectures.flatMap((a) =>
    a.levels.flatMap((l) => l.axes.map((x): LayerRequirement => ({ kind: 'axis', axis: x.name }))),
  );
  const asked = [...core.filter((r) => r.kind !== 'bound' && r.kind !== 'axis'), ...bounds, ...axes];
  for (const requirement of core) {
    if (requirement.kind !== 'capacity') continue;
    const on = (architectures: readonly Architecture[]) =>
      possible(
        architectures.map((a, i) => question({ ...task, architectures }, a, i)),
        asked,
        ask,
        left,
      );
    needed.push({
      requirement,
      needed: await neededRoom(task, requirement, on, () =>
        possible(
          own,
          asked.filter((r) => r !== requirement),
          ask,
          left,
        ),
      ),
    });
  }
  return { status: 'never', core, minimal, needed };
}

/** Leaves out one after the other; bounds of the layer last, for they can be changed least. */
async function minimized(
  core: readonly LayerRequirement[],
  met: (only: readonly LayerRequirement[]) => Promise<Possible>,
): Promise<{ core: readonly LayerRequirement[]; minimal: boolean }> {
  let kept = [...core].sort((a, b) => Number(a.kind === 'bound') - Number(b.kind === 'bound'));
  let minimal = true;
  for (const r of [...kept]) {
    if (!kept.includes(r)) continue;
    const without = kept.filter((k) => k !== r);
    const answer = await met(without);
    if (answer.status === 'never') kept = kept.filter((k) => answer.core.some((c) => tagOf(c) === tagOf(k)));
    else minimal &&= answer.status === 'met';
  }
  return { core: kept, minimal };
}

/**
 * The reasons in words, on the first arrangement: what the machine lacks; where it lacks
 * nothing, why the loops cannot be made.
 */
export function shortagesIn(task: Task, { core, needed }: Fit & { readonly status: 'never' }): readonly Shortage[] {
  const { layer, architectures, padding } = runTask(task, nth(partingsOf(task), 0));
  const lacking = core.filter((r) => r.kind !== 'bound' && r.kind !== 'axis');
  // Of rules on factors that cannot be kept, what there is to split says more than the rules.
  const split =
    lacking.length > 0 && lacking.every((r) => r.kind === 'factor')
      ? whyNoFactors(nth(architectures, 0), layer, padding)
      : [];
  if (split.length > 0) return split.map((text) => ({ layer: layer.name, text, needed: undefined }));
  return (lacking.length > 0 ? lacking : core).map((requirement) => {
    const own = needed.find((n) => n.requirement === requirement)?.needed;
    return {
      layer: layer.name,
      text: describe(requirement, layer, nth(architectures, 0), own?.kind === 'exact' ? own.value : undefined),
      needed: own,
    };
  });
}
