// To which output channel of a layer each of its weights belongs.

import { nth } from '../base/invariant.js';
import type { LayerStep, Weights } from '../model/workload/network-graph.js';
import { stepsOf } from './numbers.js';

/** By the place of a weight; of a layer whose constants are one for all it is always 0. */
export function channelOfWeight({ run }: LayerStep, w: Weights, channels: number): (at: number) => number {
  if (channels === 1) return () => 0;
  // A vector has one axis alone.
  const transposed = run.kind === 'product' && run.transposed.right;
  const axis = run.kind === 'convolution' ? 0 : w.shape.length - (transposed ? 2 : 1);
  const [inner, size] = [nth(stepsOf(w.shape), axis), nth(w.shape, axis)];
  return (at) => Math.floor(at / inner) % size;
}
