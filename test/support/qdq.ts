// Networks written as QDQ ONNX, run by ONNX Runtime and held against the reference, step by step.

import { expect } from 'vitest';
import * as ort from 'onnxruntime-web/wasm';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { GraphStep, NetworkGraph } from '../../src/model/workload/network-graph.js';
import { floatErrors } from '../../src/qdq/float-errors.js';
import { qdqFile } from '../../src/qdq/qdq-file.js';
import type { GraphIntegers, StepIntegers } from '../../src/reference/integer-arithmetic.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import type { Numbers } from '../../src/reference/numbers.js';
import { runGraph } from '../../src/reference/run-graph.js';

ort.env.wasm.numThreads = 1;

export type Level = 'disabled' | 'all';

const arrays = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  float32: Float32Array,
};

/** What ONNX Runtime makes of a file: outputs by their names. */
export async function runOnnx(
  file: Uint8Array,
  inputs: ReadonlyMap<string, Numbers>,
  type: keyof typeof arrays,
  level: Level = 'disabled',
): Promise<ReadonlyMap<string, Numbers>> {
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: level,
    // It warns of constants that it does not use.
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(
    [...inputs].map(([name, x]) => [name, new ort.Tensor(type, arrays[type].from(x.values), [...x.shape])]),
  );
  const found = await session.run(feeds);
  await session.release();
  return new Map(
    Object.entries(found).map(([name, { dims, data }]) => [name, { shape: dims, values: Float64Array.from(data) }]),
  );
}

export interface QdqComparison {
  readonly words: number;
  /** Beside the reference on the same operands. */
  readonly differing: number;
  /** Steps, and those in which floats are exact whatever the inputs. */
  readonly steps: number;
  readonly exact: number;
}

interface Comparing {
  readonly bits?: number;
  readonly level?: Level;
  /** By how much a word of a step may be another where floats are not exact. */
  readonly off?: 'by one' | 'by its errors';
}

/**
 * Every word of every step. Where floats are exact, none may differ; elsewhere by one, and only where the exact value is as
 * near to a tie as floats may go wrong.
 */
export async function expectSame(
  graph: NetworkGraph,
  integers: GraphIntegers,
  inputs: ReadonlyMap<string, Numbers>,
  { bits = 8, level = 'disabled', off = 'by one' }: Comparing = {},
): Promise<QdqComparison> {
  const made = qdqFile(graph, integers, { bits, tensors: graph.tensors.map((t) => t.name) });
  if (!made.ok) throw new Error(made.diagnostics.map(printDiagnostic).join('\n'));
  const sign = [...inputs.keys()].every((name) => integers.unsigned?.has(name)) ? 'u' : '';
  const found = await runOnnx(made.value, inputs, `${sign}int${bits > 8 ? 16 : 8}`, level);
  const errors = floatErrors(graph, integers, bits);
  const run = got(runGraph(graph, inputs, arithmeticOf(integers, graph)));
  const left = leftOut(graph);
  const isHost = (i: number) => graph.steps[i]!.kind === 'host';
  let [words, differing, steps] = [0, 0, 0];
  for (const [i, step] of graph.steps.entries()) {
    if (left.has(i)) continue;
    const name = step.outputs[0]!;
    const [theirs, whole] = [found.get(name), run.tensors.get(name)!];
    const where = `${graph.name}, ${step.kind} ${step.name}`;
    expect(theirs?.shape, where).toEqual(whole.shape);
    words += whole.values.length;
    steps++;
    if (theirs!.values.every((x, at) => x === whole.values[at])) continue;
    // Steps before may have put out other words: this one alone, on the operands that it had.
    const wanted = alone(graph, integers, inputs, found, i);
    const fine = alone(graph, withFractions(integers, step, i), inputs, found, i);
    for (const [at, x] of theirs!.values.entries()) {
      const expected = wanted.values[at]!;
      if (x === expected) continue;
      differing++;
      const error = step.kind === 'host' ? hostError : errors.get(i);
      expect(error, `${where}: word ${at} is ${x}, expected ${expected}`).toBeDefined();
      const exact = fine.values[at]! / 2 ** fraction;
      if (off === 'by one') expect(Math.abs(x - expected), where).toBe(1);
      // The next tie in the direction of their word, or the one behind it.
      const fromTie = Math.abs(exact - (x > exact ? x - 0.5 : x + 0.5));
      expect(fromTie, `${where}: ${exact}`).toBeLessThanOrEqual(error! + 2 ** -fraction);
    }
  }
  return {
    words,
    differing,
    steps,
    exact: steps - [...graph.steps.keys()].filter((i) => !left.has(i) && (errors.has(i) || isHost(i))).length,
  };
}

/** Places that an input of the network names are no words: the file does not have them. */
const picksByInput = (step: GraphStep): boolean =>
  step.kind === 'host' && step.work?.function.kind === 'gather' && step.work.operands[1]?.kind === 'tensor';

/** Functions of the host in 32-bit real numbers are as near to those in 64 bits, in words. */
const hostError = 1e-3;

/** Steps that the file does not have, and all that waits for them. */
function leftOut({ steps, tensors, placements }: NetworkGraph): ReadonlySet<number> {
  const producers = new Map(tensors.map((t) => [t.name, t.producer]));
  const left = new Set<number>();
  const isLeft = (name: string): boolean => {
    const producer = producers.get(name)!;
    if (producer.kind === 'step') return left.has(producer.step);
    return (
      producer.kind === 'placement' &&
      placements[producer.placement]!.inputs.some((x) => x.kind === 'tensor' && isLeft(x.name))
    );
  };
  for (const [i, step] of steps.entries()) if (picksByInput(step) || step.inputs.some(isLeft)) left.add(i);
  return left;
}

/** Bits behind the point, of values before they are rounded. */
const fraction = 20;

function withFractions({ steps, weights }: GraphIntegers, step: GraphStep, i: number): GraphIntegers {
  const own = steps.get(i)!;
  const finer = <T extends { readonly scale: number; readonly shift: number }>(c: T): T => ({
    ...c,
    scale: c.scale * 2 ** fraction,
    ...('second' in c && { second: Number(c.second) * 2 ** fraction }),
  });
  const fine: StepIntegers = {
    channels: own.channels.map(finer),
    low: -Infinity,
    high: Infinity,
    ...(own.host && { host: { ...own.host, result: own.host.result / 2 ** fraction } }),
    ...(own.byDivisor && { byDivisor: new Map([...own.byDivisor].map(([n, r]) => [n, finer(r)])) }),
  };
  expect(step.epilogue.pool).toBeUndefined();
  return { steps: new Map([...steps, [i, fine]]), weights };
}

/** Results of one step on the tensors that others have put out. */
function alone(
  graph: NetworkGraph,
  integers: GraphIntegers,
  inputs: ReadonlyMap<string, Numbers>,
  found: ReadonlyMap<string, Numbers>,
  i: number,
): Numbers {
  const name = graph.steps[i]!.outputs[0]!;
  const others = graph.steps.flatMap((s, at) => (at === i ? [] : s.outputs));
  const given = new Map([...inputs, ...others.flatMap((o) => (found.has(o) ? [[o, found.get(o)!] as const] : []))]);
  return got(runGraph(graph, given, arithmeticOf(integers, graph))).tensors.get(name)!;
}

function got<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('the reference does not run');
  return result.value;
}
