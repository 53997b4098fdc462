// Energies and areas of parts, by hand from the constants.

import { describe, expect, test } from 'vitest';
import { bits, kibibytes, squareMillimetres } from '../../src/base/units.js';
import type { Technology } from '../../src/model/machine/technology.js';
import {
  accumulateArea,
  addEnergy,
  constantNames,
  dramEnergy,
  latchArea,
  latchEnergy,
  loopArea,
  macArea,
  memoryArea,
  multiplyEnergy,
  operandArea,
  placed,
  sramEnergy,
  builtInTechnologies,
  staticEnergy,
  technology16nm as t,
  wireEnergy,
} from '../../src/model/machine/technology.js';

const bySize = builtInTechnologies[1]!;
const um2 = (mm2: number) => mm2 * 1e6;

describe('energies at 16 nm, pJ', () => {
  test.each([
    // 26 fJ for 8 x 8 bits; a quarter of it for 4 x 4.
    ['multiply 8 x 8', multiplyEnergy(t, 8, 8), 0.026],
    ['multiply 4 x 4', multiplyEnergy(t, 4, 4), 0.0065],
    ['add 24 bits', addEnergy(t, 24), 0.024],
    // 1.0 fJ per bit read, 1.5 written.
    ['latch read 24 bits', latchEnergy(t, 'read', 24), 0.024],
    ['latch write 24 bits', latchEnergy(t, 'write', 24), 0.036],
    // 50 fJ x 64 bits.
    ['SRAM 8 KB, 64 bits', sramEnergy(t, kibibytes(8), 64), 3.2],
    // By size alone, (4 / 8)^0.6 = 0.65975
    ['SRAM 4 KB, 64 bits', sramEnergy(bySize, kibibytes(4), 64), 3.2 * 0.659754],
    // (64 / 8)^0.6 = 2^1.8 = 3.48220
    ['SRAM 64 KB, 64 bits', sramEnergy(bySize, kibibytes(64), 64), 3.2 * 3.482202],
    // 50 (0.25 / 8)^0.6 = 6.25 fJ per bit, below the floor of 8.
    ['SRAM 256 B, 64 bits', sramEnergy(bySize, kibibytes(0.25), 64), 0.512],
    ['wire, 8 bits over 2 mm', wireEnergy(t, 8, 2), 0.64],
    ['DRAM, 8 bits', dramEnergy(t, 8), 70],
    ['static, of 3 mm2', staticEnergy(t, squareMillimetres(3)), 0],
  ])('%s', (_, energy, want) => expect(energy).toBeCloseTo(want, 5));
});

describe('areas at 16 nm, um2, memories by size alone', () => {
  const density = { 4: 4684 / 32768, 32: 29142 / 262144, 256: 183290 / 2097152 };
  test.each([
    // At the points: the macros as read, times 1.1.
    [4, 4684 * 1.1],
    [32, 29142 * 1.1],
    [256, 183290 * 1.1],
    // Linear in the logarithm of the size: 8 KB is one third of the way from 4 to 32, 16 KB two thirds, 64 KB one third from 32 to 256.
    [8, 8 * 8192 * ((2 * density[4] + density[32]) / 3) * 1.1],
    [16, 16 * 8192 * ((density[4] + 2 * density[32]) / 3) * 1.1],
    [64, 64 * 8192 * ((2 * density[32] + density[256]) / 3) * 1.1],
    // Below the first point the first segment is extended: 2 KB is one third of its length outside.
    [2, 2 * 8192 * (density[4] + (density[4] - density[32]) / 3) * 1.1],
    // Above the last point the density stays.
    [512, 2 * 183290 * 1.1],
  ])('a memory of %i KB', (kb, want) => expect(um2(memoryArea(bySize, kibibytes(kb), 64))).toBeCloseTo(want, 4));

  test('small memories are flops, or the smallest macro where that takes less', () => {
    expect(um2(memoryArea(bySize, bits(256), 8))).toBeCloseTo(256 * 1.3, 6);
    // A macro of 2 kbit, one eighth of 2 KB: five thirds of the first segment's length outside, and one third more.
    const smallest = 2048 * (density[4] + ((density[4] - density[32]) * 4) / 3) * 1.1;
    expect(um2(memoryArea(bySize, bits(2048), 8))).toBeCloseTo(smallest, 4);
    expect(um2(memoryArea(bySize, bits(1024), 8))).toBeCloseTo(smallest, 4);
  });

  test('a memory never takes less than a smaller one', () => {
    let last = 0;
    for (let size = 1; size <= 8192; size++) {
      const area = memoryArea(bySize, bits(size), 8);
      expect(area).toBeGreaterThanOrEqual(last);
      last = area;
    }
  });

  test('a larger memory is never smaller', () => {
    let last = 0;
    for (let kb = 0.5; kb <= 4096; kb *= 1.1) {
      const area = memoryArea(bySize, kibibytes(kb), 64);
      expect(area).toBeGreaterThan(last);
      last = area;
    }
  });

  test('of logic', () => {
    // 95 + 0.78 x 16; 95 / 2 + 0.78 x 12
    expect(um2(macArea(t, 8, 8))).toBeCloseTo(107.48, 9);
    expect(um2(macArea(t, 4, 8))).toBeCloseTo(56.86, 9);
    expect(um2(latchArea(t, 10))).toBeCloseTo(13, 9);
    expect(um2(accumulateArea(t, 24))).toBeCloseTo(63.12, 9);
    expect(um2(operandArea(t, 64))).toBeCloseTo(51.2, 9);
    expect(um2(loopArea(t, 8))).toBeCloseTo(928, 9);
    // 3 / 0.75
    expect(placed(t, squareMillimetres(3))).toBeCloseTo(4, 12);
  });
});

test('every constant has a source', () => {
  for (const name of constantNames) expect(t.constants[name].source.length, name).toBeGreaterThan(10);
});

test('a constant that is replaced counts', () => {
  const cheap: Technology = { ...t, constants: { ...t.constants, dramEnergy: { value: 1000, source: 'test' } } };
  expect(dramEnergy(cheap, 8)).toBeCloseTo(8, 9);
  expect(dramEnergy(t, 8)).toBeCloseTo(70, 9);
});
