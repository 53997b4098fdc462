// What `prove --json` writes: the question, and mappings that answer it, the requirements that exclude each other, or how far it came.

import type { Parameter } from '../model/machine/parameters.js';
import type { Requirement } from '../model/cost/requirement.js';
import type { CodesignResultSpace } from './codesign-result.js';
import type { CoverageFile } from './coverage.js';
import type { HardwareFile } from './hardware-file.js';
import { printJson } from './json-print.js';
import type { MappingFile } from './mapping-file.js';
import type { ResultLayer } from './result-layer.js';
import type { Stamped } from './stamp.js';

export const proveResultSchema = 'magnet-prove/1';

export interface ProveResultRequirement {
  /** As the user wrote it. */
  readonly text: string;
  readonly kind: Requirement['kind'];
  /** `area`, `energy`, `latency`, `edp`, or the parameter. */
  readonly name: string;
  /** Only of a layer's requirement. */
  readonly layer?: string;
  readonly bound: 'least' | 'most';
  readonly value: number;
  /** mm2, pJ, cycles, pJ*cycles, bits, MHz; empty for counts. */
  readonly unit: string;
}

/** The value that a limit would have to have at least (where `bound` is `least`, at most). */
export type ProveResultNeeded =
  | { readonly kind: 'exact'; readonly value: number }
  /** Proven up to `from`; `to` is enough, null where nothing is known to be. `reason` is why it is not exact; empty in files from before it was written. */
  | { readonly kind: 'between'; readonly from: number; readonly to: number | null; readonly reason: string }
  | { readonly kind: 'never' };

/** Figures of one instance; pJ, cycles, pJ x cycles. */
export interface ProveResultLayer extends Pick<ResultLayer, 'name' | 'count' | 'layer' | 'parts'> {
  readonly energy: number;
  readonly cycles: number;
  readonly edp: number;
  readonly utilization: number;
  readonly mapping: MappingFile;
}

export interface ProveResultWitness {
  readonly machine: string;
  /** Buffers in bits, the clock in MHz; null for machines that are not made from the template. */
  readonly parameters: Readonly<Record<Parameter, number>> | null;
  /** mm2; null where it is not known. */
  readonly area: number | null;
  /** Sums over the layers of count x figure. */
  readonly energy: number;
  readonly cycles: number;
  readonly edp: number;
  readonly edpOfTotals: number;
  /** Of every requirement, in the order of `requirements`. */
  readonly reached: readonly number[];
  readonly layers: readonly ProveResultLayer[];
}

/** Lists are empty and single things null where the status has none. */
export interface ProveResultFile extends CoverageFile, Stamped {
  readonly schema: typeof proveResultSchema;
  readonly network: string;
  /** Either a machine or a space was asked about. */
  readonly machine: string | null;
  readonly space: CodesignResultSpace | null;
  readonly technology: string;
  readonly conventions: string;
  /** The machine that was asked about, or found; null where there is none, and in files from before it was written. */
  readonly hardware: HardwareFile | null;
  readonly padding: boolean;
  readonly requirements: readonly ProveResultRequirement[];
  readonly status: 'feasible' | 'infeasible' | 'unknown';
  readonly witness: ProveResultWitness | null;
  readonly core: readonly (ProveResultRequirement & { readonly needed: ProveResultNeeded })[];
  /** Whether it is proven that the rest of the core can be met without any one of it. */
  readonly minimal: boolean | null;
  /** What else cannot be met, without any of the core: the texts of the requirements of each further core. */
  readonly also: readonly (readonly string[])[];
  readonly shortages: readonly {
    readonly layer: string;
    readonly text: string;
    readonly needed: ProveResultNeeded | null;
  }[];
  /** Each layer of a core of one network limit: `bound` is proven of one instance, the heaviest first; `share` is of all of them. */
  readonly layers: readonly {
    readonly name: string;
    readonly count: number;
    readonly quantity: string;
    readonly bound: number;
    readonly share: number;
  }[];
  /** Why it is unknown; empty otherwise. */
  readonly reason: string;
  readonly settled: readonly string[];
  readonly seconds: number;
}

/** A line per requirement, layer and the like, so that files can be read and compared. */
export const printProveResult = (result: ProveResultFile): string =>
  `${fields(result, ' ', (key, value) => (key === 'witness' && value !== null ? fields(value, '  ', (_, v) => lines(v, '  ')) : lines(value, ' ')))}\n`;

function fields(record: object, indent: string, show: (key: string, value: object | null) => string): string {
  const shown = Object.entries(record).map(
    ([key, value]: [string, object | null]) => `${indent}${JSON.stringify(key)}: ${show(key, value)}`,
  );
  return `{\n${shown.join(',\n')}\n${indent.slice(1)}}`;
}

const lines = (value: unknown, indent: string): string =>
  Array.isArray(value) && value.some((x) => typeof x === 'object')
    ? `[\n${value.map((x) => `${indent} ${JSON.stringify(x)}`).join(',\n')}\n${indent}]`
    : printJson(value, indent);
