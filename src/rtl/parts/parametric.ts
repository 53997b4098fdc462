// Modules that are the same for every machine but for their parameters: written as Verilog in `verilog/`.

import { invariant } from '../../base/diagnostics.js';
import { defined } from '../../base/invariant.js';
import type { Hardware } from '../hardware.js';
import { verilogModules } from '../verilog-modules.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';

export type Parametric = keyof typeof verilogModules;

export const parametric = (h: Hardware, module: Parametric): VerilogFile =>
  withHeader(h, module, verilogModules[module]);

/** The module as it is emitted: with the design point in its header. */
export function withHeader(h: Hardware, module: string, text: string): VerilogFile {
  const parts = /^((?:\/\/.*\n)+)`default_nettype none\n([^]*)`default_nettype wire\n$/.exec(text);
  invariant(parts, `verilog/${module}.v is no comment and one module`);
  const what = defined(parts[1])
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\/\/ /, '').replace(`${module}: `, ''));
  return verilogFile(h, module, what, defined(parts[2]));
}
