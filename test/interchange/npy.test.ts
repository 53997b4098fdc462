// Arrays as .npy and as bare numbers, and the tensors of a layer in them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { dtypeFor, dtypes, parseNpy, parseRaw, printNpy, printRaw } from '../../src/interchange/npy.js';
import { operandShape, parseOperand, printOutputs } from '../../src/interchange/tensor-file.js';
import { makeLayer } from '../../src/model/workload/layer.js';

const range = { int8: 2 ** 7, int16: 2 ** 15, int32: 2 ** 31 } as const;
const arrays = fc.constantFrom(...dtypes).chain((dtype) =>
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) =>
    fc.record({
      dtype: fc.constant(dtype),
      shape: fc.constant(shape),
      data: fc
        .array(fc.integer({ min: -range[dtype], max: range[dtype] - 1 }), {
          minLength: shape.reduce((n, s) => n * s, 1),
          maxLength: shape.reduce((n, s) => n * s, 1),
        })
        .map((xs) => Int32Array.from(xs)),
    }),
  ),
);
const faults = (r: ReturnType<typeof parseNpy>) => (r.ok ? [] : r.diagnostics.map(printDiagnostic));
const header = (text: string, data: readonly number[] = []) =>
  Uint8Array.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    text.length,
    0,
    ...new TextEncoder().encode(text),
    ...data,
  ]);

describe('npy', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(arrays, ({ dtype, shape, data }) => {
        expect(parseNpy(printNpy({ shape, data }, dtype))).toEqual({ ok: true, value: { shape, data } });
        expect(parseRaw(printRaw(data, dtype), dtype, shape)).toEqual({ ok: true, value: { shape, data } });
      }),
    );
  });

  test('the bytes are those of numpy.save(f, numpy.array([[1, -2, 3]], dtype="int16"))', () => {
    const bytes = printNpy({ shape: [1, 3], data: Int32Array.of(1, -2, 3) }, 'int16');
    const text = new TextDecoder('latin1').decode(bytes);
    expect(text.slice(0, 128)).toBe(
      `\u0093NUMPY\u0001\u0000v\u0000${"{'descr': '<i2', 'fortran_order': False, 'shape': (1, 3), }".padEnd(117)}\n`,
    );
    expect([...bytes.subarray(128)]).toEqual([1, 0, 0xfe, 0xff, 3, 0]);
  });

  test('formats 2 and 3, and arrays within a larger buffer', () => {
    const one = printNpy({ shape: [2], data: Int32Array.of(5, -6) }, 'int32');
    const two = Uint8Array.from([...one.subarray(0, 6), 2, 0, one[8]!, one[9]!, 0, 0, ...one.subarray(10)]);
    expect(parseNpy(two)).toEqual({ ok: true, value: { shape: [2], data: Int32Array.of(5, -6) } });
    const inside = new Uint8Array(one.length + 3);
    inside.set(one, 3);
    expect(parseNpy(inside.subarray(3))).toEqual(parseNpy(one));
  });

  test.each([
    ['nothing', new Uint8Array(), 'the file is empty'],
    [
      'bad magic',
      new TextEncoder().encode('PK\u0003\u0004 an archive'),
      'the file is not a .npy file: it does not begin with \\x93NUMPY; write it with numpy.save',
    ],
    ['only the magic', header('').subarray(0, 6), 'version 0'],
    ['a header cut short', header('{}').subarray(0, 9), 'cut short within its header'],
    ['an unreadable header', header('{}'), 'cannot be read: {}'],
    [
      'floats',
      header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0]),
      "of type <f4; expected int8 (|i1), int16 (<i2), int32 (<i4), little endian: convert it with array.astype('int8')",
    ],
    ['big endian', header("{'descr': '>i4', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0]), 'of type >i4'],
    [
      'Fortran order',
      header("{'descr': '|i1', 'fortran_order': True, 'shape': (1,), }", [0]),
      'save numpy.ascontiguousarray(array)',
    ],
    [
      'too few numbers',
      header("{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }", [0, 0]),
      'has 2 bytes of data, but int16 of shape (3,) takes 6',
    ],
  ])('%s', (_, bytes, message) => expect(faults(parseNpy(bytes)).join('\n')).toContain(message));
});

