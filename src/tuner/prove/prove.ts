// Does any machine in question, with some mapping of every layer, meet all requirements? With
// a witness, or with the reason.

import { interrupted } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import { costShapes } from '../../enumerate/item-costs.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { Technology } from '../../model/machine/technology.js';
import type { Script } from '../../smt/script.js';
import type { Decider, Decision } from './decider.js';
import { isNetwork } from './decider.js';
import { columnDecider, hasColumns } from './column-decider.js';
import { machineDecider } from './machine-decider.js';
import type { MachineRequest } from './machine-knowledge.js';
import { needed } from './needed.js';
import type { CoreMember, LayerMinimum, Proof } from './proof.js';
import type { ProveHooks, ProveRequest, ProveSchedules } from './prove-request.js';
import { scheduledDecider } from './scheduled-decider.js';
import { shortagesOf } from './shortages.js';
import { spaceDecider } from './space-decider.js';
import { confirm } from './witness.js';

/** A proof, with the question that Z3 was asked last. */
export interface Proven {
  readonly proof: Proof;
  /**
   * What Z3 was asked at last about all requirements: unsat where they cannot be met. Undefined where it
   * was stopped before there was any.
   */
  readonly script: Script | undefined;
}

/** Throws only where a witness turns out to be none, which is a fault of magnet. */
export async function prove(request: ProveRequest, hooks: ProveHooks): Promise<Proven> {
  const began = hooks.now();
  const deadline = began + request.timeLimit * 1000;
  const { requirements } = request;
  const seconds = () => (hooks.now() - began) / 1000;
  const decided = await decide(request, hooks, deadline);
  if (!decided) {
    const reason = hooks.stopped()
      ? interrupted
      : { kind: 'time-limit' as const, said: 'the time ran out before the space was costed' };
    return { proof: { status: 'unknown', reason, settled: [], seconds: seconds() }, script: undefined };
  }
  const { decider, decision, before } = decided;
  switch (decision.status) {
    case 'feasible':
      confirm(decision.witness, request, requirements);
      return {
        proof: { status: 'feasible', witness: decision.witness, seconds: seconds() },
        script: decider.script(requirements),
      };
    case 'unknown':
      return {
        proof: {
          status: 'unknown',
          reason: decision.reason,
          settled: [...before, ...decider.settled()],
          seconds: seconds(),
        },
        script: decider.script(requirements),
      };
    case 'infeasible': {
      const script = decider.script(requirements);
      const { core, minimal } = await minimalCore(decider, decision.core, deadline, hooks);
      const members: CoreMember[] = [];
      for (const [i, requirement] of core.entries()) {
        hooks.progress(`how far ${requirement.text} must move`);
        // Each member has its share of the time that is left.
        const until = hooks.now() + Math.max(0, deadline - hooks.now()) / (core.length - i);
        members.push({
          requirement,
          needed: await needed(
            decider,
            requirement,
            core.filter((r) => r !== requirement),
            until,
            hooks.now,
          ),
        });
      }
      const also = await otherCores(
        decider,
        requirements.filter((r) => !core.includes(r)),
        core,
        deadline,
      );
      const shortages = await shortagesOf(request, core, hooks, deadline);
      return {
        proof: {
          status: 'infeasible',
          core: members,
          minimal,
          also,
          shortages,
          layers: heaviest(decider, core),
          seconds: seconds(),
        },
        script,
      };
    }
  }
}

interface Decided {
  readonly decider: Decider;
  readonly decision: Decision;
  /** What is proven beside it, in words. */
  readonly before: readonly string[];
}

/** Undefined where a space was not costed in time. */
async function decide(request: ProveRequest, hooks: ProveHooks, deadline: number): Promise<Decided | undefined> {
  const { candidates, requirements } = request;
  const decidedBy = async (decider: Decider, until: number, before: readonly string[] = []): Promise<Decided> => ({
    decider,
    decision: await decider.decide(requirements, until),
    before,
  });
  if (candidates.kind === 'machine') {
    const through = onMachine({ ...request, candidates }, hooks);
    const { ofMachine } = hooks;
    return decidedBy(
      ofMachine ? scheduledDecider({ ...request, candidates }, through, ofMachine, hooks) : through,
      deadline,
    );
  }
  const inSpace = async (space: DesignSpace, until: number, schedules?: ProveSchedules, before?: readonly string[]) =>
    (await costed(space, request.technology, hooks, until))
      ? decidedBy(spaceDecider({ ...request, candidates: { kind: 'space', space } }, hooks, schedules), until, before)
      : undefined;
  const { space } = candidates;
  const { schedules } = hooks;
  if (!schedules) return inSpace(space, deadline);
  // Sooner asked, and met by a schedule that keeps nothing: half of the time.
  const through = await inSpace(withoutResidency(space), hooks.now() + (deadline - hooks.now()) / 2);
  if (through?.decision.status === 'feasible') return through;
  const before =
    through?.decision.status === 'infeasible' ? ['nothing meets the limits where every tensor goes through DRAM'] : [];
  return inSpace(space, deadline, schedules, before);
}

/** What has room for tensors that stay is no better where none does. */
const withoutResidency = (space: DesignSpace): DesignSpace => ({ ...space, menus: { ...space.menus, residency: [0] } });

const onMachine = (request: MachineRequest, hooks: ProveHooks): Decider =>
  (hasColumns(request) ? columnDecider : machineDecider)(request, hooks);

/** A large space takes a second, in which Ctrl-C is to be heard. */
const costed = (space: DesignSpace, technology: Technology, hooks: ProveHooks, deadline: number): Promise<boolean> =>
  costShapes(space, technology, async (done, total) => {
    hooks.progress(`costing shapes: ${done} of ${total}`);
    await hooks.turn?.();
    return !hooks.stopped() && hooks.now() < deadline;
  });

/** Members without which the rest still cannot be met are left out, one by one. */
async function minimalCore(
  decider: Decider,
  first: readonly Requirement[],
  deadline: number,
  hooks: ProveHooks,
): Promise<{ readonly core: readonly Requirement[]; readonly minimal: boolean }> {
  let core = first;
  let minimal = true;
  for (const r of first) {
    if (!core.includes(r)) continue;
    hooks.progress(`whether the rest can be met without ${r.text}`);
    const without: Decision = await decider.decide(
      core.filter((other) => other !== r),
      deadline,
    );
    if (without.status === 'infeasible') core = without.core;
    else if (without.status === 'unknown') minimal = false;
  }
  return { core, minimal };
}

/** Whoever meets the first core may still be stopped by the rest: what Z3 finds there, one core after the other. */
async function otherCores(
  decider: Decider,
  rest: readonly Requirement[],
  first: readonly Requirement[],
  deadline: number,
): Promise<readonly (readonly Requirement[])[]> {
  const found: (readonly Requirement[])[] = [];
  for (let left = rest; first.length > 0 && left.length > 0;) {
    const decision = await decider.decide(left, deadline);
    if (decision.status !== 'infeasible') break;
    found.push(decision.core);
    left = left.filter((r) => !decision.core.includes(r));
  }
  return found;
}

/** What limits a network by one quantity is the sum of what its layers need alone. */
function heaviest(decider: Decider, core: readonly Requirement[]): readonly LayerMinimum[] {
  const limits = core.filter(isNetwork);
  return limits.length === 1
    ? [...decider.min(nth(limits, 0).quantity)].sort((x, y) => y.count * y.bound - x.count * x.bound)
    : [];
}
