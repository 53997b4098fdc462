// What happens to a finished sum, and the values that the hardware has room for.

import type { Diagnostic } from '../../base/diagnostics.js';
import { wordRange } from '../../base/integers.js';
import { nth } from '../../base/invariant.js';
import type { Layer } from '../../model/workload/layer.js';
import { hasBias } from '../../model/workload/layer.js';
import type { Hardware } from '../hardware.js';
import { maxLift, scaleBits, shiftBits } from '../hardware.js';

/**
 * y = ((sum + bias) scale + what the residual adds) / 2^shift, rounded half to even and kept from `low` to `high`
 * (docs/hardware.md, Arithmetic). Channels are by group, then output channel, of the unpadded layer.
 */
export interface PostProcessing {
  /** Of each channel; where the layer has no biases, hence one line of constants, the same of all. */
  readonly bias: readonly number[];
  /** Of each channel, or one for all; always one for all where there is one line of constants. */
  readonly scale: readonly number[];
  readonly shift: readonly number[];
  /** Both included, as numbers: an unsigned 255 is 255, though its word lies in memory as 127. */
  readonly low: number;
  readonly high: number;
  /** Results are 0 to 2^bits - 1; their words lie in memory with the top bit flipped, which is less by 2^(bits - 1). */
  readonly unsigned: boolean;
  /** The word is the low bits of the quotient rounded down, whatever `low` and `high`: a piece of a raw sum. */
  readonly wrap: boolean;
  readonly residual?: ResidualTerm;
}

/** A second operand of the output's shape. */
export type ResidualTerm = { readonly unsigned: boolean } & (
  | {
      /** y gains residual x scale / 2^shift; each channel's shift is this one's or up to `maxLift` more. */
      readonly combine: 'add';
      readonly scale: number;
      readonly shift: number;
    }
  /** sum + bias, saturated to 16 bits, times the residual takes the place of sum + bias. */
  | { readonly combine: 'multiply' }
);

/** What passes sums on as they are: all else is the trained network's to give. */
export function neutralPost(layer: Layer, { inputBits }: Pick<Hardware, 'inputBits'>): PostProcessing {
  const [low, high] = wordRange(inputBits, false);
  const bias = Array.from({ length: channelsOf(layer) }, () => 0);
  return { bias, scale: [1], shift: [0], low, high, unsigned: false, wrap: false };
}

export const channelsOf = ({ bounds }: Layer): number => bounds.G * bounds.K;

/** That of a channel, of constants that may be one for all. */
export const constantOf = (xs: readonly number[], channel: number): number => nth(xs, xs.length === 1 ? 0 : channel);

export const maxScale = 2 ** (scaleBits - 1) - 1;
export const maxShift = 2 ** shiftBits - 1;

/** What of some post-processing the registers of a machine cannot hold, each with what they can; empty where they hold it all. */
export function postFaults(
  h: Pick<Hardware, 'sumBits' | 'inputBits'>,
  layer: Layer,
  post: PostProcessing,
): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  const report = (field: string, message: string) =>
    faults.push({ code: 'out-of-range', path: [layer.name, field], message });
  const within = (field: string, value: number, [min, max]: readonly [number, number], what = 'post-processing') => {
    if (!Number.isInteger(value) || value < min || value > max)
      report(field, `the ${field} of ${what} is ${value}; expected a whole number from ${min} to ${max}`);
  };
  const channels = channelsOf(layer);
  const factors = [-maxScale, maxScale] as const;
  const shifts = [0, maxShift] as const;
  for (const [field, range] of [
    ['scale', factors],
    ['shift', shifts],
  ] as const) {
    const values = post[field];
    if (values.length !== 1 && values.length !== channels)
      report(field, `${values.length} values of ${field} for ${channels} output channels; expected one each, or one`);
    else if (values.length > 1 && !hasBias(layer))
      report(field, `${layer.name} has no biases, so that its channels share one ${field}; ${values.length} are given`);
    for (const value of values) within(field, value, range);
  }
  if (post.bias.length !== channels) report('bias', `${post.bias.length} biases for ${channels} output channels`);
  if (!hasBias(layer) && post.bias.some((b) => b !== post.bias[0]))
    report('bias', `${layer.name} has no biases, so that its channels share one; they differ`);
  const limit = 2 ** (h.sumBits - 1);
  const wrong = post.bias.findIndex((b) => !Number.isInteger(b) || b < -limit || b >= limit);
  if (wrong >= 0)
    report(
      'bias',
      `the bias of output channel ${wrong} is ${post.bias[wrong]}; sums have ${h.sumBits} bits, ` +
        `so expected a whole number from ${-limit} to ${limit - 1}`,
    );
  const range = wordRange(h.inputBits, post.unsigned);
  within('low', post.low, range);
  within('high', post.high, range);
  if (post.low > post.high) report('low', `the low limit ${post.low} is above the high one, ${post.high}`);
  const { residual } = post;
  if (residual?.combine === 'add') {
    within('scale', residual.scale, factors, 'the residual');
    const [first, last] = [Math.max(0, Math.max(...post.shift) - maxLift(h)), Math.min(...post.shift)];
    if (first > last)
      report(
        'shift',
        `shifts of channels from ${last} to ${Math.max(...post.shift)} are too far apart for a residual: ` +
          `on this machine they differ by at most ${maxLift(h)}`,
      );
    else within('shift', residual.shift, [first, last], 'the residual');
  }
  return faults;
}
