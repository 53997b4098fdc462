// `schedule`: which tensors stay in the global buffer, with a mapping for every run.

import type { NetworkGraph, Parsed, ScheduleCommand, ScheduleOptions, Template } from 'magnet-accelerator';
import { commandLine, parseScheduleLimits, scheduleVerb } from 'magnet-accelerator';
import type { Network } from 'magnet-accelerator';
import type { Question } from '../question.js';
import type { Files } from './given.js';
import { defaults, faultsOf, located, parsed, refuse, refused, sharedValues } from './given.js';
import type { GivenMachine } from './machine-of.js';
import { clockOf, machineName, machineOf, templateOf } from './machine-of.js';
import type { Read } from './network-of.js';

export interface AskedSchedule {
  readonly verb: 'schedule';
  readonly command: string;
  readonly network: Network;
  readonly machine: GivenMachine;
  readonly graph: NetworkGraph;
  readonly template: Template;
  readonly options: ScheduleOptions;
}

export function askedSchedule(q: Question, read: Parsed<Read>, files: Files): Parsed<AskedSchedule> {
  const machine = machineOf(q, files);
  const objective = scheduleVerb.options.objective.type.read(q.objective);
  const time = located('--time-limit', scheduleVerb.options.timeLimit.type.read(q.timeLimit));
  const limits = parseScheduleLimits(q.limits, clockOf(machine));
  if (!read.ok || !machine.ok || !objective.ok || !time.ok || !limits.ok)
    return refused(faultsOf(read, machine, objective, time, limits));
  const { graph, network } = read.value;
  if (!graph)
    return refuse(
      `${q.network} is a list of layers without an order; schedule takes a built-in network or an ONNX file`,
    );
  const template = templateOf(machine.value.machinery);
  if (!template)
    return refuse(
      `${machineName(machine.value.machinery)} is not made from the template, whose global buffer alone keeps tensors; choose another machine`,
    );
  const how = {
    objective: objective.value,
    residency: q.residency !== 'none',
    bands: q.bands,
    padding: q.padding,
    folds: q.folds,
    timeLimit: time.value,
  };
  const batch = Number(q.batch);
  const values = { ...defaults(scheduleVerb), ...sharedValues(q), ...how, arch: machine.value.arch };
  return parsed({
    verb: 'schedule',
    command: commandLine(scheduleVerb, [q.network], values as ScheduleCommand),
    network,
    graph,
    machine: machine.value,
    template,
    options: {
      ...how,
      ...(batch > 1 && { images: batch }),
      technology: machine.value.technology,
      limits: limits.value.network,
    },
  });
}
