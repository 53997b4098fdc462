// A whole network as a program of a design's machine, as `magnet compile` writes it: records, memories, operations, a driver.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import { version as ownVersion } from '../base/version.js';
import type { CompiledNetwork } from '../compile/compiled.js';
import { compiled } from '../compile/compiled.js';
import type { ConfiguredProgram } from '../compile/configuration.js';
import { configurationOf } from '../compile/configuration.js';
import { driverHeader, driverSource } from '../compile/driver-files.js';
import type { NetworkProgram } from '../compile/network-program.js';
import { cyclesOf, figuresOf } from '../compile/network-program.js';
import { programHeader } from '../compile/program-header.js';
import { programPage } from '../compile/program-page.js';
import { dtypeFor, printRaw, printReals } from '../interchange/npy.js';
import { configurationText } from '../report/tables/configuration-text.js';
import { idleText } from '../report/tables/idle-text.js';
import { grouped } from '../report/tables/quantities.js';
import type { ProgramFile } from '../results/program-file.js';
import { printProgram, programSchema } from '../results/program-file.js';
import { stamped, withStamp } from '../results/stamp.js';
import { programFor } from '../sim/network-run.js';
import { solveOn } from '../tuner/on-workers.js';
import { tunerTasks } from '../tuner/tuner-tasks.js';
import type { Hearing, PreparedNetwork } from './prepare-network.js';
import { mappedRuns } from './prepare-network.js';
import type { CallOptions } from './session.js';
import { onRunner } from './session.js';

/** `version`: of who writes the files, where that is another. */
export type CompileNetworkOptions = CallOptions & Hearing & { readonly version?: string };

/** A file of a program, by its path below the folder of all. */
export interface NetworkFile {
  readonly path: string;
  readonly text: string | Uint8Array;
}

/** What `compileNetwork` answers. */
export interface NetworkFiles {
  /** Paths below a folder of your own. */
  readonly files: readonly NetworkFile[];
  /** What they come to: runs, cycles by the model, configuration, words of memory; in lines. */
  readonly summary: string;
}

/** Runs without a mapping in the design are mapped; refused where there is none. */
export async function compileNetwork(
  prepared: PreparedNetwork,
  { told, noted, version = ownVersion, ...call }: CompileNetworkOptions,
): Promise<Parsed<NetworkFiles>> {
  const mappings = await onRunner(tunerTasks, call, (runner) => mappedRuns(prepared, solveOn(runner), { told, noted }));
  if (!mappings.ok) return mappings;
  const { design } = prepared;
  const program = programFor({ ...prepared, mappings: mappings.value });
  const configuration = configurationOf(program, design.technology, (placed) => figuresOf(design, placed));
  const made = compiled(program, (placed) => cyclesOf(design, placed), configuration);
  return parsed({
    files: filesOf(prepared, program, made, version),
    summary: summary(made, configuration.flat(), design),
  });
}

function filesOf(
  { design, graph, words }: PreparedNetwork,
  { accelerator: a }: NetworkProgram,
  made: CompiledNetwork,
  version: string,
): readonly NetworkFile[] {
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
    version,
  );
  return [
    { path: 'program.json', text: printProgram(file) },
    { path: 'records.bin', text: printRaw(Int32Array.from(records), 'int32') },
    { path: 'activations.bin', text: printRaw(activations.before, type) },
    { path: 'weights.bin', text: printRaw(weights.before, type) },
    ...(made.host.length > 0 ? [{ path: 'host.bin', text: printReals(made.host) }] : []),
    { path: 'network.h', text: withStamp('c', programHeader(a, made, titles, bytes, graph), version) },
    { path: 'magnet_driver.h', text: withStamp('c', driverHeader, version) },
    { path: 'magnet_driver.c', text: withStamp('c', driverSource, version) },
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
