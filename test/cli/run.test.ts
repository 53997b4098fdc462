// `magnet run` on a small ONNX file: its own weights or drawn ones, real inputs or words, and what is refused before anything runs.

import { expect, test } from 'vitest';
import { parseNpy, parseRealNpy, printNpy } from '../../src/interchange/npy.js';
import { parseRunResult, printRunResult } from '../../src/results/run-result.js';
import { machineFile, parts, reals } from '../support/small-network.js';
import type { FileParts } from '../support/onnx.js';
import { another, floats } from '../support/npy.js';
import { node, onnxFile } from '../support/onnx.js';
import { runOnnx } from '../support/qdq.js';
import { run } from './run.js';

const image = reals(1, 1, 6, 6);
const whole = Int32Array.from(image.values, (x) => Math.round(100 * x));
const files = {
  'small.yaml': machineFile,
  'net.onnx': onnxFile(parts),
  'bare.onnx': onnxFile({ ...parts, tensors: {}, weights: { w: [4, 1, 3, 3], b: [4], wf: [3, 4], bf: [3] } }),
  'real.npy': floats(image.shape, image.values),
  'words.npy': printNpy({ shape: image.shape, data: whole }, 'int8'),
};

const mapped = await run(
  ['map', 'net.onnx', '--arch', 'small.yaml', '--solver', 'annealing', '--time-limit', '0.5s', '--design', '-', '-q'],
  files,
);
const onDesign = (network: string, more: readonly string[], others: Readonly<Record<string, Uint8Array>> = {}) =>
  run(['run', network, '--design', 'd.json', '-q', ...more], { ...files, 'd.json': mapped.out, ...others });

const allRight = /, 0 of them wrong, (\d+) of \1 counts equal/;

test('the numbers of the file run, scaled by the sample that is given', { timeout: 120_000 }, async () => {
  const { code, out, binary } = await onDesign('net.onnx', ['--input', 'real.npy', '-o', 'y.npy']);
  expect(code).toBe(0);
  expect(out).toMatch(allRight);
  expect(out).toContain('weights: of net.onnx, in 8 bits; scales by the maximum over one sample, real.npy\n');
  expect(out).toContain('input: that sample\n');
  expect(out).toContain('host: Softmax 1; 3 words read, 3 written\n');
  // The largest word is that of the largest logit in real numbers.
  const words = parseNpy(binary.get('y.npy')!);
  const found = words.ok ? [...words.value.data] : [];
  const logits = logitsOf(image.values);
  expect(found).toHaveLength(3);
  expect(found.indexOf(Math.max(...found))).toBe(logits.indexOf(Math.max(...logits)));
  expect(out).toContain(`y (1, 3): the largest word is ${Math.max(...found)}, at ${found.indexOf(Math.max(...found))}`);
});

test('words stay what they are, and a sample is drawn beside them', { timeout: 120_000 }, async () => {
  const { code, out } = await onDesign('net.onnx', ['--input', 'words.npy', '--seed', '5']);
  expect(code).toBe(0);
  expect(out).toMatch(allRight);
  expect(out).toContain('one sample, drawn from seed 5 between -1 and 1\n');
  expect(out).toContain('input: words of words.npy\n');
});

test.each([
  ['a file without numbers', 'bare.onnx', []],
  ['--drawn', 'net.onnx', ['--drawn']],
])('drawn weights: %s', { timeout: 120_000 }, async (_, network, more) => {
  const { code, out } = await onDesign(network, more);
  expect(code).toBe(0);
  expect(out).toMatch(allRight);
  expect(out).toContain('weights: drawn from seed 1\ninput: words drawn from seed 1\n');
});

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: { readonly name: string; readonly cycle: number; readonly cycles: number };
}

