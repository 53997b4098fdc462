// The question of `compare --space`: searches over the machines of a space, under the same limits on the area and on single layers.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { magnetConventions } from '../../model/cost/conventions.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { forNetworks } from '../../model/space/design-space.js';
import { limitsOfOneLayer } from '../../model/cost/network-goal.js';
import type { Network } from '../../model/workload/network.js';
import { technology16nm } from '../../model/machine/technology.js';
import { machineContestants, machineReferee } from '../../tuner/solver-names.js';
import type { CompareJob } from './compare-job.js';
import { strategiesOf } from './compare-job.js';
import type { CompareOptions } from '../../options/compare-table.js';
import type { Io } from '../io.js';
import { clocksOf, layerLimitsOf } from '../codesign/limits.js';
import type { LayerLimits } from '../../library/layer-limits.js';
import { isEmpty, isOneLayer, onLayer, parseLimits, splitLimit, tighter } from '../../library/read-limits.js';
import { loadTechnology } from '../read-machine.js';
import { readSpace } from '../read-space.js';
import type { Workload } from '../read-workload.js';
import { loadWorkload, selectLayers } from '../read-workload.js';
import { limitsByName, everyLayer } from '../../results/limits-by-name.js';

export function prepareMachines(
  io: Io,
  given: string,
  options: CompareOptions & { readonly space: string },
): Parsed<CompareJob> {
  const workload = loadWorkload(io, given, {
    batch: options.batch,
    dims: options.dim,
    sameShape: options.sameShape,
    diagonal: options.diagonal,
    folds: options.folds,
    allSteps: !options.layersOnly,
  });
  const selected = workload.ok ? selectLayers(workload.value.network, options.layer) : workload;
  const read = readSpace(io, options.space, options.dramBandwidth);
  const technology = options.technology === undefined ? parsed(technology16nm) : loadTechnology(io, options.technology);
  const names = strategiesOf(options.strategies, machineContestants);
  const limits = machineLimits(read, options.limit ?? [], selected.ok ? selected.value : undefined);
  const objective = objectiveOf(workload, options);
  if (!selected.ok || !read.ok || !technology.ok || !names.ok || !limits.ok || !objective.ok)
    return refused(faultsOf(selected, read, technology, names, limits, objective));
  const network = selected.value;
  const contestants = names.value ?? machineContestants;
  const { each, layers, area, understood } = limits.value;
  const gap = options.gap ?? 0.01;
  return parsed({
    request: {
      arenas: [{ name: read.value.name, count: 1 }],
      contestants,
      referee: { strategy: machineReferee, first: !contestants.includes(machineReferee) },
      time: options.time,
      repeat: options.repeat,
      seed: options.seed,
      gap,
    },
    question: {
      kind: 'machines',
      codesign: {
        networks: [{ network, weight: 1 }],
        space: forNetworks(read.value, [network]),
        technology: technology.value,
        conventions: magnetConventions,
        objective: objective.value,
        limits: area === undefined ? {} : { area },
        ...layerLimitsOf({ each, layers }),
        padding: options.padding,
        gap,
        timeLimit: options.time,
      },
    },
    network,
    on: read.value.name,
    conventions: magnetConventions.name,
    limits: limitsByName({ each, layers, area }),
    hopeless: undefined,
    notes: [],
    understood,
  });
}

/** What cannot be asked of a space is refused. */
function objectiveOf(
  workload: Parsed<Workload>,
  { objective }: CompareOptions,
): Parsed<'energy' | 'latency' | 'layer-edp'> {
  if (workload.ok && workload.value.fromCase !== undefined)
    return refuse(
      'not-a-network',
      [],
      `${workload.value.network.name} is a case, which includes its machine; for a space, give a network or a layer table`,
    );
  return objective === 'ed2p'
    ? refuse(
        'conflict',
        [],
        '--objective ed2p: searches over machines minimise energy, latency or layer-edp; take one of these',
      )
    : // `edp` was asked of one layer, where it is the same.
      parsed(objective === 'edp' ? 'layer-edp' : objective);
}

/**
 * On the chip and on single layers. A network of one layer is that layer; of more, a machine at its best
 * mappings cannot be held to a sum.
 */
function machineLimits(
  space: Parsed<DesignSpace>,
  given: readonly string[],
  network: Network | undefined,
): Parsed<LayerLimits> {
  const read = parseLimits(given, clocksOf(space), network);
  if (!read.ok || isEmpty(read.value.network)) return read;
  if (network && isOneLayer(network))
    return parsed({ ...read.value, each: tighter(read.value.each, limitsOfOneLayer(read.value.network)) });
  const texts = given.filter((text) => {
    const parts = splitLimit(text.trim());
    return parts?.layer === undefined && parts?.name !== 'area';
  });
  return refused(
    texts.map((text) => ({
      code: 'bad-limit',
      path: [],
      message:
        `--limit ${text.trim()}: searches over machines are compared under limits on the area and on single ` +
        `layers; write ${onLayer(text, everyLayer)} for each layer, ` +
        'or ask "magnet codesign" about the network',
    })),
  );
}
