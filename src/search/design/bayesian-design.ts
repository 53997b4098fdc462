// Bayesian optimisation over machines: Gaussian processes of what is known say where the next look is worth most.

import { seeded } from '../../base/random.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { designMoves } from './design-point.js';
import { byValue, designRun } from './design-run.js';
import type { DesignStrategy } from './design-strategy.js';
import { distribution, expectedImprovement } from '../improvement.js';
import type { Look } from '../surrogate.js';
import { learner } from '../surrogate.js';

interface DesignLook extends Look {
  readonly point: DesignPoint;
}

/** Random points to begin with. */
const initial = 16;
/** Where the next look may go: random points, and so many neighbours of each of the leaders, the best so far. */
const [randomCandidates, leaders, neighbours] = [300, 5, 40];
const learning = { maxLooks: 200, growth: 1.1 };

export const bayesianDesign: DesignStrategy = {
  name: 'bayesian',
  async find(task, budget) {
    const chance = seeded(budget.seed);
    const moves = designMoves(task.space);
    const run = designRun('bayesian', task, budget);
    const ofValue = learner((look) => Math.log(look.value), learning, run.left);
    const ofAnswer = learner((look) => (look.value < Infinity ? 1 : 0), learning, run.left);
    const looks: DesignLook[] = [];
    while (run.left()) {
      const next = looks.length < initial ? moves.random(chance) : mostPromising();
      // Nothing new is near the best nor was drawn: the space is as good as exhausted. Or time
      // was up before anything was found.
      if (!next || !run.left()) break;
      const known = run.knows(next);
      const value = await run.value(next);
      if (!known) looks.push({ point: next, at: moves.coordinates(next), value });
    }
    return run.answer();

    function mostPromising(): DesignPoint | undefined {
      const answers = looks.filter((look) => look.value < Infinity);
      const candidates = [
        ...Array.from({ length: randomCandidates }, () => moves.random(chance)),
        ...answers
          .toSorted(byValue)
          .slice(0, leaders)
          .flatMap(({ point }) => Array.from({ length: neighbours }, () => moves.neighbour(point, chance))),
      ].filter((point) => !run.knows(point));
      const improvement = improvementOf(answers);
      let best: { point: DesignPoint; improvement: number } | undefined;
      for (const point of candidates) {
        if (!run.left()) break;
        const found = improvement(moves.coordinates(point));
        if (found > (best?.improvement ?? -1)) best = { point, improvement: found };
      }
      return best?.point;
    }

    /**
     * Expected improvement of the objective's logarithm, times the probability of an answer: by least squares
     * on 1 and 0, read as above or below 1/2 (Rasmussen and Williams, section 6.5). Values of 0 leave the
     * first candidate, a random one.
     */
    function improvementOf(answers: readonly DesignLook[]): (at: readonly number[]) => number {
      if (answers.length === 0) return () => 0;
      const value = ofValue(answers);
      const min = Math.log(Math.min(...answers.map((look) => look.value)));
      if (answers.length === looks.length) return (at) => expectedImprovement(min, value.predict(at));
      const answer = ofAnswer(looks);
      return (at) => {
        const { mean, deviation } = answer.predict(at);
        return distribution((mean - 0.5) / deviation) * expectedImprovement(min, value.predict(at));
      };
    }
  },
};