test('a timeline has every run and engine in its cycles', { timeout: 120_000 }, async () => {
  const { code, written } = await onDesign('net.onnx', ['--drawn', '--trace', 't.json', '--json', 'run.json']);
  expect(code).toBe(0);
  const { traceEvents } = JSON.parse(written.get('t.json')!) as { readonly traceEvents: readonly TraceEvent[] };
  const result = parseRunResult(JSON.parse(written.get('run.json')!));
  if (!result.ok) throw new Error('no result');
  const engines = traceEvents.filter((e) => e.name === 'thread_name').map((e) => e.args.name);
  expect(engines).toEqual(['runs', 'fill', 'load_i', 'load_w', 'compute', 'drain', 'spill']);
  const during = traceEvents.filter((e) => e.ph === 'X');
  const runs = during.filter((e) => e.tid === 0);
  expect(runs.map((e) => e.name)).toEqual(result.value.runs.map((r) => r.name));
  for (const [i, r] of result.value.runs.entries()) {
    const { cycle, cycles } = runs[i]!.args;
    // Beside the cycles that are counted, those of a reset and of writes for which the machine waits.
    expect(cycles).toBeGreaterThanOrEqual(r.cycles.rtl + r.configuration.cycles.rtl);
    expect(cycle).toBe(i === 0 ? 0 : runs[i - 1]!.args.cycle + runs[i - 1]!.args.cycles);
    const busy = (tid: number) =>
      during.filter((e) => e.tid === tid && e.args.cycle >= cycle && e.args.cycle < cycle + cycles).map((e) => e.args);
    // Words, and how many of them an engine moves in a cycle at most: two PEs of two lanes, vectors of two.
    const moved = [
      ['GlobalBuffer Inputs fill', 1, 2],
      ['MAC operations', 4, 8],
      ['GlobalBuffer Outputs read', 6, 2],
    ] as const;
    for (const [name, tid, words] of moved) {
      const own = busy(tid);
      const counted = r.counters.find((c) => c.name === name)!.rtl / words;
      expect(counted).toBeGreaterThan(0);
      // An engine is busy for at least as long as it moves a line a cycle, and is at rest in between.
      expect(own.reduce((n, e) => n + e.cycles, 0)).toBeGreaterThanOrEqual(counted);
      for (const [j, e] of own.entries()) {
        expect(e.cycle + e.cycles).toBeLessThanOrEqual(cycle + cycles);
        if (j > 0) expect(e.cycle).toBeGreaterThan(own[j - 1]!.cycle + own[j - 1]!.cycles);
      }
    }
  }
  const refused = await onDesign('net.onnx', ['--drawn', '--trace', 't.json', '--engine', 'iverilog']);
  expect(refused.code).toBe(3);
  expect(refused.err).toContain('--trace looks into the machine, which --engine iverilog does not show');
});

test('the last layer leaves its sums, which a file of ONNX Runtime has too', { timeout: 240_000 }, async () => {
  const bare = onnxFile({ ...parts, nodes: parts.nodes.slice(0, 5) });
  const asked = ['--input', 'real.npy', '-o', 'logits=y.npy', '--raw-sums', '--qdq', 'q.onnx'];
  const { code, out, binary } = await onDesign('net.onnx', asked, { 'net.onnx': bare });
  expect(code).toBe(0);
  expect(out).toMatch(allRight);
  // Sums of 24 bits in words of 8.
  expect(out).toMatch(/logits 1\/3 [^]*logits 3\/3 /);
  const read = parseNpy(binary.get('y.npy')!);
  const sums = read.ok ? [...read.value.data] : [];
  expect(Math.max(...sums.map(Math.abs))).toBeGreaterThan(127);
  const sample = new Map([['x', { shape: image.shape, values: Float64Array.from(image.values) }]]);
  const elsewhere = (await runOnnx(binary.get('q.onnx')!, sample, 'float32')).get('logits.words')!;
  expect([...elsewhere.values]).toEqual(sums);

  const softmax = await onDesign('net.onnx', ['--raw-sums']);
  expect([softmax.code, softmax.out]).toEqual([3, '']);
  expect(softmax.err).toContain('the output y of net has no raw sums: step y that makes it is no layer');
});

/** Nothing of it multiplies. */
const pooled = onnxFile({
  inputs: { x: [1, 2, 6, 6] },
  nodes: [
    node('Relu', ['x'], ['r']),
    node('MaxPool', ['r'], ['m'], { kernel_shape: [2, 2], strides: [2, 2] }),
    node('AveragePool', ['m'], ['a'], { kernel_shape: [2, 2] }),
    node('Add', ['a', 'a'], ['y']),
  ],
});

