// A graph whose chains are in bands of rows: every step has the integers of the step that it is part of, every tensor the words
// of its rows.

import { nth } from '../base/invariant.js';
import type { BandedGraph } from '../model/workload/row-bands.js';
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
  const bands = [...parts].flatMap(([part, { of }]) => (unsigned.has(of) ? [part] : []));
  return { steps: own, weights, unsigned: new Set([...unsigned, ...bands]) };
}

/** What a run of the graph before has of the tensors in bands. */
export function bandedRun({ parts }: BandedGraph, { tensors, notRun }: GraphRun): GraphRun {
  const rows = [...parts].flatMap(([part, { of, from, upTo }]): (readonly [string, Numbers])[] => {
    const whole = tensors.get(of);
    return whole ? [[part, rowsOf(whole, from, upTo)]] : [];
  });
  return { tensors: new Map([...tensors, ...rows]), notRun };
}

/** Of an image, whose axis 2 has rows. */
function rowsOf({ shape, values }: Numbers, from: number, upTo: number): Numbers {
  const [planes, height, width] = [nth(shape, 0) * nth(shape, 1), nth(shape, 2), nth(shape, 3)];
  const found = new Float64Array(planes * (upTo - from) * width);
  for (let plane = 0; plane < planes; plane++)
    found.set(
      values.subarray((plane * height + from) * width, (plane * height + upTo) * width),
      plane * (upTo - from) * width,
    );
  return { shape: shape.map((size, axis) => (axis === 2 ? upTo - from : size)), values: found };
}
