// One node with what is known of its inputs, and how its attributes are read.

import type { GraphNode } from './graph.js';
import type { Fault, Known, Shape, Value } from './value.js';

export interface Operation {
  readonly node: GraphNode;
  /** `undefined` where an optional input is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly opset: number;
  /** Set where the caller asked for another batch than the file was exported with. */
  readonly rebatch: { readonly from: number; readonly to: number } | undefined;
}

/** Shapes of the outputs in order; `undefined` where nothing can be said. */
export type Rule = (op: Operation) => readonly Value[] | Fault | undefined;

export function numberOf({ node }: Operation, name: string, otherwise: number): number {
  const a = node.attributes.get(name);
  return a?.kind === 'number' ? a.value : otherwise;
}
export function numbersOf({ node }: Operation, name: string): readonly number[] | undefined {
  const a = node.attributes.get(name);
  return a?.kind === 'numbers' ? a.values : undefined;
}
export function textOf({ node }: Operation, name: string, otherwise: string): string {
  const a = node.attributes.get(name);
  return a?.kind === 'text' ? a.value : otherwise;
}

export const shapeOf = (op: Operation, input: number): Shape | undefined => op.inputs[input]?.shape;
/** The numbers of an input, where they are followed. */
export const dataOf = (op: Operation, input: number): readonly Known[] | undefined => op.inputs[input]?.data;
/** The numbers of an input where every one is known. */
export function allOf(op: Operation, input: number): readonly number[] | undefined {
  const data = dataOf(op, input);
  return data?.every((x) => x !== undefined) ? data : undefined;
}
/** Newer operator versions moved many attributes into inputs: whichever is there. */
export const listOf = (op: Operation, attribute: string, input: number): readonly number[] | undefined =>
  numbersOf(op, attribute) ?? allOf(op, input);
/** Whether the optional input is given. */
export const has = (op: Operation, input: number): boolean => op.inputs[input] !== undefined;
