// Convolutions and matrix products as runs of the machine.

import { wordRange } from '../base/integers.js';
import { defined, nth } from '../base/invariant.js';
import { isChannelwise } from '../model/workload/block-diagonal.js';
import { layerFrom } from '../model/workload/host-inputs.js';
import type { Layer } from '../model/workload/layer.js';
import type { LayerStep, Operand } from '../model/workload/network-graph.js';
import { imageRows } from '../rtl/program/image.js';
import type { Lowering } from './lowering.js';
import type { Finish, MachineRun, MovedWeights, Walked, WeightWords } from './lowered.js';
import { isMoved } from './lowered.js';
import type { View } from './storage.js';
import { merged } from './storage.js';
import type { Contraction } from './walks.js';
import { contraction, imageWalk, isInnermost, joined } from './walks.js';

export function lowerLayer(l: Lowering, step: LayerStep, i: number, bits: number): void {
  const { layer } = nth(step.layers, 0);
  const finish = inEveryGroup(l.finishOf(i), step.run.kind, layer);
  const residual = step.epilogue.residual?.tensor;
  const parts = step.run.kind === 'convolution' ? convolution(l, step, i, layer) : product(l, step, i, layer);
  // Blocks take neighbouring channels at once, and their weights are known before.
  const { input, weights } = parts;
  // All words of a machine of few bits have no more: nothing is told apart there.
  const inputs = bits < 2 * fewBits ? 'any' : wordsOf(l, step, input);
  const named: Layer = {
    ...biased(layerFrom(l.graph, step, layer), finish, input.storage.unsigned),
    name: step.name,
    ...(step.epilogue.pool && { pool: step.epilogue.pool }),
    ...(residual !== undefined && { residual: true }),
    ...(isMoved(weights) ? {} : weightBitsOf(weights)),
    ...(inputs === 'any' ? {} : { inputBits: fewBits }),
  };
  const areNeighbours = input.g !== undefined && isInnermost(input, input.g);
  const apart = isChannelwise(named) && (isMoved(weights) || !areNeighbours);
  const settled: Layer = apart ? { ...named, diagonal: false } : named;
  const run: MachineRun = {
    kind: 'run',
    name: step.name,
    step: i,
    layer: settled,
    finish,
    ...parts,
    ...(inputs === 'natural' && { natural: true }),
  };
  const { raw } = l.integersOf(i);
  if (raw === undefined) l.run(run);
  else leaveSums(l, run, nth(step.outputs, 0), Math.ceil(raw / bits), bits);
}

/** Words of which all fit into so many bits are told apart: most machines hold words of twice as many. */
const fewBits = 4;

function weightBitsOf(weights: WeightWords): Pick<Layer, 'weightBits'> {
  const words = typeof weights === 'number' ? [weights] : weights;
  const [min, max] = wordRange(fewBits, false);
  // Of shapes alone there are none.
  return words.length > 0 && words.every((w) => w >= min && w <= max) ? { weightBits: fewBits } : {};
}

/** Whether all words of the input fit into so many bits, with a sign or from 0 on. Of words whose top bit is flipped none do. */
function wordsOf(l: Lowering, { run, inputs }: LayerStep, { storage }: Walked): 'signed' | 'natural' | 'any' {
  const left = run.kind === 'product' ? run.left : undefined;
  if (storage.unsigned || left?.kind === 'weights') return 'any';
  const { min, max } = l.rangeOf(left?.name ?? nth(inputs, 0));
  const fits = (unsigned: boolean) => {
    const [least, most] = wordRange(fewBits, unsigned);
    return min >= least && max <= most;
  };
  return fits(false) ? 'signed' : fits(true) ? 'natural' : 'any';
}

/** A word holds a piece of a sum: as many runs as it has pieces, the lowest first, each to a storage of its own. */
function leaveSums(l: Lowering, run: MachineRun, output: string, pieces: number, bits: number): void {
  const upper: View[] = [];
  for (let k = 0; k < pieces; k++) {
    const name = pieces > 1 ? `${run.name} ${k + 1}/${pieces}` : run.name;
    const channels = run.finish.channels.map(({ bias }) => ({ bias, scale: 1, shift: k * bits, second: 0 }));
    if (k > 0) upper.push(l.homes.beside(output, `bits from ${k * bits}`));
    const { storage } = k > 0 ? nth(upper, k - 1) : run.output;
    const layer = { ...run.layer, name };
    l.run({
      ...run,
      name,
      layer,
      finish: { ...run.finish, channels, wraps: true },
      output: { ...run.output, storage },
    });
  }
  l.upper.set(output, upper);
}

