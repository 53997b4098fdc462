// What the template lowers to, by hand for the preset simba.

import { describe, expect, test } from 'vitest';
import { kibibytes } from '../../src/base/units.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { lineBits, peakMacs, usableBanks, usableBits } from '../../src/model/machine/architecture.js';
import type { Tensor } from '../../src/model/workload/layer.js';
import { channelBandwidth, dramBitsPerCycle, dramChannels } from '../../src/model/machine/dram-channels.js';
import { array3, eyeriss, magnet, presets, simba, simbaLpddr4 } from '../../src/model/machine/presets.js';
import { memoryArea, technology16nm as t } from '../../src/model/machine/technology.js';
import { areaOf, lowerTemplate } from '../../src/model/machine/template.js';

const lowered = lowerTemplate(simba, t);
const machine = lowered[0]!;
const levelOf = (a: Architecture, name: string) => a.levels.find((l) => l.name === name)!;
const energyOf = (name: string, tensor: Tensor) => levelOf(machine, name).stores[tensor]!.energy;

describe('simba', () => {
  test('has one arrangement, its collectors innermost', () => {
    expect(lowered).toHaveLength(1);
    expect(machine.levels.map((l) => l.name)).toEqual([
      'DRAM',
      'GlobalBuffer',
      'WeightBuffer',
      'InputBuffer',
      'OutputBuffer',
      'AccumBuffer',
      'AccumCollector',
      'WeightCollector',
      'InputCollector',
    ]);
    expect(machine.levels.flatMap((l) => l.axes.map((x) => `${x.name} ${x.size} ${x.dims.join('')}`))).toEqual([
      'GlobalBuffer.columns 4 KG',
      'GlobalBuffer.rows 4 PCG',
      'InputCollector.lanes 8 K',
      'InputCollector.vector 8 C',
    ]);
    expect(peakMacs(machine)).toBe(1024);
  });

  test('loops in time where tiles and deep collectors are, and nowhere else', () => {
    expect(machine.levels.filter((l) => l.temporal.length > 0).map((l) => l.name)).toEqual([
      'DRAM',
      'GlobalBuffer',
      'AccumBuffer',
    ]);
    expect(machine.levels.filter((l) => l.holdsSums).map((l) => l.name)).toEqual(['AccumBuffer']);
  });

  // Up to 2,048 words a bit has four columns of words / 4 rows; 8 KB in words of 64 bits take 50 fJ a bit.
  const bit = (words: number, width: number) => {
    const rows = words / 4;
    return (2.41 + 0.0136 * rows) / width + 0.621 + 0.00995 * 4 * rows ** 0.6;
  };
  const access = (words: number, width: number) => (0.05 * width * bit(words, width)) / bit(1024, 64);

  test.each<[string, Tensor, number]>([
    ['DRAM', 'Weights', 70],
    // 64 KB in 16 banks of 4 KB, lines of 8 words of 8 bits.
    ['GlobalBuffer', 'Inputs', access(512, 64)],
    ['GlobalBuffer', 'Outputs', access(512, 64)],
    // 32 KB over 8 lanes, in halves: 2 KB; 8 weights of 8 bits.
    ['WeightBuffer', 'Weights', access(256, 64)],
    // A half is 4 KB; 8 inputs.
    ['InputBuffer', 'Inputs', access(512, 64)],
    // 3 KB over 8 lanes, each a macro of 24 bits.
    ['AccumBuffer', 'Outputs', 8 * access(128, 24)],
    ['OutputBuffer', 'Outputs', 8 * access(128, 24)],
    // Latches, 1.0 fJ per bit: 8 weights of 8 bits, 8 inputs of 8 bits, one sum of 24.
    ['WeightCollector', 'Weights', 0.064],
    ['InputCollector', 'Inputs', 0.064],
    ['AccumCollector', 'Outputs', 0.024],
  ])('a read of %s for %s', (level, tensor, want) => expect(energyOf(level, tensor).read).toBeCloseTo(want, 5));

  test('writes cost what reads do, but for latches', () => {
    expect(energyOf('InputBuffer', 'Inputs').fill).toBe(energyOf('InputBuffer', 'Inputs').read);
    // 1.5 fJ per bit
    expect(energyOf('WeightCollector', 'Weights').fill).toBeCloseTo(0.096, 9);
    expect(energyOf('AccumCollector', 'Outputs').update).toBeCloseTo(0.036, 9);
  });

  test('a line of outputs is post-processed before it is written to the global buffer', () => {
    // Constants: 1024 x (24 + 17 + 6) bits a lane. Products of 24 x 17 and 9 x 17 bits, 26 fJ x (408 + 153) / 64;
    // additions of 24, 41 and 41 bits.
    const { update, fill } = energyOf('GlobalBuffer', 'Outputs');
    expect(update - fill).toBeCloseTo(8 * access(1024, 47) + (8 * ((26 * 561) / 64 + 106)) / 1000, 9);
    expect(fill).toBeCloseTo(access(512, 64), 9);
    expect(energyOf('DRAM', 'Outputs').update).toBeCloseTo(70, 9);
  });

  test('sums cross the array at their full width, inputs at theirs', () => {
    const wires = (tensor: Tensor) => {
      const s = levelOf(machine, 'GlobalBuffer').stores[tensor]!;
      return s.wordBits * s.linkEnergy;
    };
    expect(wires('Outputs') / wires('Inputs')).toBeCloseTo(24 / 8, 12);
  });

  test('works tile by tile', () => {
    expect(machine.tiling).toEqual({
      outer: 0,
      beatsPerLine: { compute: 1, load_i: 1, load_w: 1, drain: 1, fill: 1, spill: 1 },
      inner: 1,
      step: 2,
      lanes: 'InputCollector.lanes',
      vector: 'InputCollector.vector',
      biasLines: 1024,
      longestLoop: 65536,
      residency: false,
      // Two levels of the tree over 4 rows.
      latency: { compute: 4, load_i: 2, load_w: 2, drain: 7, fill: 2, spill: 2 },
      residual: { latency: 2, beatsPerLine: 1 },
    });
  });

  test('a MAC is a multiplier and its share of the adders', () => {
    // Products of 16 bits. Tree of 8: 4 x 17 + 2 x 18 + 1 x 19 = 123 bits; accumulate 24: 147 fJ over 8 multipliers = 18.375.
    expect(machine.compute.energy).toBeCloseTo((26 + 18.375) / 1000, 9);
  });

  test('lines are what one access of the physical memory holds', () => {
    const line = (name: string, tensor: Tensor) => lineBits(levelOf(machine, name), tensor);
    // 8 lanes x 8 wide x 8 bits; 8 wide x 8 bits; 8 lanes x 24 bits; the wider of 8 inputs and 8 outputs of 8 bits.
    expect([
      line('WeightBuffer', 'Weights'),
      line('InputBuffer', 'Inputs'),
      line('AccumBuffer', 'Outputs'),
      line('GlobalBuffer', 'Inputs'),
    ]).toEqual([512, 64, 192, 64]);
    expect(line('OutputBuffer', 'Outputs')).toBe(192);
    const wide = lowerTemplate({ ...simba, numLanes: 16 }, t)[0]!;
    expect([
      lineBits(levelOf(wide, 'GlobalBuffer'), 'Inputs'),
      lineBits(levelOf(wide, 'GlobalBuffer'), 'Outputs'),
    ]).toEqual([128, 128]);
  });

  test('a tile may use half of a ping-pong buffer, and all of a single one', () => {
    const usable = (name: string) => usableBits(levelOf(machine, name), levelOf(machine, name).pools[0]!);
    expect(usable('WeightBuffer')).toBe(kibibytes(16));
    expect(usable('InputBuffer')).toBe(kibibytes(4));
    expect(usable('OutputBuffer')).toBe(kibibytes(3));
    expect(usable('AccumBuffer')).toBe(kibibytes(3));
    // Whole banks: 8 of 16, of 4 KB or 512 lines each.
    const { banks, linesIn } = usableBanks(levelOf(machine, 'GlobalBuffer'), simba.globalBuffer, simba.globalBanks);
    expect([banks, linesIn('Inputs'), linesIn('Outputs')]).toEqual([8, 512, 512]);
    // One entry: 8 sums of 24 bits.
    expect(usable('AccumCollector')).toBe(192);
  });
});

