// What a machine of the template has of DRAM, in words: latencies rest on it.

import type { ChannelName } from '../../model/machine/dram-channels.js';
import { channelBandwidth, channelNames, dramChannels } from '../../model/machine/dram-channels.js';
import type { Template } from '../../model/machine/parameters.js';
import { digits, grouped } from './quantities.js';

/** `up to 12.8 GB/s: 32 bits a cycle of weights, ...; answers 9 cycles after a request`: all channels together, and each. */
export function dramText(t: Template): string {
  const channels = dramChannels(t);
  const wide = channelNames.every((name) => channels[name].beats === 1);
  const each = (name: ChannelName, i: number) =>
    `${grouped(channels[name].width)} ${i === 0 ? 'bits a cycle ' : ''}of ${name}`;
  const late = t.dramLatency > 1 ? `; answers ${grouped(t.dramLatency)} cycles after a request` : '';
  return (
    `up to ${digits(channelBandwidth(t))} GB/s: ` +
    (wide ? 'a line a cycle on each channel' : channelNames.map(each).join(', ')) +
    late
  );
}
