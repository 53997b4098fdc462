// Which tensors of a network stay in the global buffer: what may stay, for how long, in how many banks.

/** A tensor that may stay from the step that makes it to the last step that reads it. */
export interface Keepable {
  readonly name: string;
  /** Whole banks that it takes. */
  readonly banks: number;
  /** Places of steps in their order: it takes its banks in all of these, both ends among them. */
  readonly from: number;
  readonly upTo: number;
}

export interface ResidencyProblem {
  /** Banks of the global buffer. */
  readonly banks: number;
  readonly tensors: readonly Keepable[];
  /** Of each step, which of the tensors it reads or makes: numbers of `tensors`, each once. */
  readonly operands: readonly (readonly number[])[];
}

/** Of each tensor, whether it stays. */
export type Residency = readonly boolean[];

/** A step with some of its operands in the buffer and so many banks left for tiles of the others. */
export interface StepState {
  readonly step: number;
  /** One for each of the step's operands. */
  readonly kept: readonly boolean[];
  readonly free: number;
}

const isLive = ({ from, upTo }: Keepable, step: number): boolean => from <= step && step <= upTo;

/** What each step is under a residency; undefined where tensors that stay need more banks than there are. */
export function statesOf(
  { banks, tensors, operands }: ResidencyProblem,
  residency: Residency,
): readonly StepState[] | undefined {
  const states = operands.map((own, step): StepState => {
    const taken = tensors.reduce((sum, t, i) => sum + (residency[i] && isLive(t, step) ? t.banks : 0), 0);
    return { step, kept: own.map((t) => residency[t] ?? false), free: banks - taken };
  });
  return states.some(({ free }) => free < 0) ? undefined : states;
}
