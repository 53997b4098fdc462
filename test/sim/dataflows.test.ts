// One machine, one netlist: seven dataflows and every kind of layer on every use of the array, by program alone.

import { describe, expect, test } from 'vitest';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { Dimension, Layer } from '../../src/model/workload/layer.js';
import { dimensions, isRelevant, makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { mappedBounds } from '../../src/model/mapping/mapping.js';
import { inputShape, sizeOf } from '../../src/sim/tensor.js';
import type { Counters } from '../../src/sim/counts.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import type { Placed, Placing } from '../support/rtl.js';
import { check, jobOf, parseLoops, place, smallMachine } from '../support/rtl.js';

const machine = smallMachine(
  'dataflows',
  { weight: 64, input: 64, sum: 32, bank: 128 },
  {
    vectorSize: 2,
    numLanes: 2,
    rows: 2,
    columns: 2,
    weightCollector: 4,
    inputCollector: 4,
    accumCollector: 8,
    globalBanks: 16,
  },
);
const simulator = await machineSimulator(machine);

/** Legal, bit-exact, in the model's cycles and counts, with and without stalls of DRAM. */
function runs(placed: Placed, seed: number): Counters {
  const { architecture, layer, mapping } = placed;
  expect(breaches(architecture, layer, mapping, magnetConventions)).toEqual([]);
  const job = jobOf(machine, placed, seed);
  const { faults, counters } = check(simulator, job, placed);
  expect(faults).toEqual([]);
  expect(check(simulator, job, placed, 0.3).faults).toEqual([]);
  return counters!;
}

describe('dataflows of one layer', () => {
  // In a PE: K 4 (of 8, in 2 lanes), C 4 (of 8, in vectors of 2), P 4, Q 2, R 3; columns over K, rows over P, two tiles over Q.
  const layer = makeLayer('conv', { K: 16, C: 8, P: 8, Q: 4, R: 3 });
  const array = { GlobalBuffer: 'Q2', columns: 'K2', rows: 'P2', lanes: 'K2', vector: 'C2' };
  const [tiles, k, c, p, q, r] = [2, 4, 4, 4, 2, 3] as const;
  const mac = tiles * k * c * p * q * r;
  const outputs = tiles * k * p * q;
  const once = { weights: tiles * k * c * r, inputs: tiles * c * r * p * q };
  const counts = (placing: Placing, seed: number) => {
    const found = runs(place(machine, layer, { ...array, ...placing }), seed);
    expect(found.mac).toBe(mac);
    expect(found.output_write).toBe(outputs);
    return { weights: found.weight_read, inputs: found.input_read, sums: [found.sum_write, found.sum_read] };
  };

  test('WS: weights stay, every other operand moves with each multiplication', () => {
    // c and r outside p and q: a sum is visited c r times, all but the first of them bring it from the accumulation buffer.
    const sums = outputs * (c * r - 1);
    expect(counts({ AccumBuffer: 'K4 C4 R3 Q2 P4' }, 1)).toEqual({
      weights: once.weights,
      inputs: mac,
      sums: [sums, sums],
    });
  });

  test('OS: a sum stays until it is finished, so the accumulation buffer rests', () => {
    expect(counts({ AccumBuffer: 'K4 Q2 P4 C4 R3' }, 2)).toEqual({ weights: mac, inputs: mac, sums: [0, 0] });
  });

  test('IS: an input stays for all output channels', () => {
    const sums = outputs * (c * r - 1);
    expect(counts({ AccumBuffer: 'C4 R3 Q2 P4 K4' }, 3)).toEqual({
      weights: mac,
      inputs: once.inputs,
      sums: [sums, sums],
    });
  });

  test('OS-LWS: sums of one row stay in their collector, a weight for as long as the row', () => {
    expect(counts({ AccumBuffer: 'K4 Q2', AccumCollector: 'C4 R3 P4' }, 4)).toEqual({
      weights: mac / p,
      inputs: mac,
      sums: [0, 0],
    });
  });

  test('WS-LOS: the weights of some channels stay in their collector, a sum while it runs over them', () => {
    const sums = outputs * (r - 1);
    expect(counts({ AccumBuffer: 'K4 R3', WeightCollector: 'Q2 P4 C4' }, 5)).toEqual({
      weights: once.weights,
      inputs: mac,
      sums: [sums, sums],
    });
  });

  test('WS-LIS: the weights of some output channels stay in their collector, an input while it meets them', () => {
    const sums = outputs * (c * r - 1);
    expect(counts({ AccumBuffer: 'C4 R3', WeightCollector: 'Q2 P4 K4' }, 6)).toEqual({
      weights: once.weights,
      inputs: mac / k,
      sums: [sums, sums],
    });
  });

  test('OS-LIS: the sums of all output channels of a pixel stay in their collector, an input while it meets them', () => {
    expect(counts({ AccumBuffer: 'Q2 P4', AccumCollector: 'C4 R3 K4' }, 7)).toEqual({
      weights: mac,
      inputs: mac / k,
      sums: [0, 0],
    });
  });

  test('all three collectors at once', () => {
    // Sums of k 4 x p 2 stay over c and r; the weights of k 4 stay over p 2; an input stays over k 4.
    expect(
      counts({ AccumBuffer: 'Q2 P2', AccumCollector: 'C4 R3', WeightCollector: 'P2', InputCollector: 'K4' }, 8),
    ).toEqual({ weights: mac / 2, inputs: mac / k, sums: [0, 0] });
    // Inputs of p 4 stay over k 4 and are read once, weights over p 4.
    expect(counts({ AccumBuffer: 'C4 R3 Q2', InputCollector: 'K4 P4' }, 9)).toEqual({
      weights: once.weights * q,
      inputs: once.inputs,
      sums: [outputs * (c * r - 1), outputs * (c * r - 1)],
    });
  });
});

describe('layers', () => {
  // What stands in a PE; the array takes a factor 2 for its rows and its columns, the global buffer the rest, the
  // reduction innermost. Bounds that no product of factors reaches are padded up.
  const layers: readonly (readonly [name: string, layer: Layer, pe: Placing])[] = [
    [
      'a plain 3 x 3 kernel',
      makeLayer('plain', { K: 8, C: 8, P: 4, Q: 3, R: 3, S: 3 }),
      { AccumBuffer: 'Q3 R3 S3', AccumCollector: 'C2 P2', lanes: 'K2', vector: 'C2' },
    ],
    [
      'groups',
      makeLayer('grouped', { G: 4, K: 4, C: 4, P: 4, R: 2 }),
      { AccumBuffer: 'G2 R2 P2', lanes: 'K2', vector: 'C2' },
    ],
    [
      'depthwise',
      makeLayer('depthwise', { G: 6, P: 6, Q: 2, R: 3, S: 2 }),
      { AccumBuffer: 'S2 R3', WeightCollector: 'Q2 P3' },
    ],
    [
      'strides',
      makeLayer('strided', { K: 4, C: 4, P: 6, Q: 3, R: 3, S: 2 }, { stride: [2, 3] }),
      { AccumBuffer: 'S2 R3 Q3 P3', lanes: 'K2', vector: 'C2' },
    ],
    [
      'dilation',
      makeLayer('dilated', { K: 4, C: 4, P: 6, Q: 3, R: 3, S: 2 }, { dilation: [2, 3] }),
      { AccumBuffer: 'P3 Q3', AccumCollector: 'S2 R3', lanes: 'K2', vector: 'C2' },
    ],
    [
      'stride and dilation',
      makeLayer('both', { K: 2, C: 2, P: 8, Q: 2, R: 4, S: 2 }, { stride: [2, 2], dilation: [4, 3] }),
      { AccumBuffer: 'Q2 S2 R4 P4', lanes: 'K2', vector: 'C2' },
    ],
    [
      'ragged bounds',
      makeLayer('ragged', { K: 5, C: 3, P: 7, Q: 3, R: 3 }),
      { AccumBuffer: 'Q2 R3 P4', lanes: 'K2', vector: 'C2' },
    ],
    ['one idle lane and one idle position', makeLayer('narrow', { K: 3, C: 3, P: 4, R: 2 }), { AccumBuffer: 'P2 R2' }],
    [
      'fully connected',
      makeLayer('gemm', { P: 6, K: 12, C: 16 }),
      { AccumBuffer: 'K3 C2', AccumCollector: 'C2 P3', lanes: 'K2', vector: 'C2' },
    ],
    [
      'a vector by a matrix',
      makeLayer('gemv', { K: 12, C: 16 }),
      { AccumBuffer: 'C4', AccumCollector: 'K3', lanes: 'K2', vector: 'C2' },
    ],
    [
      '1 x 1 kernel',
      makeLayer('pointwise', { K: 8, C: 8, P: 4, Q: 4 }),
      { AccumBuffer: 'C2', WeightCollector: 'Q4 P2', lanes: 'K2', vector: 'C2' },
    ],
    [
      'batch',
      makeLayer('batch', { N: 4, K: 4, C: 4, P: 4, R: 2 }),
      { AccumBuffer: 'R2', WeightCollector: 'N2 P2', lanes: 'K2', vector: 'C2' },
    ],
    [
      'no biases',
      makeLayer('bare', { G: 2, K: 6, C: 4, P: 4, R: 2 }, { bias: false }),
      { AccumBuffer: 'K2 R2 P2', lanes: 'K2', vector: 'C2' },
    ],
    [
      'max-pool 2 x 2',
      makeLayer('pooled', { K: 4, C: 4, P: 8, Q: 4, R: 3, S: 2 }, { pool: [2, 2] }),
      { AccumBuffer: 'S2 R3 Q2 P4', lanes: 'K2', vector: 'C2' },
    ],
    [
      'max-pool 1 x 3 of strided groups',
      makeLayer('pooled groups', { G: 2, K: 2, C: 2, P: 4, Q: 6, R: 2, S: 2 }, { stride: [2, 1], pool: [1, 3] }),
      { AccumBuffer: 'P2 Q6 R2 S2', lanes: 'K2', vector: 'C2' },
    ],
  ];
  const arrays = (['P2', 'C2', 'G2'] as const).flatMap((rows) =>
    (['K2', 'G2'] as const).map((columns) => ({ rows, columns })),
  );

  describe.each(layers)('%s', (_, layer, pe) => {
    test.each(arrays)('rows over $rows, columns over $columns', ({ rows, columns }) => {
      const inside = Object.fromEntries(dimensions.map((d) => [d, 1])) as Record<Dimension, number>;
      for (const { dim, factor } of Object.values({ ...pe, rows, columns }).flatMap(parseLoops)) inside[dim] *= factor;
      const order: readonly Dimension[] = ['N', 'G', 'K', 'Q', 'P', 'C', 'R', 'S'];
      const rest = order
        .map((d) => [d, Math.ceil(layer.bounds[d] / inside[d])] as const)
        .filter(([, n]) => n > 1)
        .map(([d, n]) => `${d}${n}`);
      const placed = place(machine, layer, { GlobalBuffer: rest.join(' '), ...pe, rows, columns });
      for (const d of dimensions) expect(mappedBounds(placed.mapping)[d]).toBeGreaterThanOrEqual(layer.bounds[d]);
      const counters = runs(placed, 100);
      expect(counters.mac).toBeGreaterThan(0);
      // Rows over C add their sums on the way out: a line is drained once for both.
      const loops = placed.mapping.levels.flatMap((l) => [
        ...l.temporal,
        ...l.spatial.filter((x) => x.axis === 'rows' || x.axis === 'columns'),
      ]);
      const lines = loops.reduce((n, { dim, factor }) => (isRelevant('Outputs', dim) ? n * factor : n), 1);
      expect(counters.output_read).toBe(lines);
    });
  });

  test.each(['DRAM', 'GlobalBuffer'] as const)('a reduction that goes on from tile to tile of %s', (level) => {
    const layer = makeLayer('deep', { K: 4, C: 16, P: 8, R: 3 });
    const found = runs(
      place(machine, layer, { [level]: 'K2 C4 R3', AccumBuffer: 'C2 P4', rows: 'P2', lanes: 'K2', vector: 'C2' }),
      200,
    );
    // Each sum is visited 2 x 4 x 3 times in all, and leaves once.
    expect([found.sum_write, found.sum_read, found.output_write]).toEqual([2 * 4 * 23, 2 * 4 * 23, 2 * 4]);
    expect(found.weight_load).toBe(2 * 12 * 2 * 2);
  });

  test('a border of zeros around the image is data like any other', () => {
    // A 5 x 5 image with a border of 1 under a 3 x 3 kernel: 5 x 5 outputs.
    const layer = makeLayer('same', { K: 4, C: 4, P: 5, Q: 5, R: 3, S: 3 });
    const placed = place(machine, layer, {
      GlobalBuffer: 'Q5 C2',
      AccumBuffer: 'S3 R3 P3',
      columns: 'K2',
      rows: 'P2',
      lanes: 'K2',
      vector: 'C2',
    });
    expect(breaches(placed.architecture, layer, placed.mapping, magnetConventions)).toEqual([]);
    const shape = inputShape(layer);
    expect(shape).toEqual([1, 1, 4, 7, 7]);
    const inside = (i: number) => i % 7 > 0 && i % 7 < 6 && Math.floor(i / 7) % 7 > 0 && Math.floor(i / 7) % 7 < 6;
    const inputs = {
      shape,
      data: Int32Array.from({ length: sizeOf(shape) }, (_, i) => (inside(i) ? ((i * 37) % 255) - 127 : 0)),
    };
    const job = jobOf(machine, placed, 300, { inputs });
    expect(check(simulator, job, placed).faults).toEqual([]);
  });
});
