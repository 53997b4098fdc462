// What was generated: the Verilog modules with their lines and parameters, and the other files by kind.

import { table } from '../../base/text.js';
import type { EmittedModules } from '../../results/emitted-modules.js';
import { grouped } from './quantities.js';

export function rtlTable({ modules, lines, others }: EmittedModules): string {
  const rows = modules.map((m) => [m.name, m.file, grouped(m.lines), m.parameters.join(', ')]);
  const kinds = others.map((o) => [o.kind, grouped(o.files), grouped(o.lines)]);
  return [
    table(['module', 'file', 'lines', 'parameters'], rows, [false, false, true, false]),
    ...(kinds.length > 0 ? ['', table(['other files', 'number', 'lines'], kinds, [false, true, true])] : []),
    '',
    `${grouped(modules.length)} modules, ${grouped(lines)} lines of Verilog`,
  ].join('\n');
}
