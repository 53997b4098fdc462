// Which axis of a tensor has neighbouring words in memory: channels of images, the last axis of all else.

import { defined, nth } from '../../base/invariant.js';
import type { GraphBuilder } from './graph-builder.js';

/** Operators that read images with their channels as axis 1. */
const imageReaders: readonly string[] = [
  'Conv',
  'ConvInteger',
  'QLinearConv',
  'ConvTranspose',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'BatchNormalization',
  'InstanceNormalization',
  'LRN',
  'Resize',
  'Upsample',
];

/** They work element by element, whichever axis is innermost, and leave it there. */
const indifferent: readonly string[] = [
  'Identity',
  'Cast',
  'Dropout',
  'Relu',
  'Clip',
  'LeakyRelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'Erf',
  'Add',
  'Sum',
  'Sub',
  'Mul',
  'Div',
  'Concat',
  'QuantizeLinear',
  'DequantizeLinear',
];

/** What must lie side by side: channels, rows or columns, the elements of a row, or the last axis. */
export type Demand = 'image' | 'matrix' | 'row' | 'any';

/** Of all that read a value, also through what works element by element. A transpose sees to its own readers. */
export function demandsOn(b: GraphBuilder, value: string): ReadonlySet<Demand> {
  const demands = new Set<Demand>();
  const seen = new Set<string>();
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const { operator, outputs } of b.readersOf(next)) {
      if (indifferent.includes(operator)) open.push(outputs[0] ?? '');
      else if (imageReaders.includes(operator)) demands.add('image');
      else if (operator === 'MatMul' || operator === 'Gemm') demands.add('matrix');
      else if (['Reshape', 'Flatten', 'Squeeze'].includes(operator)) demands.add('row');
      else if (operator !== 'Transpose') demands.add('any');
    }
  }
  return demands;
}

/** Which axis the first reader that minds wants innermost, as the value itself has it. */
function wantedAxis(b: GraphBuilder, value: string, last: number, seen = new Set<string>()): number | undefined {
  if (seen.has(value)) return undefined;
  seen.add(value);
  for (const { operator, outputs, attributes } of b.readersOf(value)) {
    if (imageReaders.includes(operator)) return Math.min(1, last);
    if (operator === 'MatMul' || operator === 'Gemm') return last;
    const perm = attributes.get('perm');
    const after =
      indifferent.includes(operator) || operator === 'Transpose'
        ? wantedAxis(b, outputs[0] ?? '', last, seen)
        : undefined;
    if (after === undefined) continue;
    if (operator !== 'Transpose') return after;
    return perm?.kind === 'numbers' ? perm.values[after] : last - after;
  }
  return undefined;
}

export function innermostAxis(b: GraphBuilder, tensor: string): number {
  const last = (b.shapes.get(tensor)?.length ?? 1) - 1;
  const producer = b.producers.get(tensor);
  // An input is laid out as its readers want it.
  if (producer === undefined) return wantedAxis(b, tensor, last) ?? last;
  const asInput = (name: string | undefined) =>
    name !== undefined && b.shapes.get(name)?.length === last + 1 ? innermostAxis(b, name) : last;
  if (!('step' in producer)) {
    const [input] = producer.inputs;
    const name = input?.kind === 'tensor' ? input.name : undefined;
    if (producer.kind === 'reshape') return last;
    return producer.kind === 'transpose' ? producer.order.indexOf(innermostAxis(b, defined(name))) : asInput(name);
  }
  const { step } = producer;
  switch (step.kind) {
    case 'layer':
      return step.run.kind === 'convolution' ? Math.min(1, last) : last;
    case 'pool':
    case 'upsampling':
      return Math.min(1, last);
    default:
      return asInput(step.inputs[0]);
  }
}

/** The feature map that a row of features was, where its words lie in another order than the row says. */
export function flattenedMap(
  b: GraphBuilder,
  tensor: string,
): { readonly channels: number; readonly height: number; readonly width: number } | undefined {
  const producer = b.producers.get(tensor);
  if (producer === undefined || 'step' in producer || producer.kind !== 'reshape') return undefined;
  const [input] = producer.inputs;
  const shape = input?.kind === 'tensor' ? b.shapes.get(input.name) : undefined;
  if (input?.kind !== 'tensor' || !shape) return undefined;
  const before = flattenedMap(b, input.name);
  if (before) return before;
  if (shape.length < 3 || shape.length > 4 || innermostAxis(b, input.name) !== 1) return undefined;
  const [height, width] = shape.length === 4 ? [nth(shape, 2), nth(shape, 3)] : [1, nth(shape, 2)];
  const channels = nth(shape, 1);
  return height * width > 1 && channels > 1 ? { channels, height, width } : undefined;
}
