// A lowered network with a mapping for every run: where all words lie, and the registers of each run.

import { defined, got, nth } from '../base/invariant.js';
import { magnetConventions } from '../model/cost/conventions.js';
import type { Evaluation } from '../model/cost/evaluate.js';
import { evaluate } from '../model/cost/evaluate.js';
import { levelNames } from '../model/machine/template-names.js';
import type { Layer } from '../model/workload/layer.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Design } from '../model/space/design.js';
import { arrangementFor } from '../model/space/design.js';
import { folded } from '../model/workload/folds.js';
import { partOf, runsOf, whole } from '../model/workload/layer-parts.js';
import type { Accelerator } from '../rtl/accelerator.js';
import type { Image, WeightImage } from '../rtl/program/image.js';
import { imageRows } from '../rtl/program/image.js';
import type { Hardware } from '../rtl/hardware.js';
import type { LayerProgram } from '../rtl/program/layer-program.js';
import { inputLayout, outputLayout } from '../rtl/program/memory-layout.js';
import { nestsOf, tileExtents } from '../rtl/program/nests.js';
import type { ResidentPlaces } from '../rtl/program/region.js';
import { regionFault } from '../rtl/program/region.js';
import type { Placement } from '../rtl/program/placement.js';
import { inputExtents, paddedExtents, poolOf, weightsAt } from '../rtl/program/placement.js';
import { layerPrograms } from '../rtl/program/runs.js';
import type { HostOperation, Lowered, MachineRun, Rearrangement, Walked } from './lowered.js';
import { walkedInBlocks } from './blocks.js';
import { withFoldedInputs } from './folded-inputs.js';
import { rowsLater, takeRoom } from './padding-room.js';
import { postOf } from './post-of.js';
import { tileBanks } from './run-places.js';
import { roomsFor } from './rooms.js';
import type { Storage } from './storage.js';
import { stridesOf } from './storage.js';

export interface PlacedRun {
  readonly kind: 'run';
  readonly run: MachineRun;
  readonly mapping: Mapping;
  readonly placement: Placement;
}

export interface NetworkProgram {
  readonly accelerator: Accelerator;
  readonly lowered: Lowered;
  readonly operations: readonly (PlacedRun | Rearrangement | HostOperation)[];
  /** The first word of each storage; storages that are not needed at the same time may share words. */
  readonly bases: ReadonlyMap<Storage, number>;
  /** Words of activations if every storage had a room of its own. */
  readonly unshared: number;
  /** Words of the memory of activations, and of that of weights. */
  readonly activations: number;
  readonly weights: number;
}

export const runsIn = ({ operations }: Lowered): readonly MachineRun[] =>
  operations.filter((o): o is MachineRun => o.kind === 'run');

/** Places, in the order of runs, of mappings whose padding would be written over what lies beside their results. */
export function withoutRoom(lowered: Lowered, mappings: readonly Mapping[]): readonly number[] {
  const later = rowsLater(lowered);
  const hasRoom = (run: MachineRun, mapping: Mapping) =>
    run.kept?.places.output !== undefined || takeRoom(run, mapping, later.get(run));
  return runsIn(lowered).flatMap((run, i) => (hasRoom(run, nth(mappings, i)) ? [] : [i]));
}

/** Every room begins at a multiple of so many words. */
const alignment = 64;
const aligned = (n: number): number => Math.ceil(n / alignment) * alignment;

/** `mappings` in the order of runs, all with room. */
export function networkProgram(a: Accelerator, plain: Lowered, mappings: readonly Mapping[]): NetworkProgram {
  const lowered = withFoldedInputs(plain, mappings);
  const { bases, end, unshared } = roomsFor(lowered, alignment);
  let weightEnd = 0;
  const images = new SharedWeights();
  const runs = runsIn(lowered).map((run, i): PlacedRun => {
    const mapping = nth(mappings, i);
    const weights = images.of(run, mapping, weightsAt(weightEnd, run.layer, mapping, a.hardware));
    weightEnd = Math.max(weightEnd, aligned(weights.base + weights.words));
    const placement = { ...placementOf(run, mapping, weights, bases), ...(run.natural && { natural: true }) };
    const resident = residentOf(a.hardware, run, mapping);
    return { kind: 'run', run, mapping, placement: resident ? { ...placement, resident } : placement };
  });
  const byRun = new Map(runs.map((placed) => [placed.run, placed]));
  const { vector, lanes } = a.hardware;
  const beat = Math.max(vector, lanes);
  return {
    accelerator: a,
    lowered,
    operations: lowered.operations.map((o) => (o.kind === 'run' ? got(byRun, o) : o)),
    bases,
    unshared,
    activations: aligned(runs.reduce((n, r) => Math.max(n, lastWord(r)), end) + beat),
    weights: weightEnd + beat,
  };
}

/** Bands of rows of one step have the same weights: where they lie in the same order too, once. */
class SharedWeights {
  readonly #known = new Map<Float64Array, Map<string, WeightImage>>();

  /** The image that is there already, or the one that is made. */
  of({ weights, layer }: MachineRun, { parts }: Mapping, made: WeightImage): WeightImage {
    if (!(weights instanceof Float64Array) || weights.length === 0) return made;
    const { G, K, C, R, S } = layer.bounds;
    const known = this.#known.get(weights) ?? new Map<string, WeightImage>();
    this.#known.set(weights, known);
    const key = JSON.stringify([{ ...made, base: 0 }, parts, G, K, C, R, S, layer.weightBits, layer.diagonal]);
    const own = known.get(key) ?? made;
    known.set(key, own);
    return own;
  }
}

