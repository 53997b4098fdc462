// What a channel of a layer errs on average over many samples, put right by its bias.
//
// Words of few bits err in one direction where weights do, since what comes out of a ReLU is never negative: a channel's sums are too
// large or too small on average (Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, ICCV 2019,
// section 4.2). Layers are corrected in the order of the network, each on the words that the corrected ones before it put out.

import { defined, got, nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import type { LayerStep, NetworkGraph } from '../model/workload/network-graph.js';
import { channelAxis } from '../model/workload/network-graph.js';
import type { GraphIntegers, StepIntegers } from '../reference/integer-arithmetic.js';
import { arithmeticOf } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import { linesOf, realArithmetic } from '../reference/real-arithmetic.js';
import type { Arithmetic } from '../reference/run-graph.js';
import { runGraph } from '../reference/run-graph.js';

/** Averages of what each channel of each layer comes to in real numbers, before a residual and limits; by the places of steps. */
export class RealMeans {
  readonly #sums = new Map<number, { readonly sums: Float64Array; count: number }>();

  constructor(private readonly weights: RealWeights) {}

  /** The arithmetic of real numbers, which is listened to. */
  get arithmetic(): Arithmetic {
    const plain = realArithmetic(this.weights);
    return {
      ...plain,
      layer: (step, i, sums, residual) => {
        const own = channelSums(step, sums);
        const known = this.#sums.get(i) ?? { sums: new Float64Array(own.sums.length), count: 0 };
        for (const [k, sum] of own.sums.entries()) known.sums[k] = nth(known.sums, k) + sum;
        known.count += own.count;
        this.#sums.set(i, known);
        return plain.layer(step, i, sums, residual);
      },
    };
  }

  of(step: LayerStep, i: number): readonly number[] | undefined {
    const known = this.#sums.get(i);
    if (!known) return undefined;
    const lines = linesOf(step.epilogue, known.sums.length, this.weights);
    return lines.map(({ scale, shift }, k) => (nth(known.sums, k) / known.count) * scale + shift);
  }
}

/** Of each channel, with how many numbers it has. */
export interface ChannelSums {
  readonly sums: Float64Array;
  readonly count: number;
}

export function channelSums(step: LayerStep, { shape, values }: Numbers): ChannelSums {
  const axis = channelAxis(step, shape.length);
  const channels = axis === null ? 1 : nth(shape, axis);
  const inner = axis === null ? values.length : countOf(shape.slice(axis + 1));
  const sums = new Float64Array(channels);
  for (let at = 0, k = 0; at < values.length; at += inner, k = k + 1 === channels ? 0 : k + 1) {
    let sum = 0;
    for (let j = at; j < at + inner; j++) sum += values[j] ?? 0;
    sums[k] = nth(sums, k) + sum;
  }
  return { sums, count: values.length / channels };
}

export interface Corrected {
  readonly integers: GraphIntegers;
  /** The largest change of a bias, in words of what the step puts out, by its place. */
  readonly changes: ReadonlyMap<number, number>;
}

/** Corrects one layer after the other, as the sums of its channels become known. */
export class Corrections implements Corrected {
  readonly integers: GraphIntegers;
  readonly changes = new Map<number, number>();
  readonly #steps: Map<number, StepIntegers>;

  /** `scales` is what a word of each tensor stands for. */
  constructor(
    integers: GraphIntegers,
    private readonly scales: ReadonlyMap<string, number>,
    private readonly means: RealMeans,
  ) {
    this.#steps = new Map(integers.steps);
    this.integers = { ...integers, steps: this.#steps };
  }

  /** Whether there is anything to put right. */
  isFor = (step: LayerStep, i: number): boolean =>
    got(this.#steps, i).raw === undefined && this.means.of(step, i) !== undefined;

  /** By the sums of words that came to it. */
  correct(step: LayerStep, i: number, sums: ChannelSums): void {
    const wanted = defined(this.means.of(step, i));
    const own = got(this.#steps, i);
    const negative = step.epilogue.residual?.negative === 'sums' ? -1 : 1;
    const unit = negative * got(this.scales, nth(step.outputs, 0));
    const { channels, change } = channelsFor(
      own,
      sums,
      wanted.map((x) => x / unit),
    );
    this.#steps.set(i, { ...own, channels });
    this.changes.set(i, change);
  }
}

/** `given` are the words of the samples that averages were taken of. */
export function biasCorrected(
  graph: NetworkGraph,
  corrections: Corrections,
  given: ReadonlyMap<string, Numbers>,
): Parsed<Corrected> {
  const plain = arithmeticOf(corrections.integers, graph);
  const run = runGraph(graph, given, {
    ...plain,
    layer(step, i, sums, residual) {
      if (corrections.isFor(step, i)) corrections.correct(step, i, channelSums(step, sums));
      return plain.layer(step, i, sums, residual);
    },
  });
  return run.ok ? parsed(corrections) : run;
}

/** Biases by which the sums come to what is wanted on average, in words. */
function channelsFor(
  { channels }: StepIntegers,
  { sums, count }: ChannelSums,
  wanted: readonly number[],
): { readonly channels: StepIntegers['channels']; readonly change: number } {
  let change = 0;
  // Of one channel for all it is the average of all.
  const meanOf = (of: ArrayLike<number>, k: number) =>
    channels.length === 1 ? Array.from(of).reduce((n, x) => n + x, 0) / of.length : nth(of, k);
  const made = channels.map((c, k) => {
    const factor = c.scale / 2 ** c.shift;
    if (factor === 0) return c;
    const bias = Math.round(meanOf(wanted, k) / factor - meanOf(sums, k) / count);
    change = Math.max(change, Math.abs((bias - c.bias) * factor));
    return { ...c, bias };
  });
  return { channels: made, change };
}
