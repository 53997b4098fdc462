// Whether the sums of a run stay within those of a machine, and within what doubles count exactly.

import type { Diagnostic } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import type { GraphStep, LayerStep } from '../model/workload/network-graph.js';
import type { StepIntegers } from './integer-arithmetic.js';
import type { Numbers } from './numbers.js';
import { eachElement } from './real-arithmetic.js';
import type { Arithmetic } from './run-graph.js';

/** The same arithmetic, whose sums are looked at on their way; `steps` has the integers of a step once it is finished. */
export interface Watch {
  readonly watched: (plain: Arithmetic, steps: ReadonlyMap<number, StepIntegers>) => Arithmetic;
  /** A sentence for each step whose sums went too far. */
  readonly faults: () => readonly Diagnostic[];
}

/** Up to here every whole number is a double. */
const exact = 2 ** 53;

export interface WatchedMachine {
  /** Of sums, and of words. */
  readonly sumBits: number;
  readonly bits: number;
  readonly unsigned?: ReadonlySet<string> | undefined;
}

/** `wayOut` says what a user can do beside taking a wider machine. */
export function watchSums({ sumBits, bits, unsigned }: WatchedMachine, wayOut: string): Watch {
  const machine = 2 ** (sumBits - 1);
  const limit = Math.min(machine, exact);
  const beyond = new Map<GraphStep, { sums: number; bias: number }>();
  // Far from the limit the largest bias may as well stand beside the largest sum.
  const look = (step: GraphStep, sums: number, bias: number) => {
    const known = beyond.get(step) ?? { sums: 0, bias: 0 };
    if (sums + bias >= limit) beyond.set(step, { sums: Math.max(sums, known.sums), bias: Math.max(bias, known.bias) });
  };
  const lookAtAll = (step: GraphStep, { values }: Numbers, integers: StepIntegers | undefined) =>
    look(
      step,
      values.reduce((n, x) => Math.max(n, Math.abs(x)), 0),
      (integers?.channels ?? []).reduce((n, c) => Math.max(n, Math.abs(c.bias)), 0),
    );
  const sentence = (step: GraphStep, sums: number, bias: number): string => {
    const largest = `step ${step.name} has sums up to ${sums}${bias > 0 ? ` and biases up to ${bias}` : ''}`;
    return limit === machine
      ? `${largest}, but sums of the machine have ${sumBits} bits, up to ${limit - 1}; take a machine of wider accumPrecision${wayOut}`
      : `${largest}, but the reference is exact up to 2^53; take a machine of fewer bits than ${sumBits} for sums and of narrower words`;
  };
  return {
    watched: (plain, steps) => ({
      ...plain,
      layer(step, i, sums, residual) {
        const made = plain.layer(step, i, sums, residual);
        lookAtAll(step, sums, steps.get(i));
        // Accumulators wrap: what a bias puts right may be beyond them before, but not where a maximum is taken first.
        if (step.epilogue.pool && unsigned?.has(nth(step.inputs, 0)) === true)
          lookAtAll(step, ofStoredWords(plain, step, i, sums, 2 ** (bits - 1)), undefined);
        return made;
      },
      scale(step, i, x) {
        const made = plain.scale(step, i, x);
        lookAtAll(step, x, steps.get(i));
        return made;
      },
      average(step, i) {
        const own = plain.average(step, i);
        return (sum, divisor) => {
          look(step, Math.abs(sum), 0);
          return own(sum, divisor);
        };
      },
    }),
    faults: () =>
      [...beyond].map(([step, { sums, bias }]) => ({
        code: 'out-of-range',
        path: [],
        message: sentence(step, sums, bias),
      })),
  };
}

/** The sums that the machine has of words that are less than their numbers by `half`, borders too. */
function ofStoredWords({ operand }: Arithmetic, step: LayerStep, i: number, sums: Numbers, half: number): Numbers {
  const { run } = step;
  const weights =
    run.kind === 'convolution' && run.weights.kind === 'weights' ? operand(run.weights, step, i) : undefined;
  if (!weights) throw new Error(`invariant: ${step.name} has a pool behind what is no convolution by weights`);
  const { shape, values } = weights;
  const each = values.length / nth(shape, 0);
  const added = Array.from({ length: nth(shape, 0) }, (_, k) =>
    values.subarray(k * each, (k + 1) * each).reduce((n, w) => n + w, 0),
  );
  return eachElement(sums, 1, (v, _, k) => v - half * nth(added, k));
}
