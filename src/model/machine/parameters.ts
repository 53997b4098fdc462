// The parameters of the MAGNet template.

import type { Bits, Megahertz } from '../../base/units.js';

/**
 * MAGNet's parameters (ICCAD 2019), with the paper's names; `lowerTemplate` makes architectures of them. Sizes in bits, the clock
 * in MHz.
 */
export interface Template {
  readonly name: string;
  readonly source: string;
  /** Width of one dot product, over input channels. */
  readonly vectorSize: number;
  /** Vector MACs per PE, over output channels. */
  readonly numLanes: number;
  /** PE array: rows over P, C or G; columns over K or G. */
  readonly rows: number;
  readonly columns: number;
  /** Bits of weights, of inputs and finished outputs, and of partial sums. */
  readonly weightPrecision: number;
  readonly inputPrecision: number;
  readonly accumPrecision: number;
  /** Physical sizes per PE; weights and inputs ping-pong in halves. */
  readonly weightBuffer: Bits;
  readonly inputBuffer: Bits;
  readonly accumBuffer: Bits;
  /** Entries per lane (weights, sums) or per PE (inputs). */
  readonly weightCollector: number;
  readonly inputCollector: number;
  readonly accumCollector: number;
  /** Inputs and outputs; ping-pong in halves; weights go by. Each tensor takes whole banks of a half. */
  readonly globalBuffer: Bits;
  /** Even, at least 4: a half needs one bank for inputs and one for outputs. */
  readonly globalBanks: number;
  /** Lines of NumLanes biases, for the whole chip. */
  readonly biasLines: number;
  readonly clock: Megahertz;
  /** Bits that a channel to DRAM moves in a cycle; of one that is wider than a line, a line (`dramChannels`). */
  readonly weightChannel: number;
  readonly inputChannel: number;
  readonly outputChannel: number;
  /** GB/s of all channels together. */
  readonly dramBandwidth: number;
  /** Cycles from a request to the first beat of its answer; 1 is the next. */
  readonly dramLatency: number;
  /** Bits a cycle from the global buffer to the input buffers, and from post-processing into it (`globalPorts`). */
  readonly globalReadPort: number;
  readonly globalWritePort: number;
  /** 1 where tensors may stay in the global buffer from step to step, else 0 (docs/hardware.md). */
  readonly residency: number;
  /** Weights in a word of DRAM, of layers whose weights have so many times fewer bits (`packedPath`); 1: none lie packed. */
  readonly packedWeights: number;
  /** 1 where multipliers do two products of half the bits in a cycle for layers of such words (`halfWords`), else 0. */
  readonly splitMultipliers: number;
}

/** One of the numbers that make a template, by its name. */
export type Parameter = Exclude<keyof Template, 'name' | 'source'>;

/**
 * Why whole images cannot lie in the global buffer of such a machine; undefined where they can. A line is a power of two of the
 * narrower of what lanes write and vectors read.
 */
export function whyNothingStays(
  t: Pick<Template, 'vectorSize' | 'numLanes' | 'inputPrecision' | 'globalBuffer'>,
): string | undefined {
  const { vectorSize, numLanes, inputPrecision, globalBuffer } = t;
  const [narrow, wide] = [Math.min(vectorSize, numLanes), Math.max(vectorSize, numLanes)];
  if (!Number.isInteger(Math.log2(wide / narrow)))
    return `vectorSize ${vectorSize} and numLanes ${numLanes} must be equal, or one the other times a power of two`;
  const parts = globalBuffer / (inputPrecision * narrow);
  return parts > mostParts ? `globalBuffer has ${parts} parts of lines; it may have ${mostParts}` : undefined;
}

/** With a column, a row and a channel beside it, a place is a number that is exact. */
const mostParts = 2 ** 19;

/** Of an operand or a sum, in bits. */
export const maxPrecision = 64;
/** More multipliers than any chip, few enough that all counts stay exact. */
export const maxMultipliers = 2 ** 24;

/**
 * Bits that a buffer has some multiple of: a line in each ping-pong half of weights and inputs, a line of sums, a line
 * in each bank of the global buffer, wide enough for a vector of inputs and for the outputs of all lanes.
 */
export const wholeLines = (t: Readonly<Record<Parameter, number>>) => ({
  weightBuffer: 2 * t.weightPrecision * t.vectorSize * t.numLanes,
  inputBuffer: 2 * t.inputPrecision * t.vectorSize,
  accumBuffer: t.accumPrecision * t.numLanes,
  globalBuffer: t.inputPrecision * Math.max(t.vectorSize, t.numLanes) * t.globalBanks,
});
