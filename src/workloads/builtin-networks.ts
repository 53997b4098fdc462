// All built-in networks, drawn: for those who look at every one of them.

import type { Network } from '../model/workload/network.js';
import { sketches } from './builtin.js';

/** All networks that the command line knows by name, with their layers; drawn when this is imported. */
export const builtinNetworks: readonly Network[] = sketches.map(({ network }) => network);
