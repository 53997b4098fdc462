// `map`: the best mapping of every layer on a machine.

import type { MapCommand, MapOptions, Network, Parsed } from 'magnet-accelerator';
import { commandLine, mapVerb, objectiveOfLayers, parseLayerLimits } from 'magnet-accelerator';
import type { Question } from '../question.js';
import type { Files } from './given.js';
import { defaults, faultsOf, located, parsed, refuse, refused, sharedValues } from './given.js';
import type { GivenMachine } from './machine-of.js';
import { clockOf, machineOf } from './machine-of.js';
import type { Read } from './network-of.js';

export interface AskedMap {
  readonly verb: 'map';
  readonly command: string;
  readonly network: Network;
  readonly machine: GivenMachine;
  readonly options: MapOptions;
}

export function askedMap(q: Question, read: Parsed<Read>, files: Files): Parsed<AskedMap> {
  const machine = machineOf(q, files);
  const objective = mapVerb.options.objective.type.read(q.objective);
  const time = located('--time-limit', mapVerb.options.timeLimit.type.read(q.timeLimit));
  const network = read.ok ? read.value.network : undefined;
  const limits = parseLayerLimits(q.limits, clockOf(machine), network, 'whole');
  const area =
    limits.ok && limits.value.area !== undefined
      ? refuse('a limit on the area is for codesign: the machine is given')
      : limits;
  if (!read.ok || !machine.ok || !objective.ok || !time.ok || !limits.ok || !area.ok || !network)
    return refused(faultsOf(read, machine, objective, time, area));
  const { each, layers, network: whole = {} } = limits.value;
  const one = network.layers.length === 1 && network.layers[0]?.count === 1;
  const isWhole = Object.keys(whole).length > 0 || (objective.value === 'edp' && !one);
  if (isWhole && objective.value === 'ed2p')
    return refuse('ED2P is defined for single layers only; take energy, latency, edp or layer-edp');
  if (isWhole && q.certify)
    return refuse(
      'a certificate is about layers that are settled one by one; leave it out, or take layer-edp without limits on the network',
    );
  const values = {
    ...defaults(mapVerb),
    ...sharedValues(q),
    arch: machine.value.arch,
    objective: objective.value,
    timeLimit: time.value,
    ...(q.certify && { certify: true }),
  };
  const { certifyEps, certifyTime } = mapVerb.options;
  return parsed({
    verb: 'map',
    command: commandLine(mapVerb, [q.network], values as MapCommand),
    network,
    machine: machine.value,
    options: {
      goal: { objective: objectiveOfLayers[objective.value], limits: each },
      layerLimits: layers,
      technology: machine.value.technology,
      padding: q.padding,
      timeLimit: time.value,
      ...(q.certify && { certify: { eps: certifyEps.default, time: certifyTime.default } }),
      ...(isWhole && objective.value !== 'ed2p'
        ? { whole: { objective: objective.value, limits: whole } }
        : { objective: objective.value }),
    },
  });
}
