// One machine on which tensors of the network may stay: what is not met where every tensor goes through DRAM is asked of its
// schedules. Each limited quantity is at least what the best schedule within the other limits comes to.

import { interrupted, unsettled } from '../../base/stop-reason.js';
import type { NetworkLimits } from '../../model/cost/network-goal.js';
import type { LimitedParameter, Requirement } from '../../model/cost/requirement.js';
import { and, atLeast, not, number } from '../../smt/script.js';
import type { Lemma } from '../../smt/network-script.js';
import { ofNetwork, requirementTerm } from '../../smt/network-script.js';
import type { ScheduleObjective } from '../schedule/schedule-question.js';
import { scheduleObjectives } from '../schedule/schedule-question.js';
import type { Decider, Decision, NetworkLimit } from './decider.js';
import { isNetwork, limitsOnNetwork, totalOf } from './decider.js';
import type { MachineRequest } from './machine-knowledge.js';
import { scriptOf } from './machine-knowledge.js';
import type { Needed, Witness } from './proof.js';
import { whyOpen } from './proof.js';
import type { LeastSchedule, ProveHooks, SchedulesOfMachine } from './prove-request.js';

/** Value and bound are the same but for the last digits of sums. */
const exactly = 1e-9;
/** What a bound is lowered by before it is a lemma, for the same reason. */
const belowRounding = 1 - exactly;
const noPlaces = unsettled(
  'what the best schedule keeps has no places in the global buffer, or the best is no further from the limits than last digits of sums',
);

/** `through`: where every tensor goes through DRAM. No requirement is on a layer, nor on the sum of their EDPs. */
export function scheduledDecider(
  request: MachineRequest,
  through: Decider,
  schedules: SchedulesOfMachine,
  hooks: ProveHooks,
): Decider {
  const asked = new OfSchedules(request, schedules, hooks);
  return {
    decide: async (requirements, deadline) => {
      // Sooner asked: half of the time.
      const before = await through.decide(requirements, hooks.now() + (deadline - hooks.now()) / 2);
      if (before.status === 'feasible' || !requirements.some(isNetwork)) return before;
      if (!asked.isAble(requirements))
        return before.status === 'infeasible' ? { status: 'infeasible', core: requirements } : before;
      return asked.decide(requirements, deadline);
    },
    script: (requirements) => asked.script(requirements),
    values: (r) => [...new Set([...through.values(r), asked.valueOf(r.parameter)])].toSorted((a, b) => a - b),
    settled: () => [...through.settled().map((fact) => `through DRAM: ${fact}`), ...asked.settled],
    min: () => [],
    needs: (member, rest, deadline) =>
      asked.isAble(rest) || !through.needs
        ? asked.needs(member, rest, deadline)
        : through.needs(member, rest, deadline),
  };
}

class OfSchedules {
  readonly settled = new Set<string>();
  private readonly lemmas: Lemma[] = [];
  /** By quantity and limits. */
  private readonly known = new Map<string, LeastSchedule>();

  constructor(
    private readonly request: MachineRequest,
    private readonly schedules: SchedulesOfMachine,
    private readonly hooks: ProveHooks,
  ) {}

  valueOf(parameter: LimitedParameter): number {
    const { template } = this.schedules;
    return parameter === 'pes' ? template.rows * template.columns : template[parameter];
  }

  /** Whether the machine on which tensors may stay is one that requirements leave. */
  isAble(requirements: readonly Requirement[]): boolean {
    return requirements.every((r) => {
      if (r.kind === 'area') return this.schedules.area <= r.max;
      if (r.kind !== 'parameter') return true;
      const own = this.valueOf(r.parameter);
      return r.bound === 'max' ? own <= r.value : own >= r.value;
    });
  }

  async decide(requirements: readonly Requirement[], deadline: number): Promise<Decision> {
    const limits = limitsOnNetwork(requirements);
    const network = requirements.filter(isNetwork);
    const limited = scheduleObjectives.filter((quantity) => limits[quantity] !== undefined);
    const isMetBy = ({ layers }: Witness) => network.every((l) => totalOf(l.quantity, layers) <= l.max);
    // What one limit rules out by itself is found far sooner than what only all of them do.
    for (const alone of limited.length > 1 ? [true, false] : [false]) {
      let isOpen = false;
      for (const quantity of limited) {
        const { [quantity]: max = Infinity, ...others } = limits;
        const least = await this.least(quantity, alone ? {} : others, max, deadline);
        if (least.status === 'unknown') return least;
        if (least.status === 'found' && least.bound <= max) {
          if (isMetBy(least.witness)) return { status: 'feasible', witness: least.witness };
          isOpen = true;
        } else if (alone) {
          const tightest = network.filter((l) => l.quantity === quantity && l.max === max);
          return { status: 'infeasible', core: tightest.slice(0, 1) };
        }
      }
      if (isOpen && !alone) return { status: 'unknown', reason: noPlaces };
    }
    this.lemmas.push({
      term: not(and(...requirements.map((r) => requirementTerm(r, true)))),
      comment: 'dynamic programming over the schedules of the network',
    });
    return { status: 'infeasible', core: requirements };
  }

  async needs(member: NetworkLimit, rest: readonly Requirement[], deadline: number): Promise<Needed> {
    const quantity = member.quantity as ScheduleObjective;
    const { [quantity]: _, ...limits } = limitsOnNetwork(rest);
    const least = await this.least(quantity, limits, -Infinity, deadline);
    if (least.status === 'none') return { kind: 'never' };
    if (least.status === 'unknown')
      return {
        kind: 'between',
        from: member.max,
        to: undefined,
        reason: whyOpen(this.hooks.now() >= deadline, least.reason),
      };
    const { value, bound } = least;
    return value - bound <= exactly * value
      ? { kind: 'exact', value }
      : {
          kind: 'between',
          from: Math.max(member.max, bound),
          to: value,
          reason: 'not all placements or mappings were looked at',
        };
  }

  script(requirements: readonly Requirement[]) {
    return scriptOf({ request: this.request, facts: [], lemmas: this.lemmas }, requirements, true);
  }

  private async least(
    quantity: ScheduleObjective,
    limits: NetworkLimits,
    enough: number,
    deadline: number,
  ): Promise<LeastSchedule> {
    const { hooks, schedules } = this;
    const key = JSON.stringify([quantity, limits]);
    const known = this.known.get(key);
    if (known) return known;
    const others = Object.keys(limits).join(' and ');
    const within = others === '' ? '' : ` within the limit on ${others}`;
    hooks.progress(`the minimum ${quantity} of all schedules${within}`);
    const seconds = Math.max(0.1, (deadline - hooks.now()) / 1000);
    const least = await schedules.least(quantity, limits, enough, seconds);
    if (hooks.stopped()) return { status: 'unknown', reason: interrupted };
    // A schedule that is enough says nothing of the others.
    if (least.status === 'unknown' || (least.status === 'found' && least.value <= enough)) return least;
    this.known.set(key, least);
    if (least.status === 'none') return least;
    this.settled.add(`the ${quantity} of every schedule is at least ${least.bound.toPrecision(10)}${within}`);
    if (others === '')
      this.lemmas.push({
        term: atLeast(ofNetwork(quantity), number(least.bound * belowRounding)),
        comment: `${quantity} of the network: dynamic programming over its schedules`,
      });
    return least;
  }
}
