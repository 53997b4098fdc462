// A built-in network with all its steps, as the command counts it.

import type { Network } from '../src/index.js';
import { findGraph, findNetwork, networkOfSteps } from '../src/index.js';

export function wholeNetwork(name: string): Network {
  const [network, graph] = [findNetwork(name), findGraph(name)];
  if (!network.ok || !graph.ok) throw new Error(`no network ${name}`);
  return networkOfSteps(network.value, graph.value);
}
