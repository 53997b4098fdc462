// Files of samples: what they hold, and what is wrong with those that are damaged.

import { describe, expect, test } from 'vitest';
import { parseCsv, parseIdx, parseSamples } from '../../src/interchange/samples-file.js';

const idx = (code: number, shape: readonly number[], numbers: readonly number[]) =>
  Uint8Array.from([0, 0, code, shape.length, ...shape.flatMap((d) => [0, 0, d >> 8, d & 255]), ...numbers]);

describe('IDX', () => {
  test('of bytes, and of numbers big endian', () => {
    const images = parseIdx(idx(0x08, [2, 1, 2], [0, 255, 7, 9]));
    expect(images).toEqual({
      ok: true,
      value: { shape: [2, 1, 2], values: Float64Array.of(0, 255, 7, 9), bytes: true },
    });
    const signed = parseIdx(idx(0x0b, [2], [0xff, 0xfe, 0x01, 0x00]));
    expect(signed.ok && [...signed.value.values]).toEqual([-2, 256]);
    const float = parseIdx(idx(0x0d, [1], [0x3f, 0xc0, 0, 0]));
    expect(float.ok && [...float.value.values]).toEqual([1.5]);
  });
  test.each([
    [idx(0x08, [2, 2], [1, 2, 3]), /15 bytes; its sizes \[2, 2\] of uint8 make 16/],
    [idx(0x07, [1], [1]), /type 0x7/],
    [Uint8Array.of(0, 0, 8, 3, 0, 0), /ends before its sizes/],
  ])('that is damaged is told how: %#', (bytes, why) => {
    const read = parseSamples(bytes);
    expect(!read.ok && read.diagnostics[0]?.message).toMatch(why);
  });
});

describe('CSV', () => {
  test('has the label last, and may begin with names', () => {
    const read = parseCsv('a,b,label\n0.5, 2,1\r\n-1,0,0\n\n');
    expect(read).toEqual({
      ok: true,
      value: { shape: [2, 2], values: Float64Array.of(0.5, 2, -1, 0), labels: Float64Array.of(1, 0), bytes: false },
    });
  });
  test.each([
    ['1,2,0\n1,2\n', /row 2 has 2 columns, the first one 3/],
    ['1,2,0\n1,x,0\n', /row 2 has "x"/],
    ['', /no samples; expected IDX/],
    ['hello', /no samples; expected IDX/],
  ])('that is none is told why: %j', (text, why) => {
    const read = parseCsv(text);
    expect(!read.ok && read.diagnostics[0]?.message).toMatch(why);
  });
});
