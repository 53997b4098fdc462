// What `codesign --json` writes: the machine found, its mappings, what is proven, and how the search came there.

import type { DesignPoint, Parameter } from '../model/space/design-space.js';
import type { CoverageFile } from './coverage.js';
import type { HardwareFile } from './hardware-file.js';
import { printJson } from './json-print.js';
import type { ResultLayer } from './result-layer.js';
import type { Stamped } from './stamp.js';

export const codesignResultSchema = 'magnet-codesign/1';
export const codesignFrontSchema = 'magnet-codesign-front/1';

/** One run of a network; pJ, cycles, fJ per operation, seconds on the chip, TOPS. Null where there is no machine. */
export interface CodesignResultNetwork extends CoverageFile {
  readonly name: string;
  readonly weight: number;
  readonly energy: number | null;
  readonly cycles: number | null;
  /** Sum over layers of count x EDP. */
  readonly edp: number | null;
  readonly fjPerOp: number | null;
  readonly fjPerOpWithDram: number | null;
  readonly time: number | null;
  readonly utilization: number | null;
  readonly tops: number | null;
  readonly topsPeak: number | null;
  readonly topsPerMm2: number | null;
  readonly topsPerMm2Peak: number | null;
}

/** `counts` per network, `count` their sum. */
export type CodesignResultLayer = ResultLayer & { readonly counts: readonly number[] };

export interface CodesignResultSpace {
  readonly name: string;
  readonly digest: string;
  readonly shapes: number;
  readonly machines: number;
}

export interface CodesignResultStep {
  readonly value: number;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly area: number;
  readonly feasible: boolean;
}

/** Figures are null where there is no machine, or nothing is proven. */
export interface CodesignResultFile extends Stamped {
  readonly schema: typeof codesignResultSchema;
  readonly networks: readonly CodesignResultNetwork[];
  readonly space: CodesignResultSpace;
  /** `goal` is its name: the sum over networks of weight x the sum over layers of count x layer objective. */
  readonly objective: number | null;
  readonly goal: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly status: string;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly reason: string;
  readonly nodes: number;
  readonly shapes: number;
  readonly seconds: number;
  readonly curve: readonly { readonly seconds: number; readonly best: number | null; readonly bound: number | null }[];
  readonly point: DesignPoint | null;
  /** The machine found, and the rules that its costs are counted by; null in files from before they were written. */
  readonly hardware: HardwareFile | null;
  readonly conventions: string | null;
  readonly area: readonly { readonly part: string; readonly mm2: number }[];
  /** Energy by component, summed over networks as their weights say; pJ. */
  readonly energy: readonly { readonly part: string; readonly count: number; readonly energy: number }[];
  readonly layers: readonly CodesignResultLayer[];
  /** One menu entry down and up from the point; only where it was asked for. */
  readonly steps?: readonly {
    readonly parameter: Parameter;
    readonly down?: CodesignResultStep | undefined;
    readonly up?: CodesignResultStep | undefined;
  }[];
  readonly elasticities?: readonly {
    readonly name: string;
    readonly elasticity: number | null;
    readonly note: string;
  }[];
}

/** `metrics[0]` is minimised under limits on `metrics[1]`; from the tightest limit to none. */
export interface CodesignFrontFile extends Stamped {
  readonly schema: typeof codesignFrontSchema;
  readonly networks: readonly ({ readonly name: string; readonly weight: number } & CoverageFile)[];
  readonly space: CodesignResultSpace;
  readonly metrics: readonly [string, string];
  readonly limits: Readonly<Record<string, number>>;
  /** Proven: no design has less of `metrics[1]`. */
  readonly floor: number | null;
  readonly points: readonly {
    readonly limit: number | null;
    readonly status: string;
    readonly values: readonly [number | null, number | null];
    /** Proven: no design within the limit has less of `metrics[0]`. */
    readonly bound: number | null;
    readonly reason: string;
    readonly seconds: number;
    readonly area: number | null;
    readonly point: DesignPoint | null;
  }[];
}

/** A line per layer, point of the curve and the like, so that files can be read and compared. */
export const printCodesignResult = (result: CodesignResultFile | CodesignFrontFile): string =>
  `${printLines(result)}\n`;

function printLines(result: object): string {
  const fields = Object.entries(result).flatMap(([key, value]: [string, unknown]) => {
    if (value === undefined) return [];
    const shown =
      Array.isArray(value) && value.some((x) => typeof x === 'object')
        ? `[\n${value.map((x) => `  ${JSON.stringify(x)}`).join(',\n')}\n ]`
        : printJson(value, ' ');
    return [` ${JSON.stringify(key)}: ${shown}`];
  });
  return `{\n${fields.join(',\n')}\n}`;
}
