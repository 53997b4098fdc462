// What was generated: the Verilog modules with their lines and parameters, and the other files by kind.

import { defined } from '../../base/invariant.js';
import { table } from '../../base/text.js';
import { grouped } from './quantities.js';

export interface FileView {
  readonly path: string;
  readonly text: string;
}

const isVerilog = (path: string) => /\.s?vh?$/.test(path);
const linesOf = (text: string) => text.replace(/\n$/, '').split('\n').length;
const kindOf = (path: string) => /\.[^./]+$/.exec(path)?.[0] ?? path.replace(/^.*\//, '');

export function filesTable(files: readonly FileView[]): string {
  const verilog = files.filter((f) => isVerilog(f.path));
  const rest = files.filter((f) => !isVerilog(f.path));
  const modules = verilog.flatMap((f) =>
    modulesIn(f.text).map((m) => [m.name, f.path, grouped(m.lines), m.parameters.join(', ')]),
  );
  const kinds = [...new Set(rest.map((f) => kindOf(f.path)))].sort().map((kind) => {
    const own = rest.filter((f) => kindOf(f.path) === kind);
    return [kind, grouped(own.length), grouped(own.reduce((n, f) => n + linesOf(f.text), 0))];
  });
  return [
    table(['module', 'file', 'lines', 'parameters'], modules, [false, false, true, false]),
    ...(kinds.length > 0 ? ['', table(['other files', 'number', 'lines'], kinds, [false, true, true])] : []),
    '',
    `${grouped(modules.length)} modules, ${grouped(verilog.reduce((n, f) => n + linesOf(f.text), 0))} lines of Verilog`,
  ].join('\n');
}

/** Modules of a Verilog file; parameters with their defaults as they are written. */
function modulesIn(
  text: string,
): readonly { readonly name: string; readonly lines: number; readonly parameters: readonly string[] }[] {
  const code = text.replace(/\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''));
  return [...code.matchAll(/^[ \t]*module\s+(\w+)([\s\S]*?)\bendmodule\b/gm)].map(([whole, name, body]) => ({
    name: defined(name),
    lines: linesOf(whole),
    parameters: [
      ...defined(body).matchAll(/\bparameter\b(?:\s+(?:integer|signed))?(?:\s*\[[^\]]*\])?\s+(\w+)\s*=\s*([^;\n]*)/g),
    ].map(([, parameter, value]) => `${parameter}=${firstValue(defined(value))}`),
  }));
}

/** Up to the comma or the bracket that ends it. */
function firstValue(text: string): string {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && depth-- === 0) return text.slice(0, i).trim();
    if (text[i] === ',' && depth === 0) return text.slice(0, i).trim();
  }
  return text.trim();
}
