// Files of samples: what they hold, and what is wrong with those that are damaged.

import { describe, expect, test } from 'vitest';
import { zipSync } from 'fflate';
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
  ])('that is damaged is told how: %#', async (bytes, why) => {
    const read = await parseSamples(bytes, 'samples');
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

/** An array of NumPy's in format 1.0. */
function npy(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n';
  const begin = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0];
  return Uint8Array.from([...begin, ...new TextEncoder().encode(header), ...data]);
}

describe('npz', () => {
  const images = npy('|u1', [2, 1, 2], Uint8Array.of(0, 255, 7, 9));
  const labels = npy('<i8', [2], new Uint8Array(BigInt64Array.of(3n, 1n).buffer));
  const both = zipSync({ 'x_test.npy': images, 'y_test.npy': labels });

  test('samples and labels are told apart by their sizes, or by name', async () => {
    const value = { shape: [2, 1, 2], values: Float64Array.of(0, 255, 7, 9), whole: true, bytes: true };
    expect(await parseSamples(both, 'samples')).toEqual({ ok: true, value });
    const found = await parseSamples(both, 'labels');
    // 64 bits are what NumPy has whole numbers in.
    expect(found.ok && [...found.value.values]).toEqual([3, 1]);
    expect(await parseSamples(both, 'samples', 'x_test')).toEqual({ ok: true, value });
    // Whether packed or not.
    const stored = zipSync({ 'x_test.npy': [images, { level: 0 }] });
    expect(await parseSamples(stored, 'samples')).toEqual({ ok: true, value });
  });

  test.each([
    [both, 'x_tset', /unknown array: x_tset\. Did you mean x_test\?/],
    [
      zipSync({ 'x_train.npy': images, 'x_test.npy': images }),
      undefined,
      /x_train \[2, 1, 2\], x_test \[2, 1, 2\]; say which array has the samples: FILE#NAME/,
    ],
    [zipSync({ 'readme.txt': images }), undefined, /zip archive without \.npy files/],
    [both.subarray(0, 100), undefined, /damaged zip archive/],
    [images, 'x_test', /no \.npz file, in which an array could be called x_test/],
    [zipSync({ 'x.npy': npy('<c8', [1, 1], new Uint8Array(8)) }), 'x', /type <c8; expected/],
  ])('what cannot be meant is told: %#', async (bytes, name, why) => {
    const read = await parseSamples(bytes, 'samples', name);
    expect(!read.ok && read.diagnostics[0]?.message).toMatch(why);
  });
});
