// What is known of a network on one machine: mappings found, lemmas proven; and asking a layer for more.

import { stopText } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import { sum } from '../../base/units.js';
import type { Weights } from '../../enumerate/item.js';
import { costOf } from '../../enumerate/item.js';
import type { Architecture } from '../../model/machine/architecture.js';
import type { Template } from '../../model/machine/parameters.js';
import type { Machinery } from '../../model/machine/presets.js';
import { machineryName } from '../../model/machine/presets.js';
import type { Limits } from '../../model/cost/goal.js';
import { withinLimits } from '../../model/cost/goal.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import type { CostQuantity, Requirement } from '../../model/cost/requirement.js';
import { arrangementsOf } from '../../model/space/design.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { Found } from '../../search/strategy.js';
import type { Fact, Lemma } from '../../smt/network-script.js';
import { machineIn, networkScript } from '../../smt/network-script.js';
import type { Script } from '../../smt/script.js';
import type { NetworkLimit } from './decider.js';
import { layerQuantityOf, limitsOn, totalOf } from './decider.js';
import { layerLemma } from './lemmas.js';
import type { LayerMinimum } from './proof.js';
import type { ProveHooks, ProveRequest } from './prove-request.js';

export type MachineRequest = ProveRequest & {
  readonly candidates: { readonly kind: 'machine'; readonly machine: Machinery };
};

export interface KnownLayer extends CountedLayer {
  /** Mappings found, evaluated. */
  readonly found: Found[];
  /** Questions asked, with what is proven; the next one of the same kind need not be asked. */
  readonly asked: Map<string, number>;
}

export interface Knowledge {
  readonly request: MachineRequest;
  readonly hooks: ProveHooks;
  readonly architectures: readonly Architecture[];
  /** mm2 of a machine of the template. */
  readonly area: number | undefined;
  readonly facts: readonly Fact[];
  readonly layers: readonly KnownLayer[];
  readonly lemmas: Lemma[];
  /** What has been proven, in words. */
  readonly settled: Set<string>;
}

/** A mapping for every layer. */
export type Chosen = readonly (CountedLayer & { readonly found: Found })[];

/** The time that a question has. */
export interface Clock {
  readonly seconds: () => number;
  readonly over: () => boolean;
}

export const anything: Weights = { both: 1, energy: 0, cycles: 0 };

/** Each quantity by itself. */
export const pure = {
  energy: { both: 0, energy: 1, cycles: 0 },
  latency: { both: 0, energy: 0, cycles: 1 },
  edp: anything,
} as const satisfies Record<CostQuantity, Weights>;

export function knowledgeOf(request: MachineRequest, hooks: ProveHooks): Knowledge {
  const { network, technology, candidates, requirements } = request;
  const { machine } = candidates;
  const architectures = arrangementsOf(machine, technology);
  const area = machine.kind === 'template' ? (sum(nth(architectures, 0).area.map((p) => p.area)) as number) : undefined;
  return {
    request,
    hooks,
    architectures,
    area,
    facts: factsOf(requirements, machine, area),
    layers: network.layers.map((l) => ({ ...l, found: [], asked: new Map() })),
    lemmas: [],
    settled: new Set(),
  };
}

/** All that is known, with requirements, as Z3 is asked; `areApart`: instances of a layer may have different mappings. */
export function scriptOf(
  { request, facts, lemmas }: Pick<Knowledge, 'request' | 'facts'> & { readonly lemmas: readonly Lemma[] },
  requirements: readonly Requirement[],
  areApart = false,
): Script {
  const { network, candidates } = request;
  return networkScript({
    title: [
      `${network.name} on ${machineryName(candidates.machine)}: sat where what is known leaves room for all ` +
        'requirements, unsat where nothing meets them',
    ],
    layers: network.layers,
    machine: machineIn(request.requirements),
    facts,
    lemmas,
    requirements,
    areApart,
  });
}

