// What of a question about schedules is the same at all prices: its trellis, and what is known of each step with each choice of
// operands that stay; alike for steps of one shape.

import { nth } from '../../base/invariant.js';
import type { StepState } from '../../milp/schedule/residency.js';
import type { Trellis } from '../../milp/schedule/trellis.js';
import { trellisOf } from '../../milp/schedule/trellis.js';
import { shapeKey } from '../../model/workload/layer.js';
import type { LayerColumns } from '../network/layer-columns.js';
import type { ScheduleQuestion, ScheduleStep } from './schedule-question.js';
import { hasRoom, layerBeside, residentOf, routesIn } from './schedule-question.js';

/** A layer with some operands that stay. */
export class Variant {
  private readonly known: LayerColumns[] = [];

  constructor(
    private readonly step: ScheduleStep,
    private readonly kept: readonly boolean[],
    private readonly columns: ScheduleQuestion['columns'],
  ) {}

  /** With so many banks taken from its tiles. */
  at(taken: number): LayerColumns {
    return (this.known[taken] ??= this.columns(layerBeside(this.step, this.kept, taken)));
  }

  /** Those that were asked about, by banks taken. */
  get asked(): readonly (readonly [taken: number, columns: LayerColumns])[] {
    return this.known.flatMap((columns, taken) => [[taken, columns] as const]);
  }
}

/** Questions that ask about the same machine know the same. */
const variants = new WeakMap<ScheduleQuestion['columns'], Map<string, Variant>>();

/** A trellis with what of its moves is the same at all prices. */
export interface VariedTrellis {
  readonly trellis: Trellis;
  readonly variants: readonly Variant[];
  /** Of each move: its place among the variants, and banks taken from its tiles. */
  readonly own: Int32Array;
  readonly taken: Int32Array;
}

export class StepVariants {
  private readonly known: Map<string, Variant>;
  private readonly shapes: readonly string[];
  private readonly ofStates = new WeakMap<StepState, Variant>();
  private readonly trellises = new WeakMap<ReadonlyMap<number, boolean>, VariedTrellis>();

  constructor(private readonly question: ScheduleQuestion) {
    this.known = variants.get(question.columns) ?? new Map<string, Variant>();
    variants.set(question.columns, this.known);
    this.shapes = question.steps.map(({ layer }) => shapeKey(layer));
  }

  of({ step, kept }: Pick<StepState, 'step' | 'kept'>): Variant {
    const { question, shapes } = this;
    const own = nth(question.steps, step);
    const key = `${nth(shapes, step)} ${residentOf(own, kept).join()}`;
    const variant = this.known.get(key) ?? new Variant(own, kept, question.columns);
    this.known.set(key, variant);
    return variant;
  }

  /** The same, for states of a trellis, which are asked about again and again. */
  ofState(state: StepState): Variant {
    const variant = this.ofStates.get(state) ?? this.of(state);
    this.ofStates.set(state, variant);
    return variant;
  }

  trellis(fixed: ReadonlyMap<number, boolean>): Trellis {
    return this.varied(fixed).trellis;
  }

  varied(fixed: ReadonlyMap<number, boolean>): VariedTrellis {
    const known = this.trellises.get(fixed) ?? this.made(fixed);
    this.trellises.set(fixed, known);
    return known;
  }

  private made(fixed: ReadonlyMap<number, boolean>): VariedTrellis {
    const { question } = this;
    const trellis = trellisOf(routesIn(question), fixed, (state) => hasRoom(nth(question.steps, state.step), state));
    const places = new Map<Variant, number>();
    const own = Int32Array.from(trellis.moves, ({ state }) => {
      const variant = this.ofState(state);
      const place = places.get(variant) ?? places.size;
      places.set(variant, place);
      return place;
    });
    const taken = Int32Array.from(trellis.moves, ({ state }) => question.problem.banks - state.free);
    return { trellis, variants: [...places.keys()], own, taken };
  }
}

const all = new WeakMap<ScheduleQuestion, StepVariants>();

export function stepVariants(question: ScheduleQuestion): StepVariants {
  const made = all.get(question) ?? new StepVariants(question);
  all.set(question, made);
  return made;
}