describe('area of simba, um2', () => {
  const part = (name: string) => areaOf(simba, t).find((a) => a.part === name)!.area * 1e6;
  const memory = (kb: number, word: number) => memoryArea(t, kibibytes(kb), word) * 1e6;
  test.each([
    // Per PE 64 multipliers of 95 with 16 bits of tree at 0.78, 8 sums of 24 bits at 2.63, 64 weights of 8 bits chosen at 0.8.
    ['MACs', (16 * (64 * (95 + 16 * 0.78) + 192 * 2.63 + 512 * 0.8)) / 0.75],
    // 64 weights and 8 inputs of 8 bits, 8 sums of 24: 768 bits x 1.3
    ['collectors', (16 * 768 * 1.3) / 0.75],
    // 8 inputs of 8 bits chosen in each PE, 8 loops for all
    ['control', (16 * 64 * 0.8 + 8 * 116) / 0.75],
    // 4 rows of 8 sums of 24 bits held, three added
    ['reduction and multicast', (4 * 192 * 1.3 + 3 * 192 * 2.63) / 0.75],
    // With the registers of the next layer, 8 loops in the nest of a PE.
    ['tile control', (12330 + 1.3 * (4400 + 50 * 8)) / 0.75],
    // 8 lanes in two halves of 2 KB; two halves of 4 KB; 8 lanes of 384 bytes; 16 banks of 4 KB
    ['weight buffers', (16 * 16 * memory(2, 64)) / 0.75],
    ['input buffers', (16 * 2 * memory(4, 64)) / 0.75],
    // It reads and writes in one cycle.
    ['accumulation buffers', (16 * 8 * 1.6 * memory(0.375, 24)) / 0.75],
    ['output buffers', (16 * 16 * memory(0.375, 24)) / 0.75],
    // 8 lanes: multipliers of 24 x 17 and 9 x 17 bits, adders of 24, 41 and 41 bits, and 1,024 words of 47 bits.
    ['post-processing', (8 * ((95 * 561) / 64 + 67 * 0.78 + 106 * 2.63) + 8 * memory((1024 * 47) / 8192, 47)) / 0.75],
    ['global buffer', (16 * memory(4, 64)) / 0.75],
  ])('%s', (name, want) => expect(part(name)).toBeCloseTo(want, 4));

  test('is all of these parts, and the machine carries it', () => {
    expect(areaOf(simba, t)).toHaveLength(11);
    expect(machine.area).toEqual(areaOf(simba, t));
  });
});

