// `magnet rtl`: the Verilog of a design's machine, its layers as programs, and a testbench, into a directory.

import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed } from '../../base/diagnostics.js';
import { rtlTable } from '../../report/tables/rtl-table.js';
import { emittedModules } from '../../results/emitted-modules.js';
import { printDesign } from '../../results/design-file.js';
import { withStamp } from '../../results/stamp.js';
import type { EmittedFile } from '../../sim/emit-files.js';
import { chooseLayers } from '../../sim/hardware-design.js';
import { designAlone, loadHardwareDesign } from './design-input.js';
import { complain, located } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import type { RtlOptions } from '../../options/hardware-tables.js';
import type { Tools } from './hardware-tools.js';
import { folderOf, openFolder, writeAll } from './output-folder.js';

export async function rtl(
  io: Io,
  file: string,
  options: RtlOptions,
  make: (workers: number) => Tools,
): Promise<ExitCode> {
  const folder = folderOf(options.output);
  const before = openFolder(io, 'rtl', folder, options.force ?? false);
  const design = loadHardwareDesign(io, file);
  const golden =
    !design.ok || options.golden === undefined ? parsed([]) : chooseLayers(design.value, file, options.golden);
  if (!design.ok || !before.ok || !golden.ok) return complain(io, faultsOf(design, before, golden));
  const large = golden.value.map((i) => nth(design.value.layers, i).layer.name);
  if (large.length > 0)
    io.err(`computing golden data of ${large.join(', ')} (about a second for 100 million multiplications)\n`);
  const { testbench, seed, bus, physical } = options;
  const alone = await designAlone(io, design.value, file);
  const done = await emitted(io, make(1), alone, {
    ...{ testbench, seed, bus, golden: golden.value },
    ...(physical && { physical }),
  });
  if (!done) {
    io.err('interrupted: nothing was written\n');
    return exit.interrupted;
  }
  const emission = located(file, done);
  if (!emission.ok) return complain(io, emission.diagnostics);
  // The Makefile asks for more golden data of the design that lies beside it.
  const made = emission.value.map((f) => ({ ...f, text: stampedText(f, io.version) }));
  const files = options.testbench ? [...made, { path: 'design.json', text: printDesign(design.value) }] : made;
  const written = writeAll(io, 'rtl', folder, files, before.value);
  if (!written.ok) return complain(io, written.diagnostics);
  const idle = design.value.layers.filter((l) => l.mapping === null).map((l) => l.layer.name);
  if (idle.length > 0) io.err(`note: without a mapping, hence without a program: ${idle.join(', ')}\n`);
  io.out(`${rtlTable(emittedModules(files))}\n`);
  io.err(`${files.length} files written to ${folder}\n`);
  return exit.done;
}

/** Undefined where Ctrl-C came first. */
async function emitted(
  io: Io,
  tools: Tools,
  ...what: Parameters<Tools['emit']>
): Promise<Parsed<readonly EmittedFile[]> | undefined> {
  const interruption = listen(io);
  try {
    const work = tools.emit(...what);
    // What is given up at Ctrl-C rejects later, to nobody.
    work.catch(() => {});
    return (await Promise.race([work, interruption.happening])) ?? undefined;
  } finally {
    interruption.release();
    await tools.close();
  }
}

/** Data that a bench reads stands as it is. */
const stampedText = ({ path, text }: EmittedFile, version: string): string =>
  path.endsWith('.v')
    ? withStamp('verilog', text, version)
    : path.endsWith('Makefile')
      ? withStamp('make', text, version)
      : text;
