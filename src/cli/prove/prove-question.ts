// The question that a command line of `prove` asks: a network, a machine or a space, and requirements, with
// every fault found before any work.

import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { conventionsByName, magnetConventions } from '../../model/cost/conventions.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { forNetworks } from '../../model/space/design-space.js';
import type { Network } from '../../model/workload/network.js';
import { withOwnNames } from '../../model/workload/network.js';
import type { Technology } from '../../model/machine/technology.js';
import { technology16nm } from '../../model/machine/technology.js';
import { machineryName } from '../../model/machine/presets.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { Precision } from '../../quantize/quantize-options.js';
import { precisionText } from '../../quantize/quantize-options.js';
import type { Candidates, ProveRequest } from '../../tuner/prove/prove-request.js';
import type { Io } from '../io.js';
import type { GivenMachine } from '../read-machine.js';
import { loadTechnology, presetNames, technologyNote } from '../read-machine.js';
import { machineFor, workloadOptions } from '../mapping-question.js';
import type { ProveOptions } from '../../options/prove-table.js';
import { accuracyLoss, splitAccuracy, withoutLoss } from '../loss/loss-limit.js';
import { precisionsIn } from '../loss/precisions-asked.js';
import { parseRequirements } from '../../library/requirements.js';
import { spaceWithResidency } from '../../model/space/design-space.js';
import type { ProveSchedulesAsked } from '../../library/prove-schedules.js';
import { withResidency } from '../../library/prove-schedules.js';
import { readSpace } from '../read-space.js';
import type { Workload } from '../read-workload.js';
import { loadWorkload, selectLayers } from '../read-workload.js';
import type { SchedulesWanted } from '../schedules-wanted.js';
import { schedulesIn } from './schedules-asked.js';

export interface ProveJob {
  readonly request: ProveRequest;
  /** As it was named, before the network decided the width of its sums; undefined where a machine was named. */
  readonly space: DesignSpace | undefined;
  readonly schedules: SchedulesWanted<ProveSchedulesAsked>;
  /** The share of samples that may be lost, where that is limited, and the precisions that are measured. */
  readonly loss: { readonly limit: number; readonly precisions: readonly Precision[] } | undefined;
  /** What is worth knowing of the question before the answer, a line each. */
  readonly notes: readonly string[];
  /** How limits were understood, a line each: said even where all else is quiet. */
  readonly understood: readonly string[];
}

/** What was asked about, as it was named. */
type Named =
  | { readonly kind: 'machine'; readonly machine: GivenMachine }
  | { readonly kind: 'space'; readonly space: DesignSpace; readonly technology: Technology };

export function prepareProve(io: Io, given: string, options: ProveOptions): Parsed<ProveJob> {
  const workload = loadWorkload(io, given, workloadOptions(given, options));
  const named = loadNamed(io, workload, options);
  const selected = workload.ok ? selectLayers(workload.value.network, options.layer) : parsed(undefined);
  const network = selected.ok && selected.value ? withOwnNames(selected.value) : undefined;
  const candidates = named.ok ? candidatesOf(named.value, network) : undefined;
  const split = splitAccuracy(options.limit ?? []);
  const tried = split.ok ? precisionsTried(split.value.loss, named, options) : parsed(undefined);
  const requirements = parseRequirements(split.ok ? split.value.costs : [], {
    network,
    candidates:
      candidates && network && tried.ok && tried.value ? withAll(candidates, tried.value, network) : candidates,
  });
  const precisions =
    tried.ok && requirements.ok ? within(tried.value, requirements.value.requirements) : parsed(undefined);
  if (
    !workload.ok ||
    !selected.ok ||
    !named.ok ||
    !split.ok ||
    !tried.ok ||
    !requirements.ok ||
    !precisions.ok ||
    !network ||
    !candidates
  )
    return refused(faultsOf(workload, selected, named, split, tried, requirements, precisions));
  const { loss: limit } = split.value;
  const fromFiles =
    named.value.kind === 'machine'
      ? (workload.value.fromCase?.conventions ?? workload.value.conventions ?? named.value.machine.conventions)
      : workload.value.fromCase?.conventions;
  const request: ProveRequest = {
    network,
    candidates,
    technology: named.value.kind === 'machine' ? named.value.machine.technology : named.value.technology,
    conventions: conventionsByName.find((c) => c.name === options.conventions) ?? fromFiles ?? magnetConventions,
    padding: options.padding,
    ...(options.sharedMappings && { sharedMappings: true }),
    requirements: requirements.value.requirements,
    timeLimit: options.timeLimit,
  };
  const schedules = schedulesIn(options, workload.value, request, limit);
  if (!schedules.ok) return schedules;
  const { asked } = schedules.value;
  const space = named.value.kind === 'space' ? named.value.space : undefined;
  return parsed({
    request: asked ? { ...request, candidates: withResidency(candidates) } : request,
    space: asked && space ? spaceWithResidency(space) : space,
    schedules: schedules.value,
    loss: limit === undefined || !precisions.value ? undefined : { limit, precisions: precisions.value },
    notes: [
      ...(named.value.kind === 'machine' ? [technologyNote(named.value.machine, options.technology).trim()] : []),
      ...network.layers.flatMap(({ layer, count }) => {
        const limits = requirements.value.requirements.flatMap((r) =>
          r.kind === 'layer' && r.layer === layer.name ? [r.text] : [],
        );
        return count > 1 && limits.length > 0
          ? [
              `note: ${layer.name} stands for ${count} layers of one shape; ${limits.join(' and ')} ` +
                `hold${limits.length > 1 ? '' : 's'} for each of them`,
            ]
          : [];
      }),
    ].filter((note) => note !== ''),
    understood: requirements.value.understood,
  });
}

