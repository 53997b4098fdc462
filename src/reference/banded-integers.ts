// A graph whose chains are in bands: every step has the integers of the step that it is part of, every tensor the words of its
// rows or images.

import { nth } from '../base/invariant.js';
import type { BandedGraph, PartOf } from '../model/workload/row-bands.js';
import { axisOfPart } from '../model/workload/row-bands.js';
import type { GraphIntegers, StepIntegers } from './integer-arithmetic.js';
import type { Numbers } from './numbers.js';
import type { GraphRun } from './run-graph.js';

export function bandedIntegers({ steps, parts }: BandedGraph, whole: GraphIntegers): GraphIntegers {
  const own = new Map<number, StepIntegers>();
  const weights = new Map<string, Numbers>();
  /** Weights by the step that has them: a key is that and their name. */
  const byStep = new Map<number, (readonly [name: string, numbers: Numbers])[]>();
  for (const [key, numbers] of whole.weights) {
    const space = key.indexOf(' ');
    const step = Number(key.slice(0, space));
    byStep.set(step, [...(byStep.get(step) ?? []), [key.slice(space), numbers]]);
  }
  for (const step of steps.keys()) {
    const from = nth(steps, step);
    const integers = whole.steps.get(from);
    if (integers) own.set(step, integers);
    for (const [name, numbers] of byStep.get(from) ?? []) weights.set(`${step}${name}`, numbers);
  }
  const { unsigned } = whole;
  if (!unsigned) return { steps: own, weights };
  const bands = [...parts].flatMap(([part, { whole: of }]) => (unsigned.has(of) ? [part] : []));
  return { steps: own, weights, unsigned: new Set([...unsigned, ...bands]) };
}

/** What a run of the graph before has of the tensors in bands. */
export function bandedRun({ parts }: BandedGraph, { tensors, notRun }: GraphRun): GraphRun {
  const own = [...parts].flatMap(([name, part]): (readonly [string, Numbers])[] => {
    const whole = tensors.get(part.whole);
    return whole ? [[name, partOf(whole, part)]] : [];
  });
  return { tensors: new Map([...tensors, ...own]), notRun };
}

function partOf({ shape, values }: Numbers, part: PartOf): Numbers {
  const { from, upTo } = part;
  const at = axisOfPart(part);
  const product = (sizes: readonly number[]) => sizes.reduce((n, d) => n * d, 1);
  const [outer, size, inner] = [product(shape.slice(0, at)), nth(shape, at), product(shape.slice(at + 1))];
  const found = new Float64Array(outer * (upTo - from) * inner);
  for (let i = 0; i < outer; i++)
    found.set(values.subarray((i * size + from) * inner, (i * size + upTo) * inner), i * (upTo - from) * inner);
  return { shape: shape.map((n, axis) => (axis === at ? upTo - from : n)), values: found };
}
