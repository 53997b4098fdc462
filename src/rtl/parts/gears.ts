// Gears between lines and the beats of a channel to DRAM that is narrower than they are.

import { defined } from '../../base/invariant.js';
import type { ChannelName } from '../../model/machine/dram-channels.js';
import type { Hardware } from '../hardware.js';
import type { Connections } from './instances.js';
import { parametricInstance } from './instances.js';
import { shortInstance } from './short-lines.js';

/** The channels by what their wires are called. */
const channels = {
  input: 'inputs',
  weight: 'weights',
  residual: 'residuals',
  output: 'outputs',
} as const satisfies Record<string, ChannelName>;
type WireName = keyof typeof channels;
const reads = ['input', 'weight', 'residual'] as const satisfies readonly WireName[];
export type ReadChannel = (typeof reads)[number];
const channelOf = (h: Hardware, name: WireName) => h.channels[channels[name]];

export const isGeared = (h: Hardware, name: WireName): boolean => channelOf(h, name).beats > 1;

/** Wires of one bit, and of a line, that stand between the gears and the machine. */
export const gearWires = (h: Hardware): readonly (readonly [width: number, names: string])[] => [
  ...reads.flatMap((name): readonly (readonly [number, string])[] =>
    isGeared(h, name)
      ? [
          [1, `${name}_whole_valid unused_${name}_ready`],
          [channelOf(h, name).line, `${name}_whole`],
        ]
      : [],
  ),
  ...(isGeared(h, 'output')
    ? ([
        [1, 'output_whole_valid output_whole_ready'],
        [channelOf(h, 'output').line, 'output_whole'],
      ] as const)
    : []),
];

/** The wires of lines that a load engine takes from a read channel. */
export const linesFrom = (h: Hardware, name: ReadChannel): Connections =>
  isGeared(h, name) ? { rsp_valid: `${name}_whole_valid`, rsp_data: `${name}_whole` } : {};

/** Those that `spill` gives to the channel of outputs. */
export const linesTo = (h: Hardware): Readonly<Record<'valid' | 'ready' | 'data', string>> =>
  isGeared(h, 'output')
    ? { valid: 'output_whole_valid', ready: 'output_whole_ready', data: 'output_whole' }
    : { valid: 'output_valid', ready: 'output_ready', data: 'output_data' };

const sizes = (h: Hardware, name: WireName) => {
  const { line, width } = channelOf(h, name);
  return { LINE: line, WIDTH: width };
};

/** Lines of weights that lie packed are shorter than others. */
export const isShortened = (h: Hardware, name: WireName): boolean => name === 'weight' && h.packed !== undefined;

/** A gear of a channel. */
const gear = (h: Hardware, of: 'gear_in' | 'gear_out', name: WireName, to: Connections): string =>
  isShortened(h, name)
    ? shortInstance(
        of,
        `u_${name}_gear`,
        { ...sizes(h, name), SHORT: defined(h.packed).line },
        { ...to, is_short: 'weights_packed' },
      )
    : parametricInstance(of, `u_${name}_gear`, sizes(h, name), to);

/** Beats of read channels into lines, lines of outputs into beats; nothing where a channel is as wide as a line. */
export const gears = (h: Hardware): string =>
  [
    ...reads.map((name) =>
      isGeared(h, name)
        ? gear(h, 'gear_in', name, {
            in_valid: `${name}_rsp_valid`,
            in_ready: `unused_${name}_ready`,
            in_data: `${name}_rsp_data`,
            out_valid: `${name}_whole_valid`,
            out_ready: "1'b1",
            out_data: `${name}_whole`,
          })
        : '',
    ),
    isGeared(h, 'output')
      ? parametricInstance('gear_out', 'u_output_gear', sizes(h, 'output'), {
          in_valid: 'output_whole_valid',
          in_ready: 'output_whole_ready',
          in_data: 'output_whole',
          out_valid: 'output_valid',
          out_ready: 'output_ready',
          out_data: 'output_data',
        })
      : '',
  ]
    .filter((text) => text !== '')
    .map((text) => `\n\n${text}`)
    .join('');

/**
 * The other way round, between masters of a bus and the machine: lines that were read into beats, beats of outputs into
 * lines. A line that was read is held until its beats are through; the master's pace is no faster.
 */
export const busGears = (h: Hardware): string =>
  [
    ...reads.map((name) =>
      isGeared(h, name)
        ? `  reg  ${name}_held;
  reg  [${channelOf(h, name).line - 1}:0] ${name}_kept;
  wire ${name}_gone;

  always @(posedge aclk) begin
    if (rst) ${name}_held <= 1'b0;
    else if (${name}_whole_valid) ${name}_held <= 1'b1;
    else if (${name}_gone) ${name}_held <= 1'b0;
    if (${name}_whole_valid) ${name}_kept <= ${name}_whole;
  end

${gear(h, 'gear_out', name, {
  clk: 'aclk',
  in_valid: `${name}_held`,
  in_ready: `${name}_gone`,
  in_data: `${name}_kept`,
  out_valid: `${name}_rsp_valid`,
  out_ready: "1'b1",
  out_data: `${name}_rsp_data`,
})}`
        : '',
    ),
    isGeared(h, 'output')
      ? parametricInstance('gear_in', 'u_output_gear', sizes(h, 'output'), {
          clk: 'aclk',
          in_valid: 'output_valid',
          in_ready: 'output_ready',
          in_data: 'output_data',
          out_valid: 'output_whole_valid',
          out_ready: 'output_whole_ready',
          out_data: 'output_whole',
        })
      : '',
  ]
    .filter((text) => text !== '')
    .map((text) => `${text}\n\n`)
    .join('');
