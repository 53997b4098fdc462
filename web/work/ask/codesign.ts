// `codesign`: the best machine of a space for some networks, or a front of machines.

import type { CodesignCommand, CodesignRequest, DesignSpace, Network, Parsed } from 'magnet-accelerator';
import {
  codesignVerb,
  commandLine,
  forNetworks,
  frontMetrics,
  magnetConventions,
  parseLimits,
  technology16nm,
} from 'magnet-accelerator';
import type { Question } from '../question.js';
import type { Files } from './given.js';
import { defaults, faultsOf, located, parsed, refuse, refused, sharedValues } from './given.js';
import { spaceOf, technologyOf } from './machine-of.js';
import type { Read } from './network-of.js';
import { networkOf } from './network-of.js';
import type { Schedules } from './schedules.js';
import { schedulesOf } from './schedules.js';

type Metric = (typeof frontMetrics)[number];

export interface AskedCodesign {
  readonly verb: 'codesign';
  readonly command: string;
  /** The first of its networks. */
  readonly network: Network;
  readonly request: CodesignRequest;
  readonly named: DesignSpace;
  readonly schedules: Schedules;
  /** Of layers that read an input of a network. */
  readonly folds: boolean;
  readonly certify: boolean;
  readonly front: { readonly metrics: readonly [min: Metric, limited: Metric]; readonly points: number } | undefined;
}

interface Weighted {
  /** As the command line names it: built in, or a file. */
  readonly given: string;
  readonly weight: number;
}

export function askedCodesign(q: Question, read: Parsed<Read>, files: Files): Parsed<AskedCodesign> {
  const { options } = codesignVerb;
  const space = spaceOf(q, files);
  const technology = technologyOf(q, files);
  const objective = options.objective.type.read(q.objective);
  const time = located('--time-limit', options.timeLimit.type.read(q.timeLimit));
  const more = moreOf(q);
  const others = (more.ok ? more.value : []).map(({ given }) => networkOf({ ...q, network: given }, files));
  const front = frontOf(q, others.length + 1);
  const first = read.ok ? read.value.network : undefined;
  const networks = first ? [first, ...others.flatMap((o) => (o.ok ? [o.value.network] : []))] : [];
  const limits = parseLimits(
    q.limits,
    { of: q.space, mhz: space.ok ? space.value.menus.clock : [1] },
    networks.length > 1 ? merged(networks) : first,
  );
  const all = [read, space, technology, objective, time, more, ...others, front, limits] as const;
  if (
    !first ||
    !space.ok ||
    !technology.ok ||
    !objective.ok ||
    !time.ok ||
    !more.ok ||
    !front.ok ||
    !limits.ok ||
    all.some((p) => !p.ok)
  )
    return refused(faultsOf(...all));
  const { area, each, layers, network: whole } = limits.value;
  const ofLayers = Object.keys(each).length + Object.keys(layers).length > 0;
  const weights = Object.fromEntries(
    more.value.flatMap(({ weight }, i) => (weight === 1 ? [] : [[networks[i + 1]?.name ?? '', weight] as const])),
  );
  const request: CodesignRequest = {
    networks: networks.map((network, i) => ({ network, weight: more.value[i - 1]?.weight ?? 1 })),
    space: forNetworks(space.value, networks),
    technology: technology.value ?? technology16nm,
    conventions: magnetConventions,
    objective: objective.value,
    limits: { ...whole, ...(area !== undefined && { area }) },
    ...(ofLayers && { layerLimits: { each, layers } }),
    padding: q.padding,
    gap: options.gap.default,
    timeLimit: time.value,
  };
  const schedules = schedulesOf(
    q,
    [read, ...others].flatMap((r) => (r.ok ? [r.value] : [])),
    request,
    front.value?.metrics,
  );
  if (!schedules.ok) return schedules;
  const values = {
    ...defaults(codesignVerb),
    residency: schedules.value.graphs !== undefined,
    ...sharedValues(q),
    space: q.space,
    timeLimit: time.value,
    ...(Object.keys(weights).length > 0 && { weight: weights }),
    ...(front.value
      ? { pareto: front.value.metrics.join(','), points: front.value.points }
      : { objective: objective.value }),
  };
  return parsed({
    verb: 'codesign',
    command: commandLine(codesignVerb, [[q.network, ...more.value.map((m) => m.given)]], values as CodesignCommand),
    network: first,
    named: space.value,
    certify: q.certify && !front.value,
    front: front.value,
    schedules: schedules.value,
    folds: q.folds,
    request,
  });
}

/** `mobilenetv2=4, lenet`. */
function moreOf({ network, more }: Question): Parsed<readonly Weighted[]> {
  const texts = more.split(',').flatMap((text) => (text.trim() === '' ? [] : [text.trim()]));
  const read = texts.map((text): Parsed<Weighted> => {
    const [given = '', weight = '1', ...rest] = text.split('=').map((part) => part.trim());
    const value = Number(weight);
    return given !== '' && rest.length === 0 && Number.isFinite(value) && value > 0
      ? parsed({ given, weight: value })
      : refuse(`${text}: expected a network with its weight above 0, such as mobilenetv2=4`);
  });
  const names = [network, ...read.flatMap((r) => (r.ok ? [r.value.given] : []))];
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice !== undefined
    ? refuse(`${twice} is given twice; give it once, with a weight`)
    : read.some((r) => !r.ok)
      ? refused(faultsOf(...read))
      : parsed(read.flatMap((r) => (r.ok ? [r.value] : [])));
}

function frontOf({ objective, front, points }: Question, networks: number): Parsed<AskedCodesign['front']> {
  if (front === '') return parsed(undefined);
  const count = located('--points', codesignVerb.options.points.type.read(points));
  const [min, limited] = [objective, front].map((name) => frontMetrics.find((metric) => metric === name));
  if (!min || !limited || min === limited)
    return refuse(`a front is between two different quantities of ${frontMetrics.join(', ')}`);
  if (networks > 1 && limited !== 'area')
    return refuse(`${limited} is limited for each network on its own: of several networks, trace a front against area`);
  return count.ok ? parsed({ metrics: [min, limited], points: count.value }) : count;
}

/** A limit on a layer may be of any of them. */
const merged = ([first, ...rest]: readonly Network[]): Network | undefined =>
  first && { ...first, layers: [first, ...rest].flatMap((n) => n.layers) };
