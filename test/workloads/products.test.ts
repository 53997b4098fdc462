// Matrix products of every kind become layers: M along P, N along K, the reduction along C, separate products along G.

import { expect, test } from 'vitest';
import { imported, lines, node } from '../support/onnx.js';

type Shape = readonly number[];
const product = (operator: string, a: Shape, b: Shape, attributes: Parameters<typeof node>[3] = {}, domain = '') =>
  lines(imported({ inputs: { a, b }, nodes: [node(operator, ['a', 'b'], ['y'], attributes, domain)] }))[0];

test.each<[string, Shape, Shape, string]>([
  ['two matrices', [3, 5], [5, 7], '1 y 3x7x5'],
  ['a matrix on the right: the batch is rows', [2, 4, 3, 5], [5, 7], '1 y 24x7x5'],
  ['one matrix each: groups', [2, 4, 3, 5], [2, 4, 5, 7], '1 y 3x7x5 x8'],
  ['one matrix on the left for many on the right', [3, 5], [8, 5, 7], '1 y 3x7x5 x8'],
  ['a stretched axis on the right is rows again', [2, 4, 3, 5], [2, 1, 5, 7], '1 y 12x7x5 x2'],
  ['a stretched axis on the left', [1, 4, 3, 5], [2, 4, 5, 7], '1 y 3x7x5 x8'],
  ['a vector on the left', [5], [5, 7], '1 y 1x7x5'],
  ['a vector on the right', [3, 5], [5], '1 y 3x1x5'],
])('MatMul, %s', (_, a, b, expected) => {
  expect(product('MatMul', a, b)).toBe(expected);
});

test('Gemm turns its operands', () => {
  expect(product('Gemm', [3, 5], [5, 7])).toBe('1 y 3x7x5');
  expect(product('Gemm', [3, 5], [7, 5], { transB: 1 })).toBe('1 y 3x7x5');
  expect(product('Gemm', [5, 3], [7, 5], { transA: 1, transB: 1 })).toBe('1 y 3x7x5');
  // As training exports have it: a batch in front.
  expect(product('Gemm', [2, 3, 5], [7, 5], { transB: 1 })).toBe('1 y 6x7x5');
});

test('Einsum: shared labels are groups, summed ones the reduction', () => {
  const einsum = (equation: string, a: Shape, b: Shape) => product('Einsum', a, b, { equation });
  expect(einsum('bhid,bhjd->bhij', [2, 4, 3, 5], [2, 4, 7, 5])).toBe('1 y 3x7x5 x8');
  expect(einsum('abc,cd->abd', [2, 3, 5], [5, 7])).toBe('1 y 6x7x5');
  const outer = imported({
    inputs: { a: [3], b: [4], c: [2, 3] },
    nodes: [node('Einsum', ['a', 'b'], ['x'], { equation: 'i,j->ij' }), node('MatMul', ['c', 'x'], ['y'])],
  });
  expect(lines(outer)).toEqual(['1 x 3x4x1', '1 y 2x4x3']);
  expect(einsum('bhij,bhjd->bihd', [2, 4, 3, 5], [2, 4, 5, 7])).toBe('1 y 3x7x5 x8');
  // e is summed before: it multiplies nothing.
  expect(einsum('ij,jke->ik', [3, 5], [5, 7, 9])).toBe('1 y 3x7x5');
  expect(einsum('...ij,...jk', [2, 4, 3, 5], [2, 4, 5, 7])).toBe('1 y 3x7x5 x8');
  expect(einsum('...ij,jk->...ik', [2, 4, 3, 5], [5, 7])).toBe('1 y 24x7x5');
  expect(einsum('ii,ij->j', [3, 3], [3, 7])).toBe('1 y 1x7x3');
});

test('quantised and fused forms are layers too', () => {
  expect(product('MatMulInteger', [3, 5], [5, 7])).toBe('1 y 3x7x5');
  expect(product('FusedMatMul', [3, 5], [7, 5], { transB: 1 }, 'com.microsoft')).toBe('1 y 3x7x5');
  const network = imported({
    inputs: { x: [1, 3, 8, 8] },
    weights: { w: [4, 3, 3, 3], u: [6, 4, 1, 1], s: [], z: [], m: [216, 10] },
    lists: { rows: [1, -1] },
    nodes: [
      node('QLinearConv', ['x', 's', 'z', 'w', 's', 'z', 's', 'z'], ['a']),
      node('ConvInteger', ['a', 'u'], ['b']),
      node('DequantizeLinear', ['b', 's', 'z'], ['c']),
      node('Reshape', ['c', 'rows'], ['d']),
      node('QLinearMatMul', ['d', 's', 'z', 'm', 's', 'z', 's', 'z'], ['e']),
    ],
  });
  expect(lines(network)).toEqual(['1 a 3x3 3->4 6x6', '1 b 1x1 4->6 6x6', '1 e 1x10x216']);
});

test('an operator of the same name in another domain is another operator', () => {
  const network = imported({
    inputs: { a: [3, 5], b: [5, 7] },
    nodes: [node('MatMul', ['a', 'b'], ['x'], {}, 'acme'), node('MatMul', ['a', 'b'], ['y'])],
  });
  expect(lines(network)).toEqual(['1 y 3x7x5']);
  expect(network.unmapped).toEqual([{ operator: 'acme.MatMul', count: 1, macs: null }]);
});
