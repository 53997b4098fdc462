// `magnet compile`: what is in its folder runs the network, word by word as `magnet run`, and its C header says the same.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Dtype } from '../../src/interchange/npy.js';
import { parseNpy, parseRaw, parseRealNpy, printNpy } from '../../src/interchange/npy.js';
import { parseDesign } from '../../src/results/design-file.js';
import type { ProgramFile } from '../../src/results/program-file.js';
import { parseProgram } from '../../src/results/program-file.js';
import { hostWords } from '../../src/reference/host-words.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { runWasm, warm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { attention, machineFile, parts, reals } from '../support/small-network.js';
import { run } from './run.js';

const volume = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1);
/** The host in the middle, with numbers of its own, and at the end. */
const hosted = {
  inputs: { x: [1, 2, 4, 4] },
  tensors: { w: reals(4, 2, 1, 1), scale: reals(16), shift: reals(16), v: reals(3, 4, 1, 1) },
  nodes: [
    node('Conv', ['x', 'w'], ['c'], { kernel_shape: [1, 1] }),
    node('Reshape', ['c', 'four'], ['r']),
    node('LayerNormalization', ['r', 'scale', 'shift'], ['n']),
    node('Reshape', ['n', 'image'], ['i']),
    node('Conv', ['i', 'v'], ['d'], { kernel_shape: [1, 1] }),
    node('Tanh', ['d'], ['y']),
  ],
  lists: { four: [1, 4, 16], image: [1, 4, 4, 4] },
} satisfies FileParts;

/** A border of what is never negative, an average of it, and the host between unsigned words. */
const positive = {
  inputs: { x: [1, 2, 4, 4] },
  tensors: { w: reals(4, 2, 1, 1), b: reals(4), v: reals(3, 4, 3, 3) },
  nodes: [
    node('Conv', ['x', 'w', 'b'], ['c'], { kernel_shape: [1, 1] }),
    node('Relu', ['c'], ['r']),
    node('Sqrt', ['r'], ['h']),
    node('AveragePool', ['h'], ['p'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
    node('Add', ['p', 'r'], ['s']),
    node('Conv', ['s', 'v'], ['d'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('Sigmoid', ['d'], ['y']),
  ],
} satisfies FileParts;

/** Its outputs may be sums. */
const sums = { ...parts, nodes: parts.nodes.slice(0, -1), outputs: ['logits'] } satisfies FileParts;

const words = (shape: readonly number[]) => {
  const chance = seeded(7);
  return { shape, data: Int32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => chance.below(200) - 100) };
};
const files = {
  'small.yaml': machineFile,
  'classifier.onnx': onnxFile(parts),
  'attention.onnx': onnxFile(attention),
  'hosted.onnx': onnxFile(hosted),
  'sums.onnx': onnxFile(sums),
  'sums.npy': printNpy(words([1, 1, 6, 6]), 'int8'),
  'positive.onnx': onnxFile(positive),
  'positive.npy': printNpy(words([1, 2, 4, 4]), 'int8'),
  'hosted.npy': printNpy(words([1, 2, 4, 4]), 'int8'),
  'classifier.npy': printNpy(words([1, 1, 6, 6]), 'int8'),
  'attention.npy': printNpy(words([1, 2, 4, 4]), 'int8'),
};
const mapped = await run(['map', 'classifier.onnx', '--arch', 'small.yaml', '--design', '-', '-q'], files);
const on = (verb: string, name: string, more: readonly string[]) =>
  run([verb, `${name}.onnx`, '--design', 'd.json', '--input', `${name}.npy`, '-q', ...more], {
    ...files,
    'd.json': mapped.out,
  });

function got<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
}

interface Folder {
  readonly program: ProgramFile;
  readonly records: Int32Array;
  readonly activations: Int32Array;
  readonly weights: Int32Array;
  readonly header: string;
  readonly driver: Readonly<Record<string, string>>;
  /** Numbers of the host. */
  readonly host: Float32Array;
}

async function folderOf(name: string, more: readonly string[] = []): Promise<Folder> {
  const { code, err, written, binary } = await on('compile', name, ['-o', 'out', ...more]);
  expect([code, err]).toEqual([0, expect.stringMatching(/[89] files written to out/)]);
  const program = got(parseProgram(JSON.parse(written.get('out/program.json')!)));
  const raw = (file: string, count: number, type: Dtype) =>
    got(parseRaw(binary.get(`out/${file}`)!, type, [count])).data;
  const memory = ({ words: all, file, given }: ProgramFile['memories']['weights']) => {
    const found = new Int32Array(all);
    found.set(raw(file, given, 'int8'));
    return found;
  };
  return {
    program,
    records: raw('records.bin', program.records.count * program.records.words, 'int32'),
    activations: memory(program.memories.activations),
    weights: memory(program.memories.weights),
    host: new Float32Array(binary.get('out/host.bin')?.slice().buffer ?? new ArrayBuffer(0)),
    header: written.get('out/network.h')!,
    driver: Object.fromEntries(
      ['magnet_driver.h', 'magnet_driver.c'].map((name) => [name, written.get(`out/${name}`)!] as const),
    ),
  };
}

/** Addresses of words in their order. */
const addresses = ({ base, loops }: ProgramFile['tensors'][number]['words']): readonly number[] =>
  loops.reduce<readonly number[]>(
    (found, { size, stride }) => found.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * stride)),
    [base],
  );
