// Which axis of a tensor has neighbouring words in memory: channels of images, the last axis of all else.

import { defined, nth } from '../../base/invariant.js';
import type { GraphBuilder } from './graph-builder.js';

/** Operators that read images with their channels as axis 1. */
export const imageReaders: readonly string[] = [
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

export function innermostAxis(b: GraphBuilder, tensor: string): number {
  const last = (b.shapes.get(tensor)?.length ?? 1) - 1;
  const producer = b.producers.get(tensor);
  if (producer === undefined) {
    const image = last >= 2 && b.readersOf(tensor).some((r) => imageReaders.includes(r.operator));
    return image ? 1 : last;
  }
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
