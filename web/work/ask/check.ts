// A question held against what there is, before any search: its faults in words, or what it is about.

import { networkMacs, parseMachinery, printDiagnostic } from 'magnet-accelerator';
import type { Asked } from './ask.js';
import { asked } from './ask.js';
import { bytesIn } from '../bytes-in.js';
import type { Put } from '../desk-tasks.js';
import { withinMemory } from '../memory.js';
import { subjectOf } from '../question.js';
import { areaIn, fieldsOf, machineOf } from './machine-of.js';

export interface Checked {
  readonly faults: readonly string[];
  /** Per edited parameter, what is wrong with it alone. */
  readonly wrong: Readonly<Record<string, string>>;
  /** mm2; undefined where it is not known. */
  readonly area: number | undefined;
  readonly command: string;
  /** What is not asked though nobody left it out; empty where nothing is. */
  readonly note: string;
  /** Layers of different shape, and multiplications; 0 where the network could not be read. */
  readonly layers: number;
  readonly macs: number;
}

export const checked = (put: Put): Promise<Checked> => withinMemory('this question', () => checkedOf(put));

async function checkedOf({ question, files: given }: Put): Promise<Checked> {
  const files = await bytesIn(given);
  const read = asked(question, files);
  const isOnMachine = subjectOf(question) === 'machine' && !['quantize', 'accuracy'].includes(question.verb);
  const machine = isOnMachine ? machineOf(question, files) : undefined;
  return {
    faults: read.ok ? [] : [...new Set(read.diagnostics.map(printDiagnostic))],
    wrong: wrongEdits(question),
    area: machine?.ok ? areaIn(machine.value.machinery, machine.value.technology) : undefined,
    command: read.ok ? read.value.command : '',
    note: read.ok ? noteOf(read.value) : '',
    layers: read.ok ? read.value.network.layers.length : 0,
    macs: read.ok ? networkMacs(read.value.network) : 0,
  };
}

function noteOf(asked: Asked): string {
  const why = 'schedules' in asked ? asked.schedules.unscheduled : undefined;
  return why === undefined ? '' : `every tensor goes through DRAM: ${why}`;
}

/** Each parameter over the preset by itself: what is wrong together stands among the faults. */
const wrongEdits = ({ machine, edits }: Put['question']): Checked['wrong'] =>
  Object.fromEntries(
    Object.entries(edits).flatMap(([name, value]) => {
      const made = parseMachinery(
        { template: { base: machine, name: 'edited', ...fieldsOf({ [name]: value }) } },
        'edited',
      );
      return made.ok ? [] : [[name, made.diagnostics.map((d) => d.message).join('; ')]];
    }),
  );
