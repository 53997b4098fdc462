// What `qdq` writes is read again: the same words, whatever the network.

import { describe, expect, test } from 'vitest';
import { unsignedTensors } from '../../../src/model/workload/unsigned-tensors.js';
import { qdqFile } from '../../../src/qdq/qdq-file.js';
import { drawnRun } from '../../../src/reference/draw-integers.js';
import { tensorsLeft } from '../../../src/reference/given-integers.js';
import { unknownSteps } from '../../../src/reference/run-graph.js';
import { networkGraphOf } from '../../../src/workloads/graph/network-graph-of.js';
import { decodeOnnx } from '../../../src/workloads/onnx/decode-model.js';
import { got, integersOf, readQuantized, wordsOf } from '../../support/quantized.js';
import { randomGraph } from '../../support/random-graph.js';

/** Averages whose windows have several divisors, and maxima with more padding than a window, are written in parts that have no words. */
const inParts = /averagepool\d+\.out|relu\d+\.out/;

describe('a network drawn in integers', () => {
  for (const [bits, half] of [
    [8, false],
    [8, true],
    [4, true],
    [12, false],
  ] as const)
    test(`words of ${bits} bits${half ? ', unsigned where they can be' : ''}`, () => {
      let exact = 0;
      for (let seed = 1; seed <= 80; seed++) {
        const graph = got(networkGraphOf(randomGraph(seed, { host: false, size: 8 }), 'test'));
        const unsigned = half ? unsignedTensors(graph, bits) : undefined;
        const { integers, inputs, run } = got(drawnRun(graph, seed, { bits, unsigned }));
        const file = got(qdqFile(graph, integers, { bits }));
        const read = got(readQuantized(file));
        if (unknownSteps(read.graph).length > 0) continue;
        const made = got(integersOf(read, { bits: bits > 8 ? 16 : 8 }));
        const left = tensorsLeft(read.graph, read.given);
        for (const name of left) expect(name, `seed ${seed}`).toMatch(inParts);
        if (left.length > 0) continue;
        expect(made.differences, `seed ${seed}`).toEqual([]);
        exact++;
        const ends = got(decodeOnnx(file, 'test')).outputs.map((o) => o.name);
        const found = wordsOf(read, made, inputs);
        for (const name of graph.outputs) {
          const own = found.get(read.graph.outputs[ends.indexOf(name)]!)!;
          expect(own.values, `seed ${seed}`).toEqual(run.tensors.get(name)!.values);
        }
      }
      expect(exact).toBeGreaterThan(50);
    });
});

test.each([
  [4, true],
  [4, false],
  [6, true],
] as const)(
  'words of %i bits lie in bytes of the file, and need no more than they are (unsigned: %s)',
  (bits, half) => {
    let exact = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const graph = got(networkGraphOf(randomGraph(seed, { host: false, size: 8 }), 'test'));
      const unsigned = half ? unsignedTensors(graph, bits) : undefined;
      const { integers, inputs, run } = got(drawnRun(graph, seed, { bits, unsigned }));
      // Inputs in real numbers, of which one is a word.
      const scales = new Map(graph.tensors.map((t) => [t.name, 1]));
      const file = got(qdqFile(graph, integers, { bits, scales }));
      const read = got(readQuantized(file));
      if (unknownSteps(read.graph).length > 0 || tensorsLeft(read.graph, read.given).length > 0) continue;
      expect(read.bits, `seed ${seed}`).toBeLessThanOrEqual(bits);
      exact++;
      const ends = got(decodeOnnx(file, 'test')).outputs.map((o) => o.name);
      for (const machine of [bits, 8]) {
        const made = got(integersOf(read, { bits: machine }));
        expect(made.differences, `seed ${seed}`).toEqual([]);
        const found = wordsOf(read, made, inputs);
        for (const name of graph.outputs) {
          const own = found.get(read.graph.outputs[ends.indexOf(name)]!)!;
          expect(own.values, `seed ${seed}, ${machine} bits`).toEqual(run.tensors.get(name)!.values);
        }
      }
    }
    expect(exact).toBeGreaterThan(20);
  },
);
