// `magnet synth`: the logic of a design's machine synthesized to cells, its area beside what the cost model says.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { stamped } from '../../results/stamp.js';
import { printSynthResult, synthResult } from '../../results/synth-result.js';
import { synthTable } from '../../report/tables/synth-table.js';
import type { Library } from '../../sim/synth/liberty/library.js';
import { readLibrary } from '../../sim/synth/liberty/library.js';
import { loadHardwareDesign } from './design-input.js';
import { complain, foreignFile, readUnpacked, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import type { SynthOptions } from '../../options/hardware-tables.js';
import type { HardwareDesign } from '../../sim/hardware-design.js';
import type { SynthTaskInput } from '../../sim/synth/synth-task.js';
import type { Tools } from './hardware-tools.js';

interface Job extends SynthTaskInput {
  readonly design: HardwareDesign;
}

export async function synth(
  io: Io,
  file: string,
  options: SynthOptions,
  make: (workers: number) => Tools,
): Promise<ExitCode> {
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
    const measured = await Promise.race([work, interruption.happening]).finally(live.end);
    if (!measured) {
      io.err('interrupted: nothing was synthesized\n');
      return exit.interrupted;
    }
    const result = synthResult(task.value.design.name, measured);
    if (options.json !== '-') io.out(`${synthTable(result)}\n`);
    const written =
      options.json === undefined
        ? parsed(undefined)
        : writeText(io, options.json, printSynthResult(stamped(result, io.version)));
    return written.ok ? exit.done : complain(io, written.diagnostics);
  } finally {
    interruption.release();
    await tools.close();
  }
}

function prepare(io: Io, file: string, { liberty, native = false }: SynthOptions): Parsed<Job> {
  if (native && !io.installed('yosys'))
    return refuse(
      'no-engine',
      [],
      '--native needs yosys, which cannot be found on the PATH; install Yosys, or leave out --native for the one that comes with magnet',
    );
  const design = loadHardwareDesign(io, file);
  if (!design.ok) return design;
  if (liberty === undefined) return parsed({ design: design.value, native });
  const library = loadLibrary(io, liberty);
  return library.ok ? parsed({ design: design.value, native, library: library.value }) : library;
}

function loadLibrary(io: Io, paths: readonly string[]): Parsed<Library> {
  const files = [...new Set(paths)].map((path) => {
    const plain = readUnpacked(io, path);
    if (!plain.ok) return plain;
    return (
      foreignFile(path, plain.value, 'a Liberty library (.lib, .lib.gz)') ??
      parsed({ path, text: new TextDecoder().decode(plain.value) })
    );
  });
  if (!files.every((f) => f.ok)) return refused(faultsOf(...files));
  const library = readLibrary(files.map((f) => f.value));
  return 'areas' in library
    ? parsed(library)
    : refused(library.map((message) => ({ code: 'unusable-library', path: [], message })));
}
