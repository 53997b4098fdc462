// `magnet synth`: the logic of a design's machine synthesized to cells, its area beside what the cost model says.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { printJson } from '../../interchange/json-print.js';
import { synthTable } from '../../report/synth-table.js';
import { loadHardwareDesign } from './design.js';
import { checkTarget, complain, readBytes, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import type { SynthTask, Tools } from './tools.js';

export interface SynthOptions {
  readonly liberty?: string;
  readonly native?: boolean;
  readonly json?: string;
  readonly quiet?: boolean;
}

export const synthSchema = 'magnet-synth/1';

export async function synth(io: Io, file: string, options: SynthOptions, make: (workers: number) => Tools): Promise<ExitCode> {
  const task = prepare(io, file, options);
  if (!task.ok) return complain(io, task.diagnostics);
  const tools = make(1);
  const interruption = listen(io);
  const live = makeLive(io, 1, 'machines', options.quiet ?? false);
  try {
    const work = tools.synthesize(task.value, (stage) => {
      if (interruption.happened() || options.quiet) return;
      if (io.columns === undefined) io.err(`${stage}\n`);
      else live.working(0, stage, false);
    });
    // What is given up at Ctrl-C rejects later, to nobody.
    work.catch(() => {});
    const result = await Promise.race([work, interruption.happening]).finally(live.end);
    if (!result) {
      io.err('interrupted: nothing was synthesized\n');
      return exit.interrupted;
    }
    if (options.json !== '-') io.out(`${synthTable(result)}\n`);
    const written = options.json === undefined ? parsed(undefined) : writeText(io, options.json, `${printJson({ schema: synthSchema, design: task.value.design.name, ...result })}\n`);
    return written.ok ? exit.done : complain(io, written.diagnostics);
  } finally {
    interruption.release();
    await tools.close();
  }
}

function prepare(io: Io, file: string, { liberty, native = false, json }: SynthOptions): Parsed<SynthTask> {
  const target = checkTarget(io, json);
  if (!target.ok) return target;
  if (native && !io.installed('yosys')) return refuse('no-engine', [], '--native needs yosys, which cannot be found on the PATH; install Yosys, or leave out --native for the one that comes with magnet');
  const design = loadHardwareDesign(io, file);
  if (!design.ok) return design;
  if (liberty === undefined) return parsed({ design: design.value, native });
  const bytes = readBytes(io, liberty);
  if (!bytes.ok) return bytes;
  const text = new TextDecoder().decode(bytes.value);
  return /\blibrary\s*\(/.test(text) ? parsed({ design: design.value, native, liberty: text }) : refuse('malformed', [], `${liberty}: expected a Liberty library, which begins with library (NAME) {`);
}
