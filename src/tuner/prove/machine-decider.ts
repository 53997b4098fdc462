// One machine: layers are tied together by the limits on the network alone.
//
// What a layer costs at least, by itself, is asked of `least.ts` and becomes a lemma; Z3 says whether the lemmas leave
// room for all requirements. As long as they do, and no mappings found so far meet them, more is asked: at prices on
// the limits, then step by step along the trade-off of each layer.

import { nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import { sum } from '../../base/units.js';
import { toNumber } from '../../base/rational.js';
import type { Weights } from '../../enumerate/item.js';
import { worth } from '../../enumerate/item.js';
import { arrangementsOf } from '../../model/space/design.js';
import type { Limits } from '../../model/cost/goal.js';
import { measure } from '../../model/cost/goal.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { Template } from '../../model/machine/parameters.js';
import { machineryName } from '../../model/machine/presets.js';
import type { Machinery } from '../../model/machine/presets.js';
import type { CostQuantity, Requirement } from '../../model/cost/requirement.js';
import type { Fact, Lemma } from '../../smt/network-script.js';
import { machineIn, networkScript, requirementName } from '../../smt/network-script.js';
import type { Verdict } from '../../smt/script.js';
import type { Found } from '../../search/strategy.js';
import type { Decider, Decision, NetworkLimit } from './decider.js';
import { isNetwork, limitsOn } from './decider.js';
import { layerLemma } from './lemmas.js';
import { adjusted, alike, weightsAt } from './prices.js';
import type { LayerLeast, Witness } from './proof.js';
import type { ProveHooks, ProveRequest } from './prove-request.js';

/** Prices tried before trade-offs are followed step by step, and steps of all layers at most. */
const mostPrices = 12;
const mostSteps = 2000;
/**
 * Seconds for Z3 to choose from the trade-offs of all layers at once: a knapsack, which it decides soon or not at all.
 */
const choosing = 60;

const anything: Weights = { both: 1, energy: 0, cycles: 0 };
const energyAlone: Weights = { both: 0, energy: 1, cycles: 0 };
const pure = { energy: energyAlone, latency: { both: 0, energy: 0, cycles: 1 }, edp: anything } as const;

const askedFirst: readonly CostQuantity[] = ['latency', 'edp', 'energy'];

interface Known extends CountedLayer {
  /** Mappings found, evaluated. */
  readonly found: Found[];
  /** Questions asked, with what is proven; the next one of the same kind need not be asked. */
  readonly asked: Map<string, number>;
}

export function machineDecider(
  request: ProveRequest & { readonly candidates: { readonly kind: 'machine'; readonly machine: Machinery } },
  hooks: ProveHooks,
): Decider {
  const {
    network,
    technology,
    conventions,
    padding,
    candidates: { machine },
  } = request;
  const architectures = arrangementsOf(machine, technology);
  const area = machine.kind === 'template' ? (sum(nth(architectures, 0).area.map((p) => p.area)) as number) : undefined;
  const facts = factsOf(request.requirements, machine, area);
  const layers: readonly Known[] = network.layers.map((l) => ({ ...l, found: [], asked: new Map() }));
  const lemmas: Lemma[] = [];
  const settled = new Set<string>();

  const script = (requirements: readonly Requirement[]) =>
    networkScript({
      title: [
        `${network.name} on ${machineryName(machine)}: sat where what is known leaves room for all requirements, ` +
          'unsat where nothing meets them',
      ],
      layers: network.layers,
      machine: machineIn(request.requirements),
      facts,
      lemmas,
      requirements,
    });
  const values: Decider['values'] = ({ parameter }) => facts.flatMap((f) => (f.of === parameter ? [f.value] : []));

  return { decide, script, values, settled: () => [...settled], least };

  async function decide(requirements: readonly Requirement[], deadline: number): Promise<Decision> {
    const over = () => hooks.stopped() || hooks.now() >= deadline;
    const seconds = () => Math.max(0.1, (deadline - hooks.now()) / 1000);
    // The quickest to ask first.
    const network = requirements
      .filter(isNetwork)
      .sort((x, y) => askedFirst.indexOf(x.quantity) - askedFirst.indexOf(y.quantity));
    const late = (): Decision => ({ status: 'unknown', reason: hooks.stopped() ? 'interrupted' : 'the time ran out' });

    // What the machine is may rule requirements out by itself.
    const first = await hooks.ask(script(requirements), seconds());
    if (first.status === 'unsat') {
      invariant(lemmas.length > 0 || first.core.length > 0, 'the facts about the machine contradict each other');
      return infeasible(requirements, first);
    }

    let verdict = first;
    const chooseFrom = (weights: Weights): Decision | undefined => {
      const chosen = selection(requirements, weights);
      return chosen && meets(chosen, network) ? { status: 'feasible', witness: witnessOf(chosen) } : undefined;
    };
    /**
     * Asks every layer for its least by some weights, where what is known does not do: does that settle the question?
     */
    const look = async (weights: Weights): Promise<Decision | undefined> => {
      const known = chooseFrom(weights);
      if (known) return known;
      await Promise.all(layers.map((l) => ask(l, limitsOn(l.layer.name, requirements), weights, seconds, over)));
      const found = chooseFrom(weights);
      if (found) return found;
      verdict = await hooks.ask(script(requirements), seconds());
      if (verdict.status === 'unsat') return infeasible(requirements, verdict);
      return over() ? late() : undefined;
    };

    // All limits together first, which mostly finds mappings where there are some; then each quantity alone.
    let prices = alike(network);
    for (const l of network) {
      const known = chooseFrom(pure[l.quantity]);
      if (known) return known;
    }
    const questions =
      network.length === 0
        ? [anything]
        : [...(network.length > 1 ? [weightsAt(prices, network)] : []), ...network.map((l) => pure[l.quantity])];
    for (const weights of questions) {
      const settles = await look(weights);
      if (settles) return settles;
    }
    for (let round = 0; network.length > 1 && round < mostPrices; round++) {
      const chosen = selection(requirements, weightsAt(prices, network));
      if (!chosen) break;
      prices = adjusted(
        prices,
        network.map((l) => totals(chosen, l)),
        network,
        round,
      );
      const settles = await look(weightsAt(prices, network));
      if (settles) return settles;
    }

    // Z3 proposes what each layer may cost; each is asked whether it can.
    const main = (['energy', 'edp', 'latency'] as const).find((q) => network.some((l) => l.quantity === q));
    for (let step = 0; main !== undefined && step < mostSteps && !over(); step++) {
      if (verdict.status === 'unknown')
        return over()
          ? late()
          : {
              status: 'unknown',
              reason:
                'between the trade-offs of the layers Z3 finds neither a choice that meets the limits nor a ' +
                'proof that there is none',
            };
      const proposed = layers.map((l) => proposal(l, network, verdict, requirements));
      const fitting = layers.map((l, i) => within(l, nth(proposed, i)));
      if (fitting.every((f) => f)) {
        const chosen = layers.map((l, i) => ({ ...l, found: fitting[i]! }));
        return meets(chosen, network)
          ? { status: 'feasible', witness: witnessOf(chosen) }
          : { status: 'unknown', reason: 'a limit is missed by less than the arithmetic of the search can tell' };
      }
      const before = lemmas.length;
      await Promise.all(
        layers.map(async (l, i) => {
          if (fitting[i]) return;
          const limits = { ...nth(proposed, i), [main]: limitsOn(l.layer.name, requirements)[main] };
          await ask(l, limits, pure[main], seconds, over);
        }),
      );
      if (lemmas.length === before) {
        const open = nth(layers, fitting.indexOf(undefined)).layer.name;
        return over() ? late() : { status: 'unknown', reason: `what ${open} costs at least is known only from below` };
      }
      verdict = await hooks.ask(script(requirements), Math.min(choosing, seconds()));
      if (verdict.status === 'unsat') return infeasible(requirements, verdict);
    }
    return over() ? late() : { status: 'unknown', reason: 'some layer has no mapping that was found in time' };
  }

  function least(quantity: CostQuantity): readonly LayerLeast[] {
    return layers.flatMap(({ layer, count, asked }) => {
      const bound = asked.get(JSON.stringify([{}, pure[quantity]]));
      return bound === undefined ? [] : [{ layer, count, quantity, bound }];
    });
  }

  function infeasible(requirements: readonly Requirement[], verdict: Verdict): Decision {
    return { status: 'infeasible', core: requirements.filter((r) => verdict.core.includes(requirementName(r))) };
  }

  async function ask(
    of: Known,
    asked: Readonly<Partial<Record<CostQuantity, number | undefined>>>,
    weights: Weights,
    seconds: () => number,
    over: () => boolean,
  ): Promise<void> {
    const limits = Object.fromEntries(Object.entries(asked).filter(([, most]) => most !== undefined)) as Limits;
    const key = JSON.stringify([limits, weights]);
    if (of.asked.has(key) || over()) return;
    const { layer } = of;
    const task = { architectures, layer, conventions, padding, goal: { objective: 'edp' as const, limits } };
    const least = await hooks.least(
      { task, machine: machine.kind === 'template' ? machine : undefined, technology, weights },
      seconds(),
    );
    if (least.found) of.found.push(least.found);
    // Nothing was proven: the question may be asked again with more time.
    if (least.bound <= 0) return;
    of.asked.set(key, least.bound);
    // Cycles are whole.
    const bound = weights === pure.latency ? Math.ceil(least.bound - 1e-9) : least.bound;
    lemmas.push(
      layerLemma(
        layer.name,
        limits,
        weights,
        bound,
        `${layer.name}: ${least.method}${least.reason === '' ? '' : `; ${least.reason}`}`,
      ),
    );
    const within = Object.entries(limits)
      .map(([q, most]) => `${q} at most ${most}`)
      .join(', ');
    settled.add(
      bound === Infinity
        ? `${layer.name} has no mapping${within === '' ? '' : ` with ${within}`}`
        : `${layer.name} costs at ` +
            `least ${bound.toPrecision(6)} ${describe(weights)}${within === '' ? '' : ` with ${within}`}`,
    );
    hooks.tell(`what ${layer.name} costs at least; ${settled.size} facts settled`);
  }

  /** Per layer the mapping that is worth least, within the layer's limits; undefined where one has none. */
  function selection(requirements: readonly Requirement[], w: Weights): Chosen | undefined {
    const chosen = layers.map((l) => {
      const limits = limitsOn(l.layer.name, requirements);
      const fit = l.found.filter(({ evaluation }) =>
        (Object.entries(limits) as [keyof typeof limits, number][]).every(
          ([q, most]) => measure(q, evaluation) <= most,
        ),
      );
      const found = fit.reduce<Found | undefined>(
        (best, f) => (!best || value(w, f) < value(w, best) ? f : best),
        undefined,
      );
      return { ...l, found };
    });
    return chosen.every((c) => c.found) ? (chosen as Chosen) : undefined;
  }

  /** What Z3 lets a layer cost, of what is limited. */
  function proposal(
    { layer }: CountedLayer,
    network: readonly NetworkLimit[],
    verdict: Verdict,
    requirements: readonly Requirement[],
  ): Limits {
    const limits: Partial<Record<CostQuantity, number>> = { ...limitsOn(layer.name, requirements) };
    for (const { quantity } of network) {
      const allowed = verdict.values.get(`${quantity}@${layer.name}`);
      if (allowed === undefined) continue;
      // Lemmas on sums of products are lowered by a billionth: so much more is taken to be
      // allowed, and the sum is checked.
      const most =
        quantity === 'latency' ? Math.floor(toNumber(allowed) * (1 + 1e-14)) : toNumber(allowed) * (1 + 2e-9);
      limits[quantity] = Math.min(most, limits[quantity] ?? Infinity);
    }
    return limits;
  }

  function witnessOf(chosen: Chosen): Witness {
    return { machine, area, layers: chosen.map(({ layer, count, found }) => ({ layer, count, found })) };
  }
}

type Chosen = readonly (CountedLayer & { readonly found: Found })[];

const value = (w: Weights, { evaluation }: Found) => worth(w, evaluation.energy, evaluation.cycles);
const totals = (chosen: Chosen, { quantity }: NetworkLimit) =>
  chosen.reduce((n, { count, found }) => n + count * measure(quantity, found.evaluation), 0);
const meets = (chosen: Chosen, limits: readonly NetworkLimit[]) => limits.every((l) => totals(chosen, l) <= l.most);

/** A known mapping within a proposal. */
const within = ({ found }: Known, limits: Limits): Found | undefined =>
  found.find(({ evaluation }) =>
    (Object.entries(limits) as [keyof Limits, number][]).every(([q, most]) => measure(q, evaluation) <= most),
  );

const describe = ({ both, energy, cycles }: Weights): string =>
  [
    [both, 'x EDP'],
    [energy, 'x energy'],
    [cycles, 'x cycles'],
  ]
    .flatMap(([w, name]) => (w === 0 ? [] : [w === 1 ? (name as string).slice(2) : `${w} ${name}`]))
    .join(' + ');

/** What requirements ask about that the machine has for sure. */
function factsOf(requirements: readonly Requirement[], machine: Machinery, area: number | undefined): readonly Fact[] {
  const facts = new Map<Fact['of'], number>();
  for (const r of requirements) {
    if (r.kind === 'area' && area !== undefined) facts.set('area', area);
    if (r.kind === 'parameter' && machine.kind === 'template')
      facts.set(r.parameter, parameterOf(machine.template, r.parameter));
  }
  return [...facts].map(([of, value]) => ({ of, value }));
}

const parameterOf = (t: Template, name: Fact['of']): number =>
  name === 'pes' ? t.rows * t.columns : name === 'area' ? 0 : t[name];
