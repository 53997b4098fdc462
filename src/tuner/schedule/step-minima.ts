// What the steps of a schedule cost at some prices, as far as it is known: with every choice of operands that stay and every
// number of banks taken from their tiles, exactly or from below.

import { nth } from '../../base/invariant.js';
import type { Weights } from '../../enumerate/item.js';
import type { StepState } from '../../milp/schedule/residency.js';
import { shapeKey } from '../../model/workload/layer.js';
import type { Patience } from '../network/network-question.js';
import type { ScheduleQuestion } from './schedule-question.js';
import { layerBeside, layerIn } from './schedule-question.js';

/** Of one shape with some operands that stay, by banks taken. */
interface Known {
  /** No more banks taken cost less. */
  readonly floors: Float64Array;
  readonly exact: boolean[];
}

export class StepMinima {
  readonly #shapes: readonly string[];
  readonly #known = new Map<string, Known>();

  constructor(
    readonly question: ScheduleQuestion,
    readonly prices: Weights,
    readonly patience: Patience,
  ) {
    this.#shapes = question.steps.map(({ layer, roles }) => `${shapeKey(layer)} ${roles.join()}`);
  }

  floor({ step, kept, free }: StepState): number {
    return nth(this.#of(step, kept).floors, this.question.problem.banks - free);
  }

  isExact({ step, kept, free }: StepState): boolean {
    return nth(this.#of(step, kept).exact, this.question.problem.banks - free);
  }

  /** What is known of a step with some operands that stay: from so many banks taken on it costs at least so much. */
  floors(step: number, kept: readonly boolean[]): readonly { readonly taken: number; readonly min: number }[] {
    const { floors } = this.#of(step, kept);
    return [...floors].flatMap((min, taken) =>
      min > (taken === 0 ? 0 : nth(floors, taken - 1)) ? [{ taken, min }] : [],
    );
  }

  /** Settles what is asked; false where the time was over. */
  async settle(states: readonly StepState[]): Promise<boolean> {
    const minima = await Promise.all(
      states.map((state) =>
        this.question.columns(layerIn(this.question, state)).min(this.prices, this.patience.left()),
      ),
    );
    for (const [i, min] of minima.entries()) {
      const { step, kept, free } = nth(states, i);
      if (min !== undefined) raise(this.#of(step, kept), this.question.problem.banks - free, min);
    }
    return !minima.includes(undefined) && !this.patience.over();
  }

  #of(step: number, kept: readonly boolean[]): Known {
    const key = `${this.#shapes[step]} ${kept.join()}`;
    const known = this.#known.get(key);
    if (known) return known;
    const { problem, steps, columns } = this.question;
    const made: Known = {
      floors: new Float64Array(problem.banks + 1),
      exact: Array.from({ length: problem.banks + 1 }, () => false),
    };
    this.#known.set(key, made);
    // Prices in between may be settled by what was asked at others.
    for (let taken = 0; taken <= problem.banks; taken++) {
      const min = columns(layerBeside(nth(steps, step), kept, taken)).minSettled(this.prices);
      if (min !== undefined) raise(made, taken, min);
    }
    return made;
  }
}

function raise({ floors, exact }: Known, taken: number, min: number): void {
  exact[taken] = true;
  for (let n = taken; n < floors.length; n++) floors[n] = Math.max(nth(floors, n), min);
}
