// What Yosys writes with `write_json`, as far as the simulator reads it, and the script that makes it write so.

import { entry } from '../../base/invariant.js';
import { runYosys } from '../yosys.js';

/** A wire's number within its module, or the constant `0`, `1`, `x` or `z`. */
export type JsonBit = number | string;

export interface JsonCell {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly port_directions?: Readonly<Record<string, string>>;
  readonly connections: Readonly<Record<string, readonly JsonBit[]>>;
}

export interface JsonModule {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly ports: Readonly<
    Record<string, { readonly direction: 'input' | 'output' | 'inout'; readonly bits: readonly JsonBit[] }>
  >;
  readonly cells: Readonly<Record<string, JsonCell>>;
  readonly netnames: Readonly<
    Record<
      string,
      {
        readonly hide_name: 0 | 1;
        readonly bits: readonly JsonBit[];
        readonly attributes?: Readonly<Record<string, string>>;
      }
    >
  >;
}

export interface YosysJson {
  readonly modules: Readonly<Record<string, JsonModule>>;
}

/**
 * Passes that end in word-level cells. Without `flatten`: on a large array it takes minutes where copying the JSON's
 * modules takes a second. Without `share`, `alumacc` and `memory_dff`: they make cells that are dearer to simulate.
 */
const passes = [
  'proc',
  'opt_expr -mux_undef -undriven',
  'opt_reduce -full',
  'opt_dff',
  'opt_clean',
  'memory_collect',
  'opt_clean',
];

export interface ElaborateOptions {
  /** Parameters of the top module to set. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly defines?: Readonly<Record<string, string>>;
}

/** Reads Verilog and returns the netlist that `buildSimulator` takes; throws with Yosys's first error. */
export async function elaborate(
  files: Readonly<Record<string, string>>,
  top: string,
  options: ElaborateOptions = {},
): Promise<YosysJson> {
  const defines = Object.entries(options.defines ?? {}).map(([name, value]) => `-D${name}=${value}`);
  const parameters = Object.entries(options.parameters ?? {}).map(([name, value]) => `-chparam ${name} ${value}`);
  const read = Object.keys(files)
    .filter((path) => /\.v$/.test(path))
    .map((path) => ['read_verilog', ...defines, path].join(' '));
  const script = [
    ...read,
    ['hierarchy -check', ...parameters, `-top ${top}`].join(' '),
    ...passes,
    'write_json -noscopeinfo netlist.json',
  ];
  const run = await runYosys(files, script.join('\n'));
  return JSON.parse(entry(run.files, 'netlist.json')) as YosysJson;
}
