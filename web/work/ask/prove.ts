// `prove`: whether a machine, or any machine of a space, meets all limits at once.

import type { Network, Parsed, ProveCommand, ProveRequest } from 'magnet-accelerator';
import type { DesignSpace } from 'magnet-accelerator';
import {
  commandLine,
  forNetworks,
  magnetConventions,
  parseRequirements,
  proveVerb,
  technology16nm,
  withOwnNames,
} from 'magnet-accelerator';
import type { Question } from '../question.js';
import type { Files } from './given.js';
import { defaults, faultsOf, located, parsed, refused, sharedValues } from './given.js';
import type { GivenMachine } from './machine-of.js';
import { machineOf, spaceOf, technologyOf } from './machine-of.js';
import type { Read } from './network-of.js';
import type { Schedules } from './schedules.js';
import { schedulesToProve } from './schedules.js';

export interface AskedProve {
  readonly verb: 'prove';
  readonly command: string;
  readonly network: Network;
  readonly request: ProveRequest;
  /** One of the two. */
  readonly machine: GivenMachine | undefined;
  readonly named: DesignSpace | undefined;
  readonly schedules: Schedules;
  /** Of layers that read an input of the network. */
  readonly folds: boolean;
}

export function askedProve(q: Question, read: Parsed<Read>, files: Files): Parsed<AskedProve> {
  const ofSpace = q.over === 'space';
  const network = read.ok ? withOwnNames(read.value.network) : undefined;
  const machine = ofSpace ? parsed(undefined) : machineOf(q, files);
  const space = ofSpace ? spaceOf(q, files) : parsed(undefined);
  const technology = technologyOf(q, files);
  const time = located('--time-limit', proveVerb.options.timeLimit.type.read(q.timeLimit));
  const candidates: ProveRequest['candidates'] | undefined =
    machine.ok && machine.value
      ? { kind: 'machine', machine: machine.value.machinery }
      : space.ok && space.value && network
        ? { kind: 'space', space: forNetworks(space.value, [network]) }
        : undefined;
  const limits = parseRequirements(q.limits, { network, candidates });
  if (!network || !read.ok || !machine.ok || !space.ok || !technology.ok || !time.ok || !limits.ok || !candidates)
    return refused(faultsOf(read, machine, space, technology, time, limits));
  const request: ProveRequest = {
    network,
    candidates,
    technology: machine.value?.technology ?? technology.value ?? technology16nm,
    conventions: magnetConventions,
    padding: q.padding,
    requirements: limits.value.requirements,
    timeLimit: time.value,
  };
  const schedules = schedulesToProve(q, read.value, request);
  if (!schedules.ok) return schedules;
  const values = {
    ...defaults(proveVerb),
    ...sharedValues(q),
    ...(machine.value ? { arch: machine.value.arch } : { space: q.space }),
    residency: schedules.value.graphs !== undefined,
    timeLimit: time.value,
  };
  return parsed({
    verb: 'prove',
    command: commandLine(proveVerb, [q.network], values as ProveCommand),
    network,
    machine: machine.value,
    named: space.value,
    schedules: schedules.value,
    folds: q.folds,
    request,
  });
}
