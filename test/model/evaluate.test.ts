// What a mapping costs: small examples by hand under both conventions, and laws of every evaluation.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { megahertz, picojoules } from '../../src/base/units.js';
import type { Architecture, Level, Role, Storage } from '../../src/model/machine/architecture.js';
import type { Conventions } from '../../src/model/cost/conventions.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Dimension, Layer, Tensor, Window } from '../../src/model/workload/layer.js';
import { dimensions, macs, makeLayer, tensors, windows } from '../../src/model/workload/layer.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { mappedBounds } from '../../src/model/mapping/mapping.js';
import { countOffsets } from '../../src/model/cost/numbers.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { space } from '../../src/search/mapping/point.js';
import { smallTask, smallTemplateTask } from '../support/small.js';

function level(name: string, role: Role, energy: number, keeps: readonly Tensor[], more: Partial<Level> = {}): Level {
  const e = picojoules(energy);
  const store = {
    wordBits: 8,
    blockSize: 1,
    energy: { read: e, fill: e, update: e },
    access: [],
    line: [],
    lineWords: 1,
    tuples: false,
    linkEnergy: picojoules(0),
  };
  return {
    name,
    role,
    stores: { Weights: store, Inputs: store, Outputs: store },
    keeps,
    pools: [],
    buffers: 1,
    bandwidth: { read: null, write: null, total: null },
    temporal: dimensions,
    axes: [],
    holdsSums: false,
    ...more,
  };
}
const machineOf = (levels: readonly Level[]): Architecture => ({
  name: 'hand',
  source: 'test',
  levels,
  compute: { name: 'MAC', energy: picojoules(1) },
  staticEnergy: picojoules(0),
  clock: megahertz(1000),
  area: [],
});

/** `k2 c3 | x:k4`: loops in time, then along axes, one string a level. */
function mappingOf(a: Architecture, loops: readonly string[]): Mapping {
  const dim = (s: string) => s[0]!.toUpperCase() as Dimension;
  return {
    levels: a.levels.map((l, i) => {
      const [time = '', axes = ''] = loops[i]!.split('|').map((s) => s.trim());
      return {
        name: l.name,
        keep: l.keeps,
        temporal: time === '' ? [] : time.split(' ').map((s) => ({ dim: dim(s), factor: Number(s.slice(1)) })),
        spatial:
          axes === ''
            ? []
            : axes.split(' ').map((s) => ({
                axis: s.split(':')[0]!,
                dim: dim(s.split(':')[1]!),
                factor: Number(s.split(':')[1]!.slice(1)),
              })),
      };
    }),
  };
}

const counts = (a: Architecture, layer: Layer, loops: readonly string[], conventions: Conventions) => {
  const found = evaluate(a, layer, mappingOf(a, loops), conventions);
  const rows = Object.fromEntries(
    found.levels.map((l) => [
      l.name,
      Object.fromEntries(Object.entries(l.dataspaces).map(([t, d]) => [t, [d.reads, d.fills, d.updates]])),
    ]),
  );
  return { ...rows, energy: found.energy, cycles: found.cycles };
};

