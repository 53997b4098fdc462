// A proof as the result file holds it.

import { stopText } from '../base/stop-reason.js';
import { coverageFile } from './coverage-fields.js';
import type { ProveResultFile, ProveResultNeeded, ProveResultRequirement, ProveResultWitness } from './prove-result.js';
import { proveResultSchema } from './prove-result.js';
import { arrangementsOf } from '../model/space/design.js';
import { coverageOf } from '../model/workload/coverage.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { chosenOf, parameters } from '../model/space/design-space.js';
import { measure, objectiveUnits } from '../model/cost/goal.js';
import type { Parameter } from '../model/machine/parameters.js';
import { machineryName } from '../model/machine/presets.js';
import type { NetworkQuantity } from '../model/cost/network-goal.js';
import type { Requirement } from '../model/cost/requirement.js';
import { toldApart } from '../model/workload/network.js';
import { dearestOf, totalOf } from '../tuner/prove/decider.js';
import type { LayerMinimum, Needed, Proof, Witness } from '../tuner/prove/proof.js';
import type { ProveRequest } from '../tuner/prove/prove-request.js';
import type { ProvenLoss } from './proven-loss.js';
import type { ScheduleResult } from './schedule-result.js';
import { withinResult } from './schedule-result.js';
import { spaceOf } from './space-named.js';
import { layerCosts } from './layer-costs.js';
import { hardwareOf } from '../interchange/hardware-file.js';

export interface ProveAsked {
  readonly request: ProveRequest;
  /** As it was named, before the network decided the width of its sums; undefined where a machine was named. */
  readonly space: DesignSpace | undefined;
  /** Whether tensors may stay in the global buffer. */
  readonly residency?: boolean;
  /** Why none may, where nobody said so. */
  readonly unscheduled?: string | undefined;
}

interface ToldBeside {
  /** Of a limit on accuracy, which is none of the requirements that are proven. */
  readonly loss?: ProvenLoss | undefined;
  /** Of the witness. */
  readonly schedule?: ScheduleResult | undefined;
}

export function proveResult(
  { request, space, residency = false, unscheduled }: ProveAsked,
  proof: Proof,
  { loss, schedule }: ToldBeside = {},
): ProveResultFile {
  const { network, candidates, technology, conventions, padding } = request;
  const infeasible = proof.status === 'infeasible' ? proof : undefined;
  const unknown = proof.status === 'unknown' ? proof : undefined;
  const minima =
    infeasible?.layers.map((l) => ({
      name: l.layer.name,
      count: l.count,
      quantity: l.quantity,
      bound: minimumOf(l),
    })) ?? [];
  const machine =
    proof.status === 'feasible'
      ? proof.witness.machine
      : candidates.kind === 'machine'
        ? candidates.machine
        : undefined;
  const whole = minima.reduce((n, l) => n + l.count * l.bound, 0);
  return {
    schema: proveResultSchema,
    network: network.name,
    ...coverageFile(coverageOf(network)),
    machine: candidates.kind === 'machine' ? machineryName(candidates.machine) : null,
    space: candidates.kind === 'space' ? spaceOf(space ?? candidates.space, candidates.space) : null,
    technology: technology.name,
    conventions: conventions.name,
    padding,
    hardware: machine ? hardwareOf(machine, technology) : null,
    requirements: request.requirements.map(requirementFile),
    status: loss?.status ?? proof.status,
    witness: proof.status === 'feasible' ? witnessFile(request, proof.witness) : null,
    ...(residency && { residency }),
    ...(schedule && { schedule: withinResult(schedule) }),
    ...(unscheduled !== undefined && { unscheduled }),
    core:
      infeasible?.core.map(({ requirement, needed }) => ({
        ...requirementFile(requirement),
        needed: neededFile(needed),
      })) ?? [],
    minimal: infeasible?.minimal ?? null,
    also: infeasible?.also.map((core) => core.map((r) => r.text)) ?? [],
    shortages:
      infeasible?.shortages.map(({ layer, text, needed }) => ({
        layer,
        text,
        needed: needed ? neededFile(needed) : null,
      })) ?? [],
    layers: minima.map((l) => ({ ...l, share: (l.count * l.bound) / whole })),
    reason: unknown || !loss ? stopText(unknown?.reason) : lossReason(loss),
    settled: unknown?.settled ?? [],
    ...(loss && { accuracy: loss.field }),
    seconds: proof.seconds,
  };
}

