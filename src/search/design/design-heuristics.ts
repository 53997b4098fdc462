// The heuristics over machines that a proved co-design is compared with.

import { annealingDesign } from './annealing-design.js';
import { bayesianDesign } from './bayesian-design.js';
import type { DesignStrategy } from './design-strategy.js';
import { geneticDesign } from './genetic-design.js';
import { randomDesign } from './random-design.js';

/** All heuristics over machines: random samples, annealing, a genetic algorithm, Bayesian optimisation. */
export const designHeuristics: readonly DesignStrategy[] = [
  randomDesign,
  annealingDesign,
  geneticDesign,
  bayesianDesign,
];
