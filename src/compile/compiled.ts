// A network's program as files hold it: register writes as records, memories before the first run, and what the host moves.

import { got, nth } from '../base/invariant.js';
import type { HostFunction } from '../model/workload/host-function.js';
import { printShape } from '../model/workload/layer.js';
import type { RegisterWrite } from '../rtl/program/register-writes.js';
import { capability } from '../rtl/registers.js';
import type { ConfiguredProgram } from './configuration.js';
import type { HostComputation, MovedWeights, Rearrangement } from './lowered.js';
import { isMoved } from './lowered.js';
import { constantsBefore, weightsBefore } from './memory.js';
import type { NetworkProgram, PlacedRun } from './network-program.js';
import { runsIn } from './network-program.js';
import type { Life } from './rooms.js';
import { livesOf } from './rooms.js';
import type { View } from './storage.js';
import { addressed } from './storage.js';

/** Words of a memory in an order: loops outermost first, each so many words further at every turn. */
export interface WordsIn {
  readonly memory: 'activations' | 'weights';
  readonly base: number;
  readonly loops: readonly { readonly size: number; readonly stride: number }[];
}

/** Records of `records`, the last of which starts the machine; the first `ahead` may be written while the program before runs. */
export interface RecordSpan {
  readonly first: number;
  readonly count: number;
  readonly ahead: number;
}

export interface CompiledRun {
  readonly kind: 'run';
  readonly name: string;
  /** Of the graph. */
  readonly step: number;
  readonly layer: string;
  /** One after the other: a layer may take several. */
  readonly programs: readonly RecordSpan[];
  /** Of the model. */
  readonly cycles: number;
}

/** The k-th word of `from` becomes the k-th of `to`. */
export interface CompiledCopy {
  readonly kind: 'copy';
  readonly name: string;
  readonly why: string;
  readonly from: WordsIn;
  readonly to: WordsIn;
}

export interface CompiledHost {
  readonly kind: 'host';
  readonly name: string;
  readonly step: number;
  readonly operator: string;
  /** Names of tensors. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly work?: CompiledWork;
}

/** A function of the host: numbers times their scale go in; of what comes out, divided by its scale, the nearest number. */
export interface CompiledWork {
  readonly function: HostFunction;
  /** `first` is the place of its numbers among `host` of the network. */
  readonly operands: readonly (
    | { readonly kind: 'tensor'; readonly name: string; readonly scale: number }
    | { readonly kind: 'input'; readonly name: string }
    | { readonly kind: 'numbers'; readonly shape: readonly number[]; readonly first: number }
  )[];
  readonly scale: number;
  /** Both ends included. */
  readonly low: number;
  readonly high: number;
}

export interface CompiledTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** In the order of ONNX. */
  readonly words: WordsIn;
  /** Its words are there behind operation `from`, before all if -1, up to operation `to`: then its room may be another's. */
  readonly live: Life;
  /** A number of it is its word and 2^(bits - 1). */
  readonly unsigned?: true;
  /** Of a sum that lies in pieces, above the lowest, which is its word: the next bits, and so on. */
  readonly upper?: readonly WordsIn[];
}

export interface CompiledNetwork {
  readonly capability: number;
  /** Words of 32 bits of a record: the register, then its value, low word first. */
  readonly recordWords: number;
  readonly records: Uint32Array;
  readonly operations: readonly (CompiledRun | CompiledCopy | CompiledHost)[];
  readonly tensors: readonly CompiledTensor[];
  /** Numbers that the host computes with. */
  readonly host: Float32Array;
  /** Both memories: how many words each has, and those that are not zero before the first run, from word 0 on. */
  readonly activations: { readonly words: number; readonly before: Int32Array; readonly unshared: number };
  readonly weights: { readonly words: number; readonly before: Int32Array };
}

