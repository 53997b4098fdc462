// Modules for lines some of which are short, as weights are that lie packed: made of those for lines of one length.

import { invariant } from '../../base/diagnostics.js';
import type { Hardware } from '../hardware.js';
import { verilogModules } from '../verilog-modules.js';
import type { VerilogFile } from '../verilog.js';
import type { Connections } from './instances.js';
import { instance } from './instances.js';
import { withHeader } from './parametric.js';

/** What stands in place of what. SHORT is the length of a short line, in the unit of the others; `is_short` comes beside it. */
const changes = {
  gear_in: [
    ['    parameter WIDTH = 24\n', '    parameter WIDTH = 24,\n    parameter SHORT = 32\n'],
    ['    input  wire             rst,\n', '    input  wire             rst,\n    input  wire             is_short,\n'],
    [
      '  localparam LAST  = BEATS - 1;\n',
      '  localparam LAST  = BEATS - 1;\n  localparam FIRST = (SHORT + WIDTH - 1) / WIDTH - 1;\n',
    ],
    ['count == LAST[COUNT-1:0];', 'count == (is_short ? FIRST[COUNT-1:0] : LAST[COUNT-1:0]);'],
    [
      '  assign out_data  = whole[LINE-1:0];\n',
      `  // Above the bits of a short line there is anything.
  wire [(FIRST+1)*WIDTH-1:0] brief;
  wire                       unused_brief = &{1'b0, brief};

  generate
    if (FIRST > 0) begin : g_some
      assign brief = {in_data, held[FIRST*WIDTH-1:0]};
    end else begin : g_one
      assign brief = in_data;
    end
  endgenerate

  assign out_data = {whole[LINE-1:SHORT], is_short ? brief[SHORT-1:0] : whole[SHORT-1:0]};
`,
    ],
  ],
  gear_out: [
    ['    parameter WIDTH = 24\n', '    parameter WIDTH = 24,\n    parameter SHORT = 32\n'],
    ['    input  wire             rst,\n', '    input  wire             rst,\n    input  wire             is_short,\n'],
    [
      '  localparam LAST  = BEATS - 1;\n',
      '  localparam LAST  = BEATS - 1;\n  localparam FIRST = (SHORT + WIDTH - 1) / WIDTH - 1;\n',
    ],
    ['count == LAST[COUNT-1:0];', 'count == (is_short ? FIRST[COUNT-1:0] : LAST[COUNT-1:0]);'],
  ],
  // The pace of short answers has a parameter of its own.
  axi_read: [
    [
      '    parameter PACE      = 1\n',
      '    parameter PACE      = 1,\n    parameter SHORT     = 4,\n    parameter BRISK     = 1\n',
    ],
    [
      '    input  wire                     rst,\n',
      '    input  wire                     rst,\n    input  wire                     is_short,\n',
    ],
    [
      '  localparam LAST  = BYTES - 1;\n',
      '  localparam LAST  = BYTES - 1;\n  localparam FIRST = (SHORT << LOG_WORD) - 1;\n',
    ],
    ['+ LAST[SPAN-1:0];', '+ (is_short ? FIRST[SPAN-1:0] : LAST[SPAN-1:0]);'],
    [
      '      localparam PAUSE = PACE - 1;\n',
      '      localparam PAUSE = PACE - 1;\n      localparam BREAK = BRISK - 1;\n',
    ],
    ['pause <= PAUSE[BITS_OF_PAUSE-1:0];', 'pause <= is_short ? BREAK[BITS_OF_PAUSE-1:0] : PAUSE[BITS_OF_PAUSE-1:0];'],
  ],
} as const satisfies Partial<Record<keyof typeof verilogModules, readonly (readonly [string, string])[]>>;

export type Shortened = keyof typeof changes;

const nameOf = (of: Shortened) => `${of}_short`;

function textOf(of: Shortened): string {
  return changes[of].reduce(
    (text, [from, to]) => {
      invariant(text.split(from).length === 2, `verilog/${of}.v has not once: ${from}`);
      return text.replace(from, to);
    },
    verilogModules[of].replaceAll(of, nameOf(of)),
  );
}

export const shortFile = (h: Hardware, of: Shortened): VerilogFile => withHeader(h, nameOf(of), textOf(of));

export const shortInstance = (of: Shortened, name: string, parameters: Connections, to: Connections): string =>
  instance({ module: nameOf(of), text: textOf(of) }, name, to, { ...parameters });
