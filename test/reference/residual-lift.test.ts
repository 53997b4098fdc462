// A channel whose sums count for little beside a residual: its shift stays within what the machine can lift a residual by.

import { expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { nth } from '../../src/base/invariant.js';
import { seeded } from '../../src/base/random.js';
import { beyondRegisters, residualLift } from '../../src/compile/post-of.js';
import { lowered } from '../../src/compile/lower.js';
import { simba } from '../../src/model/machine/presets.js';
import { calibrated, quantised } from '../../src/reference/calibrate.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { graphOf } from '../support/graphs.js';
import { node, onnxFile } from '../support/onnx.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

const chance = seeded(5);
const reals = (count: number, size: number) => Array.from({ length: count }, () => size * (2 * chance.next() - 1));
/** Each channel's weights are a tenth of those of the one before. */
const file = onnxFile({
  inputs: { x: [1, 8, 5, 5] },
  tensors: { w: { shape: [8, 8, 1, 1], values: Array.from({ length: 8 }, (_, k) => reals(8, 10 ** -k)).flat() } },
  nodes: [node('Conv', ['x', 'w'], ['c'], { kernel_shape: [1, 1] }), node('Add', ['c', 'x'], ['y'])],
});

test('constants fit the registers, and words are the same to the last bit but one', () => {
  const graph = graphOf(got(decodeOnnx(file, 'test')));
  const weights = got(graphWeights(graph, file));
  const sample = { shape: [1, 8, 5, 5], values: Float64Array.from(reals(200, 1)) };
  const lift = residualLift(simba);
  const [plain, within] = [Infinity, lift].map((most) => {
    const { integers, scales } = got(calibrated(graph, weights, new Map([['x', sample]]), { lift: most }));
    const words = new Map([['x', quantised(sample, scales.get('x')!)]]);
    const { tensors } = got(runGraph(graph, words, arithmeticOf(integers, graph)));
    return { faults: beyondRegisters(simba, got(lowered(graph, integers, 8))), y: tensors.get('y')!.values };
  });
  // Without the limit the machine cannot hold them.
  expect(plain!.faults).toHaveLength(1);
  expect(within!.faults).toEqual([]);
  expect(Math.max(...within!.y.map((v, i) => Math.abs(v - nth(plain!.y, i))))).toBeLessThanOrEqual(1);
  expect(new Set(within!.y).size).toBeGreaterThan(20);
});
