// Quantized files read: their graph, the words that they give, and the integers that follow.

import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { GivenWords } from '../../src/model/workload/given-words.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import type { GivenIntegers, GivenOptions } from '../../src/reference/given-integers.js';
import { givenBits, givenIntegers } from '../../src/reference/given-integers.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import type { Numbers } from '../../src/reference/numbers.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import { givenWords } from '../../src/workloads/quantized/given-words.js';
import { plainQuantized } from '../../src/workloads/quantized/plain-quantized.js';

export function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

export interface ReadFile {
  readonly graph: NetworkGraph;
  readonly weights: ReadonlyMap<string, Float64Array>;
  readonly given: GivenWords;
  readonly bits: number;
}

export function readQuantized(file: Uint8Array, batch?: number): Parsed<ReadFile> {
  const bytes = plainQuantized(file);
  if (!bytes) throw new Error('no quantized file');
  const graph = got(importGraph(bytes, 'test', { batch }));
  const given = givenWords(graph, bytes);
  if (!given.ok) return given;
  const weights = got(graphWeights(graph, bytes));
  return { ok: true, value: { graph, weights, given: given.value, bits: givenBits(graph, weights, given.value) } };
}

export function integersOf(read: ReadFile, options: Partial<GivenOptions> = {}): Parsed<GivenIntegers> {
  return givenIntegers(read.graph, read.weights, read.given, { bits: Math.max(8, read.bits), ...options });
}

/** What the integers make of words. */
export function wordsOf(
  { graph }: ReadFile,
  { integers }: GivenIntegers,
  inputs: ReadonlyMap<string, Numbers>,
): ReadonlyMap<string, Numbers> {
  return got(runGraph(graph, inputs, arithmeticOf(integers, graph))).tensors;
}

/** The sentences of a refusal; none where there is none. */
export const sentences = (result: Parsed<unknown>): readonly string[] =>
  result.ok ? [] : result.diagnostics.map(printDiagnostic);