/** Banks of one half of the tiles of inputs and of outputs; none of what lies in the global buffer whole. */
export function tileSizes(
  h: Pick<Hardware, 'globalBankDepth'>,
  { layer, mapping }: { readonly layer: Layer; readonly mapping: Mapping },
  resident: { readonly input?: unknown; readonly output?: unknown },
): { readonly inputs: number; readonly outputs: number } {
  const nests = nestsOf(mapping);
  const { global } = tileExtents(nests);
  const banks = (lines: number) => Math.ceil(lines / h.globalBankDepth);
  const run = partOf(layer, mapping.parts ?? whole);
  return {
    inputs: resident.input ? 0 : banks(inputLayout(run, global, nests.vector).lines),
    outputs: resident.output ? 0 : banks(outputLayout(global, nests.lanes, poolOf(layer)).lines),
  };
}

/** Throws with a sentence where banks that are left lie too far apart for its tiles, or a border is out of reach. */
function residentOf(h: Hardware, { name, layer, kept }: MachineRun, mapping: Mapping): ResidentPlaces | undefined {
  if (!kept || !h.residency) return undefined;
  const { places } = kept;
  const { inputs, outputs } = tileSizes(h, { layer, mapping }, places);
  const tiles = tileBanks(kept, inputs, outputs);
  if (!tiles) throw new Error(`${name}: the banks that the schedule leaves lie too far apart for its tiles`);
  const { all } = tileExtents(nestsOf(mapping));
  const fault = regionFault(h.residency, partOf(layer, mapping.parts ?? whole), all, places);
  if (fault !== undefined) throw new Error(`${name}: ${fault}`);
  return { ...places, tiles };
}

function placementOf(
  { layer, input, output, residual }: MachineRun,
  mapping: Mapping,
  weights: WeightImage,
  bases: ReadonlyMap<Storage, number>,
): Placement {
  const all = paddedExtents(layer, mapping);
  const block = mapping.parts?.block ?? 1;
  const pool = poolOf(layer);
  const { stride, dilation } = folded(layer, mapping.parts?.fold);
  const [y, x] = [imageRows(all.Q, all.S, stride.Q, dilation.S), imageRows(all.P, all.R, stride.P, dilation.R)];
  const made = { n: all.N, g: all.G, c: all.K, y: all.Q / pool.Q, x: all.P / pool.P };
  const image = (walked: Walked, shape: Image['shape']) => imageOf(walkedInBlocks(walked, block), shape, bases);
  return {
    input: image(input, { n: all.N, g: all.G, c: inputExtents(layer, mapping).C, y, x }),
    weights,
    output: image(output, made),
    ...(residual && { residual: image(residual, made) }),
  };
}

function imageOf(walked: Walked, shape: Image['shape'], bases: ReadonlyMap<Storage, number>): Image {
  const { storage, at } = walked;
  const strides = stridesOf(storage);
  const stride = (letter: keyof Image['shape']) => {
    const factor = walked[letter];
    return factor ? factor.step * nth(strides, factor.axis) : 0;
  };
  const offset = at.reduce((n, position, i) => n + (position + nth(storage.axes, i).before) * nth(strides, i), 0);
  const found = { n: stride('n'), y: stride('y'), x: stride('x'), g: stride('g'), c: walked.c ? stride('c') : 1 };
  const words = (['n', 'y', 'x', 'g', 'c'] as const).reduce((n, l) => n + (shape[l] - 1) * found[l], 1);
  return { base: got(bases, storage) + offset, ...found, words, shape };
}

const lastWord = ({ placement: { input, output, residual } }: PlacedRun): number =>
  [input, output, ...(residual ? [residual] : [])].reduce((n, { base, words }) => Math.max(n, base + words), 0);

type OnMachine = Pick<Design, 'machine' | 'technology'>;

const evaluated = (design: OnMachine, { run, mapping }: PlacedRun): Evaluation =>
  evaluate(defined(arrangementFor(design, mapping)), run.layer, mapping, magnetConventions);

/** What the model says a run takes on the design's machine. */
export const cyclesOf = (design: OnMachine, placed: PlacedRun): number => evaluated(design, placed).cycles;

/** The same of each of its programs, with the lines of outputs that it stores. */
export function figuresOf(design: OnMachine, placed: PlacedRun): ProgramFigures {
  const { cycles, levels } = evaluated(design, placed);
  const programs = runsOf(placed.mapping.parts ?? whole);
  const lines = levels.find(({ name }) => name === levelNames.globalBuffer)?.dataspaces.Outputs?.accesses.update ?? 0;
  return { cycles: cycles / programs, lines: lines / programs };
}

/** What a program takes on the machine, by the model: cycles, and lines of outputs that it stores. */
export interface ProgramFigures {
  readonly cycles: number;
  readonly lines: number;
}

/** The registers of a run, in as many parts as it takes. */
export const programsOf = (
  { accelerator }: Pick<NetworkProgram, 'accelerator'>,
  placed: PlacedRun,
): readonly LayerProgram[] =>
  layerPrograms(
    accelerator,
    placed.run.layer,
    placed.mapping,
    placed.placement,
    postOf(placed.run, accelerator.hardware.inputBits),
  );
