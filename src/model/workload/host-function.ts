// What the host computes where no run of the machine does: operators of ONNX, their attributes settled.

/** Of every number by itself; `alpha` and `beta` are what ONNX calls so. */
export const elementFunctions = [
  'abs',
  'ceil',
  'celu',
  'cos',
  'elu',
  'erf',
  'exp',
  'floor',
  'gelu',
  'gelu-tanh',
  'leaky-relu',
  'log',
  'mish',
  'negate',
  'not',
  'reciprocal',
  'round',
  'selu',
  'sigmoid',
  'sign',
  'sin',
  'softplus',
  'softsign',
  'sqrt',
  'swish',
  'tanh',
  'truncate',
  'truth',
] as const;
export type ElementFunction = (typeof elementFunctions)[number];

/** Of several operands, stretched to one shape from the right; one after the other where there are more than two. */
export const joinFunctions = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'power',
  'max',
  'min',
  'slope',
  // What they say is 1 or 0; what is not 0 is true.
  'equal',
  'greater',
  'greater-or-equal',
  'less',
  'less-or-equal',
  'and',
  'or',
  'xor',
] as const;
export type JoinFunction = (typeof joinFunctions)[number];

export const reductions = [
  'sum',
  'mean',
  'max',
  'min',
  'product',
  'l1',
  'l2',
  'sum-of-squares',
  'log-sum',
  'log-sum-exp',
] as const;
export type Reduction = (typeof reductions)[number];

export type HostFunction =
  | {
      readonly kind: 'element';
      readonly function: ElementFunction;
      readonly alpha: number;
      readonly beta: number;
    }
  | { readonly kind: 'join'; readonly function: JoinFunction }
  /** Over the axes from `first` to `last`, both included. */
  | { readonly kind: 'softmax'; readonly first: number; readonly last: number; readonly log: boolean }
  /**
   * Every so many numbers in a row by their mean (not where `centred` is false) and their variance; the second operand
   * multiplies, the third is added: of each the number floor(place / inner), counted round.
   */
  | {
      readonly kind: 'normalise';
      readonly each: number;
      readonly inner: number;
      readonly epsilon: number;
      readonly centred: boolean;
    }
  /** Across neighbouring channels (axis 1), as ONNX's LRN. */
  | {
      readonly kind: 'neighbours';
      readonly size: number;
      readonly alpha: number;
      readonly beta: number;
      readonly bias: number;
    }
  | { readonly kind: 'reduce'; readonly by: Reduction; readonly axes: readonly number[] }
  /** Sums of all up to a place, with it or without, from the front or from behind. */
  | { readonly kind: 'cumulate'; readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean }
  /** The place of the largest or smallest along an axis; of equal ones the first or the last. */
  | { readonly kind: 'place'; readonly of: 'max' | 'min'; readonly axis: number; readonly last: boolean }
  /** Of each place the second operand where the first is not 0, the third where it is, stretched to one shape. */
  | { readonly kind: 'choose' }
  /** The first operand in another shape, and its axes in this order. */
  | { readonly kind: 'shuffle'; readonly shape: readonly number[]; readonly order: readonly number[] }
  /** Slices of the first operand along the axis, which the second names; from the end where it is negative. */
  | { readonly kind: 'gather'; readonly axis: number }
  /** Zeros around, the last value again, or a mirror. */
  | { readonly kind: 'pad'; readonly mode: 'zero' | 'edge' | 'reflect'; readonly before: readonly number[] };

/** Whether its results are whole numbers, of which a word is one each. */
export const isPlace = ({ kind }: HostFunction): boolean => kind === 'place';

/** Whether its results are words of the first operand and zeros: nothing is rounded. */
export const movesWords = ({ kind }: HostFunction): boolean =>
  kind === 'shuffle' || kind === 'gather' || kind === 'pad';
