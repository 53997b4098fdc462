// The parts of the testbench that differ on AXI: the machine's ports, memories behind AXI4, registers over AXI4-Lite.

import type { AxiChannel } from './axi.js';
import { axiAddressBits, axiByte, axiChannels, axiLiteBits, axiOwnByte, axiWordsLog } from './axi.js';
import type { Hardware } from './hardware.js';
import { registerBits } from './hardware.js';
import type { BenchParts } from './bench-parts.js';
import { queueOf } from './bench-parts.js';
import type { RegisterMap } from './registers.js';
import { blockOf } from './registers.js';

const address = `${axiAddressBits}'h`;
/** First bytes of the two memories: above 4 GB, and not at a multiple of a bus. */
const bases = (h: Hardware) => {
  const [input, weight] = axiChannels(h);
  const at = (base: number, c: AxiChannel) => `${address}${(base + 3 * 2 ** c.wordLog).toString(16)}`;
  return { activations: at(0x3_4567_8f00, input), weights: at(0x9_0000_0a00, weight) };
};

/** What `testbench` puts together for a machine on AXI. */
export const axiBench = (h: Hardware, registers: RegisterMap): BenchParts => ({
  machine: machine(h),
  dram: dram(h),
  tasks: `${transfers(h)}

  // A register as a line of the log.
  task show(input [8*16-1:0] name, input [${registerBits - 1}:0] register);
    begin
      read_word(${byteOf(h, 'register')});
      $display("COUNT %0s %0d", name, answer);
    end
  endtask`,
  begin: begin(h),
  write: `write_register(settings[i][${registerBits + h.configBits - 1}:${h.configBits}], settings[i][${h.configBits - 1}:0]);`,
  started: `read_word(${axiLiteBits(h)}'d${axiByte(h, blockOf(registers, 'status').base)});
    if (!answer[1]) begin
      $display("REFUSED by the machine: the program was made for another one");
      refused = 1'b1;
    end`,
  busy: 'running',
});

const byteOf = (h: Hardware, register: string): string => `{1'b0, ${register}, ${2 + axiWordsLog(h)}'d0}`;

/** Signals of the bench: those that it drives as registers. */
function machine(h: Hardware): string {
  const [input, weight, residual, output] = axiChannels(h);
  const signals: readonly (readonly [driven: boolean, width: number, name: string])[] = [
    [true, 1, 's_axi_awvalid'],
    [false, 1, 's_axi_awready'],
    [true, axiLiteBits(h), 's_axi_awaddr'],
    [true, 1, 's_axi_wvalid'],
    [false, 1, 's_axi_wready'],
    [true, 32, 's_axi_wdata'],
    [false, 1, 's_axi_bvalid'],
    [false, 2, 's_axi_bresp'],
    [true, 1, 's_axi_arvalid'],
    [false, 1, 's_axi_arready'],
    [true, axiLiteBits(h), 's_axi_araddr'],
    [false, 1, 's_axi_rvalid'],
    [false, 32, 's_axi_rdata'],
    ...[input, weight, residual].flatMap((c) => [
      ...offers(c, 'ar'),
      [true, 1, `m_axi_${c.name}_rvalid`] as const,
      [false, 1, `m_axi_${c.name}_rready`] as const,
      [true, 8 * 2 ** c.beatLog, `m_axi_${c.name}_rdata`] as const,
      [true, 1, `m_axi_${c.name}_rlast`] as const,
    ]),
    ...offers(output, 'aw'),
    [false, 1, 'm_axi_output_wvalid'],
    [true, 1, 'm_axi_output_wready'],
    [false, 8 * 2 ** output.beatLog, 'm_axi_output_wdata'],
    [false, 2 ** output.beatLog, 'm_axi_output_wstrb'],
    [false, 1, 'm_axi_output_wlast'],
    [true, 1, 'm_axi_output_bvalid'],
    [false, 1, 'm_axi_output_bready'],
  ];
  const constants: readonly (readonly [string, string])[] = [
    ['s_axi_awprot', "3'd0"],
    ['s_axi_wstrb', "4'hf"],
    ['s_axi_bready', "1'b1"],
    ['s_axi_arprot', "3'd0"],
    ['s_axi_rready', "1'b1"],
    ['s_axi_rresp', ''],
    ...[input, weight, residual].flatMap((c) => [...open(c, 'ar'), [`m_axi_${c.name}_rresp`, "2'b00"] as const]),
    ...open(output, 'aw'),
    ['m_axi_output_bresp', "2'b00"],
  ];
  const connections = [
    ['aclk', 'clk'],
    ['aresetn', '!rst'],
    ['irq', 'irq'],
    ...signals.map(([, , name]) => [name, name] as const),
    ...constants,
  ] as const;
  const declared = signals.map(([driven, width, name]) => {
    const range = width > 1 ? `[${width - 1}:0] ` : '';
    return driven ? `  reg  ${range}${name} = ${width}'d0;` : `  wire ${range}${name};`;
  });
  return `  wire irq;
${declared.join('\n')}

  magnet_axi u_top (
${connections.map(([port, to]) => `      .${port} (${to})`).join(',\n')}
  );`;
}