test('a network without a product runs and is compiled', { timeout: 240_000 }, async () => {
  const given = reals(1, 2, 6, 6);
  const more = { 'pooled.onnx': pooled, 'p.npy': floats(given.shape, given.values) };
  const { code, out, binary } = await onDesign('pooled.onnx', ['--input', 'p.npy', '--unsigned', '-o', 'y.npy'], more);
  expect(code).toBe(0);
  expect(out).toMatch(allRight);
  expect(out).toContain('weights: none; scales by the maximum over one sample, p.npy\n');
  expect(out).toContain('words: unsigned, 0 to 255, in 4 of 5 tensors\n');
  const read = parseRealNpy(binary.get('y.npy')!);
  const words = read.ok ? [...read.value.values] : [];
  // Twice the average of four maxima, each of four numbers, by what 255 stands for.
  const at = (c: number, y: number, x: number) => Math.max(0, given.values[(c * 6 + y) * 6 + x]!);
  const most = (c: number, y: number, x: number) =>
    Math.max(at(c, 2 * y, 2 * x), at(c, 2 * y + 1, 2 * x), at(c, 2 * y, 2 * x + 1), at(c, 2 * y + 1, 2 * x + 1));
  const real = [0, 1].flatMap((c) =>
    [0, 1].flatMap((y) =>
      [0, 1].map((x) => (most(c, y, x) + most(c, y + 1, x) + most(c, y, x + 1) + most(c, y + 1, x + 1)) / 2),
    ),
  );
  const unit = Math.max(...real) / 255;
  expect(Math.max(...words.map((w, i) => Math.abs(w * unit - real[i]!)))).toBeLessThan(2 * unit + 1 / 127);
  const folder = await run(['compile', 'pooled.onnx', '--design', 'd.json', '-o', 'out', '-q'], {
    ...files,
    ...more,
    'd.json': mapped.out,
  });
  expect([folder.code, folder.out]).toEqual([0, expect.stringMatching(/^\d+ runs, /)]);
});

test(
  'a first layer that the design has no mapping of is folded, and with --no-folds as it is',
  { timeout: 240_000 },
  async () => {
    // Of other channels than the design's.
    const other = onnxFile({ ...parts, tensors: {}, weights: { w: [6, 1, 3, 3], b: [6], wf: [3, 6], bf: [3] } });
    const copies = async (...more: readonly string[]) => {
      const { code, written } = await run(
        ['compile', 'other.onnx', '--drawn', '--design', 'd.json', '-o', 'out', '-q', ...more],
        { ...files, 'other.onnx': other, 'd.json': mapped.out },
      );
      expect(code).toBe(0);
      const program = JSON.parse(written.get('out/program.json')!) as {
        readonly operations: readonly { readonly kind: string; readonly layer?: string }[];
      };
      return program.operations.filter((o) => o.kind === 'copy').length;
    };
    expect([await copies(), await copies('--no-folds')]).toEqual([1, 0]);
    const ran = await onDesign('other.onnx', ['--drawn', '--no-folds'], { 'other.onnx': other });
    expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(allRight)]);
  },
);

test('what no run of the machine does is not mapped', async () => {
  const soft = onnxFile({ inputs: { x: [1, 4] }, nodes: [node('Softmax', ['x'], ['y'])] });
  const { code, err } = await run(['map', 'soft.onnx', '--arch', 'small.yaml'], { ...files, 'soft.onnx': soft });
  expect(code).toBe(3);
  expect(err).toContain('soft has no step that a run of the machine does; its operators: Softmax');
});

/** Two inputs, two outputs, and places in a table that the host alone reads. */
const several = {
  inputs: { a: [1, 2, 4], b: [1, 2, 4], ids: [3] },
  whole: ['ids'],
  tensors: { w: reals(4, 3), v: reals(4, 2), table: reals(300, 4) },
  nodes: [
    node('MatMul', ['a', 'w'], ['c']),
    node('MatMul', ['b', 'v'], ['d']),
    node('Sigmoid', ['d'], ['s']),
    node('Gather', ['table', 'ids'], ['e']),
    node('MatMul', ['e', 'v'], ['f']),
  ],
  outputs: ['c', 's', 'f'],
} satisfies FileParts;
const severalFiles = {
  'several.onnx': onnxFile(several),
  'a.npy': floats([1, 2, 4], reals(1, 2, 4).values),
  'b.npy': floats([1, 2, 4], reals(1, 2, 4).values),
  'ids.npy': printNpy({ shape: [3], data: Int32Array.of(299, 0, -1) }, 'int32'),
};
const allInputs = ['--input', 'a=a.npy', '--input', 'ids=ids.npy', '--input', 'b=b.npy'];

test('the host computes with places of a table too', { timeout: 120_000 }, async () => {
  const masked = onnxFile({
    inputs: { ids: [3] },
    whole: ['ids'],
    tensors: { table: reals(300, 4), w: reals(4, 2) },
    nodes: [
      node('Gather', ['table', 'ids'], ['e']),
      node('MatMul', ['e', 'w'], ['y']),
      node('Equal', ['ids', 'none'], ['is']),
    ],
    lists: { none: [299] },
    outputs: ['y', 'is'],
  });
  const ids = printNpy({ shape: [3], data: Int32Array.of(299, 1, 299) }, 'int32');
  const asked = ['--input', 'ids.npy', '-o', 'is=p.npy'];
  const { code, out, binary } = await onDesign('masked.onnx', asked, { 'masked.onnx': masked, 'ids.npy': ids });
  expect(code).toBe(0);
  expect(out).toMatch(allRight);
  const read = parseNpy(binary.get('p.npy')!);
  expect(read.ok && [...read.value.data]).toEqual([127, 0, 127]);
});

