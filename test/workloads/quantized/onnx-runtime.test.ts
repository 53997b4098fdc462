// Files in the style of ONNX Runtime's static quantizer, of PyTorch's exports and of Brevitas: their words are those of ONNX Runtime.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../../src/base/random.js';
import { givenInput } from '../../../src/reference/given-real.js';
import type { Numbers } from '../../../src/reference/numbers.js';
import type { WireNode } from '../../../src/workloads/onnx/wire.js';
import { runOnnx } from '../../support/qdq.js';
import type { ReadFile } from '../../support/quantized.js';
import { got, integersOf, readQuantized, wordsOf } from '../../support/quantized.js';
import type { QuantizedParts, Tensor } from '../../support/quantized-files.js';
import { op, pair, quantizedFile, scalar, tensor } from '../../support/quantized-files.js';

const chance = seeded(11);
const drawn = (count: number, low: number, high: number) =>
  Array.from({ length: count }, () => low + chance.below(high - low + 1));
const reals = (count: number) => Array.from({ length: count }, () => 2 * chance.next() - 1);
const sample = (shape: readonly number[], from = 0): Numbers => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () =>
    Math.fround(from + (1 - from) * chance.next()),
  ),
});

interface Compared {
  readonly read: ReadFile;
  readonly differences: readonly string[];
  readonly words: number;
  readonly differing: number;
}

/** Every word of an output beside those of ONNX Runtime, which differ by one at most; `words` says which value of the file they are. */
async function compared(parts: QuantizedParts, words: string, x: Numbers, bits = 8): Promise<Compared> {
  const file = quantizedFile(parts);
  const read = got(readQuantized(file));
  const made = got(integersOf(read, { bits }));
  const input = read.graph.inputs[0]!;
  const own = wordsOf(read, made, new Map([[input, givenInput(x, made.tensors.get(input)!)]]));
  const theirs = (await runOnnx(file, new Map([['x', x]]), 'float32')).get(words)!;
  // Those of a file may have a zero point, which ours are without.
  const [mine] = read.graph.outputs.map((name) => own.get(name)!);
  const zero = parts.tensors[`${words}.zero`]?.values[0] ?? 0;
  const off = [...theirs.values].map((w, i) => Math.abs(w - zero - mine!.values[i]!));
  expect(mine!.values).toHaveLength(theirs.values.length);
  expect(Math.max(...off)).toBeLessThanOrEqual(1);
  expect(new Set(mine!.values).size).toBeGreaterThan(5);
  return { read, differences: made.differences, words: off.length, differing: off.filter((d) => d > 0).length };
}

const conv = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
/** Scales of which all quotients have 16 bits. */
const weightsOf = (count: number, channels: number, scales: readonly number[]): Record<string, Tensor> => ({
  w: tensor('int8', [channels, count / channels / 9, 3, 3], drawn(count, -127, 127)),
  ws: tensor('float', [channels], scales),
  wz: tensor(
    'int8',
    [channels],
    scales.map(() => 0),
  ),
});

/** A convolution with a residual behind quantisers, an average and a product, as ONNX Runtime writes them. */
function block(
  zero: Tensor,
  [s1, s2, s3]: readonly [number, number, number],
  weights: readonly number[],
): QuantizedParts {
  const types = zero.type === 'uint8' ? 'uint8' : 'int8';
  return {
    inputs: { x: [2, 4, 6, 6] },
    outputs: { 'y.words': types },
    tensors: {
      ...weightsOf(144, 4, weights),
      b: tensor('int32', [4], drawn(4, -4000, 4000)),
      bs: tensor(
        'float',
        [4],
        weights.map((s) => Math.fround(s * s1)),
      ),
      bz: tensor('int32', [4], [0, 0, 0, 0]),
      s1: scalar('float', s1),
      s2: scalar('float', s2),
      s3: scalar('float', s3),
      z: zero,
      z0: scalar(types, types === 'uint8' ? 0 : zero.values[0]!),
    },
    nodes: [
      ...pair('x', 'xq', 's1', 'z'),
      op('DequantizeLinear', ['w', 'ws', 'wz'], 'wd', { axis: 0 }),
      op('DequantizeLinear', ['b', 'bs', 'bz'], 'bd', { axis: 0 }),
      op('Conv', ['xq', 'wd', 'bd'], 'c', conv),
      op('Relu', ['c'], 'r'),
      ...pair('r', 'rq', 's2', 'z'),
      op('Add', ['rq', 'xq'], 'a'),
      ...pair('a', 'aq', 's3', 'z'),
      op('MaxPool', ['aq'], 'm', { kernel_shape: [2, 2], strides: [2, 2] }),
      op('QuantizeLinear', ['m', 's3', 'z'], 'y.words'),
    ],
  };
}

