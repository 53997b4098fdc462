// What may stay in the global buffer of the machines of a space, as plain data for the search over them.

import { defined } from '../../../base/invariant.js';
import type { DesignPoint } from '../../../model/space/design-space.js';
import { shapeParameters } from '../../../model/space/design-space.js';
import type { ResidentTensor } from '../../../model/workload/resident.js';
import type { Keepable, ResidencyProblem } from '../../../milp/schedule/residency.js';

/** A tensor that may stay on some machine of a shape. */
export interface SizedTensor extends Omit<Keepable, 'banks'> {
  /** Whole banks that it takes in a global buffer of so many bits; none where it cannot stay there. */
  readonly banks: Readonly<Record<number, number>>;
}

/** On the machines of shapes that differ in rows and columns alone. */
export interface Keeping {
  readonly tensors: readonly SizedTensor[];
  /** Of each step, which of the tensors it reads or makes, and what they are to its layer. */
  readonly operands: readonly (readonly number[])[];
  readonly roles: readonly (readonly ResidentTensor[])[];
}

/** A network as steps in order. */
export interface ScheduleOverSpace {
  /** The layer of each: a number of the problem's layers. */
  readonly steps: readonly number[];
  /** By `keepingKey` of the shape. */
  readonly keeping: Readonly<Record<string, Keeping>>;
}

/** Shapes of one key have the same tensors that may stay, in as many banks. */
export const keepingKey = (shape: DesignPoint): string =>
  shapeParameters
    .filter((p) => p !== 'rows' && p !== 'columns')
    .map((p) => shape[p])
    .join(' ');

/** With a global buffer of this size. */
export const residencyProblem = (
  { tensors, operands }: Keeping,
  banks: number,
  globalBuffer: number,
): ResidencyProblem => ({
  banks,
  // What takes more banks than there are never stays.
  tensors: tensors.map((t) => ({ ...t, banks: t.banks[globalBuffer] ?? banks + 1 })),
  operands,
});

/** @throws where nothing was said of the shape: a broken promise. */
export const keepingOf = ({ keeping }: ScheduleOverSpace, shape: DesignPoint): Keeping =>
  defined(keeping[keepingKey(shape)]);
