// Files with open sizes: shape arithmetic is followed, the batch is bound, and what stays open is named.

import { describe, expect, test } from 'vitest';
import type { DeclaredDimension } from '../../src/workloads/onnx/graph.js';
import { complaints, imported, lines, node, onnxFile } from '../support/onnx.js';

/** `view(x.size(0), -1)` as PyTorch exports it: Shape, Gather, Unsqueeze, Concat, Reshape. */
const classifier = (image: readonly DeclaredDimension[]) => ({
  inputs: { x: image },
  weights: { w: [8, 3, 3, 3], f: [10, 8 * 6 * 6] },
  scalars: { zero: 0 },
  lists: { axes: [0], rest: [-1] },
  nodes: [
    node('Conv', ['x', 'w'], ['a']),
    node('Shape', ['a'], ['s']),
    node('Gather', ['s', 'zero'], ['n']),
    node('Unsqueeze', ['n', 'axes'], ['n1']),
    node('Concat', ['n1', 'rest'], ['to'], { axis: 0 }),
    node('Reshape', ['a', 'to'], ['flat']),
    node('Gemm', ['flat', 'f'], ['y'], { transB: 1 }),
  ],
});

/** One attention head block of an exported transformer: split heads by computed shapes, multiply, merge again. */
const attention = (tokens: DeclaredDimension) => ({
  inputs: { x: ['batch', tokens, 48] },
  weights: { q: [48, 48], k: [48, 48], o: [48, 48] },
  scalars: { zero: 0, one: 1, four: 4 },
  lists: { first: [0], heads: [4], width: [12], all: [48] },
  nodes: [
    node('MatMul', ['x', 'q'], ['xq']),
    node('MatMul', ['x', 'k'], ['xk']),
    node('Shape', ['xq'], ['s']),
    node('Gather', ['s', 'zero'], ['b0']),
    node('Gather', ['s', 'one'], ['t0']),
    node('Unsqueeze', ['b0', 'first'], ['b']),
    node('Unsqueeze', ['t0', 'first'], ['t']),
    node('Concat', ['b', 't', 'heads', 'width'], ['split'], { axis: 0 }),
    node('Reshape', ['xq', 'split'], ['rq']),
    node('Reshape', ['xk', 'split'], ['rk']),
    node('Transpose', ['rq'], ['tq'], { perm: [0, 2, 1, 3] }),
    node('Transpose', ['rk'], ['tk'], { perm: [0, 2, 3, 1] }),
    node('MatMul', ['tq', 'tk'], ['scores']),
    node('Softmax', ['scores'], ['p']),
    node('Transpose', ['rk'], ['tv'], { perm: [0, 2, 1, 3] }),
    node('MatMul', ['p', 'tv'], ['context']),
    node('Transpose', ['context'], ['tc'], { perm: [0, 2, 1, 3] }),
    node('Concat', ['b', 't', 'all'], ['join'], { axis: 0 }),
    node('Reshape', ['tc', 'join'], ['c']),
    node('MatMul', ['c', 'o'], ['y']),
  ],
});

describe('batch', () => {
  const expected = (n: number) => [`1 a 3x3 3->8 6x6${n > 1 ? ` N${n}` : ''}`, `1 y ${n}x10x288`];

  test.each<[string, readonly DeclaredDimension[], number | undefined, number]>([
    ['a fixed batch stays', [2, 3, 8, 8], undefined, 2],
    ['a fixed batch is replaced', [2, 3, 8, 8], 5, 5],
    ['a symbol is 1', ['batch', 3, 8, 8], undefined, 1],
    ['a symbol of any name in front is the batch', ['unk__616', 3, 8, 8], 7, 7],
    ['an open size in front is the batch', [undefined, 3, 8, 8], 3, 3],
  ])('%s', (_, image, batch, n) => {
    expect(lines(imported(classifier(image), { batch }))).toEqual(expected(n));
  });

  test.each([[[1, -1]], [[1, 288]]])('a batch of 1 baked into a Reshape to %j gives way', (to) => {
    const parts = {
      inputs: { x: [1, 3, 8, 8] },
      weights: { w: [8, 3, 3, 3], f: [10, 288] },
      lists: { to },
      nodes: [
        node('Conv', ['x', 'w'], ['a']),
        node('Reshape', ['a', 'to'], ['flat']),
        node('Gemm', ['flat', 'f'], ['y'], { transB: 1 }),
      ],
    };
    expect(lines(imported(parts, { batch: 4 }))).toEqual(expected(4));
  });

  test('a fixed size beside a symbolic batch is not taken for one', () => {
    const parts = {
      inputs: { x: ['batch', 6, 5], table: [9, 5] },
      nodes: [node('Transpose', ['table'], ['t'], { perm: [1, 0] }), node('MatMul', ['x', 't'], ['y'])],
    };
    expect(lines(imported(parts, { batch: 4 }))).toEqual(['1 y 24x9x5']);
  });

  test('weights passed as inputs keep their sizes', () => {
    const parts = {
      inputs: { x: [1, 3, 8, 8], w: [1, 3, 3, 3], b: [1] },
      nodes: [node('Conv', ['x', 'w', 'b'], ['y'])],
    };
    expect(lines(imported(parts, { batch: 4 }))).toEqual(['1 y 3x3 3->1 6x6 N4']);
  });

  test('a batch that is no whole number is refused', () => {
    for (const batch of [0, -1, 1.5, Number.NaN])
      expect(complaints(onnxFile(classifier([1, 3, 8, 8])), { batch })[0]).toMatch(
        /^batch: must be a whole number of at least 1/,
      );
  });
});

