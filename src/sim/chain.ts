// A network end to end: its layers one after the other on one machine and in one DRAM, each on what
// the one before has left there.

import { nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { faultsOf, invariant, parsed, refused } from '../base/diagnostics.js';
import { seeded } from '../base/random.js';
import type { Design, DesignLayer, MappedLayer } from '../model/space/design.js';
import { hasResidual } from '../model/workload/layer.js';
import { whole } from '../model/workload/layer-parts.js';
import { accelerator } from '../rtl/accelerator.js';
import type { Bus } from '../model/machine/template-names.js';
import { layerPrograms } from '../rtl/program/runs.js';
import { storeWeights } from '../rtl/program/image.js';
import { placeChain } from './chain-places.js';
import { operands } from './drawn-data.js';
import type { Link } from './follow.js';
import { follow, linkBetween, reorderWeights } from './follow.js';
import type { Job } from './layer-job.js';
import { compareOutputs } from './layer-job.js';
import type { Simulator } from './netlist/simulator.js';
import type { SimulationState } from './engines.js';
import { beyondSimulation, buildTime } from './engines.js';
import { runWasm } from './run-wasm.js';
import type { SimulateResult } from './simulate.js';
import { machineSimulator, patience, resultOf } from './simulate.js';
import type { Tensor } from './tensor.js';
import { eachInImage, eachInput } from './tensor.js';

export interface ChainTask {
  readonly design: Design;
  readonly seed: number;
  /** Probability of a stall of each DRAM channel in a cycle; cycles are only comparable without. */
  readonly stalls: number;
  /** Cycles by which DRAM may answer late. */
  readonly latency?: number;
  /** How the machine is connected: on channels of its own. */
  readonly bus?: Bus;
  /** Of the first layer; random if not given. */
  readonly inputs?: Tensor;
}

export interface ChainLayerResult extends SimulateResult {
  /** The host had to copy this layer's input into place: padding of the mapping before lay in between. */
  readonly repacked: boolean;
}

export interface ChainResult {
  readonly layers: readonly ChainLayerResult[];
  readonly totals: {
    readonly cycles: { readonly model: number; readonly rtl: number };
    /** pJ */
    readonly energy: { readonly model: number; readonly rtl: number };
    readonly counters: { readonly equal: number; readonly all: number };
    readonly outputs: { readonly words: number; readonly mismatches: number };
    readonly repacked: number;
    readonly buildSeconds: number;
    readonly seconds: number;
    readonly cyclesPerSecond: number;
  };
}

export interface Chain {
  readonly layers: readonly MappedLayer[];
  /** One less than layers. */
  readonly links: readonly Link[];
}

/**
 * The layers in a row, a shape that occurs several times that often; refused where one does not follow the one before.
 */
export function chainOf(design: Design): Parsed<Chain> {
  const rows: readonly DesignLayer[] = design.layers.flatMap((l) => Array.from({ length: l.count }, () => l));
  const layers = rows.filter((l): l is MappedLayer => l.mapping !== null);
  const faults: Diagnostic[] = design.layers
    .filter((l) => l.mapping === null)
    .map(({ layer }) => ({
      code: 'missing',
      path: [layer.name],
      message: `layer ${layer.name} has no mapping; a chain needs one for every layer`,
    }));
  faults.push(
    ...layers
      .filter(({ layer }) => hasResidual(layer))
      .map(({ layer }) => ({
        code: 'no-chain',
        path: [layer.name],
        message:
          `${layer.name} has a residual, which no layer of a row brings in: only layers without one can run in a ` +
          `chain. Simulate it alone with --layer ${layer.name}`,
      })),
  );
  if (faults.length > 0) return refused(faults);
  const links = layers.slice(1).map((to, i) => linkBetween(nth(layers, i).layer, to.layer));
  const broken = faultsOf(...links);
  return broken.length > 0 ? refused(broken) : parsed({ layers, links: links.flatMap((l) => (l.ok ? [l.value] : [])) });
}

/** Cycles so far of a layer, by its place in the chain. */
export type ChainProgress = (layer: number, state: SimulationState) => void;

/**
 * Throws with a sentence where the layers are no chain or the machine fails; wrong
 * results are not failures but figures.
 */
export async function simulateChain(task: ChainTask, progress: ChainProgress): Promise<ChainResult> {
  const { machine } = task.design;
  invariant(machine.kind === 'template', 'only machines made from the template have hardware');
  const refusal = beyondSimulation(machine.template);
  if (refusal !== undefined) throw new Error(refusal);
  progress(0, { doing: 'building', engine: 'wasm', about: buildTime('wasm', machine.template) });
  const begin = performance.now();
  const simulator = await machineSimulator(machine.template, task.bus);
  const buildSeconds = (performance.now() - begin) / 1000;
  const { layers, totals } = runChain(task, simulator, progress);
  return { layers: layers.map((l, i) => (i === 0 ? { ...l, buildSeconds } : l)), totals: { ...totals, buildSeconds } };
}

/** On a machine that is at hand. */
export function runChain(task: ChainTask, simulator: Simulator, progress: ChainProgress): ChainResult {
  const { design, seed, stalls, latency = 0 } = task;
  const { machine } = design;
  invariant(machine.kind === 'template', 'only machines made from the template have hardware');
  const chain = chainOf(design);
  if (!chain.ok) throw new Error(chain.diagnostics.map((d) => d.message).join('; '));
  const { layers, links } = chain.value;
  const t = machine.template;
  const a = accelerator(t, task.bus);
  const chance = seeded(seed);
  const places = placeChain(layers, links, () => chance.below(64), a.hardware);
  const weights = new Int32Array(places.weights);
  let activations: Int32Array = new Int32Array(places.activations);
  /** What the machine has left of the layer before, and what it should have. */
  let before: { readonly found: Tensor; readonly golden: Tensor } | undefined;
  const results: ChainLayerResult[] = [];
  for (const [i, { layer, mapping, cycles: expected }] of layers.entries()) {
    const [placement, link, repacked] = [nth(places.layers, i), links[i - 1], nth(places.repacked, i)];
    const inputs = before && link ? follow(link, before.golden, layer) : task.inputs;
    const data = operands(layer, t, chance, { inputs, outputBits: layers[i + 1]?.layer.inputBits });
    // The first input comes from the host; a later one lies where the machine has written it, if it can be read there.
    const brought = before && link ? (repacked ? follow(link, before.found, layer) : undefined) : data.inputs;
    const { parts = whole } = mapping;
    const { block = 1 } = parts;
    if (brought)
      eachInput(
        layer,
        placement.input,
        parts,
        (element, address) => void (activations[address] = nth(brought.data, element)),
      );
    const stored =
      link?.kind === 'flat' && !repacked ? reorderWeights(data.weights, nth(layers, i - 1).layer) : data.weights;
    storeWeights(layer, placement.weights, parts, stored.data, weights);
    const outputs = new Int32Array(data.expected.data.length);
    eachInImage(data.expected.shape, placement.output, block, (element, address) => void (outputs[element] = address));
    const job: Job = {
      accelerator: a,
      layer,
      programs: layerPrograms(a, layer, mapping, data.natural ? { ...placement, natural: true } : placement, data.post),
      operands: data,
      activations,
      weights,
      outputs,
    };

    const begin = performance.now();
    const limit = patience(expected, stalls, latency);
    const run = runWasm(i === 0 ? simulator : warm(simulator), job, {
      stalls,
      latency,
      chance,
      limit,
      progress: (cycles) => progress(i, { doing: 'running', cycles, expected }),
    });
    const seconds = (performance.now() - begin) / 1000;
    if (run.refused) throw new Error(`${layer.name}: the machine refused the program: its capability word is another`);
    if (!run.counters) throw new Error(`${layer.name}: the machine was still busy after ${run.cycles} cycles`);
    const verdict = compareOutputs(job, run.activations);
    const finished = { engine: 'wasm', job, counters: run.counters, verdict, buildSeconds: 0, seconds } as const;
    results.push({ ...resultOf(design, mapping, finished), repacked });
    activations = run.activations;
    before = { found: verdict.tensor, golden: data.expected };
  }
  return { layers: results, totals: totalsOf(results) };
}

/**
 * A machine between two layers: no reset, so whatever the layer before has left in
 * registers and buffers is still there.
 */
const warm = (simulator: Simulator): Simulator => ({
  ...simulator,
  clear: () => {},
  set: (port, value) => simulator.set(port, port === 'rst' ? 0 : value),
});

function totalsOf(layers: readonly ChainLayerResult[]): ChainResult['totals'] {
  const add = (f: (l: ChainLayerResult) => number) => layers.reduce((n, l) => n + f(l), 0);
  const energy = (key: 'model' | 'rtl') => add((l) => l.energy.reduce((n, e) => n + e[key], 0));
  const [cycles, seconds] = [
    { model: add((l) => l.cycles.model), rtl: add((l) => l.cycles.rtl) },
    add((l) => l.seconds),
  ];
  return {
    cycles,
    energy: { model: energy('model'), rtl: energy('rtl') },
    counters: {
      equal: add((l) => l.counters.filter((c) => c.model === c.rtl).length),
      all: add((l) => l.counters.length),
    },
    outputs: { words: add((l) => l.outputs.words), mismatches: add((l) => l.outputs.mismatches) },
    repacked: add((l) => Number(l.repacked)),
    buildSeconds: 0,
    seconds,
    cyclesPerSecond: cycles.rtl / seconds,
  };
}
