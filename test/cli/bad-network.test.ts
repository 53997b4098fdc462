// Bad input of `run` and `compile`: a network, words or a machine that cannot be, one sentence each, before anything runs.

import { beforeAll, expect, test } from 'vitest';
import { printNpy } from '../../src/interchange/npy.js';
import type { WireModel } from '../../src/workloads/onnx/wire.js';
import { modelCodec } from '../../src/workloads/onnx/wire.js';
import { another, floats } from '../support/npy.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { attention, parts, reals } from '../support/small-network.js';
import { run, tinyArch } from './run.js';

const image = reals(1, 1, 6, 6);

/** As exporters write weights that lie in a file beside it: the tensor without its numbers. */
function outside(bytes: Uint8Array, name: string): Uint8Array {
  const codec = modelCodec();
  const model = codec.decode(bytes) as WireModel;
  const initializer = model.graph?.initializer?.map((t) => (t.name === name ? { ...t, floatData: [] } : t));
  return codec.encode({ ...model, graph: { ...model.graph, initializer } }).finish();
}

const behind = (operator: string, more: readonly string[] = [], attributes = {}) =>
  onnxFile({ ...parts, nodes: [...parts.nodes, node(operator, ['y', ...more], ['z'], attributes)] });
const only = (file: FileParts) => onnxFile(file);
const conv = (tensors: FileParts['tensors'], inputs: FileParts['inputs'] = {}) =>
  only({
    inputs: { x: [1, 1, 6, 6], ...inputs },
    ...(tensors && { tensors }),
    nodes: [node('Conv', ['x', 'w', 'b'], ['y'], { kernel_shape: [3, 3] })],
  });

const networks: Readonly<Record<string, Uint8Array>> = {
  'net.onnx': onnxFile(parts),
  'cut.onnx': onnxFile(parts).subarray(0, 300),
  'acme.onnx': onnxFile({ ...parts, nodes: [...parts.nodes, node('Swizzle', ['y'], ['z'], {}, 'acme')] }),
  'picks.onnx': behind('NonZero'),
  'gates.onnx': only({
    inputs: { x: [4, 1, 6] },
    tensors: { w: reals(1, 16, 6), r: reals(1, 16, 4) },
    nodes: [node('LSTM', ['x', 'w', 'r'], ['y'], { hidden_size: 4 })],
  }),
  'phases.onnx': only({
    inputs: { x: [1, 2, 4, 4] },
    tensors: { w: reals(2, 3, 2, 2) },
    nodes: [node('ConvTranspose', ['x', 'w'], ['y'], { kernel_shape: [2, 2], strides: [2, 2] })],
  }),
  'kernel.onnx': conv({ b: reals(4) }, { w: [4, 1, 3, 3] }),
  'absent.onnx': conv({ b: reals(4) }),
  'outside.onnx': outside(onnxFile(parts), 'w'),
  'open.onnx': only({
    inputs: { x: [1, 'sequence', 4] },
    tensors: { w: reals(4, 3) },
    nodes: [node('MatMul', ['x', 'w'], ['y'])],
  }),
  'product.onnx': only({
    inputs: { x: [1, 4, 5] },
    tensors: { w: reals(5, 5) },
    nodes: [node('MatMul', ['x', 'w'], ['m']), node('Mul', ['m', 'x'], ['y'])],
  }),
};

const inputs: Readonly<Record<string, Uint8Array>> = {
  'flat.npy': floats([1, 36], image.values),
  'short.npy': floats(image.shape, image.values).subarray(0, 150),
  'text.npy': new TextEncoder().encode('hello'),
  'complex.npy': another(floats(image.shape, image.values), '<f4', '<c8'),
  'big.npy': printNpy({ shape: image.shape, data: Int32Array.from({ length: 36 }, () => 200) }, 'int16'),
};

const sizes = {
  vectorSize: 2,
  numLanes: 2,
  rows: 1,
  columns: 2,
  weightBuffer: 1024,
  inputBuffer: 512,
  accumBuffer: 192,
  globalBuffer: 4096,
  globalBanks: 8,
  biasLines: 16,
};
const template = (more: Readonly<Record<string, number>> = {}) =>
  `template: {base: simba, ${Object.entries({ ...sizes, ...more })
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')}}\n`;
const wide = (bits: number, accumPrecision: number) =>
  template({
    weightPrecision: bits,
    inputPrecision: bits,
    accumPrecision,
    weightBuffer: 128 * bits,
    inputBuffer: 64 * bits,
    accumBuffer: 8 * accumPrecision,
    globalBuffer: 512 * bits,
  });