/** Why it is unknown though there is a machine; empty otherwise. */
function lossReason({ status, field: { chosen } }: ProvenLoss): string {
  if (status !== 'unknown' || !chosen) return '';
  const of = `${chosen.file} (${chosen.samples} samples)`;
  return chosen.status === 'beyond'
    ? `the machine meets all other limits, and on ${of} it loses too much`
    : `the machine meets all other limits, and ${of} does not decide what it loses`;
}

function requirementFile(r: Requirement): ProveResultRequirement {
  const { text, kind } = r;
  if (r.kind === 'area') return { text, kind, name: 'area', bound: 'max', value: r.max, unit: 'mm2' };
  if (r.kind === 'parameter')
    return {
      text,
      kind,
      name: r.parameter,
      bound: r.bound,
      value: r.value,
      unit: units[r.parameter as Parameter] ?? '',
    };
  return {
    text,
    kind,
    name: r.quantity,
    ...(r.kind === 'layer' && { layer: r.layer }),
    bound: 'max',
    value: r.max,
    unit: objectiveUnits[r.quantity],
  };
}

/** Of those that are no counts. */
const units: Readonly<Partial<Record<Parameter, string>>> = {
  weightBuffer: 'bits',
  inputBuffer: 'bits',
  accumBuffer: 'bits',
  globalBuffer: 'bits',
  weightPrecision: 'bits',
  inputPrecision: 'bits',
  accumPrecision: 'bits',
  clock: 'MHz',
  weightChannel: 'bits',
  inputChannel: 'bits',
  outputChannel: 'bits',
  dramBandwidth: 'GB/s',
  dramLatency: 'cycles',
  globalReadPort: 'bits',
  globalWritePort: 'bits',
};

const neededFile = (needed: Needed): ProveResultNeeded =>
  needed.kind === 'between' ? { ...needed, to: needed.to ?? null } : needed;

function witnessFile(request: ProveRequest, witness: Witness): ProveResultWitness {
  const { machine, area, layers } = witness;
  const arrangements = arrangementsOf(machine, request.technology);
  const [energy, cycles] = [sumOf(witness, 'energy'), sumOf(witness, 'latency')];
  return {
    machine: machineryName(machine),
    parameters:
      machine.kind === 'template'
        ? (Object.fromEntries(parameters.map((p) => [p, machine.template[p]])) as Record<Parameter, number>)
        : null,
    area: area ?? null,
    energy,
    cycles,
    edp: sumOf(witness, 'edp'),
    layerEdp: sumOf(witness, 'layer-edp'),
    reached: request.requirements.map((r) => reachedBy(request, witness, r)),
    layers: toldApart(layers).map(({ layer, count, found }) => ({
      name: layer.name,
      count,
      edp: measure('edp', found.evaluation),
      ...layerCosts(arrangements, layer, found),
    })),
  };
}

/** Cycles are whole, so what is proven of them is rounded up. */
const minimumOf = ({ quantity, bound }: LayerMinimum): number => (quantity === 'latency' ? Math.ceil(bound) : bound);

/** Over the layers of a witness, each as often as it occurs. */
const sumOf = ({ layers }: Witness, quantity: NetworkQuantity): number => totalOf(quantity, layers);

/** What the witness has of what is limited; of a buffer in a space what its menu says, for that is what a limit is on. */
function reachedBy({ candidates }: ProveRequest, witness: Witness, r: Requirement): number {
  const { machine, area, layers } = witness;
  switch (r.kind) {
    case 'area':
      return area ?? NaN;
    case 'network':
      return sumOf(witness, r.quantity);
    case 'layer':
      return dearestOf(r.quantity, r.layer, layers);
    case 'parameter': {
      if (machine.kind === 'hierarchy') return NaN;
      if (r.parameter === 'pes') return machine.template.rows * machine.template.columns;
      return candidates.kind === 'space'
        ? chosenOf(machine.template, r.parameter, candidates.space.menus[r.parameter])
        : machine.template[r.parameter];
    }
  }
}
