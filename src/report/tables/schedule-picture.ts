// The global buffer over the runs of a network in letters: a line for each bank, a place for each run.

import { nth } from '../../base/invariant.js';
import type { ScheduleInResult } from '../../results/schedule-result.js';
import { scheduleFigure } from '../figures/schedule-figure.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const [free, tile] = ['.', '-'];
/** Runs in a line: with the banks in front of them they fit a terminal of a hundred. */
const runsInLine = 90;
const lineLength = 96;

/** Empty where nothing stays. Behind the 52nd tensor letters begin anew. */
export function schedulePicture(r: ScheduleInResult): readonly string[] {
  const { tensors, tiles, banks, steps } = scheduleFigure(r);
  if (tensors.length === 0) return [];
  const byRun = tensors.toSorted((a, b) => a.from - b.from || a.bank - b.bank);
  const lines = Array.from({ length: banks }, () => new Array<string>(steps.length).fill(free));
  const fill = (of: { bank: number; banks: number; from: number; upTo: number }, sign: string) => {
    for (let bank = of.bank; bank < of.bank + of.banks; bank++) nth(lines, bank).fill(sign, of.from, of.upTo + 1);
  };
  for (const own of tiles) fill(own, tile);
  for (const [i, own] of byRun.entries()) fill(own, letters.charAt(i % letters.length));
  const wide = String(banks - 1).length;
  const blocks: string[] = [];
  for (let at = 0; at < steps.length; at += runsInLine) {
    const end = Math.min(steps.length, at + runsInLine);
    blocks.push(
      `Banks of the global buffer in runs ${at} to ${end - 1}: a letter for each tensor that stays, ${tile} tiles of the run, ${free} free`,
      ...lines.map((line, bank) => `${String(bank).padStart(wide)} ${line.slice(at, end).join('')}`),
      '',
    );
  }
  return [...blocks, ...legend(byRun.map(({ name }, i) => `${letters.charAt(i % letters.length)} ${name}`)), ''];
}

/** As many to a line as fit. */
function legend(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length + 2 <= lineLength) lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(name);
  }
  return lines;
}
