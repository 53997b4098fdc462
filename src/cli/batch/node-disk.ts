// The file system of a batch as Node gives it: appended, cut, replaced and claimed so that a kill at any moment does no harm.

import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import type { Disk } from '../../batch/batch-disk.js';

const chunk = 1 << 20;
const newline = 10;

export const nodeDisk = (): Disk => ({
  size: (path) => statSync(path, { throwIfNoEntry: false })?.size,
  locate,
  lines,
  read: (path, at, bytes) => withFile(path, 'r', (file) => readAt(file, at, bytes).toString('utf8')),
  cut: (path, bytes) => withFile(path, 'r+', (file) => ftruncateSync(file, bytes)),
  append(path) {
    const file = openSync(path, 'a');
    return {
      write(text, durable) {
        writeAll(file, text);
        if (durable) fdatasyncSync(file);
      },
      close: () => closeSync(file),
    };
  },
  replace(path, texts) {
    const target = locate(path) ?? path;
    // Of one name, as only the holder of the lock writes it: what a kill leaves there, the next run takes.
    const draft = join(dirname(target), `.${basename(target)}.tmp`);
    try {
      withFile(draft, 'w', (file) => {
        for (const text of texts) writeAll(file, text);
        fsyncSync(file);
      });
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  },
  // A link comes to be with its content; a new file would be empty for a moment.
  claim(path, text) {
    const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    try {
      writeFileSync(draft, text);
      return ifNot('EEXIST', () => linkSync(draft, path));
    } finally {
      rmSync(draft, { force: true });
    }
  },
  move: (from, to) => ifNot('ENOENT', () => renameSync(from, to)),
  remove: (path) => rmSync(path, { force: true }),
  self: { pid: process.pid, host: hostname() },
  running,
});

function locate(path: string): string | undefined {
  const known = statSync(path, { throwIfNoEntry: false });
  if (known) return known.isFile() ? realpathSync(path) : undefined;
  // A link to nothing.
  return lstatSync(path, { throwIfNoEntry: false }) ? undefined : join(realpathSync(dirname(path)), basename(path));
}

/** False where it failed for this reason. */
function ifNot(code: string, act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false;
    throw error;
  }
}

function withFile<T>(path: string, flags: string, use: (file: number) => T): T {
  const file = openSync(path, flags);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** One call may write less than it was given. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

function readAt(file: number, at: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  let done = 0;
  for (let got = -1; done < bytes && got !== 0; done += got)
    got = readSync(file, buffer, done, bytes - done, at + done);
  return buffer.subarray(0, done);
}

function lines(path: string, each: (line: string, at: number, bytes: number, whole: boolean) => void): void {
  withFile(path, 'r', (file) => {
    let [at, rest] = [0, Buffer.alloc(0)];
    for (let read = 0; ;) {
      const more = readAt(file, read, chunk);
      read += more.length;
      const text = Buffer.concat([rest, more]);
      let begin = 0;
      for (let end = text.indexOf(newline, Math.max(0, rest.length)); end >= 0; end = text.indexOf(newline, begin)) {
        each(text.toString('utf8', begin, end), at, end + 1 - begin, true);
        at += end + 1 - begin;
        begin = end + 1;
      }
      rest = text.subarray(begin);
      if (more.length === 0) break;
    }
    if (rest.length > 0) each(rest.toString('utf8'), at, rest.length, false);
  });
}

/** When it was started, where the system tells (Linux); otherwise only that it is there. */
function running(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    // Field 22, counted behind the name in parentheses, which may hold anything; field 3 is the state.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? undefined : `started ${fields[19]}`;
  } catch {
    return 'running';
  }
}
