// A whole network on the Verilog of a design's machine, as `magnet run` runs it: every word beside the reference, every cycle and
// count beside the model.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import { idleText } from '../report/tables/idle-text.js';
import type { PlainBlock } from '../report/tables/blocks-text.js';
import { blocksText } from '../report/tables/blocks-text.js';
import { networkRunBlocks } from '../report/tables/network-run-table.js';
import { runResult } from '../results/run-answer.js';
import type { RunResult } from '../results/run-result.js';
import type { SimulatorKind } from '../sim/engines.js';
import type { NetworkProgress, NetworkResult, NetworkTask } from '../sim/network-run.js';
import { networkAgrees, runNetwork as runTask } from '../sim/network-run.js';
import { simTasks } from '../sim/sim-tasks.js';
import { solveOn } from '../tuner/on-workers.js';
import { tunerTasks } from '../tuner/tuner-tasks.js';
import type { Hearing, PreparedNetwork } from './prepare-network.js';
import { mappedRuns } from './prepare-network.js';
import type { CallOptions } from './session.js';
import { onRunner } from './session.js';

/** What `runNetwork` can be asked for beside the network. */
export interface RunNetworkOptions extends CallOptions, Hearing {
  /** `wasm` needs nothing installed; the others need their programs, and Node. */
  readonly engine?: SimulatorKind;
  readonly seed: number;
  /** Inputs that run on the same machine behind those of the question. */
  readonly more?: NetworkTask['more'] | undefined;
  /** Whether a timeline of the engines is wanted, in WebAssembly. */
  readonly trace?: boolean;
  /** Tensors whose words are wanted, beside the outputs. */
  readonly tensors?: readonly string[];
  readonly progress?: NetworkProgress;
}

/** Refused where a run has no mapping on the machine; words, cycles and counts that differ are figures of the answer. */
export async function runNetwork(
  prepared: PreparedNetwork,
  { engine = 'wasm', seed, tensors = [], more, trace, progress = () => {}, told, noted, ...call }: RunNetworkOptions,
): Promise<Parsed<NetworkResult>> {
  const { design, graph, words, lowered } = prepared;
  const mappings = await onRunner(tunerTasks, call, (runner) => mappedRuns(prepared, solveOn(runner), { told, noted }));
  if (!mappings.ok) return mappings;
  const task = {
    engine,
    design,
    graph,
    lowered,
    inputs: words.inputs,
    reference: words.run,
    mappings: mappings.value,
    seed,
    stalls: 0,
    latency: 0,
    ...(more && { more }),
    ...(trace && { trace }),
    tensors,
  };
  // Programs of others work beside this thread, which only waits for them.
  if (engine !== 'wasm') return parsed(await runTask(task, progress, call.signal));
  const one = { ...call, workers: Math.min(1, call.workers ?? 0) };
  return parsed(await onRunner(simTasks, one, ({ run }) => run('network', task, { progress })));
}

/** What `magnet run` prints of it: the table, what the machine takes at rest, and where words come from. */
export const ranText = (prepared: PreparedNetwork, result: NetworkResult): string =>
  blocksText(ranBlocks(prepared, result));

/** The same as a table and lines, which `blocksHtml` prints. */
export const ranBlocks = ({ graph, design, words }: PreparedNetwork, result: NetworkResult): readonly PlainBlock[] => {
  const cycles = result.runs.reduce((n, { cycles: { rtl }, configuration }) => n + rtl + configuration.cycles.rtl, 0);
  const idle = idleText(design.technology, design.machine.template, cycles);
  return networkRunBlocks(graph, result, [...idle, ...words.sources]);
};

export interface RanAsked {
  readonly engine: SimulatorKind;
  readonly seed: number;
  /** Written, by tensor. */
  readonly files?: ReadonlyMap<string, string>;
  readonly samples?: RunResult['samples'];
}

/** What `magnet run --json` writes of it. */
export const ranResult = (
  { graph, design, words: { sources, scales, integers } }: PreparedNetwork,
  result: NetworkResult,
  { engine, seed, files = new Map(), samples }: RanAsked,
): RunResult =>
  runResult(
    {
      graph,
      design: design.name,
      engine,
      seed,
      sources,
      scales,
      unsigned: integers.unsigned,
      files,
      agrees: networkAgrees(result),
      samples,
    },
    result,
  );
