// A question read: every fault at once, in words; or what the library's verbs take, and the command line that asks the same.

import type {
  CodesignCommand,
  CodesignRequest,
  DesignSpace,
  Diagnostic,
  Machinery,
  MapCommand,
  MapOptions,
  Network,
  NetworkGraph,
  Parsed,
  ScheduleCommand,
  ScheduleOptions,
  Template,
} from 'magnet-accelerator';
import {
  codesignVerb,
  commandLine,
  forNetworks,
  magnetConventions,
  mapVerb,
  objectiveOfLayers,
  parseLayerLimits,
  parseLimits,
  parseScheduleLimits,
  scheduleVerb,
  spaces,
  technology16nm,
} from 'magnet-accelerator';
import type { GivenMachine } from './machine-of.js';
import { machineName, machineOf, templateOf } from './machine-of.js';
import type { Read } from './network-of.js';
import { networkOf } from './network-of.js';
import type { DroppedFile, Question } from './question.js';

export type Asked = { readonly command: string; readonly network: Network } & (
  | {
      readonly verb: 'map';
      readonly machine: GivenMachine;
      readonly options: MapOptions;
    }
  | {
      readonly verb: 'schedule';
      readonly machine: GivenMachine;
      readonly graph: NetworkGraph;
      readonly template: Template;
      readonly options: ScheduleOptions;
    }
  | { readonly verb: 'codesign'; readonly request: CodesignRequest; readonly named: DesignSpace }
);

const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
const refuse = (message: string): Parsed<never> => ({
  ok: false,
  diagnostics: [{ code: 'bad-question', path: [], message }],
});
const faultsOf = (...all: readonly Parsed<unknown>[]): readonly Diagnostic[] =>
  all.flatMap((p) => (p.ok ? [] : p.diagnostics));

interface Table {
  readonly options: Readonly<Record<string, object>>;
}

/** What the command line takes where nothing is said. */
const defaults = ({ options }: Table): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(options).flatMap(([name, o]) => ('default' in o ? [[name, o.default]] : [])));

export function asked(question: Question, file: DroppedFile | undefined): Parsed<Asked> {
  const read = networkOf(question, file);
  switch (question.verb) {
    case 'map':
      return askedMap(question, read);
    case 'schedule':
      return askedSchedule(question, read);
    case 'codesign':
      return askedCodesign(question, read);
  }
}

function askedMap(q: Question, read: Parsed<Read>): Parsed<Asked> {
  const machine = machineOf(q);
  const objective = mapVerb.options.objective.type.read(q.objective);
  const time = mapVerb.options.timeLimit.type.read(q.timeLimit);
  const network = read.ok ? read.value.network : undefined;
  const limits = parseLayerLimits(q.limits, clockOf(machine), network, 'whole');
  const area =
    limits.ok && limits.value.area !== undefined
      ? refuse('a limit on the area is for codesign: the machine is given')
      : limits;
  if (!read.ok || !machine.ok || !objective.ok || !time.ok || !limits.ok || !area.ok || !network)
    return { ok: false, diagnostics: faultsOf(read, machine, objective, time, area) };
  const { each, layers, network: whole = {} } = limits.value;
  const one = network.layers.length === 1 && network.layers[0]?.count === 1;
  const isWhole = Object.keys(whole).length > 0 || (objective.value === 'edp' && !one);
  if (isWhole && objective.value === 'ed2p')
    return refuse('ED2P is defined for single layers only; take energy, latency, edp or layer-edp');
  const values = {
    ...defaults(mapVerb),
    arch: machine.value.arch,
    ...sharedValues(q, objective.value, time.value),
  };
  return parsed({
    verb: 'map',
    command: commandLine(mapVerb, [q.network], values as MapCommand),
    network,
    machine: machine.value,
    options: {
      goal: { objective: objectiveOfLayers[objective.value], limits: each },
      layerLimits: layers,
      padding: q.padding,
      timeLimit: time.value,
      ...(isWhole && objective.value !== 'ed2p'
        ? { whole: { objective: objective.value, limits: whole } }
        : { objective: objective.value }),
    },
  });
}

function askedSchedule(q: Question, read: Parsed<Read>): Parsed<Asked> {
  const machine = machineOf(q);
  const objective = scheduleVerb.options.objective.type.read(q.objective);
  const time = scheduleVerb.options.timeLimit.type.read(q.timeLimit);
  const limits = parseScheduleLimits(q.limits, clockOf(machine));
  if (!read.ok || !machine.ok || !objective.ok || !time.ok || !limits.ok)
    return { ok: false, diagnostics: faultsOf(read, machine, objective, time, limits) };
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
  const how = { objective: objective.value, padding: q.padding, folds: q.folds, timeLimit: time.value };
  const values = {
    ...defaults(scheduleVerb),
    ...sharedValues(q, objective.value, time.value),
    arch: machine.value.arch,
  };
  return parsed({
    verb: 'schedule',
    command: commandLine(scheduleVerb, [q.network], values as ScheduleCommand),
    network,
    graph,
    machine: machine.value,
    template,
    options: { ...how, limits: limits.value.network },
  });
}

/** Options that all verbs have, as they are typed. */
const sharedValues = <T>(q: Question, objective: T, timeLimit: number) => ({
  objective,
  ...(q.limits.length > 0 && { limit: q.limits }),
  padding: q.padding,
  folds: q.folds,
  timeLimit,
});

function askedCodesign(q: Question, read: Parsed<Read>): Parsed<Asked> {
  const named = spaces.find((s) => s.name === q.space);
  const space = named
    ? parsed(named)
    : refuse(`unknown space: ${q.space}; there are ${spaces.map((s) => s.name).join(', ')}`);
  const objective = codesignVerb.options.objective.type.read(q.objective);
  const time = codesignVerb.options.timeLimit.type.read(q.timeLimit);
  const network = read.ok ? read.value.network : undefined;
  const limits = parseLimits(q.limits, { of: q.space, mhz: named?.menus.clock ?? [1] }, network);
  if (!read.ok || !space.ok || !objective.ok || !time.ok || !limits.ok || !network || !named)
    return { ok: false, diagnostics: faultsOf(read, space, objective, time, limits) };
  const { area, each, layers, network: whole } = limits.value;
  const ofLayers = Object.keys(each).length + Object.keys(layers).length > 0;
  const values = {
    ...defaults(codesignVerb),
    space: q.space,
    ...sharedValues(q, objective.value, time.value),
  };
  return parsed({
    verb: 'codesign',
    command: commandLine(codesignVerb, [[q.network]], values as CodesignCommand),
    network,
    named,
    request: {
      networks: [{ network, weight: 1 }],
      space: forNetworks(named, [network]),
      technology: technology16nm,
      conventions: magnetConventions,
      objective: objective.value,
      limits: { ...whole, ...(area !== undefined && { area }) },
      ...(ofLayers && { layerLimits: { each, layers } }),
      padding: q.padding,
      gap: codesignVerb.options.gap.default,
      timeLimit: time.value,
    },
  });
}

/** MHz that times are turned into cycles by. */
function clockOf(machine: Parsed<GivenMachine>) {
  if (!machine.ok) return { of: 'the machine', mhz: [1000] };
  const { machinery } = machine.value;
  return { of: machineName(machinery), mhz: [clockIn(machinery)] };
}

const clockIn = (m: Machinery): number => (m.kind === 'template' ? m.template.clock : m.architecture.clock);
