// The world as Node gives it: streams, files, clock and signals.

import { accessSync, constants, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import type { Io } from './io.js';
import { exit } from './io.js';

export function nodeIo(): Io {
  // A reader that has seen enough (`| head`) closes the pipe; the rest is written to nobody.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
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
    now: () => performance.now(),
    cpus: availableParallelism(),
    version: (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version,
    onInterrupt,
  };
}

/** Through a neighbour and a rename. Pipes and devices have no neighbours; they are written to directly. */
function writeWhole(path: string, text: string): void {
  const known = statSync(path, { throwIfNoEntry: false });
  if (known && !known.isFile()) return writeFileSync(path, text);
  const target = known ? realpathSync(path) : path;
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(draft, text);
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

/** The first Ctrl-C asks to finish, the second ends at once. */
function onInterrupt(handler: () => void): () => void {
  let asked = false;
  const listen = () => {
    if (asked) process.exit(exit.interrupted);
    asked = true;
    handler();
  };
  process.on('SIGINT', listen);
  return () => process.off('SIGINT', listen);
}
