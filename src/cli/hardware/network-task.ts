// What `run` and `compile` do before anything runs: machine, graph, words and reference; then all runs with their mappings.

import { wordRange } from '../../base/integers.js';
import { nth } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, printDiagnostic, refuse, refused } from '../../base/diagnostics.js';
import { withoutFolds } from '../../compile/folded-inputs.js';
import { withWeights } from '../../compile/kept-weights.js';
import { lowered } from '../../compile/lower.js';
import type { Lowered } from '../../compile/lowered.js';
import { scheduledOn } from '../../compile/residents.js';
import { beyondMachine, beyondRegisters, residualLift } from '../../compile/post-of.js';
import { shapesAlone } from '../../compile/step-layers.js';
import { parseRealNpy } from '../../interchange/npy.js';
import type { ReadSchedule } from '../../interchange/schedule-file.js';
import { parseSchedule } from '../../interchange/schedule-file.js';
import { mappingsFor } from '../../library/network-mappings.js';
import { runsIn } from '../../compile/network-program.js';
import type { DesignSchedule } from '../../model/space/design.js';
import type { Template } from '../../model/machine/template.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { bandedByNames } from '../../model/workload/named-chains.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import type { BandedGraph } from '../../model/workload/row-bands.js';
import { unsignedTensors } from '../../model/workload/unsigned-tensors.js';
import { bandedIntegers, bandedRun } from '../../reference/banded-integers.js';
import { unknownSteps } from '../../reference/run-graph.js';
import type { HardwareDesign } from '../../sim/hardware-design.js';
import { solveOn } from '../../tuner/on-workers.js';
import { located, readBytes, readData } from '../files.js';
import type { Io } from '../io.js';
import type { Workload } from '../read-workload.js';
import { loadWorkload } from '../read-workload.js';
import { loadHardwareDesign } from './design-input.js';
import { filesByName } from './named-files.js';
import { networkWords } from './network-words.js';
import type { GivenArray, NetworkWords } from './words-asked.js';

/** What of their options decides what runs. */
export interface NetworkAsked {
  readonly design: string;
  readonly input?: readonly string[] | undefined;
  /** The only input of the network, in place of files. */
  readonly sample?: GivenArray | undefined;
  readonly drawn?: boolean | undefined;
  readonly seed: number;
  readonly rawSums?: boolean | undefined;
  readonly unsigned?: boolean | undefined;
  /** A file. */
  readonly schedule?: string | undefined;
  /** Whether layers that read an input of the network may be folded; they may where it is not said. */
  readonly folds?: boolean | undefined;
  readonly batch?: number | undefined;
  readonly dim?: Readonly<Record<string, number>> | undefined;
  readonly sameShape?: readonly string[] | undefined;
  /** Whether both memories are files of words of one width. */
  readonly asProgram?: boolean;
}

export interface PreparedNetwork {
  readonly design: HardwareDesign;
  /** With chains in bands of rows where the schedule has some. */
  readonly graph: NetworkGraph;
  readonly words: NetworkWords;
  readonly lowered: Lowered;
  /** Of each run the number of its layer in the design, where that has the schedule. */
  readonly layers: readonly number[] | undefined;
  /** As it was without bands. */
  readonly whole: { readonly graph: NetworkGraph; readonly words: NetworkWords };
}

