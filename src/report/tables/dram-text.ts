// What a machine of the template has of DRAM, and of its global buffer's ports, in words: latencies rest on it.

import type { ChannelName } from '../../model/machine/dram-channels.js';
import { channelBandwidth, channelNames, dramChannels } from '../../model/machine/dram-channels.js';
import { globalPorts } from '../../model/machine/global-ports.js';
import { packedPath } from '../../model/machine/packed-weights.js';
import type { Template } from '../../model/machine/parameters.js';
import { digits, grouped } from './quantities.js';

/** `up to 12.8 GB/s: 32 bits a cycle of weights, ...; answers 9 cycles after a request`: all channels together, and each. */
export function dramText(t: Template): string {
  const channels = dramChannels(t);
  const wide = channelNames.every((name) => channels[name].beats === 1);
  const each = (name: ChannelName, i: number) =>
    `${grouped(channels[name].width)} ${i === 0 ? 'bits a cycle ' : ''}of ${name}`;
  const late = t.dramLatency > 1 ? `; answers ${grouped(t.dramLatency)} cycles after a request` : '';
  const packed = packedPath(t);
  const halves = packed
    ? `; weights of ${packed.wordBits} bits packed, in ${grouped(packed.beats)} of ${grouped(channels.weights.beats)} beats`
    : '';
  return (
    `up to ${digits(channelBandwidth(t))} GB/s: ` +
    (wide ? 'a line a cycle on each channel' : channelNames.map(each).join(', ')) +
    late +
    halves
  );
}

/** `24 bits a cycle of inputs to the PEs, 64 of outputs`; empty where both ports are as wide as a line. */
function portText(t: Template): string {
  const { read, write } = globalPorts(t);
  if (read.beats === 1 && write.beats === 1) return '';
  return `${grouped(read.width)} bits a cycle of inputs to the PEs, ${grouped(write.width)} of outputs`;
}

/** Both, as rows of a table. */
export function pathRows(t: Template): readonly (readonly [string, string])[] {
  const ports = portText(t);
  return [['DRAM moves', dramText(t)], ...(ports === '' ? [] : [['global buffer moves', ports] as const])];
}

export function pathSentences(t: Template): string {
  const ports = portText(t);
  return `DRAM moves ${dramText(t)}.${ports === '' ? '' : ` The global buffer moves ${ports}.`}`;
}
