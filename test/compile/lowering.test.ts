// A lowered network, run from the definition of its runs, leaves every tensor of the reference where its view says.

import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { seeded } from '../../src/base/random.js';
import type { Parsed } from '../../src/base/diagnostics.js';
import { lowered } from '../../src/compile/lower.js';
import { activationsBefore, tensorAt, weightsBefore } from '../../src/compile/memory.js';
import { isBordered } from '../../src/compile/storage.js';
import { livesOf } from '../../src/compile/rooms.js';
import { networkProgram, runsIn, withoutRoom } from '../../src/compile/network-program.js';
import type { Lowered } from '../../src/compile/lowered.js';
import { simba } from '../../src/model/machine/presets.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { isChannelwise } from '../../src/model/workload/block-diagonal.js';
import { canFold, foldsOf } from '../../src/model/workload/folds.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { weightsOf } from '../../src/model/workload/network-graph.js';
import { calibrated, quantised } from '../../src/reference/calibrate.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { graphOf } from '../support/graphs.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { performAll, plainMapping } from '../support/lowered-machine.js';
import { randomGraph } from '../support/random-graph.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** Blocks of any size where groups may be joined and a last block that is filled up finds room; folds of half of all first layers. */
function mappingsOf(made: Lowered, seed: number): readonly Mapping[] {
  const chance = seeded(seed);
  const mappings = runsIn(made).map(({ layer }) => {
    const joins = isChannelwise(layer) && layer.diagonal !== false;
    const folds = canFold(layer) && chance.next() < 0.5;
    return plainMapping(
      layer,
      joins ? 1 + chance.below(layer.bounds.G + 1) : 1,
      folds ? chance.pick(foldsOf(layer)) : undefined,
    );
  });
  const without = new Set(withoutRoom(made, mappings));
  return runsIn(made).map(({ layer }, i) => (without.has(i) ? plainMapping(layer, 1) : mappings[i]!));
}

const machine = accelerator(simba);

/** Words of its output stand for nearly the real numbers. */
function expectNear(graph: NetworkGraph): void {
  const chance = seeded(5);
  const reals = (shape: readonly number[]) =>
    Float64Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => 2 * chance.next() - 1);
  const weights = new Map(graph.steps.flatMap((s) => weightsOf(s).map((w) => [w.value, reals(w.shape)] as const)));
  const shapes = new Map(graph.tensors.map((t) => [t.name, t.shape!]));
  const sample = new Map(graph.inputs.map((x) => [x, { shape: shapes.get(x)!, values: reals(shapes.get(x)!) }]));
  const { integers, scales } = got(calibrated(graph, weights, sample));
  const words = new Map([...sample].map(([x, of]) => [x, quantised(of, scales.get(x)!)]));
  const [real, whole] = [
    got(runGraph(graph, sample, realArithmetic(weights))),
    got(runGraph(graph, words, arithmeticOf(integers, graph))),
  ];
  const name = graph.outputs[0]!;
  const [wanted, found] = [real.tensors.get(name)!.values, whole.tensors.get(name)!.values];
  const error = wanted.reduce((n, v, i) => Math.max(n, Math.abs(v - found[i]! * scales.get(name)!)), 0);
  expect(error).toBeLessThan(0.05 * Math.max(...wanted.map(Math.abs)));
}

const seen = { folds: 0 };

/** How many of its storages are unsigned, and have a border. */
function expectEveryTensor(graph: NetworkGraph, seed: number, unsigned?: ReadonlySet<string>): number {
  const { integers, inputs, run } = got(drawnRun(graph, seed, { unsigned }));
  if (run.notRun.length > 0) return 0;
  const made = got(lowered(graph, integers, 8));
  const program = networkProgram(machine, made, mappingsOf(made, seed));
  const { operations, storages } = program.lowered;
  const activations = activationsBefore(program, inputs);
  // Rooms are shared: a tensor is looked at when nothing needs it any more.
  const lives = livesOf(program.lowered);
  const last = operations.length - 1;
  const names = graph.steps.flatMap((step) => step.outputs);
  const endingAt = (at: number) =>
    names.filter((name) => Math.min(last, lives.get(made.tensors.get(name)!.storage)!.to) === at);
  performAll(program, inputs, activations, weightsBefore(program), (at) => {
    for (const name of endingAt(at)) {
      const { values } = tensorAt(program, name, activations);
      expect([name, [...values]]).toEqual([name, [...run.tensors.get(name)!.values]]);
    }
  });
  seen.folds += storages.length - made.storages.length;
  return storages.filter((s) => s.unsigned && isBordered(s)).length;
}

describe('a lowered network', () => {
  test.each([
    [1, 60],
    [1001, 1060],
  ])('random graphs %i to %i', (from, to) => {
    let bordered = 0;
    for (let seed = from; seed <= to; seed++) {
      const graph = graphOf(randomGraph(seed, { host: false, size: 1 + (seed % 14) }));
      bordered += expectEveryTensor(graph, seed, seed % 2 === 0 ? undefined : unsignedTensors(graph, 8));
    }
    expect(bordered).toBeGreaterThan(0);
    expect(seen.folds).toBeGreaterThan(0);
  });
});

const row = { m: [6, 5], v: [5], t: [5, 6], s: [3, 6, 5] };
const relu = node('Relu', ['x'], ['r']);
const times = (inputs: readonly string[]) => [relu, node('MatMul', inputs, ['y'])];

describe('a product', () => {
  test.each<readonly [string, FileParts]>([
    ['by weights', { inputs: { x: [2, 3, 6] }, weights: row, nodes: times(['r', 'm']) }],
    ['by a vector of weights', { inputs: { x: [2, 3, 5] }, weights: row, nodes: times(['r', 'v']) }],
    ['of weights by a tensor', { inputs: { x: [5, 4] }, weights: row, nodes: times(['m', 'r']) }],
    ['of weights by a tensor of several', { inputs: { x: [3, 5, 4] }, weights: row, nodes: times(['m', 'r']) }],
    ['of several weights by as many tensors', { inputs: { x: [3, 5, 4] }, weights: row, nodes: times(['s', 'r']) }],
    ['of several weights by a tensor', { inputs: { x: [5, 4] }, weights: row, nodes: times(['s', 'r']) }],
    ['of weights by a vector', { inputs: { x: [5] }, weights: row, nodes: times(['m', 'r']) }],
    ['of two tensors, one a vector', { inputs: { x: [2, 5], z: [5] }, nodes: times(['r', 'z']) }],
    ['of a vector by weights', { inputs: { x: [6] }, weights: row, nodes: times(['r', 'm']) }],
    [
      'of turned weights by a turned tensor, with a bias',
      {
        inputs: { x: [4, 5] },
        weights: { ...row, c: [4] },
        nodes: [relu, node('Gemm', ['t', 'r', 'c'], ['y'], { transA: 1, transB: 1 })],
      },
    ],
  ])('%s', (_, parts) => {
    const graph = graphOf(got(decodeOnnx(onnxFile(parts), 'product')));
    expect(graph.steps.some((s) => s.kind === 'layer' && s.run.kind === 'product')).toBe(true);
    expectEveryTensor(graph, 3);
    expectEveryTensor(graph, 4, unsignedTensors(graph, 8));
    expectNear(graph);
  });
});
