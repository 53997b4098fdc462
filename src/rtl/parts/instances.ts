// Instances that recur: address generators, streams, single registers.

import type { Hardware } from '../hardware.js';
import { counterBits } from '../hardware.js';

/** Width of a nest's configuration data: a bound or a mask. */
export const nestData = (h: Hardware): number => Math.max(counterBits, h.peLoops);

export function addrGen(
  name: string,
  p: {
    readonly loops: number;
    readonly width: number;
    readonly base: string;
    readonly start: string;
    readonly from: string;
    readonly advance: string;
    readonly step: string;
    readonly addr: string;
  },
): string {
  return `  addr_gen #(
      .LOOPS (${p.loops}),
      .WIDTH (${p.width}),
      .BASE  (${p.base})
  ) ${name} (
      .clk      (clk),
      .cfg_we   (cfg_we),
      .cfg_addr (cfg_addr),
      .cfg_data (cfg_data[${p.width - 1}:0]),
      .start    (${p.start}),
      .base     (${p.from}),
      .advance  (${p.advance}),
      .step     (${p.step}),
      .addr     (${p.addr})
  );`;
}

export function stream(
  name: string,
  p: {
    readonly loops: number;
    readonly base: string;
    readonly start: string;
    readonly ready: string;
    readonly run: string;
    readonly accept: string;
    readonly zero: string;
    readonly last: string;
    readonly step: string;
  },
): string {
  return `  stream #(
      .LOOPS (${p.loops}),
      .COUNT (${counterBits}),
      .BASE  (${p.base})
  ) ${name} (
      .clk      (clk),
      .rst      (rst),
      .cfg_we   (cfg_we),
      .cfg_addr (cfg_addr),
      .cfg_data (cfg_data[${counterBits - 1}:0]),
      .start    (${p.start}),
      .ready    (${p.ready}),
      .run      (${p.run}),
      .accept   (${p.accept}),
      .zero     (${p.zero}),
      .last     (${p.last}),
      .step     (${p.step})
  );`;
}

/** `from`: what the configuration bus is called where the register stands. */
export const cfgReg = (
  name: string,
  width: number,
  base: string,
  value: string,
  from = { we: 'cfg_we', data: 'cfg_data' },
): string => `  cfg_reg #(
      .WIDTH (${width}),
      .BASE  (${base})
  ) ${name} (
      .clk      (clk),
      .cfg_we   (${from.we}),
      .cfg_addr (cfg_addr),
      .cfg_data (${from.data}[${width - 1}:0]),
      .value    (${value})
  );`;
