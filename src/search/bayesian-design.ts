// Bayesian optimisation over machines: Gaussian processes of what is known say where the next look is worth most.

import { seeded } from '../base/random.js';
import type { DesignPoint } from '../model/design-space.js';
import { designMoves } from './design-point.js';
import { byValue, designRun } from './design-run.js';
import type { DesignStrategy } from './design-strategy.js';
import type { GaussianProcess } from './gaussian.js';
import { firstScales, gaussianProcess, likelierScales } from './gaussian.js';
import { distribution, expectedImprovement } from './improvement.js';

interface Look {
  readonly point: DesignPoint;
  readonly at: readonly number[];
  readonly value: number;
}

/** Random points to begin with. */
const initial = 16;
/** Where the next look may go: random points, and so many neighbours of each of the leaders, the best so far. */
const [randomCandidates, leaders, neighbours] = [300, 5, 40];
/** Looks that a process is made of at most: time grows with their cube. */
const mostLooks = 200;
/** Length scales are learned anew whenever there are so many times the looks. */
const growth = 1.1;

export const bayesianDesign: DesignStrategy = {
  name: 'bayesian',
  async find(task, budget) {
    const chance = seeded(budget.seed);
    const moves = designMoves(task.space);
    const run = designRun('bayesian', task, budget);
    const [ofValue, ofAnswer] = [learner((look) => Math.log(look.value)), learner((look) => (look.value < Infinity ? 1 : 0))];
    const looks: Look[] = [];
    while (run.left()) {
      const next = looks.length < initial ? moves.random(chance) : mostWorth();
      // Nothing new is near the best nor was drawn: the space is as good as exhausted.
      if (!next) break;
      const known = run.knows(next);
      const value = await run.value(next);
      if (!known) looks.push({ point: next, at: moves.coordinates(next), value });
    }
    return run.answer();

    function mostWorth(): DesignPoint | undefined {
      const answers = looks.filter((look) => look.value < Infinity);
      const candidates = [
        ...Array.from({ length: randomCandidates }, () => moves.random(chance)),
        ...answers.toSorted(byValue).slice(0, leaders).flatMap(({ point }) => Array.from({ length: neighbours }, () => moves.neighbour(point, chance))),
      ].filter((point) => !run.knows(point));
      const worth = worthOf(answers);
      let best: { point: DesignPoint; worth: number } | undefined;
      for (const point of candidates) {
        const found = worth(moves.coordinates(point));
        if (found > (best?.worth ?? -1)) best = { point, worth: found };
      }
      return best?.point;
    }

    /**
     * Expected improvement of the objective's logarithm, times the probability of an answer: by least squares on 1 and 0,
     * read as above or below 1/2 (Rasmussen and Williams, section 6.5). Values of 0 leave the first candidate, a random one.
     */
    function worthOf(answers: readonly Look[]): (at: readonly number[]) => number {
      if (answers.length === 0) return () => 0;
      const value = ofValue(answers);
      const least = Math.log(Math.min(...answers.map((look) => look.value)));
      if (answers.length === looks.length) return (at) => expectedImprovement(least, value.predict(at));
      const answer = ofAnswer(looks);
      return (at) => {
        const { mean, deviation } = answer.predict(at);
        return distribution((mean - 0.5) / deviation) * expectedImprovement(least, value.predict(at));
      };
    }
  },
};

/** Makes processes of more and more looks, and keeps the length scales that it has learned. */
function learner(quantity: (look: Look) => number): (looks: readonly Look[]) => GaussianProcess {
  let scales: readonly number[] | undefined;
  let learned = 0;
  return (looks) => {
    const taken = telling(looks);
    const [xs, ys] = [taken.map((look) => look.at), taken.map(quantity)];
    scales ??= firstScales(xs[0]!.length);
    if (looks.length >= growth * learned) {
      scales = likelierScales(xs, ys, scales);
      learned = looks.length;
    }
    return gaussianProcess(xs, ys, scales);
  };
}

/** All, or the best and of the others the latest. */
function telling(looks: readonly Look[]): readonly Look[] {
  if (looks.length <= mostLooks) return looks;
  const best = new Set(looks.toSorted(byValue).slice(0, mostLooks / 2));
  return [...best, ...looks.filter((look) => !best.has(look)).slice(-mostLooks / 2)];
}
