// All machines of a design space: branch and bound over shapes and sizes, ended as soon as a machine meets the limits
// or it is proven that none does. Limits on the network count together, at prices; what is proven is a lemma for Z3.

import { interrupted, timeRanOut, unsettled } from '../../base/stop-reason.js';
import { defined, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import { minArea, whyUnbounded } from '../../enumerate/item-costs.js';
import type { Weights } from '../../enumerate/item.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { shapesOf, templateAt } from '../../model/space/design-space.js';
import type { LimitedParameter, Requirement } from '../../model/cost/requirement.js';
import { chipArea } from '../../model/machine/template-parts.js';
import type { Lemma } from '../../smt/network-script.js';
import { machineIn, networkScript, ofMachine, requirementName, requirementTerm } from '../../smt/network-script.js';
import { and, atLeast, equal, implies, not, number, or } from '../../smt/script.js';
import { bestFirst } from '../codesign/best-first.js';
import type { CodesignProblem } from '../codesign/codesign-problem.js';
import type { FoundMachine } from '../codesign/shape-task.js';
import type { Decider, Decision } from './decider.js';
import { isNetwork, limitsOn, totalOf } from './decider.js';
import { networkLemma } from './lemmas.js';
import { adjusted, alike, weightsAt } from './prices.js';
import type { Witness } from './proof.js';
import type { ProveHooks, ProveRequest } from './prove-request.js';

const maxPrices = 10;
/** Any machine will do; what it is good at does not matter. */
const anything: Weights = { both: 0, energy: 0, cycles: 1 };
/**
 * The search sums areas in another order than the area model: it looks so much further,
 * and machines found are measured.
 */
const areaSlack = 1e-12;
/** What a bound must be above the sum of the prices to prove something: sums are in floating point. */
const beyondRounding = 1 + 1e-9;

export function spaceDecider(
  request: ProveRequest & { readonly candidates: { readonly kind: 'space'; readonly space: DesignSpace } },
  hooks: ProveHooks,
): Decider {
  const {
    network: { name, layers },
    technology,
    padding,
    candidates: { space },
  } = request;
  const lemmas: Lemma[] = menus(space, request.requirements);
  const settled = new Set<string>();
  const areas = new Map<string, number>();
  const unbounded = whyUnbounded(space, technology);
  const engine = { now: hooks.now, width: hooks.width, shapes: hooks.shapes, stopped: hooks.stopped };

  const script = (requirements: readonly Requirement[]) =>
    networkScript({
      title: [
        `${name} on the machines of ${space.name}: sat where what is known leaves room for all requirements, ` +
          'unsat where nothing meets them',
      ],
      layers,
      machine: machineIn(request.requirements),
      facts: [],
      lemmas,
      requirements,
    });
  const values: Decider['values'] = ({ parameter }) => (parameter === 'pes' ? pesOf(space) : space.menus[parameter]);

  return { decide, script, values, settled: () => [...settled], min: () => [] };

  async function decide(requirements: readonly Requirement[], deadline: number): Promise<Decision> {
    const given = requirements.filter((r) => !isNetwork(r));
    const limits = requirements.filter(isNetwork);
    const seconds = () => Math.max(0.1, (deadline - hooks.now()) / 1000);
    const refuted = async (): Promise<Decision | undefined> => {
      const { status, core } = await hooks.ask(script(requirements), seconds());
      return status === 'unsat'
        ? { status: 'infeasible', core: requirements.filter((r) => core.includes(requirementName(r))) }
        : undefined;
    };
    const within = restricted(space, requirements);
    if (unbounded !== undefined) return { status: 'unknown', reason: unsettled(unbounded) };
    if (within) smallest(within, requirements);
    const atOnce = await refuted();
    if (atOnce) return atOnce;
    if (!within) {
      // Menus leave values, but none of them make a machine together.
      const parameters = requirements.filter((r) => r.kind === 'parameter');
      lemmas.push({
        term: not(and(...parameters.map((r) => requirementTerm(r)))),
        comment: 'no values within these make a machine',
      });
      settled.add(`no machine of ${space.name} has ${parameters.map((r) => r.text).join(', ')}`);
      return (
        (await refuted()) ?? { status: 'unknown', reason: { kind: 'time-limit', said: 'Z3 gave no answer in time' } }
      );
    }

    let prices = alike(limits);
    for (let round = 0; round <= maxPrices; round++) {
      const priced = limits.reduce((total, _, i) => total + nth(prices, i), 0);
      const problem = problemAt(within, requirements, limits.length === 0 ? anything : weightsAt(prices, limits));
      const meets = (m: FoundMachine) =>
        areaFits(within, m, requirements) && limits.every((l) => totalOf(l.quantity, layersOf(m)) <= l.max);
      // Where several limits are priced alike, a machine below the sum of the prices may still miss one of them.
      const result = await bestFirst(
        problem,
        {
          // One limit is decided by the search itself, however close; prices on several are a first try.
          gap: limits.length < 2 ? 0 : 1e-3,
          deadline,
          known: [],
          bounds: new Map(),
          enough: (best, bound) =>
            (best !== undefined && meets(best)) || (limits.length > 0 && bound > priced * beyondRounding),
          progress: (s) =>
            hooks.tell(
              'the least over all machines: ' +
                (s.unbounded > 0
                  ? `bounding shapes, ${s.shapes - s.unbounded} of ${s.shapes}`
                  : `${s.shapes - s.open} of ${s.shapes} shapes closed, ${s.nodes} boxes of machines`),
            ),
        },
        engine,
      );
      if (result.best && meets(result.best)) return { status: 'feasible', witness: witnessOf(within, result.best) };
      if (result.status === 'infeasible')
        learn(given, anything, Infinity, 'no machine has a mapping for every layer within these');
      else if (limits.length > 0 && result.bound > 0)
        learn(given, weightsAt(prices, limits), result.bound * (1 - 1e-9), `${result.nodes} boxes of machines`);
      const proven = await refuted();
      if (proven) return proven;
      if (hooks.stopped() || hooks.now() >= deadline)
        return { status: 'unknown', reason: hooks.stopped() ? interrupted : timeRanOut };
      if (limits.length < 2 || !result.best) break;
      const reached = layersOf(result.best);
      prices = adjusted(
        prices,
        limits.map((l) => totalOf(l.quantity, reached)),
        limits,
        round,
      );
    }
    return {
      status: 'unknown',
      reason: unsettled(
        limits.length < 2
          ? 'the best machine is so close to the limit that the bound of its cycles does not tell'
          : 'between the prices of the limits lies a gap that they cannot close',
      ),
    };
  }

  function problemAt(within: DesignSpace, requirements: readonly Requirement[], weights: Weights): CodesignProblem {
    const area =
      Math.min(Infinity, ...requirements.flatMap((r) => (r.kind === 'area' ? [r.max] : []))) * (1 + areaSlack);
    const scaled = (count: number): Weights => ({
      both: count * weights.both,
      energy: count * weights.energy,
      cycles: count * weights.cycles,
    });
    return {
      space: within,
      technology,
      padding,
      area,
      terms: layers.map(({ layer, count }) => ({
        layer,
        weights: scaled(count),
        limits: limitsOn(layer.name, requirements),
      })),
    };
  }

  function learn(given: readonly Requirement[], weights: Weights, bound: number, how: string): void {
    lemmas.push(networkLemma(given, weights, bound, how));
    const where = given.length === 0 ? '' : ` where ${given.map((r) => r.text).join(', ')}`;
    settled.add(
      Number.isFinite(bound)
        ? `${describe(weights)} of the network is at least ${bound.toPrecision(6)}${where}`
        : `no machine has a mapping for every layer${where}`,
    );
  }

  /** The minimum area that parameters leave. */
  function smallest(within: DesignSpace, requirements: readonly Requirement[]): void {
    const parameters = requirements.filter((r) => r.kind === 'parameter');
    const key = parameters.map((r) => r.text).join();
    if (areas.has(key) || !requirements.some((r) => r.kind === 'area')) return;
    const min = minArea(within, technology);
    areas.set(key, min);
    lemmas.push(areaLemma(parameters, min));
    settled.add(`no machine takes less than ${min.toPrecision(5)} mm2${key === '' ? '' : ` where ${key}`}`);
  }

  /** By the area model itself. */
  function areaFits(within: DesignSpace, machine: FoundMachine, requirements: readonly Requirement[]): boolean {
    return requirements.every((r) => r.kind !== 'area' || defined(witnessOf(within, machine).area) <= r.max);
  }

  function layersOf(machine: FoundMachine) {
    return layers.map((l, i) => ({ ...l, found: nth(machine.found, i) }));
  }

  function witnessOf(within: DesignSpace, machine: FoundMachine): Witness {
    const template = templateAt(within, machine.point);
    invariant(template, 'the machine found is none');
    return { machine: { kind: 'template', template }, area: chipArea(template, technology), layers: layersOf(machine) };
  }
}

const describe = ({ both, energy, cycles }: Weights): string =>
  [
    [both, 'EDP'],
    [energy, 'energy'],
    [cycles, 'cycles'],
  ]
    .flatMap(([w, of]) => (w === 0 ? [] : [`${(w as number).toPrecision(4)} x ${of}`]))
    .join(' + ');

/** The machines that meet what is required of parameters; undefined where there are none. */
function restricted(space: DesignSpace, requirements: readonly Requirement[]): DesignSpace | undefined {
  const onParameters = requirements.filter((r) => r.kind === 'parameter');
  const menus = { ...space.menus };
  let { maxPes, minPes = 0 } = space;
  for (const { parameter, bound, value } of onParameters) {
    if (parameter !== 'pes')
      menus[parameter] = menus[parameter].filter((v) => (bound === 'max' ? v <= value : v >= value));
    else if (bound === 'max') maxPes = Math.min(maxPes, value);
    else minPes = Math.max(minPes, value);
  }
  // What is known of its shapes is kept with the space: it stays the same one where it can.
  const left: DesignSpace =
    onParameters.length === 0 ? space : { ...space, menus, maxPes, ...(minPes > 0 && { minPes }) };
  return Object.values(menus).some((m) => m.length === 0) || shapesOf(left).length === 0 ? undefined : left;
}

/** Products of rows and columns that the space allows. */
const pesOf = (space: DesignSpace): readonly number[] =>
  [...new Set(arraysOf(space).map(([, , pes]) => pes))].sort((x, y) => x - y);

const arraysOf = ({ menus, maxPes, minPes = 0 }: DesignSpace): readonly (readonly [number, number, number])[] =>
  menus.rows.flatMap((r) =>
    menus.columns.flatMap((c) => (r * c <= maxPes && r * c >= minPes ? [[r, c, r * c] as const] : [])),
  );

/** The values that parameters in question may take. */
function menus(space: DesignSpace, requirements: readonly Requirement[]): Lemma[] {
  const asked = new Set(requirements.flatMap((r): LimitedParameter[] => (r.kind === 'parameter' ? [r.parameter] : [])));
  const is = (p: LimitedParameter, value: number) => equal(ofMachine(p), number(value));
  const array = (['rows', 'columns', 'pes'] as const).filter((p) => asked.has(p));
  const each = [...asked].flatMap((p): Lemma[] =>
    p === 'rows' || p === 'columns' || p === 'pes'
      ? []
      : [{ term: or(...space.menus[p].map((v) => is(p, v))), comment: `the menu of ${p}` }],
  );
  if (array.length === 0) return each;
  const term = or(
    ...arraysOf(space).map(([rows, columns, pes]) => and(...array.map((p) => is(p, { rows, columns, pes }[p])))),
  );
  return [...each, { term, comment: 'rows and columns of PEs' }];
}

/** Areas are sums in floating point. */
const areaLemma = (given: readonly Requirement[], min: number): Lemma => {
  const conclusion = atLeast(ofMachine('area'), number(min * (1 - 1e-12)));
  return {
    term: given.length === 0 ? conclusion : implies(and(...given.map((r) => requirementTerm(r))), conclusion),
    comment: 'the smallest machine',
  };
};
