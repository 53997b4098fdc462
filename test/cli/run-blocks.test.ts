// Whole blocks of real networks end to end: an encoder of a transformer and one of MobileNetV3 on the Verilog, in real numbers
// as ONNX Runtime has them.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Numbers } from '../../src/reference/numbers.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { parseRunResult } from '../../src/results/run-result.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import { encoder, mobileBlock } from '../support/blocks.js';
import { floats } from '../support/npy.js';
import type { FileParts } from '../support/onnx.js';
import { onnxFile } from '../support/onnx.js';
import { runOnnx } from '../support/qdq.js';
import { machineFile, parts } from '../support/small-network.js';
import { run } from './run.js';

const chance = seeded(11);
const sample = (file: FileParts): ReadonlyMap<string, Numbers> =>
  new Map(
    Object.entries(file.inputs).map(([name, dims]) => {
      const shape = dims.map(Number);
      const count = shape.reduce((n, d) => n * d, 1);
      // One of the sequence is hidden.
      const one = (_: unknown, i: number) => (name === 'mask' ? Number(i !== 1) : Math.fround(2 * chance.next() - 1));
      return [name, { shape, values: Float64Array.from({ length: count }, one) }];
    }),
  );

const networks: readonly (readonly [
  what: string,
  file: FileParts,
  kinds: readonly string[],
  host: string | undefined,
])[] = [
  [
    'an encoder of before operator set 17',
    encoder(true),
    ['host', 'layer', 'multiplication', 'scale'],
    'Add 1, Softmax 1, ReduceMean 4, Sub 2, Pow 2, Sqrt 2, Div 2, Erf 1',
  ],
  [
    'an encoder of operators of today',
    encoder(false),
    ['host', 'layer'],
    'Equal 1, Where 1, Softmax 1, LayerNormalization 2, Gelu 1',
  ],
  ['a block of MobileNetV3', mobileBlock, ['layer', 'multiplication', 'pool', 'scale'], undefined],
];

const file = { 'small.yaml': machineFile, 'net.onnx': onnxFile(parts) };
const design = await run(['map', 'net.onnx', '--arch', 'small.yaml', '--design', '-', '-q'], file);

test.each(networks)('%s', { timeout: 120_000 }, async (_, network, kinds, host) => {
  const bytes = onnxFile(network);
  const inputs = sample(network);
  const graph = importGraph(bytes, 'block');
  const weights = graph.ok ? graphWeights(graph.value, bytes) : graph;
  if (!graph.ok || !weights.ok) throw new Error(JSON.stringify([graph, weights]));
  expect([...new Set(graph.value.steps.map((s) => s.kind))].sort()).toEqual(kinds);

  const real = runGraph(graph.value, inputs, realArithmetic(weights.value));
  if (!real.ok) throw new Error(JSON.stringify(real));
  const theirs = (await runOnnx(bytes, inputs, 'float32')).get('y')!;
  const ours = real.value.tensors.get('y')!;
  expect(ours.shape).toEqual(theirs.shape);
  for (const [at, v] of ours.values.entries()) expect(Math.abs(v - theirs.values[at]!)).toBeLessThan(1e-4);

  const arrays = Object.fromEntries([...inputs].map(([name, x]) => [`${name}.npy`, floats(x.shape, [...x.values])]));
  const given = [...inputs.keys()].flatMap((name) => ['--input', `${name}=${name}.npy`]);
  const { code, out, written } = await run(
    ['run', 'block.onnx', '--design', 'd.json', ...given, '--json', 'r.json', '-q'],
    { ...file, ...arrays, 'block.onnx': bytes, 'd.json': design.out },
  );
  expect(code).toBe(0);
  expect(out).toMatch(/, 0 of them wrong, (\d+) of \1 counts equal/);
  expect(/^host: (.*);/m.exec(out)?.[1]).toBe(host);
  const result = parseRunResult(JSON.parse(written.get('r.json')!));
  expect(result.ok && result.value.agrees).toBe(true);
});
