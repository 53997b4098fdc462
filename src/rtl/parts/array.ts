// The PE array with its multicast and its way out: selection of a line, reduction over rows.

import { nth } from '../../base/invariant.js';
import type { Hardware } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { parametricInstance } from './instances.js';

/** Sums of one lane over all rows, a registered level per doubling; unselected rows come as zeros. */
export function redTree(h: Hardware): VerilogFile {
  const lines: string[] = [];
  let level = Array.from({ length: h.rows }, (_, r) => `row_${r}`);
  for (let depth = 1; level.length > 1; depth++) {
    const next = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => `sum_${depth}_${i}`);
    lines.push(...next.map((n) => `  reg  [SUM-1:0] ${n};`), '', '  always @(posedge clk) begin');
    lines.push(
      ...next.map(
        (n, i) => `    ${n} <= ${nth(level, 2 * i)}${level[2 * i + 1] ? ` + ${nth(level, 2 * i + 1)}` : ''};`,
      ),
      '  end',
      '',
    );
    level = next;
  }
  const clock = h.rows > 1 ? [] : ["  wire unused_clk = &{1'b0, clk};", ''];
  return verilogFile(
    h,
    'red_tree',
    [
      `sum over ${h.rows} ${h.rows === 1 ? 'row' : 'rows'} of the PE array for one lane; ` +
        'a row that is not selected comes as zero.',
    ],
    `
module red_tree #(
    parameter ROWS = ${h.rows},
    parameter SUM  = ${h.sumBits}
) (
    input  wire                clk,
    input  wire [ROWS*SUM-1:0] rows,
    output wire [SUM-1:0]      total
);
${[...clock, ...Array.from({ length: h.rows }, (_, r) => `  wire [SUM-1:0] row_${r} = rows[${r}*SUM +: SUM];`)].join('\n')}

${lines.join('\n')}
  assign total = ${nth(level, 0)};
endmodule`,
  );
}

/** Ports of pe_ctl that go to every PE, and whether multipliers are split, with their widths. */
export const broadcast = (h: Hardware): readonly (readonly [string, number])[] => {
  const { address: a } = h;
  return [
    ['half_i', 1],
    ['half_w', 1],
    ['input_re', 1],
    ['input_raddr', a.input],
    ['weight_re', 1],
    ['weight_raddr', a.weight],
    ['input_miss', 1],
    ['input_entry', a.inputEntry],
    ['weight_miss', 1],
    ['weight_entry', a.weightEntry],
    ['sum_re', 1],
    ['sum_raddr', a.sum],
    ['valid', 1],
    ['begins', 1],
    ['first', 1],
    ['sum_we', 1],
    ['out_we', 1],
    ['out_half', 1],
    ['sum_waddr', a.sum],
    ['sum_entry', a.sumEntry],
    ...(h.split ? [['split', 2] as const] : []),
  ];
};

/** Two blocks further in. */
const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '      ');

