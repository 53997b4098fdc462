// Event counters: what the model counts, counted by the machine.

import type { Hardware } from '../hardware.js';
import type { CounterName } from '../registers.js';
import { counters } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';

/** The wire of the top that each counter counts. */
export const events: Readonly<Record<CounterName, string>> = {
  cycles: 'busy',
  mac: 'valid',
  input_read: 'input_re',
  weight_read: 'weight_re',
  sum_read: 'sum_re',
  sum_write: 'sum_we',
  output_write: 'out_we',
  output_read: 'drain_re',
  input_load: 'load_re',
  weight_load: 'weight_rsp_valid',
  fill: 'fill_we',
  store: 'store_we',
  spill: 'output_valid && output_ready',
};

export function perf(h: Hardware): VerilogFile {
  const n = counters.length;
  return verilogFile(
    h,
    'perf',
    ['event counters: one more for every cycle in which an event is high; they restart with a layer and wrap.'],
    `
module perf #(
    parameter EVENTS = ${n},
    parameter WIDTH  = 32
) (
    input  wire                    clk,
    input  wire                    restart,
    input  wire [EVENTS-1:0]       events,
    output wire [EVENTS*WIDTH-1:0] counts
);
  genvar e;
  generate
    for (e = 0; e < EVENTS; e = e + 1) begin : g_event
      reg [WIDTH-1:0] count;

      always @(posedge clk) begin
        if (restart) count <= {WIDTH{1'b0}};
        else if (events[e]) count <= count + {{(WIDTH - 1){1'b0}}, 1'b1};
      end

      assign counts[e*WIDTH +: WIDTH] = count;
    end
  endgenerate
endmodule`,
  );
}