describe('static quantization in QDQ', () => {
  test('symmetric words and scales that the machine has: exact, and not a word differs', async () => {
    const parts = block(scalar('int8', 0), [1 / 64, 1 / 32, 1 / 16], [1 / 1024, 3 / 2048, 5 / 4096, 1 / 2048]);
    const found = await compared(parts, 'y.words', sample([2, 4, 6, 6], -1));
    expect(found.differences).toEqual([]);
    expect(found.differing).toBe(0);
    // A pair stands between convolution and addition: two roundings, two steps.
    expect(found.read.graph.steps.map((s) => s.kind)).toEqual(['layer', 'addition', 'pool']);
  });

  test('uint8 from 0 on is unsigned words', async () => {
    const parts = block(scalar('uint8', 0), [1 / 255, 1 / 64, 1 / 48], [1 / 1024, 3 / 2048, 5 / 4096, 1 / 2048]);
    const found = await compared(parts, 'y.words', sample([2, 4, 6, 6]));
    expect(found.differences).toEqual([expect.stringMatching(/^the factors of .* are not M \/ 2\^shift/)]);
    expect(found.differing).toBeLessThanOrEqual(2);
  });

  test('int8 with the zero point -128 is unsigned words too', async () => {
    const parts = block(scalar('int8', -128), [1 / 255, 0.0131, 0.0177], [0.0011, 0.0012, 0.0007, 0.0021]);
    const found = await compared(
      { ...parts, tensors: { ...parts.tensors, 'y.words.zero': scalar('int8', -128) } },
      'y.words',
      sample([2, 4, 6, 6]),
    );
    expect(found.differing).toBeLessThanOrEqual(2);
  });

  test('weights of 4 bits, a real bias, and weights that are rounded in the file', async () => {
    const nodes: readonly WireNode[] = [
      ...pair('x', 'xq', 's', 'z'),
      op('DequantizeLinear', ['w', 'ws', 'wz'], 'wd', { axis: 0 }),
      op('Conv', ['xq', 'wd', 'b'], 'c', conv),
      ...pair('c', 'cq', 's2', 'z'),
      op('Flatten', ['cq'], 'f'),
      op('QuantizeLinear', ['v', 'vs', 'vz'], 'vw', { axis: 0 }),
      op('DequantizeLinear', ['vw', 'vs', 'vz'], 'vd', { axis: 0 }),
      op('Gemm', ['f', 'vd'], 'g', { transB: 1 }),
      op('QuantizeLinear', ['g', 's3', 'z'], 'y.words'),
    ];
    const parts: QuantizedParts = {
      opset: 21,
      inputs: { x: [1, 2, 5, 5] },
      outputs: { 'y.words': 'int8' },
      tensors: {
        w: tensor('int4', [3, 2, 3, 3], drawn(54, -8, 7)),
        ws: tensor('float', [3], [1 / 64, 1 / 16, 1 / 32]),
        wz: tensor('int4', [3], [0, 0, 0]),
        b: tensor('float', [3], [0.25, -0.5, 0.125]),
        v: tensor('float', [7, 75], reals(525)),
        vs: tensor(
          'float',
          [7],
          [1, 2, 3, 4, 5, 6, 7].map((k) => k / 1024),
        ),
        vz: tensor('int8', [7], [0, 0, 0, 0, 0, 0, 0]),
        s: scalar('float', 1 / 128),
        s2: scalar('float', 1 / 64),
        s3: scalar('float', 1 / 8),
        z: scalar('int8', 0),
      },
      nodes,
    };
    const found = await compared(parts, 'y.words', sample([1, 2, 5, 5], -1));
    expect(found.differences).toEqual([]);
    expect(found.differing).toBe(0);
  });
});