export function peArray(h: Hardware): VerilogFile {
  const { address: a } = h;
  const { read } = h.ports;
  const isNarrow = read.beats > 1;
  const port = (direction: string, name: string, width: number) => `    ${direction} wire [${width - 1}:0] ${name}`;
  const ports = [
    '    input  wire clk',
    ...(isNarrow ? ['    input  wire rst'] : []),
    port('input ', 'rows_used', h.rows),
    port('input ', 'columns_used', h.columns),
    port('input ', 'lanes_used', h.lanes),
    port('input ', 'input_row_we', h.rows),
    port('input ', 'input_column_we', h.columns),
    port('input ', 'input_half', 1),
    port('input ', 'input_waddr', a.input),
    port('input ', 'input_wdata', read.width),
    port('input ', 'weight_row_we', h.rows),
    port('input ', 'weight_column_we', h.columns),
    port('input ', 'weight_lane_we', h.lanes),
    port('input ', 'weight_half', 1),
    port('input ', 'weight_waddr', a.weight),
    port('input ', 'weight_wdata', h.vector * h.weightBits),
    ...broadcast(h).map(([name, width]) => port('input ', name, width)),
    port('input ', 'drain_row_re', h.rows),
    port('input ', 'drain_column_re', h.columns),
    port('input ', 'drain_re', 1),
    port('input ', 'drain_half', 1),
    port('input ', 'drain_raddr', a.sum),
    port('input ', 'drain_row_sel', h.rows),
    port('input ', 'drain_column_sel', h.columns),
    port('output', 'total', h.lanes * h.sumBits),
  ];
  return verilogFile(
    h,
    'pe_array',
    [
      'rows x columns of PEs. Loads are multicast to the rows and columns that listen; a drained line is picked',
      'from one column and from one row, or summed over the rows.',
    ],
    `
module pe_array #(
    parameter ROWS    = ${h.rows},
    parameter COLUMNS = ${h.columns},
    parameter LANES   = ${h.lanes},
    parameter SUM     = ${h.sumBits}
) (
${ports.join(',\n')}
);
  localparam LINE = LANES * SUM;

  wire [ROWS*LINE-1:0] selected;

  genvar r, c, l;
  generate
    for (r = 0; r < ROWS; r = r + 1) begin : g_row
      wire [COLUMNS*LINE-1:0] drained;
      wire [LINE-1:0]         picked;
      reg  [LINE-1:0]         line;

      for (c = 0; c < COLUMNS; c = c + 1) begin : g_column
        wire used = rows_used[r] && columns_used[c];${
          isNarrow
            ? `
        wire [${read.line - 1}:0] input_line;
        wire input_whole, unused_ready;

${indented(
  parametricInstance(
    'gear_in',
    'u_input_gear',
    { LINE: read.line, WIDTH: read.width },
    {
      in_valid: 'used && input_row_we[r] && input_column_we[c]',
      in_ready: 'unused_ready',
      in_data: 'input_wdata',
      out_valid: 'input_whole',
      out_ready: "1'b1",
      out_data: 'input_line',
    },
  ),
)}`
            : ''
        }

        pe u_pe (
            .clk          (clk),
            .used         (used),
            .lanes_used   (lanes_used),
            .input_we     (${isNarrow ? 'input_whole' : 'input_row_we[r] && input_column_we[c]'}),
            .input_half   (input_half),
            .input_waddr  (input_waddr),
            .input_wdata  (${isNarrow ? 'input_line' : 'input_wdata'}),
            .weight_we    (weight_lane_we & {LANES{weight_row_we[r] && weight_column_we[c]}}),
            .weight_half  (weight_half),
            .weight_waddr (weight_waddr),
            .weight_wdata (weight_wdata),
${broadcast(h)
  .map(([name]) => `            .${name.padEnd(12)} (${name}),`)
  .join('\n')}
            .drain_re     (drain_re && drain_row_re[r] && drain_column_re[c]),
            .drain_half   (drain_half),
            .drain_addr   (drain_raddr),
            .drain_data   (drained[c*LINE +: LINE])
        );
      end

      one_hot_mux #(
          .INPUTS (COLUMNS),
          .WIDTH  (LINE)
      ) u_column (
          .data   (drained),
          .select (drain_column_sel & columns_used),
          .out    (picked)
      );

      always @(posedge clk) begin
        line <= picked & {LINE{drain_row_sel[r] && rows_used[r]}};
      end

      assign selected[r*LINE +: LINE] = line;
    end

    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire [ROWS*SUM-1:0] rows;

      for (r = 0; r < ROWS; r = r + 1) begin : g_gather
        assign rows[r*SUM +: SUM] = selected[r*LINE+l*SUM +: SUM];
      end

      red_tree u_red_tree (
          .clk   (clk),
          .rows  (rows),
          .total (total[l*SUM +: SUM])
      );
    end
  endgenerate
endmodule`,
  );
}
