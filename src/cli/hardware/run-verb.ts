// `magnet run`: a whole network on the Verilog of a design's machine, step after step in one DRAM.

import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { lowered } from '../../compile/lower.js';
import { beyondRegisters } from '../../compile/post-of.js';
import { dtypeFor, parseRealNpy, printNpy, shapeText } from '../../interchange/npy.js';
import { mappingsFor } from '../../library/network-mappings.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import type { RunOptions } from '../../options/network-table.js';
import { openRunner } from '../../pool/node/open-runner.js';
import type { Numbers } from '../../reference/numbers.js';
import { networkRunTable } from '../../report/tables/network-run-table.js';
import type { HardwareDesign } from '../../sim/hardware-design.js';
import type { NetworkResult, NetworkState, NetworkTask } from '../../sim/network-run.js';
import { networkAgrees } from '../../sim/network-run.js';
import { simTasks } from '../../sim/sim-tasks.js';
import { solveOn } from '../../tuner/on-workers.js';
import { tunerTasks } from '../../tuner/tuner-tasks.js';
import { complain, located, readBytes, writeFile } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import type { Workload } from '../read-workload.js';
import { loadWorkload } from '../read-workload.js';
import { loadHardwareDesign } from './design-input.js';
import type { NetworkWords } from './network-words.js';
import { networkWords } from './network-words.js';

type Prepared = Omit<NetworkTask, 'mappings'> & Pick<NetworkWords, 'sources'> & { readonly design: HardwareDesign };

export async function run(io: Io, network: string, options: RunOptions): Promise<ExitCode> {
  const prepared = prepare(io, network, options);
  if (!prepared.ok) return complain(io, prepared.diagnostics);
  const interruption = listen(io);
  const runner = openRunner(tunerTasks, options.workers ?? 1);
  const simulation = openRunner(simTasks, 1);
  const live = makeLive(io, 1, 'networks', options.quiet ?? false);
  try {
    const work = (async (): Promise<Parsed<NetworkResult>> => {
      const task = await mapped(io, prepared.value, runner, (text) => live.working(0, text, false));
      if (!task.ok) return task;
      const result = await simulation.run('network', task.value, {
        progress: (state) => live.working(0, stateText(state), state.doing === 'step'),
      });
      return parsed(result);
    })();
    work.catch(() => {});
    const result = await Promise.race([work, interruption.happening]);
    live.end();
    if (!result) {
      io.err('interrupted: a network is reported once all its steps have run\n');
      return exit.interrupted;
    }
    return result.ok ? report(io, prepared.value, result.value, options) : complain(io, result.diagnostics);
  } finally {
    interruption.release();
    await Promise.all([runner.close(), simulation.close()]);
  }
}

function stateText(state: NetworkState): string {
  switch (state.doing) {
    case 'building':
      return 'reading the Verilog (Yosys)';
    case 'reference':
      return 'the reference';
    case 'running':
      return 'running';
    case 'step':
      return `run ${state.done + 1} of ${state.of}, ${Math.floor((100 * state.cycles) / Math.max(1, state.all))} %`;
  }
}

function prepare(io: Io, network: string, options: RunOptions): Parsed<Prepared> {
  const design = loadHardwareDesign(io, options.design);
  const workload = loadWorkload(io, network, {});
  if (!design.ok || !workload.ok) return refused(faultsOf(design, workload));
  if (!workload.value.graph)
    return refuse(
      'no-graph',
      [],
      `${network} is a list of layers; give a built-in network or an ONNX file, which say what stands between layers`,
    );
  const graph = workload.value.graph();
  if (!graph.ok) return graph;
  const { inputPrecision, weightPrecision } = design.value.machine.template;
  if (inputPrecision !== weightPrecision)
    return refuse(
      'no-words',
      [],
      `${options.design}: weights of ${weightPrecision} bits and activations of ${inputPrecision}; run draws both of one width`,
    );
  const words = wordsFor(io, network, workload.value, graph.value, design.value, options);
  if (!words.ok) return words;
  const waiting = words.value.notRun.find(({ step }) => nth(graph.value.steps, step).kind !== 'host');
  if (waiting)
    return refuse(
      'not-run',
      [],
      `${network}: step ${nth(graph.value.steps, waiting.step).name} cannot run: ${waiting.why}`,
    );
  const known = new Set(graph.value.tensors.map((t) => t.name));
  if (options.tensor !== undefined && !known.has(options.tensor))
    return refuse(
      'unknown-name',
      [],
      `${network} has no tensor ${options.tensor}; magnet networks ${network} lists what steps write`,
    );
  return parsed({
    design: design.value,
    graph: graph.value,
    integers: words.value.integers,
    inputs: words.value.inputs,
    sources: words.value.sources,
    seed: options.seed,
    stalls: 0,
    latency: 0,
    tensors: options.tensor === undefined ? [] : [options.tensor],
  });
}

function wordsFor(
  io: Io,
  network: string,
  workload: Workload,
  graph: NetworkGraph,
  { machine: { template } }: HardwareDesign,
  { input, seed, drawn }: RunOptions,
): Parsed<NetworkWords> {
  const weights = drawn === true || !workload.weights ? parsed(undefined) : workload.weights(graph);
  if (!weights.ok)
    return refused(weights.diagnostics.map((d) => ({ ...d, message: `${d.message}; --drawn draws all weights` })));
  const bytes = input === undefined ? undefined : readBytes(io, input);
  if (bytes?.ok === false) return bytes;
  const array = bytes && located(input ?? '', parseRealNpy(bytes.value));
  if (array?.ok === false) return array;
  return networkWords({
    network,
    graph,
    weights: weights.value,
    seed,
    bits: template.inputPrecision,
    sumBits: template.accumPrecision,
    given: array && { ...array.value, path: input ?? '' },
  });
}

async function mapped(
  io: Io,
  task: Prepared,
  runner: Parameters<typeof solveOn>[0],
  told: (text: string) => void,
): Promise<Parsed<NetworkTask>> {
  const made = lowered(task.graph, task.integers, task.design.machine.template.inputPrecision);
  if (!made.ok) return made;
  const unfit = beyondRegisters(task.design.machine.template, made.value);
  if (unfit.length > 0) return refused(unfit);
  const sought: string[] = [];
  const found = await mappingsFor(task.design, made.value, solveOn(runner), (name) => {
    sought.push(name);
    told(`mapping ${name}`);
  });
  if (!found.ok) return found;
  const own = found.value.filter((m) => m.from === 'here').length;
  if (own > 0)
    io.err(
      `note: ${own} of ${found.value.length} runs have no mapping in the design that fits, and were mapped now ` +
        `(${sought.length} searches)\n`,
    );
  const { sources: _, ...rest } = task;
  return parsed({ ...rest, mappings: found.value.map((m) => m.mapping) });
}

function report(io: Io, { graph, design, sources }: Prepared, result: NetworkResult, options: RunOptions): ExitCode {
  const ends = [...result.tensors].flatMap(([name, x]) => largestWord(name, x) ?? []);
  io.out(`${[networkRunTable(graph, result), ...sources, ...ends].join('\n')}\n`);
  for (const step of graph.steps)
    if (step.kind === 'host') io.err(`note: ${step.name} (${step.operator}) is left to the host\n`);
  const name = options.tensor ?? [...result.tensors.keys()][0];
  const tensor = name === undefined ? undefined : result.tensors.get(name);
  if (options.output !== undefined && tensor) {
    const data = Int32Array.from(tensor.values);
    const bits = design.machine.template.inputPrecision;
    const written = writeFile(io, options.output, printNpy({ shape: tensor.shape, data }, dtypeFor(bits)));
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
