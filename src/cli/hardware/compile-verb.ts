// `magnet compile`: a whole network as a program of a design's machine, into a directory: records, memories, operations.

import { faultsOf } from '../../base/diagnostics.js';
import { compileNetwork } from '../../library/compile-network.js';
import type { CompileOptions } from '../../options/network-table.js';
import { complain } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import { hearing, loadNetwork } from './network-input.js';
import { folderOf, openFolder, writeAll } from './output-folder.js';

export async function compile(io: Io, network: string, options: CompileOptions): Promise<ExitCode> {
  const folder = folderOf(options.output);
  const before = openFolder(io, 'compile', folder, options.force ?? false);
  const live = makeLive(io, 1, 'networks', options.quiet ?? false);
  const told = (text: string) => live.working(0, text, false);
  const prepared = before.ok ? loadNetwork(io, network, { ...options, asProgram: true }, told) : before;
  if (!before.ok || !prepared.ok) {
    live.end();
    return complain(io, faultsOf(before, prepared));
  }
  const interruption = listen(io);
  const closing = new AbortController();
  const work = compileNetwork(prepared.value, {
    workers: options.workers ?? 1,
    signal: closing.signal,
    version: io.version,
    ...hearing(io, told),
  });
  work.catch(() => {});
  try {
    const made = await Promise.race([work, interruption.happening]);
    live.end();
    if (!made) {
      io.err('interrupted: nothing was written\n');
      return exit.interrupted;
    }
    if (!made.ok) return complain(io, made.diagnostics);
    const { files, summary } = made.value;
    const written = writeAll(io, 'compile', folder, files, before.value);
    if (!written.ok) return complain(io, written.diagnostics);
    io.out(summary);
    io.err(`${files.length} files written to ${folder}\n`);
    return exit.done;
  } finally {
    interruption.release();
    closing.abort();
    await work.catch(() => {});
  }
}
