// A design: a machine and a mapping per layer, fully decided, with what is proven of each.

import { nth } from '../../base/invariant.js';
import type { Cycles, Picojoules } from '../../base/units.js';
import type { Architecture } from '../machine/architecture.js';
import type { Conventions } from '../cost/conventions.js';
import type { Coverage } from '../workload/coverage.js';
import type { Limits } from '../cost/goal.js';
import type { NetworkObjective } from '../cost/network-goal.js';
import type { Mapping } from '../mapping/mapping.js';
import type { CountedLayer } from '../workload/network.js';
import type { Machinery } from '../machine/presets.js';
import type { Technology } from '../machine/technology.js';
import { lowerTemplate } from '../machine/template.js';

/** Figures of one instance of the layer. */
export interface MappedLayer extends CountedLayer {
  /** `optimal`: the objective is within the asked gap of the bound. `feasible`: found, not proven. */
  readonly status: 'optimal' | 'feasible';
  readonly objective: number;
  /** Proven: no mapping is below; 0 where nothing is proven. */
  readonly bound: number;
  /** (objective - bound) / objective. */
  readonly gap: number;
  readonly energy: Picojoules;
  readonly cycles: Cycles;
  /** Its levels are those of one arrangement of the machine. */
  readonly mapping: Mapping;
}

/** Nothing fits, or nothing was found in time. */
export interface UnmappedLayer extends CountedLayer {
  readonly status: 'infeasible' | 'unknown';
  readonly objective: null;
  readonly bound: number | null;
  readonly gap: null;
  readonly energy: null;
  readonly cycles: null;
  readonly mapping: null;
}

/** A layer of a design with its mapping and what is proven of it; `infeasible` or `unknown` where it has none. */
export type DesignLayer = MappedLayer | UnmappedLayer;

/** Count-weighted sums over the layers; pJ, cycles. */
export interface DesignTotals {
  readonly objective: number;
  readonly bound: number;
  readonly energy: Picojoules;
  readonly cycles: Cycles;
  /** (sum of energy) x (sum of cycles). */
  readonly edp: number;
}

/** How a design came about: enough to make it again. */
export interface Provenance {
  /** Version of magnet, and of Node under it. */
  readonly magnet: string;
  readonly node: string;
  /** The command line, without what only says where results go. */
  readonly command: string;
  readonly workload: string;
  /** Which solver or heuristic answered; several are separated by commas. */
  readonly backend: string;
  /** The gap that was asked for. */
  readonly gap: number;
  readonly seed: number;
}

/** Who asked for a design, and how. */
export type Called = Pick<Provenance, 'magnet' | 'node' | 'command'>;

/** What is proven of the machine among all of a space, where a search over machines chose it. */
export interface MachineProof {
  readonly status: 'optimal' | 'feasible';
  /** What was minimised, in its unit: of networks, summed over them by weight, or the area. */
  readonly goal: string;
  readonly objective: number;
  /** Proven: no machine of the space that meets the limits, with any mappings, is below; 0 where nothing is proven. */
  readonly bound: number;
  readonly gap: number;
  readonly space: {
    readonly name: string;
    readonly digest: string;
    readonly shapes: number;
    readonly machines: number;
  };
  /** Upper limits: area in mm2; all else of every network. */
  readonly limits: Readonly<Record<string, number>>;
  readonly networks: readonly { readonly name: string; readonly weight: number }[];
  /** Why the search stopped before its end; empty where it did not. */
  readonly reason: string;
  readonly seconds: number;
}

/** How a network runs on the machine: what stays in its global buffer, each tensor from which bank on. */
export interface DesignSchedule {
  readonly network: string;
  readonly keep: readonly { readonly tensor: string; readonly bank: number }[];
  /** Of each run of the machine, in order, the number of its layer in the design. */
  readonly runs: readonly number[];
}

/** A machine, its technology and a mapping for every layer of a network, with what is proven and how it came about: one file. */
export interface Design {
  readonly name: string;
  readonly machine: Machinery;
  /** In full, so that the file stands alone; a hierarchy gives its energies itself. */
  readonly technology: Technology;
  readonly conventions: Conventions;
  /** What of the network was minimised, within limits on every layer. */
  readonly goal: { readonly objective: NetworkObjective; readonly limits: Limits };
  /** Upper limit on the area of the chip, mm2; null where none was asked for. */
  readonly areaLimit: number | null;
  /** Every layer of the network, in its order. */
  readonly layers: readonly DesignLayer[];
  /** Null unless every layer has a mapping: a part must not pass for the whole. */
  readonly totals: DesignTotals | null;
  readonly provenance: Provenance;
  /** What of its networks the layers are; absent from files of before it was written. */
  readonly coverage?: Coverage;
  readonly machineProof?: MachineProof;
  /** Of the networks that the machine was found with, where tensors of theirs may stay. */
  readonly schedules?: readonly DesignSchedule[];
}

/** The architectures that a machine can be used as: one for each order of a template's deep collectors. */
export const arrangementsOf = (machine: Machinery, technology: Technology): readonly Architecture[] =>
  machine.kind === 'template' ? lowerTemplate(machine.template, technology) : [machine.architecture];

/** Whether an arrangement has the levels that a mapping names. */
export const fits = (mapping: { readonly levels: readonly { readonly name: string }[] }) => (a: Architecture) =>
  a.levels.length === mapping.levels.length && a.levels.every((l, i) => l.name === nth(mapping.levels, i).name);

/** The arrangement of the design's machine that a mapping is for; undefined where it is for another machine. */
export const arrangementFor = (
  design: Pick<Design, 'machine' | 'technology'>,
  mapping: Mapping,
): Architecture | undefined => arrangementsOf(design.machine, design.technology).find(fits(mapping));