/** Columns of a product have the same constants in each product that stands beside it. */
function inEveryGroup(finish: Finish, kind: LayerStep['run']['kind'], { bounds: { G, K } }: Layer): Finish {
  const { channels } = finish;
  if (kind !== 'product' || G === 1 || channels.length === 1) return finish;
  return { ...finish, channels: Array.from({ length: G * K }, (_, at) => nth(channels, at % channels.length)) };
}

/** Constants of its own for each output channel need the lines of biases, whether or not something is added. */
function biased({ bias, ...layer }: Layer, { channels }: Finish, unsigned: boolean): Layer {
  const [first] = channels;
  const same = channels.every((c) => c.bias === 0 && c.scale === first?.scale && c.shift === first.shift);
  // What unsigned words lack is another number for each channel's weights.
  const plain = same && (!unsigned || layer.bounds.G * layer.bounds.K === 1);
  return plain && bias === false ? { ...layer, bias: false } : layer;
}

type Operands = Pick<MachineRun, 'input' | 'output' | 'weights' | 'residual'>;

function convolution(l: Lowering, step: LayerStep, i: number, layer: Layer): Operands {
  const { run } = step;
  if (run.kind !== 'convolution') throw new Error(`invariant: ${step.name} is no convolution`);
  const { bounds, stride, dilation } = layer;
  const { padding } = run;
  const spans = {
    rows: { first: -padding.top, last: imageRows(bounds.Q, bounds.S, stride.Q, dilation.S) - 1 - padding.top },
    columns: { first: -padding.left, last: imageRows(bounds.P, bounds.R, stride.P, dilation.R) - 1 - padding.left },
  };
  const walk = (view: View): Walked | undefined => {
    const channels = merged(view, nth(view.axes, 1));
    if (!channels || (bounds.C > 1 && !isInnermost(view, channels))) return undefined;
    return imageWalk(view, bounds.G, spans);
  };
  const input = l.readable(nth(step.inputs, 0), 1, step.name, walk);
  const plain = (view: View): Walked | undefined => {
    const channels = merged(view, nth(view.axes, 1));
    return channels && isInnermost(view, channels) ? imageWalk(view, bounds.G, {}) : undefined;
  };
  const output = defined(plain(l.homes.place(nth(step.outputs, 0))));
  const residual = step.epilogue.residual?.tensor;
  return {
    input,
    output,
    weights: weightsOf(l, run.weights, i, step.name),
    ...(residual !== undefined && { residual: l.readable(residual, 1, step.name, plain) }),
  };
}

function weightsOf(l: Lowering, operand: Operand, i: number, name: string): WeightWords {
  if (operand.kind === 'tensor')
    return l.refuse(
      l.graph.inputs.includes(operand.name)
        ? `step ${name} takes its kernel from the input ${operand.name}, which has no numbers in the file; export it with its weights`
        : `step ${name} takes its kernel from ${operand.name}, which is computed; no run of the machine does that`,
    );
  return l.words(operand, i).values;
}

/** Axes of a product of [..., M, C] and [..., C, N]: those in front that are products of their own, and those that are rows. */
function productAxes(step: LayerStep, l: Lowering, shape: readonly number[]) {
  const { run } = step;
  if (run.kind !== 'product') throw new Error(`invariant: ${step.name} is no product`);
  const sizes = (x: Operand) => (x.kind === 'tensor' ? l.homes.shape(x.name) : x.shape);
  const right = sizes(run.right);
  const batch = shape.length - Math.min(2, right.length);
  const own = Array.from(
    { length: Math.max(0, batch) },
    (_, axis) => (right[axis - batch + right.length - 2] ?? 1) > 1,
  );
  const all = own.map((_, axis) => axis);
  return {
    run,
    groups: all.filter((axis) => own[axis]),
    rows: all.filter((axis) => !own[axis]),
    left: sizes(run.left),
    right,
  };
}

