// Which chains of a network, in how many bands of rows, a schedule chooses among.

import { got, nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { BandedChain, Chain } from '../model/workload/row-bands.js';
import { rowsOf, whyNoChain } from '../model/workload/row-bands.js';
import { hardwareOf } from '../rtl/hardware.js';
import type { WholeNetwork } from './banded-runs.js';
import { banksFor } from './residents.js';

/** Steps of a chain. */
export const maxChain = 6;
/** Numbers of bands of one chain. */
export const maxCounts = 3;

/**
 * Chains of 2 to `maxChain` steps of which some tensor between two takes more than half of the banks, so that it cannot lie there
 * beside another like it. In so many bands that divide the rows of the last result evenly: the `maxCounts` fewest in which each
 * band of such a tensor, without its halo, takes no more than half.
 */
export function bandCandidates(whole: WholeNetwork): readonly BandedChain[] {
  const { graph } = whole;
  return graph.steps.flatMap((_, first) =>
    Array.from({ length: maxChain - 1 }, (_u, i): Chain => ({ first, last: first + 1 + i }))
      .filter(({ last }) => last < graph.steps.length && whyNoChain(graph, { first, last }) === undefined)
      .flatMap((chain) => countsFor(whole, chain).map((bands) => ({ ...chain, bands }))),
  );
}

function countsFor({ graph, template, lowered }: WholeNetwork, { first, last }: Chain): readonly number[] {
  const h = hardwareOf(template);
  const { residency } = h;
  if (!residency) return [];
  const made = (step: number) => nth(nth(graph.steps, step).outputs, 0);
  const banks = Array.from({ length: last - first }, (_, i) =>
    banksFor(h, residency, got(lowered.tensors, made(first + i)).storage),
  );
  const most = Math.max(...banks);
  const half = h.globalBanks / 2;
  if (most <= half) return [];
  return divisors(rowsMade(graph, made(last)))
    .filter((n) => n > 1 && most / n <= half)
    .slice(0, maxCounts);
}

const rowsMade = (graph: NetworkGraph, name: string): number => rowsOf(graph, name) ?? 1;
const divisors = (n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
