// Multipliers that do two products of half the bits in a cycle, and add them: two narrow input channels lie in a word of every
// buffer. In DRAM each input has a word of its own: two lines make one of pairs. docs/hardware.md says the rule in words.

import type { HalfWords } from '../workload/split.js';
import { splitChannels } from '../workload/split.js';
import type { Template } from './parameters.js';

/** What machines are whose files say nothing of it: a multiplier does a product a cycle. */
export const plainMultipliers = { splitMultipliers: 0 } as const;

type Splitting = Pick<Template, 'splitMultipliers' | 'weightPrecision' | 'inputPrecision'>;

/** Of words of both operands at least: a half has a sign and a digit. */
const fewestBits = 4;

/** Whether a machine can be: words of both operands are cut into equal ones. */
export const isSplittable = ({ splitMultipliers, weightPrecision, inputPrecision }: Splitting): boolean =>
  splitMultipliers === 0 ||
  (splitMultipliers === 1 &&
    [weightPrecision, inputPrecision].every((bits) => bits >= fewestBits && bits % splitChannels === 0));

/** The words that the halves of multipliers take; undefined on machines whose multipliers are whole. */
export const halfWords = ({ splitMultipliers, weightPrecision, inputPrecision }: Splitting): HalfWords | undefined =>
  splitMultipliers === 1
    ? { weightBits: weightPrecision / splitChannels, inputBits: inputPrecision / splitChannels }
    : undefined;

/** Lines from DRAM that a line of pairs is made of, one for each word of a pair. */
export const linesOfPairs = splitChannels;

/** Bits of the first of them that wait for the second: the lower halves of all words; 0 on machines that have none. */
export const waitingBits = (t: Splitting & Pick<Template, 'vectorSize'>): number =>
  t.vectorSize * (halfWords(t)?.inputBits ?? 0);