describe('other open sizes', () => {
  test('a transformer needs the length of its sequence, and takes it by name', () => {
    expect(complaints(onnxFile(attention('sequence')))).toEqual([
      'node.xq: the size of MatMul "xq" (and 4 more) is not known: the input "x" leaves the size "sequence" open; ' +
        'give it a size (`--dim sequence=SIZE`; in a job file dim: { sequence: SIZE }; ' +
        'in the library dims: { sequence: SIZE }) or export the model with a fixed one',
    ]);
    expect(lines(imported(attention('sequence'), { batch: 2, dims: { sequence: 16 } }))).toEqual([
      '3 xq 32x48x48',
      '1 scores 16x16x12 x8',
      '1 context 16x12x16 x8',
    ]);
    expect(lines(imported(attention(16)))).toEqual(['3 xq 16x48x48', '1 scores 16x16x12 x4', '1 context 16x12x16 x4']);
  });

  test('a name that the file does not have is refused, with a guess', () => {
    expect(complaints(onnxFile(attention('sequence')), { dims: { sequense: 16 } })).toEqual([
      'dims.sequense: unknown dimension: sequense. Did you mean sequence?',
    ]);
    expect(complaints(onnxFile(attention('sequence')), { dims: { sequence: -1 } })).toEqual([
      'dims.sequence: must be a whole number of at least 0, got -1',
    ]);
  });

  test('a size that a later Reshape fixes is no obstacle', () => {
    const network = imported({
      inputs: { x: ['batch', 'anything'] },
      weights: { w: [4, 3, 3, 3] },
      lists: { to: [1, 3, 8, 8] },
      nodes: [node('Reshape', ['x', 'to'], ['a']), node('Conv', ['a', 'w'], ['y'])],
    });
    expect(lines(network)).toEqual(['1 y 3x3 3->4 6x6']);
  });

  test('the operator that blocked a shape is named', () => {
    const parts = {
      inputs: { x: [1, 3, 8, 8] },
      weights: { w: [4, 3, 3, 3] },
      nodes: [node('Mystery', ['x'], ['a'], {}, 'acme'), node('Relu', ['a'], ['b']), node('Conv', ['b', 'w'], ['y'])],
    };
    expect(complaints(onnxFile(parts))).toEqual([
      expect.stringContaining(
        'the size of Conv "y" is not known: no shape rule is known for acme.Mystery "a"; ' +
          'if it keeps the shape of its first input, say so (`--same-shape acme.Mystery`',
      ),
    ]);
    // What the file notes helps out.
    const noted = imported({ ...parts, notes: { a: ['batch', 3, 8, 8], b: [1, 3, 8, 8] } });
    expect(lines(noted)).toEqual(['1 y 3x3 3->4 6x6']);
    expect(noted.unmapped).toContainEqual({ operator: 'acme.Mystery', count: 1, macs: null });
    const said = imported(parts, { sameShape: ['acme.Mystery'] });
    expect(lines(said)).toEqual(['1 y 3x3 3->4 6x6']);
    expect(said.unmapped).toContainEqual({ operator: 'acme.Mystery', count: 1, macs: null });
  });

  test('a cache that is still empty', () => {
    const parts = {
      inputs: { q: [1, 8, 5, 4], k: [1, 2, 3, 4], v: [1, 2, 3, 4], pk: [1, 2, 'past', 4], pv: [1, 2, 'past', 4] },
      nodes: [node('Attention', ['q', 'k', 'v', '', 'pk', 'pv'], ['y', 'nk', 'nv'])],
    };
    expect(lines(imported(parts, { dims: { past: 0 } }))).toEqual(['1 y.qk 20x3x4 x2', '1 y.pv 20x4x3 x2']);
    expect(lines(imported(parts, { dims: { past: 4 } }))).toEqual(['1 y.qk 20x7x4 x2', '1 y.pv 20x4x7 x2']);
  });

  test('sizes of values in between can be given, and only those that are open', () => {
    const parts = {
      inputs: { x: [3, 4] },
      weights: { w: [2, 5] },
      nodes: [
        node('NonZero', ['x'], ['t']),
        node('Transpose', ['t'], ['v'], { perm: [1, 0] }),
        node('MatMul', ['v', 'w'], ['y']),
      ],
    };
    expect(complaints(onnxFile(parts))[0]).toContain(
      `NonZero "t" depends on data known only at run time; give it (\`--dim 't[1]=SIZE'\``,
    );
    expect(lines(imported(parts, { dims: { 't[1]': 7 } }))).toEqual(['1 y 7x5x2']);
    expect(lines(imported(parts, { dims: { 'v[0]': 7, 'v[1]': 2 } }))).toEqual(['1 y 7x5x2']);
    expect(complaints(onnxFile(parts), { dims: { 't[1]': 7, 't[0]': 3 } })).toEqual([
      'dims.t[0]: 3 was given, but the size is 2 already',
    ]);
    expect(complaints(onnxFile(parts), { dims: { 't[2]': 7 } })[0]).toBe(
      'dims.t[2]: "t" has the shape [2, ?] and no axis 2',
    );
    expect(complaints(onnxFile(parts), { dims: { 'u[0]': 7 } })[0]).toContain('u[0]');
  });

  test('the whole shape that an unknown operator gives, every axis of it', () => {
    const parts = {
      inputs: { x: [1, 3, 8, 8] },
      weights: { w: [4, 6, 3, 3] },
      nodes: [node('Mystery', ['x'], ['a'], {}, 'acme'), node('Conv', ['a', 'w'], ['y'])],
    };
    const dims = { 'a[0]': 1, 'a[1]': 6, 'a[2]': 5, 'a[3]': 4 };
    expect(complaints(onnxFile(parts))[0]).toContain(
      `give its shape, every axis of it (\`--dim 'a[0]=SIZE' --dim 'a[1]=SIZE'\` and so on)`,
    );
    const network = imported(parts, { dims });
    expect(lines(network)).toEqual(['1 y 3x3 6->4 2x3']);
    expect(network.unmapped).toContainEqual({ operator: 'acme.Mystery', count: 1, macs: null });
    expect(complaints(onnxFile(parts), { dims: { 'a[1]': 6, 'a[3]': 4 } })[0]).toContain(
      'give its shape, every axis of it',
    );
  });

  test('an operator whose shape the file says is not taken to keep it', () => {
    const parts = {
      inputs: { x: [1, 3, 8, 8] },
      weights: { w: [4, 3, 3, 3] },
      nodes: [node('Conv', ['x', 'w'], ['y'])],
    };
    expect(complaints(onnxFile(parts), { sameShape: ['Conv'] })).toEqual([
      'sameShape.0: the shape of Conv follows from the file; sameShape is for operators that magnet does not know',
    ]);
  });

  test('an operator that the file does not have is refused, with a guess', () => {
    const parts = {
      inputs: { x: [1, 3, 8, 8] },
      weights: { w: [4, 3, 3, 3] },
      nodes: [node('Mystery', ['x'], ['a'], {}, 'acme'), node('Conv', ['a', 'w'], ['y'])],
    };
    expect(complaints(onnxFile(parts), { sameShape: ['acme.Mistery'] })).toEqual([
      'sameShape.0: unknown operator: acme.Mistery. Did you mean acme.Mystery?',
    ]);
  });

  test('a size without a name is given by its place', () => {
    const parts = {
      inputs: { x: [1, 3, undefined, undefined] },
      weights: { w: [4, 3, 3, 3] },
      nodes: [node('Conv', ['x', 'w'], ['y'])],
    };
    expect(complaints(onnxFile(parts))[0]).toContain(
      `leaves the sizes "x[2]", "x[3]" open; give them sizes (\`--dim 'x[2]=SIZE' --dim 'x[3]=SIZE'\``,
    );
    expect(lines(imported(parts, { dims: { 'x[2]': 8, 'x[3]': 10 } }))).toEqual(['1 y 3x3 3->4 8x6']);
  });

  test('sizes that depend on data are named as such', () => {
    const parts = {
      inputs: { x: [4, 6] },
      weights: { w: [6, 5] },
      nodes: [
        node('NonZero', ['x'], ['i']),
        node('Transpose', ['i'], ['t']),
        node('GatherND', ['x', 't'], ['g']),
        node('Unsqueeze', ['g', 'one'], ['u']),
        node('MatMul', ['u', 'v'], ['y']),
      ],
      lists: { one: [1] },
    };
    expect(complaints(onnxFile({ ...parts, weights: { v: [1, 5] } }))).toEqual([
      expect.stringContaining('the size of the output of NonZero "i" depends on data known only at run time'),
    ]);
  });
});

