// Which chains of a network, in how many bands of rows or of images, a schedule chooses among.

import { got, nth } from '../base/invariant.js';
import { imagesOf } from '../model/workload/image-bands.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { BandedChain, BandsOf, Chain } from '../model/workload/row-bands.js';
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
 * beside another like it. In so many bands that divide the rows of the last result evenly, or the images of a batch: the
 * `maxCounts` fewest in which each band of such a tensor, without its halo, takes no more than half. Of a batch the longest chains
 * that there are too, image by image.
 */
export function bandCandidates(whole: WholeNetwork): readonly BandedChain[] {
  const { graph } = whole;
  const able = (of: BandsOf) =>
    graph.steps.flatMap((_, first) =>
      Array.from({ length: maxChain - 1 }, (_u, i): Chain => ({ first, last: first + 1 + i }))
        .filter(({ last }) => last < graph.steps.length && whyNoChain(graph, { first, last, of }) === undefined)
        .flatMap((chain) => countsFor(whole, chain, of).map((bands) => ({ ...chain, bands, of }))),
    );
  const found = [...able('rows'), ...able('images')];
  const isThere = (a: BandedChain) =>
    found.some((b) => a.first === b.first && a.last === b.last && a.bands === b.bands && a.of === b.of);
  return [...found, ...imageByImage(graph).filter((chain) => !isThere(chain))];
}

/** The longest chains of images, one after the other, each in as many bands as there are images. */
function imageByImage(graph: NetworkGraph): readonly BandedChain[] {
  const chains: BandedChain[] = [];
  for (let first = 0; first < graph.steps.length; first++) {
    const bands = imagesOf(graph, nth(graph.steps, first));
    if (bands === undefined) continue;
    const last = graph.steps.findLastIndex(
      (_, i) => i > first && whyNoChain(graph, { first, last: i, of: 'images' }) === undefined,
    );
    if (last < 0) continue;
    chains.push({ first, last, bands, of: 'images' });
    first = last;
  }
  return chains;
}

function countsFor({ graph, template, lowered }: WholeNetwork, { first, last }: Chain, of: BandsOf): readonly number[] {
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
  const size = of === 'rows' ? rowsOf(graph, made(last)) : imagesOf(graph, nth(graph.steps, last));
  return divisors(size ?? 1)
    .filter((n) => n > 1 && most / n <= half)
    .slice(0, maxCounts);
}

const divisors = (n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
