// Code of a convolution in lanes: windows of a few output channels, summed up tap by tap and finished where they stand.
//
// Borders of images lie in memory as zeros, so no window asks what is inside. Sums of real numbers are added up in the order
// of the taps, which is that of the reference.

import { Code, opcode } from '../base/wasm.js';
import { emitFinish, finishLocals, lowerInTurn, upperInTurn } from './finish-code.js';
import type { Numeric } from './numeric.js';
import { elementBytes, finishBytes } from './numeric.js';

/** Parameters of the functions, in order; all addresses and distances in bytes. */
export const convolutionParameters = [
  /** Of outputs; at least one. */
  'rows',
  'columns',
  /** Offsets of taps within a window, 32 bits each, and their end; at least one turn. */
  'taps',
  'tapsEnd',
  /** Turn by turn, of all channels of the block. */
  'weights',
  'input',
  'inputRow',
  'inputColumn',
  'finish',
  'output',
  'outputRow',
  /** From one channel of the block to the next. */
  'outputPlane',
  'other',
  'otherRow',
  'otherPlane',
  'round',
] as const;
export type ConvolutionCall = Readonly<Record<(typeof convolutionParameters)[number], number>>;

/** `block` channels at a time, with or without a second operand of the shape of the outputs. */
export function convolutionCode(numeric: Numeric, block: number, hasOther: boolean): Code {
  const { kind, together, weightBytes } = numeric;
  const code = new Code(convolutionParameters.length);
  const at = (name: (typeof convolutionParameters)[number]) => convolutionParameters.indexOf(name);
  const i32 = () => code.local('i32');
  const [inputAt, outputAt, otherAt, tap, weight, column] = [i32(), i32(), i32(), i32(), i32(), i32()];
  const [outputOf, otherOf] = [i32(), i32()];
  const halves = kind === 'words' ? 2 : 1;
  const sums = Array.from({ length: block }, () => Array.from({ length: halves }, () => code.local('v128')));
  const x = Array.from({ length: together }, () => code.local('v128'));
  const [lower, spread, round] = [code.local('v128'), code.local('v128'), code.local('v128')];
  const locals = finishLocals(code);
  const add = (to: number, what: number | { readonly constant: number }) => {
    code.get(to);
    if (typeof what === 'number') code.get(what);
    else code.constant('i32', BigInt(what.constant));
    return code.op(opcode('i32', 'add')).set(to);
  };

  code.get(at('round')).memory('v128.load64_splat', 0).set(round);
  code.loop();
  code.get(at('input')).set(inputAt).get(at('output')).set(outputAt).get(at('other')).set(otherAt);
  code.get(at('columns')).set(column);
  code.loop();
  for (const sum of sums.flat()) code.zeroVector().set(sum);
  code.get(at('taps')).set(tap).get(at('weights')).set(weight);

  code.loop();
  for (const [i, local] of x.entries())
    code
      .get(tap)
      .memory('i32.load', 4 * i)
      .get(inputAt)
      .op(opcode('i32', 'add'))
      .memory('v128.load', 0)
      .set(local);
  const [first = 0, second = 0] = x;
  if (kind === 'words') {
    code.get(first).get(second).shuffle(lowerInTurn).set(lower);
    code.get(first).get(second).shuffle(upperInTurn).set(first);
  }
  for (const [k, [low = 0, high = 0]] of sums.entries()) {
    const load = kind === 'words' ? 'v128.load32_splat' : 'v128.load64_splat';
    code.get(weight).memory(load, k * together * weightBytes);
    if (kind === 'words') {
      code.set(spread);
      code.get(low).get(lower).get(spread).vector('i32.dot_i16').vector('add4').set(low);
      code.get(high).get(first).get(spread).vector('i32.dot_i16').vector('add4').set(high);
    } else {
      code.get(first).vector('f64.mul').get(low).vector('f64.add').set(low);
    }
  }
  add(tap, { constant: 4 * together });
  add(weight, { constant: block * together * weightBytes });
  code.get(tap).get(at('tapsEnd')).op(opcode('i32', 'ne')).branchIf(0).end();

  code.get(outputAt).set(outputOf).get(otherAt).set(otherOf);
  for (const [k, sum] of sums.entries()) {
    code.get(outputOf);
    const other = hasOther ? otherOf : undefined;
    emitFinish(numeric, code, locals, { sums: sum, finish: at('finish'), offset: k * finishBytes, other }, round);
    code.memory('v128.store', 0);
    if (k === block - 1) break;
    add(outputOf, at('outputPlane'));
    if (hasOther) add(otherOf, at('otherPlane'));
  }
  add(inputAt, at('inputColumn'));
  add(outputAt, { constant: elementBytes });
  if (hasOther) add(otherAt, { constant: elementBytes });
  add(column, { constant: -1 }).get(column).branchIf(0).end();

  add(at('input'), at('inputRow'));
  add(at('output'), at('outputRow'));
  if (hasOther) add(at('other'), at('otherRow'));
  add(at('rows'), { constant: -1 }).get(at('rows')).branchIf(0).end();
  return code;
}
