// Which tensors of a network may be held as unsigned words, 0 to 2^bits - 1: none of their numbers is negative, and all that
// reads them can.

import type { GraphStep, NetworkGraph, Operand } from './network-graph.js';
import { neverNegative } from './never-negative.js';
import { sharedWords } from './shared-words.js';

/** Bits of a number that the drain multiplies by a second operand, with its sign (docs/hardware.md, Arithmetic). */
const factorBits = 16;

/**
 * Of tensors with words in common all are unsigned or none is. Signed stay, beside what may be negative: operands of a
 * product by a tensor, since who reads an unsigned word adds the sum of what it is multiplied by, which of a tensor nobody
 * knows before; and operands of a multiplication in words as wide as its first factor is with its sign. `given` are inputs of the
 * network that are never negative.
 */
export function unsignedTensors(
  graph: NetworkGraph,
  bits: number,
  given: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const never = neverNegative(graph, given);
  const root = sharedWords(graph);
  const signed = new Set(graph.tensors.flatMap(({ name }) => (never.has(name) ? [] : [root(name)])));
  for (const step of graph.steps) for (const name of onlySigned(step, bits)) signed.add(root(name));
  return new Set(graph.tensors.flatMap(({ name }) => (signed.has(root(name)) ? [] : [name])));
}

function onlySigned(step: GraphStep, bits: number): readonly string[] {
  const named = (operands: readonly Operand[]) => operands.flatMap((x) => (x.kind === 'tensor' ? [x.name] : []));
  if (step.kind === 'multiplication') return bits >= factorBits ? named(step.operands) : [];
  if (step.kind !== 'layer') return [];
  const { run } = step;
  switch (run.kind) {
    case 'convolution':
      return run.weights.kind === 'tensor' ? step.inputs : [];
    case 'product':
      return run.right.kind === 'tensor' ? named([run.left, run.right]) : [];
    case 'costed':
      return [];
  }
}
