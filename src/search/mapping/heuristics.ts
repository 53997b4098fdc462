// The heuristics over mappings that a proved optimum is compared with.

import { annealing } from './annealing.js';
import { bayesian } from './bayesian.js';
import { genetic } from './genetic.js';
import { hillClimbing } from './hill-climbing.js';
import { randomPruned } from './random-pruned.js';
import { randomSampling } from './random-sampling.js';
import type { Strategy } from '../strategy.js';

export { annealing, bayesian, genetic, hillClimbing, randomPruned, randomSampling };

/** All heuristics over mappings, the simplest first. None proves anything: their bound is 0. */
export const heuristics: readonly Strategy[] = [
  randomSampling,
  randomPruned,
  hillClimbing,
  annealing,
  genetic,
  bayesian,
];
