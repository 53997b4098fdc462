// A machine, a space or a technology as the file that says it, to begin an own one with.

import { printMachinery, printSpace, technology16nm } from 'magnet-accelerator';
import { sound } from './answer/answer.js';
import { machineOf, spaceOf, technologyOf } from './ask/machine-of.js';
import { bytesIn } from './bytes-in.js';
import type { Put } from './desk-tasks.js';
import type { FileRole } from './look.js';

export type Editable = Exclude<FileRole, 'network' | 'samples'>;

export async function printed({ question, files, what }: Put & { readonly what: Editable }): Promise<string> {
  const given = await bytesIn(files);
  switch (what) {
    case 'machine':
      return printMachinery(sound(machineOf(question, given)).machinery);
    case 'space':
      return printSpace(sound(spaceOf(question, given)));
    case 'technology':
      // Every JSON text is YAML too.
      return `${JSON.stringify(sound(technologyOf(question, given)) ?? technology16nm, null, 2)}\n`;
  }
}
