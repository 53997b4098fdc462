// A certificate of a schedule as data: a question in full, a schedule that is claimed to be the best within a gap, and lines below all
// schedules, each with what steps cost at least and what lies ahead of every state.
//
// A line says energy E + cycles T >= sum of the totals of every schedule. Its potentials say, of each state between two steps, that what
// comes behind costs at least so much; that no step costs less than the potential falls is all there is to check.

import type { NetworkLimits } from '../../model/cost/network-goal.js';
import type { Technology } from '../../model/machine/technology.js';
import type { Template } from '../../model/machine/template.js';
import type { Layer } from '../../model/workload/layer.js';
import type { ResidentTensor } from '../../model/workload/resident.js';

export const scheduledObjectives = ['energy', 'latency', 'edp'] as const;

/** A run of the machine: its layer by number, and what its operands are to it. */
export interface CertifiedRun {
  readonly layer: number;
  readonly roles: readonly ResidentTensor[];
}

/** A run where it stands: tensors by number, those that live from it on and up to it, those that cannot stay there. */
export interface CertifiedStep {
  readonly run: number;
  readonly operands: readonly number[];
  readonly begun: readonly number[];
  readonly ended: readonly number[];
  readonly barred?: readonly number[] | undefined;
}

/** Steps that lead from one place of the network to another: one run of it as it is, or a chain in bands of rows. */
export interface CertifiedStretch {
  readonly from: number;
  readonly upTo: number;
  readonly steps: readonly CertifiedStep[];
}

export interface ScheduleAsked {
  readonly network: string;
  readonly objective: (typeof scheduledObjectives)[number];
  /** On the totals: pJ, cycles, pJ x cycles. */
  readonly limits: Pick<NetworkLimits, 'energy' | 'latency' | 'edp'>;
  readonly padding: boolean;
  readonly machine: Template;
  readonly technology: Technology;
  /** With nothing in the global buffer but their tiles. */
  readonly layers: readonly Layer[];
  readonly runs: readonly CertifiedRun[];
  /** Whole banks that each takes. */
  readonly tensors: readonly { readonly name: string; readonly banks: number }[];
  /** Where the network ends. */
  readonly end: number;
  readonly stretches: readonly CertifiedStretch[];
}

/** A layer with some of its tensors in the global buffer. */
export interface Variant {
  readonly layer: number;
  readonly resident: readonly ResidentTensor[];
}

/** Between two steps, of the network or inside a stretch, with tensors that stay, by number, ascending. */
export interface StatePoint {
  readonly at: number;
  readonly within?: { readonly stretch: number; readonly steps: number } | undefined;
  readonly kept: readonly number[];
}

/** Beside so many banks that are taken, or more, no mapping costs less; null: there is none. */
export interface Minimum {
  readonly taken: number;
  readonly min: number | null;
}

/** energy E + cycles T >= the potential of the first state, in units of 2^unit. */
export interface ScheduleLine {
  readonly energy: number;
  readonly cycles: number;
  readonly unit: number;
  /** Of each variant, in whole numbers of units; ascending in both. */
  readonly minima: readonly (readonly Minimum[])[];
  /** Of each state, in whole numbers of units; null: no way leads on from it. */
  readonly potentials: readonly (number | null)[];
}

export interface ScheduleWitness {
  /** Stretches end to end. */
  readonly route: readonly number[];
  /** Tensors that stay, and their first banks. */
  readonly stays: readonly { readonly tensor: number; readonly bank: number }[];
  /** Of each step of the route, as files hold them. */
  readonly mappings: readonly unknown[];
}

export interface ScheduleCertificate {
  readonly question: ScheduleAsked;
  /** No schedule within the limits is below. */
  readonly bound: number;
  readonly witness: ScheduleWitness | null;
  readonly variants: readonly Variant[];
  /** The first is where the network begins. */
  readonly states: readonly StatePoint[];
  readonly lines: readonly ScheduleLine[];
}