describe('tensors of a layer', () => {
  const layer = makeLayer(
    'conv',
    { N: 2, G: 2, K: 3, C: 4, P: 5, Q: 6, R: 3, S: 2 },
    { stride: [2, 1], dilation: [1, 3] },
  );

  test('shapes: 11 = (5 - 1) 2 + (3 - 1) + 1 wide, 9 = (6 - 1) + (2 - 1) 3 + 1 high', () => {
    expect(operandShape(layer, 'inputs')).toEqual([2, 2, 4, 9, 11]);
    expect(operandShape(layer, 'weights')).toEqual([2, 3, 4, 2, 3]);
    expect(operandShape(layer, 'bias')).toEqual([2, 3]);
  });

  const fc4 = makeLayer('fc', { K: 2, C: 3 });
  const weights = { shape: [2, 3], data: Int32Array.of(1, 2, 3, 4, 5, 6) };

  test('a matrix may come without the dimensions of size 1; bare numbers have the shape of the layer', () => {
    const wanted = { ok: true, value: { shape: [1, 2, 3, 1, 1], data: weights.data } };
    expect(parseOperand(printNpy(weights, 'int8'), 'w.npy', fc4, 'weights', 8)).toEqual(wanted);
    expect(parseOperand(printNpy(weights, 'int16'), 'w.npy', fc4, 'weights', 12)).toEqual(wanted);
    expect(parseOperand(printRaw(weights.data, 'int8'), 'w.bin', fc4, 'weights', 8)).toEqual(wanted);
    const narrow = parseOperand(printRaw(weights.data, 'int8'), 'w.bin', { ...fc4, weightBits: 2 }, 'weights', 8);
    expect(narrow).toMatchObject({
      ok: false,
      diagnostics: [{ message: expect.stringContaining('words of 2 bits go from -2 to 1') as string }],
    });
  });

  test('groups are a dimension of their own or none, in and out', () => {
    const data = Int32Array.from({ length: 2 * 3 * 4 * 2 * 3 }, (_, i) => i % 100);
    for (const shape of [
      [2, 3, 4, 2, 3],
      [6, 4, 2, 3],
    ])
      expect(parseOperand(printNpy({ shape, data }, 'int8'), 'w.npy', layer, 'weights', 8)).toEqual({
        ok: true,
        value: { shape: [2, 3, 4, 2, 3], data },
      });
    const outputs = { shape: [2, 2, 3, 1, 1], data: Int32Array.from({ length: 12 }, (_, i) => i) };
    expect(parseNpy(printOutputs('y.npy', outputs, 8))).toEqual({
      ok: true,
      value: { ...outputs, shape: [2, 6, 1, 1] },
    });
    expect(printOutputs('y.bin', outputs, 16)).toHaveLength(24);
  });

  test('a wrong shape names the one that is expected, a wide number its place', () => {
    const turned = printNpy({ ...weights, shape: [3, 2] }, 'int8');
    expect(faults(parseOperand(turned, 'w.npy', fc4, 'weights', 8))).toEqual([
      'the weights have shape (3, 2); fc takes (2, 3, 1, 1) (G x K, C, S, R)',
    ]);
    expect(faults(parseOperand(turned, 'w.npy', fc4, 'inputs', 8))).toEqual([
      'the inputs have shape (3, 2); fc takes (1, 3, 1, 1) (N, G x C, height, width, the border of the image included)',
    ]);
    expect(faults(parseOperand(new Uint8Array(5), 'w.bin', fc4, 'weights', 8))).toEqual([
      'the file has 5 bytes; expected 6 numbers of type int8 (shape (2, 3, 1, 1)), which take 6',
    ]);
    expect(faults(parseOperand(printNpy(weights, 'int8'), 'w.npy', fc4, 'weights', 3))).toEqual([
      'the weights hold 4 (number 3 of 6); words of 3 bits go from -4 to 3',
    ]);
  });

  test('the narrowest type that holds the bits', () =>
    expect([4, 8, 9, 16, 24, 32].map(dtypeFor)).toEqual(['int8', 'int8', 'int16', 'int16', 'int32', 'int32']));
});
