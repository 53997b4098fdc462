// The modules that stand for memories once more, with a macro in place of the body wherever there is one of the size; and the
// macros as black boxes.

import type { Memory, MemoryModule } from './memories.js';
import { macroName } from './memories.js';
import { pinsOf } from './ports.js';

/** Declarations, and the body where no macro has the size: what `verilog/` has. */
const bodies: Readonly<Record<MemoryModule, { readonly ports: string; readonly pins: string; readonly body: string }>> =
  {
    sram_1rw: {
      ports: `    input  wire             clk,
    input  wire             en,
    input  wire             we,
    input  wire [ADDR-1:0]  addr,
    input  wire [WIDTH-1:0] wdata,
    output wire [WIDTH-1:0] rdata`,
      pins: '.CLK(clk), .EN(en), .WE(we), .ADDR(addr), .D(wdata), .Q(rdata)',
      body: `      reg [WIDTH-1:0] mem [0:DEPTH-1];
      reg [WIDTH-1:0] word;
      always @(posedge clk) if (en && we) mem[addr] <= wdata;
      always @(posedge clk) if (en && !we) word <= mem[addr];
      assign rdata = word;`,
    },
    sram_1r1w: {
      ports: `    input  wire             clk,
    input  wire             re,
    input  wire [ADDR-1:0]  raddr,
    output wire [WIDTH-1:0] rdata,
    input  wire             we,
    input  wire [ADDR-1:0]  waddr,
    input  wire [WIDTH-1:0] wdata`,
      pins: '.CLK(clk), .RE(re), .RADDR(raddr), .WE(we), .WADDR(waddr), .D(wdata), .Q(rdata)',
      body: `      reg [WIDTH-1:0] mem [0:DEPTH-1];
      reg [WIDTH-1:0] word;
      always @(posedge clk) if (we) mem[waddr] <= wdata;
      always @(posedge clk) if (re) word <= mem[raddr];
      assign rdata = word;`,
    },
    sram_1rw_parts: {
      ports: `    input  wire             clk,
    input  wire             en,
    input  wire [PARTS-1:0] we,
    input  wire [ADDR-1:0]  addr,
    input  wire [WIDTH-1:0] wdata,
    output wire [WIDTH-1:0] rdata`,
      pins: '.CLK(clk), .EN(en), .WE(we), .ADDR(addr), .D(wdata), .Q(rdata)',
      body: `      localparam PART = WIDTH / PARTS;
      genvar i;
      for (i = 0; i < PARTS; i = i + 1) begin : g_part
        reg [PART-1:0] mem [0:DEPTH-1];
        reg [PART-1:0] word;
        always @(posedge clk) if (en && we[i]) mem[addr] <= wdata[i*PART +: PART];
        always @(posedge clk) if (en && !(|we)) word <= mem[addr];
        assign rdata[i*PART +: PART] = word;
      end`,
    },
  };

/** In place of the file of the same name in `rtl/`. */
export function memoryWithMacros(module: MemoryModule, memories: readonly Memory[]): string {
  const { ports, pins, body } = bodies[module];
  const parts = module === 'sram_1rw_parts' ? '    parameter PARTS = 2,\n' : '';
  const sized = ({ width, depth, parts: n }: Memory) =>
    `WIDTH == ${width} && DEPTH == ${depth}${module === 'sram_1rw_parts' ? ` && PARTS == ${n}` : ''}`;
  const macros = memories
    .filter((m) => m.module === module && !m.ofRegisters)
    .map(
      (m) =>
        `if (${sized(m)}) begin : g_macro_${m.width}x${m.depth}\n      ${macroName(m)} u_macro (${pins});\n    end else `,
    );
  return `// ${module} with macros for the sizes that the machine has, registers for all else.
// Written by magnet; it takes the place of rtl/${module}.v.
\`default_nettype none

module ${module} #(
${parts}    parameter WIDTH = 64,
    parameter DEPTH = 256,
    parameter ADDR  = 8
) (
${ports}
);
  generate
    ${macros.join('')}begin : g_registers
${body}
    end
  endgenerate
endmodule

\`default_nettype wire
`;
}

/** Ports alone. */
export const blackBox = (memory: Memory): string =>
  `(* blackbox *)\nmodule ${macroName(memory)} (\n${pinsOf(memory)
    .map(
      ({ name, direction, bits }) =>
        `    ${direction.padEnd(6)} wire ${bits === undefined ? '' : `[${bits - 1}:0] `}${name}`,
    )
    .join(',\n')}\n);\nendmodule\n`;
