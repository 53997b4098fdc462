// `compare`: strategies on the same questions, with the same wall time, held against a proven bound.

import type { CompareCommand, CompareOptions, DesignSpace, Network, Parsed } from 'magnet-accelerator';
import {
  commandLine,
  compareVerb,
  machineContestants,
  objectiveOfLayers,
  parseLayerLimits,
  solverNames,
} from 'magnet-accelerator';
import type { Question } from '../question.js';
import type { Files } from './given.js';
import { defaults, faultsOf, located, parsed, refuse, refused, sharedValues } from './given.js';
import type { GivenMachine } from './machine-of.js';
import { clockOf, machineName, machineOf, spaceOf, technologyOf } from './machine-of.js';
import type { Read } from './network-of.js';

export interface AskedCompare {
  readonly verb: 'compare';
  readonly command: string;
  readonly network: Network;
  /** One of the two. */
  readonly machine: GivenMachine | undefined;
  readonly named: DesignSpace | undefined;
  readonly objective: string;
  readonly options: CompareOptions;
}

export function askedCompare(q: Question, read: Parsed<Read>, files: Files): Parsed<AskedCompare> {
  const { options } = compareVerb;
  const ofSpace = q.over === 'space';
  const machine = ofSpace ? parsed(undefined) : machineOf(q, files);
  const space = ofSpace ? spaceOf(q, files) : parsed(undefined);
  const technology = technologyOf(q, files);
  const objective = options.objective.type.read(q.objective);
  const time = located('--time', options.time.type.read(q.timeLimit));
  const repeat = located('--repeat', options.repeat.type.read(q.repeat));
  const strategies = strategiesOf(q);
  const network = read.ok ? read.value.network : undefined;
  const limits = parseLayerLimits(q.limits, clocksOf(machine, space), network, 'network');
  if (
    !network ||
    !machine.ok ||
    !space.ok ||
    !technology.ok ||
    !objective.ok ||
    !time.ok ||
    !repeat.ok ||
    !strategies.ok ||
    !limits.ok
  )
    return refused(faultsOf(read, machine, space, technology, objective, time, repeat, strategies, limits));
  if (objective.value === 'edp' || (ofSpace && objective.value === 'ed2p'))
    return refuse(`strategies are compared by what each layer has; take layer-edp, energy or latency`);
  const { each, layers, area } = limits.value;
  if (area !== undefined && machine.value)
    return refuse(
      `the area of ${machineName(machine.value.machinery)} is given; drop the limit, or compare over a space`,
    );
  const how = { time: time.value, repeat: repeat.value, ...(strategies.value && { strategies: strategies.value }) };
  const values = {
    ...defaults(compareVerb),
    ...sharedValues(q),
    ...how,
    ...(machine.value ? { arch: machine.value.arch } : { space: q.space }),
    objective: objective.value,
  };
  const parts = machine.value?.technology ?? technology.value;
  return parsed({
    verb: 'compare',
    command: commandLine(compareVerb, [q.network], values as CompareCommand),
    network,
    machine: machine.value,
    named: space.value,
    objective: objective.value,
    options: {
      ...how,
      goal: { objective: objectiveOfLayers[objective.value], limits: each },
      layerLimits: layers,
      padding: q.padding,
      ...(parts && { technology: parts }),
      ...(area !== undefined && { areaLimit: area }),
    },
  });
}

const clocksOf = (machine: Parsed<GivenMachine | undefined>, space: Parsed<DesignSpace | undefined>) =>
  space.ok && space.value
    ? { of: space.value.name, mhz: space.value.menus.clock }
    : clockOf(machine.ok && machine.value ? { ok: true, value: machine.value } : refused([]));

/** Undefined where all are asked for. */
function strategiesOf({ strategies, over }: Question): Parsed<readonly string[] | undefined> {
  const names = strategies.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const known: readonly string[] = over === 'space' ? machineContestants : solverNames;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) return refuse(`unknown strategy: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return parsed(names.length > 0 ? names : undefined);
}
