// How long processors were at work for what this process has begun, whatever else the computer does beside (Linux).

import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second of the times in /proc: 100 on every machine of Linux that Node runs on (`getconf CLK_TCK`). */
const ticks = 100;

/** Seconds so far of all processes that descend from this one and still run, user and system, all threads. */
export function secondsOfChildren(): number {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // Fields 4, 14 and 15, counted behind the name in parentheses, which may hold anything.
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        return [{ pid: Number(name), parent: Number(fields[1]), used: Number(fields[11]) + Number(fields[12]) }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
  const below = (pid: number): number =>
    all.filter((p) => p.parent === pid).reduce((sum, p) => sum + p.used + below(p.pid), 0);
  return below(process.pid) / ticks;
}
