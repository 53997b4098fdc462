// The residency that costs least as a mixed-integer linear program, of steps with given choices: the second witness beside
// dynamic programming.

import { nth } from '../../src/base/invariant.js';
import type { ResidencyProblem, StepState } from '../../src/milp/schedule/residency.js';
import type { LinearRow, Milp } from '../../src/program/milp.js';

/** One way to run a step: what it needs, and what it costs. */
export interface StepChoice {
  /** One for each of the step's operands. */
  readonly kept: readonly boolean[];
  /** For tiles of what does not stay. */
  readonly banks: number;
  readonly cost: number;
}

/** What the cheapest of some choices costs in a state; +Infinity where none fits. */
export const cheapest = (choices: readonly StepChoice[], { kept, free }: Omit<StepState, 'step'>): number =>
  choices.reduce(
    (min, c) => (c.banks <= free && c.kept.every((k, i) => k === kept[i]) ? Math.min(min, c.cost) : min),
    Infinity,
  );

/**
 * Binary columns: first of each tensor whether it stays, then of each step each of its choices. Rows: a step takes one
 * choice; it keeps an operand just where the tensor stays; at each step tensors that stay and tiles have room.
 */
export function residencyProgram(
  { banks, tensors, operands }: ResidencyProblem,
  choices: readonly (readonly StepChoice[])[],
): Milp {
  const binary = { lower: 0, upper: 1, integer: true };
  const all = choices.flatMap((own, step) => own.map((choice) => ({ step, choice })));
  const at = all.map((x, i) => ({ ...x, column: tensors.length + i }));
  const columns = [
    ...tensors.map(({ name }) => ({ ...binary, name, cost: 0 })),
    ...at.map(({ step, choice, column }) => ({ ...binary, name: `${step}#${column}`, cost: choice.cost })),
  ];
  const rows = operands.flatMap((own, step): LinearRow[] => {
    const mine = at.filter((x) => x.step === step);
    const one = mine.map(({ column }) => column);
    const live = [...tensors.keys()].filter((t) => nth(tensors, t).from <= step && step <= nth(tensors, t).upTo);
    return [
      { name: `one ${step}`, indices: one, values: one.map(() => 1), lower: 1, upper: 1 },
      ...own.map((t, i): LinearRow => {
        const keeping = mine.filter(({ choice }) => choice.kept[i]).map(({ column }) => column);
        const values = [-1, ...keeping.map(() => 1)];
        return { name: `${nth(tensors, t).name} in ${step}`, indices: [t, ...keeping], values, lower: 0, upper: 0 };
      }),
      {
        name: `room ${step}`,
        indices: [...live, ...one],
        values: [...live.map((t) => nth(tensors, t).banks), ...mine.map(({ choice }) => choice.banks)],
        lower: -Infinity,
        upper: banks,
      },
    ];
  });
  return { columns, rows, offset: 0 };
}