const offers = (c: AxiChannel, a: 'ar' | 'aw') =>
  [
    [false, 1, `m_axi_${c.name}_${a}valid`],
    [true, 1, `m_axi_${c.name}_${a}ready`],
    [false, axiAddressBits, `m_axi_${c.name}_${a}addr`],
    [false, 8, `m_axi_${c.name}_${a}len`],
  ] as const;

/** What never changes is left open. */
const open = (c: AxiChannel, a: 'ar' | 'aw') =>
  ['size', 'burst', 'cache', 'prot'].map((name) => [`m_axi_${c.name}_${a}${name}`, ''] as const);

const dram = (h: Hardware): string => {
  const [input, weight, residual, output] = axiChannels(h);
  const { activations, weights } = bases(h);
  return `  integer place;

${reads(h, input, 'activations', activations)}

${reads(h, weight, 'weights', weights)}

${reads(h, residual, 'activations', activations)}

${writes(h, output, activations)}`;
};

/** A word of a beat that begins at `from`, by its number. */
const wordAt = (c: AxiChannel, from: string, base: string): string =>
  `$signed(${from} - ${base}) / ${2 ** c.wordLog} + k`;

const reads = (h: Hardware, c: AxiChannel, memory: string, base: string): string => {
  const queue = queueOf(h);
  const late = h.dramLatency > 1 ? ` + ${h.dramLatency - 1}` : '';
  const m = `m_axi_${c.name}`;
  const word = 8 * 2 ** c.wordLog;
  return `  reg  [${axiAddressBits - 1}:0] ${c.name}_queue [0:${queue - 1}];
  reg  [7:0] ${c.name}_length [0:${queue - 1}];
  integer ${c.name}_due [0:${queue - 1}];
  integer ${c.name}_asked, ${c.name}_answered, ${c.name}_beat;

  initial begin
    ${c.name}_asked    = 0;
    ${c.name}_answered = 0;
    ${c.name}_beat     = 0;
  end

  always @(posedge clk) begin
    if (${m}_arvalid && ${m}_arready) begin
      ${c.name}_queue[${c.name}_asked % ${queue}] = ${m}_araddr;
      ${c.name}_length[${c.name}_asked % ${queue}] = ${m}_arlen;
      ${c.name}_due[${c.name}_asked % ${queue}] = cycle${late} + (latency > 0 ? $unsigned($random(seed)) % (latency + 1) : 0);
      ${c.name}_asked = ${c.name}_asked + 1;
    end
    // What was not taken is offered again.
    if (!(${m}_rvalid && !${m}_rready)) begin
      ${m}_rvalid <= 1'b0;
      if (${c.name}_answered != ${c.name}_asked && ${c.name}_due[${c.name}_answered % ${queue}] - cycle <= 0 && flows(1'b0)) begin
        ${m}_rvalid <= 1'b1;
        ${m}_rlast  <= ${c.name}_beat == {24'd0, ${c.name}_length[${c.name}_answered % ${queue}]};
        for (k = 0; k < ${2 ** (c.beatLog - c.wordLog)}; k = k + 1) begin
          place = ${wordAt(c, `${c.name}_queue[${c.name}_answered % ${queue}]`, base)} + ${c.name}_beat * ${2 ** (c.beatLog - c.wordLog)};
          ${m}_rdata[k*${word} +: ${word}] <= place < 0 ? ${word}'d0 : ${padded(c, `${memory}[place]`)};
        end
        if (${c.name}_beat == {24'd0, ${c.name}_length[${c.name}_answered % ${queue}]}) begin
          ${c.name}_beat     = 0;
          ${c.name}_answered = ${c.name}_answered + 1;
        end else ${c.name}_beat = ${c.name}_beat + 1;
      end
    end
  end

  always @(negedge clk) ${m}_arready <= ${c.name}_asked - ${c.name}_answered < ${queue} && flows(1'b0);`;
};

