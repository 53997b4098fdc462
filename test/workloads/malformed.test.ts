// Broken files are refused with sentences that name the fault; nothing throws and nothing hangs.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { macs } from '../../src/model/workload/layer.js';
import { builtinNetworks } from '../../src/workloads/builtin-networks.js';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { importOnnx } from '../../src/workloads/onnx/import.js';
import { modelCodec } from '../../src/workloads/onnx/wire.js';
import { complaints, node, onnxFile } from '../support/onnx.js';

const text = (s: string) => new TextEncoder().encode(s);
const exported = (name: string) => exportOnnx(builtinNetworks.find((n) => n.name === name)!);

describe('not ONNX at all', () => {
  test.each([
    ['an empty file', new Uint8Array(), /is empty; expected an ONNX model/],
    [
      'a Git LFS pointer',
      text('version https://git-lfs.github.com/spec/v1\noid sha256:1\n'),
      /Git LFS pointer.*git lfs pull/,
    ],
    ['a web page', text('<!DOCTYPE html><html></html>'), /a web page/],
    ['JSON', text('{"resnet50": []}'), /JSON text/],
    ['a PyTorch checkpoint', text('PK\u0003\u0004 data.pkl'), /torch\.onnx\.export/],
    ['TensorFlow Lite', text('\u001c\0\0\0TFL3\0\0'), /TensorFlow Lite/],
    ['text', text('hello, world'), /is not an ONNX model/],
    ['a message without a graph', modelCodec().encode({ irVersion: 8 }).finish(), /it holds no graph/],
    [
      'a graph without nodes',
      modelCodec()
        .encode({ irVersion: 8, graph: { name: 'g' } })
        .finish(),
      /its graph has no nodes/,
    ],
  ])('%s', (_, bytes, message) => {
    const found = complaints(bytes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^test\.onnx is/);
    expect(found[0]).toMatch(message);
  });
});

describe('damage', () => {
  test('every truncation is refused, with a diagnostic', () => {
    for (const name of ['resnet50', 'bert-base']) {
      const bytes = exported(name);
      for (let length = 0; length < bytes.length - 64; length += 97) {
        const found = complaints(bytes.subarray(0, length));
        expect(found.length, `${name} cut at ${length}`).toBeGreaterThan(0);
        expect(found[0]).not.toContain('internal error');
      }
    }
  });

  test('flipped bytes never throw, and what is accepted is sound', () => {
    const random = seeded(20);
    const bytes = exported('mobilenetv2');
    for (let i = 0; i < 1500; i++) {
      const damaged = bytes.slice();
      for (let n = random.below(4); n >= 0; n--) damaged[random.below(damaged.length)] = random.below(256);
      const result = importOnnx(damaged, 'damaged');
      if (!result.ok) expect(result.diagnostics.length).toBeGreaterThan(0);
      else
        for (const { layer, count } of result.value.layers)
          expect(Number.isSafeInteger(macs(layer)) && macs(layer) >= 1 && macs(layer) <= 2 ** 50 && count >= 1).toBe(
            true,
          );
    }
  });

  test('arbitrary bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void importOnnx(bytes, 'noise')),
      { numRuns: 2000, seed: 7 },
    );
  });

  test('attributes without the value that their type promises', () => {
    const attribute = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 99].map((type) => ({ name: `a${type}`, type }));
    const graph = {
      node: [{ opType: 'Relu', input: [], output: ['x'], attribute: [...attribute, { name: 'untyped' }] }],
    };
    expect(complaints(modelCodec().encode({ irVersion: 8, graph }).finish())).toEqual([
      expect.stringContaining('no convolution or matrix product'),
    ]);
  });

  test('a tensor whose axes double node by node is not followed for ever', () => {
    const nodes = Array.from({ length: 200 }, (_, i) => node('Gather', [`x${i}`, `x${i}`], [`x${i + 1}`]));
    const found = complaints(
      onnxFile({ inputs: { x0: [2, 2] }, nodes: [...nodes, node('MatMul', ['x200', 'x200'], ['y'])] }),
    );
    expect(found).toEqual([expect.stringContaining('at most 64 are followed')]);
  });

  test('huge sizes asked of ConstantOfShape, Range and Tile cost nothing', () => {
    const huge = 2 ** 52;
    const nodes = [
      node('ConstantOfShape', ['big'], ['a']),
      node('Range', ['zero', 'limit', 'one'], ['b']),
      node('Tile', ['small', 'big'], ['c']),
      node('MatMul', ['p', 'q'], ['y']),
    ];
    expect(
      complaints(
        onnxFile({
          inputs: { p: [2, 3], q: [3, 4] },
          lists: { big: [huge], small: [1] },
          scalars: { zero: 0, one: 1, limit: huge },
          nodes,
        }),
      ),
    ).toEqual([]);
  });
});

