// The accelerator behind AXI: an AXI4-Lite slave for configuration, an AXI4 master for each channel of DRAM.

import type { AxiChannel } from '../axi.js';
import { axiAddressBits, axiBurst, axiChannels, axiDepthLog, axiLiteBits, axiWordsLog } from '../axi.js';
import type { Hardware } from '../hardware.js';
import { dramBits, registerBits } from '../hardware.js';
import { blockOf, type RegisterMap } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { busGears, gearWires, isShortened, linesFrom, linesTo } from './gears.js';
import { instance, parametricInstance } from './instances.js';
import { shortInstance } from './short-lines.js';

/** `core`: the accelerator with its own channels. */
export function axiTop(h: Hardware, map: RegisterMap, core: VerilogFile): VerilogFile {
  const [input, weight, residual, output] = axiChannels(h);
  return verilogFile(
    h,
    'magnet_axi',
    [
      'the accelerator on AXI: configuration over AXI4-Lite, inputs, weights, residuals and outputs over AXI4 masters of their own.',
      'A word takes 1, 2 or 4 bytes, little-endian; bursts of several beats increment; answers come in order.',
    ],
    `
module magnet_axi (
    input  wire        aclk,
    input  wire        aresetn,
    output wire        irq,
${slavePorts(h)},
${[input, weight, residual].map(readPorts).join(',\n')},
${writePorts(output)}
);
  wire rst = !aresetn;
  // Everybody may write and read; beats are counted.
  wire unused = &{1'b0, s_axi_awprot, s_axi_arprot, m_axi_input_rlast, m_axi_weight_rlast, m_axi_residual_rlast};

${wires(h)}

  // ---------------------------------------------------------------------------
  // Configuration
  // ---------------------------------------------------------------------------
${parametricInstance(
  'axi_lite',
  'u_axi_lite',
  {
    DATA: h.configBits,
    LOG_WORDS: axiWordsLog(h),
    STATUS: `${registerBits}'d${blockOf(map, 'status').base}`,
    START: `${registerBits}'d${blockOf(map, 'start').base}`,
  },
  {
    clk: 'aclk',
    ...prefixed('s_axi', lite),
    core_busy: 'busy',
    read_fault: 'input_fault || weight_fault || residual_fault',
  },
)}

  // ---------------------------------------------------------------------------
  // Memory
  // ---------------------------------------------------------------------------
${master(h, 'axi_read', input, 'activation_base', { LOG_DEPTH: axiDepthLog })}

${master(h, 'axi_read', weight, 'weight_base', { LOG_DEPTH: axiDepthLog })}

${master(h, 'axi_read', residual, 'activation_base', { LOG_DEPTH: axiDepthLog })}

${master(h, 'axi_write', output, 'activation_base')}

${busGears(h)}${[input, weight, residual, output].map(constants).join('\n')}

  // ---------------------------------------------------------------------------
  // The accelerator
  // ---------------------------------------------------------------------------
${instance(core, 'u_top', { clk: 'aclk' })}
endmodule`,
  );
}

/** Signals of the slave by the names of its ports. */
const lite = [
  ...['awvalid', 'awready', 'awaddr', 'wvalid', 'wready', 'wdata', 'wstrb', 'bvalid', 'bready', 'bresp'],
  ...['arvalid', 'arready', 'araddr', 'rvalid', 'rready', 'rdata', 'rresp'],
];
const reads = ['arvalid', 'arready', 'araddr', 'arlen', 'rvalid', 'rready', 'rdata', 'rresp'];
const writes = [
  ...['awvalid', 'awready', 'awaddr', 'awlen', 'wvalid', 'wready', 'wdata', 'wstrb', 'wlast'],
  ...['bvalid', 'bready', 'bresp'],
];

const prefixed = (prefix: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, `${prefix}_${name}`]));

function master(
  h: Hardware,
  module: 'axi_read' | 'axi_write',
  c: AxiChannel,
  base: string,
  more: Readonly<Record<string, number>> = {},
): string {
  const core =
    c.name !== 'output'
      ? {
          ...prefixed(c.name, ['req_valid', 'req_ready', 'req_addr', 'rsp_valid', 'rsp_data']),
          ...linesFrom(h, c.name),
        }
      : {
          ...Object.fromEntries(['addr', 'mask'].map((n) => [`line_${n}`, `${c.name}_${n}`])),
          ...Object.fromEntries(Object.entries(linesTo(h)).map(([n, wire]) => [`line_${n}`, wire])),
        };
  const short = module === 'axi_read' && isShortened(h, c.name) ? h.packed : undefined;
  const made = short ? shortInstance.bind(undefined, 'axi_read') : parametricInstance.bind(undefined, module);
  return made(
    `u_${c.name}`,
    {
      WORDS: c.words,
      BITS: c.bits,
      LOG_WORD: c.wordLog,
      LOG_BEAT: c.beatLog,
      ADDR: axiAddressBits,
      BURST: axiBurst,
      ...more,
      ...(module === 'axi_read' && c.beats > 1 && { PACE: c.beats }),
      ...(short && { SHORT: Math.ceil((c.words * short.wordBits) / h.weightBits), BRISK: short.beats }),
    },
    {
      clk: 'aclk',
      base,
      ...core,
      ...prefixed(`m_axi_${c.name}`, module === 'axi_read' ? reads : writes),
      ...(module === 'axi_write' && { busy: 'writes_busy', fault: 'write_fault' }),
      ...(module === 'axi_read' && { fault: `${c.name}_fault` }),
      ...(short && { is_short: 'weights_packed' }),
    },
  );
}

/** What never changes: whole beats, bursts that increment, normal memory that may be buffered, data that nobody protects. */
const constants = (c: AxiChannel): string =>
  (c.name === 'output' ? ['aw'] : ['ar'])
    .map(
      (a) => `  assign m_axi_${c.name}_${a}size  = 3'd${c.beatLog};
  assign m_axi_${c.name}_${a}burst = 2'b01;
  assign m_axi_${c.name}_${a}cache = 4'b0011;
  assign m_axi_${c.name}_${a}prot  = 3'b000;`,
    )
    .join('\n');

