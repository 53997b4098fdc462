// What answers of all verbs have in common.

import type { CallOptions, Design, Machinery, Technology } from 'magnet-accelerator';
import { printDesign } from 'magnet-accelerator';
import { areaIn } from '../ask/machine-of.js';
import type { Answer, Progress } from '../question.js';

export type Calls = Pick<CallOptions, 'workers' | 'transport'>;

export type Found = Pick<
  Answer,
  'title' | 'status' | 'reason' | 'facts' | 'design' | 'result' | 'certificate' | 'script' | 'points' | 'quantized'
>;

export type Tell = (state: Progress) => void;

/** The command line's own words in the place of the call's: the design file is the same then but for who wrote it. */
export const designText = (design: Design, command: string): string =>
  printDesign({ ...design, provenance: { ...design.provenance, command } });

export function areaFact(machine: Machinery, technology: Technology): Readonly<Record<string, number>> {
  const area = areaIn(machine, technology);
  return area === undefined ? {} : { area };
}

export const totalsIn = (design: Design | undefined): Readonly<Record<string, number>> =>
  design?.totals ? { energy: design.totals.energy, cycles: design.totals.cycles } : {};
