// The rows of docs/formulation.md (Cycles of tiles) in numbers. The program has them in logarithms (`milp/encode/tile-rows.ts`).

import type { ShapeCosts } from '../../src/enumerate/item-costs.js';

interface Steps {
  readonly nOuter: number;
  readonly nAll: number;
  /** Beats of one run of each engine. */
  readonly compute: number;
  readonly loadI: number;
  readonly loadW: number;
  readonly drain: number;
  readonly fill: number;
  readonly spill: number;
  readonly runsI: number;
  readonly runsW: number;
  readonly runsDrain: number;
  readonly runsFill: number;
  readonly runsSpill: number;
  /** Outer tiles whose first step brings inputs, weights in. */
  readonly firstI: number;
  readonly firstW: number;
  /** Whether the innermost loop of the inner nest spares a tensor, or there is none. */
  readonly neverI: boolean;
  readonly neverW: boolean;
  readonly neverO: boolean;
  /** Whether there is one and it spares it. */
  readonly sparesI: boolean;
  readonly sparesW: boolean;
}

/** No nest with these runs takes fewer. */
export function rowsOfTiles(c: Pick<ShapeCosts, 'step' | 'latency'>, s: Steps): number {
  const h = c.step,
    l = c.latency;
  const compute = s.compute + l.compute,
    loadI = s.loadI + l.load_i,
    loadW = s.loadW + l.load_w,
    drain = s.drain + l.drain;
  const fill = s.fill + l.fill,
    spill = s.spill + l.spill;
  const outer = h * (s.nOuter + 2);
  const base = outer + h * (s.nAll + 2 * s.nOuter) + fill + spill;
  const finished = s.runsSpill;
  const beyondW = Math.max(0, s.loadW - s.loadI) * s.firstW,
    beyondI = Math.max(0, s.loadI - s.loadW) * s.firstI;
  const allCompute = s.nAll * compute,
    allDrain = s.runsDrain * drain,
    lastDrains = finished * drain,
    lastComputes = finished * compute;
  let most = 0;
  for (let e = 0; e < 2; e++) {
    const weights = e === 1;
    const load = weights ? loadW : loadI,
      other = weights ? loadI : loadW;
    const runs = weights ? s.runsW : s.runsI,
      first = weights ? s.firstW : s.firstI;
    const beyond = weights ? beyondI : beyondW;
    const never = weights ? s.neverW : s.neverI,
      opposite = weights ? s.neverI : s.neverW;
    const opening = first * load + beyond;
    const loads = runs * load;
    const second = never ? 0 : s.nOuter * load;
    const lastButOne = s.neverO ? 0 : s.nOuter * drain;
    const rest = s.nAll - runs;
    most = Math.max(
      most,
      base + opening + allCompute + lastDrains,
      base + opening + allDrain + lastComputes,
      base + opening + allDrain + second,
      base + beyond + loads + first * compute + lastDrains,
      base + beyond + loads + lastButOne + lastDrains,
      base + loads + beyond + rest * compute + first * compute + lastDrains,
      base +
        loads +
        beyond +
        (s.neverO ? 0 : rest * drain + first * drain) +
        (rest > 0 && (weights ? s.sparesW : s.sparesI) ? s.nOuter * other : 0),
      base + loads + (opposite ? 0 : rest * other) + lastButOne + lastDrains,
    );
  }
  const perOuter = s.nAll / s.nOuter;
  const oneInner = h * (perOuter + 2) + perOuter * compute;
  return Math.max(
    most,
    outer + spill + s.runsFill * fill + oneInner + drain,
    outer + fill + s.runsSpill * spill + oneInner + loadW,
  );
}