describe('a PE under magnet conventions, by hand', () => {
  const x = { name: 'Buffer.x', label: 'x', size: 4, dims: dimensions };
  const pe = machineOf([
    level('DRAM', 'memory', 100, tensors),
    level('Buffer', 'memory', 2, ['Weights', 'Inputs'], { axes: [x] }),
    level('Accum', 'accumulator', 3, ['Outputs']),
    level('Latch', 'collector', 0.5, ['Outputs']),
  ]);
  const layer = makeLayer('1x1', { K: 2, C: 3, P: 4 });

  test('sums over c visit the accumulation buffer', () => {
    // for k2: for c3: for p4: the latch holds one sum, p goes by between visits, so each of 8 outputs comes 3 times.
    expect(counts(pe, layer, ['k2', 'c3', 'p4', ''], magnetConventions)).toEqual({
      DRAM: {
        // Buffer holds c3 of the weights, anew for each k: 3 x 2. Inputs c3 p4 stay over k. Finished outputs leave once.
        Weights: [6, 0, 0],
        Inputs: [12, 0, 0],
        Outputs: [0, 0, 8],
      },
      // The multipliers read both in every one of the 24 cycles.
      Buffer: { Weights: [24, 6, 0], Inputs: [24, 12, 0] },
      // Written and read back 8 x (3 - 1) times: the last visit leaves through post-processing.
      Accum: { Outputs: [16, 0, 16] },
      // Read and written in every cycle.
      Latch: { Outputs: [24, 0, 24] },
      // 26 x 100 + 66 x 2 + 32 x 3 + 48 x 0.5 + 24 x 1
      energy: 2876,
      cycles: 24,
    });
  });

  test('sums that stay in the latch never do', () => {
    // The latch holds the 4 sums of p over c3: one visit.
    expect(counts(pe, layer, ['k2', 'c3', '', 'p4'], magnetConventions)).toMatchObject({
      Accum: { Outputs: [0, 0, 0] },
      Latch: { Outputs: [24, 0, 24] },
    });
  });

  test('a fan-out over k multicasts inputs', () => {
    expect(counts(pe, layer, ['', 'c3 | x:k2', 'p4', ''], magnetConventions)).toEqual({
      DRAM: { Weights: [6, 0, 0], Inputs: [12, 0, 0], Outputs: [0, 0, 8] },
      // 12 cycles: one input for both positions, a weight for each.
      Buffer: { Weights: [24, 6, 0], Inputs: [12, 12, 0] },
      // Two accumulators with 4 outputs each: 2 x 4 x (3 - 1).
      Accum: { Outputs: [16, 0, 16] },
      Latch: { Outputs: [24, 0, 24] },
      // 26 x 100 + 54 x 2 + 32 x 3 + 48 x 0.5 + 24
      energy: 2852,
      cycles: 12,
    });
  });

  test('a fan-out over c adds up before the latch', () => {
    // 8 cycles of 3 multiplications; each sum arrives once.
    expect(counts(pe, layer, ['k2', '| x:c3', 'p4', ''], magnetConventions)).toMatchObject({
      DRAM: { Outputs: [0, 0, 8] },
      Accum: { Outputs: [0, 0, 0] },
      Buffer: { Weights: [24, 6, 0], Inputs: [24, 12, 0] },
      cycles: 8,
    });
  });
});

describe('partial sums that leave a memory, by hand', () => {
  const machine = machineOf([level('DRAM', 'memory', 100, tensors), level('Buffer', 'memory', 1, tensors)]);
  const layer = makeLayer('1x1', { K: 2, C: 3, P: 4 });
  // for c3: for p4: | for k2: the buffer holds 2 sums of one p, and sees each of the 8 outputs 3 times.
  const loops = ['c3 p4', 'k2'];

  test('magnet: every physical access', () => {
    expect(counts(machine, layer, loops, magnetConventions)).toMatchObject({
      // Written back 8 x 3 times, brought down again 8 x 2 times.
      DRAM: { Outputs: [16, 0, 24] },
      // Accumulated 24 times; read for that 16 times and for the drain 24 times; filled 16 times.
      Buffer: { Outputs: [40, 16, 24] },
    });
  });

  test('timeloop: the read that drains is free', () => {
    expect(counts(machine, layer, loops, timeloopConventions)).toMatchObject({
      DRAM: { Outputs: [16, 0, 24] },
      Buffer: { Outputs: [16, 16, 24] },
    });
  });
});

describe('a window that moves, by hand', () => {
  const machine = machineOf([level('DRAM', 'memory', 100, tensors), level('Buffer', 'memory', 1, tensors)]);
  const layer = makeLayer('3x1', { P: 8, R: 3 });

  test('is fetched whole, or only where it is new', () => {
    // Tiles of 2 outputs lie over 4 inputs; 4 tiles. Sliding by 2: 4 + 3 x 2 = 10, the whole image.
    expect(counts(machine, layer, ['p4', 'p2 r3'], magnetConventions)).toMatchObject({
      DRAM: { Inputs: [16, 0, 0] },
      Buffer: { Inputs: [24, 16, 0] },
    });
    expect(counts(machine, layer, ['p4', 'p2 r3'], timeloopConventions)).toMatchObject({
      DRAM: { Inputs: [10, 0, 0] },
      Buffer: { Inputs: [24, 10, 0] },
    });
  });

  test('over gaps takes what is read, or the box', () => {
    // Stride 3, one kernel column: 8 pixels of 22.
    const sparse = makeLayer('1x1 s3', { P: 8 }, { stride: [3, 3] });
    expect(counts(machine, sparse, ['', 'p8'], magnetConventions)).toMatchObject({ DRAM: { Inputs: [8, 0, 0] } });
    expect(counts(machine, sparse, ['', 'p8'], timeloopConventions)).toMatchObject({ DRAM: { Inputs: [22, 0, 0] } });
  });
});

