// `magnet quantize` on a small network: what is written runs in ONNX Runtime to the words of the integers, and every fault in a sentence.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { parseQuantizeResult } from '../../src/results/quantize-result.js';
import { node, onnxFile } from '../support/onnx.js';
import { runOnnx } from '../support/qdq.js';
import { parts, reals } from '../support/small-network.js';
import { run } from './run.js';

const chance = seeded(5);
const data = Array.from({ length: 60 }, () =>
  [...Array.from({ length: 36 }, () => (16 * chance.next()).toFixed(2)), 0].join(','),
).join('\n');
const files = { 'net.onnx': onnxFile(parts), 'data.csv': data };
const asked = ['quantize', 'net.onnx', '--calibrate', 'data.csv', '--divide', '16', '-o', 'q.onnx', '-q'];

const read = (json: string) => {
  const result = parseQuantizeResult(JSON.parse(json));
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.value;
};

test('a table, and a file that ONNX Runtime runs; the same question has the same bytes', async () => {
  const ran = await run(asked, files);
  expect(ran.err).toBe('');
  expect(ran.code).toBe(0);
  expect(ran.out).toMatch(/accumulators of \d+ bits hold the sums of every input/);
  expect(ran.out).toContain('q.onnx: QDQ ONNX, batch 1');
  const file = ran.binary.get('q.onnx')!;
  const sample = { shape: [1, 1, 6, 6], values: Float64Array.from({ length: 36 }, () => chance.next()) };
  const found = await runOnnx(file, new Map([['x', sample]]), 'float32');
  const total = [...found.get('y')!.values].reduce((n, v) => n + v, 0);
  expect(total).toBeCloseTo(1, 1);
  expect((await run(asked, files)).binary.get('q.onnx')).toEqual(file);
});

test('bits of single layers, as JSON', async () => {
  const argv = [...asked, '--json', '-', '--bits', 'w4a4', '--unsigned', '--layer-bits', 'c=w8a8', '--batch', '3'];
  const { made, output } = read((await run(argv, files)).out);
  expect(made?.layers.map((l) => [l.name, l.weightBits, l.activationBits, l.unsigned])).toEqual([
    ['c', 8, 8, true],
    ['logits', 4, 4, true],
  ]);
  expect(made?.how).toMatchObject({ layerBits: [{ layer: 'c', weightBits: 8, activationBits: 8 }], samples: 60 });
  expect(made?.batch).toBe(3);
  expect(output.file).toBe('q.onnx');
});

test('map sees which layers have weights of 4 bits, by their words', async () => {
  const file = (await run([...asked, '--bits', 'w4a8', '--layer-bits', 'c=w8a8'], files)).binary.get('q.onnx')!;
  const mapped = await run(['map', 'q.onnx', '--arch', 'simba', '--json', '-', '-q'], { 'q.onnx': file });
  const made = JSON.parse(mapped.out) as { layers: { layer: { bounds: { R: number }; weightBits?: number } }[] };
  const layers = made.layers.map(({ layer }) => layer);
  // The average of 6 x 6, which multiplies by ones, and the product behind it.
  expect(layers.filter((l) => l.weightBits === 4).map((l) => l.bounds.R)).toEqual([6, 1]);
  expect(layers.some((l) => l.bounds.R > 1 && l.weightBits === undefined)).toBe(true);
});

test('quantizing twice changes nothing', async () => {
  for (const bits of ['w8a8', 'w4a4']) {
    const file = (await run([...asked, '--bits', bits, '--unsigned'], files)).binary.get('q.onnx')!;
    const again = await run(['quantize', 'net.onnx', '-o', 'r.onnx'], { 'net.onnx': file });
    expect(again.out).toBe('net.onnx is quantized already: r.onnx is the same file\n');
    expect(again.binary.get('r.onnx')).toEqual(file);
    const more = ['--bits', 'w6a6', '--unsigned', '--no-bias-correction', '--accum-precision', '24'];
    const refused = await run(['quantize', 'net.onnx', '-o', 'r.onnx', ...more], { 'net.onnx': file });
    expect([refused.code, refused.out, refused.binary.size]).toEqual([3, '', 0]);
    expect(refused.err).toBe(
      'error: --bits, --unsigned, --no-bias-correction, --accum-precision say nothing of net.onnx, which is quantized and has ' +
        'its own words; leave them out, or give the network in real numbers\n',
    );
  }
});

