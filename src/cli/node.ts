// The world as Node gives it: streams, files, clock and signals.

import { accessSync, constants, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import type { Io } from './io.js';
import { exit } from './io.js';

export function nodeIo(): Io {
  // A reader that has seen enough (`| head`) closes the pipe, and terminals are closed; the rest is written to nobody.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  const write = (stream: NodeJS.WriteStream) => (text: string) => {
    if (stream.writable) stream.write(text);
  };
  return {
    out: write(process.stdout),
    err: write(process.stderr),
    // Some terminals report no width.
    columns: process.stderr.isTTY ? process.stderr.columns || 80 : undefined,
    read: (path) => readFileSync(path),
    write: writeWhole,
    obstacle,
    list: (path) => (statSync(path, { throwIfNoEntry: false }) ? readdirSync(path).sort() : undefined),
    makeDirectory: (path) => void mkdirSync(path, { recursive: true }),
    remove: (path) => rmSync(path, { force: true }),
    installed,
    now: () => performance.now(),
    cpus: availableParallelism(),
    version: (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version,
    node: process.versions.node,
    onInterrupt,
  };
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

/** The first of them asks to finish. A second Ctrl-C ends at once; managers often send several signals in a row. */
function onInterrupt(handler: () => void): () => void {
  let asked = false;
  const listen = (signal: NodeJS.Signals) => {
    if (asked && signal === 'SIGINT') process.exit(exit.interrupted);
    if (!asked) handler();
    asked = true;
  };
  for (const signal of endings) process.on(signal, listen);
  return () => endings.forEach((signal) => process.off(signal, listen));
}