describe('operators on words', () => {
  const qs = { s1: scalar('float', 1 / 64), s2: scalar('float', 1 / 32), s3: scalar('float', 1 / 16) };

  test('QLinearConv, QLinearAdd, MaxPool, QLinearConcat, QLinearGlobalAveragePool and QGemm', async () => {
    const scales = [1 / 1024, 3 / 2048, 5 / 4096, 1 / 2048];
    const microsoft = 'com.microsoft';
    const parts: QuantizedParts = {
      inputs: { x: [1, 4, 6, 6] },
      outputs: { y: 'int8', j: 'int8' },
      tensors: {
        ...weightsOf(144, 4, scales),
        ...qs,
        b: tensor('int32', [4], drawn(4, -4000, 4000)),
        z: scalar('int8', 0),
        v: tensor('int8', [5, 8], drawn(40, -127, 127)),
        vs: scalar('float', 1 / 256),
        vb: tensor('int32', [5], drawn(5, -4000, 4000)),
        s4: scalar('float', 1 / 512),
      },
      nodes: [
        op('QuantizeLinear', ['x', 's1', 'z'], 'xw'),
        op('QLinearConv', ['xw', 's1', 'z', 'w', 'ws', 'wz', 's2', 'z', 'b'], 'c', conv),
        op('QLinearAdd', ['c', 's2', 'z', 'xw', 's1', 'z', 's3', 'z'], 'a', {}, microsoft),
        op('MaxPool', ['a'], 'm', { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }),
        // Parts of two scales: each is rounded to that of the whole.
        op('QLinearConcat', ['s3', 'z', 'm', 's3', 'z', 'c', 's2', 'z'], 'j', { axis: 1 }, microsoft),
        op('QLinearGlobalAveragePool', ['j', 's3', 'z', 's3', 'z'], 'p', {}, microsoft),
        op('Flatten', ['p'], 'f'),
        op('QGemm', ['f', 's3', 'z', 'v', 'vs', 'z', 'vb', 's4', 'z'], 'y', { transB: 1 }, microsoft),
      ],
    };
    const file = quantizedFile(parts);
    const read = got(readQuantized(file));
    const made = got(integersOf(read));
    // Thirty-six words by 36: no scale of 16 bits.
    expect(made.differences).toEqual([expect.stringMatching(/^the divisors of step p /)]);
    expect(read.graph.steps.map((s) => s.kind)).toEqual(['layer', 'addition', 'pool', 'scale', 'pool', 'layer']);
    const x = sample([1, 4, 6, 6], -1);
    const own = wordsOf(read, made, new Map([['x', givenInput(x, made.tensors.get('x')!)]]));
    const theirs = await runOnnx(file, new Map([['x', x]]), 'float32');
    for (const [i, name] of ['y', 'j'].entries())
      expect([...own.get(read.graph.outputs[i]!)!.values], name).toEqual([...theirs.get(name)!.values]);
  });

  test('ConvInteger and MatMulInteger between scales that stand in the file', async () => {
    const parts: QuantizedParts = {
      inputs: { x: [1, 4, 6, 6] },
      outputs: { 'y.words': 'int8' },
      tensors: {
        ...weightsOf(144, 4, [1, 1, 1, 1]),
        ...qs,
        z: scalar('int8', 0),
        k: scalar('float', 1 / 65536),
        one: tensor('int8', [], [0]),
      },
      nodes: [
        op('QuantizeLinear', ['x', 's1', 'z'], 'xw'),
        op('ConvInteger', ['xw', 'w', 'z', 'one'], 'c', conv),
        op('Cast', ['c'], 'cf', { to: 1 }),
        op('Mul', ['cf', 'k'], 'm'),
        op('QuantizeLinear', ['m', 's2', 'z'], 'y.words'),
      ],
    };
    // ONNX Runtime in WebAssembly has no ConvInteger of int8: the reference is the file with quantisers.
    const read = got(readQuantized(quantizedFile(parts)));
    const made = got(integersOf(read));
    expect(made.differences).toEqual([]);
    const plain = quantizedFile({
      ...parts,
      nodes: [
        ...parts.nodes.slice(0, 1),
        op('DequantizeLinear', ['xw', 'unit', 'z'], 'xd'),
        op('DequantizeLinear', ['w', 'unit', 'z'], 'wd'),
        op('Conv', ['xd', 'wd'], 'cf', conv),
        ...parts.nodes.slice(3),
      ],
      tensors: { ...parts.tensors, unit: scalar('float', 1) },
    });
    const x = sample([1, 4, 6, 6], -1);
    const own = wordsOf(read, made, new Map([['x', givenInput(x, made.tensors.get('x')!)]]));
    const theirs = await runOnnx(plain, new Map([['x', x]]), 'float32');
    expect([...own.get(read.graph.outputs[0]!)!.values]).toEqual([...theirs.get('y.words')!.values]);
  });
});

