// The global buffer: single-port banks; whole banks belong to a region, so no two engines ever meet in one.

import type { Hardware } from '../hardware.js';
import { addressBits } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';

export function gbuf(h: Hardware): VerilogFile {
  const { address: a } = h;
  const line = h.globalLine * h.inputBits;
  const input = h.vector * h.inputBits;
  const output = h.lanes * h.inputBits;
  // Lines of all banks are counted on, so that a bank of one line is found by its number alone.
  const address =
    'fill_here ? fill_addr[ADDR-1:0] : load_here ? load_addr[ADDR-1:0] : store_here ? store_addr[ADDR-1:0] : ' +
    'spill_addr[ADDR-1:0]';
  const extended = (name: string, width: number) => (width === line ? name : `{${line - width}'d0, ${name}}`);
  const unused = (name: string, width: number) =>
    width === line ? [] : [`  wire unused_${name} = &{1'b0, ${name}_line[${line - 1}:${width}]};`];
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
    parameter PLACE = ${a.global}
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
    output wire [${output - 1}:0]          spill_data
);
  wire [BANKS*LINE-1:0] rdata;
  reg  [BANKS-1:0]      loading, spilling;
  wire [LINE-1:0]       load_line, spill_line;

  genvar b;
  generate
    for (b = 0; b < BANKS; b = b + 1) begin : g_bank
      localparam [31:0] NUMBER = b;

      wire fill_here  = fill_we && fill_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire load_here  = load_re && load_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire store_here = store_we && store_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire spill_here = spill_re && spill_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];

      sram_1rw #(
          .WIDTH (LINE),
          .DEPTH (DEPTH),
          .ADDR  (ADDR)
      ) u_sram (
          .clk   (clk),
          .en    (fill_here || load_here || store_here || spill_here),
          .we    (fill_here || store_here),
          .addr  (${h.globalBankDepth === 1 ? "1'b0" : address}),
          .wdata (fill_here ? ${extended('fill_data', input)} : ${extended('store_data', output)}),
          .rdata (rdata[b*LINE +: LINE])
      );

      // Whose data are on the way; rdata holds while a reader waits.
      always @(posedge clk) begin
        if (load_re) loading[b] <= load_here;
        if (spill_re) spilling[b] <= spill_here;
      end
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

${[...unused('load', input), ...unused('spill', output)].join('\n')}

  assign load_data  = load_line[${input - 1}:0];
  assign spill_data = spill_line[${output - 1}:0];
endmodule`,
  );
}
