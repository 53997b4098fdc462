// Additions, multiplications, scales and upsampling as channelwise runs: weights of one, each word on its own.

import { defined, nth } from '../base/invariant.js';
import type { Layer } from '../model/workload/layer.js';
import { makeLayer } from '../model/workload/layer.js';
import type {
  AdditionStep,
  MultiplicationStep,
  Operand,
  ScaleStep,
  UpsamplingStep,
} from '../model/workload/network-graph.js';
import { wordRange } from '../base/integers.js';
import type { Channel } from '../reference/integer-arithmetic.js';
import type { CommonLoop } from './common-loops.js';
import { commonLoops } from './common-loops.js';
import type { Finish, Walked } from './lowered.js';
import type { Lowering } from './lowering.js';
import type { Factor, View } from './storage.js';
import { narrowed } from './storage.js';
import { isInnermost } from './walks.js';

export function lowerAddition(l: Lowering, step: AdditionStep, i: number): void {
  const [first, second] = byWhole(l, nth(step.outputs, 0), step.operands);
  const { channels, ...finish } = l.finishOf(i);
  // The operand that is stretched is read as the residual: with both their factors change places.
  const turned = first !== step.operands[0];
  const ends = channels.map((c) => (turned ? turnedChannel(c, l, step.name) : c));
  elementwise(l, step.name, i, nth(step.outputs, 0), [first, second], { ...finish, channels: ends });
}

const turnedChannel = (c: Channel, l: Lowering, name: string): Channel =>
  c.bias === 0
    ? { ...c, scale: c.second, second: c.scale }
    : l.refuse(`${name} adds a bias to an operand that is stretched`);

export function lowerMultiplication(l: Lowering, step: MultiplicationStep, i: number): void {
  const operands = byWhole(l, nth(step.outputs, 0), step.operands);
  elementwise(l, step.name, i, nth(step.outputs, 0), operands, { ...l.finishOf(i), multiplies: true });
}

export function lowerScale(l: Lowering, step: ScaleStep, i: number): void {
  const operand: Operand = { kind: 'tensor', name: nth(step.inputs, 0) };
  elementwise(l, step.name, i, nth(step.outputs, 0), [operand], l.finishOf(i), step.axis);
}

/** The operand that has the shape of the result comes first. */
function byWhole(l: Lowering, result: string, [a, b]: readonly [Operand, Operand]): readonly [Operand, Operand] {
  const shape = l.homes.shape(result).join();
  const isWhole = (x: Operand) => x.kind === 'tensor' && l.homes.shape(x.name).join() === shape;
  return isWhole(a) || !isWhole(b) ? [a, b] : [b, a];
}

/** What passes the numbers of a tensor on as they are. */
export function passing({ storage }: View, bits: number): Finish {
  const [low, high] = wordRange(bits, storage.unsigned);
  return { channels: [{ scale: 1, shift: 0, bias: 0, second: 0 }], low, high, multiplies: false };
}

function elementwise(
  l: Lowering,
  name: string,
  i: number,
  result: string,
  operands: readonly Operand[],
  finish: Finish,
  axis: number | null = null,
): void {
  const whole = operands[0];
  if (whole?.kind !== 'tensor') return l.refuse(`${name} works on weights alone`);
  const views = operands.map((x) => (x.kind === 'tensor' ? l.homes.read(x.name) : l.constant(x, i)));
  const made = l.homes.place(result);
  const order = (view: View) => [made, view, ...views.slice(1)];
  // Words that cannot be gone through alike are put into the order of ONNX first.
  const last = l.homes.shape(result).length - 1;
  const direct = commonLoops(order(nth(views, 0)));
  const apart = () => {
    const moved = operands.map((x, k) => (x.kind === 'tensor' ? l.homes.apart(x.name, last, name) : nth(views, k)));
    views.splice(0, views.length, ...moved);
    return (
      commonLoops(order(nth(views, 0))) ?? l.refuse(`${name}: its tensors lie in orders that no loops have in common`)
    );
  };
  runLoops(l, name, i, direct ?? apart(), [made, ...views], finish, axis);
}

