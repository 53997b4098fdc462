// The world as Node gives it: streams, files, clock and signals.

import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isatty } from 'node:tty';
import { availableParallelism } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { reasonOf } from './files.js';
import type { Io } from './io.js';
import { exit } from './io.js';

export interface NodeIo extends Io {
  /** Whether somebody waits for Ctrl-C. */
  readonly listening: () => boolean;
  /** Why standard output could not be written, if anything of it is lost. */
  readonly lost: () => string | undefined;
}

export function nodeIo(): NodeIo {
  let lost: string | undefined;
  // A reader that has seen enough (`| head`) closes the pipe, and terminals are closed; the rest is written to nobody.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosed(error)) lost ??= reasonOf(error);
  });
  // Of standard error nobody could be told.
  process.stderr.on('error', () => {});
  const write = (stream: NodeJS.WriteStream) => (text: string) => {
    if (stream.writable) stream.write(text);
  };
  return {
    out: write(process.stdout),
    err: write(process.stderr),
    // Some terminals report no width.
    columns: process.stderr.isTTY ? process.stderr.columns || 80 : undefined,
    // Node follows the terminal; a width that was set is somebody's wish.
    width: process.stdout.isTTY ? Number(process.env['COLUMNS']) || process.stdout.columns || undefined : undefined,
    lost: () => lost,
    listening: () => listeners > 0,
    read: (path) => (path === '-' ? readInput() : readWhole(path)),
    write: writeWhole,
    obstacle,
    list: (path) => (statSync(path, { throwIfNoEntry: false }) ? readdirSync(path).sort() : undefined),
    makeDirectory,
    remove: (path) => rmSync(path, { force: true }),
    installed,
    now: () => performance.now(),
    cpus: availableParallelism(),
    version: (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
      .version,
    node: process.versions.node,
    onInterrupt,
  };
}

/** A terminal ends when somebody says so, /dev/null at once; other devices, such as /dev/full and /dev/zero, never do. */
function readWhole(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).isCharacterDevice() && !isatty(file) && readSync(file, Buffer.alloc(1)) > 0)
      throw new Error('it is a device that never ends; name a file');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** To its end. A pipe whose other end does not block says that there is nothing yet. */
function readInput(): Uint8Array {
  const chunks: Buffer[] = [];
  const buffer = Buffer.alloc(1 << 16);
  for (;;) {
    try {
      const got = readSync(0, buffer);
      if (got === 0) return Buffer.concat(chunks);
      chunks.push(Buffer.from(buffer.subarray(0, got)));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return Buffer.concat(chunks);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

const isClosed = ({ code }: NodeJS.ErrnoException) =>
  code === 'EPIPE' || code === 'EIO' || code === 'ERR_STREAM_DESTROYED';

/** Node's own recursion never ends where a parent takes no directories, as /proc does. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  mkdirSync(path);
}

/** Through a neighbour and a rename. Pipes and devices have no neighbours; they are written to directly. */
function writeWhole(path: string, content: string | Uint8Array): void {
  const known = statSync(path, { throwIfNoEntry: false });
  if (known && !known.isFile()) return writeFileSync(path, content);
  const target = known ? realpathSync(path) : path;
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(draft, content);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function obstacle(path: string): string | undefined {
  const known = statSync(path, { throwIfNoEntry: false });
  if (known?.isDirectory()) return 'it is a directory';
  if (known && !known.isFile()) return undefined;
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return `there is no directory ${folder}`;
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch {
    return `the directory ${folder} may not be written to`;
  }
}

/** Looked up as a shell does. */
function installed(program: string): boolean {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) =>
    endings.some((ending) => {
      try {
        accessSync(join(folder, program + ending), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

/** Ctrl-C; what cluster managers and service managers send before they kill; a terminal that was closed. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds after which the process ends, whatever is still at work. */
const longestEnding = 600;

/** How many wait for them. */
let listeners = 0;

/** The first of them asks to finish, soon. A second Ctrl-C ends at once; managers often send several signals in a row. */
function onInterrupt(handler: () => void): () => void {
  let asked = false;
  const listen = (signal: NodeJS.Signals) => {
    if (asked && signal === 'SIGINT') process.exit(exit.interrupted);
    if (asked) return;
    asked = true;
    // It keeps the process alive: with nothing left to wait for Node would end with an exit code of its own, 13.
    setTimeout(() => process.exit(exit.interrupted), longestEnding);
    handler();
  };
  for (const signal of endings) process.on(signal, listen);
  listeners++;
  return () => {
    listeners--;
    endings.forEach((signal) => process.off(signal, listen));
  };
}
