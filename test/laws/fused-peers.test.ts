// What stays in the global buffer beside a peer's fusion: words that pass DRAM in chains of products and in a residual block.
//
// AccelForge (its mapper FFM, its model LoopTree) says what passes its main memory when all tensors between products are kept in the
// global buffer (examples/mappings/fused_matmuls_to_simple.yaml): of M x KN inputs and results and KN x KN weights, each once, as its
// tests/test_model.py asserts of each of them; nothing of those in between. Without fusion those are written and read again.

import { describe, expect, test } from 'vitest';
import { defined } from '../../src/base/invariant.js';
import { schedule } from '../../src/library/schedule.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { simba } from '../../src/model/machine/presets.js';
import type { Tensor } from '../../src/model/workload/layer.js';
import { tensors } from '../../src/model/workload/layer.js';
import { arrangementFor } from '../../src/model/space/design.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';

const [M, KN] = [64, 32];
const drawn = (...shape: number[]) => ({ shape, values: new Array<number>(shape.reduce((n, d) => n * d, 1)).fill(1) });

const chain = (products: number): FileParts => {
  const places = Array.from({ length: products }, (_, i) => i);
  return {
    inputs: { t0: [M, KN] },
    tensors: Object.fromEntries(places.map((i) => [`w${i}`, drawn(KN, KN)])),
    nodes: places.map((i) => node('MatMul', [`t${i}`, `w${i}`], [`t${i + 1}`])),
  };
};

/** Words that pass DRAM, each way, in the least energy of the network. */
async function passing(parts: FileParts, residency: boolean): Promise<Readonly<Record<Tensor, number>>> {
  const graph = importGraph(onnxFile(parts), 'net', {});
  if (!graph.ok) throw new Error(JSON.stringify(graph.diagnostics));
  const { result, design } = await schedule(graph.value, simba, { workers: 1, objective: 'energy', residency });
  expect(result.status).toBe('optimal');
  const words = { Weights: 0, Inputs: 0, Outputs: 0 };
  const made = defined(design);
  for (const { layer, mapping, count } of made.layers) {
    const machine = defined(arrangementFor(made, defined(mapping)));
    const { dataspaces } = defined(evaluate(machine, layer, defined(mapping), made.conventions).levels[0]);
    for (const t of tensors) words[t] += count * ((dataspaces[t]?.reads ?? 0) + (dataspaces[t]?.updates ?? 0));
  }
  return words;
}

describe.each([2, 10])('a chain of %i products', (products) => {
  const weights = products * KN * KN;
  test('kept in between: inputs, weights and results once each, as in the peer', { timeout: 60_000 }, async () => {
    expect(await passing(chain(products), true)).toEqual({ Weights: weights, Inputs: M * KN, Outputs: M * KN });
  });
  test('without: what is between two products is written and read', { timeout: 60_000 }, async () => {
    const each = products * M * KN;
    expect(await passing(chain(products), false)).toEqual({ Weights: weights, Inputs: each, Outputs: each });
  });
});

test(
  'a residual block: what is added stays from where it is made to where it is added',
  { timeout: 60_000 },
  async () => {
    const image = 32 * 8 * 8;
    const pads = [1, 1, 1, 1];
    const block: FileParts = {
      inputs: { x: [1, 32, 8, 8] },
      tensors: { w0: drawn(32, 32, 1, 1), w1: drawn(32, 32, 3, 3), w2: drawn(32, 32, 3, 3) },
      nodes: [
        node('Conv', ['x', 'w0'], ['a']),
        node('Conv', ['a', 'w1'], ['b'], { pads }),
        node('Relu', ['b'], ['c']),
        node('Conv', ['c', 'w2'], ['d'], { pads }),
        node('Add', ['d', 'a'], ['y']),
      ],
    };
    const weights = 32 * 32 * (1 + 9 + 9);
    expect(await passing(block, true)).toEqual({ Weights: weights, Inputs: image, Outputs: image });
    const { Inputs, Outputs } = await passing(block, false);
    // Three images are written and read; borders are not, and the residual comes in beside the outputs.
    expect(Inputs).toBeGreaterThanOrEqual(3 * image);
    expect(Outputs).toBe(4 * image);
  },
);
