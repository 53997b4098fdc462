// Channels to DRAM: how wide each is, and so how many beats a line takes. docs/hardware.md says the rule in words.

import type { LinePath } from './line-path.js';
import { pathOf, unlimited } from './line-path.js';
import type { Template } from './parameters.js';

/** What machines are whose files say nothing of DRAM: a line a cycle on each channel, the answer in the next cycle. */
export const lineChannels = {
  weightChannel: unlimited.channel,
  inputChannel: unlimited.channel,
  outputChannel: unlimited.channel,
  dramBandwidth: unlimited.bandwidth,
  dramLatency: 1,
} as const;
export type ChannelParameter = keyof typeof lineChannels;

/** What each carries; a residual is read beside the outputs that it is added to, a line of them at a time. */
export const channelNames = ['weights', 'inputs', 'residuals', 'outputs'] as const;
export type ChannelName = (typeof channelNames)[number];

type Widths = Pick<
  Template,
  | 'vectorSize'
  | 'numLanes'
  | 'weightPrecision'
  | 'inputPrecision'
  | 'clock'
  | 'globalWritePort'
  | Exclude<ChannelParameter, 'dramLatency'>
>;

/**
 * How wide a channel may be: its own width, or a line. A residual comes no faster than outputs are stored: nothing could
 * keep the lines that are ahead.
 */
const widest = (t: Widths): Readonly<Record<ChannelName, { readonly line: number; readonly max: number }>> => {
  const of = (line: number, own: number) => ({ line, max: Math.min(line, own) });
  return {
    weights: of(t.vectorSize * t.weightPrecision, t.weightChannel),
    inputs: of(t.vectorSize * t.inputPrecision, t.inputChannel),
    residuals: of(t.numLanes * t.inputPrecision, Math.min(t.inputChannel, t.globalWritePort)),
    outputs: of(t.numLanes * t.inputPrecision, t.outputChannel),
  };
};

/** Bits that DRAM moves in a cycle of the machine's clock, whole ones. */
export const dramBitsPerCycle = ({ dramBandwidth, clock }: Pick<Template, 'dramBandwidth' | 'clock'>): number =>
  // A little more, as 25.6 x 8000 / 1000 may lie just below a whole number.
  Math.floor(((dramBandwidth * 8000) / clock) * (1 + 1e-12));

/**
 * The channels of a machine. Its bandwidth is shared out once: each channel gets the width with which a line takes n
 * cycles, or its own where that is less, with the least n that fits. A bit a cycle is the least of any.
 */
export function dramChannels(t: Widths): Readonly<Record<ChannelName, LinePath>> {
  const channels = widest(t);
  const bits = dramBitsPerCycle(t);
  const at = (n: number, name: ChannelName) => Math.min(channels[name].max, Math.ceil(channels[name].line / n));
  const taken = (n: number) => channelNames.reduce((sum, name) => sum + at(n, name), 0);
  const longest = Math.max(...channelNames.map((name) => channels[name].line));
  // What is taken falls with n, to a bit for each.
  let [n, enough] = [1, longest];
  while (n < enough) {
    const middle = Math.floor((n + enough) / 2);
    if (taken(middle) <= bits) enough = middle;
    else n = middle + 1;
  }
  const channel = (name: ChannelName) => pathOf(channels[name].line, at(n, name));
  return {
    weights: channel('weights'),
    inputs: channel('inputs'),
    residuals: channel('residuals'),
    outputs: channel('outputs'),
  };
}

/** GB/s of all channels together: what the latency of a machine rests on. */
export const channelBandwidth = (t: Widths): number => {
  const channels = dramChannels(t);
  return (channelNames.reduce((sum, name) => sum + channels[name].width, 0) * t.clock) / 8000;
};
