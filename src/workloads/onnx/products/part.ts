// What an operator multiplies: dense pieces that are layers, and what can only be counted.

import type { Bounds } from '../../../model/workload/layer.js';
import type { Operation } from '../operation.js';
import type { Fault, Known, Value } from '../value.js';

/** One dense convolution or product, and how often the operator does it. */
export interface Part {
  readonly bounds: Partial<Readonly<Record<keyof Bounds, Known>>>;
  /** Along P, along Q. */
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly count?: Known;
  /** Whether biases are added to its sums, where the operator itself says so. */
  readonly bias?: boolean;
  /** Behind the node's name, where an operator has several. */
  readonly suffix?: string;
}

/** Products that no layer has: how many, `null` where nobody knows, and why they are not mapped. */
export interface Counted {
  readonly macs: Known | null;
  /** Nothing is said where the operator is not known at all. */
  readonly why: string;
}

export interface Pieces {
  readonly parts: readonly Part[];
  readonly counted?: Counted;
}

/** `outputs` as the shape rules say them. */
export type Products = (op: Operation, outputs: readonly Value[]) => Pieces | Fault;

/** A layer of which something is not known that its inputs do not tell. */
export const unknownPart: Pieces = { parts: [{ bounds: { K: undefined } }] };

export const times = (...sizes: readonly Known[]): Known =>
  sizes.reduce<Known>((n, d) => (n === undefined || d === undefined ? undefined : n * d), 1);

export const counted = (macs: Known | null, why: string): Pieces => ({ parts: [], counted: { macs, why } });