describe('QONNX', () => {
  const quant = (
    x: string,
    y: string,
    scale: string,
    bits: string,
    more: Record<string, number | string> = {},
    domain = 'qonnx.custom_op.general',
  ) => op('Quant', [x, scale, 'zero', bits], y, { signed: 1, narrow: 0, rounding_mode: 'ROUND', ...more }, domain);

  test.each(['qonnx.custom_op.general', 'onnx.brevitas'])(
    'Quant nodes of %s: words of 4 bits, those of ONNX Runtime on the same in QDQ',
    async (domain) => {
      const weights = reals(54);
      const parts: QuantizedParts = {
        inputs: { x: [1, 2, 5, 5] },
        outputs: { y: 'float' },
        tensors: {
          w: tensor('float', [3, 2, 3, 3], weights),
          ws: tensor('float', [3, 1, 1, 1], [1 / 8, 1 / 4, 1 / 16]),
          s1: scalar('float', 1 / 16),
          s2: scalar('float', 1 / 4),
          zero: scalar('float', 0),
          four: scalar('float', 4),
          eight: scalar('float', 8),
        },
        nodes: [
          quant('x', 'xq', 's1', 'eight', {}, domain),
          quant('w', 'wq', 'ws', 'four', { narrow: 1 }, domain),
          op('Conv', ['xq', 'wq'], 'c', conv),
          op('Relu', ['c'], 'r'),
          quant('r', 'y', 's2', 'four', { signed: 0 }, domain),
        ],
      };
      const read = got(readQuantized(quantizedFile(parts)));
      const made = got(integersOf(read));
      expect(made.differences).toEqual([]);
      const [step] = made.integers.steps.values();
      expect([step!.low, step!.high]).toEqual([0, 15]);
      const [words] = made.integers.weights.values();
      expect([Math.min(...words!.values), Math.max(...words!.values)]).toEqual([-7, 7]);
      const x = sample([1, 2, 5, 5], -1);
      const own = wordsOf(read, made, new Map([['x', givenInput(x, made.tensors.get('x')!)]]));
      const qdq = quantizedFile({
        inputs: parts.inputs,
        outputs: { y: 'float' },
        tensors: {
          wd: tensor(
            'float',
            [3, 2, 3, 3],
            [...words!.values].map((v, i) => v * [1 / 8, 1 / 4, 1 / 16][Math.floor(i / 18)]!),
          ),
          s1: parts.tensors['s1']!,
          s2: parts.tensors['s2']!,
          z: scalar('int8', 0),
          u: scalar('uint8', 0),
          low: scalar('float', 0),
          high: scalar('float', 15 / 4),
        },
        nodes: [
          ...pair('x', 'xq', 's1', 'z'),
          op('Conv', ['xq', 'wd'], 'c', conv),
          op('Clip', ['c', 'low', 'high'], 'r'),
          ...pair('r', 'y', 's2', 'u'),
        ],
      });
      const theirs = await runOnnx(qdq, new Map([['x', x]]), 'float32');
      expect([...own.get(read.graph.outputs[0]!)!.values]).toEqual([...theirs.get('y')!.values].map((v) => 4 * v));
    },
  );
});