/** Refused with a sentence for each fault, before anything runs; `told` hears what takes long. */
export function prepareNetwork(
  io: Io,
  network: string,
  asked: NetworkAsked,
  told: (text: string) => void,
): Parsed<PreparedNetwork> {
  const design = loadHardwareDesign(io, asked.design);
  const { batch, dim: dims, sameShape } = asked;
  const workload = loadWorkload(io, network, { batch, dims, sameShape, graphAlone: true });
  if (!design.ok || !workload.ok) return refused(faultsOf(design, workload));
  if (!workload.value.graph)
    return refuse(
      'no-graph',
      [],
      `${network} is a list of layers; give a built-in network or an ONNX file, which say what stands between layers`,
    );
  const graph = workload.value.graph();
  if (!graph.ok) return graph;
  const { template } = design.value.machine;
  const { inputPrecision } = template;
  const schedule = scheduleFrom(io, asked.schedule);
  if (!schedule.ok) return schedule;
  const own = asked.schedule === undefined ? scheduleIn(io, asked.design, design.value, graph.value) : undefined;
  const { bands = [], keep = own?.keep ?? [] } = schedule.value ?? {};
  const cut = located(asked.schedule ?? '', bandedByNames(graph.value, bands));
  if (!cut.ok) return cut;
  const faults = [
    ...wordFaults(template, asked.asProgram === true).map((message): Diagnostic => ({
      code: 'no-words',
      path: [asked.design],
      message,
    })),
    ...notKnown(network, graph.value),
    ...placesBeyond(graph.value, inputPrecision, asked.unsigned === true),
    ...(asked.rawSums ? [...sumFaults(template), ...sumsInBands(graph.value, cut.value)] : []),
  ];
  if (faults.length > 0) return refused(faults);
  // Whether there are runs for all steps does not depend on their words, which may take long.
  const shapes = lowered(cut.value.graph, shapesAlone(cut.value.graph, inputPrecision), inputPrecision);
  if (!shapes.ok) return shapes;
  const missing = beyondMachine(template, shapes.value);
  if (missing.length > 0) return refused(missing);
  told('the reference');
  const words = wordsFor(io, network, workload.value, graph.value, design.value, asked);
  if (!words.ok) return words;
  const banded = inBands(words.value, cut.value);
  const made = lowered(cut.value.graph, banded.integers, inputPrecision);
  if (!made.ok) return made;
  const unfit = beyondRegisters(template, made.value);
  if (unfit.length > 0) return refused(unfit);
  const kept = located(
    asked.schedule ?? '',
    scheduledOn(asked.folds === false ? withoutFolds(made.value) : made.value, template, keep),
  );
  if (!kept.ok) return kept;
  const placed = located(asked.schedule ?? '', withWeights(kept.value, template, graph.value, cut.value, bands));
  if (!placed.ok) return placed;
  const whole = { graph: graph.value, words: words.value };
  return parsed({
    design: design.value,
    graph: cut.value.graph,
    words: banded,
    lowered: placed.value,
    layers: own?.runs,
    whole,
  });
}

/** The tensors that a file says stay in the global buffer, and the chains that it has in bands of rows. */
function scheduleFrom(io: Io, path: string | undefined): Parsed<Partial<ReadSchedule> | undefined> {
  if (path === undefined) return parsed(undefined);
  const data = readData(io, path, 'a schedule');
  return data.ok ? located(path, parseSchedule(data.value)) : data;
}

/** What the design says of the network itself; of one by its name that is another it says nothing. */
function scheduleIn(
  io: Io,
  path: string,
  { schedules = [], machine: { template } }: HardwareDesign,
  graph: NetworkGraph,
): DesignSchedule | undefined {
  const schedule = schedules.find(({ network }) => network === graph.name);
  if (!schedule) return undefined;
  const bits = template.inputPrecision;
  const made = lowered(graph, shapesAlone(graph, bits), bits);
  // What keeps it from running is told by who runs it.
  if (!made.ok) return undefined;
  const fits = scheduledOn(made.value, template, schedule.keep);
  if (fits.ok && runsIn(made.value).length === schedule.runs.length) return schedule;
  const why = fits.ok
    ? `${runsIn(made.value).length} runs in place of ${schedule.runs.length}`
    : printDiagnostic(nth(fits.diagnostics, 0));
  io.err(`note: the schedule of ${graph.name} in ${path} is of another one (${why}); every tensor goes through DRAM\n`);
  return undefined;
}

const inBands = (words: NetworkWords, cut: BandedGraph): NetworkWords => ({
  ...words,
  integers: bandedIntegers(cut, words.integers),
  run: bandedRun(cut, words.run),
});

/** Pieces of sums lie each in a storage of its own, where parts would not be found together. */
function sumsInBands({ outputs }: NetworkGraph, { parts }: BandedGraph): readonly Diagnostic[] {
  const name = outputs.find((output) => [...parts.values()].some(({ whole }) => whole === output));
  return name === undefined
    ? []
    : [
        {
          code: 'no-sums',
          path: [],
          message: `--raw-sums leaves ${name} as sums, which the schedule makes in bands; leave one of them out`,
        },
      ];
}

/** What a file of words can hold. */
const maxSumBits = 32;

const sumFaults = ({ name, accumPrecision }: Template): readonly Diagnostic[] =>
  accumPrecision <= maxSumBits
    ? []
    : [
        {
          code: 'no-sums',
          path: [],
          message: `--raw-sums writes sums of up to ${maxSumBits} bits, and those of ${name} have ${accumPrecision}; leave it out`,
        },
      ];

