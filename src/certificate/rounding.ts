// From doubles of the cost model to rational numbers, outwards.
//
// Energies, areas and costs are sums and products of positive doubles, of powers and roots that are right to one unit in
// the last place. Fewer than 2^12 operations make one, each off by at most 2^-53 of its result: 2^-41 in all. A bound from
// below is lowered by 2^-40 of itself, one from above raised by as much; from there on nothing is rounded.

import type { Rational } from '../base/rational.js';
import { exactly, product, rational } from '../base/rational.js';

const bits = 40n;
const lower = rational((1n << bits) - 1n, 1n << bits);
const upper = rational((1n << bits) + 1n, 1n << bits);

/** Not above what a double of the cost model stands for. */
export const below = (x: number): Rational => product(exactly(x), lower);
/** Not below it. */
export const above = (x: number): Rational => product(exactly(x), upper);
