// What machines are whose files say nothing of a parameter: what they were before it was added.

import { linePaths } from './global-ports.js';
import { plainWeights } from './packed-weights.js';
import { plainMultipliers } from './split-multipliers.js';

/** In the order in which versions added them. */
export const unsaid = { ...linePaths, residency: 0, ...plainWeights, ...plainMultipliers } as const;
export type UnsaidParameter = keyof typeof unsaid;