function wordFaults({ inputPrecision, weightPrecision }: Template, asProgram: boolean): readonly string[] {
  if (asProgram && inputPrecision !== weightPrecision)
    return [
      `weights of ${weightPrecision} bits and activations of ${inputPrecision}; a program has words of one width (magnet run takes two)`,
    ];
  return Math.min(inputPrecision, weightPrecision) === 1
    ? ['words of 1 bit, a sign without a size; a network needs at least 2']
    : [];
}

/** What neither machine nor host does; every operator once. */
function notKnown(network: string, graph: NetworkGraph): readonly Diagnostic[] {
  const found = new Map<string, { readonly message: string; more: number }>();
  for (const { step: i, why } of unknownSteps(graph)) {
    const step = nth(graph.steps, i);
    const operator = step.kind === 'host' ? step.operator : nth(step.operators, 0).operator;
    const known = found.get(operator);
    if (known) known.more++;
    else found.set(operator, { message: `${network}: step ${step.name} (${operator}) cannot run: ${why}`, more: 0 });
  }
  return [...found.values()].map(({ message, more }) => ({
    code: 'not-run',
    path: [],
    message: `${message}${more > 0 ? `; nor can ${more} more of its kind` : ''}; cut it off, or export it in other operators`,
  }));
}

/** Places that the host finds are words as they are. */
function placesBeyond(graph: NetworkGraph, bits: number, someUnsigned: boolean): readonly Diagnostic[] {
  const { steps, tensors } = graph;
  const unsigned = someUnsigned ? unsignedTensors(graph, bits) : new Set();
  return steps.flatMap((step): Diagnostic[] => {
    const f = step.kind === 'host' ? step.work?.function : undefined;
    const count = f?.kind === 'place' ? (tensors.find((t) => t.name === step.inputs[0])?.shape?.[f.axis] ?? 0) : 0;
    const [, last] = wordRange(
      bits,
      step.outputs.some((name) => unsigned.has(name)),
    );
    const message =
      `step ${step.name} names one of ${count} places, but words of ${bits} bits name ${last + 1}; cut it off: ` +
      'run tells the place of the largest word of what it reads';
    return count - 1 > last ? [{ code: 'out-of-range', path: [], message }] : [];
  });
}

function wordsFor(
  io: Io,
  network: string,
  workload: Workload,
  graph: NetworkGraph,
  { machine: { template } }: HardwareDesign,
  { input, sample, seed, drawn, rawSums, unsigned }: NetworkAsked,
): Parsed<NetworkWords> {
  const weights = drawn === true || !workload.weights ? parsed(undefined) : workload.weights(graph);
  if (!weights.ok)
    return refused(weights.diagnostics.map((d) => ({ ...d, message: `${d.message}; --drawn draws all weights` })));
  const given = sample
    ? parsed(new Map([[nth(graph.inputs, 0), sample]]))
    : arraysGiven(io, network, graph, input ?? []);
  const quantized = weights.value && workload.quantized ? workload.quantized(graph) : parsed(undefined);
  if (!given.ok || !quantized.ok) return refused(faultsOf(given, quantized));
  return networkWords({
    network,
    graph,
    weights: weights.value,
    quantized: quantized.value,
    seed,
    bits: template.inputPrecision,
    weightBits: template.weightPrecision,
    sumBits: template.accumPrecision,
    raw: rawSums === true,
    unsigned: unsigned === true,
    lift: residualLift(template),
    given: given.value,
  });
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

/** A mapping for every run, in order; says how many were sought. */
export async function mappedRuns(
  io: Io,
  { design, lowered: made, layers }: PreparedNetwork,
  runner: Parameters<typeof solveOn>[0],
  told: (text: string) => void,
): Promise<Parsed<readonly Mapping[]>> {
  let sought = 0;
  const found = await mappingsFor(
    design,
    made,
    solveOn(runner),
    (name) => {
      sought++;
      told(`mapping ${name}`);
    },
    layers,
  );
  if (!found.ok) return found;
  const own = found.value.filter((m) => m.from === 'here').length;
  if (own > 0)
    io.err(
      `note: ${own} of ${found.value.length} runs have no mapping in the design that fits, and were mapped now ` +
        `(${sought} searches)\n`,
    );
  return parsed(found.value.map((m) => m.mapping));
}