const padded = (c: AxiChannel, word: string): string => {
  const more = 8 * 2 ** c.wordLog - c.bits;
  return more === 0 ? word : `{${more}'d0, ${word}}`;
};

/** Data may come before its address; a beat a cycle goes to memory when both are there. */
const writes = (h: Hardware, c: AxiChannel, base: string): string => {
  const queue = queueOf(h);
  return `  reg  [${axiAddressBits - 1}:0] output_queue [0:${queue - 1}];
  reg  [7:0] output_length [0:${queue - 1}];
  reg  [${8 * 2 ** c.beatLog - 1}:0] output_beats [0:${queue - 1}];
  reg  [${2 ** c.beatLog - 1}:0] output_strobes [0:${queue - 1}];
  reg  output_lasts [0:${queue - 1}];
  integer output_asked, output_done, beats_asked, beats_done, output_beat, unanswered;

  initial begin
    output_asked = 0;
    output_done  = 0;
    beats_asked  = 0;
    beats_done   = 0;
    output_beat  = 0;
    unanswered   = 0;
  end

  always @(posedge clk) begin
    if (m_axi_output_awvalid && m_axi_output_awready) begin
      output_queue[output_asked % ${queue}] = m_axi_output_awaddr;
      output_length[output_asked % ${queue}] = m_axi_output_awlen;
      output_asked = output_asked + 1;
    end
    if (m_axi_output_wvalid && m_axi_output_wready) begin
      output_beats[beats_asked % ${queue}] = m_axi_output_wdata;
      output_strobes[beats_asked % ${queue}] = m_axi_output_wstrb;
      output_lasts[beats_asked % ${queue}] = m_axi_output_wlast;
      beats_asked = beats_asked + 1;
    end
    m_axi_output_bvalid <= 1'b0;
    if (unanswered != 0 && flows(1'b0)) begin
      m_axi_output_bvalid <= 1'b1;
      unanswered = unanswered - 1;
    end
    if (output_done != output_asked && beats_done != beats_asked) begin
      for (k = 0; k < ${2 ** (c.beatLog - c.wordLog)}; k = k + 1) begin
        place = ${wordAt(c, `output_queue[output_done % ${queue}]`, base)} + output_beat * ${2 ** (c.beatLog - c.wordLog)};
        if (output_strobes[beats_done % ${queue}][k*${2 ** c.wordLog}])
          activations[place] <= output_beats[beats_done % ${queue}][k*${8 * 2 ** c.wordLog} +: ${c.bits}];
      end
      if (output_lasts[beats_done % ${queue}] != (output_beat == {24'd0, output_length[output_done % ${queue}]}))
        $display("PROTOCOL: the last beat of a burst is not where its length says");
      if (output_lasts[beats_done % ${queue}]) begin
        output_beat = 0;
        output_done = output_done + 1;
        unanswered  = unanswered + 1;
      end else output_beat = output_beat + 1;
      beats_done = beats_done + 1;
    end
  end

  always @(negedge clk) begin
    m_axi_output_awready <= output_asked - output_done < ${queue} && flows(1'b0);
    m_axi_output_wready  <= beats_asked - beats_done < ${queue} && flows(1'b0);
  end`;
};