/** A vector as a column. */
const withColumn = (view: View): View => ({ ...view, axes: [...view.axes, []] });

function product(l: Lowering, step: LayerStep, i: number, layer: Layer): Operands {
  const name = nth(step.outputs, 0);
  const { run, groups, rows, left, right } = productAxes(step, l, l.homes.shape(name));
  // Of a product by one column its result has no axis for columns.
  const whole = (view: View): View => (right.length === 1 ? withColumn(view) : view);
  const made = whole(l.homes.place(name));
  // A row of a product may stand alone, [C].
  const rank = made.axes.length;
  const offset = left.length - rank;
  const [m, c] = run.transposed.left ? [left.length - 1, left.length - 2] : [left.length - 2, left.length - 1];
  const found: { summed?: Contraction } = {};
  const walk = (view: View): Walked | undefined => {
    const summed = contraction(view, c);
    const x = joined(view, [...rows.map((axis) => axis + offset).filter((axis) => axis >= 0), ...(m >= 0 ? [m] : [])]);
    const g = joined(
      view,
      groups.map((axis) => axis + offset).filter((axis) => axis >= 0),
    );
    // What stands beside each product on the right is there for each on the left, or for none.
    if (g && g.size > 1 && g.size !== layer.bounds.G) return undefined;
    if (!summed || !x || !g || (summed.factor.size > 1 && !isInnermost(view, summed.factor))) return undefined;
    found.summed = summed;
    return { storage: view.storage, at: view.at, g: sized(g), x: sized(x), c: summed.factor };
  };
  // Weights on the left lie with the activations, and the tensor goes where weights are.
  const input =
    run.left.kind === 'tensor'
      ? l.readable(run.left.name, c, step.name, walk)
      : (walk(l.constant(run.left, i, c)) ?? l.refuse(`${step.name}: its weights do not lie evenly in memory`));
  const outside = (given: View): Walked | undefined => {
    const view = whole(given);
    const x = joined(view, [...rows, ...(rank >= 2 ? [rank - 2] : [])]);
    const g = joined(view, groups);
    const channels = merged(view, nth(view.axes, rank - 1));
    if (!x || !g || !channels || !isInnermost(view, channels)) return undefined;
    return { storage: view.storage, at: view.at, g: sized(g), x: sized(x), c: channels };
  };
  const residual = step.epilogue.residual?.tensor;
  return {
    input,
    output: outside(l.homes.place(name)) ?? l.refuse(`${step.name}: its rows do not lie evenly in memory`),
    weights: productWeights(l, step, i, layer, defined(found.summed)),
    ...(residual !== undefined && { residual: l.readable(residual, rank - 1, step.name, outside) }),
  };
}

/** A loop of one position needs no factor, and an axis that somebody else has must not be taken for it. */
const sized = <T extends { readonly size: number }>(factor: T): T | undefined => (factor.size > 1 ? factor : undefined);

function productWeights(
  l: Lowering,
  step: LayerStep,
  i: number,
  { bounds: { G, K, C } }: Layer,
  { order }: Contraction,
): WeightWords | MovedWeights {
  const { run } = step;
  if (run.kind !== 'product') throw new Error(`invariant: ${step.name} is no product`);
  const across = run.transposed.right;
  if (run.right.kind === 'tensor') {
    const read = l.homes.read(run.right.name);
    const view = read.axes.length === 1 ? withColumn(read) : read;
    const rank = view.axes.length;
    const [k, c] = across ? [rank - 2, rank - 1] : [rank - 1, rank - 2];
    const batch = Array.from({ length: rank - 2 }, (_, axis) => axis);
    const axes = [...batch, k, c].map((axis) => nth(view.axes, axis));
    if (order.some((to, at) => to !== at))
      return l.refuse(`${step.name}: its operands are summed over in different orders`);
    return { from: { ...view, axes }, shape: [G, K, C] };
  }
  const { values } = l.words(run.right, i);
  // Of shapes alone there are none.
  if (values.length === 0) return values;
  const words = new Float64Array(G * K * C);
  for (let g = 0, to = 0; g < G; g++)
    for (let k = 0; k < K; k++)
      for (let c = 0; c < C; c++, to++) {
        const from = nth(order, c);
        words[to] = nth(values, g * K * C + (across ? k * C + from : from * K + k));
      }
  return words;
}