describe('cycles, by hand', () => {
  const slow = (bandwidth: Partial<Level['bandwidth']>) =>
    machineOf([
      level('DRAM', 'memory', 100, tensors, { bandwidth: { read: null, write: null, total: null, ...bandwidth } }),
      level('Buffer', 'memory', 1, tensors),
    ]);
  const layer = makeLayer('1x1', { K: 2, C: 3, P: 4 });
  // 24 multiplications one by one; DRAM reads 6 + 12 words and takes 8 updates, of 8 bits each.
  test.each([
    ['the multipliers', {}, 24],
    // 18 x 8 / 5 = 28.8
    ['reads', { read: 5 }, 29],
    ['writes', { write: 2 }, 32],
    // 26 x 8 / 8
    ['reads and writes together', { total: 8 }, 26],
  ])('are set by %s', (_, bandwidth, want) => {
    const a = slow(bandwidth);
    expect(evaluate(a, layer, mappingOf(a, ['', 'k2 c3 p4']), magnetConventions).cycles).toBe(want);
  });

  test('cost static energy, and set the utilisation', () => {
    const a = { ...slow({ total: 8 }), staticEnergy: picojoules(10) };
    const found = evaluate(a, layer, mappingOf(a, ['', 'k2 c3 p4']), magnetConventions);
    expect(found.staticEnergy).toBe(260);
    expect(found.utilization).toBeCloseTo(24 / 26, 12);
  });
});

/** Of words that lie packed, where the layer's weights are narrow enough for it. */
const readEnergy = (s: Storage | undefined, { weightBits = Infinity }: Layer): number =>
  s?.packed && weightBits <= s.packed.wordBits ? s.packed.read : (s?.energy.read ?? 0);

describe('every evaluation', () => {
  const sampled = [
    ...fc.sample(smallTask, { seed: 5, numRuns: 60 }),
    ...fc.sample(smallTemplateTask, { seed: 5, numRuns: 30 }),
  ];
  const points = sampled.flatMap((task, i) => {
    const chance = seeded(i);
    const from = space(task, 0);
    return Array.from({ length: 5 }, () => ({
      task,
      a: task.architectures[0]!,
      mapping: from.decode(from.random(chance)),
    })).filter(({ mapping }) => dimensions.every((d) => mappedBounds(mapping)[d] >= task.layer.bounds[d]));
  });

  test('is a table whose totals are its sums', () => {
    expect(points.length).toBeGreaterThan(300);
    for (const { task, a, mapping } of points) {
      const e = evaluate(a, task.layer, mapping, task.conventions);
      expect(e.energy).toBeCloseTo(
        e.levels.reduce((n, l) => n + l.energy, e.compute.energy + e.staticEnergy),
        6,
      );
      for (const [i, l] of e.levels.entries()) {
        const spaces = Object.entries(l.dataspaces);
        expect(l.energy).toBeCloseTo(
          spaces.reduce((n, [, d]) => n + d.energy + d.linkEnergy, 0),
          6,
        );
        for (const [t, d] of spaces) {
          const { energy, wordBits, linkEnergy } = a.levels[i]!.stores[t as Tensor]!;
          const read = readEnergy(a.levels[i]!.stores[t as Tensor], task.layer);
          expect(d.energy).toBeCloseTo(
            d.accesses.read * read + d.accesses.fill * energy.fill + d.accesses.update * energy.update,
            6,
          );
          expect(d.linkEnergy).toBeCloseTo(d.transfers * wordBits * linkEnergy, 6);
          for (const n of [d.reads, d.fills, d.updates]) expect(n).toBeGreaterThanOrEqual(0);
          for (const n of [d.reads, d.fills, d.updates]) expect(Math.abs(n - Math.round(n))).toBeLessThan(1e-9);
        }
      }
      if (e.tiles) expect(e.cycles).toBe(e.tiles.cycles);
      else expect(e.cycles).toBe(Math.max(e.compute.cycles, ...e.levels.map((l) => l.cycles)));
      const b = mappedBounds(mapping);
      expect(e.compute.macs).toBe(dimensions.reduce((n, d) => n * b[d], 1));
      expect(e.utilization).toBeLessThanOrEqual(1 + 1e-12);
    }
  });

  test('brings every tensor in or out at least once', () => {
    for (const { task, a, mapping } of points) {
      const e = evaluate(a, task.layer, mapping, task.conventions);
      const b = mappedBounds(mapping);
      const outer = e.levels[0]!.dataspaces;
      expect(outer.Weights!.reads).toBeGreaterThanOrEqual(b.G * b.K * b.C * b.R * b.S);
      expect(outer.Outputs!.updates).toBeGreaterThanOrEqual(b.N * b.G * b.K * b.P * b.Q);
      // Pixels that some MAC reads; a box in one piece may hold more.
      const { stride, dilation } = task.layer;
      const rows = (w: Window) =>
        countOffsets([
          { step: stride[w.out], count: b[w.out] },
          { step: dilation[w.kernel], count: b[w.kernel] },
        ]);
      expect(outer.Inputs!.reads).toBeGreaterThanOrEqual(windows.reduce((n, w) => n * rows(w), b.N * b.G * b.C));
    }
  });

  test('never falls where the outermost loop grows', () => {
    for (const { task, a, mapping } of points) {
      const before = evaluate(a, task.layer, mapping, task.conventions);
      for (const dim of dimensions) {
        const [first, ...rest] = mapping.levels;
        const larger = { levels: [{ ...first!, temporal: [{ dim, factor: 2 }, ...first!.temporal] }, ...rest] };
        const after = evaluate(a, task.layer, larger, task.conventions);
        expect(after.energy).toBeGreaterThanOrEqual(before.energy * (1 - 1e-12));
        expect(after.cycles).toBeGreaterThanOrEqual(before.cycles);
        expect(after.compute.macs).toBe(2 * before.compute.macs);
      }
    }
  });

  test('never falls where an action costs more', () => {
    for (const { task, a, mapping } of points.filter((_, i) => i % 7 === 0)) {
      const before = evaluate(a, task.layer, mapping, task.conventions);
      a.levels.forEach((_, i) => {
        const dearer = {
          ...a,
          levels: a.levels.map((l, k) =>
            k !== i
              ? l
              : {
                  ...l,
                  stores: Object.fromEntries(
                    Object.entries(l.stores).map(([t, s]) => [
                      t,
                      {
                        ...s,
                        energy: { ...s.energy, read: picojoules(2 * s.energy.read) },
                        packed: s.packed && { ...s.packed, read: picojoules(2 * s.packed.read) },
                      },
                    ]),
                  ),
                },
          ),
        };
        const after = evaluate(dearer, task.layer, mapping, task.conventions);
        const reads = tensors.reduce(
          (n, t) =>
            n + (before.levels[i]!.dataspaces[t]?.accesses.read ?? 0) * readEnergy(a.levels[i]!.stores[t], task.layer),
          0,
        );
        expect(after.energy).toBeCloseTo(before.energy + reads, 6);
        expect(after.cycles).toBe(before.cycles);
      });
    }
  });
});

