// A whole network on the emitted Verilog: its runs one after the other in one DRAM, every tensor held against the reference.

import { defined, got, nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import { seeded } from '../base/random.js';
import type { Lowered, MachineRun, Operation } from '../compile/lowered.js';
import type { NetworkProgram, PlacedRun } from '../compile/network-program.js';
import type { ConfiguredProgram } from '../compile/configuration.js';
import { configurationOf } from '../compile/configuration.js';
import { cyclesOf, figuresOf, networkProgram, runsIn, withoutRoom } from '../compile/network-program.js';
import { activationsBefore, doHostWork, moveWeights, moveWords, tensorAt, weightsBefore } from '../compile/memory.js';
import { livesOf } from '../compile/rooms.js';
import { shapeOf } from '../compile/storage.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Design } from '../model/space/design.js';
import { arrangementFor } from '../model/space/design.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { GraphRun } from '../reference/run-graph.js';
import { accelerator } from '../rtl/accelerator.js';
import type { CountRow, EnergyRow } from './counts.js';
import { compareCounts } from './counts.js';
import type { SimulationState, SimulatorKind } from './engines.js';
import { beyondSimulation, buildTime } from './engines.js';
import type { HostJob } from './host.js';
import type { NetworkMachine } from './network-machine.js';
import { nativeMachine, wasmMachine } from './network-machine.js';
import { tracedNets } from './engine-trace.js';
import type { Timeline } from './trace-events.js';
import type { TracedMachine } from './traced-machine.js';
import { tracedMachine, untraced } from './traced-machine.js';
import { machineSimulator, patience } from './simulate.js';

export interface NetworkTask extends RunTask {
  readonly engine: SimulatorKind;
  /** Inputs that run on the same machine behind those of the task. */
  readonly more?: readonly Pick<RunTask, 'inputs' | 'reference'>[];
  /** Whether a timeline of the engines is wanted: of the first inputs, in WebAssembly. */
  readonly trace?: boolean;
}

/** Of inputs that ran behind the first: outputs of the network, and words that differ from the reference. */
export interface MoreResult {
  readonly outputs: ReadonlyMap<string, Numbers>;
  readonly words: number;
  readonly mismatches: number;
}

/** A network with all that its runs need, on whatever runs them. */
export interface RunTask {
  readonly design: Design;
  readonly graph: NetworkGraph;
  readonly lowered: Lowered;
  /** Words of the network's inputs. */
  readonly inputs: ReadonlyMap<string, Numbers>;
  /** What the reference makes of them. */
  readonly reference: GraphRun;
  /** Of every run of the machine, in order. */
  readonly mappings: readonly Mapping[];
  readonly seed: number;
  readonly stalls: number;
  readonly latency: number;
  /** Tensors whose words are wanted, beside the outputs. */
  readonly tensors: readonly string[];
}

export interface NetworkRunResult {
  readonly name: string;
  /** Of the graph. */
  readonly step: number;
  readonly cycles: { readonly model: number; readonly rtl: number };
  readonly counters: readonly CountRow[];
  /** pJ */
  readonly energy: readonly EnergyRow[];
  /** What was written for it: cycles for which the machine waited, and energy (pJ), both beside those above. */
  readonly configuration: {
    readonly writes: number;
    readonly cycles: { readonly model: number; readonly rtl: number };
    readonly energy: number;
  };
  /** Of the tensor that its step writes, behind the last of the step's runs; 0 behind the others. */
  readonly words: number;
  readonly mismatches: number;
  readonly firstMismatch?: string;
  readonly seconds: number;
}

/** Work of the host between runs. */
export interface HostResult {
  readonly name: string;
  /** Of the graph. */
  readonly step: number;
  readonly operator: string;
  /** Words of tensors in memory. */
  readonly read: number;
  /** Beside the reference, as those of runs. */
  readonly words: number;
  readonly mismatches: number;
  readonly firstMismatch?: string;
}

/** A network that ran: every run and step of the host beside model and reference; memories in words, times in seconds. */
export interface NetworkResult {
  readonly runs: readonly NetworkRunResult[];
  readonly hosts: readonly HostResult[];
  /** What the machine has left of outputs and of the tensors that were asked for. */
  readonly tensors: ReadonlyMap<string, Numbers>;
  readonly activations: number;
  /** If no two tensors shared a room. */
  readonly unshared: number;
  readonly weights: number;
  /** Where more inputs ran: in their order. */
  readonly more?: readonly MoreResult[];
  readonly timeline?: Timeline;
  readonly buildSeconds: number;
  readonly seconds: number;
}

/** How far a network that runs is; `cycles` of `all` by the model. */
export type NetworkState =
  | SimulationState
  | {
      readonly doing: 'step';
      readonly done: number;
      readonly of: number;
      readonly cycles: number;
      readonly all: number;
    };
export type NetworkProgress = (state: NetworkState) => void;

/** Throws with a sentence where the network cannot be run or the machine fails; wrong words are figures and no failures. */
export async function runNetwork(
  task: NetworkTask,
  progress: NetworkProgress,
  signal?: AbortSignal,
): Promise<NetworkResult> {
  const { machine } = task.design;
  invariant(machine.kind === 'template', 'only machines made from the template have hardware');
  const t = machine.template;
  const refusal = beyondSimulation(t);
  if (refusal !== undefined) throw new Error(refusal);
  const program = programFor(task);
  const { engine, stalls, latency, seed } = task;
  invariant(!task.trace || engine === 'wasm', 'only the engine in WebAssembly looks into the machine');
  const open = async (): Promise<TracedMachine> => {
    if (engine !== 'wasm') {
      const configured = configurationFor(task, program).flat();
      return untraced(await nativeMachine(engine, program, configured, { stalls, latency, seed, signal }));
    }
    if (!task.trace) return untraced(wasmMachine(await machineSimulator(t)));
    return tracedMachine(await machineSimulator(t, 'native', tracedNets));
  };
  progress({ doing: 'building', engine, about: buildTime(engine, t) });
  const begin = performance.now();
  const { machine: opened, timeline } = await open();
  const buildSeconds = (performance.now() - begin) / 1000;
  try {
    const first = await runOn(opened, task, program, progress);
    const traced = timeline(first.runs.map(({ name }) => name));
    const more: MoreResult[] = [];
    for (const { inputs, reference } of task.more ?? []) {
      const { tensors, runs, hosts } = await runOn(
        opened,
        { ...task, inputs, reference, tensors: [] },
        program,
        progress,
      );
      const all = [...runs, ...hosts];
      more.push({
        outputs: tensors,
        words: all.reduce((n, r) => n + r.words, 0),
        mismatches: all.reduce((n, r) => n + r.mismatches, 0),
      });
    }
    return { ...first, ...(task.more && { more }), ...(traced && { timeline: traced }), buildSeconds };
  } finally {
    await opened.close();
  }
}

const configurationFor = ({ design }: Pick<RunTask, 'design'>, program: NetworkProgram) =>
  configurationOf(program, design.technology, (placed) => figuresOf(design, placed));

export function programFor({
  design,
  graph,
  lowered,
  mappings,
}: Pick<RunTask, 'design' | 'graph' | 'lowered' | 'mappings'>): NetworkProgram {
  const { machine } = design;
  invariant(machine.kind === 'template', 'only machines made from the template have hardware');
  invariant(withoutRoom(lowered, mappings).length === 0, `a mapping of ${graph.name} writes over what lies beside`);
  return networkProgram(accelerator(machine.template), lowered, mappings);
}

/** On a machine that is at hand. */
export async function runOn(
  machine: NetworkMachine,
  task: RunTask,
  program: NetworkProgram,
  progress: NetworkProgress,
): Promise<Omit<NetworkResult, 'buildSeconds'>> {
  const begin = performance.now();
  const session = new Session(machine, task, program, progress);
  const wanted = [...new Set([...task.graph.outputs, ...task.tensors])];
  const lives = livesOf(program.lowered);
  const staying = new Set(runsIn(program.lowered).flatMap((r) => (r.kept?.places.output ? [r.output.storage] : [])));
  const lost = wanted.find((name) => staying.has(got(program.lowered.tensors, name).storage));
  if (lost !== undefined)
    throw new Error(`${lost} stays in the global buffer, so that nobody sees its words; leave it out of the schedule`);
  const last = (name: string) => got(lives, got(program.lowered.tensors, name).storage).to;
  const tensors = new Map<string, Numbers>();
  // A tensor is read when nothing needs it any more: its room may be another's then.
  const keep = (at: number) => {
    for (const name of wanted) if (last(name) === at) tensors.set(name, session.words(name));
  };
  keep(-1);
  for (const [i, operation] of program.operations.entries()) {
    await session.take(operation, program.operations[i + 1]);
    keep(i);
  }
  keep(program.operations.length);
  return {
    runs: session.results,
    hosts: session.hosts,
    tensors: new Map(wanted.map((name) => [name, got(tensors, name)])),
    activations: program.activations,
    unshared: program.unshared,
    weights: program.weights,
    seconds: (performance.now() - begin) / 1000,
  };
}

type Placed = PlacedRun | Exclude<Operation, MachineRun>;

class Session {
  readonly results: NetworkRunResult[] = [];
  readonly hosts: HostResult[] = [];
  #activations: Int32Array;
  readonly #weights: Int32Array;
  readonly #chance;
  readonly #expected: readonly number[];
  readonly #architectures: readonly Architecture[];
  readonly #configuration: readonly (readonly ConfiguredProgram[])[];
  /** Writes of the next run that went while the one before ran. */
  #written = 0;

  constructor(
    readonly machine: NetworkMachine,
    readonly task: RunTask,
    readonly program: NetworkProgram,
    readonly progress: NetworkProgress,
  ) {
    this.#chance = seeded(task.seed);
    this.#activations = activationsBefore(program, task.inputs);
    this.#weights = weightsBefore(program);
    const runs = program.operations.filter((o) => o.kind === 'run');
    this.#architectures = runs.map(({ mapping }) => defined(arrangementFor(task.design, mapping)));
    this.#expected = runs.map((placed) => cyclesOf(task.design, placed));
    this.#configuration = configurationFor(task, program);
  }

  words(name: string): Numbers {
    return tensorAt(this.program, name, this.#activations);
  }

  async take(operation: Placed, next: Placed | undefined): Promise<void> {
    switch (operation.kind) {
      case 'rearrangement':
        moveWords(this.program, operation, this.#activations);
        return;
      case 'host': {
        const { name, step, operator, inputs } = operation;
        doHostWork(this.program, operation, this.task.inputs, this.#activations);
        const read = inputs.reduce((n, { view }) => n + countOf(shapeOf(view)), 0);
        this.hosts.push({ name, step, operator, read, ...this.#compared(step) });
        return;
      }
      case 'run': {
        const result = await this.#run(operation);
        const isLast = !(next?.kind === 'run' && next.run.step === operation.run.step);
        // What stays in the global buffer is not in memory: who reads it is wrong where it is.
        const stays = operation.run.kept?.places.output !== undefined;
        this.results.push(isLast && !stays ? { ...result, ...this.#compared(operation.run.step) } : result);
      }
    }
  }

  async #run(placed: PlacedRun): Promise<NetworkRunResult> {
    const { run, mapping } = placed;
    const i = this.results.length;
    const expected = nth(this.#expected, i);
    const { stalls, latency } = this.task;
    const before = this.#expected.slice(0, i).reduce((n, c) => n + c, 0);
    const all = this.#expected.reduce((n, c) => n + c, 0);
    const report = (cycles: number) =>
      this.progress({ doing: 'step', done: i, of: this.#expected.length, cycles: before + cycles, all });
    report(0);
    moveWeights(this.program, placed, this.#activations, this.#weights);
    const programs = nth(this.#configuration, i);
    const job: HostJob = {
      accelerator: this.program.accelerator,
      programs,
      written: this.#written,
      next: this.#configuration[i + 1]?.[0],
      activations: this.#activations,
      weights: this.#weights,
    };
    const begin = performance.now();
    const found = await this.machine.run(job, {
      stalls,
      latency,
      chance: this.#chance,
      limit: patience(expected, stalls, latency),
      progress: report,
    });
    if (found.refused) throw new Error(`${run.name}: the machine refused the program: its capability word is another`);
    if (!found.counters) throw new Error(`${run.name}: the machine was still busy after ${found.cycles} cycles`);
    this.#activations = found.activations;
    this.#written = found.written;
    const { cycles, counts, energy } = compareCounts(
      nth(this.#architectures, i),
      run.layer,
      mapping,
      nth(programs, 0).nests,
      found.counters,
    );
    const seconds = (performance.now() - begin) / 1000;
    const sum = (of: (p: ConfiguredProgram) => number) => programs.reduce((n, p) => n + of(p), 0);
    const configuration = {
      writes: sum((p) => p.writes.length + 1),
      cycles: { model: sum((p) => p.waited), rtl: found.configuration },
      energy: sum((p) => p.energy),
    };
    const { name, step } = run;
    return { name, step, cycles, counters: counts, energy, configuration, words: 0, mismatches: 0, seconds };
  }

  /** The tensor of a step beside what the reference makes of it. */
  #compared(step: number): Pick<NetworkRunResult, 'words' | 'mismatches' | 'firstMismatch'> {
    const name = nth(nth(this.task.graph.steps, step).outputs, 0);
    const [found, wanted] = [this.words(name).values, got(this.task.reference.tensors, name).values];
    let mismatches = 0;
    let first: string | undefined;
    for (let i = 0; i < wanted.length; i++) {
      if (found[i] === wanted[i]) continue;
      mismatches++;
      first ??= `word ${i} of ${name} is ${found[i]}, expected ${wanted[i]}`;
    }
    return { words: wanted.length, mismatches, ...(first !== undefined && { firstMismatch: first }) };
  }
}

/** No word, cycle or count differs, those of configuration included. */
export const networkAgrees = ({ runs, hosts, more = [] }: Pick<NetworkResult, 'runs' | 'hosts' | 'more'>): boolean =>
  more.every((m) => m.mismatches === 0) &&
  hosts.every((h) => h.mismatches === 0) &&
  runs.every(
    (r) =>
      r.mismatches === 0 && [r.cycles, r.configuration.cycles, ...r.counters].every(({ model, rtl }) => model === rtl),
  );
