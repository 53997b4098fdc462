// A test bench run by Icarus Verilog or Verilator where one is installed; the answer is what it printed.

import { parsed, type Parsed } from '../../base/diagnostics.js';
import { failure, findTool } from './native-tools.js';
import { execute, inFolder, newFolder, removeFolder, type Files } from '../../pool/node/programs.js';

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
  /** Ends what is being built or run. */
  readonly signal?: AbortSignal;
}

export interface BenchRun {
  readonly stdout: string;
  readonly stderr: string;
}

const define = (flag: string, { defines = {} }: Pick<BenchOptions, 'defines'>) =>
  Object.entries(defines).map(([name, value]) => `${flag}${name}=${value}`);
const plus = ({ plusargs = [] }: Pick<BenchOptions, 'plusargs'>) => plusargs.map((a) => `+${a.replace(/^\+/, '')}`);
export const sourcesOf = (files: Files) => Object.keys(files).filter((path) => /\.s?v$/.test(path));

/**
 * Icarus Verilog: four states, so that uninitialised and conflicting values show as x; quick to build, slow to run.
 * Verilator: two states, compiled to a program by a C++ compiler; slow to build, fast to run. Needs Verilator 5.
 */
export type NativeSimulator = 'iverilog' | 'verilator';

/** A bench that is built, to be run as often as one likes: plain data, for whoever runs it in another thread. */
export interface Built {
  readonly engine: NativeSimulator;
  readonly folder: string;
  readonly seconds: number;
}

/** Builds a bench in a folder of its own, which stays until `discard`. */
export async function buildBench(engine: NativeSimulator, files: Files, options: BenchOptions): Promise<Parsed<Built>> {
  for (const name of engine === 'iverilog' ? (['iverilog', 'vvp'] as const) : (['verilator'] as const)) {
    const tool = await findTool(name);
    if (!tool.ok) return tool;
  }
  const begin = performance.now();
  const folder = await newFolder(files);
  const sources = [...define('-D', options), ...sourcesOf(files)];
  const args =
    engine === 'iverilog'
      ? ['-g2005', '-s', options.top, '-o', 'bench.vvp', ...sources]
      : [
          '--binary',
          '--timing',
          '-Wno-fatal',
          '-Wno-lint',
          '-Wno-style',
          '--x-assign',
          '0',
          '--x-initial',
          '0',
          '--top-module',
          options.top,
          '-Mdir',
          'build',
          '-o',
          'bench',
          ...sources,
        ];
  const done = await execute(engine, args, within(folder, options));
  if (done.code === 0) return parsed({ engine, folder, seconds: (performance.now() - begin) / 1000 });
  await removeFolder(folder);
  return failure(engine, done);
}

/** Runs what was built, in a folder of this run's own. */
export function runBuilt(
  { engine, folder }: Built,
  options: Omit<BenchOptions, 'top' | 'defines'>,
): Promise<Parsed<BenchRun>> {
  return inFolder(options.dataFiles ?? {}, async (cwd) => {
    const [program, args] =
      engine === 'iverilog'
        ? (['vvp', ['-N', `${folder}/bench.vvp`]] as const)
        : ([`${folder}/build/bench`, []] as const);
    const run = await execute(program, [...args, ...plus(options)], within(cwd, options));
    return run.code === 0
      ? parsed({ stdout: run.stdout, stderr: run.stderr })
      : failure(engine === 'iverilog' ? 'vvp' : 'the program that verilator built', run);
  });
}

/** Removes what `buildBench` made. */
export const discard = ({ folder }: Built): Promise<void> => removeFolder(folder);

const within = (cwd: string, { timeLimit, signal }: Pick<BenchOptions, 'timeLimit' | 'signal'>) => ({
  cwd,
  ...(timeLimit !== undefined && { timeLimit }),
  ...(signal && { signal }),
});

/** Builds, runs once, and clears away. */
export async function runOnce(engine: NativeSimulator, files: Files, options: BenchOptions): Promise<Parsed<BenchRun>> {
  const built = await buildBench(engine, files, options);
  if (!built.ok) return built;
  try {
    return await runBuilt(built.value, options);
  } finally {
    await discard(built.value);
  }
}

export const runIverilog = (files: Files, options: BenchOptions): Promise<Parsed<BenchRun>> =>
  runOnce('iverilog', files, options);
export const runVerilator = (files: Files, options: BenchOptions): Promise<Parsed<BenchRun>> =>
  runOnce('verilator', files, options);