const placesOf = ({ tensors }: ProgramFile, name: string) => addresses(tensors.find((t) => t.name === name)!.words);
/** By how much numbers of a tensor are more than their words. */
const above = ({ tensors, word }: ProgramFile, name: string) =>
  tensors.find((t) => t.name === name)!.unsigned ? 2 ** (word.bits - 1) : 0;

/** What lies in memory of a tensor, pieces of sums put together. */
function numbersOf(program: ProgramFile, name: string, memory: Int32Array): readonly number[] {
  const { words: lowest, upper = [] } = program.tensors.find((t) => t.name === name)!;
  const unit = 2 ** program.word.bits;
  const pieces = [lowest, ...upper].map((of) => addresses(of).map((at) => memory[at]!));
  // All pieces but the last have no sign.
  const part = (word: number, k: number) => (word < 0 && k < upper.length ? word + unit : word) * unit ** k;
  return pieces[0]!.map((_, i) => pieces.reduce((n, of, k) => n + part(of[i]!, k), above(program, name)));
}

/** As the README of the folder says: inputs into memory, then the operations in order. */
async function runFolder(
  { program, records, activations, weights, host }: Folder,
  input: Int32Array,
): Promise<Int32Array> {
  const design = got(parseDesign(mapped.out, 'd.json'));
  if (design.machine.kind !== 'template') throw new Error('no template');
  const a = accelerator(design.machine.template);
  const simulator = await machineSimulator(design.machine.template);
  const memories: Record<'activations' | 'weights', Int32Array> = {
    activations: Int32Array.from(activations),
    weights: Int32Array.from(weights),
  };
  placesOf(program, program.inputs[0]!).forEach((at, i) => (memories.activations[at] = input[i]!));
  const record = (i: number) => {
    const [address = 0, ...value] = records.subarray(i * program.records.words, (i + 1) * program.records.words);
    return { address, value: value.reduceRight((n, x) => (n << 32n) | BigInt(x >>> 0), 0n) };
  };
  // Registers keep their values from run to run: the machine is reset once.
  let [machine, written] = [simulator, 0];
  const runs = program.operations.filter((o) => o.kind === 'run');
  const programsOf = ({ programs }: (typeof runs)[number]) =>
    programs.map(({ first, count, ahead }) => ({
      writes: Array.from({ length: count - 1 }, (_, i) => record(first + i)),
      start: record(first + count - 1),
      ahead,
    }));
  for (const o of program.operations) {
    if (o.kind === 'copy') {
      const from = addresses(o.from).map((at) => memories[o.from.memory][at]!);
      addresses(o.to).forEach((at, i) => (memories[o.to.memory][at] = from[i]!));
    }
    if (o.kind === 'host') {
      const { function: f, operands, scale, low, high } = o.work!;
      const read = operands.map((x) => {
        if (x.kind === 'input') throw new Error('no input goes to the host alone here');
        if (x.kind === 'numbers')
          return { shape: x.shape, values: Float64Array.from(host.subarray(x.first, x.first + volume(x.shape))) };
        const { shape } = program.tensors.find((t) => t.name === x.name)!;
        const lacking = above(program, x.name);
        return {
          shape,
          values: Float64Array.from(placesOf(program, x.name), (at) => memories.activations[at]! + lacking),
        };
      });
      const scales = { operands: operands.map((x) => (x.kind === 'tensor' ? x.scale : 1)), result: scale };
      const { shape } = program.tensors.find((t) => t.name === o.outputs[0])!;
      const { values } = hostWords(f, read, scales, { low, high }, shape);
      placesOf(program, o.outputs[0]!).forEach(
        (at, i) => (memories.activations[at] = values[i]! - above(program, o.outputs[0]!)),
      );
    }
    if (o.kind !== 'run') continue;
    const next = runs[runs.indexOf(o) + 1];
    const found = runWasm(
      machine,
      { accelerator: a, programs: programsOf(o), written, next: next && programsOf(next)[0], ...memories },
      { stalls: 0, latency: 0, chance: seeded(1), limit: 1e6, progress: () => {} },
    );
    expect([o.name, found.counters?.cycles]).toEqual([o.name, o.cycles]);
    memories.activations = found.activations;
    ({ written } = found);
    machine = warm(simulator);
  }
  return memories.activations;
}

