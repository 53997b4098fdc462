// Where tensors lie in the memory of lanes: plane by plane, row by row, with borders of zeros that windows reach into.

import { nth } from '../base/invariant.js';
import type { LayerStep, NetworkGraph } from '../model/workload/network-graph.js';
import { countOf, planeOf } from '../reference/numbers.js';
import { elementBytes } from './numeric.js';

/** Of one tensor; distances in bytes. */
export interface Layout {
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  /** Of the first element. */
  readonly address: number;
  readonly row: number;
  readonly plane: number;
  /** Whether elements follow each other without a gap. */
  readonly plain: boolean;
}

/** Takes stretches of memory one after the other, each aligned to a vector. */
export class Arena {
  /** What lies there from the beginning: copied in once the memory is there. */
  readonly contents: (readonly [address: number, bytes: Uint8Array])[] = [];
  size = elementBytes;

  take(bytes: number): number {
    const address = this.size;
    this.size += Math.ceil(bytes / elementBytes) * elementBytes;
    return address;
  }

  put({ buffer, byteOffset, byteLength }: ArrayBufferView): number {
    const address = this.take(byteLength);
    this.contents.push([address, new Uint8Array(buffer, byteOffset, byteLength)]);
    return address;
  }
}

interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}
const none: Border = { top: 0, bottom: 0, left: 0, right: 0 };

export function layoutIn(arena: Arena, shape: readonly number[], border: Border = none): Layout {
  const isImage = shape.length === 3 || shape.length === 4;
  const image = isImage ? planeOf(shape) : { batch: countOf(shape), channels: 1, height: 1, width: 1 };
  const planes = image.batch * image.channels;
  const row = (border.left + image.width + border.right) * elementBytes;
  const plane = (border.top + image.height + border.bottom) * row;
  const address = arena.take(planes * plane) + border.top * row + border.left * elementBytes;
  const { height, width } = image;
  return { planes, height, width, address, row, plane, plain: Object.values(border).every((d) => d === 0) };
}

/** The address of an element by its place in the tensor. */
export function addressOf({ height, width, address, row, plane }: Layout, at: number): number {
  const [map, inside] = [Math.floor(at / (height * width)), at % (height * width)];
  return address + map * plane + Math.floor(inside / width) * row + (inside % width) * elementBytes;
}

/** What windows of convolutions see around each tensor. */
export function bordersOf({ steps, tensors }: NetworkGraph): ReadonlyMap<string, Border> {
  const shapes = new Map(tensors.map((t) => [t.name, t.shape]));
  const found = new Map<string, Border>();
  for (const step of steps) {
    if (step.kind !== 'layer' || step.run.kind !== 'convolution') continue;
    const name = nth(step.inputs, 0);
    const shape = shapes.get(name);
    if (!shape) continue;
    const [known, own] = [found.get(name) ?? none, borderOf(step, shape)];
    found.set(name, {
      top: Math.max(known.top, own.top),
      bottom: Math.max(known.bottom, own.bottom),
      left: Math.max(known.left, own.left),
      right: Math.max(known.right, own.right),
    });
  }
  return found;
}

function borderOf({ run, layers }: LayerStep, shape: readonly number[]): Border {
  if (run.kind !== 'convolution') return none;
  const { bounds, stride, dilation } = nth(layers, 0).layer;
  const { height, width } = planeOf(shape);
  const { top, left } = run.padding;
  const behind = (outputs: number, step: number, taps: number, spread: number, before: number, size: number) =>
    Math.max(0, (outputs - 1) * step + (taps - 1) * spread - before - (size - 1));
  return {
    top: Math.max(0, top),
    left: Math.max(0, left),
    bottom: behind(bounds.Q, stride.Q, bounds.S, dilation.S, top, height),
    right: behind(bounds.P, stride.P, bounds.R, dilation.R, left, width),
  };
}
