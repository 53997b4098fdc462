// Programs outside of magnet: whether they are here, and running them in a folder that goes away afterwards.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parsed, refuse, type Parsed } from '../../base/diagnostics.js';

export type ToolName = 'iverilog' | 'vvp' | 'verilator' | 'yosys';

export interface Tool {
  readonly name: ToolName;
  /** The first line that it says of itself. */
  readonly version: string;
}

const packages: Readonly<Record<ToolName, string>> = {
  iverilog: 'iverilog',
  vvp: 'iverilog',
  verilator: 'verilator',
  yosys: 'yosys',
};

/** Whether a program can be started; a missing one is an answer with the way to get it. */
export async function findTool(name: ToolName): Promise<Parsed<Tool>> {
  const asked = await execute(name, [name === 'verilator' ? '--version' : '-V'], {});
  if (asked.code === 'missing') {
    return refuse(
      'missing-tool',
      [name],
      `${name} is not on the PATH; install it (Debian and Ubuntu: apt-get install ${packages[name]}), ` +
        'or go without: the simulator that comes with magnet needs no program',
    );
  }
  return parsed({
    name,
    version: `${asked.stdout}${asked.stderr}`.split('\n').find((line) => line.trim() !== '') ?? '',
  });
}

export interface Execution {
  /** The exit code, or why there is none. */
  readonly code: number | 'missing' | 'timeout' | 'killed';
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecuteOptions {
  readonly cwd?: string;
  /** Milliseconds; the program is killed after. */
  readonly timeLimit?: number;
  /** Kills the program and all that it has started. */
  readonly signal?: AbortSignal;
}

/** Runs a program to its end. Never rejects: what happened is in the answer. */
export function execute(
  command: string,
  args: readonly string[],
  { cwd, timeLimit = 0, signal }: ExecuteOptions,
): Promise<Execution> {
  return new Promise((resolve) => {
    // What can be ended leads a group of its own: Verilator calls make, and make the compiler.
    const options = {
      cwd,
      timeout: timeLimit,
      killSignal: 'SIGKILL',
      maxBuffer: 256 * 1024 * 1024,
      detached: signal !== undefined,
    } as const;
    const end = () => {
      // One that has ended by itself is no group any more, which is all that can go wrong.
      if (child.pid !== undefined) execFile('kill', ['-s', 'KILL', '--', `-${child.pid}`], () => {});
    };

    const child = execFile(command, args, options, (error, stdout, stderr) => {
      signal?.removeEventListener('abort', end);
      const code =
        error === null
          ? 0
          : error.code === 'ENOENT'
            ? 'missing'
            : typeof error.code === 'number'
              ? error.code
              : child.killed
                ? 'timeout'
                : 'killed';
      resolve({ code, stdout, stderr });
    });
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}

/** Files by relative path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes files into a new folder, lets `use` work there, and removes it, whatever happened. */
export async function inFolder<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await newFolder(files);
  try {
    return await use(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** A folder with these files, which stays until `removeFolder`. */
export async function newFolder(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'magnet-sim-'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Of a failed step, what it said, shortened to what helps. */
export function failure(step: string, { code, stdout, stderr }: Execution): Parsed<never> {
  if (code === 'timeout') return refuse('out-of-time', [], `${step} did not end within its time limit`);
  const said = `${stderr}\n${stdout}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 12)
    .join('\n');
  return refuse('failed', [], `${step} failed (${typeof code === 'number' ? `exit code ${code}` : code}): ${said}`);
}