const port = (direction: 'input ' | 'output', width: number, name: string): string =>
  `    ${direction} wire ${width > 1 ? `[${width - 1}:0] ` : ''}${name}`;

const slavePorts = (h: Hardware): string => {
  const address = axiLiteBits(h);
  const given = (name: string, width = 1) => port('input ', width, `s_axi_${name}`);
  const made = (name: string, width = 1) => port('output', width, `s_axi_${name}`);
  return `    // configuration
${[
  ...[given('awvalid'), made('awready'), given('awaddr', address), given('awprot', 3), given('wvalid'), made('wready')],
  ...[given('wdata', 32), given('wstrb', 4), made('bvalid'), given('bready'), made('bresp', 2)],
  ...[given('arvalid'), made('arready'), given('araddr', address), given('arprot', 3), made('rvalid'), given('rready')],
  ...[made('rdata', 32), made('rresp', 2)],
].join(',\n')}`;
};

/** What both kinds of masters say of an address. */
const addressPorts = (made: (name: string, width?: number) => string, a: 'ar' | 'aw'): readonly string[] => [
  ...[made(`${a}addr`, axiAddressBits), made(`${a}len`, 8), made(`${a}size`, 3), made(`${a}burst`, 2)],
  ...[made(`${a}cache`, 4), made(`${a}prot`, 3)],
];

const readPorts = (c: AxiChannel): string => {
  const given = (name: string, width = 1) => port('input ', width, `m_axi_${c.name}_${name}`);
  const made = (name: string, width = 1) => port('output', width, `m_axi_${c.name}_${name}`);
  return `    // ${c.name}s
${[
  ...[made('arvalid'), given('arready'), ...addressPorts(made, 'ar')],
  ...[given('rvalid'), made('rready'), given('rdata', 8 * 2 ** c.beatLog), given('rresp', 2), given('rlast')],
].join(',\n')}`;
};

const writePorts = (c: AxiChannel): string => {
  const given = (name: string, width = 1) => port('input ', width, `m_axi_${c.name}_${name}`);
  const made = (name: string, width = 1) => port('output', width, `m_axi_${c.name}_${name}`);
  return `    // ${c.name}s
${[
  ...[made('awvalid'), given('awready'), ...addressPorts(made, 'aw')],
  ...[made('wvalid'), given('wready'), made('wdata', 8 * 2 ** c.beatLog), made('wstrb', 2 ** c.beatLog), made('wlast')],
  ...[given('bvalid'), made('bready'), given('bresp', 2)],
].join(',\n')}`;
};

const wires = (h: Hardware): string =>
  (
    [
      [1, 'cfg_we cfg_ready cfg_refused busy writes_busy input_fault weight_fault residual_fault write_fault'],
      [1, 'input_req_valid input_req_ready input_rsp_valid weight_req_valid weight_req_ready weight_rsp_valid'],
      [1, 'residual_req_valid residual_req_ready residual_rsp_valid output_valid output_ready'],
      [registerBits, 'cfg_addr'],
      [h.configBits, 'cfg_wdata cfg_rdata'],
      [axiAddressBits, 'activation_base weight_base'],
      [dramBits, 'input_req_addr weight_req_addr residual_req_addr output_addr'],
      [h.channels.inputs.width, 'input_rsp_data'],
      [h.channels.weights.width, 'weight_rsp_data'],
      [h.channels.residuals.width, 'residual_rsp_data'],
      ...(h.packed ? [[1, 'weights_packed'] as const] : []),
      [h.lanes, 'output_mask'],
      [h.channels.outputs.width, 'output_data'],
      ...gearWires(h).map(([width, names]): [number, string] => [width, names.replace(/ unused_\w+/, '')]),
    ] satisfies readonly (readonly [number, string])[]
  )
    .map(([width, names]) => `  wire ${width > 1 ? `[${width - 1}:0] ` : ''}${names.replaceAll(' ', ', ')};`)
    .join('\n');
