// What the verbs ask about mappings on one machine: layers, the machine, rules and limits, with every fault found at once.

import { defined, nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import type { Configure } from '../compile/network-configuration.js';
import type { Conventions } from '../model/cost/conventions.js';
import { conventionsByName, magnetConventions } from '../model/cost/conventions.js';
import type { Network } from '../model/workload/network.js';
import { technology16nm } from '../model/machine/technology.js';
import { digits } from '../report/tables/quantities.js';
import type { Io } from './io.js';
import type { LayerLimits, PlainLimits } from '../library/layer-limits.js';
import { parseLayerLimits } from '../library/layer-limits.js';
import type { GivenMachine } from './read-machine.js';
import { loadMachine, lower } from './read-machine.js';
import type { Workload, WorkloadOptions } from './read-workload.js';
import { loadWorkload, selectLayers } from './read-workload.js';
import { areaOfMachine } from '../model/machine/architecture.js';

export interface MappingOptions {
  readonly arch?: string;
  readonly constraints?: readonly string[];
  readonly technology?: string;
  readonly dramBandwidth?: number;
  readonly layer?: readonly string[];
  readonly conventions?: Conventions['name'];
  readonly keepAll?: boolean;
  readonly limit?: readonly string[];
  readonly batch?: number;
  readonly dim?: Readonly<Record<string, number>>;
  readonly sameShape?: readonly string[];
  readonly diagonal?: boolean;
  readonly folds?: boolean;
  readonly layersOnly?: boolean;
}

export interface MappingQuestion {
  readonly network: Network;
  readonly machine: GivenMachine;
  readonly conventions: Conventions;
  readonly limits: LayerLimits;
  /** What writing the programs of all its runs takes; absent where layers were picked out. */
  readonly configured?: Configure;
}

/** MHz; limits are checked with it where the machine, which has the clock, is at fault itself. */
const anyClock = 1000;

/** `missing`: what to say where nothing brings a machine. */
export function readMappingQuestion(
  io: Io,
  given: string,
  options: MappingOptions,
  missing: string,
  plain: PlainLimits,
): Parsed<MappingQuestion> {
  const workload = loadWorkload(io, given, workloadOptions(given, options));
  const network = workload.ok ? selectLayers(workload.value.network, options.layer) : parsed(undefined);
  const machine = machineFor(io, workload, options, missing);
  const limits = limitsOn(machine, options.limit ?? [], network.ok ? network.value : undefined, plain);
  if (!workload.ok || !network.ok || !network.value || !machine.ok || !limits.ok)
    return refused(faultsOf(workload, network, machine, limits));
  const { fromCase, conventions, configured } = workload.value;
  return parsed({
    network: network.value,
    machine: machine.value,
    // Asked for; or those whose results the case file records, or whose files these are; or ours.
    conventions:
      conventionsByName.find((c) => c.name === options.conventions) ??
      fromCase?.conventions ??
      conventions ??
      machine.value.conventions ??
      magnetConventions,
    limits: limits.value,
    ...(options.layer === undefined && { configured }),
  });
}

type MachineOptions = Pick<MappingOptions, 'arch' | 'technology' | 'dramBandwidth' | 'constraints' | 'keepAll'>;

/** Constraints are about the machine of --arch, or else about the one that the workload brings; one file may be named as both. */
export const workloadOptions = (
  given: string,
  {
    batch,
    dim,
    sameShape,
    diagonal,
    folds,
    layersOnly,
    arch,
    constraints,
  }: MachineOptions & Pick<MappingOptions, 'batch' | 'dim' | 'sameShape' | 'diagonal' | 'folds' | 'layersOnly'>,
): WorkloadOptions => ({
  batch,
  dims: dim,
  sameShape,
  ...(diagonal === false && { diagonal }),
  ...(folds === false && { folds }),
  allSteps: !layersOnly,
  ...(arch === undefined || arch === given ? { constraints } : { replaced: true }),
});

/** A case brings its own machine, which --arch replaces. Of a workload that could not be read nobody knows whether it does. */
export function machineFor(
  io: Io,
  workload: Parsed<Workload>,
  { arch, technology, dramBandwidth, constraints, keepAll }: MachineOptions,
  missing: string,
): Parsed<GivenMachine> {
  const { fromCase, timeloop } = workload.ok ? workload.value : {};
  if (arch !== undefined && !(fromCase && arch === timeloop))
    return loadMachine(io, arch, technology, { problem: timeloop, constraints, keepAll, dramBandwidth });
  if (constraints && fromCase && timeloop === undefined)
    return refuse(
      'no-effect',
      [],
      "--constraints takes Timeloop files, which are about a Timeloop architecture; this case includes a machine of magnet's: " +
        'drop --constraints, or name a Timeloop file with --arch',
    );
  if (fromCase && dramBandwidth !== undefined)
    return refuse(
      'no-effect',
      [],
      '--dram-bandwidth: the case includes its machine; name one of the template with --arch',
    );
  if (fromCase)
    return parsed(lower({ kind: 'hierarchy', architecture: fromCase.architecture }, technology16nm, keepAll));
  return workload.ok ? refuse('missing', [], missing) : refused([]);
}

function limitsOn(
  machine: Parsed<GivenMachine>,
  given: readonly string[],
  network: Network | undefined,
  plain: PlainLimits,
): Parsed<LayerLimits> {
  const architecture = machine.ok ? nth(machine.value.architectures, 0) : undefined;
  const clocks = { of: machine.ok ? machine.value.name : 'the machine', mhz: [architecture?.clock ?? anyClock] };
  const limits = parseLayerLimits(given, clocks, network, plain);
  const unknown =
    limits.ok && machine.ok && limits.value.area !== undefined && areaOfMachine(defined(architecture)) === undefined;
  return unknown
    ? refuse(
        'no-area',
        [],
        `--limit area: the area of ${machine.value.name} is not known, because it is not made from the template; drop the limit`,
      )
    : limits;
}

/** Why no mapping can meet the limit on the area, whatever it is; undefined where there is no such limit, or it is met. */
export function tooLargeFor({ machine, limits }: Pick<MappingQuestion, 'machine' | 'limits'>): string | undefined {
  const area = areaOfMachine(nth(machine.architectures, 0));
  const tooLarge = limits.area !== undefined && area !== undefined && area > limits.area;
  return tooLarge
    ? `${machine.name} takes ${digits(area)} mm2, more than the limit of ${digits(defined(limits.area))} mm2; ` +
        'choose a smaller machine or a higher limit'
    : undefined;
}
