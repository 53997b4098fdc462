// How far a limit must move for the rest of a core to be met: between what is refuted and what a witness shows.

import { unsettled } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { Decider } from './decider.js';
import { dearestOf, isNetwork, totalOf } from './decider.js';
import type { Needed, Witness } from './proof.js';
import { whyOpen } from './proof.js';

/** Just below a value: the least step that the arithmetic of the search tells apart. Cycles are whole. */
const below = (r: Requirement, value: number): number => (whole(r) ? Math.ceil(value) - 1 : value * (1 - 1e-8));
const whole = (r: Requirement) => (r.kind === 'network' || r.kind === 'layer') && r.quantity === 'latency';

/** From this distance on, values are tried one witness after the other, instead of halfway. */
const near = 1e-2;
const maxTries = 60;

/** What a witness has of what is limited. */
function reached(r: Requirement, { area, layers }: Witness): number {
  if (r.kind === 'area') return defined(area);
  if (r.kind === 'network') return totalOf(r.quantity, layers);
  if (r.kind === 'layer') return dearestOf(r.quantity, r.layer, layers);
  return r.value;
}

export async function needed(
  decider: Decider,
  member: Requirement,
  rest: readonly Requirement[],
  deadline: number,
  now: () => number,
): Promise<Needed> {
  if (isNetwork(member) && decider.needs) return decider.needs(member, rest, deadline);
  if (member.kind === 'area' && decider.needsArea) return decider.needsArea(member, rest, deadline);
  return member.kind === 'parameter'
    ? byMenu(decider, member, rest, deadline, now)
    : byHalving(decider, member, rest, deadline, now);
}

/** Less is refuted, and so is everything below; values of a menu are halved too, for more room never hurts. */
async function byMenu(
  decider: Decider,
  member: Requirement & { readonly kind: 'parameter' },
  rest: readonly Requirement[],
  deadline: number,
  now: () => number,
): Promise<Needed> {
  const beyond = decider.values(member).filter((v) => (member.bound === 'max' ? v > member.value : v < member.value));
  // In the order in which they let more through.
  const candidates = member.bound === 'max' ? beyond : beyond.toReversed();
  let [refuted, met] = [-1, candidates.length];
  let open: string | undefined;
  while (met - refuted > 1) {
    const at = Math.floor((refuted + met) / 2);
    const tried = await decider.decide(
      [
        ...rest,
        {
          ...member,
          value: nth(candidates, at),
          text: `${member.parameter}${member.bound === 'max' ? '<=' : '>='}${nth(candidates, at)}`,
        },
      ],
      deadline,
    );
    if (tried.status === 'unknown') {
      open = whyOpen(now() >= deadline, tried.reason);
      break;
    }
    if (tried.status === 'feasible') met = at;
    else refuted = at;
  }
  const value = candidates[met];
  if (open === undefined) return value === undefined ? { kind: 'never' } : { kind: 'exact', value };
  return { kind: 'between', from: candidates[refuted + 1] ?? member.value, to: value, reason: open };
}

async function byHalving(
  decider: Decider,
  member: Exclude<Requirement, { readonly kind: 'parameter' }>,
  rest: readonly Requirement[],
  deadline: number,
  now: () => number,
): Promise<Needed> {
  const unlimited = await decider.decide(rest, deadline);
  if (unlimited.status === 'infeasible') return { kind: 'never' };
  if (unlimited.status === 'unknown')
    return { kind: 'between', from: member.max, to: undefined, reason: whyOpen(now() >= deadline, unlimited.reason) };
  let low = member.max;
  let high = reached(member, unlimited.witness);
  let open: string | undefined;
  for (let i = 0; i < maxTries && now() < deadline; i++) {
    const last = below(member, high);
    if (last <= low) return { kind: 'exact', value: high };
    // Where no other limit ties layers together, a witness halfway is mostly the least already.
    const straight = i === 1 && !rest.some(isNetwork);
    const at =
      open !== undefined || (high - low > near * high && !straight)
        ? whole(member)
          ? Math.floor((low + high) / 2)
          : (low + high) / 2
        : last;
    const tried = await decider.decide(
      [...rest, { ...member, max: at, text: `${member.text} moved to ${at}` }],
      deadline,
    );
    if (tried.status === 'feasible') high = Math.min(high, reached(member, tried.witness));
    else if (tried.status === 'infeasible') low = Math.max(low, at);
    else {
      const again = open !== undefined;
      open = whyOpen(now() >= deadline, tried.reason);
      // What cannot be told close by may be told farther off.
      if (again || at === last) break;
    }
    if (at === last && tried.status === 'infeasible') return { kind: 'exact', value: high };
  }
  return {
    kind: 'between',
    from: low,
    to: high,
    reason: open ?? whyOpen(now() >= deadline, unsettled(`not closer after ${maxTries} tries`)),
  };
}