describe('arrangements', () => {
  const orders = (depths: { accumCollector: number; weightCollector: number; inputCollector: number }) =>
    lowerTemplate({ ...simba, ...depths }, t).map((a) =>
      a.levels
        .slice(6)
        .map((l) => l.name.replace('Collector', ''))
        .join(' '),
    );

  test('are the orders of the deep collectors', () => {
    expect(orders({ accumCollector: 4, weightCollector: 2, inputCollector: 3 }).sort()).toEqual([
      'Accum Input Weight',
      'Accum Weight Input',
      'Input Accum Weight',
      'Input Weight Accum',
      'Weight Accum Input',
      'Weight Input Accum',
    ]);
  });

  test('collectors of depth one stand innermost', () => {
    expect(orders({ accumCollector: 4, weightCollector: 1, inputCollector: 1 })).toEqual(['Accum Weight Input']);
    expect(orders({ accumCollector: 1, weightCollector: 1, inputCollector: 2 })).toEqual(['Input Accum Weight']);
    expect(orders({ accumCollector: 2, weightCollector: 1, inputCollector: 2 }).sort()).toEqual([
      'Accum Input Weight',
      'Input Accum Weight',
    ]);
  });

  test('differ in nothing but the order', () => {
    const all = lowerTemplate({ ...simba, accumCollector: 4, weightCollector: 2, inputCollector: 3 }, t);
    for (const a of all) {
      expect(a.area).toEqual(all[0]!.area);
      expect(a.compute).toEqual(all[0]!.compute);
      expect(peakMacs(a)).toBe(1024);
      expect(a.levels.at(-1)!.axes.map((x) => x.label)).toEqual(['lanes', 'vector']);
      expect(a.levels.slice(0, -1).flatMap((l) => l.axes.map((x) => x.label))).toEqual(['columns', 'rows']);
      // The stores name the axes of their own arrangement.
      const names = a.levels.flatMap((l) => l.axes.map((x) => x.name));
      for (const l of a.levels)
        for (const s of Object.values(l.stores))
          expect(names).toEqual(expect.arrayContaining([...s.access, ...s.line]));
    }
  });
});

test('simba beside LPDDR4: 204 bits a cycle are half a line a cycle on each channel, the answer comes after 38.75 ns', () => {
  expect(dramBitsPerCycle(simbaLpddr4)).toBe(204);
  expect(Object.values(dramChannels(simbaLpddr4)).map(({ line, width }) => [line, width])).toEqual(
    Array.from({ length: 4 }, () => [64, 32]),
  );
  expect(channelBandwidth(simbaLpddr4)).toBe(16);
  expect(simbaLpddr4.dramLatency).toBe(Math.ceil(62 * 0.625 * (simbaLpddr4.clock / 1000)));
});

test('every preset names its source', () => {
  expect(presets).toHaveLength(5);
  for (const x of [simba, simbaLpddr4, magnet, eyeriss, array3]) expect(x.source.length).toBeGreaterThan(20);
  expect([peakMacs(array3), peakMacs(eyeriss), peakMacs(lowerTemplate(magnet, t)[0]!)]).toEqual([256, 168, 4096]);
});