/** What a list of operators computes, seen through ConstantOfShape and a MatMul with a vector on the right. */
const rows = (parts: Omit<Parameters<typeof imported>[0], 'inputs'>, x: readonly number[] = [2, 3, 4]) =>
  imported({
    inputs: { x },
    ...parts,
    weights: { ...parts.weights, one: [1, 9] },
    lists: { ...parts.lists, tail: [1] },
    nodes: [
      ...parts.nodes,
      node('Concat', ['r', 'tail'], ['shape'], { axis: 0 }),
      node('ConstantOfShape', ['shape'], ['z']),
      node('MatMul', ['z', 'one'], ['y']),
    ],
  }).layers[0]!.layer.bounds.P;

describe('shape arithmetic', () => {
  test('slices, also backwards and beyond the end', () => {
    const slice = (starts: number, ends: number, steps: number) =>
      rows({
        lists: { starts: [starts], ends: [ends], axes: [0], steps: [steps] },
        nodes: [node('Shape', ['x'], ['s']), node('Slice', ['s', 'starts', 'ends', 'axes', 'steps'], ['r'])],
      });
    expect(slice(1, 2 ** 62, 1)).toBe(12);
    expect(slice(-1, -100, -1)).toBe(24);
    expect(slice(-1, -100, -2)).toBe(8);
    expect(slice(0, -1, 1)).toBe(6);
  });

  test('integer division, where, equal, reduce and range', () => {
    const nodes = [
      node('Shape', ['x'], ['s']),
      node('Div', ['s', 'two'], ['h']),
      node('Equal', ['h', 'oneList'], ['e']),
      node('Where', ['e', 'seven', 'h'], ['v']),
      node('ReduceProd', ['v'], ['r'], { keepdims: 1 }),
    ];
    // [2, 3, 4] / 2 = [1, 1, 2] -> [7, 7, 2] -> 98
    expect(rows({ lists: { two: [2], oneList: [1], seven: [7] }, nodes })).toBe(98);
    const ranged = [node('Range', ['from', 'to', 'step'], ['q']), node('ReduceSum', ['q'], ['r'], { keepdims: 1 })];
    expect(rows({ scalars: { from: 2, to: 9, step: 3 }, nodes: ranged })).toBe(2 + 5 + 8);
  });

  test('Size, Squeeze, Split, Expand and Cast', () => {
    expect(
      rows({ lists: { shape1: [1] }, nodes: [node('Size', ['x'], ['n']), node('Expand', ['n', 'shape1'], ['r'])] }),
    ).toBe(24);
    const split = [node('Shape', ['x'], ['s']), node('Split', ['s', 'parts'], ['p', 'r'], { axis: 0 })];
    expect(rows({ lists: { parts: [1, 2] }, nodes: split })).toBe(12);
    const real = { kind: 'number', value: 1, whole: true } as const;
    const scaled = [
      node('Shape', ['x'], ['s']),
      node('Cast', ['s'], ['f'], { to: real }),
      node('Mul', ['f', 'half'], ['m']),
      node('Floor', ['m'], ['g']),
      node('Cast', ['g'], ['r'], { to: 7 }),
    ];
    expect(rows({ reals: { half: [1.5] }, nodes: scaled })).toBe(3 * 4 * 6);
  });
});
