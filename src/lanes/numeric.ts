// The two kinds of numbers that lie in lanes: words of 16 bits, eight samples to a vector, and real numbers, two.

/** Bytes of an element of a tensor: the same number of as many samples as a vector has lanes. */
export const elementBytes = 16;

export interface Numeric {
  readonly kind: 'words' | 'reals';
  /** Samples side by side. */
  readonly lanes: number;
  /** Output channels that are summed up together. */
  readonly block: number;
  /** Taps of a window that are multiplied in one go: words in pairs. */
  readonly together: number;
  readonly weightBytes: number;
}

export const words: Numeric = { kind: 'words', lanes: 8, block: 4, together: 2, weightBytes: 2 };
export const reals: Numeric = { kind: 'reals', lanes: 2, block: 8, together: 1, weightBytes: 8 };

/** Words that a lane holds. */
export const wordLimit = 2 ** 15 - 1;

/**
 * What finishes a sum v beside a second operand r, six doubles in memory. Of words: clip(round_half_even(((v + first) second +
 * r third) fourth)); of real numbers: clip((v first + second) third + r fourth).
 */
export interface Finish {
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
  readonly low: number;
  readonly high: number;
}
export const finishBytes = 48;
