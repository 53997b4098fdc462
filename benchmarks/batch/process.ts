// `magnet batch` as a process in a folder of its own, killed where it is asked for.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = new URL('../../dist/cli/main.js', import.meta.url).pathname;

export function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'magnet-batch-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly seconds: number;
  readonly err: string;
  /** When jobs were reported to have ended, seconds from the beginning. */
  readonly reported: readonly number[];
}

/** `kill`: milliseconds after which it is killed. `watch` is called every 100 ms with its number. */
export const magnet = (
  folder: string,
  argv: readonly string[],
  kill?: number,
  watch?: (pid: number) => void,
): Promise<Ended> =>
  new Promise((resolve) => {
    const begin = performance.now();
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    const reported: number[] = [];
    child.stderr.on('data', (chunk) => {
      err += chunk;
      const lines = (err.match(/^\[.*\n/gm) ?? []).length;
      while (reported.length < lines) reported.push((performance.now() - begin) / 1000);
    });
    const timers = [
      kill === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), kill),
      watch && setInterval(() => watch(child.pid!), 100),
    ];
    child.on('close', (code) => {
      for (const timer of timers) clearTimeout(timer);
      resolve({ code, seconds: (performance.now() - begin) / 1000, err, reported });
    });
  });

/** Of which the whole line is there: what was cut off on a full disk may end in a brace too. */
export const jobsIn = (path: string): number =>
  existsSync(path) ? (readFileSync(path, 'utf8').match(/^\{"job".*\}\n/gm) ?? []).length : 0;
export const timeless = (path: string): string =>
  readFileSync(path, 'utf8').replace(/"seconds":[\d.e+-]+/g, '"seconds":0');