test('accumulators that some input overflows: nothing is written', async () => {
  const ran = await run([...asked, '--accum-precision', '12', '--json', 'r.json'], files);
  expect(ran.code).toBe(1);
  expect(ran.err).toMatch(/^layer c has sums from -?\d+ to \d+ for some input: \d+ bits, more than 12\n/);
  expect([...ran.binary.keys(), ...ran.written.keys()]).toEqual([]);
  expect((await run([...asked, '--accum-precision', '24'], files)).code).toBe(0);
});

test('interrupted, nothing is written', async () => {
  const ran = await run(asked, files, {
    onInterrupt(handler) {
      handler();
      return () => {};
    },
  });
  expect(ran.code).toBe(130);
  expect(ran.err).toContain('interrupted: nothing is written');
  expect([...ran.binary.keys()]).toEqual([]);
});

describe('is refused with a sentence', () => {
  const spoiled = { ...parts, tensors: { ...parts.tensors, b: { shape: [4], values: [1, NaN, 0, 0] } } };
  const two = {
    ...parts,
    inputs: { x: [1, 1, 6, 6], z: [1, 3] },
    nodes: [...parts.nodes, node('Add', ['y', 'z'], ['s'])],
  };
  test.each([
    ['weights that are none', { 'net.onnx': onnxFile(spoiled) }, [], /weights b hold NaN; expected finite/],
    ['samples of another size', { 'data.csv': '1,2,0\n3,4,1\n' }, [], /samples are of 2 numbers; .*36 numbers/],
    ['two inputs', { 'net.onnx': onnxFile(two) }, [], /has 2 inputs \(x, z\); expected one/],
    ['no such layer', {}, ['--layer-bits', 'd=w4a4'], /has no layer|layer of .*d|unknown layer/],
    ['bits that are none', {}, ['--layer-bits', 'c=w4a99'], /expected w8a8.*w4a99/i],
    ['a layer twice', {}, ['--layer-bits', 'c=w4a4', '--layer-bits', 'c=w4a8'], /c is given twice; keep one/],
    ['a built-in network', { net: '' }, [], /pilotnet has no weights; give the ONNX file of a trained network/],
    ['no such file', {}, ['--calibrate', 'none.npy'], /none\.npy: there is no such file/],
    ['no place for the file', {}, ['-o', 'missing/q.onnx'], /cannot write missing\/q\.onnx/],
    ['the place of the network', {}, ['-o', 'net.onnx'], /--output net\.onnx would take the place of what is read/],
    ['standard output', {}, ['-o', '-'], /no text for standard output; name a file with -o/],
  ] as const)('%s', async (name, other, more, why) => {
    const argv = [...asked];
    if (name === 'a built-in network') argv[1] = 'pilotnet';
    for (let i = 0; i < more.length; i += 2) {
      const at = argv.indexOf(more[i] ?? '');
      if (at > 0) argv[at + 1] = more[i + 1] ?? '';
      else argv.push(more[i] ?? '', more[i + 1] ?? '');
    }
    const ran = await run(name === 'a layer twice' ? [...asked, ...more] : argv, { ...files, ...other });
    expect(ran.err).toMatch(why);
    expect(ran.code).toBe(3);
    expect([...ran.written.keys(), ...ran.binary.keys()]).toEqual([]);
  });

  test('any graph with one input is taken, whatever it puts out', async () => {
    const plain = {
      inputs: { x: [1, 1, 6, 6] },
      tensors: { w: reals(4, 1, 3, 3) },
      nodes: [node('Conv', ['x', 'w'], ['c'], { kernel_shape: [3, 3] })],
    };
    expect((await run(asked, { ...files, 'net.onnx': onnxFile(plain) })).code).toBe(0);
  });
});
