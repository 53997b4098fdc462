// A network mapped on a machine, as `magnet map` does it: every layer with its proof, or the network as a whole.

import { technology16nm } from '../model/machine/technology.js';
import type { Technology } from '../model/machine/technology.js';
import type { Machinery } from '../model/machine/presets.js';
import { machineryName } from '../model/machine/presets.js';
import type { Template } from '../model/machine/template.js';
import { arrangementsOf } from '../model/space/design.js';
import type { Design } from '../model/space/design.js';
import type { Network } from '../model/workload/network.js';
import type { NetworkTotals } from '../model/cost/network-goal.js';
import { objectiveOfLayers } from '../model/cost/network-goal.js';
import { mapResult, mapResultNetwork } from '../results/map-answer.js';
import { mapDesign } from '../results/map-design.js';
import type { MapResult, MapResultNetwork } from '../results/map-result.js';
import type { LayerResult, MapEvent, MapRequest } from '../tuner/map-network.js';
import { mapNetwork, networkObjectiveOf, totals } from '../tuner/map-network.js';
import type { WholeGoal } from '../tuner/network/map-whole.js';
import { mapWhole, whyNoColumns } from '../tuner/network/map-whole.js';
import { askOn, certifyOn, columnsOn, solveOn } from '../tuner/on-workers.js';
import { calledBy, callText, machineryOf, nameOf } from './called.js';
import type { MapAsked } from './map-request.js';
import { mapRequest } from './map-request.js';
import type { CallOptions, Session } from './session.js';
import { inSession } from './session.js';
import { explained } from './why-infeasible.js';

/** What is left out is as for the command: EDP of every layer without limits, to 0.01 %, a minute a layer, 16 nm. */
export interface MapOptions extends CallOptions, Omit<MapAsked, 'programs' | 'objective'> {
  readonly technology?: Technology;
  /**
   * Asked of the network as a whole, in place of what every layer has alone: an objective of its totals, limits on them, and
   * a mapping for every instance. `goal.limits` and `layerLimits` still hold for each layer.
   */
  readonly whole?: WholeGoal;
  /** Of layers that are mapped alone. */
  readonly progress?: (event: MapEvent) => void;
}

/** What `map` answers. */
export interface MappedNetwork {
  /** Of a layer without a mapping the answer's reason says why. Empty where a network asked about as a whole has none. */
  readonly layers: readonly LayerResult[];
  /** Undefined where a layer has no mapping. */
  readonly totals: NetworkTotals | undefined;
  /** What was found and proven of the network as a whole; undefined where every layer was asked about alone. */
  readonly whole: MapResultNetwork | undefined;
  /** The machine with these mappings: `printDesign`, `emit`, `simulate`, `certify` and `report` take it. */
  readonly design: Design;
  /** What `map --json` writes: `printMapResult` and `report` take it. */
  readonly result: MapResult;
}

interface Mapped {
  readonly request: MapRequest;
  readonly layers: readonly LayerResult[];
  readonly whole?: MapResultNetwork;
}

/**
 * The best mapping of every layer of a network, each proven, or with `whole` those that are best together. `machine` is a
 * template, such as the preset `simba`, or what `parseMachinery` gives. Rejects with a sentence where a network cannot be asked
 * about as a whole.
 */
export function map(network: Network, machine: Template | Machinery, options: MapOptions = {}): Promise<MappedNetwork> {
  const machinery = machineryOf(machine);
  const { technology = technology16nm, whole, progress = () => {} } = options;
  const lowered = { machinery, technology, architectures: arrangementsOf(machinery, technology) };
  const called = calledBy(callText('map', [JSON.stringify(network.name), nameOf(machinery)], options));
  return inSession(options, async (session) => {
    const asked = mapRequest(network, lowered, whole ? { ...options, ...layerGoal(whole, options) } : options);
    const { request, layers, ...together } = whole
      ? await mapTogether(asked, whole, session)
      : await mapAlone(asked, progress, session);
    const limits = { each: asked.goal.limits, layers: asked.layerLimits ?? {}, area: undefined };
    return {
      layers,
      totals: layers.length === request.network.layers.length ? totals(networkObjectiveOf(request), layers) : undefined,
      whole: together.whole,
      design: mapDesign({ request, machine: lowered }, layers, called),
      result: mapResult(
        {
          request,
          machine: { ...lowered, name: machineryName(machinery) },
          limits: { ...limits, ...(whole && { network: whole.limits }) },
        },
        layers,
        together.whole,
      ),
    };
  });
}

async function mapAlone(
  request: MapRequest,
  event: (event: MapEvent) => void,
  { runner, logic, now, stopped }: Session,
): Promise<Mapped> {
  const solve = solveOn(runner);
  const hooks = { now, width: runner.width, solve, certify: certifyOn(runner), event, stopped };
  const layers = await mapNetwork(request, hooks);
  const how = { solve, ask: askOn(logic), now };
  return { request, layers: await Promise.all(layers.map((r) => explained(request, r, how))) };
}

/** What a layer's own figures are measured by where the network is asked about as a whole. */
const layerGoal = ({ objective }: WholeGoal, { goal }: MapOptions): Pick<MapRequest, 'goal' | 'objective'> => ({
  goal: { objective: objectiveOfLayers[objective], limits: goal?.limits ?? {} },
  objective,
});

async function mapTogether(asked: MapRequest, goal: WholeGoal, { runner, now, stopped }: Session): Promise<Mapped> {
  const { machine } = asked;
  const without =
    whyNoColumns(asked) ??
    (asked.certify ? 'certificates are for single layers; leave out certify' : undefined) ??
    (asked.solver === 'auto' || asked.solver === 'enumerate'
      ? undefined
      : `${asked.solver} maps single layers only; leave out solver`);
  if (without !== undefined || !machine)
    throw new Error(
      `whole asks about the network as a whole, and ${without ?? 'the machine is not one of the template'}`,
    );
  const hooks = { now, columns: columnsOn(runner), stopped };
  const { request, results, answer, without: none } = await mapWhole({ ...asked, machine }, goal, hooks);
  return { request, layers: results, whole: mapResultNetwork(goal.objective, answer, none) };
}