/** `cyclesOf` is the model's word on a run, `configuration` what is written for each. */
export function compiled(
  program: NetworkProgram,
  cyclesOf: (placed: PlacedRun) => number,
  configuration: readonly (readonly ConfiguredProgram[])[],
): CompiledNetwork {
  const { accelerator: a, lowered } = program;
  const recordWords = 1 + Math.ceil(a.hardware.configBits / 32);
  const writes: RegisterWrite[] = [];
  const span = ({ writes: own, start, ahead }: ConfiguredProgram): RecordSpan => {
    const first = writes.length;
    for (const write of own) writes.push(write);
    writes.push(start);
    return { first, count: writes.length - first, ahead };
  };
  let runs = 0;
  const host: number[] = [];
  const workOf = ({ function: f, operands, scales, range }: HostComputation): CompiledWork => ({
    function: f,
    operands: operands.map((x, i) => {
      switch (x.kind) {
        case 'tensor':
          return { kind: 'tensor', name: x.name, scale: nth(scales.operands, i) };
        case 'input':
          return { kind: 'input', name: x.name };
        case 'numbers': {
          const first = host.length;
          for (const v of x.numbers.values) host.push(v);
          return { kind: 'numbers', shape: x.numbers.shape, first };
        }
      }
    }),
    scale: scales.result,
    ...range,
  });
  // Moving weights is an operation of its own here.
  const places: number[] = [];
  let place = 0;
  const operations = program.operations.flatMap((o): readonly CompiledNetwork['operations'][number][] => {
    place += o.kind === 'run' && isMoved(o.run.weights) ? 2 : 1;
    places.push(place - 1);
    switch (o.kind) {
      case 'rearrangement':
        return [copyOf(program, o)];
      case 'host': {
        const [inputs, outputs] = [o.inputs, o.outputs].map((list) => list.map((x) => x.tensor));
        const { kind, name, step, operator, work } = o;
        const own = { kind, name, step, operator, inputs: inputs ?? [], outputs: outputs ?? [] };
        return [{ ...own, ...(work && { work: workOf(work) }) }];
      }
      case 'run': {
        const { name, step, layer, weights } = o.run;
        const programs = nth(configuration, runs++).map(span);
        const run = { kind: 'run', name, step, layer: printShape(layer), programs, cycles: cyclesOf(o) } as const;
        return isMoved(weights) ? [movedTo(program, o, weights), run] : [run];
      }
    }
  });
  const lives = livesOf(lowered);
  const staying = new Set(runsIn(lowered).flatMap((r) => (r.kept?.places.output ? [r.output.storage] : [])));
  const placeOf = (at: number) => (at < 0 ? at : (places[at] ?? operations.length));
  return {
    capability: capability(a.hardware, a.registers),
    recordWords,
    records: recordsOf(writes, recordWords),
    operations,
    // What stays in the global buffer is in neither memory.
    tensors: [...lowered.tensors]
      .filter(([, { storage }]) => !staying.has(storage))
      .map(([name, view]) => {
        const { from, to } = got(lives, view.storage);
        const live = { from: placeOf(from), to: placeOf(to) };
        const upper = lowered.upper.get(name)?.map((piece) => wordsOf(program, piece));
        const words = wordsOf(program, view);
        return {
          name,
          shape: sizes(view),
          words,
          live,
          ...(view.storage.unsigned && { unsigned: true }),
          ...(upper && { upper }),
        };
      }),
    host: Float32Array.from(host),
    activations: { words: program.activations, before: constantsBefore(program), unshared: program.unshared },
    weights: { words: program.weights, before: weightsBefore(program) },
  };
}

const sizes = ({ axes }: View): readonly number[] => axes.map((list) => list.reduce((n, f) => n * f.size, 1));

function wordsOf({ bases }: NetworkProgram, view: View): WordsIn {
  const { offset, axes } = addressed(view);
  const loops = axes.flat().filter(({ size }) => size > 1);
  return { memory: 'activations', base: got(bases, view.storage) + offset, loops };
}

const copyOf = (program: NetworkProgram, { name, why, from, to }: Rearrangement): CompiledCopy => ({
  kind: 'copy',
  name,
  why,
  from: wordsOf(program, from),
  to: wordsOf(program, to),
});

/** A tensor that a run takes as its weights: it has no kernel, and its groups are single. */
function movedTo(program: NetworkProgram, { run, placement }: PlacedRun, { from, shape }: MovedWeights): CompiledCopy {
  const { base, g, k, c } = placement.weights;
  const loops = shape.map((size, i) => ({ size, stride: nth([g, k, c], i) })).filter(({ size }) => size > 1);
  const to = { memory: 'weights', base, loops } as const;
  return { kind: 'copy', name: run.name, why: 'weights of a run', from: wordsOf(program, from), to };
}

function recordsOf(writes: readonly RegisterWrite[], recordWords: number): Uint32Array {
  const records = new Uint32Array(writes.length * recordWords);
  for (const [i, { address, value }] of writes.entries()) {
    records[i * recordWords] = address;
    let rest = BigInt.asUintN(32 * (recordWords - 1), BigInt(value));
    for (let word = 1; word < recordWords; word++, rest >>= 32n)
      records[i * recordWords + word] = Number(rest & 0xffff_ffffn);
  }
  return records;
}
