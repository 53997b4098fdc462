// What a reader of another tool's workload gives: a network, and what was assumed of it.

import { defined } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import type { Layer } from '../../model/workload/layer.js';
import { macs, maxMacs } from '../../model/workload/layer.js';
import type { Network, Unmapped } from '../../model/workload/network.js';
import { mergeLayers, networkMacs } from '../../model/workload/network.js';

export interface ForeignNetwork {
  readonly network: Network;
  /** What was assumed, a sentence each. */
  readonly notes: readonly string[];
}

/** Refused where there is no layer, or counts would not be exact. */
export function foreignNetwork(
  name: string,
  source: string,
  layers: readonly Layer[],
  unmapped: readonly Unmapped[],
  faults: readonly Diagnostic[],
  notes: readonly string[],
): Parsed<ForeignNetwork> {
  const large = layers
    .filter((layer) => macs(layer) > maxMacs)
    .map((layer): Diagnostic => ({
      code: 'too-large',
      path: [],
      message:
        `${layer.name} has ${macs(layer).toExponential(2)} MACs; counts are exact up to 2^50 (1.1e15), ` +
        'so split the layer',
    }));
  if (faults.length + large.length > 0) return refused([...faults, ...large]);
  if (layers.length === 0) return refuse('empty', [], `the ${source} has no layer that multiplies`);
  const network: Network = { name, source, layers: mergeLayers(layers), unmapped: mergeUnmapped(unmapped) };
  if (networkMacs(network) > Number.MAX_SAFE_INTEGER)
    return refuse(
      'too-large',
      [],
      `the network has ${networkMacs(network).toExponential(2)} MACs; at most 2^53 are counted exactly. ` +
        'Split the network',
    );
  return parsed({ network, notes });
}

function mergeUnmapped(unmapped: readonly Unmapped[]): readonly Unmapped[] {
  return [...new Set(unmapped.map((u) => u.operator))].map((operator) => {
    const own = unmapped.filter((u) => u.operator === operator);
    const known = own.every((u) => u.macs !== null);
    return {
      operator,
      count: own.reduce((n, u) => n + u.count, 0),
      macs: known ? own.reduce((n, u) => n + defined(u.macs), 0) : null,
    };
  });
}
