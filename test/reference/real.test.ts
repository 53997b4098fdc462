// Law: a graph of steps computes what its operators compute one by one, every tensor that is left of them.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import type { Graph } from '../../src/workloads/onnx/graph.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { graphOf } from '../support/graphs.js';
import { interpret } from '../support/onnx-interpreter.js';
import { randomGraph } from '../support/random-graph.js';

const weightsIn = ({ constants }: Graph) =>
  new Map([...constants].map(([name, { values }]) => [name, Float64Array.from(values!)] as const));

const seed = seedFrom(1);
test(`random graphs, from seed ${seed}`, () => {
  let compared = 0;
  for (let i = 0; i < casesOf('network graphs'); i++) {
    const file = randomGraph(seed + i, { host: false, size: 4 + (i % 17) });
    const { name, shape } = file.inputs[0] as { readonly name: string; readonly shape: readonly number[] };
    const chance = seeded(seed + i);
    const values = Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => chance.below(9) - 4);
    const wanted = interpret(file, { [name]: { shape, values } });
    const g = graphOf(file);
    const run = runGraph(
      g,
      new Map([[name, { shape, values: Float64Array.from(values) }]]),
      realArithmetic(weightsIn(file)),
    );
    if (!run.ok) throw new Error(JSON.stringify(run.diagnostics));
    expect(run.value.notRun).toEqual([]);
    for (const output of g.outputs) expect(run.value.tensors.has(output)).toBe(true);
    for (const [tensor, found] of run.value.tensors) {
      const expected = wanted.get(tensor)!;
      expect(found.shape, tensor).toEqual(expected.shape);
      for (const [at, v] of expected.values.entries())
        if (Math.abs(found.values[at]! - v) > 1e-9 * Math.max(1, Math.abs(v)))
          throw new Error(`seed ${seed + i}, ${tensor}[${at}]: ${found.values[at]} for ${v}`);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(100);
});
