// What the steps of a schedule cost at some prices, as far as it is known: with every choice of operands that stay and every
// number of banks taken from their tiles, exactly or from below.

import { nth } from '../../base/invariant.js';
import type { Weights } from '../../enumerate/item.js';
import type { StepState } from '../../milp/schedule/residency.js';
import type { Patience } from '../network/network-question.js';
import type { ScheduleQuestion } from './schedule-question.js';
import type { Variant } from './step-variants.js';
import { stepVariants } from './step-variants.js';

/** Of one shape with some operands that stay, by banks taken. */
interface Known {
  /** No more banks taken cost less. */
  readonly floors: Float64Array;
  readonly exact: boolean[];
}

export class StepMinima {
  readonly #known = new Map<Variant, Known>();

  constructor(
    readonly question: ScheduleQuestion,
    readonly prices: Weights,
    readonly patience: Patience,
  ) {}

  floor(state: StepState): number {
    return nth(this.#of(state).floors, this.#taken(state));
  }

  /** The same by banks taken, whatever more is known later. */
  byTaken(variant: Variant): Readonly<Float64Array> {
    return this.#ofVariant(variant).floors;
  }

  isExact(state: StepState): boolean {
    return nth(this.#of(state).exact, this.#taken(state));
  }

  /** What is known of a step with some operands that stay: from so many banks taken on it costs at least so much. */
  floors(step: number, kept: readonly boolean[]): readonly { readonly taken: number; readonly min: number }[] {
    const { floors } = this.#ofVariant(stepVariants(this.question).of({ step, kept }));
    return [...floors].flatMap((min, taken) =>
      min > (taken === 0 ? 0 : nth(floors, taken - 1)) ? [{ taken, min }] : [],
    );
  }

  /** Raises floors by what can be said at once; whether any is higher then. */
  sharpen(states: readonly StepState[]): boolean {
    let isHigher = false;
    for (const state of states) {
      const known = this.#of(state);
      const before = nth(known.floors, 0);
      raise(known, 0, stepVariants(this.question).ofState(state).at(0).floor(this.prices));
      isHigher ||= nth(known.floors, 0) > before;
    }
    return isHigher;
  }

  /** Settles what is asked, first with no banks taken; false where the time was over. */
  async settle(states: readonly StepState[]): Promise<boolean> {
    const minima = await Promise.all(
      states.map((state) => {
        const taken = nth(this.#of(state).exact, 0) ? this.#taken(state) : 0;
        return this.#settled(state, taken);
      }),
    );
    return !minima.includes(false) && !this.patience.over();
  }

  async #settled(state: StepState, taken: number): Promise<boolean> {
    const min = await stepVariants(this.question).ofState(state).at(taken).min(this.prices, this.patience.left());
    if (min === undefined) return false;
    const known = this.#of(state);
    raise(known, taken, min);
    known.exact[taken] = true;
    return true;
  }

  #taken({ free }: StepState): number {
    return this.question.problem.banks - free;
  }

  #of(state: StepState): Known {
    return this.#ofVariant(stepVariants(this.question).ofState(state));
  }

  #ofVariant(variant: Variant): Known {
    const known = this.#known.get(variant);
    if (known) return known;
    const { banks } = this.question.problem;
    const made: Known = {
      floors: new Float64Array(banks + 1),
      exact: Array.from({ length: banks + 1 }, () => false),
    };
    this.#known.set(variant, made);
    // Prices in between may be settled by what was asked at others, and are bounded by it.
    for (const [taken, columns] of variant.asked) {
      const min = columns.minSettled(this.prices);
      raise(made, taken, min ?? columns.atLeast(this.prices));
      made.exact[taken] = min !== undefined;
    }
    return made;
  }
}

function raise({ floors }: Known, taken: number, min: number): void {
  for (let n = taken; n < floors.length; n++) floors[n] = Math.max(nth(floors, n), min);
}
