// How the output of a layer becomes the input of the next: the same image with a border or
// without its rim, or flattened.

import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Layer } from '../model/workload/layer.js';
import type { Tensor } from './tensor.js';
import { inputShape, outputShape, sizeOf } from './tensor.js';

/**
 * `image`: `top` rows and `left` columns of zeros come before the output's first; what the next layer does not reach
 * is cut off. `flat`: each image becomes a row of channels, in the order (channel, row, column) of the frameworks.
 */
export type Link = { readonly kind: 'image'; readonly top: number; readonly left: number } | { readonly kind: 'flat' };

type Shape = readonly [n: number, g: number, c: number, y: number, x: number];

/** Layers state no border, so the smallest that fits is taken, with the odd row and column first, as frameworks do. */
export function linkBetween(from: Layer, to: Layer): Parsed<Link> {
  const [n, g, k, y, x] = outputShape(from) as Shape;
  const [inN, inG, inC, inY, inX] = inputShape(to) as Shape;
  const { R, S } = to.bounds;
  const vertical = border(y, inY, to.stride.Q, (S - 1) * to.dilation.S);
  const horizontal = border(x, inX, to.stride.P, (R - 1) * to.dilation.R);
  if (n === inN && g * k === inG * inC && vertical !== undefined && horizontal !== undefined)
    return parsed({ kind: 'image', top: vertical, left: horizontal });
  if (R * S * inY * inG === 1 && inX === to.bounds.P && inN * inX === n && inC === g * k * y * x)
    return parsed({ kind: 'flat' });
  return refuse(
    'no-chain',
    [to.name],
    `${to.name} does not follow ${from.name}: it takes ${print(inN, inG * inC, inY, inX)}, ${from.name} puts ` +
      `out ${print(n, g * k, y, x)} (batch, channels, rows, columns; borders included). ` +
      'Only layers in a row can run in a chain, without branches, and with what stands between them (pooling, ' +
      'for one) in the layers',
  );
}

const print = (...sizes: readonly number[]) => sizes.join(' x ');

/** Zeros before the first row, if `wanted` rows are `given` rows and a border that no window lies wholly in. */
function border(given: number, wanted: number, stride: number, reach: number): number | undefined {
  const missing = wanted - given;
  return missing > -stride && missing <= 2 * reach ? Math.max(0, Math.ceil(missing / 2)) : undefined;
}

/** The next layer's input. */
export function follow(link: Link, output: Tensor, to: Layer): Tensor {
  const [n, g, k, y, x] = output.shape as Shape;
  const shape = inputShape(to);
  const [, , , inY, inX] = shape as Shape;
  const data = new Int32Array(sizeOf(shape));
  if (link.kind === 'flat') {
    const features = g * k * y * x;
    for (let i = 0; i < n; i++) {
      // Row i of a matrix product lies at n = i / columns, column i % columns.
      const [image, column] = [Math.floor(i / inX), i % inX];
      for (let f = 0; f < features; f++)
        data[(image * features + f) * inX + column] = nth(output.data, i * features + f);
    }
    return { shape, data };
  }
  for (let map = 0; map < n * g * k; map++) {
    for (let row = 0; row < Math.min(y, inY - link.top); row++) {
      const line = output.data.subarray((map * y + row) * x, (map * y + row) * x + Math.min(x, inX - link.left));
      data.set(line, (map * inY + link.top + row) * inX + link.left);
    }
  }
  return { shape, data };
}

/** Weights for channels that lie as (row, column, channel), where they were flattened as (channel, row, column). */
export function reorderWeights(weights: Tensor, from: Layer): Tensor {
  const [, g, k, y, x] = outputShape(from) as Shape;
  const [maps, places] = [g * k, y * x];
  const features = maps * places;
  const data = weights.data.map((_, i) => {
    const [row, feature] = [Math.floor(i / features), i % features];
    return nth(weights.data, row * features + (feature % maps) * places + Math.floor(feature / maps));
  });
  return { shape: weights.shape, data };
}
