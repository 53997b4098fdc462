// A design file as the hardware verbs need it: read, checked, of a machine that there is hardware for.

import type { Parsed } from '../../base/diagnostics.js';
import { printDiagnostic } from '../../base/diagnostics.js';
import { designDrift } from '../../results/design-check.js';
import { parseDesignData } from '../../results/design-file.js';
import type { Design } from '../../model/space/design.js';
import type { HardwareDesign } from '../../sim/hardware-design.js';
import { asHardware } from '../../sim/hardware-design.js';
import { counted } from '../../base/text.js';
import { layersAlone, scheduledLayers } from '../../library/layers-alone.js';
import { openRunner } from '../../pool/node/open-runner.js';
import { otherThan } from '../content.js';
import { located, readData } from '../files.js';
import type { Io } from '../io.js';

/** Notes about figures of another cost model; the rest is only counted. */
const maxNotes = 3;

export function loadDesign(io: Io, path: string): Parsed<Design> {
  const data = readData(io, path, 'a design');
  if (!data.ok) return data;
  const other = otherThan(path, data.value, ['design'], 'a design');
  if (other) return other;
  const design = located(path, parseDesignData(data.value));
  if (!design.ok) return design;
  const notes = designDrift(design.value);
  for (const d of notes.slice(0, maxNotes)) io.err(`note: ${path}: ${printDiagnostic(d)}\n`);
  if (notes.length > maxNotes)
    io.err(`note: ${path}: and ${notes.length - maxNotes} more figures that this cost model does not confirm\n`);
  return design;
}

/** With layers of schedules as each runs alone, and a note that they do: those of some numbers, or all. */
export async function designAlone(
  io: Io,
  design: HardwareDesign,
  file: string,
  which?: readonly number[],
): Promise<HardwareDesign> {
  const scheduled = scheduledLayers(design, which);
  if (scheduled.length === 0) return design;
  const { solveOn } = await import('../../tuner/on-workers.js');
  const { tunerTasks } = await import('../../tuner/tuner-tasks.js');
  const runner = openRunner(tunerTasks, 1);
  try {
    const alone = await layersAlone(design, scheduled, solveOn(runner));
    const own = scheduled.filter((i) => alone.layers[i]?.mapping === design.layers[i]?.mapping).length;
    io.err(
      `note: ${counted(scheduled.length, 'layer')} of ${file} alone, all of their tensors in DRAM: ${own} with the mapping of the ` +
        `schedule, ${scheduled.length - own} mapped anew; magnet run NETWORK --design ${file} runs the schedule\n`,
    );
    return alone;
  } finally {
    await runner.close();
  }
}

export function loadHardwareDesign(io: Io, path: string): Parsed<HardwareDesign> {
  const design = loadDesign(io, path);
  return design.ok ? located(path, asHardware(design.value)) : design;
}
