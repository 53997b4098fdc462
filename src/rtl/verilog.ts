// The few conventions that every emitted Verilog file shares.

import { nth } from '../base/invariant.js';
import type { Hardware } from './hardware.js';
import { designPoint } from './hardware.js';

/** One module in one file. */
export interface VerilogFile {
  readonly module: string;
  readonly text: string;
}

/** A file with its header: what the module is, and the design point that it serves. */
export function verilogFile(h: Hardware, module: string, what: readonly string[], body: string): VerilogFile {
  const rule = `// ${'-'.repeat(77)}`;
  const header = [
    rule,
    `// ${module}: ${what[0]}`,
    ...what.slice(1).map((l) => `// ${l}`),
    '//',
    `// Design point ${designPoint(h)}.`,
    '// Written by magnet; change the design, not this file.',
    rule,
  ];
  return {
    module,
    text: `${[...header, '`default_nettype none', '', align(body.trim()), '', '`default_nettype wire'].join('\n')}\n`,
  };
}

/** Widths and names of neighbouring ports, and of neighbouring declarations, one below the other. */
function align(text: string): string {
  const declared = /^(\s+)(input|output)?\s*(wire|reg|integer)(?: +(signed))? *(\[[^\]]+\])? +(\S.*)$/;
  const lines = text.split('\n');
  for (let from = 0; from < lines.length; from++) {
    const first = declared.exec(nth(lines, from));
    if (!first) continue;
    const group: { line: number; cells: RegExpExecArray }[] = [];
    let at = from;
    for (; at < lines.length; at++) {
      // A comment among ports heads a part of the same list.
      if (first[2] !== undefined && /^\s+\/\//.test(nth(lines, at))) continue;
      const cells = declared.exec(nth(lines, at));
      if (!cells || cells[1] !== first[1] || (cells[2] === undefined) !== (first[2] === undefined)) break;
      group.push({ line: at, cells });
    }
    const widths = [2, 3, 4, 5].map((column) => Math.max(...group.map(({ cells }) => (cells[column] ?? '').length)));
    for (const { line, cells } of group) {
      const padded = widths.flatMap((w, i) => (w > 0 ? [(cells[i + 2] ?? '').padEnd(w)] : []));
      lines[line] = `${cells[1]}${[...padded, cells[6]].join(' ')}`;
    }
    from = at - 1;
  }
  return lines.join('\n');
}
