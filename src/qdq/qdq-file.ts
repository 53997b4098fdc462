// A network in integers as QDQ ONNX: what the reference computes exactly, said with operators that round in between.

import { wordRange } from '../base/integers.js';
import { defined, got, nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { GraphStep, NetworkGraph } from '../model/workload/network-graph.js';
import { indexInputs, weightsOf } from '../model/workload/network-graph.js';
import type { GraphIntegers } from '../reference/integer-arithmetic.js';
import { dataTypes } from '../workloads/onnx/wire.js';
import { additionStep, multiplicationStep, scaleStep, upsamplingStep } from './element-steps.js';
import { FileBuilder } from './file-builder.js';
import { hostStep } from './host-steps.js';
import { layerStep } from './layer-steps.js';
import { placement } from './placements.js';
import { poolStep } from './pool-steps.js';
import { Values } from './qdq-values.js';

/** How integers are written as QDQ ONNX. */
export interface QdqOptions {
  /** Of words, 16 at most; they are int8 or uint8 up to 8 bits, int16 or uint16 above. */
  readonly bits?: number;
  /** What one word of a tensor stands for: with them inputs and outputs are real numbers, and words of a tensor are called
   * `tensor.words`; without them inputs and outputs are words. */
  readonly scales?: ReadonlyMap<string, number>;
  /** Bits of tensors that have others than `bits`. */
  readonly tensorBits?: ReadonlyMap<string, number>;
  /** Tensors whose words are outputs too. */
  readonly tensors?: readonly string[];
}

/**
 * A network in integers as the bytes of a QDQ ONNX file. Every tensor counts in its words between two quantisers, whose scale is
 * one; weights have the factor scale / 2^shift of their channel. Steps that `integers` do not know, a gather by an input of the
 * network, and all behind them are left out; what they would read are outputs. Refused where words have more than 16 bits, or
 * nothing is left.
 */
export function qdqFile(
  graph: NetworkGraph,
  integers: GraphIntegers,
  { bits = 8, scales, tensorBits, tensors = [] }: QdqOptions = {},
): Parsed<Uint8Array> {
  if (bits > 16) return refuse('no-words', [], `words of ${bits} bits; QDQ ONNX has words of 16 bits at most`);
  const file = new FileBuilder(bits, [
    ...graph.tensors.map((t) => t.name),
    ...graph.steps.flatMap((s) => weightsOf(s).map((w) => w.value)),
  ]);
  const ends = new Set([...graph.inputs, ...graph.outputs]);
  const v = new Values(file, graph, integers.unsigned ?? new Set(), (tensor) =>
    scales ? file.name(`${tensor}.words`) : tensor,
  );
  const indices = indexInputs(graph);
  for (const name of graph.inputs)
    if (!indices.has(name)) input(v, name, tensorBits?.get(name) ?? bits, scales?.get(name));
  const write = new Writer(v, graph, integers);
  for (const [i, step] of graph.steps.entries()) write.step(step, i);
  const left = graph.tensors.filter((t) => t.producer.kind !== 'input' && write.reach(t.name));
  if (left.length === 0) return refuse('not-run', [], `${graph.name}: no step is left that QDQ ONNX could have`);
  for (const { name } of left) {
    const [words, shape, scale] = [defined(v.words(name)), v.shape(name), scales?.get(name)];
    const isEnd = ends.has(name) || !write.isRead(name);
    const raw = write.raw.has(name);
    if (isEnd && scale !== undefined && !raw) {
      file.put('DequantizeLinear', [words, file.real(scale), file.zeroPoint(v.wordType(name))], name, {}, name);
      file.output(name, shape, dataTypes.float);
    } else if (isEnd || tensors.includes(name)) file.output(words, shape, raw ? dataTypes.int32 : v.wordType(name));
  }
  return parsed(file.file(graph.name));
}

function input(v: Values, name: string, bits: number, scale: number | undefined): void {
  const { file } = v;
  const type = v.wordType(name);
  if (scale === undefined) {
    file.input(name, v.shape(name), type);
    v.know(name, name);
    return;
  }
  file.input(name, v.shape(name), dataTypes.float);
  const whole = [file.real(1), file.zeroPoint(type)];
  const rounded = (real: string, by: readonly string[], called?: string) =>
    file.put('QuantizeLinear', [real, ...by], name, {}, called);
  const own = [file.real(scale), file.zeroPoint(type)];
  // Words that are narrower than the type of the file are kept within their limits, as words: readers of the file then know both.
  const [[low, high], [min, max]] = [wordRange(bits, v.unsigned.has(name)), v.range(name)];
  const isNarrow = low > min || high < max;
  const kept = () => {
    const first = file.put('DequantizeLinear', [rounded(name, own), ...whole], name);
    return rounded(file.put('Clip', [first, file.real(low), file.real(high)], name), whole, v.called(name));
  };
  const words = isNarrow ? kept() : rounded(name, own, v.called(name));
  v.know(name, words);
}

class Writer {
  readonly raw = new Set<string>();
  readonly #read = new Set<string>();
  readonly #producers: ReadonlyMap<string, NetworkGraph['tensors'][number]['producer']>;

  constructor(
    readonly v: Values,
    readonly graph: NetworkGraph,
    readonly integers: GraphIntegers,
  ) {
    this.#producers = new Map(graph.tensors.map((t) => [t.name, t.producer]));
  }

  isRead = (tensor: string): boolean => this.#read.has(tensor);

  /** Whether the file has a tensor; placement is written when it is first asked for. */
  reach(name: string): boolean {
    if (this.v.has(name)) return true;
    const producer = got(this.#producers, name);
    if (producer.kind !== 'placement') return false;
    const p = nth(this.graph.placements, producer.placement);
    if (!p.inputs.every((x) => x.kind === 'tensor' && this.reach(x.name))) return false;
    for (const x of p.inputs) if (x.kind === 'tensor') this.#read.add(x.name);
    placement(this.v, p, name);
    return true;
  }

  step(step: GraphStep, i: number): void {
    const own = this.integers.steps.get(i);
    const moves = step.kind === 'upsampling' || (step.kind === 'pool' && step.mode === 'max');
    if (!own && !moves) return;
    if (!step.inputs.every((name) => this.reach(name))) return;
    if (step.kind === 'host' && !hostStep(this.v, step, i, defined(own), this.integers)) return;
    for (const name of step.inputs) this.#read.add(name);
    if (own?.raw !== undefined) for (const name of step.outputs) this.raw.add(name);
    const { v, integers } = this;
    switch (step.kind) {
      case 'layer':
        layerStep(v, step, i, defined(own), integers);
        return;
      case 'pool':
        poolStep(v, step, own);
        return;
      case 'addition':
        additionStep(v, step, i, defined(own), integers);
        return;
      case 'multiplication':
        multiplicationStep(v, step, i, defined(own), integers);
        return;
      case 'scale':
        scaleStep(v, step, defined(own));
        return;
      case 'upsampling':
        upsamplingStep(v, step);
        return;
      case 'host':
        return;
    }
  }
}
