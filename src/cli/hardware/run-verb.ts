// `magnet run`: a whole network on the Verilog of a design's machine, step after step in one DRAM.

import { defined, got, nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse } from '../../base/diagnostics.js';
import { dtypeFor, printNpy, shapeText, unsignedDtypeFor } from '../../interchange/npy.js';
import type { PreparedNetwork } from '../../library/prepare-network.js';
import { ranResult, ranText, runNetwork } from '../../library/run-network.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { indexInputs } from '../../model/workload/network-graph.js';
import type { RunOptions } from '../../options/network-table.js';
import type { Numbers } from '../../reference/numbers.js';
import { durationText } from '../../report/tables/quantities.js';
import type { RunResult } from '../../results/run-result.js';
import { printRunResult } from '../../results/run-result.js';
import { stamped } from '../../results/stamp.js';
import type { NetworkResult, NetworkState } from '../../sim/network-run.js';
import { networkAgrees } from '../../sim/network-run.js';
import { traceEvents } from '../../sim/trace-events.js';
import { complain, writeFile, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import { engineHere } from './engine-programs.js';
import { buildingText } from './hardware-progress.js';
import { filesByName } from './named-files.js';
import { hearing, loadNetwork } from './network-input.js';
import { moreOf, runSamples, samplesFound, samplesText } from './run-samples.js';
import { writtenQdq } from './qdq-output.js';

export async function run(io: Io, network: string, options: RunOptions): Promise<ExitCode> {
  const live = makeLive(io, 1, 'networks', options.quiet ?? false);
  const told = (text: string) => live.working(0, text, false);
  if (options.trace !== undefined && options.engine !== 'wasm') {
    const message = `--trace looks into the machine, which --engine ${options.engine} does not show; leave out one of them`;
    return complain(io, [{ code: 'conflict', path: [], message }]);
  }
  const here = engineHere(io, options.engine);
  if (!here.ok) return complain(io, here.diagnostics);
  const data = await runSamples(io, network, options);
  if (!data.ok) {
    live.end();
    return complain(io, data.diagnostics);
  }
  const prepared = loadNetwork(io, network, { ...options, sample: data.value?.first }, told);
  const outputs = prepared.ok
    ? outputsAsked(network, prepared.value.graph, options)
    : parsed(new Map<string, string>());
  const qdq =
    prepared.ok && outputs.ok ? writtenQdq(io, { ...prepared.value, ...prepared.value.whole }, options) : parsed([]);
  if (!prepared.ok || !outputs.ok || !qdq.ok) {
    live.end();
    return complain(io, faultsOf(prepared, outputs, qdq));
  }
  const interruption = listen(io);
  const closing = new AbortController();
  const answer = async (): Promise<Parsed<NetworkResult>> => {
    const more = data.value ? moreOf(prepared.value, data.value) : parsed(undefined);
    if (!more.ok) return more;
    let begin: number | undefined;
    return runNetwork(prepared.value, {
      engine: options.engine,
      seed: options.seed,
      more: more.value,
      trace: options.trace !== undefined,
      tensors: [...outputs.value.keys(), ...(options.tensor === undefined ? [] : [options.tensor])],
      workers: options.workers ?? 1,
      signal: closing.signal,
      ...hearing(io, told),
      progress(state) {
        begin ??= io.now();
        live.working(0, stateText(state, (io.now() - begin) / 1000), state.doing === 'step');
      },
    });
  };
  const work = answer();
  work.catch(() => {});
  try {
    const result = await Promise.race([work, interruption.happening]);
    live.end();
    if (!result) {
      io.err('interrupted: a network is reported once all its steps have run\n');
      return exit.interrupted;
    }
    if (!result.ok) return complain(io, result.diagnostics);
    const samples = data.value && (await samplesFound(io, network, prepared.value, data.value, result.value));
    return report(io, prepared.value, result.value, options, outputs.value, qdq.value, samples);
  } finally {
    interruption.release();
    closing.abort();
    await work.catch(() => {});
  }
}

/** Files to write, by the names of tensors. */
function outputsAsked(
  network: string,
  graph: NetworkGraph,
  { tensor, output = [] }: RunOptions,
): Parsed<ReadonlyMap<string, string>> {
  const indices = indexInputs(graph);
  const all = graph.tensors.map((t) => t.name).filter((name) => !indices.has(name));
  if (tensor !== undefined && !all.includes(tensor))
    return refuse(
      'unknown-name',
      [],
      `${network} has no tensor ${tensor}; magnet networks ${network} lists what steps write`,
    );
  const plain = tensor === undefined ? graph.outputs : [tensor];
  return filesByName(output, { network, option: '--output', what: 'output', plain, all });
}

/** `elapsed` seconds since the simulation began. */
function stateText(state: NetworkState, elapsed: number): string {
  switch (state.doing) {
    case 'building':
      return buildingText(state);
    case 'running':
      return 'running';
    case 'step': {
      const share = state.cycles / Math.max(1, state.all);
      const left = share > 0.02 && share < 1 ? `, about ${durationText((elapsed / share) * (1 - share))} left` : '';
      return `run ${Math.min(state.of, state.done + 1)} of ${state.of}, ${Math.floor(100 * share)} %${left}`;
    }
  }
}

function report(
  io: Io,
  prepared: PreparedNetwork,
  result: NetworkResult,
  { engine, seed, json, rawSums, trace }: RunOptions,
  files: ReadonlyMap<string, string>,
  qdq: readonly string[],
  samples: RunResult['samples'],
): ExitCode {
  const {
    graph,
    design,
    words: { integers },
  } = prepared;
  const more = [...qdq, ...(samples ? samplesText(samples, nth(graph.outputs, 0)) : [])];
  const ends = [...result.tensors].flatMap(([name, x]) => largestWord(name, x) ?? []);
  if (json !== '-') io.out(`${[ranText(prepared, result), ...more, ...ends].join('\n')}\n`);
  const { inputPrecision, accumPrecision } = design.machine.template;
  const isSum = (name: string) => rawSums === true && graph.outputs.includes(name);
  for (const [name, path] of files) {
    const { shape, values } = got(result.tensors, name);
    const type = integers.unsigned?.has(name)
      ? unsignedDtypeFor(inputPrecision)
      : dtypeFor(isSum(name) ? accumPrecision : inputPrecision);
    const written = writeFile(io, path, printNpy({ shape, data: Int32Array.from(values) }, type));
    if (!written.ok) return complain(io, written.diagnostics);
  }
  if (trace !== undefined) {
    const { name, machine } = design;
    const text = traceEvents(defined(result.timeline), `${graph.name} on ${name}`, machine.template.clock);
    const written = writeText(io, trace, text);
    if (!written.ok) return complain(io, written.diagnostics);
  }
  if (json !== undefined) {
    const file = stamped(ranResult(prepared, result, { engine, seed, files, samples }), io.version);
    const written = writeText(io, json, printRunResult(file));
    if (!written.ok) return complain(io, written.diagnostics);
  }
  return networkAgrees(result) ? exit.done : exit.bug;
}

/** What a classifier decides for one sample. */
function largestWord(name: string, { shape, values }: Numbers): string | undefined {
  if (values.length < 2 || values.length !== shape.at(-1)) return undefined;
  const max = values.reduce((n, x) => Math.max(n, x), -Infinity);
  const others = values.filter((x) => x === max).length - 1;
  const more = others > 0 ? ` and ${others} more` : '';
  return `${name} ${shapeText(shape)}: the largest word is ${max}, at ${values.indexOf(max)}${more}`;
}
