// Memories by rows and columns: the fit to published macros, and what bounds on boxes of machines rest on.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import { generatorShape } from '../../src/model/machine/sram-shape.js';
import {
  builtInTechnologies,
  dualPortArea,
  memoryArea,
  sramEnergy,
  technology16nm as t,
} from '../../src/model/machine/technology.js';

type Row = readonly [string, number, number, number, number, number, number];
const file = new URL('../../benchmarks/memories/sg13g2.json', import.meta.url);
const { macros } = JSON.parse(readFileSync(file, 'utf8')) as { macros: readonly Row[] };
const bySize = builtInTechnologies[1]!;

const widths = [1, 2, 3, 8, 24, 64, 100, 512, 4096];
const depths = [1, 2, 15, 16, 63, 64, 65, 127, 500, 2047, 2048, 2049, 3000, 4096, 4097, 8192, 8193, 9000, 40000, 1e6];

describe('the fit to published macros', () => {
  test.each(macros)('energy and area of %s', (_, words, width, mux, height, wide, pJ) => {
    const s = generatorShape;
    const rows = words / mux;
    const energy = s.accessEnergy + s.rowEnergy * rows + width * (s.bitEnergy + s.columnEnergy * mux * rows ** 0.6);
    expect(Math.abs(energy / pJ - 1)).toBeLessThan(0.025);
    // Area in proportion, against the macro of 8 KB.
    const cells = (r: number, c: number) => (r + s.rowOverhead) * (c + s.columnOverhead);
    const ratio = cells(rows, mux * width) / cells(256, 256);
    expect(Math.abs(ratio / ((height * wide) / (336.46 * 784.48)) - 1)).toBeLessThan(0.025);
  });

  test('energies of a technology are in that proportion', () => {
    const reference = macros.find(([name]) => name.startsWith('1P_1024x64'))!;
    for (const [name, words, width, , , , pJ] of macros) {
      const share = sramEnergy(t, bits(words * width), width) / sramEnergy(t, bits(65536), 64);
      expect(Math.abs(share / (pJ / reference[6]) - 1), name).toBeLessThan(0.035);
    }
  });
});

describe('laws', () => {
  test('8 KB in words of 64 bits takes what the technology says of a bit', () =>
    expect(sramEnergy(t, bits(65536), 64)).toBeCloseTo(0.05 * 64, 12));

  test.each(widths)('neither energy nor area falls with the words of a macro, %i bits wide', (width) => {
    const at = depths.map((n) => {
      const size = bits(n * width);
      return [sramEnergy(t, size, width), memoryArea(t, size, width), dualPortArea(t, size, width)];
    });
    for (const [i, now] of at.entries()) {
      for (const [k, x] of now.entries()) if (i > 0) expect(x).toBeGreaterThanOrEqual(at[i - 1]![k]! * (1 - 1e-12));
    }
  });

  test.each(widths)('an access to wider words takes more, at any depth from %i bits on', (width) => {
    for (const n of depths)
      expect(sramEnergy(t, bits(n * width * 2), width * 2)).toBeGreaterThan(sramEnergy(t, bits(n * width), width));
  });

  test('a macro takes no less area than by its size alone, but where flops take less', () => {
    const macrosOnly = (x: typeof t) => ({
      ...x,
      constants: { ...x.constants, flopLimit: { value: 0, source: 'test' } },
    });
    for (const width of widths) {
      for (const n of depths) {
        const size = bits(n * width);
        if (size < 65536 / 64) continue;
        const alone = memoryArea(macrosOnly(bySize), size, width);
        expect(memoryArea(macrosOnly(t), size, width) / alone, `${n} x ${width}`).toBeGreaterThan(1 - 1e-9);
      }
    }
  });

  test('wide and shallow costs more than square: 16 words of 512 bits against 128 of 64', () => {
    const size = bits(8192);
    expect(memoryArea(t, size, 512) / memoryArea(t, size, 64)).toBeGreaterThan(3);
  });
});
