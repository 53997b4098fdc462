// A test bench run by Icarus Verilog or Verilator where one is installed; the answer is what it printed.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsed, type Parsed } from '../../base/diagnostics.js';
import { failure, findTool } from './native-tools.js';
import type { Conversation } from '../../pool/node/conversation.js';
import { converse } from '../../pool/node/conversation.js';
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
export function runBuilt(built: Built, options: Omit<BenchOptions, 'top' | 'defines'>): Promise<Parsed<BenchRun>> {
  return inFolder(options.dataFiles ?? {}, async (cwd) => {
    const { program, name, args } = programOf(built);
    const run = await execute(program, [...args, ...plus(options)], within(cwd, options));
    return run.code === 0 ? parsed({ stdout: run.stdout, stderr: run.stderr }) : failure(name, run);
  });
}

const programOf = ({ engine, folder }: Built) =>
  engine === 'iverilog'
    ? { name: 'vvp', program: 'vvp', args: ['-N', `${folder}/bench.vvp`] }
    : { name: 'the program that verilator built', program: `${folder}/build/bench`, args: [] };

/** A bench that runs and is told what to do; its files lie in the folder in which it was built. */
export interface StartedBench extends Conversation {
  readonly write: (file: string, content: string | Uint8Array) => Promise<void>;
  readonly read: (file: string) => Promise<Uint8Array>;
}

export function startBuilt(built: Built, options: Pick<BenchOptions, 'plusargs' | 'signal'>): StartedBench {
  const { program, name, args } = programOf(built);
  const { folder: cwd } = built;
  return {
    ...converse(program, [...args, ...plus(options)], { cwd, name, signal: options.signal }),
    write: (file, content) => writeFile(join(cwd, file), content),
    read: (file) => readFile(join(cwd, file)),
  };
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