test('inputs and outputs go by their names', { timeout: 120_000 }, async () => {
  const { code, out, binary, written } = await onDesign(
    'several.onnx',
    [...allInputs, '-o', 'c=c.npy', '-o', 's=s.npy', '-o', 'e=e.npy', '--json', 'run.json'],
    severalFiles,
  );
  expect(code).toBe(0);
  expect(out).toMatch(allRight);
  expect(out).toContain('scales by the maximum over one sample, a.npy, ids.npy, b.npy\n');
  const shapes = ['c.npy', 's.npy', 'e.npy'].map((file) => {
    const read = parseNpy(binary.get(file)!);
    return read.ok && read.value.shape;
  });
  expect(shapes).toEqual([
    [1, 2, 3],
    [1, 2, 2],
    [3, 4],
  ]);
  const json: unknown = JSON.parse(written.get('run.json')!);
  const read = parseRunResult(json);
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  expect(printRunResult(read.value)).toBe(written.get('run.json'));
  const { totals, runs, hosts, outputs, agrees, network, engine } = read.value;
  expect({ agrees, network, engine }).toEqual({ agrees: true, network: 'several', engine: 'wasm' });
  expect(totals.cycles.rtl).toBe(runs.reduce((n, r) => n + r.cycles.rtl, 0));
  expect([totals.cycles.model, totals.outputs.mismatches]).toEqual([totals.cycles.rtl, 0]);
  expect(totals.energy.model).toBeGreaterThan(0);
  expect(runs.map((r) => r.name)).toEqual(['c', 'd', 'f']);
  expect(hosts.map((h) => [h.operator, h.read, h.outputs.words])).toEqual([
    ['Sigmoid', 4, 4],
    ['Gather', 0, 12],
  ]);
  expect(outputs.map((o) => [o.name, o.shape, o.file])).toEqual([
    ['c', [1, 2, 3], 'c.npy'],
    ['s', [1, 2, 2], 's.npy'],
    ['f', [3, 2], undefined],
    ['e', [3, 4], 'e.npy'],
  ]);
  // Row 299 is the last.
  const e = parseNpy(binary.get('e.npy')!);
  const rows = e.ok ? [...e.value.data] : [];
  expect(rows.slice(0, 4)).toEqual(rows.slice(8));
  expect(Math.max(...rows.map(Math.abs))).toBe(127);
});

test('an engine that is not installed is named before anything runs', async () => {
  const { code, out, err } = await onDesign('net.onnx', ['--engine', 'verilator']);
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain('the engine verilator needs verilator and make, which cannot be found on the PATH');
});

const withNode = (...nodes: FileParts['nodes']) =>
  onnxFile({ ...parts, nodes: [...parts.nodes.slice(0, 5), ...nodes, node('Softmax', ['l'], ['y'])] });
