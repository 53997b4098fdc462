// What `rtl` wrote, read off the files: the Verilog modules with their lines and parameters, the other files by kind.

import { defined } from '../base/invariant.js';

interface EmittedText {
  readonly path: string;
  readonly text: string;
}

export interface EmittedModule {
  readonly name: string;
  readonly file: string;
  readonly lines: number;
  /** `WIDTH=8`, as they are written. */
  readonly parameters: readonly string[];
}

export interface EmittedModules {
  readonly modules: readonly EmittedModule[];
  /** Of Verilog, with what stands between modules. */
  readonly lines: number;
  readonly others: readonly { readonly kind: string; readonly files: number; readonly lines: number }[];
}

const isVerilog = ({ path }: EmittedText) => /\.s?vh?$/.test(path);
const linesIn = (text: string) => text.replace(/\n$/, '').split('\n').length;
const linesOf = (files: readonly EmittedText[]) => files.reduce((n, f) => n + linesIn(f.text), 0);
const kindOf = ({ path }: EmittedText) => /\.[^./]+$/.exec(path)?.[0] ?? path.replace(/^.*\//, '');

export function emittedModules(files: readonly EmittedText[]): EmittedModules {
  const verilog = files.filter(isVerilog);
  const rest = files.filter((f) => !isVerilog(f));
  return {
    modules: verilog.flatMap(modulesIn),
    lines: linesOf(verilog),
    others: [...new Set(rest.map(kindOf))].sort().map((kind) => {
      const own = rest.filter((f) => kindOf(f) === kind);
      return { kind, files: own.length, lines: linesOf(own) };
    }),
  };
}

function modulesIn({ path, text }: EmittedText): readonly EmittedModule[] {
  const code = text.replace(/\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''));
  return [...code.matchAll(/^[ \t]*module\s+(\w+)([\s\S]*?)\bendmodule\b/gm)].map(([whole, name, body]) => ({
    name: defined(name),
    file: path,
    lines: linesIn(whole),
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
