// Programs outside of magnet: run to their end, in a folder that goes away afterwards.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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

/** Timers count milliseconds in 32 bits; a longer one would go off at once. */
const longestTimer = 2 ** 31 - 1;

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
      timeout: Math.min(longestTimer, Math.ceil(timeLimit)),
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
  const folder = await mkdtemp(join(tmpdir(), 'magnet-'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** The text of a file that a program wrote; undefined where it wrote none. */
export const textIn = (folder: string, file: string): Promise<string | undefined> =>
  readFile(join(folder, file), 'utf8').catch(() => undefined);
