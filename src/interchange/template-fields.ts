// The parameters of the template in files: what each means, how its values are read and printed,
// and what they cannot be together.

import type { z } from 'zod';
import type { Diagnostic } from '../base/diagnostics.js';
import type { Parameter, Template } from '../model/machine/parameters.js';
import { maxMultipliers, maxPrecision, whyNothingStays, wholeLines } from '../model/machine/parameters.js';
import { channelNames, dramBitsPerCycle } from '../model/machine/dram-channels.js';
import type { UnsaidParameter } from '../model/machine/unsaid.js';
import { unsaid } from '../model/machine/unsaid.js';
import { isPackable, maxPacked } from '../model/machine/packed-weights.js';
import { isSplittable } from '../model/machine/split-multipliers.js';
import {
  channelWidth,
  clock,
  dramRate,
  printChannelWidth,
  printClock,
  printRate,
  printSize,
  size,
} from './quantity.js';
import { noted } from './json-schema.js';
import { nonNegative, positive, whole } from './schema.js';

/** What each parameter is, in the order in which a file lists them. */
export const meanings: Readonly<Record<Parameter, string>> = {
  vectorSize: 'width of one dot product, over input channels',
  numLanes: 'dot products per PE, over output channels',
  rows: 'PE rows, over P, C or G',
  columns: 'PE columns, over K or G',
  weightPrecision: 'bits of a weight',
  inputPrecision: 'bits of an input and of a finished output',
  accumPrecision: 'bits of a partial sum',
  weightBuffer: 'per PE, both ping-pong halves',
  inputBuffer: 'per PE, both ping-pong halves',
  accumBuffer: 'per PE',
  weightCollector: 'entries per lane',
  inputCollector: 'entries per PE',
  accumCollector: 'entries per lane',
  globalBuffer: 'inputs and outputs, both ping-pong halves',
  globalBanks: 'memory macros of the global buffer; half of them for each ping-pong half',
  biasLines: 'lines of numLanes biases, for the whole chip',
  clock: 'frequency',
  weightChannel: 'bits a cycle of weights from DRAM; a line has one vector',
  inputChannel: 'bits a cycle of inputs from DRAM, a line has one vector; of residuals too',
  outputChannel: 'bits a cycle of outputs to DRAM; a line has one word for each lane',
  dramBandwidth: 'of all channels together',
  dramLatency: 'cycles from a request to its answer',
  globalReadPort: 'bits a cycle of inputs from the global buffer to the PEs; a line has one vector',
  globalWritePort: 'bits a cycle of outputs into the global buffer; a line has one word for each lane',
  residency: '1: tensors may stay in the global buffer from step to step',
  packedWeights: 'weights in a word of DRAM of layers whose weights need only half the bits: 2, or 1 for none',
  splitMultipliers: '1: multipliers do two products of half the bits in a cycle where words need no more; 0: none',
};
/** All parameters of the template, in the order in which files list them. */
export const fileOrder = Object.keys(meanings) as Parameter[];

/** What is taken where neither the file nor what it is based on says it. */
export const assumed = { biasLines: 1024, ...unsaid } as const satisfies Partial<Record<Parameter, number>>;

const sizes: readonly Parameter[] = ['weightBuffer', 'inputBuffer', 'accumBuffer', 'globalBuffer'];

/** Bits that cross in a cycle. */
const widths: readonly Parameter[] = [
  ...(['weightChannel', 'inputChannel', 'outputChannel'] as const),
  ...(['globalReadPort', 'globalWritePort'] as const),
];

/** What is there or is not. */
const isSwitch = (p: Parameter): boolean => p === 'residency' || p === 'splitMultipliers';

/** Cycles: as many requests may be without an answer. */
const maxLatency = 4096;

/** Buffers have units of size, the clock of frequency, channels and ports are bits or GB/s, all else is a count. */
export function valueOf(p: Parameter): z.ZodType<number> {
  if (p === 'clock') return clock();
  if (p === 'dramBandwidth') return dramRate();
  if (widths.includes(p)) return channelWidth();
  if (isSwitch(p)) return whole(0);
  return sizes.includes(p) ? size() : whole(1);
}

/** The value of a parameter as files have it, with its unit. */
export function printValue(p: Parameter, value: number): string {
  if (p === 'clock') return printClock(value);
  if (p === 'dramBandwidth') return printRate(value);
  if (widths.includes(p)) return printChannelWidth(value);
  return sizes.includes(p) ? printSize(value) : String(value);
}

/** Lines of YAML below a key, each with its meaning as a comment. */
export function withMeanings(fields: readonly (readonly [field: string, meaning: string])[]): readonly string[] {
  const width = Math.max(...fields.map(([field]) => field.length));
  return fields.map(([field, meaning]) => `  ${field.padEnd(width)}  # ${meaning}`);
}

