// Instances: those of any module, ports one below the other, and those that recur.

import { invariant } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import type { Hardware } from '../hardware.js';
import { counterBits, registerBits } from '../hardware.js';
import { verilogModules } from '../verilog-modules.js';
import type { VerilogFile } from '../verilog.js';
import type { Base } from './register-names.js';
import type { Parametric } from './parametric.js';

/** What is connected, by the name of a port or of a parameter. */
export type Connections = Readonly<Record<string, string | number>>;

/** An instance of a module. A port is connected to the wire of its name, but where `to` says another. */
export function instance(of: VerilogFile, name: string, to: Connections = {}, parameters: Connections = {}): string {
  const head = of.text.slice(0, of.text.indexOf('\n);'));
  const ports = [...head.matchAll(/^ +(?:input|output) +(?:wire|reg) *(?:\[[^\]]*\])? *(\w+)/gm)].map((m) => nth(m, 1));
  for (const port of Object.keys(to)) invariant(ports.includes(port), `${of.module} has no port ${port}`);
  const set = Object.entries(parameters);
  const what = set.length > 0 ? `${of.module} #(\n${list(set)}\n  )` : of.module;
  return `  ${what} ${name} (\n${list(ports.map((port) => [port, to[port] ?? port]))}\n  );`;
}

const list = (connections: readonly (readonly [string, string | number])[]): string => {
  const width = Math.max(...connections.map(([name]) => name.length));
  return connections.map(([name, to]) => `      .${name.padEnd(width)} (${to})`).join(',\n');
};

/** An instance of a module of `verilog/`. */
export const parametricInstance = (of: Parametric, name: string, parameters: Connections, to: Connections): string =>
  instance({ module: of, text: verilogModules[of] }, name, to, parameters);

/** The configuration bus: {take, write, address, data}; what was written is in force once it was taken over. */
export const configurationBits = (h: Hardware): number => 2 + registerBits + h.configBits;

/** The ports of all that is clocked, reset and configured. */
export const configuredPorts = (h: Hardware): string => `    input  wire        clk,
    input  wire        rst,
    input  wire [${configurationBits(h) - 1}:0] cfg,`;

export function addrGen(
  h: Hardware,
  name: string,
  p: {
    readonly loops: number;
    readonly width: number;
    readonly delta: string;
    readonly start: string;
    readonly from: string;
    readonly advance: string;
    readonly addr: string;
  },
): string {
  return parametricInstance(
    'addr_gen',
    name,
    { DATA: h.configBits, LOOPS: p.loops, WIDTH: p.width, DELTA: p.delta },
    { start: p.start, base: p.from, advance: p.advance, addr: p.addr },
  );
}

/** The stream of an engine; its flags go to `zero` and `last`, or where `to` says. */
export function stream(
  h: Hardware,
  p: { readonly loops: number; readonly bound: string; readonly ready: string; readonly to?: Connections },
): string {
  return parametricInstance(
    'stream',
    'u_stream',
    { DATA: h.configBits, LOOPS: p.loops, COUNT: counterBits, BOUND: p.bound },
    { ready: p.ready, ...p.to },
  );
}

/** One register of the configuration, or several in a row; as they were taken over, or as they are written. */
export const cfgRegs = (
  h: Hardware,
  name: string,
  width: number,
  base: string,
  value: string,
  count = 1,
  of: 'cfg_regs' | 'cfg_next' = 'cfg_regs',
): string =>
  parametricInstance(
    of,
    `u_${name}`,
    { DATA: h.configBits, COUNT: count, WIDTH: width, BASE: base },
    { values: value },
  );

/** The first line of weights in their half, as a wire: they may lie further than line 0 on machines where some stay. */
export const weightLine = (h: Hardware, base: Base, name: string): string =>
  h.residency
    ? `

  wire [${h.address.weight - 1}:0] ${name};

${cfgRegs(h, name, h.address.weight, base.of('weight_line'), name)}`
    : '';
