// Load engines: DRAM to global buffer (fill), global buffer to input buffers, DRAM to weight buffers.

import type { Hardware } from '../hardware.js';
import { counterBits, dramBits, tileBits } from '../hardware.js';
import { engineLoops, fillLoops } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { addrGen, cfgRegs, configuredPorts, parametricInstance, stream, weightLine } from './instances.js';
import type { Base } from './register-names.js';
import { oneHot } from './select.js';
import { imageRegisters, placeGen } from './images.js';

/** Sign of life of beats on their way: one more for each request, one less for each answer. */
const pending = `  // Requests that DRAM has not answered yet.
  reg  [${counterBits - 1}:0] pending;

  always @(posedge clk) begin
    if (rst) pending <= ${counterBits}'d0;
    else if (accept && !rsp_valid) pending <= pending + ${counterBits}'d1;
    else if (!accept && rsp_valid) pending <= pending - ${counterBits}'d1;
  end`;

/** A line as it comes, or of pairs: the lower halves of words that came before, and of those that come now. */
const pairing = (h: Hardware, half: number): string => `
  reg         second;
  reg  [${h.vector * half - 1}:0] lower;
  wire [${h.vector * h.inputBits - 1}:0] line;
  wire        whole = rsp_valid && (second || !split);

  always @(posedge clk) begin
    if (rst || start) second <= 1'b0;
    else if (rsp_valid) second <= split && !second;
  end

  genvar w;
  generate
    for (w = 0; w < ${h.vector}; w = w + 1) begin : g_pair
      wire [${h.inputBits - 1}:0] word = rsp_data[w*${h.inputBits} +: ${h.inputBits}];

      assign line[w*${h.inputBits} +: ${h.inputBits}] =
          split ? {word[${half - 1}:0], lower[w*${half} +: ${half}]} : word;

      always @(posedge clk) begin
        if (rsp_valid && split) lower[w*${half} +: ${half}] <= word[${half - 1}:0];
      end
    end
  endgenerate
`;

export function fill(h: Hardware, base: Base): VerilogFile {
  const loops = fillLoops(h);
  const walk = { loops, start: 'start', advance: 'accept' };
  const own = `v*${h.inputBits} +: ${h.inputBits}`;
  const whole = h.split ? 'whole' : 'rsp_valid';
  const word = h.vector * h.inputBits;
  return verilogFile(
    h,
    'fill',
    [
      'one tile of inputs from DRAM into the global buffer, a vector a cycle.',
      'Positions of a vector that the layer does not use are zeroed here.',
      ...(h.split ? ['Where words are pairs, two lines make one: the lower halves come first.'] : []),
    ],
    `
module fill (
${configuredPorts(h)}
    input  wire        start,
    input  wire [${dramBits - 1}:0] dram_base,
    input  wire [${h.address.global - 1}:0] region,
    input  wire [${h.vector - 1}:0]  vector_used,${h.split ? '\n    input  wire        split,' : ''}
    output wire        busy,
    // DRAM
    output wire        req_valid,
    input  wire        req_ready,
    output wire [${dramBits - 1}:0] req_addr,
    input  wire        rsp_valid,
    input  wire [${word - 1}:0] rsp_data,
    // global buffer
    output reg         we,
    output reg  [${h.address.global - 1}:0] waddr,
    output reg  [${word - 1}:0] wdata
);
${base.declare(['fill_bound', 'fill_delta'])}

  wire       run, accept;
  wire [${loops - 1}:0] step, unused_zero, unused_last;

${stream(h, { loops, bound: base.of('fill_bound'), ready: 'req_ready', to: { zero: 'unused_zero', last: 'unused_last' } })}

${addrGen(h, 'u_source', { ...walk, width: dramBits, delta: base.of('fill_delta'), from: 'dram_base', addr: 'req_addr' })}

  assign req_valid = run;

${pending}
${h.split ? pairing(h, h.split.inputBits) : ''}
  always @(posedge clk) begin
    if (rst) we <= 1'b0;
    else we <= ${whole};
  end

  // The tile lies in the order in which it arrives.
  reg [${h.address.global - 1}:0] next;

  always @(posedge clk) begin
    if (start) next <= region;
    else if (${whole}) next <= next + ${h.address.global}'d${h.residency?.parts ?? 1};
    if (${whole}) waddr <= next;
  end

  genvar v;
  generate
    for (v = 0; v < ${h.vector}; v = v + 1) begin : g_position
      always @(posedge clk) begin
        if (${whole}) wdata[${own}] <= ${h.split ? 'line' : 'rsp_data'}[${own}] & {${h.inputBits}{vector_used[v]}};
      end
    end
  endgenerate

  assign busy = run || pending != ${counterBits}'d0 || we;
endmodule`,
  );
}

