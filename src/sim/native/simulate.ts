// A test bench run by Icarus Verilog or Verilator where one is installed; the answer is what it printed.

import { parsed, type Parsed } from '../../base/diagnostics.js';
import { execute, failure, findTool, inFolder, type Files } from './tools.js';

export interface BenchOptions {
  /** The module to run, usually a test bench that calls `$finish`. */
  readonly top: string;
  readonly defines?: Readonly<Record<string, string>>;
  /** Given to the simulation as `+name` or `+name=value`, for `$test$plusargs` and `$value$plusargs`. */
  readonly plusargs?: readonly string[];
  /** Files beside the Verilog, for `$readmemh` and the like, by the path that the bench opens. */
  readonly dataFiles?: Files;
  /** Milliseconds for building, and again for running. */
  readonly timeLimit?: number;
}

export interface BenchRun {
  readonly stdout: string;
  readonly stderr: string;
}

const define = (flag: string, { defines = {} }: BenchOptions) => Object.entries(defines).map(([name, value]) => `${flag}${name}=${value}`);
const plus = ({ plusargs = [] }: BenchOptions) => plusargs.map((a) => `+${a.replace(/^\+/, '')}`);
export const sourcesOf = (files: Files) => Object.keys(files).filter((path) => /\.s?v$/.test(path));

/** Four-state simulation: uninitialised and conflicting values show as x. Quick to build, slow to run. */
export async function runIverilog(files: Files, options: BenchOptions): Promise<Parsed<BenchRun>> {
  for (const name of ['iverilog', 'vvp'] as const) {
    const tool = await findTool(name);
    if (!tool.ok) return tool;
  }
  return inFolder({ ...files, ...options.dataFiles }, async (cwd) => {
    const limit = options.timeLimit === undefined ? { cwd } : { cwd, timeLimit: options.timeLimit };
    const built = await execute('iverilog', ['-g2005', '-s', options.top, ...define('-D', options), '-o', 'bench.vvp', ...sourcesOf(files)], limit);
    if (built.code !== 0) return failure('iverilog', built);
    const run = await execute('vvp', ['-N', 'bench.vvp', ...plus(options)], limit);
    return run.code === 0 ? parsed({ stdout: run.stdout, stderr: run.stderr }) : failure('vvp', run);
  });
}

/** Two-state simulation compiled to a program. Slow to build (it calls a C++ compiler), fast to run. Needs Verilator 5. */
export async function runVerilator(files: Files, options: BenchOptions): Promise<Parsed<BenchRun>> {
  const tool = await findTool('verilator');
  if (!tool.ok) return tool;
  return inFolder({ ...files, ...options.dataFiles }, async (cwd) => {
    const limit = options.timeLimit === undefined ? { cwd } : { cwd, timeLimit: options.timeLimit };
    const build = ['--binary', '--timing', '-Wno-fatal', '-Wno-lint', '-Wno-style', '--x-assign', '0', '--x-initial', '0', '--top-module', options.top, '-Mdir', 'build', '-o', 'bench'];
    const built = await execute('verilator', [...build, ...define('-D', options), ...sourcesOf(files)], limit);
    if (built.code !== 0) return failure('verilator', built);
    const run = await execute('./build/bench', plus(options), limit);
    return run.code === 0 ? parsed({ stdout: run.stdout, stderr: run.stderr }) : failure('the program that verilator built', run);
  });
}