/** What every layer is known to cost at least, whatever is limited. */
export const minimumOf = ({ layers }: Knowledge, of: NetworkQuantity): readonly LayerMinimum[] => {
  const quantity = layerQuantityOf[of];
  return layers.flatMap(({ layer, count, asked }) => {
    const bound = quantity && asked.get(keyOf({}, pure[quantity]));
    return bound === undefined ? [] : [{ layer, count, quantity: defined(quantity), bound }];
  });
};

const keyOf = (limits: Limits, weights: Weights): string => JSON.stringify([limits, weights]);

/**
 * Asks what a layer costs at least by some weights, within limits of its own; the mapping found and the lemma are known
 * from then on. A lemma holds of all mappings, so whatever Z3 refutes with it nothing meets.
 */
export async function askLayer(
  k: Knowledge,
  of: KnownLayer,
  asked: Readonly<Partial<Record<CostQuantity, number | undefined>>>,
  weights: Weights,
  { seconds, over }: Clock,
): Promise<void> {
  const { conventions, padding, technology, candidates } = k.request;
  const { layer } = of;
  const limits = Object.fromEntries(Object.entries(asked).filter(([, max]) => max !== undefined)) as Limits;
  const key = keyOf(limits, weights);
  if (of.asked.has(key) || over()) return;
  const { machine } = candidates;
  const task = {
    architectures: k.architectures,
    layer,
    conventions,
    padding,
    goal: { objective: 'edp' as const, limits },
  };
  const template = machine.kind === 'template' ? machine : undefined;
  const min = await k.hooks.minimum({ task, machine: template, technology, weights }, seconds());
  if (min.found) of.found.push(min.found);
  // Nothing was proven: the question may be asked again with more time.
  if (min.bound <= 0) return;
  of.asked.set(key, min.bound);
  // Cycles are whole.
  const bound = weights === pure.latency ? Math.ceil(min.bound - 1e-9) : min.bound;
  const how = `${layer.name}: ${min.method}${min.reason === undefined ? '' : `; ${stopText(min.reason)}`}`;
  k.lemmas.push(layerLemma(layer.name, limits, weights, bound, how));
  k.settled.add(inWords(layer.name, limits, weights, bound));
  k.hooks.progress(`what ${layer.name} costs at least; ${k.settled.size} facts settled`);
}

function inWords(name: string, limits: Limits, weights: Weights, bound: number): string {
  const max = Object.entries(limits).map(([q, x]) => `${q} at most ${x}`);
  const where = max.length === 0 ? '' : ` with ${max.join(', ')}`;
  return bound === Infinity
    ? `${name} has no mapping${where}`
    : `${name} costs at least ${bound.toPrecision(6)} ${describe(weights)}${where}`;
}

const describe = ({ both, energy, cycles }: Weights): string =>
  (
    [
      [both, 'EDP'],
      [energy, 'energy'],
      [cycles, 'cycles'],
    ] as const
  )
    .flatMap(([w, name]) => (w === 0 ? [] : [w === 1 ? name : `${w} x ${name}`]))
    .join(' + ');

/** Per layer the mapping that costs least by some weights, within the layer's limits; undefined where one has none. */
export function selection(
  { layers }: Knowledge,
  requirements: readonly Requirement[],
  weights: Weights,
): Chosen | undefined {
  const cost = ({ evaluation }: Found) => costOf(weights, evaluation.energy, evaluation.cycles);
  const chosen = layers.map((l) => {
    const limits = limitsOn(l.layer.name, requirements);
    const fitting = l.found.filter((f) => isWithin(f, limits));
    const found = fitting.reduce<Found | undefined>((best, f) => (!best || cost(f) < cost(best) ? f : best), undefined);
    return { ...l, found };
  });
  return chosen.every((c) => c.found) ? (chosen as Chosen) : undefined;
}

export const isWithin = ({ evaluation }: Found, limits: Limits): boolean => withinLimits(limits, evaluation);

export const totals = (chosen: Chosen, { quantity }: NetworkLimit): number => totalOf(quantity, chosen);

export const meets = (chosen: Chosen, limits: readonly NetworkLimit[]): boolean =>
  limits.every((l) => totals(chosen, l) <= l.max);

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
