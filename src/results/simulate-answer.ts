// What simulation measured as the result file holds it, and where RTL and model differ.

import type { SimulateResult, SimulateResultChain, SimulateResultLayer } from './simulate-result.js';
import { chainSchema, simulateSchema } from './simulate-result.js';

export interface Compared {
  readonly model: number;
  readonly rtl: number;
}

/** What was asked, with the names that results tell. */
export type SimulateAsked = Pick<SimulateResult, 'design' | 'seed' | 'stalls' | 'latency' | 'bus'>;

/** As a run gives it: tensors and traces are files of their own. */
type Run<T> = T & { readonly tensor?: unknown; readonly vcd?: unknown; readonly saif?: unknown };

/** Whether memory may keep the machine waiting: then cycles are no less than the model's, and no longer equal. */
export const isSlow = ({
  stalls = 0,
  latency = 0,
  bus = 'native',
}: Partial<Pick<SimulateResult, 'stalls' | 'latency' | 'bus'>>): boolean =>
  stalls > 0 || latency > 0 || bus !== 'native';

/**
 * What `simulate --json` writes of some runs, without tensors and waves; `agrees` where every count and word is as the model has
 * it.
 */
export const simulateResult = (
  { design, seed, stalls, latency, bus }: SimulateAsked,
  engine: string,
  runs: readonly Run<SimulateResultLayer>[],
): SimulateResult => ({
  schema: simulateSchema,
  design,
  engine,
  seed,
  stalls,
  latency,
  ...(bus && { bus }),
  agrees: runs.every((r) => agrees(r, isSlow({ stalls, latency, bus }))),
  buildSeconds: runs.reduce((n, r) => n + r.buildSeconds, 0),
  layers: runs.map(layerOf),
});

export const chainResult = (
  { design, seed, stalls, latency, bus }: SimulateAsked,
  {
    totals,
    layers,
  }: Pick<SimulateResultChain, 'totals'> & {
    readonly layers: readonly Run<SimulateResultChain['layers'][number]>[];
  },
): SimulateResultChain => ({
  schema: chainSchema,
  design,
  seed,
  stalls,
  latency,
  ...(bus && { bus }),
  agrees: layers.every((l) => agrees(l, isSlow({ stalls, latency, bus }))),
  totals,
  layers: layers.map(layerOf),
});

function layerOf<T>(run: Run<T>): Omit<Run<T>, 'tensor' | 'vcd' | 'saif'> {
  const { tensor: _, vcd: __, saif: ___, ...rest } = run;
  return rest;
}

/** Energies are sums of products that may be added in another order; counts are exact. */
const tolerance = 1e-9;

export const sameEnergy = (c: Compared): boolean =>
  Math.abs(c.rtl - c.model) <= tolerance * Math.max(Math.abs(c.rtl), Math.abs(c.model));

/** Where RTL and model differ. Of a DRAM that keeps the machine waiting (`slow`), the model's cycles are a lower bound. */
export function differences({ cycles, counters, energy, outputs }: SimulateResultLayer, slow: boolean) {
  const early = !slow || cycles.rtl < cycles.model;
  return {
    counts: [...(early ? [{ name: 'cycles', ...cycles }] : []), ...counters].filter((c) => c.model !== c.rtl),
    energies: energy.filter((e) => !sameEnergy(e)),
    outputs: outputs.mismatches > 0,
  };
}

export function agrees(layer: SimulateResultLayer, slow: boolean): boolean {
  const { counts, energies, outputs } = differences(layer, slow);
  return counts.length === 0 && energies.length === 0 && !outputs;
}