test('one access of a physical memory moves all its words', () => {
  // simba, one PE: 8 lanes x 8 wide, each cycle reads one line of 8 inputs for all lanes and 8 weights for each lane.
  const a = lowerTemplate(simba, technology16nm)[0]!;
  const layer = makeLayer('1x1', { K: 8, C: 8, P: 4 });
  const mapping = mappingOf(a, ['', '', '', '', '', 'p4', '', '', '| lanes:k8 vector:c8']);
  const { levels, cycles, utilization } = evaluate(a, layer, mapping, magnetConventions);
  const of = (name: string, t: Tensor) => levels.find((l) => l.name === name)!.dataspaces[t]!;
  expect(utilization).toBeCloseTo(macs(layer) / (cycles * 1024), 12);
  // Weights stay in their collector over p4: 64 words, 8 to an access. Inputs change each cycle: 32 words, 8 to an access.
  expect([of('WeightBuffer', 'Weights').reads, of('WeightBuffer', 'Weights').accesses.read]).toEqual([64, 8]);
  expect([of('InputBuffer', 'Inputs').reads, of('InputBuffer', 'Inputs').accesses.read]).toEqual([32, 4]);
  expect([of('WeightCollector', 'Weights').reads, of('WeightCollector', 'Weights').accesses.read]).toEqual([256, 32]);
  // One input read serves all lanes.
  expect([of('InputCollector', 'Inputs').reads, of('InputCollector', 'Inputs').accesses.read]).toEqual([32, 4]);
  // Each of 32 outputs is summed in its latch in one cycle; none ever visits the accumulation buffer.
  expect(of('AccumCollector', 'Outputs').updates).toBe(32);
  expect(of('AccumBuffer', 'Outputs').updates).toBe(0);
  // They go to the output buffer and from there, a line of 8 at a time, to the global buffer.
  expect([of('OutputBuffer', 'Outputs').accesses, of('GlobalBuffer', 'Outputs').accesses]).toEqual([
    { read: 4, fill: 0, update: 4 },
    { read: 4, fill: 0, update: 4 },
  ]);
  // fill 4 beats + 2, + 2; then load_w 64 words / 8 + 2, + 2; compute 4 + 4, + 2; drain 4 + 5 + 2, + 2, and 2 for
  // the outer step; spill 4 + 2, + 2.
  expect(cycles).toBe(8 + (12 + 10 + 13 + 2) + 8);
});