export function loadInput(h: Hardware, base: Base): VerilogFile {
  const loops = engineLoops.loadInput;
  const walk = { loops, start: 'start', advance: 'accept' };
  const { line, width, beats } = h.ports.read;
  const isNarrow = beats > 1;
  const [column, row] = [loops - 2, loops - 1];
  const flags = { zero: 'unused_zero', last: 'unused_last' };
  const read = h.residency ? 'whole' : 'rdata';
  return verilogFile(
    h,
    'load_i',
    [
      `tiles of inputs from the global buffer into the input buffers of the PEs, a vector ${isNarrow ? `in ${beats} beats` : 'a cycle'}.`,
      'One tile per row and column that has inputs of its own; others listen in.',
    ],
    `
module load_i (
${configuredPorts(h)}
    input  wire        start,
    input  wire [${tileBits(h) - 1}:0] tile,
${h.residency ? `    input  wire [${h.vector - 1}:0]  vector_used,\n` : ''}    input  wire        all_rows,
    input  wire        all_columns,
    output wire        busy,
    // global buffer
    output wire        re,
    output wire [${h.address.global - 1}:0] raddr,
    input  wire [${line - 1}:0] rdata,
    // PEs
    output reg  [${h.rows - 1}:0]  row_we,
    output reg  [${h.columns - 1}:0]  column_we,
    output reg  [${h.address.input - 1}:0] waddr,
    output reg  [${width - 1}:0] wdata
);
${base.declare(['load_input_bound', 'load_input_delta', ...(h.residency ? [...imageRegisters.input, 'image_border'] : [])])}

${
  isNarrow
    ? `  wire       run, accept, gone;
  wire [${loops - 1}:0] step, unused_zero, unused_last;
  reg        valid_1, valid_2;

${stream(h, { loops, bound: base.of('load_input_bound'), ready: '!valid_1 || gone', to: flags })}

  assign re = accept;

  // A line is held by the buffer's own word until its last beat has gone.
  wire       unused_valid;
  wire [${width - 1}:0] beat;

${parametricInstance(
  'gear_out',
  'u_gear',
  { LINE: line, WIDTH: width },
  {
    in_valid: 'valid_1',
    in_ready: 'gone',
    in_data: read,
    out_valid: 'unused_valid',
    out_ready: "1'b1",
    out_data: 'beat',
  },
)}`
    : `  wire       accept;
  wire [${loops - 1}:0] step, unused_zero, unused_last;

${stream(h, { loops, bound: base.of('load_input_bound'), ready: "1'b1", to: { run: 're', ...flags } })}`
}

${placeGen(h, base, 'u_source', 'input', 'raddr', { ...walk, width: tileBits(h), delta: base.of('load_input_delta'), from: 'tile' })}
${h.residency ? borders(h, base) : ''}
  // Every tile lies densely from address 0, in the order of the loops.
  wire next_tile = step[${row}] || step[${column}];
  reg  [${h.address.input - 1}:0] address, address_1;${isNarrow ? '' : '\n  reg        valid_1, valid_2;'}

${oneHot('row', h.rows, { start: 'start', next: `accept && step[${row}]` })}

${oneHot('column', h.columns, { start: `start || (accept && step[${row}])`, next: `accept && step[${column}]` })}

  reg  [${h.rows - 1}:0]  row_1;
  reg  [${h.columns - 1}:0]  column_1;

  always @(posedge clk) begin
    if (start) address <= ${h.address.input}'d0;
    else if (accept) address <= next_tile ? ${h.address.input}'d0 : address + ${h.address.input}'d1;
  end

  always @(posedge clk) begin
    if (rst) begin
      valid_1 <= 1'b0;
      valid_2 <= 1'b0;
    end else begin
      valid_1 <= ${isNarrow ? 're || (valid_1 && !gone)' : 're'};
      valid_2 <= valid_1;
    end
  end

  always @(posedge clk) begin
${
  isNarrow
    ? `    if (re) begin
      address_1 <= address;
      row_1     <= row | {${h.rows}{all_rows}};
      column_1  <= column | {${h.columns}{all_columns}};
    end
    waddr     <= address_1;
    wdata     <= beat;`
    : `    address_1 <= address;
    row_1     <= row | {${h.rows}{all_rows}};
    column_1  <= column | {${h.columns}{all_columns}};
    waddr     <= address_1;
    wdata     <= ${read};`
}
    row_we    <= row_1 & {${h.rows}{valid_1}};
    column_we <= column_1;
  end

  assign busy = ${isNarrow ? 'run' : 're'} || valid_1 || valid_2;
endmodule`,
  );
}