function loadNamed(io: Io, workload: Parsed<Workload>, options: ProveOptions): Parsed<Named> {
  const { space, technology } = options;
  if (space !== undefined) {
    const fromCase = workload.ok && workload.value.fromCase !== undefined;
    if (fromCase)
      return refuse(
        'not-a-network',
        [],
        `${workload.value.network.name} is a case, which includes its machine; for a space, give a network or a layer table`,
      );
    const [read, parts] = [
      readSpace(io, space, options.dramBandwidth),
      technology === undefined ? parsed(technology16nm) : loadTechnology(io, technology),
    ];
    if (read.ok && parts.ok) return parsed({ kind: 'space', space: read.value, technology: parts.value });
    return refused(faultsOf(read, parts));
  }
  const machine = machineFor(
    io,
    workload,
    options,
    `--arch or --space is missing: name a preset (${presetNames.join(', ')}) or an architecture file, ` +
      'or a design space ("magnet spaces" lists them)',
  );
  return machine.ok ? parsed({ kind: 'machine', machine: machine.value }) : machine;
}

/** Sums of a space are as wide as the network needs. */
const candidatesOf = (named: Named, network: Network | undefined): Candidates =>
  named.kind === 'machine'
    ? { kind: 'machine', machine: named.machine.machinery }
    : { kind: 'space', space: network ? forNetworks(named.space, [network]) : named.space };

/** Undefined where accuracy is not limited. */
function precisionsTried(
  loss: number | undefined,
  named: Parsed<Named>,
  options: ProveOptions,
): Parsed<readonly Precision[] | undefined> {
  if (loss === undefined) return withoutLoss(options, `give --limit ${accuracyLoss}=1%`);
  if (options.layer !== undefined)
    return refuse('conflict', [], `--limit ${accuracyLoss} is of the whole network; drop it, or --layer`);
  if (!named.ok) return parsed(undefined);
  if (named.value.kind === 'space') return precisionsIn(options.precisions, named.value.space);
  const { machinery } = named.value.machine;
  if (machinery.kind === 'hierarchy')
    return refuse(
      'not-covered',
      [],
      `--limit ${accuracyLoss}: ${machineryName(machinery)} is not made from the template, whose words are known; drop it`,
    );
  const { weightPrecision: weightBits, inputPrecision: bits } = machinery.template;
  return parsed([{ weightBits, bits }]);
}

/** With all words that are tried, and with sums from those of a product to those that shapes alone ask: to read limits by. */
function withAll(candidates: Candidates, precisions: readonly Precision[], network: Network): Candidates {
  if (candidates.kind === 'machine') return candidates;
  const { space } = candidates;
  const sorted = (of: readonly number[]) => [...new Set(of)].sort((x, y) => x - y);
  const menus = {
    ...space.menus,
    weightPrecision: sorted(precisions.map((p) => p.weightBits)),
    inputPrecision: sorted(precisions.map((p) => p.bits)),
  };
  const { accumPrecision } = forNetworks({ ...space, menus, overflowFree: true }, [network]).menus;
  const narrowest = Math.min(...precisions.map((p) => p.weightBits + p.bits));
  const sums = Array.from({ length: nth(accumPrecision, 0) - narrowest + 1 }, (_, i) => narrowest + i);
  return { kind: 'space', space: { ...space, menus: { ...menus, accumPrecision: sums } } };
}

/** Those that limits on words leave: of the others nothing need be measured. */
function within(
  precisions: readonly Precision[] | undefined,
  requirements: readonly Requirement[],
): Parsed<readonly Precision[] | undefined> {
  const limits = requirements.flatMap((r) => (r.kind === 'parameter' ? [r] : []));
  const left = precisions?.filter(({ weightBits, bits }) =>
    limits.every(({ parameter, bound, value }) => {
      const own = { weightPrecision: weightBits, inputPrecision: bits }[parameter as string];
      return own === undefined || (bound === 'min' ? own >= value : own <= value);
    }),
  );
  return left?.length === 0
    ? refuse(
        'contradiction',
        [],
        `--limit: no precision that is tried (${(precisions ?? []).map(precisionText).join(', ')}) has words within the limits`,
      )
    : parsed(left);
}