/** Loops become groups, columns, rows and images; what is left outside of these is a run each. */
function runLoops(
  l: Lowering,
  name: string,
  i: number,
  loops: readonly CommonLoop[],
  views: readonly View[],
  finish: Finish,
  axis: number | null,
): void {
  const made = nth(views, 0);
  const own = finish.channels.length > 1;
  const channelLoops = loops.filter((loop) => own && loop.axis === axis);
  if (own && channelLoops.length > 1) return l.refuse(`${name}: its channels do not lie evenly in memory`);
  const neighbours = loops.find(({ factors }) => factors[0] && isInnermost(made, factors[0]));
  const groups = channelLoops[0] ?? neighbours ?? loops.at(-1);
  const others = loops.filter((loop) => loop !== groups).reverse();
  const [x, y, n, ...outside] = others;
  const finishes = own && !groups ? { ...finish, channels: finish.channels.slice(0, 1) } : finish;
  // One for all needs no lines of biases.
  const bias = finishes.channels.length > 1;
  const sizes = { G: groups?.size ?? 1, P: x?.size ?? 1, Q: y?.size ?? 1, N: n?.size ?? 1 };
  const contiguous = [0, ...views.keys()].every((k) => {
    const factor = groups?.factors[k];
    return factor ? isInnermost(nth(views, k), factor) : !groups;
  });
  const starts = startsOf(outside);
  for (const [k, start] of starts.entries()) {
    const title = starts.length > 1 ? `${name} ${k + 1}/${starts.length}` : name;
    const walk = (index: number): Walked => {
      const view = nth(views, index);
      const at = [...view.at];
      for (const [loop, position] of start) {
        const factor = loop.factors[index];
        if (factor) at[factor.axis] = nth(at, factor.axis) + position * factor.step;
      }
      const of = (loop: CommonLoop | undefined): Factor | undefined => loop?.factors[index] ?? undefined;
      return { storage: view.storage, at, g: of(groups), x: of(x), y: of(y), n: of(n) };
    };
    const second = views.length > 2;
    const layer: Layer = {
      ...makeLayer(title, sizes, { bias }),
      ...(second && { residual: true }),
      ...(!contiguous && { diagonal: false }),
    };
    l.run({
      kind: 'run',
      name: title,
      step: i,
      layer,
      input: walk(1),
      output: walk(0),
      weights: 1,
      finish: finishes,
      ...(second && { residual: walk(2) }),
    });
  }
}

/** Every combination of positions of some loops. */
function startsOf(loops: readonly CommonLoop[]): readonly (readonly (readonly [CommonLoop, number])[])[] {
  return loops.reduce<readonly (readonly (readonly [CommonLoop, number])[])[]>(
    (all, loop) =>
      all.flatMap((start) => Array.from({ length: loop.size }, (_, at) => [...start, [loop, at] as const])),
    [[]],
  );
}

/** Each pixel goes to all places of its block: a run for each place, with steps of the block's size where it writes. */
export function lowerUpsampling(l: Lowering, step: UpsamplingStep, i: number, bits: number): void {
  const [input, result] = [nth(step.inputs, 0), nth(step.outputs, 0)];
  const view = l.homes.read(input);
  const made = l.homes.place(result);
  const [down, across] = step.factor;
  const rank = made.axes.length;
  const shape = l.homes.shape(input);
  for (let row = 0; row < down; row++)
    for (let column = 0; column < across; column++) {
      const columns = narrowed(made, rank - 1, column, nth(shape, rank - 1), across);
      const target = defined(columns && (rank === 4 ? narrowed(columns, 2, row, nth(shape, 2), down) : columns));
      const name = `${step.name} ${row * across + column + 1}/${down * across}`;
      const loops = commonLoops([target, view]) ?? l.refuse(`${step.name}: ${input} does not lie as its result does`);
      runLoops(l, name, i, loops, [target, view], passing(view, bits), null);
    }
}