/** What was read, or the border of an image; positions of a vector that the layer does not use are zeroed here too. */
const borders = (h: Hardware, base: Base): string => `
  wire [${h.inputBits - 1}:0] border;
  reg  outside;
  wire [${h.ports.read.line - 1}:0] whole;

${cfgRegs(h, 'border', h.inputBits, base.of('image_border'), 'border')}

  always @(posedge clk) begin
    if (re) outside <= raddr[${h.address.global - 1}];
  end

  genvar v;
  generate
    for (v = 0; v < ${h.vector}; v = v + 1) begin : g_position
      assign whole[v*${h.inputBits} +: ${h.inputBits}] =
          (outside ? border : rdata[v*${h.inputBits} +: ${h.inputBits}]) & {${h.inputBits}{vector_used[v]}};
    end
  endgenerate
`;

/** What comes in a line. */
const unpacking = (h: Hardware): string => `
  wire [${h.vector * h.weightBits - 1}:0] weights;

${parametricInstance(
  'unpack_weights',
  'u_unpack',
  { COUNT: h.vector, BITS: h.weightBits },
  { is_packed: 'weights_packed', line: 'rsp_data' },
)}
`;

export function loadWeight(h: Hardware, base: Base): VerilogFile {
  const loops = engineLoops.loadWeight;
  const walk = { loops, start: 'start', advance: 'accept' };
  const store = engineLoops.storeWeight;
  const own = ['load_weight_bound', 'load_weight_delta', 'store_weight_bound'];
  const registers = h.residency ? [...own, 'weight_line'] : own;
  const first = h.residency ? 'first' : `${h.address.weight}'d0`;
  const word = h.vector * h.weightBits;
  return verilogFile(
    h,
    'load_w',
    [
      'tiles of weights from DRAM into the weight buffers, a vector of one lane a cycle.',
      'One tile per row and column that has weights of its own; others listen in.',
    ],
    `
module load_w (
${configuredPorts(h)}
    input  wire        start,
    input  wire [${dramBits - 1}:0] dram_base,
    input  wire        all_rows,
    input  wire        all_columns,
    output wire        busy,
    // DRAM
    output wire        req_valid,
    input  wire        req_ready,
    output wire [${dramBits - 1}:0] req_addr,
    input  wire        rsp_valid,
    input  wire [${word - 1}:0] rsp_data,${h.packed ? '\n    input  wire        weights_packed,' : ''}
    // PEs
    output reg  [${h.rows - 1}:0]  row_we,
    output reg  [${h.columns - 1}:0]  column_we,
    output reg  [${h.lanes - 1}:0]  lane_we,
    output reg  [${h.address.weight - 1}:0] waddr,
    output reg  [${word - 1}:0] wdata
);
${base.declare(registers)}${weightLine(h, base, 'first')}

  wire       run, accept;
  wire [${loops - 1}:0] step, unused_zero, unused_last;

${stream(h, { loops, bound: base.of('load_weight_bound'), ready: 'req_ready', to: { zero: 'unused_zero', last: 'unused_last' } })}

${addrGen(h, 'u_source', { ...walk, width: dramBits, delta: base.of('load_weight_delta'), from: 'dram_base', addr: 'req_addr' })}

  assign req_valid = run;

${pending}

  // Answers come in order: lane by lane, line by line, then the next column and row.
  wire [${store - 1}:0] arrival, unused_arrival_zero, unused_arrival_last;
  wire       unused_done;
  wire       unused_arrival = &{1'b0, arrival};

${parametricInstance(
  'loop_seq',
  'u_arrival',
  { DATA: h.configBits, LOOPS: store, COUNT: counterBits, BOUND: base.of('store_weight_bound') },
  {
    advance: 'rsp_valid',
    zero: 'unused_arrival_zero',
    last: 'unused_arrival_last',
    step: 'arrival',
    done: 'unused_done',
  },
)}

  reg  [${h.address.weight - 1}:0] line;

${oneHot('lane', h.lanes, { start: `start || (rsp_valid && !arrival[0])`, next: 'rsp_valid && arrival[0]' })}

${oneHot('row', h.rows, { start: 'start', next: 'rsp_valid && arrival[3]' })}

${oneHot('column', h.columns, { start: 'start || (rsp_valid && arrival[3])', next: 'rsp_valid && arrival[2]' })}

  always @(posedge clk) begin
    if (start) line <= ${first};
    else if (rsp_valid && !arrival[0]) line <= arrival[1] ? line + ${h.address.weight}'d1 : ${first};
  end

  reg valid;
${h.packed ? unpacking(h) : ''}
  always @(posedge clk) begin
    if (rst) valid <= 1'b0;
    else valid <= rsp_valid;
  end

  always @(posedge clk) begin
    row_we    <= (row | {${h.rows}{all_rows}}) & {${h.rows}{rsp_valid}};
    column_we <= column | {${h.columns}{all_columns}};
    lane_we   <= lane;
    waddr     <= line;
    wdata     <= ${h.packed ? 'weights' : 'rsp_data'};
  end

  assign busy = run || pending != ${counterBits}'d0 || valid;
endmodule`,
  );
}
