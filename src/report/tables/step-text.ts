// Steps of a graph in words: shape, epilogue, and where what they read comes from.

import { nth } from '../../base/invariant.js';
import { printShape } from '../../model/workload/layer.js';
import type { Epilogue, GraphStep, NetworkGraph, Padding, PoolWindow } from '../../model/workload/network-graph.js';

export type StepWords = Pick<NetworkGraph, 'tensors' | 'steps' | 'placements'>;

export const sizesText = (shape: readonly number[] | null): string =>
  shape === null ? 'unknown' : shape.length === 0 ? '1' : shape.join('x');

const pairText = ([a, b]: readonly [number, number]) => (a === b ? String(a) : `${a}x${b}`);

/** `p1`; height by width where both sides are alike, otherwise top, bottom, left, right. */
function paddingText({ top, bottom, left, right }: Padding): string {
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return '';
  return top === bottom && left === right ? ` p${pairText([top, left])}` : ` p${[top, bottom, left, right].join(',')}`;
}

const windowText = ({ kernel, stride, dilation, padding }: PoolWindow) =>
  `${kernel.join('x')}${pairText(stride) === '1' ? '' : ` s${pairText(stride)}`}` +
  `${pairText(dilation) === '1' ? '' : ` d${pairText(dilation)}`}${paddingText(padding)}`;

/** The shape of a tensor by its name. */
export const shapesIn = ({ tensors }: StepWords): ReadonlyMap<string, readonly number[] | null> =>
  new Map(tensors.map(({ name, shape }) => [name, shape]));

/** `3x3 s2 p1 64->128 28x28` as far as the kind of step has it. */
export function stepShapeText(step: GraphStep, shapes: ReadonlyMap<string, readonly number[] | null>): string {
  const made = sizesText(shapes.get(step.outputs[0] ?? '') ?? null);
  switch (step.kind) {
    case 'layer': {
      const text = step.layers
        .map(({ layer, count }) => `${printShape(layer)}${count > 1 ? ` x ${count}` : ''}`)
        .join(', ');
      if (step.run.kind === 'costed') return `${text} (${step.run.why})`;
      return step.run.kind === 'convolution' ? `${text}${paddingText(step.run.padding)}` : text;
    }
    case 'pool':
      return `${step.mode} ${step.global ? 'of all' : windowText(step.window)} to ${made}`;
    case 'upsampling':
      return `${pairText(step.factor)} times to ${made}`;
    case 'multiplication':
      return `${made}${step.perChannel ? ' by channels' : ''}`;
    case 'host':
      return `${step.operator} to ${made}`;
    case 'addition':
    case 'scale':
      return made;
  }
}

/** `bias, batch norm, + 12, relu, pool 2`. */
export function epilogueText(epilogue: Epilogue, sources: (tensor: string) => string): string {
  const { bias, affine = [], residual, clip, pool } = epilogue;
  const pieces = [
    ...(bias ? ['bias'] : []),
    ...affine.map(({ kind }) =>
      kind === 'batch-norm' ? 'batch norm' : kind === 'subtract-from' ? 'subtract from' : kind,
    ),
    ...(residual?.negative === 'sums' ? ['negated'] : []),
    ...(residual ? [`${residual.negative === 'residual' ? '-' : '+'} ${sources(residual.tensor)}`] : []),
    ...(clip ? [clipText(clip)] : []),
    ...(pool ? [`max-pool ${pairText([pool.Q, pool.P])}`] : []),
  ];
  return pieces.join(', ');
}

const clipText = ({ low, high }: NonNullable<Epilogue['clip']>): string =>
  low === 0 && high === null ? 'relu' : `clip ${low ?? ''}..${high ?? ''}`;

/** The steps behind a tensor, by number and through placement, or the input of the network that it is. */
export function sourcesIn({ tensors, placements }: StepWords): (tensor: string) => string {
  const byName = new Map(tensors.map((t) => [t.name, t]));
  const known = new Map<string, readonly string[]>();
  const of = (name: string): readonly string[] => {
    const before = known.get(name);
    if (before) return before;
    const producer = byName.get(name)?.producer;
    const found =
      producer?.kind === 'step'
        ? [String(producer.step)]
        : producer?.kind === 'placement'
          ? [
              ...new Set(
                nth(placements, producer.placement).inputs.flatMap((x) => (x.kind === 'tensor' ? of(x.name) : [])),
              ),
            ]
          : [name];
    known.set(name, found);
    return found;
  };
  return (name) => of(name).join('|');
}
