// Chains in bands as files name them: by their first and last steps.

import { nth } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import type { NetworkGraph } from './network-graph.js';
import type { BandedChain, BandedGraph, BandsOf } from './row-bands.js';
import { banded, whyNoChain } from './row-bands.js';

export interface NamedChain {
  /** Names of steps. */
  readonly first: string;
  readonly last: string;
  readonly bands: number;
  /** Rows where it is not said. */
  readonly of?: BandsOf | undefined;
}

export const namedChain = ({ steps }: NetworkGraph, { first, last, bands, of }: BandedChain): NamedChain => ({
  first: nth(steps, first).name,
  last: nth(steps, last).name,
  bands,
  ...(of === 'images' && { of }),
});

/** The graph with these chains in bands; refused, by name, where they are none or overlap. */
export function bandedByNames(graph: NetworkGraph, named: readonly NamedChain[]): Parsed<BandedGraph> {
  const faults: Diagnostic[] = [];
  const chains: BandedChain[] = [];
  for (const [i, { first: from, last: to, bands, of = 'rows' }] of named.entries()) {
    const refuse = (why: string) =>
      void faults.push({
        code: 'no-bands',
        path: ['bands', i],
        message: `${from} to ${to} cannot be in ${bands} bands of ${of}: ${why}; leave it out of the schedule`,
      });
    const [first, last] = [from, to].map((name) => graph.steps.findIndex((step) => step.name === name));
    if (first === undefined || last === undefined || first < 0 || last < 0) {
      refuse(`no step of ${graph.name} is called ${first !== undefined && first < 0 ? from : to}`);
      continue;
    }
    if (last < first) {
      refuse(`${to} comes before ${from}`);
      continue;
    }
    const other = chains.find((c) => c.first <= last && first <= c.last);
    if (other) {
      refuse(`${nth(graph.steps, Math.max(first, other.first)).name} is in bands already`);
      continue;
    }
    const why = whyNoChain(graph, { first, last, of });
    if (why !== undefined) refuse(why);
    else if (banded(graph, [{ first, last, bands, of }])) chains.push({ first, last, bands, of });
    else refuse(`its last step makes too few ${of}`);
  }
  if (faults.length > 0) return refused(faults);
  const made = banded(graph, chains);
  if (!made) throw new Error('invariant: chains that can be in bands alone can be together');
  return parsed(made);
}
