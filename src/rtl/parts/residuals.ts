// Residuals: lines from DRAM that meet the sums on their way to post-processing.

import type { Hardware } from '../hardware.js';
import { dramBits } from '../hardware.js';
import { engineLoops } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { drainStages } from './drains.js';
import { addrGen, cfgRegs, configuredPorts, stream } from './instances.js';
import type { Base } from './register-names.js';

export function residual(h: Hardware, base: Base): VerilogFile {
  // Those of the drain without the windows of a pool, which is never behind a residual.
  const loops = engineLoops.residual;
  const skipped = engineLoops.drain - loops;
  const walk = { loops, start: 'begins', advance: 'accept' };
  const word = h.lanes * h.inputBits;
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
    input  wire [${dramBits - 1}:0] dram_base,
    // DRAM
    output wire        req_valid,
    input  wire        req_ready,
    output wire [${dramBits - 1}:0] req_addr,
    input  wire        rsp_valid,
    input  wire [${word - 1}:0] rsp_data,
    // drain
    output wire        ready,       // the line of a beat is there, or none is needed
    // post-processing
    output wire [${word - 1}:0] line
);
${base.declare(['residual', 'drain_bound', 'drain_residual_delta'])}

  wire [0:0]  on;
  wire        begins = start && on[0];
  wire        accept;
  wire [${loops - 1}:0] step, unused_zero, unused_last;

${cfgRegs(h, 'on', 1, base.of('residual'), 'on')}

${stream(h, {
  loops,
  bound: `${base.of('drain_bound')} + 12'd${skipped}`,
  ready: 'req_ready',
  to: { start: 'begins', run: 'req_valid', zero: 'unused_zero', last: 'unused_last' },
})}

${addrGen(h, 'u_source', { ...walk, width: dramBits, delta: base.of('drain_residual_delta'), from: 'dram_base', addr: 'req_addr' })}

  reg  arrived;
  reg  [${word - 1}:0] ${lines.join(', ')};

  always @(posedge clk) begin
    if (rst) arrived <= 1'b0;
    else arrived <= rsp_valid;
  end

  always @(posedge clk) begin
${lines.map((name, i) => `    ${name} <= ${i === 0 ? 'rsp_data' : `line_${i}`};`).join('\n')}
  end

  assign ready = !on[0] || arrived;
  assign line  = ${lines.at(-1)} & {${word}{on[0]}};
endmodule`,
  );
}
