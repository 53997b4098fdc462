// Real numbers by ONNX Runtime: the scores of the reference to 32 bits, in batches or one by one, and what it cannot do in a sentence.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { openRuntime } from '../../src/quantize/runtime-scores.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { sampleRunner } from '../../src/lanes/sample-runner.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import type { DeclaredDimension } from '../../src/workloads/onnx/graph.js';
import { node, onnxFile } from '../support/onnx.js';
import { parts } from '../support/small-network.js';

const shape = [1, 6, 6];
const chance = seeded(8);
const values = Float64Array.from({ length: 36 * 5 }, () => Math.fround(chance.next()));
const fileOf = (batch: DeclaredDimension) => onnxFile({ ...parts, inputs: { x: [batch, ...shape] } });

test.each([['N'], [1]])('of a first axis %s', async (batch) => {
  const file = fileOf(batch);
  const graph = importGraph(file, 'net', { batch: 1 });
  const weights = graph.ok && graphWeights(graph.value, file);
  if (!graph.ok || !weights || !weights.ok) throw new Error('not read');
  const run = sampleRunner(graph.value, realArithmetic(weights.value), { kind: 'reals', weights: weights.value });
  const own = run(new Map([['x', { shape: [5, ...shape], values }]]), graph.value.outputs);
  const scores = await openRuntime(file, shape);
  if (!scores.ok || !own.ok) throw new Error('no scores');
  expect(scores.value.name).toMatch(/^onnxruntime-(web|node) \d+\./);
  for (let turn = 0; turn < 2; turn++) {
    const found = await scores.value.run(values, 5);
    const wanted = [...own.value.get('y')!.values];
    expect(found.ok && found.value.length).toBe(15);
    for (const [i, v] of wanted.entries()) expect(found.ok && found.value[i]).toBeCloseTo(v, 5);
  }
  await scores.value.close();
});

test('of pixels that are whole numbers; others are refused with the way out', async () => {
  const nodes = [
    node('Cast', ['x'], ['real'], { to: 1 }),
    ...parts.nodes.map((n) => ({ ...n, inputs: n.inputs.map((name) => (name === 'x' ? 'real' : name)) })),
  ];
  const scores = await openRuntime(onnxFile({ ...parts, nodes, inputs: { x: ['N', ...shape] }, whole: ['x'] }), shape);
  const plain = await openRuntime(fileOf('N'), shape);
  if (!scores.ok || !plain.ok) throw new Error('no scores');
  const pixels = values.map((v) => Math.round(9 * v));
  const [found, wanted] = [await scores.value.run(pixels, 5), await plain.value.run(pixels, 5)];
  expect(found).toEqual(wanted);
  const refused = await scores.value.run(values, 5);
  expect(!refused.ok && refused.diagnostics[0]?.message).toMatch(
    /takes whole numbers \(int64\), and samples hold 0\.\d+: .* --divide 1/,
  );
  await Promise.all([scores.value.close(), plain.value.close()]);
});

describe('is refused with a sentence', () => {
  test('where it is not installed', async () => {
    const tried: string[] = [];
    const none = (name: string) => {
      tried.push(name);
      return Promise.reject(new Error('not there'));
    };
    const found = await openRuntime(fileOf('N'), shape, none);
    expect(!found.ok && found.diagnostics[0]?.message).toMatch(
      /not installed beside magnet; run "npm install onnxruntime-web"/,
    );
    expect(tried).toEqual(['onnxruntime-node', 'onnxruntime-web/wasm']);
  });

  test('where it does not take the file, or the samples', async () => {
    const none = await openRuntime(Uint8Array.of(1, 2, 3), shape);
    expect(!none.ok && none.diagnostics[0]?.message).toMatch(/^ONNX Runtime does not take the network: /);
    const scores = await openRuntime(fileOf('N'), [1, 5, 5]);
    const found = scores.ok && (await scores.value.run(new Float64Array(50), 2));
    // A convolution takes any size: what comes out of it does not fit.
    expect(found && (found.ok || found.diagnostics[0]?.message)).toMatch(/^ONNX Runtime does not run the network: /);
    if (scores.ok) await scores.value.close();
  });
});