/** A field for each parameter, none of which must be there. */
export const fieldsOf = <T extends z.ZodType>(read: (p: Parameter) => T) =>
  Object.fromEntries(
    fileOrder.map((p) => [p, noted(read(p), () => ({ description: meanings[p] })).optional()]),
  ) as Record<Parameter, z.ZodOptional<T>>;

/** As results have it: above 0, but for what is or is not there. */
export const numberOf = (p: Parameter): z.ZodType<number> => (isSwitch(p) ? nonNegative() : positive());

/**
 * A field for each parameter, all of which must be there but those that files of older versions have not: `without` makes
 * what stands for these.
 */
export const filedOf = <T>(of: (p: Parameter) => z.ZodType<T>, without: (value: number) => T) =>
  Object.fromEntries(
    fileOrder.map((p) => [
      p,
      p in unsaid ? of(p).default(() => without(unsaid[p as UnsaidParameter]) as never) : of(p),
    ]),
  ) as Record<Parameter, z.ZodType<T>>;

/**
 * What single fields cannot show: sizes that give no whole lines, sums too narrow for a
 * product, a machine out of reach.
 */
export function contradictions(t: Template, at: Diagnostic['path']): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  const report = (field: Parameter, message: string) =>
    faults.push({ code: 'out-of-range', path: [...at, field], message });
  for (const field of ['weightPrecision', 'inputPrecision', 'accumPrecision'] as const) {
    if (t[field] > maxPrecision) report(field, `is ${t[field]} bits; give at most ${maxPrecision}`);
  }
  const product = t.weightPrecision + t.inputPrecision;
  if (t.accumPrecision < product)
    report(
      'accumPrecision',
      `is ${t.accumPrecision} bits, less than one product of a weight and an input has; give at least ${product}`,
    );
  const [bits, fewest] = [dramBitsPerCycle(t), channelNames.length];
  if (bits < fewest)
    report(
      'dramBandwidth',
      `is ${printRate(t.dramBandwidth)}, ${bits} bits in a cycle at ${printClock(t.clock)}; ` +
        `give at least ${printRate((fewest * t.clock) / 8000)}, a bit for each channel`,
    );
  if (t.dramLatency > maxLatency) report('dramLatency', `is ${t.dramLatency} cycles; give at most ${maxLatency}`);
  if (t.residency > 1)
    report('residency', `is ${t.residency}; give 1 where tensors may stay in the global buffer, else 0`);
  const unable = t.residency === 1 ? whyNothingStays(t) : undefined;
  if (unable !== undefined) report('residency', `is 1, and ${unable}; give 0, or other widths`);
  if (t.packedWeights > maxPacked)
    report('packedWeights', `is ${t.packedWeights}; give ${maxPacked}, or 1 where no weights are to lie packed`);
  else if (!isPackable(t))
    report(
      'packedWeights',
      `is ${t.packedWeights}, and weightPrecision ${t.weightPrecision}, which is no ${t.packedWeights} times a whole ` +
        'number of bits; give 1, or an even weightPrecision',
    );
  if (t.splitMultipliers > 1)
    report('splitMultipliers', `is ${t.splitMultipliers}; give 1 where multipliers do two narrow products, else 0`);
  else if (!isSplittable(t))
    report(
      'splitMultipliers',
      `is 1, and words have ${t.weightPrecision} and ${t.inputPrecision} bits, which are not both even and at least 4; ` +
        'give 0, or other weightPrecision and inputPrecision',
    );
  const multipliers = t.vectorSize * t.numLanes * t.rows * t.columns;
  if (multipliers > maxMultipliers)
    report(
      'vectorSize',
      `vectorSize x numLanes x rows x columns makes ${multipliers} multipliers; give at most ${maxMultipliers}`,
    );
  if (faults.length > 0) return faults;

  const units = wholeLines(t);
  const lines = (field: keyof typeof units, halves: 1 | 2, made: string) => {
    const [total, unit] = [t[field], units[field]];
    if (total % unit === 0) return;
    const each = halves === 2 ? ', and each ping-pong half holds whole lines' : '';
    const [below, above] = [Math.floor(total / unit) * unit, Math.ceil(total / unit) * unit];
    const fit = below === 0 ? `at least ${printSize(unit)}` : `${printSize(below)} or ${printSize(above)}`;
    report(field, `is ${printSize(total)}; a line is ${printSize(unit / halves)} (${made})${each}, so give ${fit}`);
  };
  lines('weightBuffer', 2, 'weightPrecision x vectorSize x numLanes');
  lines('inputBuffer', 2, 'inputPrecision x vectorSize');
  lines('accumBuffer', 1, 'accumPrecision x numLanes');
  if (t.globalBanks < 4 || t.globalBanks % 2 === 1) {
    report(
      'globalBanks',
      `is ${t.globalBanks}; each ping-pong half needs a bank for inputs and one for outputs, ` +
        'so give an even number of at least 4',
    );
  } else {
    lines('globalBuffer', 1, 'inputPrecision x the larger of vectorSize and numLanes, in each of globalBanks banks');
  }
  return faults;
}
