// What `run` and `compile` read before anything runs: design, network, schedule and inputs; then the network made ready.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import { parseRealNpy } from '../../interchange/npy.js';
import type { ReadSchedule } from '../../interchange/schedule-file.js';
import { parseSchedule } from '../../interchange/schedule-file.js';
import type { Hearing, NetworkQuestion, PreparedNetwork } from '../../library/prepare-network.js';
import { graphIn, prepareNetwork } from '../../library/prepare-network.js';
import type { GivenArray } from '../../library/words-asked.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { located, readBytes, readData } from '../files.js';
import type { Io } from '../io.js';
import { loadWorkload } from '../read-workload.js';
import { loadHardwareDesign } from './design-input.js';
import { filesByName } from './named-files.js';

/** What of their options decides what runs. */
export interface NetworkAsked extends Pick<
  NetworkQuestion,
  'drawn' | 'seed' | 'rawSums' | 'unsigned' | 'folds' | 'asProgram'
> {
  readonly design: string;
  readonly input?: readonly string[] | undefined;
  /** The only input of the network, in place of files. */
  readonly sample?: GivenArray | undefined;
  /** A file. */
  readonly schedule?: string | undefined;
  readonly batch?: number | undefined;
  readonly dim?: Readonly<Record<string, number>> | undefined;
  readonly sameShape?: readonly string[] | undefined;
}

/** Who hears of it on the command line; `told` what takes long. */
export const hearing = (io: Io, told: Hearing['told']): Hearing => ({
  told,
  noted: (text) => io.err(`note: ${text}\n`),
});

/** Refused with a sentence for each fault, before anything runs. */
export function loadNetwork(
  io: Io,
  network: string,
  asked: NetworkAsked,
  told: Hearing['told'],
): Parsed<PreparedNetwork> {
  const { design: file, batch, dim: dims, sameShape, input = [], sample } = asked;
  const design = loadHardwareDesign(io, file);
  const source = loadWorkload(io, network, { batch, dims, sameShape, graphAlone: true });
  if (!design.ok || !source.ok) return refused(faultsOf(design, source));
  const graph = graphIn(network, source.value);
  if (!graph.ok) return graph;
  const schedule = scheduleFrom(io, asked.schedule);
  const inputs = sample
    ? parsed(new Map([[nth(graph.value.inputs, 0), sample]]))
    : arraysGiven(io, network, graph.value, input);
  if (!schedule.ok || !inputs.ok) return refused(faultsOf(schedule, inputs));
  return prepareNetwork(
    {
      ...asked,
      network,
      source: { ...source.value, graph: () => graph },
      design: design.value,
      file,
      inputs: inputs.value,
      schedule: schedule.value,
    },
    hearing(io, told),
  );
}

/** The tensors that a file says stay in the global buffer, and the chains that it has in bands of rows. */
function scheduleFrom(
  io: Io,
  path: string | undefined,
): Parsed<(Partial<ReadSchedule> & { path: string }) | undefined> {
  if (path === undefined) return parsed(undefined);
  const data = readData(io, path, 'a schedule');
  const read = data.ok ? located(path, parseSchedule(data.value)) : data;
  return read.ok ? parsed({ ...read.value, path }) : read;
}

function arraysGiven(
  io: Io,
  network: string,
  { inputs }: NetworkGraph,
  texts: readonly string[],
): Parsed<ReadonlyMap<string, GivenArray>> {
  const paths = filesByName(texts, { network, option: '--input', what: 'input', plain: inputs, all: inputs });
  if (!paths.ok) return paths;
  const read = [...paths.value].map(([name, path]) => {
    const bytes = readBytes(io, path);
    const array = bytes.ok ? located(path, parseRealNpy(bytes.value)) : bytes;
    return { name, path, array };
  });
  const faults = faultsOf(...read.map(({ array }) => array));
  if (faults.length > 0) return refused(faults);
  return parsed(new Map(read.flatMap(({ name, path, array }) => (array.ok ? [[name, { ...array.value, path }]] : []))));
}