const transfers = (h: Hardware): string => {
  const top = axiLiteBits(h) - 1;
  const words = 2 ** axiWordsLog(h);
  const upper = Array.from(
    { length: Math.ceil(h.configBits / 32) - 1 },
    (_, i) => Math.ceil(h.configBits / 32) - 1 - i,
  );
  const slice = (word: number) => {
    const bits = Math.min(32, h.configBits - 32 * word);
    const part = `value[${32 * word} +: ${bits}]`;
    return bits === 32 ? part : `{${32 - bits}'d0, ${part}}`;
  };
  return `  reg  [31:0] answer;
  reg         took_address, took_data;
  reg         refused = 1'b0;
  wire        running = !irq && !refused;

  task write_word(input [${top}:0] to, input [31:0] value);
    begin
      @(negedge clk);
      s_axi_awaddr  = to;
      s_axi_wdata   = value;
      s_axi_awvalid = 1'b1;
      s_axi_wvalid  = flows(1'b0);
      while (s_axi_awvalid || s_axi_wvalid) begin
        #0.1 took_address = s_axi_awvalid && s_axi_awready;
        took_data = s_axi_wvalid && s_axi_wready;
        @(negedge clk);
        if (took_address) begin
          s_axi_awvalid = 1'b0;
          if (!s_axi_wvalid && !took_data) s_axi_wvalid = 1'b1;
        end
        if (took_data) s_axi_wvalid = 1'b0;
      end
      while (!s_axi_bvalid) @(negedge clk);
      if (s_axi_bresp[1]) $display("PROTOCOL: the write to %h was refused", to);
    end
  endtask

  task read_word(input [${top}:0] from);
    begin
      @(negedge clk);
      s_axi_araddr  = from;
      s_axi_arvalid = 1'b1;
      #0.1 while (!s_axi_arready) @(negedge clk);
      @(negedge clk);
      s_axi_arvalid = 1'b0;
      while (!s_axi_rvalid) @(negedge clk);
      answer = s_axi_rdata;
    end
  endtask

  // The words of a register above the first go before it; ${words} of them lie together.
  task write_register(input [${registerBits - 1}:0] register, input [${h.configBits - 1}:0] value);
    begin
${[
  ...upper.map(
    (w) => `      if (${slice(w)} != 32'd0) write_word(${byteOf(h, 'register')} + ${top + 1}'d${4 * w}, ${slice(w)});`,
  ),
  `      write_word(${byteOf(h, 'register')}, ${slice(0)});`,
].join('\n')}
    end
  endtask`;
};

/** Bases of the memories, and an interrupt at the end. */
const begin = (h: Hardware): string => {
  const { activations, weights } = bases(h);
  const to = (name: Parameters<typeof axiOwnByte>[1]) => `${axiLiteBits(h)}'h${axiOwnByte(h, name).toString(16)}`;
  const halves = (name: 'activation_base' | 'weight_base', base: string) => {
    const value = BigInt(`0x${base.slice(address.length)}`);
    return [
      `    write_word(${to(`${name}_low`)}, 32'h${(value & 0xffff_ffffn).toString(16)});`,
      `    write_word(${to(`${name}_high`)}, 32'h${(value >> 32n).toString(16)});`,
    ];
  };
  return [
    ...halves('activation_base', activations),
    ...halves('weight_base', weights),
    `    write_word(${to('interrupt_enable')}, 32'd1);`,
  ].join('\n');
};
