// `magnet compile`: a whole network as a program of a design's machine, into a directory: records, memories, operations.

import { faultsOf } from '../../base/diagnostics.js';
import type { CompiledNetwork } from '../../compile/compiled.js';
import { compiled } from '../../compile/compiled.js';
import type { ConfiguredProgram } from '../../compile/configuration.js';
import { configurationOf } from '../../compile/configuration.js';
import type { NetworkProgram } from '../../compile/network-program.js';
import { cyclesOf, figuresOf } from '../../compile/network-program.js';
import { driverHeader, driverSource } from '../../compile/driver-files.js';
import { programHeader } from '../../compile/program-header.js';
import { programPage } from '../../compile/program-page.js';
import { dtypeFor, printRaw, printReals } from '../../interchange/npy.js';
import type { CompileOptions } from '../../options/network-table.js';
import { openRunner } from '../../pool/node/open-runner.js';
import { idleText } from '../../report/tables/idle-text.js';
import { configurationText } from '../../report/tables/configuration-text.js';
import { grouped } from '../../report/tables/quantities.js';
import type { ProgramFile } from '../../results/program-file.js';
import { printProgram, programSchema } from '../../results/program-file.js';
import { stamped, withStamp } from '../../results/stamp.js';
import { programFor } from '../../sim/network-run.js';
import { tunerTasks } from '../../tuner/tuner-tasks.js';
import { complain } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import type { PreparedNetwork } from './network-task.js';
import { mappedRuns, prepareNetwork } from './network-task.js';
import type { WrittenFile } from './output-folder.js';
import { folderOf, openFolder, writeAll } from './output-folder.js';

export async function compile(io: Io, network: string, options: CompileOptions): Promise<ExitCode> {
  const folder = folderOf(options.output);
  const before = openFolder(io, 'compile', folder, options.force ?? false);
  const live = makeLive(io, 1, 'networks', options.quiet ?? false);
  const told = (text: string) => live.working(0, text, false);
  const prepared = before.ok ? prepareNetwork(io, network, { ...options, asProgram: true }, told) : before;
  if (!before.ok || !prepared.ok) {
    live.end();
    return complain(io, faultsOf(before, prepared));
  }
  const interruption = listen(io);
  const runner = openRunner(tunerTasks, options.workers ?? 1);
  try {
    const work = mappedRuns(io, prepared.value, runner, told);
    work.catch(() => {});
    const mappings = await Promise.race([work, interruption.happening]);
    live.end();
    if (!mappings) {
      io.err('interrupted: nothing was written\n');
      return exit.interrupted;
    }
    if (!mappings.ok) return complain(io, mappings.diagnostics);
    const { design } = prepared.value;
    const program = programFor({ ...prepared.value, mappings: mappings.value });
    const configuration = configurationOf(program, design.technology, (placed) => figuresOf(design, placed));
    const made = compiled(program, (placed) => cyclesOf(design, placed), configuration);
    const files = filesOf(io, prepared.value, program, made);
    const written = writeAll(io, 'compile', folder, files, before.value);
    if (!written.ok) return complain(io, written.diagnostics);
    io.out(summary(made, configuration.flat(), design));
    io.err(`${files.length} files written to ${folder}\n`);
    return exit.done;
  } finally {
    interruption.release();
    await runner.close();
  }
}

function filesOf(
  io: Io,
  { design, graph, words }: PreparedNetwork,
  { accelerator: a }: NetworkProgram,
  made: CompiledNetwork,
): readonly WrittenFile[] {
  const bits = a.hardware.inputBits;
  const type = dtypeFor(bits);
  const bytes = printRaw(new Int32Array(1), type).length;
  const titles = { network: graph.name, design: design.name };
  const { activations, weights, records, recordWords } = made;
  const memory = ({ words: all, before }: typeof weights, file: string) => ({
    words: all,
    file,
    given: before.length,
  });
  const file: ProgramFile = stamped(
    {
      schema: programSchema,
      ...titles,
      sources: words.sources,
      capability: made.capability,
      word: { bits, bytes },
      memories: { activations: memory(activations, 'activations.bin'), weights: memory(weights, 'weights.bin') },
      records: { file: 'records.bin', words: recordWords, count: records.length / recordWords },
      inputs: graph.inputs,
      outputs: graph.outputs,
      tensors: made.tensors.map((t) => {
        const scale = words.scales?.get(t.name);
        return scale === undefined ? t : { ...t, scale };
      }),
      operations: made.operations,
    },
    io.version,
  );
  return [
    { path: 'program.json', text: printProgram(file) },
    { path: 'records.bin', text: printRaw(Int32Array.from(records), 'int32') },
    { path: 'activations.bin', text: printRaw(activations.before, type) },
    { path: 'weights.bin', text: printRaw(weights.before, type) },
    ...(made.host.length > 0 ? [{ path: 'host.bin', text: printReals(made.host) }] : []),
    { path: 'network.h', text: withStamp('c', programHeader(a, made, titles, bytes, graph), io.version) },
    { path: 'magnet_driver.h', text: withStamp('c', driverHeader, io.version) },
    { path: 'magnet_driver.c', text: withStamp('c', driverSource, io.version) },
    { path: 'README.md', text: programPage(made, titles, { bits, bytes }, words.sources) },
  ];
}

function summary(
  { operations, records, recordWords, activations, weights }: CompiledNetwork,
  configuration: readonly ConfiguredProgram[],
  { technology, machine }: PreparedNetwork['design'],
): string {
  const runs = operations.filter((o) => o.kind === 'run');
  const count = (kind: string) => operations.filter((o) => o.kind === kind).length;
  const hosts = operations.flatMap((o) => (o.kind === 'host' ? [`${o.name} (${o.operator})`] : []));
  const cycles = runs.reduce((n, o) => n + o.cycles, 0);
  const waited = configuration.reduce((n, p) => n + p.waited, 0);
  return [
    `${runs.length} runs, ${grouped(cycles)} cycles by the model; ${count('copy')} copies, ${hosts.length} steps of the host` +
      (hosts.length > 0 ? `: ${hosts.join(', ')}` : ''),
    configurationText(
      {
        writes: records.length / recordWords,
        cycles: waited,
        energy: configuration.reduce((n, p) => n + p.energy, 0),
      },
      cycles,
    ),
    ...idleText(technology, machine.template, cycles + waited),
    `DRAM: ${grouped(activations.words)} words of activations ` +
      `(${grouped(activations.unshared)} if no two tensors shared a room), ${grouped(weights.words)} of weights`,
    '',
  ].join('\n');
}
