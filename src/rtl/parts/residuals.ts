// Residuals: lines from DRAM that meet the sums on their way to post-processing.

import type { Hardware } from '../hardware.js';
import { addressBits, dramBits, imageBits } from '../hardware.js';
import { engineLoops } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { drainStages } from './drains.js';
import { cfgRegs, configuredPorts, stream } from './instances.js';
import { imageRegisters, placeGen } from './images.js';
import type { Base } from './register-names.js';

export function residual(h: Hardware, base: Base): VerilogFile {
  // Those of the drain without the windows of a pool, which is never behind a residual.
  const loops = engineLoops.residual;
  const skipped = engineLoops.drain - loops;
  const walk = { loops, start: 'begins', advance: 'accept' };
  const word = h.lanes * h.inputBits;
  const source = { ...walk, width: imageBits(h), delta: base.of('drain_residual_delta'), from: 'dram_base' };
  // From its answer to the cycle in which the sums of its beat leave the tree.
  const lines = Array.from({ length: 1 + drainStages(h) }, (_, i) => `line_${i + 1}`);
  return verilogFile(
    h,
    'residual',
    [
      'the lines of a residual from DRAM, in the order of the drain. Each beat of the drain waits for the answer to its',
      'own request, and so takes it at once; the line goes along beside its sums. Zeros where the layer has none.',
    ],
    `
module residual (
${configuredPorts(h)}
    input  wire        start,
    input  wire [${imageBits(h) - 1}:0] dram_base,
    // DRAM
    output wire        req_valid,
    input  wire        req_ready,
    output wire [${dramBits - 1}:0] req_addr,
    input  wire        rsp_valid,
    input  wire [${word - 1}:0] rsp_data,
${h.residency ? bufferPorts(h) : ''}    // drain
    output wire        ready,       // the line of a beat is there, or none is needed
    // post-processing
    output wire [${word - 1}:0] line
);
${base.declare(['residual', 'drain_bound', 'drain_residual_delta', ...(h.residency ? ['resident', ...imageRegisters.output] : [])])}

  wire [0:0]  on;
  wire        begins = start && on[0];
  wire        accept;
  wire [${loops - 1}:0] step, unused_zero, unused_last;

${cfgRegs(h, 'on', 1, base.of('residual'), 'on')}

${h.residency ? fromBuffer(h, base) : ''}${stream(h, {
      loops,
      bound: `${base.of('drain_bound')} + 12'd${skipped}`,
      ready: h.residency ? 'goes' : 'req_ready',
      to: { start: 'begins', run: h.residency ? 'run' : 'req_valid', zero: 'unused_zero', last: 'unused_last' },
    })}

${placeGen(h, base, 'u_source', 'output', h.residency ? 'raddr' : 'req_addr', source)}
${h.residency ? `\n  assign req_addr = at[${dramBits - 1}:0];\n` : ''}
  reg  arrived;
  reg  [${word - 1}:0] ${lines.join(', ')};

  always @(posedge clk) begin
    if (rst) arrived <= 1'b0;
    else arrived <= ${h.residency ? 'rsp_valid || read' : 'rsp_valid'};
  end

  always @(posedge clk) begin
${lines.map((name, i) => `    ${name} <= ${i === 0 ? (h.residency ? 'read ? rdata : rsp_data' : 'rsp_data') : `line_${i}`};`).join('\n')}
  end

  assign ready = !on[0] || arrived;
  assign line  = ${lines.at(-1)} & {${word}{on[0]}};
endmodule`,
  );
}

const bufferPorts = (h: Hardware): string => `    // global buffer
    output wire        re,
    output wire [${h.address.global - 1}:0] raddr,
    input  wire [${h.lanes * h.inputBits - 1}:0] rdata,
`;

/** Lines of a residual that lies in the global buffer: they come in the next cycle, and no faster than outputs are stored. */
function fromBuffer(h: Hardware, base: Base): string {
  const { beats } = h.ports.write;
  const count = addressBits(beats);
  return `  wire [2:0] resident;
  wire       run;
  wire       is_here = resident[2];
  reg        read;
  wire       unused_resident = &{1'b0, resident[1:0]};

${cfgRegs(h, 'resident', 3, base.of('resident'), 'resident')}

  assign req_valid = run && !is_here;
  assign re        = accept && is_here;

  always @(posedge clk) begin
    if (rst) read <= 1'b0;
    else read <= re;
  end

${
  beats === 1
    ? `  wire       goes = is_here || req_ready;

`
    : `  // Cycles for which the port of the global buffer is not done with a line.
  reg  [${count - 1}:0] left;
  wire       goes = is_here ? left == ${count}'d0 : req_ready;

  always @(posedge clk) begin
    if (rst) left <= ${count}'d0;
    else if (re) left <= ${count}'d${beats - 1};
    else if (left != ${count}'d0) left <= left - ${count}'d1;
  end

`
}`;
}
