// The global buffer: single-port banks; whole banks belong to a region, so no two engines ever meet in one. Where tensors may stay,
// a line has parts, and a bank that is none is nowhere.

import type { Hardware } from '../hardware.js';
import { addressBits } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';

export function gbuf(h: Hardware): VerilogFile {
  const { address: a, residency } = h;
  const { parts = 1, partBits = 0 } = residency ?? {};
  const isWhole = parts === 1;
  const line = h.globalLine * h.inputBits;
  const input = h.vector * h.inputBits;
  const output = h.lanes * h.inputBits;
  // Lines of all banks are counted on, so that a bank of one line is found by its number alone.
  const engines = ['fill', 'load', 'store', ...(residency ? ['residual'] : []), 'spill'];
  const lineOf = (engine: string) =>
    `${engine}_addr[${partBits === 0 ? 'ADDR-1:0' : `ADDR+${partBits - 1}:${partBits}`}]`;
  const address = engines.map((e) => (e === 'spill' ? lineOf(e) : `${e}_here ? ${lineOf(e)} : `)).join('');
  const extended = (name: string, width: number) => (width === line ? name : `{${line - width}'d0, ${name}}`);
  const stored = isWhole || output === line ? extended('store_data', output) : '{PARTS{store_data}}';
  const unused = (name: string, width: number) =>
    width === line ? [] : [`  wire unused_${name} = &{1'b0, ${name}_line[${line - 1}:${width}]};`];
  const residualPorts = residency
    ? `,
    input  wire                 residual_re,
    input  wire [PLACE-1:0] residual_addr,
    output wire [${output - 1}:0]          residual_data`
    : '';
  return verilogFile(
    h,
    'gbuf',
    [
      'global buffer of single-port banks. The regions of inputs and outputs, ping and pong, are whole banks,',
      'so the four engines never meet in a bank; read data come in the next cycle.',
    ],
    `
module gbuf #(
    parameter BANKS = ${h.globalBanks},
    parameter DEPTH = ${h.globalBankDepth},
    parameter LINE  = ${line},
    parameter ADDR  = ${addressBits(h.globalBankDepth)},
    parameter BANK  = ${a.globalBank},
    parameter PLACE = ${a.global}${isWhole ? '' : `,\n    parameter PARTS = ${parts}`}
) (
    input  wire                 clk,
    input  wire                 fill_we,
    input  wire [PLACE-1:0] fill_addr,
    input  wire [${input - 1}:0]          fill_data,
    input  wire                 load_re,
    input  wire [PLACE-1:0] load_addr,
    output wire [${input - 1}:0]          load_data,
    input  wire                 store_we,
    input  wire [PLACE-1:0] store_addr,
    input  wire [${output - 1}:0]          store_data,
    input  wire                 spill_re,
    input  wire [PLACE-1:0] spill_addr,
    output wire [${output - 1}:0]          spill_data${residualPorts}
);
  wire [BANKS*LINE-1:0] rdata;
  reg  [BANKS-1:0]      loading, spilling${residency ? ', adding' : ''};
  wire [LINE-1:0]       load_line, spill_line${residency ? ', residual_line' : ''};
${isWhole ? '' : partWires(h)}
  genvar b;
  generate
    for (b = 0; b < BANKS; b = b + 1) begin : g_bank
      localparam [31:0] NUMBER = b;

      wire fill_here  = fill_we && fill_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire load_here  = load_re && load_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire store_here = store_we && store_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire spill_here = spill_re && spill_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
${residency ? '      wire residual_here = residual_re && residual_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];\n' : ''}
      ${isWhole ? 'sram_1rw' : 'sram_1rw_parts'} #(
${isWhole ? '' : '          .PARTS (PARTS),\n'}          .WIDTH (LINE),
          .DEPTH (DEPTH),
          .ADDR  (ADDR)
      ) u_sram (
          .clk   (clk),
          .en    (${engines.map((e) => `${e}_here`).join(' || ')}),
          .we    (${isWhole ? 'fill_here || store_here' : '{PARTS{fill_here}} | ({PARTS{store_here}} & store_parts)'}),
          .addr  (${h.globalBankDepth === 1 ? "1'b0" : address}),
          .wdata (fill_here ? ${extended('fill_data', input)} : ${stored}),
          .rdata (rdata[b*LINE +: LINE])
      );

      // Whose data are on the way; rdata holds while a reader waits.
      always @(posedge clk) begin
        if (load_re) loading[b] <= load_here;
        if (spill_re) spilling[b] <= spill_here;
${residency ? '        if (residual_re) adding[b] <= residual_here;\n' : ''}      end
    end
  endgenerate

  one_hot_mux #(
      .INPUTS (BANKS),
      .WIDTH  (LINE)
  ) u_load (
      .data   (rdata),
      .select (loading),
      .out    (load_line)
  );

  one_hot_mux #(
      .INPUTS (BANKS),
      .WIDTH  (LINE)
  ) u_spill (
      .data   (rdata),
      .select (spilling),
      .out    (spill_line)
  );

${residency ? images(h) : ''}${[...(isWhole ? unused('load', input) : []), ...unused('spill', output)].join('\n')}

  assign load_data  = ${isWhole ? `load_line[${input - 1}:0]` : partOf('load', input, line)};
  assign spill_data = spill_line[${output - 1}:0];
endmodule`,
  );
}

/** A part of a line: which it is was kept when it was asked for. */
const partOf = (engine: string, width: number, line: number): string =>
  width === line ? `${engine}_line` : `${engine}_line[${engine}_part*${width} +: ${width}]`;

/** Which parts are written, and which was read. */
function partWires(h: Hardware): string {
  const { parts = 1, partBits = 0 } = h.residency ?? {};
  const line = h.globalLine * h.inputBits;
  const [input, output] = [h.vector * h.inputBits, h.lanes * h.inputBits];
  const keep = (engine: string) => `
  reg  [${partBits - 1}:0] ${engine}_part;

  always @(posedge clk) begin
    if (${engine}_re) ${engine}_part <= ${engine}_addr[${partBits - 1}:0];
  end
`;
  const stores = output === line ? `{PARTS{1'b1}}` : `{{(PARTS-1){1'b0}}, 1'b1} << store_addr[${partBits - 1}:0]`;
  const unused = [
    'fill_addr',
    'spill_addr',
    ...(input === line ? ['load_addr'] : []),
    ...(output === line ? ['store_addr', 'residual_addr'] : []),
  ];
  return `  wire [${parts - 1}:0]       store_parts = ${stores};
  wire                  unused_parts = &{1'b0, ${unused.map((name) => `${name}[${partBits - 1}:0]`).join(', ')}};
${input === line ? '' : keep('load')}${output === line ? '' : keep('residual')}`;
}

/** Lines of a residual that lies here. */
function images(h: Hardware): string {
  const line = h.globalLine * h.inputBits;
  const output = h.lanes * h.inputBits;
  const isPart = output !== line;
  return `  one_hot_mux #(
      .INPUTS (BANKS),
      .WIDTH  (LINE)
  ) u_residual (
      .data   (rdata),
      .select (adding),
      .out    (residual_line)
  );

  assign residual_data = ${isPart ? partOf('residual', output, line) : 'residual_line'};

`;
}
