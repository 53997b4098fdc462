// Code that makes a step's results of sums in lanes: what `Finish` says, in the order of the reference, so that no bit differs.

import type { Code } from '../base/wasm.js';
import type { Numeric } from './numeric.js';

/** Added to a double between -2^31 and 2^31, it leaves its nearest whole number, halves to the even one, in the low 32 bits. */
export const rounder = 1.5 * 2 ** 52;

const bytes = (...firsts: readonly number[]) => firsts.flatMap((b) => [b, b + 1, b + 2, b + 3]);
/** The upper two of four lanes below. */
const upper = [...bytes(8, 12), ...bytes(8, 12)];
/** Low halves of four doubles. */
const lowHalves = bytes(0, 8, 16, 24);
/** Lanes of 16 bits in turn, of the lower and of the upper halves of two vectors. */
const inTurn = (from: number) => [0, 2, 4, 6].flatMap((b) => [from + b, from + b + 1, from + b + 16, from + b + 17]);
export const lowerInTurn = inTurn(0);
export const upperInTurn = inTurn(8);

/** Locals: sums (of words lower and upper four samples), and where things lie. */
export interface Finished {
  readonly sums: readonly number[];
  /** Address of the `Finish`, and how many bytes behind it this one is. */
  readonly finish: number;
  readonly offset: number;
  /** Address of the second operand; undefined where there is none. */
  readonly other: number | undefined;
}

export interface FinishLocals {
  /** The six numbers of a `Finish`, spread over a vector. */
  readonly numbers: readonly number[];
  readonly other: number;
  readonly parts: readonly [number, number];
}

export const finishLocals = (code: Code): FinishLocals => ({
  numbers: Array.from({ length: 6 }, () => code.local('v128')),
  other: code.local('v128'),
  parts: [code.local('v128'), code.local('v128')],
});

/** Leaves the finished vector on the stack. `round` is the local that has `rounder` in both lanes. */
export function emitFinish({ kind }: Numeric, code: Code, locals: FinishLocals, of: Finished, round: number): void {
  const { numbers, other } = locals;
  for (const [i, local] of numbers.entries())
    code
      .get(of.finish)
      .memory('v128.load64_splat', of.offset + 8 * i)
      .set(local);
  if (of.other !== undefined) code.get(of.other).memory('v128.load', 0).set(other);
  if (kind === 'reals') emitReal(code, locals, of);
  else {
    emitFour(code, locals, of, 0, round);
    emitFour(code, locals, of, 1, round);
    code.vector('i16.narrow_i32');
  }
}

function emitReal(code: Code, { numbers, other }: FinishLocals, of: Finished): void {
  const [first = 0, second = 0, third = 0, fourth = 0, low = 0, high = 0] = numbers;
  const [sum = 0] = of.sums;
  code.get(sum).get(first).vector('f64.mul').get(second).vector('f64.add').get(third).vector('f64.mul');
  if (of.other === undefined) code.zeroVector();
  else code.get(other).get(fourth).vector('f64.mul');
  code.vector('f64.add').get(low).vector('f64.max').get(high).vector('f64.min');
}

/** Four samples as 32-bit integers, of the lower or the upper half. */
function emitFour(code: Code, { numbers, other, parts }: FinishLocals, of: Finished, half: 0 | 1, round: number): void {
  const [bias = 0, scale = 0, second = 0, unit = 0, low = 0, high = 0] = numbers;
  const sum = of.sums[half] ?? 0;
  const [a, b] = parts;
  const extend = half === 0 ? 'i32.extend_low_i16' : 'i32.extend_high_i16';
  if (of.other !== undefined) code.get(other).vector(extend).set(a);
  for (const pair of [0, 1]) {
    const two = (local: number) => {
      code.get(local);
      if (pair === 1) code.get(local).shuffle(upper);
      code.vector('f64.convert_low_i32');
    };
    two(sum);
    code.get(bias).vector('f64.add').get(scale).vector('f64.mul');
    if (of.other !== undefined) {
      two(a);
      code.get(second).vector('f64.mul').vector('f64.add');
    }
    code.get(unit).vector('f64.mul').get(low).vector('f64.pmax').get(high).vector('f64.pmin');
    code.get(round).vector('f64.add');
    if (pair === 0) code.set(b);
    else code.set(a).get(b).get(a).shuffle(lowHalves);
  }
}