test.each<[string, string, readonly string[], Readonly<Record<string, Uint8Array>>, string]>([
  [
    'a file for one of several inputs',
    'several.onnx',
    ['--input', 'a.npy'],
    severalFiles,
    '--input a.npy: there are the inputs a, b, ids of several.onnx; say for which one it is, --input a=a.npy',
  ],
  [
    'an input without a file',
    'several.onnx',
    allInputs.slice(0, 4),
    severalFiles,
    'b (1, 2, 4) of several has no file; give --input b=FILE too, or no --input at all, and all are drawn',
  ],
  [
    'an input that there is not',
    'several.onnx',
    ['--input', 'image=a.npy'],
    severalFiles,
    '--input image=a.npy: several.onnx has no input image; there are the inputs a, b, ids',
  ],
  [
    'an input twice',
    'several.onnx',
    ['--input', 'a=a.npy', '--input', 'a=b.npy'],
    severalFiles,
    '--input is given twice for a: a.npy and b.npy',
  ],
  [
    'a place behind the table',
    'several.onnx',
    allInputs,
    { ...severalFiles, 'ids.npy': printNpy({ shape: [3], data: Int32Array.of(0, 300, 1) }, 'int32') },
    'ids.npy holds 300; it picks among 300, so numbers are whole, from -300 to 299',
  ],
  [
    'one file for several outputs',
    'several.onnx',
    ['-o', 'y.npy'],
    severalFiles,
    '--output y.npy: there are the outputs c, s, f of several.onnx; say for which one it is, --output c=y.npy',
  ],
  [
    'an output that there is not',
    'net.onnx',
    ['-o', 'z=y.npy'],
    {},
    '--output z=y.npy: net.onnx has no output z; its output is y',
  ],
  [
    'an operator that nobody knows',
    'odd.onnx',
    [],
    { 'odd.onnx': withNode(node('Hardmax', ['logits'], ['l'])) },
    'odd.onnx: step l (Hardmax) cannot run: Hardmax in this form is known to neither machine nor host; cut it off, or export it in other operators',
  ],
  [
    'one at the end of the network',
    'odd.onnx',
    [],
    { 'odd.onnx': onnxFile({ ...parts, nodes: [...parts.nodes, node('Det', ['y'], ['z'])] }) },
    'step z (Det) cannot run',
  ],
  [
    'rows by numbers that are computed',
    'odd.onnx',
    [],
    { 'odd.onnx': withNode(node('Abs', ['logits'], ['i']), node('Gather', ['logits', 'i'], ['l'], { axis: 1 })) },
    'step l (Gather) cannot run: Gather picks by numbers that are neither in the file nor an input of the network',
  ],
])('named and refused: %s', async (_, network, more, others, sentence) => {
  const { code, out, err } = await onDesign(network, more, others);
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain(sentence);
  expect(err.trim().split('\n')).toHaveLength(1);
});

const shifted = (values: readonly number[]): FileParts => ({
  ...parts,
  tensors: { ...parts.tensors, b: { shape: [4], values } },
});

test.each<[string, string, readonly string[], Readonly<Record<string, Uint8Array>>, string]>([
  [
    'a wrong shape',
    'net.onnx',
    ['--input', 'i.npy'],
    { 'i.npy': floats([1, 36], image.values) },
    'i.npy has the shape (1, 36); x of net takes (1, 1, 6, 6)',
  ],
  [
    'a number that is none',
    'net.onnx',
    ['--input', 'i.npy'],
    { 'i.npy': floats(image.shape, [NaN, ...image.values.slice(1)]) },
    'i.npy holds NaN; expected finite numbers',
  ],
  [
    'another type',
    'net.onnx',
    ['--input', 'i.npy'],
    { 'i.npy': another(files['real.npy'], '<f4', '<c8') },
    'uint32 (<u4), int64 (<i8), uint64 (<u8), float32 (<f4), float64 (<f8), little endian',
  ],
  [
    'reals for drawn weights',
    'bare.onnx',
    ['--input', 'real.npy'],
    {},
    'real.npy holds real numbers, for which bare.onnx',
  ],
  [
    'words beyond a word',
    'net.onnx',
    ['--input', 'i.npy'],
    { 'i.npy': printNpy({ shape: image.shape, data: whole.map((x) => 2 * x) }, 'int16') },
    'words of 8 bits go from -128 to 127',
  ],
  [
    'weights missing',
    'half.onnx',
    [],
    {
      'half.onnx': onnxFile({
        ...parts,
        nodes: [
          node('Exp', ['w'], ['v']),
          node('Conv', ['x', 'v', 'b'], ['c'], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
          ...parts.nodes.slice(1),
        ],
      }),
    },
    'the weights v are computed by Exp "v"',
  ],
  ['a bias beyond sums', 'bias.onnx', [], { 'bias.onnx': onnxFile(shifted([1e5, 0, 0, 0])) }, 'step c'],
])('refused before anything runs: %s', async (_, network, more, others, sentence) => {
  const { code, out, err } = await onDesign(network, more, others);
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain(sentence);
});

function logitsOf(x: readonly number[]): readonly number[] {
  const { w, b, wf, bf } = parts.tensors;
  const at = (row: number, column: number) =>
    row < 0 || row > 5 || column < 0 || column > 5 ? 0 : (x[row * 6 + column] ?? 0);
  const features = b.values.map((bias, k) => {
    let sum = 0;
    for (let row = 0; row < 6; row++)
      for (let column = 0; column < 6; column++) {
        let y = bias;
        for (let i = 0; i < 9; i++)
          y += (w.values[k * 9 + i] ?? 0) * at(row + Math.floor(i / 3) - 1, column + (i % 3) - 1);
        sum += Math.max(0, y);
      }
    return sum / 36;
  });
  return bf.values.map((bias, k) => features.reduce((n, f, c) => n + f * (wf.values[k * 4 + c] ?? 0), bias));
}