/** Of machines, and how they are counted. */
const machines: Readonly<Record<string, readonly [yaml: string, ...more: readonly string[]]>> = {
  small: [template()],
  hierarchy: [tinyArch],
  counted: [template(), '--conventions', 'timeloop'],
  'two-widths': [template({ weightPrecision: 4 })],
  signs: [wide(1, 8)],
  narrow: [template({ accumPrecision: 16 })],
  'wide-sums': [wide(32, 64)],
  'wide-words': [wide(24, 56)],
};

const designs = new Map<string, string>();
beforeAll(async () => {
  for (const [name, [yaml, ...more]] of Object.entries(machines)) {
    const files = { ...networks, 'm.yaml': yaml };
    const given = ['--solver', 'random', '--time-limit', '0.2s', ...more];
    const { out } = await run(['map', 'net.onnx', '--arch', 'm.yaml', ...given, '--design', '-', '-q'], files);
    designs.set(`${name}.json`, out);
  }
}, 120_000);

type Case = readonly [what: string, network: string, design: string, more: readonly string[], sentence: RegExp];
const refused: readonly Case[] = [
  // An operation that nothing runs.
  [
    'an operator of somebody else',
    'acme.onnx',
    'small',
    [],
    /^acme\.onnx: step z \(acme\.Swizzle\) cannot run: acme\.Swizzle in this form is known to neither machine nor host; cut it off, or export it in other operators$/,
  ],
  ['an operator whose result has no size', 'picks.onnx', 'small', [], /step z \(NonZero\) cannot run: NonZero in this/],
  ['recurrent gates', 'gates.onnx', 'small', [], /step y \(LSTM\) cannot run: a layer that is only costed: gates/],
  ['a transposed convolution', 'phases.onnx', 'small', [], /step y \(ConvTranspose\) cannot run: .*transposed conv/],
  [
    'a list of layers',
    'table.yaml',
    'small',
    [],
    /^table\.yaml is a list of layers; give a built-in network or an ONNX/,
  ],
  // Weights.
  [
    'weights that are an input',
    'kernel.onnx',
    'small',
    [],
    /step y takes its kernel from the input w, which has no numbers in the file; export it with its weights$/,
  ],
  [
    'weights that there are not',
    'absent.onnx',
    'small',
    [],
    /^absent\.onnx: node\.y: reads "w", which nothing produces/,
  ],
  [
    'weights outside of the file',
    'outside.onnx',
    'small',
    [],
    /^outside\.onnx: weights\.w: the weights w have no numbers in the file: they are kept outside.*; --drawn draws/,
  ],
  // Input.
  ['no network', 'none.onnx', 'small', [], /^cannot read none\.onnx: there is no such file$/],
  ['a network cut short', 'cut.onnx', 'small', [], /^cut\.onnx: the file is not an ONNX model: it is cut short or/],
  ['an open size', 'open.onnx', 'small', [], /leaves the size "sequence" open; give it a size \(`--dim sequence=SIZE`/],
  ['no input file', 'net.onnx', 'small', ['--input', 'no.npy'], /^cannot read no\.npy: there is no such file$/],
  [
    'an input of another shape',
    'net.onnx',
    'small',
    ['--input', 'flat.npy'],
    /^flat\.npy has the shape \(1, 36\); x of net takes \(1, 1, 6, 6\)$/,
  ],
  ['an input cut short', 'net.onnx', 'small', ['--input', 'short.npy'], /^short\.npy: the \.npy file has 22 bytes of/],
  ['a file that is no array', 'net.onnx', 'small', ['--input', 'text.npy'], /^text\.npy: the file is not a \.npy file/],
  ['complex numbers', 'net.onnx', 'small', ['--input', 'complex.npy'], /expected int8 \(\|i1\), int16/],
  ['words beyond a word', 'net.onnx', 'small', ['--input', 'big.npy'], /words of 8 bits go from -128 to 127$/],
  [
    'reals without scales',
    'net.onnx',
    'small',
    ['--drawn', '--input', 'real.npy'],
    /its weights are drawn; give words/,
  ],
  // A machine that lacks what the network needs.
  ['no design', 'net.onnx', 'none', [], /^cannot read none\.json: there is no such file$/],
  ['a machine without logic', 'net.onnx', 'hierarchy', [], /^hierarchy\.json: tiny is a hierarchy .* to get hardware$/],
  [
    'a machine counted otherwise',
    'net.onnx',
    'counted',
    [],
    /^counted\.json: its mappings are counted by the timeloop/,
  ],
  ['words of one bit', 'net.onnx', 'signs', [], /^signs\.json: words of 1 bit, a sign without a size; a network needs/],
  [
    'sums of the file beyond the accumulators',
    'net.onnx',
    'narrow',
    [],
    /^step c has sums up to \d+ and biases up to \d+, but sums of the machine have 16 bits, up to 32767; take a machine of wider accumPrecision, or draw weights with --drawn$/,
  ],
  [
    'drawn sums beyond them',
    'net.onnx',
    'narrow',
    ['--drawn'],
    /^step c has sums up to \d+.*, but sums of the machine have 16 bits, up to 32767; take a machine of wider accumPrecision$/,
  ],
  [
    'sums beyond the reference',
    'net.onnx',
    'wide-sums',
    ['--drawn'],
    /^step c has sums .* the reference is exact up to 2\^53; take a machine of fewer bits than 64 for sums/,
  ],
  [
    'factors beyond the drain',
    'product.onnx',
    'wide-words',
    [],
    /^step y multiplies two tensors in words of 24 bits; the drain of m does so with up to 16$/,
  ],
];

const files = {
  ...networks,
  ...inputs,
  'real.npy': floats(image.shape, image.values),
  'table.yaml': 'layers:\n  - { name: a, C: 2, K: 2 }\n',
};

test.each(refused)('%s', { timeout: 60_000 }, async (_, network, design, more, sentence) => {
  const said = [];
  for (const verb of ['run', 'compile'] as const) {
    const output = verb === 'compile' ? ['-o', 'out'] : [];
    const given = [verb, network, '--design', `${design}.json`, ...more, ...output, '-q'];
    const { code, out, err, written, binary } = await run(given, { ...files, ...Object.fromEntries(designs) });
    expect([verb, code, out, written.size + binary.size]).toEqual([verb, 3, '', 0]);
    const sentences = err.split('\n').filter((line) => line.startsWith('error: '));
    expect(sentences[0]?.slice('error: '.length)).toMatch(sentence);
    expect(err).not.toContain('bug');
    said.push(sentences);
  }
  expect(said[0]).toEqual(said[1]);
});

test('weights narrower than activations: they run, but a program has one width', { timeout: 60_000 }, async () => {
  const on = (verb: string, network: string, ...more: string[]) =>
    run([verb, network, '--design', 'two-widths.json', '-q', ...more], {
      ...files,
      ...Object.fromEntries(designs),
      'attention.onnx': onnxFile(attention),
    });
  for (const drawn of [[], ['--drawn']]) {
    const { code, out, err } = await on('run', 'net.onnx', ...drawn);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/, 0 of them wrong, (\d+) of \1 counts equal/);
  }
  const compiled = await on('compile', 'net.onnx', '-o', 'out');
  expect([compiled.code, compiled.err]).toEqual([
    3,
    'error: two-widths.json: weights of 4 bits and activations of 8; a program has words of one width (magnet run takes two)\n',
  ]);
  // A tensor that is multiplied by is moved to where weights are.
  const moved = await on('run', 'attention.onnx');
  expect([moved.code, moved.err]).toEqual([
    3,
    expect.stringMatching(
      /^error: step \S+ multiplies two tensors, one of which is moved to where weights are; words of 8 bits have no room in the 4 of m; take a machine whose weights are as wide as its activations\n$/,
    ),
  ]);
});

test('a size that is left open can be given', { timeout: 60_000 }, async () => {
  const given = ['run', 'open.onnx', '--design', 'small.json', '--dim', 'sequence=3', '-q'];
  const { code, out } = await run(given, { ...files, ...Object.fromEntries(designs) });
  expect(code).toBe(0);
  expect(out).toContain('9 words, 0 of them wrong');
});
