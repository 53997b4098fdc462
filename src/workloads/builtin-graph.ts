// The graphs of steps of the built-in networks.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import { defined } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { findNetwork, findSketch } from './builtin.js';
import { networkGraphOf } from './graph/network-graph-of.js';

/** The steps of the built-in network of that name, of so many images at once: additions, pools and what is left for the host too. */
export function findGraph(name: string, options: { readonly batch?: number | undefined } = {}): Parsed<NetworkGraph> {
  const network = findNetwork(name);
  if (!network.ok) return network;
  const { source } = network.value;
  const made = networkGraphOf(defined(findSketch(name)).graph, network.value.name, options);
  const batch = options.batch === undefined ? '' : `, batch ${options.batch}`;
  return made.ok ? parsed({ ...made.value, source: source + batch }) : made;
}
