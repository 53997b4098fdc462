// Code of pools in lanes, and of elements that only change places: both read what tables of addresses say.

import { Code, opcode } from '../base/wasm.js';
import { emitFinish, finishLocals } from './finish-code.js';
import type { Numeric } from './numeric.js';

/**
 * Parameters of a pool of one plane. A table has, window by window: offset of the output, address of its `Finish`, how many
 * positions (at least one), and their offsets; 32 bits each.
 */
export const poolParameters = ['table', 'tableEnd', 'input', 'output', 'round'] as const;
export type PoolCall = Readonly<Record<(typeof poolParameters)[number], number>>;

const sumOf = { words: 'add4', reals: 'f64.add' } as const;
const maxOf = { words: 'i16.max', reals: 'f64.max' } as const;

/** Of a maximum `Finish` has the two limits alone; an average of real numbers is divided by its `first` before all else. */
export function poolCode(numeric: Numeric, mode: 'max' | 'average'): Code {
  const { kind } = numeric;
  const code = new Code(poolParameters.length);
  const at = (name: (typeof poolParameters)[number]) => poolParameters.indexOf(name);
  const [table, input] = [at('table'), at('input')];
  const [count, finish, output] = [code.local('i32'), code.local('i32'), code.local('i32')];
  const [low, high, x, round] = [code.local('v128'), code.local('v128'), code.local('v128'), code.local('v128')];
  const locals = finishLocals(code);
  const next = (bytes: number) => code.get(table).constant('i32', BigInt(bytes)).op(opcode('i32', 'add')).set(table);
  /** The next position, whose numbers are left in `x`. */
  const take = () => {
    code.get(table).memory('i32.load', 0).get(input).op(opcode('i32', 'add')).memory('v128.load', 0).set(x);
    next(4);
  };

  code.get(at('round')).memory('v128.load64_splat', 0).set(round);
  code.loop();
  code.get(table).memory('i32.load', 0).get(at('output')).op(opcode('i32', 'add')).set(output);
  code.get(table).memory('i32.load', 4).set(finish).get(table).memory('i32.load', 8).set(count);
  next(12);
  if (mode === 'max') {
    take();
    code.get(x).set(low);
  } else {
    code.zeroVector().set(low).zeroVector().set(high);
  }
  // Of a maximum the first is taken already.
  if (mode === 'max') decrement(code, count).get(count).if();
  code.loop();
  take();
  if (mode === 'max') code.get(low).get(x).vector(maxOf[kind]).set(low);
  else if (kind === 'reals') code.get(low).get(x).vector(sumOf.reals).set(low);
  else {
    code.get(low).get(x).vector('i32.extend_low_i16').vector(sumOf.words).set(low);
    code.get(high).get(x).vector('i32.extend_high_i16').vector(sumOf.words).set(high);
  }
  decrement(code, count).get(count).branchIf(0).end();
  if (mode === 'max') code.end();

  code.get(output);
  if (mode === 'average' && kind === 'words')
    emitFinish(numeric, code, locals, { sums: [low, high], finish, offset: 0, other: undefined }, round);
  else if (kind === 'words')
    code
      .get(low)
      .get(finish)
      .memory('v128.load', 0)
      .vector('i16.max')
      .get(finish)
      .memory('v128.load', 16)
      .vector('i16.min');
  else {
    code.get(low);
    if (mode === 'average') code.get(finish).memory('v128.load64_splat', 0).vector('f64.div');
    code.get(finish).memory('v128.load64_splat', 32).vector('f64.max');
    code.get(finish).memory('v128.load64_splat', 40).vector('f64.min');
  }
  code.memory('v128.store', 0);
  code.get(table).get(at('tableEnd')).op(opcode('i32', 'ne')).branchIf(0).end();
  return code;
}

const decrement = (code: Code, local: number): Code =>
  code.get(local).constant('i32', -1n).op(opcode('i32', 'add')).set(local);

/** Parameters: a table of pairs, from where and to where, and its end; at least one pair. */
export function moveCode(): Code {
  const code = new Code(2);
  code.loop();
  code.get(0).memory('i32.load', 4).get(0).memory('i32.load', 0).memory('v128.load', 0).memory('v128.store', 0);
  code.get(0).constant('i32', 8n).op(opcode('i32', 'add')).set(0);
  code.get(0).get(1).op(opcode('i32', 'ne')).branchIf(0).end();
  return code;
}