describe('contradictions name the node, what was expected and the way out', () => {
  const conv = (
    weights: readonly number[],
    attributes: Parameters<typeof node>[3] = {},
    image: readonly number[] = [1, 4, 8, 8],
  ) =>
    complaints(
      onnxFile({
        inputs: { x: image },
        weights: { w: weights },
        nodes: [node('Conv', ['x', 'w'], ['conv1'], attributes)],
      }),
    );

  test.each<[string, readonly string[], string]>([
    [
      'channels',
      conv([8, 3, 3, 3]),
      'node.conv1: Conv: the image has 4 channels but the weights are for 3 (1 groups of 3)',
    ],
    ['groups', conv([9, 2, 3, 3], { group: 2 }), 'node.conv1: Conv: 9 output channels do not divide into 2 groups'],
    [
      'no groups',
      conv([8, 4, 3, 3], { group: 0 }),
      'node.conv1: Conv: group is 0; expected a whole number of at least 1',
    ],
    [
      'too large a kernel',
      conv([8, 4, 9, 9]),
      'node.conv1: Conv: a window of 9 does not fit into 8 with padding 0 and 0',
    ],
    [
      'stride 0',
      conv([8, 4, 3, 3], { strides: [0, 1] }),
      'node.conv1: Conv: strides holds 0; expected whole numbers of at least 1',
    ],
    [
      'three strides',
      conv([8, 4, 3, 3], { strides: [1, 1, 1] }),
      'node.conv1: Conv: strides has 3 entries; expected 2',
    ],
    [
      'kernel_shape',
      conv([8, 4, 3, 3], { kernel_shape: [5, 5] }),
      'node.conv1: Conv: kernel_shape is [5, 5] but the weights are [3, 3]',
    ],
    ['rank', conv([8, 4, 3], {}), 'node.conv1: Conv: the weights [8, 4, 3] and the image [1, 4, 8, 8] differ in rank'],
    [
      'auto_pad',
      conv([8, 4, 3, 3], { auto_pad: 'SAME' }),
      'node.conv1: Conv: auto_pad is SAME; expected NOTSET, SAME_UPPER, SAME_LOWER or VALID',
    ],
    [
      'an empty kernel',
      conv([8, 4, 0, 3]),
      'node.conv1: Conv: the weights are [8, 4, 0, 3]; expected a kernel of at least 1 along every axis',
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toHaveLength(1);
    expect(found[0]!.startsWith(expected), found[0]).toBe(true);
  });

  test('all faults of a file are listed, without those that follow from them', () => {
    const nodes = [
      node('MatMul', ['a', 'b'], ['x']),
      node('Add', ['a', 'c'], ['y']),
      node('MatMul', ['x', 'b'], ['z']),
      node('Relu', ['nowhere'], ['w']),
    ];
    const found = complaints(onnxFile({ inputs: { a: [3, 5], b: [6, 7], c: [3, 4] }, nodes }));
    expect(found).toHaveLength(3);
    expect(found).toContainEqual(
      expect.stringContaining('node.x: MatMul: the inner sizes of [3, 5] and [6, 7] differ'),
    );
    expect(found).toContainEqual(
      expect.stringContaining('node.y: Add: the shapes [3, 5] and [3, 4] do not fit together'),
    );
    expect(found).toContainEqual(expect.stringContaining('node.w: reads "nowhere", which nothing produces'));
  });

  test('a cycle, and a value with two producers', () => {
    const cycle = [node('Relu', ['b'], ['a']), node('Relu', ['a'], ['b'])];
    expect(complaints(onnxFile({ inputs: { x: [1] }, nodes: cycle }))).toEqual([
      expect.stringContaining('the graph has a cycle'),
    ]);
    const twice = [node('Relu', ['x'], ['a']), node('Abs', ['x'], ['a'])];
    expect(complaints(onnxFile({ inputs: { x: [1] }, nodes: twice }))[0]).toContain(
      'writes "a", which Relu "a" writes too',
    );
  });

  test('nodes out of order are sorted', () => {
    const nodes = [node('MatMul', ['r', 'b'], ['y']), node('Relu', ['a'], ['r'])];
    expect(complaints(onnxFile({ inputs: { a: [3, 5], b: [5, 7] }, nodes }))).toEqual([]);
  });

  test('a graph with nothing to map lists its operators', () => {
    expect(complaints(onnxFile({ inputs: { x: [1] }, nodes: [node('Relu', ['x'], ['y'])] }))).toEqual([
      'test.onnx has no convolution or matrix product to map; its operators: Relu',
    ]);
  });

  test('more than 2^50 multiply-accumulates are refused, 2^50 are not', () => {
    const product = (m: number) =>
      complaints(
        onnxFile({ inputs: { a: [m, 2 ** 20], b: [2 ** 20, 4] }, nodes: [node('MatMul', ['a', 'b'], ['y'])] }),
      );
    expect(product(2 ** 28)).toEqual([]);
    expect(product(2 ** 28 + 1)).toEqual([
      expect.stringMatching(/^node\.y: MatMul: has 1\.126e\+15 multiply-accumulates; at most 2\^50/),
    ]);
  });

  test('negative and huge sizes in the file are refused where they stand', () => {
    const raw = (dims: readonly number[], image: readonly number[] = [1, 4, 8, 8]) =>
      complaints(
        modelCodec()
          .encode({
            irVersion: 8,
            opsetImport: [{ version: 17 }],
            graph: {
              input: [
                {
                  name: 'x',
                  type: { tensorType: { elemType: 1, shape: { dim: image.map((dimValue) => ({ dimValue })) } } },
                },
              ],
              initializer: [{ name: 'w', dims, dataType: 1 }],
              node: [{ opType: 'Conv', name: 'c', input: ['x', 'w'], output: ['y'] }],
            },
          })
          .finish(),
      );
    expect(raw([8, -4, 3, 3])).toEqual([
      expect.stringContaining('initializer.w: the tensor has the dimension -4; expected whole numbers from 0 to 2^53'),
    ]);
    expect(raw([8, 2 ** 60, 3, 3])[0]).toContain('initializer.w: the tensor has the dimension');
    expect(raw([8, 4, 3, 3], [1, 4, -8, 8])).toEqual([expect.stringContaining('value.x: has the dimension -8')]);
    expect(raw([8, 4, 3, 3], [1, 4, -1, 8])).toEqual([
      expect.stringContaining('the input "x" leaves the size "x[2]" open'),
    ]);
  });

  test('a file with thousands of faults gives twenty and their number', () => {
    const nodes = Array.from({ length: 300 }, (_, i) => node('Relu', [`missing${i}`], [`y${i}`]));
    const found = complaints(onnxFile({ inputs: { x: [1] }, nodes }));
    expect(found).toHaveLength(21);
    expect(found[20]).toBe('and 280 more faults of the same file');
  });
});
