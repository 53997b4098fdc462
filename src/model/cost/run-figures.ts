// What a run of a network comes to in the units of papers: energy per operation, throughput, and that per area.

/** 1 MAC is 2 operations; work on padding costs but does not count. */
const opsPerMac = 2;

/** What a run of a network comes to, in the units of papers. */
export interface RunFigures {
  /** fJ per operation: everything, and all but the accesses of the outermost memory. */
  readonly fjPerOpWithDram: number;
  readonly fjPerOp: number;
  /** 10^12 operations per second. */
  readonly tops: number;
  readonly topsPeak: number;
  /** Share of the peak. */
  readonly utilization: number;
  /** Per mm2 of the whole chip; undefined for machines whose area is not known. */
  readonly topsPerMm2: number | undefined;
  readonly topsPerMm2Peak: number | undefined;
  /** The time that the cycles take. */
  readonly seconds: number;
}

/** Of one run; pJ, cycles, MHz, mm2. */
export interface RunTotals {
  readonly energy: number;
  /** The part of it that goes into accesses of the outermost memory. */
  readonly dramEnergy: number;
  readonly cycles: number;
  /** Multiply-accumulates of the unpadded layers. */
  readonly macs: number;
  readonly peakMacs: number;
  readonly clock: number;
  /** Undefined for machines whose area is not known. */
  readonly area: number | undefined;
}

export function figuresOf(t: RunTotals): RunFigures {
  const ops = opsPerMac * t.macs;
  const tops = (ops * t.clock) / t.cycles / 1e6;
  const topsPeak = (opsPerMac * t.peakMacs * t.clock) / 1e6;
  return {
    fjPerOpWithDram: (t.energy * 1000) / ops,
    fjPerOp: ((t.energy - t.dramEnergy) * 1000) / ops,
    tops,
    topsPeak,
    utilization: tops / topsPeak,
    topsPerMm2: t.area && tops / t.area,
    topsPerMm2Peak: t.area && topsPeak / t.area,
    seconds: t.cycles / t.clock / 1e6,
  };
}
