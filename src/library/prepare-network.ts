// A network made ready for the machine of a design: graph, words and reference; then all of its runs with their mappings.

import { wordRange } from '../base/integers.js';
import { nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { located, parsed, printDiagnostic, refuse, refused } from '../base/diagnostics.js';
import { withoutFolds } from '../compile/folded-inputs.js';
import { withWeights } from '../compile/kept-weights.js';
import { lowered } from '../compile/lower.js';
import type { Lowered } from '../compile/lowered.js';
import { runsIn } from '../compile/network-program.js';
import { scheduledOn } from '../compile/residents.js';
import { beyondMachine, beyondRegisters, residualLift } from '../compile/post-of.js';
import { shapesAlone } from '../compile/step-layers.js';
import type { ReadSchedule } from '../interchange/schedule-file.js';
import type { DesignSchedule } from '../model/space/design.js';
import type { Template } from '../model/machine/template.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { bandedByNames } from '../model/workload/named-chains.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { BandedGraph } from '../model/workload/row-bands.js';
import { unsignedTensors } from '../model/workload/unsigned-tensors.js';
import { bandedIntegers, bandedRun } from '../reference/banded-integers.js';
import { unknownSteps } from '../reference/run-graph.js';
import type { HardwareDesign } from '../sim/hardware-design.js';
import type { Solve } from '../tuner/map-network.js';
import { mappingsFor } from './network-mappings.js';
import { networkWords } from './network-words.js';
import type { OnnxNetwork } from './onnx-network.js';
import type { GivenArray, NetworkWords } from './words-asked.js';

/** What decides what runs. */
export interface NetworkQuestion {
  /** As the user calls it. */
  readonly network: string;
  /** Built in, or that of a file with what the file has of numbers; a list of layers has no graph. */
  readonly source: Partial<Omit<OnnxNetwork, 'network'>>;
  readonly design: HardwareDesign;
  /** The name of the design's file. */
  readonly file: string;
  /** Inputs of the network by name: all, or none, which are drawn then. */
  readonly inputs?: ReadonlyMap<string, GivenArray> | undefined;
  readonly drawn?: boolean | undefined;
  readonly seed: number;
  readonly rawSums?: boolean | undefined;
  readonly unsigned?: boolean | undefined;
  /** In place of what the design says of the network, with the name of its file. */
  readonly schedule?: (Partial<ReadSchedule> & { readonly path: string }) | undefined;
  /** Whether layers that read an input of the network may be folded; they may where it is not said. */
  readonly folds?: boolean | undefined;
  /** Whether both memories are files of words of one width. */
  readonly asProgram?: boolean | undefined;
}

/** Who hears how far the work is, and what is to be known beside its answer. */
export interface Hearing {
  readonly told: (text: string) => void;
  readonly noted: (text: string) => void;
}

/** What `compileNetwork` and `runNetwork` take: all that is known of a network before its runs have mappings. */
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

/** The graph of a network that has one: refused of a list of layers. */
export const graphIn = (network: string, { graph }: NetworkQuestion['source']): Parsed<NetworkGraph> =>
  graph?.() ??
  refuse(
    'no-graph',
    [],
    `${network} is a list of layers; give a built-in network or an ONNX file, which say what stands between layers`,
  );

/** Refused with a sentence for each fault, before anything runs on the machine. */
export function prepareNetwork(asked: NetworkQuestion, { told, noted }: Hearing): Parsed<PreparedNetwork> {
  const { network, design, schedule } = asked;
  const graph = graphIn(network, asked.source);
  if (!graph.ok) return graph;
  const { template } = design.machine;
  const { inputPrecision } = template;
  const own = schedule ? undefined : scheduleIn(asked, graph.value, noted);
  const { bands = [], keep = own?.keep ?? [], path = '' } = schedule ?? {};
  const cut = located(path, bandedByNames(graph.value, bands));
  if (!cut.ok) return cut;
  const faults = [
    ...wordFaults(template, asked.asProgram === true).map((message): Diagnostic => ({
      code: 'no-words',
      path: [asked.file],
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
  const words = wordsFor(asked, graph.value);
  if (!words.ok) return words;
  const banded = inBands(words.value, cut.value);
  const made = lowered(cut.value.graph, banded.integers, inputPrecision);
  if (!made.ok) return made;
  const unfit = beyondRegisters(template, made.value);
  if (unfit.length > 0) return refused(unfit);
  const kept = located(
    path,
    scheduledOn(asked.folds === false ? withoutFolds(made.value) : made.value, template, keep),
  );
  if (!kept.ok) return kept;
  const placed = located(path, withWeights(kept.value, template, graph.value, cut.value, bands));
  if (!placed.ok) return placed;
  const whole = { graph: graph.value, words: words.value };
  return parsed({ design, graph: cut.value.graph, words: banded, lowered: placed.value, layers: own?.runs, whole });
}

/** What the design says of the network itself; of one by its name that is another it says nothing. */
function scheduleIn(
  { design: { schedules = [], machine }, file }: NetworkQuestion,
  graph: NetworkGraph,
  noted: Hearing['noted'],
): DesignSchedule | undefined {
  const schedule = schedules.find(({ network }) => network === graph.name);
  if (!schedule) return undefined;
  const { template } = machine;
  const bits = template.inputPrecision;
  const made = lowered(graph, shapesAlone(graph, bits), bits);
  // What keeps it from running is told by who runs it.
  if (!made.ok) return undefined;
  const fits = scheduledOn(made.value, template, schedule.keep);
  if (fits.ok && runsIn(made.value).length === schedule.runs.length) return schedule;
  const why = fits.ok
    ? `${runsIn(made.value).length} runs in place of ${schedule.runs.length}`
    : printDiagnostic(nth(fits.diagnostics, 0));
  noted(`the schedule of ${graph.name} in ${file} is of another one (${why}); every tensor goes through DRAM`);
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
  { network, source, design, inputs = new Map(), seed, drawn, rawSums, unsigned }: NetworkQuestion,
  graph: NetworkGraph,
): Parsed<NetworkWords> {
  const { template } = design.machine;
  const weights = drawn === true || !source.weights ? parsed(undefined) : source.weights(graph);
  if (!weights.ok)
    return refused(weights.diagnostics.map((d) => ({ ...d, message: `${d.message}; --drawn draws all weights` })));
  const quantized = weights.value && source.quantized ? source.quantized(graph) : parsed(undefined);
  if (!quantized.ok) return quantized;
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
    given: inputs,
  });
}

/** A mapping for every run, in order; how many were sought is noted. */
export async function mappedRuns(
  { design, lowered: made, layers }: PreparedNetwork,
  solve: Solve,
  { told, noted }: Hearing,
): Promise<Parsed<readonly Mapping[]>> {
  let sought = 0;
  const found = await mappingsFor(
    design,
    made,
    solve,
    (name) => {
      sought++;
      told(`mapping ${name}`);
    },
    layers,
  );
  if (!found.ok) return found;
  const own = found.value.filter((m) => m.from === 'here').length;
  if (own > 0)
    noted(
      `${own} of ${found.value.length} runs have no mapping in the design that fits, and were mapped now (${sought} searches)`,
    );
  return parsed(found.value.map((m) => m.mapping));
}
