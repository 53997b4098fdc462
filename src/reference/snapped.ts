// Scales that the machine has exactly: factors of few bits, so that what a word stands for is no nearest value of one.
//
// A step multiplies by scale / 2^shift. Where what words stand for is chosen after that factor, nothing is rounded but words. With few
// bits in the factor 32-bit real numbers compute a step exactly too, whatever its inputs (`floatErrors` of `qdq`).

import { valuation } from '../base/integers.js';
import { nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { indexInputs } from '../model/workload/network-graph.js';
import { sharedWords } from '../model/workload/shared-words.js';
import type { Ratio } from './integer-arithmetic.js';
import { divisorsOf, ratioOf } from './integer-arithmetic.js';

/** Below it whole numbers are floats; some of it is left for biases that are corrected later. */
const mantissa = 0.9 * 2 ** 24;
/** Bits of a factor. */
const greatest = 16;
/** With so many a scale changes by 2^-8 of itself at most, to either side. */
const fine = 8;
/** With fewer only upwards, by a quarter at most: what is finer than it need be loses no number that it had room for. */
const fewest = 3;

/**
 * Near to `factor`, with as many bits as floats compute exactly by, and with 16 where three are too many for that. `sumsFor` is how far
 * sums go with their bias on either side of zero where the factor is so much; `beside` a residual's factor with the size of its words.
 */
export function snappedRatio(
  factor: number,
  beside: { readonly factor: number; readonly size: number } | undefined,
  sumsFor: (factor: number) => number,
): Ratio {
  for (let bits = greatest; bits >= fewest; bits--) {
    const ratio = bits < fine ? above(factor, bits) : ratioOf(factor, bits);
    if (ratio.scale === 0) break;
    const second = beside ? Math.round(beside.factor * 2 ** ratio.shift) : 0;
    const twos = [ratio.scale, second].flatMap((x) => (x === 0 ? [] : [valuation(Math.abs(x), 2)]));
    const units =
      (Math.abs(ratio.scale) * sumsFor(Math.abs(ratio.scale) / 2 ** ratio.shift) +
        Math.abs(second) * (beside?.size ?? 0)) /
      2 ** Math.min(ratio.shift, ...twos);
    if (units < mantissa) return ratio;
  }
  return ratioOf(factor);
}

/** The next that is not less, with so many bits. */
function above(factor: number, bits: number): Ratio {
  const { scale, shift } = ratioOf(factor, bits);
  return Math.abs(scale) / 2 ** shift < Math.abs(factor)
    ? { scale: scale + Math.sign(factor), shift }
    : { scale, shift };
}

/**
 * Scales of tensors, moved by 2^-8 of themselves at most for each tensor on the way, so that residuals, operands of additions and
 * averages have factors of eight bits: factors that machines and floats hold exactly. What is bound to each other in a circle stays
 * as near as 16 bits are; inputs of the network keep theirs.
 */
export function snappedScales(graph: NetworkGraph, scales: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const root = sharedWords(graph);
  const found = new Map([...scales].map(([name, scale]) => [root(name), scale]));
  // Tensors whose scales have been brought into relation: one moves with all of its group.
  const groups = new Map([...found.keys()].map((name) => [name, { members: [name], fixed: false }]));
  const entries = [...graph.inputs, ...indexInputs(graph).keys()].map(root);
  for (const name of entries) {
    const group = groups.get(name);
    if (group) group.fixed = true;
  }
  /** from / (n x to) with eight bits. */
  const relate = (from: string, to: string, n: number) => {
    const [a, b] = [root(from), root(to)];
    const [first, second] = [groups.get(a), groups.get(b)];
    if (!first || !second || first === second || (first.fixed && second.fixed)) return;
    const [x, y] = [found.get(a) ?? 1, found.get(b) ?? 1];
    const { scale, shift } = ratioOf(x / (n * y), fine);
    if (scale === 0) return;
    // How much larger the second scale is to be beside the first.
    const by = x / ((scale / 2 ** shift) * n) / y;
    const [moved, change] = second.fixed ? [first, 1 / by] : [second, by];
    for (const name of moved.members) found.set(name, (found.get(name) ?? 1) * change);
    const whole = { members: [...first.members, ...second.members], fixed: first.fixed || second.fixed };
    for (const name of whole.members) groups.set(name, whole);
  };
  for (const step of graph.steps) {
    const [output] = step.outputs;
    if (output === undefined) continue;
    if (step.epilogue.residual) relate(step.epilogue.residual.tensor, output, 1);
    if (step.kind === 'addition') for (const x of step.operands) if (x.kind === 'tensor') relate(x.name, output, 1);
    if (step.kind === 'pool' && step.mode === 'average')
      relate(nth(step.inputs, 0), output, Math.max(...divisorsOf(step)));
  }
  return new Map([...scales.keys()].map((name) => [name, found.get(root(name)) ?? 1]));
}
