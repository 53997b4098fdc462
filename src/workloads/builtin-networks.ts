// All built-in networks, drawn: for those who look at every one of them.

import type { Network } from '../model/workload/network.js';
import { sketches } from './builtin.js';

export const builtinNetworks: readonly Network[] = sketches.map(({ network }) => network);
