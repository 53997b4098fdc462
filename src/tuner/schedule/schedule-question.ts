// A question about the schedule of a network on one machine: which tensors stay in the global buffer, and how each step is
// mapped beside them, so that the whole costs least.

import type { Layer } from '../../model/workload/layer.js';
import { macs } from '../../model/workload/layer.js';
import type { ResidentTensor } from '../../model/workload/resident.js';
import { besideImages, residentTensors } from '../../model/workload/resident.js';
import type { ResidencyProblem as Problem, StepState } from '../../milp/schedule/residency.js';
import type { Detours, Routes, Stretch } from '../../milp/schedule/routes.js';
import { countRoutes, noDetours, routesOf } from '../../milp/schedule/routes.js';
import { nth } from '../../base/invariant.js';
import type { LayerColumns } from '../network/layer-columns.js';
import type { Floor } from '../network/price-walk.js';

/** What may be minimised of a network's schedule. */
export const scheduleObjectives = ['energy', 'latency', 'edp'] as const;
export type ScheduleObjective = (typeof scheduleObjectives)[number];

/** One run of the machine. */
export interface ScheduleStep {
  /** With nothing in the global buffer but its tiles. */
  readonly layer: Layer;
  /** What the operands of the step are to its layer, in their order in the problem. */
  readonly roles: readonly ResidentTensor[];
}

export interface ScheduleQuestion {
  readonly problem: Problem;
  /** Steps of stretches that may stand for others are behind those of the problem. */
  readonly steps: readonly ScheduleStep[];
  readonly detours?: Detours;
  /** Products that the machine does in a cycle at most; pJ of one, and of a weight read from DRAM. */
  readonly machine: {
    readonly products: number;
    readonly product: number;
    readonly weight: (layer: Layer) => number;
  };
  /** What is known of the mappings of a layer. */
  readonly columns: (layer: Layer) => LayerColumns;
}

export type { Detours, Problem, Stretch };

/** In how many ways a network of so many runs can be gone through. */
export const waysThrough = (runs: number, detours: Detours): bigint => {
  const operands = Array.from({ length: runs }, () => []);
  return countRoutes(routesOf({ banks: 0, tensors: [], operands }, detours));
};

export const routesIn = ({ problem, detours = noDetours }: ScheduleQuestion): Routes => routesOf(problem, detours);

/** What of a step's operands stays. */
export const residentOf = ({ roles }: ScheduleStep, kept: readonly boolean[]): readonly ResidentTensor[] =>
  residentTensors.filter((t) => roles.some((role, i) => role === t && kept[i]));

/** The layer of a step with what stays around it: `taken` banks are no room for tiles. */
export const layerBeside = (step: ScheduleStep, kept: readonly boolean[], taken: number): Layer =>
  besideImages(step.layer, residentOf(step, kept), taken);

export const layerIn = ({ problem, steps }: ScheduleQuestion, { step, kept, free }: StepState): Layer =>
  layerBeside(nth(steps, step), kept, problem.banks - free);

/** What a step takes at least, however it is mapped: its products, and each weight that is not there read once from DRAM. */
export function stepFloor({ steps, machine }: ScheduleQuestion, step: number): Floor {
  const { layer } = nth(steps, step);
  const { G, K, C, R, S } = layer.bounds;
  const products = macs(layer);
  return {
    energy:
      products * machine.product + (layer.resident?.weights?.held ? 0 : G * K * C * R * S * machine.weight(layer)),
    cycles: products / machine.products,
  };
}

/** Whether both halves of every tile of inputs and outputs that do not stay can have a bank: with fewer nothing is mapped. */
export const hasRoom = (
  { roles }: Pick<ScheduleStep, 'roles'>,
  { kept, free }: Pick<StepState, 'kept' | 'free'>,
): boolean => {
  const stay = roles.filter((role, i) => kept[i] && role !== 'residual').length;
  return free >= 2 * (2 - stay);
};