describe.each([
  ['hosted', 'y', { run: 2, copy: 1, host: 2 }, []],
  ['classifier', 'y', { run: 3, copy: 1, host: 1 }, []],
  ['attention', 'y', { run: 4, copy: 1, host: 0 }, []],
  ['sums', 'logits', { run: 5, copy: 1, host: 0 }, ['--raw-sums']],
  ['positive', 'y', { run: 4, copy: 0, host: 2 }, ['--unsigned']],
])('%s', (name, output, kinds, more) => {
  test('the folder has the words of run', { timeout: 300_000 }, async () => {
    const folder = await folderOf(name, more);
    const count = (kind: string) => folder.program.operations.filter((o) => o.kind === kind).length;
    expect({ run: count('run'), copy: count('copy'), host: count('host') }).toEqual(kinds);
    const { code, binary } = await on('run', name, ['-o', 'y.npy', ...more]);
    expect(code).toBe(0);
    const left = await runFolder(folder, got(parseNpy(files[`${name}.npy` as keyof typeof files] as Uint8Array)).data);
    const found = numbersOf(folder.program, output, left);
    expect(found).toEqual([...got(parseRealNpy(binary.get('y.npy')!)).values]);
    expect(new Set(found).size).toBeGreaterThan(1);
  });
});

const compiler = spawnSync('cc', ['--version']).status === 0;
if (!compiler) console.log('note: cc is not installed; the C driver is not compiled');

describe.skipIf(!compiler)('the C driver', () => {
  const strict = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];

  test('does the operations of program.json in order', async () => {
    const { program, records, header, driver } = await folderOf('attention');
    const folder = mkdtempSync(join(tmpdir(), 'magnet-test-'));
    try {
      writeFileSync(join(folder, 'network.h'), header);
      for (const [name, text] of Object.entries(driver)) writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, 'records.bin'), new Uint8Array(records.buffer));
      writeFileSync(join(folder, 'main.c'), main);
      execFileSync('cc', [...strict, '-o', 'driver', 'main.c', 'magnet_driver.c'], { cwd: folder });
      const said = execFileSync(join(folder, 'driver'), { cwd: folder, encoding: 'utf8' }).trim().split('\n');
      const { memories, tensors } = program;
      const activations = Uint8Array.from({ length: memories.activations.words }, (_, i) => i % 251);
      const weights = new Uint8Array(memories.weights.words);
      type Operation = ProgramFile['operations'][number];
      const runPrograms = (o: Operation) => (o.kind === 'run' ? o.programs : []);
      const spans = program.operations.flatMap(runPrograms);
      const writesOf = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => {
          const at = (from + i) * program.records.words;
          return `write ${4 * records[at]!} ${records[at + 1]! >>> 0}`;
        });
      expect(spans.some(({ ahead }) => ahead > 0)).toBe(true);
      const wanted = program.operations.flatMap((o): readonly string[] => {
        if (o.kind === 'copy') {
          const to = addresses(o.to);
          addresses(o.from).forEach((at, i) => (weights[to[i]!] = activations[at]!));
          return [];
        }
        if (o.kind === 'host') return [`host ${o.step}`];
        return runPrograms(o).flatMap((own) => {
          const following = spans[spans.indexOf(own) + 1];
          return [
            ...writesOf(own.first + (own === spans[0] ? 0 : own.ahead), own.first + own.count),
            ...(following ? writesOf(following.first, following.first + following.ahead) : []),
          ];
        });
      });
      const base = tensors.find((t) => t.name === 'y')!.words.base;
      expect(said).toEqual([...wanted, `output ${base}`, `weights ${weights.join(' ')}`, 'done 0', 'another -1']);
      expect(new Set(weights).size).toBeGreaterThan(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Says what the driver writes to a machine that accepts everything and has ended at once; then one of another kind. */
const main = `#include <stdio.h>
#include "network.h"
static unsigned char records[1 << 20], activations[1 << 20], weights[1 << 20];
static uint32_t capability;
static void put(void *c, uint32_t byte, uint32_t value) {
  (void)c;
  if (byte < magnet_network.bus_byte) printf("write %u %u\\n", (unsigned)byte, (unsigned)value);
}
static uint32_t get(void *c, uint32_t byte) {
  (void)c;
  if (byte == magnet_network.capability_register * magnet_network.register_bytes) return capability;
  return byte < magnet_network.bus_byte ? 2 : 8;
}
static int host(void *c, uint32_t step) { (void)c; printf("host %u\\n", (unsigned)step); return 0; }
int main(void) {
  struct magnet_io io = {0, put, get, 0, host, activations, weights, 64, 128, records};
  FILE *f = fopen("records.bin", "rb");
  int done;
  uint32_t i;
  if (!f || fread(records, 1, sizeof records, f) == 0) return 1;
  for (i = 0; i < sizeof activations; i++) activations[i] = (unsigned char)(i % 251);
  capability = magnet_network.capability;
  done = magnet_run(&magnet_network, &io);
  printf("output %u\\nweights", (unsigned)MAGNET_TENSOR_Y);
  for (i = 0; i < magnet_network.weight_words; i++) printf(" %u", weights[i]);
  capability++;
  printf("\\ndone %d\\nanother %d\\n", done, magnet_run(&magnet_network, &io));
  return 0;
}
`;
