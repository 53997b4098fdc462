// One process at a time on one output file: a lock beside it, with who holds it; locks of the dead are taken over.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Disk } from './batch-disk.js';
import { wholeText } from './batch-disk.js';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly begun: string;
}

export const lockOf = (path: string): string => `${path}.lock`;

/** The value gives the lock back. */
export function claimOutput(disk: Disk, path: string): Parsed<() => void> {
  // Beside the file itself, which has one name where paths to it may have many.
  const place = disk.locate(path);
  if (place === undefined) return refuse('unwritable', [], `cannot write ${path}: it is not a plain file; name one`);
  const lock = lockOf(place);
  const { pid, host } = disk.self;
  const own = `${JSON.stringify({ pid, host, begun: disk.running(pid) ?? '' } satisfies Holder)}\n`;
  // Twice: a lock that was stale is gone the second time.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (disk.claim(lock, own)) return parsed(() => wholeText(disk, lock) === own && disk.remove(lock));
    const text = wholeText(disk, lock);
    const why = text === undefined ? undefined : whyHeld(disk, { path, lock }, text);
    if (why !== undefined) return refuse('locked', [], why);
    if (text !== undefined && !takeAway(disk, lock, text)) break;
  }
  return refuse('locked', [], `${path}: another process has just begun to write it; give this one another --out`);
}

/** Undefined where the holder is dead. */
function whyHeld(
  disk: Disk,
  { path, lock }: { readonly path: string; readonly lock: string },
  text: string,
): string | undefined {
  const holder = holderOf(text);
  if (!holder) return `${lock} is not a lock file of magnet; move it away, or give another --out`;
  const { pid, host, begun } = holder;
  if (host !== disk.self.host)
    return `${path} is being written by process ${pid} on ${host}; if that has ended, delete ${lock}`;
  // In containers a new process often has the number of the one that was killed: this one holds nothing yet.
  if (pid === disk.self.pid || disk.running(pid) !== begun) return undefined;
  return `${path} is being written by process ${pid} on this machine; wait for it, or give this one another --out`;
}

function holderOf(text: string): Holder | undefined {
  try {
    const { pid, host, begun } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' && typeof begun === 'string'
      ? { pid, host, begun }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Of several that find one stale lock, one moves it; who moves the new lock of another by mistake puts it back. */
function takeAway(disk: Disk, lock: string, stale: string): boolean {
  const aside = `${lock}.${disk.self.pid}`;
  if (!disk.move(lock, aside)) return true;
  const moved = wholeText(disk, aside);
  if (moved !== undefined && moved !== stale) disk.claim(lock, moved);
  disk.remove(aside);
  return moved === stale;
}
