// `magnet compile`: what is in its folder runs the network, word by word as `magnet run`, and its C header says the same.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Dtype } from '../../src/interchange/npy.js';
import { parseNpy, parseRaw, printNpy } from '../../src/interchange/npy.js';
import { parseDesign } from '../../src/results/design-file.js';
import type { ProgramFile } from '../../src/results/program-file.js';
import { parseProgram } from '../../src/results/program-file.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { machineFile, parts, reals } from '../support/small-network.js';
import { run } from './run.js';

/** A product of two tensors, one of which is moved into the memory of weights, behind a constant that is added. */
const attention = {
  inputs: { x: [1, 2, 4, 4] },
  tensors: { wq: reals(4, 2, 1, 1), wk: reals(4, 2, 1, 1), s: reals(1, 2, 4, 4) },
  weights: {},
  nodes: [
    node('Add', ['x', 's'], ['a']),
    node('Conv', ['a', 'wq'], ['q'], { kernel_shape: [1, 1] }),
    node('Conv', ['a', 'wk'], ['k'], { kernel_shape: [1, 1] }),
    node('Flatten', ['q'], ['qf'], { axis: 2 }),
    node('Flatten', ['k'], ['kf'], { axis: 2 }),
    node('Transpose', ['qf'], ['qt'], { perm: [1, 0] }),
    node('MatMul', ['qt', 'kf'], ['y']),
  ],
} satisfies FileParts;

const words = (shape: readonly number[]) => {
  const chance = seeded(7);
  return { shape, data: Int32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => chance.below(200) - 100) };
};
const files = {
  'small.yaml': machineFile,
  'classifier.onnx': onnxFile(parts),
  'attention.onnx': onnxFile(attention),
  'classifier.npy': printNpy(words([1, 1, 6, 6]), 'int8'),
  'attention.npy': printNpy(words([1, 2, 4, 4]), 'int8'),
};
const mapped = await run(
  [
    'map',
    'classifier.onnx',
    '--arch',
    'small.yaml',
    '--solver',
    'annealing',
    '--time-limit',
    '0.5s',
    '--design',
    '-',
    '-q',
  ],
  files,
);
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
}

async function folderOf(name: string): Promise<Folder> {
  const { code, err, written, binary } = await on('compile', name, ['-o', 'out']);
  expect([code, err]).toEqual([0, expect.stringContaining('6 files written to out')]);
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
    header: written.get('out/network.h')!,
  };
}

/** Addresses of words in their order. */
const addresses = ({ base, loops }: ProgramFile['tensors'][number]['words']): readonly number[] =>
  loops.reduce<readonly number[]>(
    (found, { size, stride }) => found.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * stride)),
    [base],
  );
const placesOf = ({ tensors }: ProgramFile, name: string) => addresses(tensors.find((t) => t.name === name)!.words);

/** As the README of the folder says: inputs into memory, then the operations in order. */
async function runFolder({ program, records, activations, weights }: Folder, input: Int32Array): Promise<Int32Array> {
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
  for (const o of program.operations) {
    if (o.kind === 'copy') {
      const from = addresses(o.from).map((at) => memories[o.from.memory][at]!);
      addresses(o.to).forEach((at, i) => (memories[o.to.memory][at] = from[i]!));
    }
    if (o.kind !== 'run') continue;
    const programs = o.programs.map(({ first, count }) => ({
      writes: Array.from({ length: count - 1 }, (_, i) => record(first + i)),
      start: record(first + count - 1),
    }));
    const found = runWasm(
      simulator,
      { accelerator: a, programs, ...memories },
      { stalls: 0, latency: 0, chance: seeded(1), limit: 1e6, progress: () => {} },
    );
    expect([o.name, found.counters?.cycles]).toEqual([o.name, o.cycles]);
    memories.activations = found.activations;
  }
  return memories.activations;
}

describe.each([
  ['classifier', 'logits', { run: 3, copy: 0, host: 1 }],
  ['attention', 'y', { run: 4, copy: 1, host: 0 }],
])('%s', (name, output, kinds) => {
  test('the folder has the words of run', { timeout: 300_000 }, async () => {
    const folder = await folderOf(name);
    const count = (kind: string) => folder.program.operations.filter((o) => o.kind === kind).length;
    expect({ run: count('run'), copy: count('copy'), host: count('host') }).toEqual(kinds);
    const { code, binary } = await on('run', name, ['-o', 'y.npy']);
    expect(code).toBe(0);
    const left = await runFolder(folder, got(parseNpy(files[`${name}.npy` as keyof typeof files] as Uint8Array)).data);
    const found = placesOf(folder.program, output).map((at) => left[at]);
    expect(found).toEqual([...got(parseNpy(binary.get('y.npy')!)).data]);
    expect(new Set(found).size).toBeGreaterThan(1);
  });
});

const compiler = spawnSync('cc', ['--version']).status === 0;
if (!compiler) console.log('cc is not installed');

describe.skipIf(!compiler)('the C header', () => {
  test('does the operations of program.json in order', async () => {
    const { program, records, header } = await folderOf('attention');
    const folder = mkdtempSync(join(tmpdir(), 'magnet-test-'));
    try {
      writeFileSync(join(folder, 'network.h'), header);
      writeFileSync(join(folder, 'records.bin'), new Uint8Array(records.buffer));
      writeFileSync(join(folder, 'main.c'), main);
      execFileSync('cc', ['-std=c99', '-Wall', '-Wextra', '-Werror', '-o', 'driver', 'main.c'], { cwd: folder });
      const said = execFileSync(join(folder, 'driver'), { cwd: folder, encoding: 'utf8' }).trim().split('\n');
      const wanted = program.operations.flatMap((o): readonly string[] => {
        if (o.kind === 'copy') {
          const to = addresses(o.to);
          return addresses(o.from).map((at, i) => `copy ${o.from.memory[0]} ${at} ${o.to.memory[0]} ${to[i]}`);
        }
        if (o.kind === 'host') return [`host ${o.step}`];
        return o.programs.flatMap(({ first, count }) =>
          Array.from({ length: count }, (_, i) => {
            const at = (first + i) * program.records.words;
            return `write ${records[at]} ${records[at + 1]! >>> 0}`;
          }),
        );
      });
      expect(said).toEqual([...wanted, `output ${placesOf(program, 'y')[0]}`, 'done 0']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Says what the driver asks for; a machine that accepts everything and is never busy. */
const main = `#include <stdio.h>
#include "network.h"
static uint32_t records[MAGNET_RECORDS * MAGNET_RECORD_WORDS];
static uint32_t from, from_memory;
static void put(void *c, uint32_t reg, const uint32_t *value) { (void)c; printf("write %u %u\\n", reg, value[0]); }
static uint32_t get(void *c, uint32_t reg) { (void)c; return reg == MAGNET_REGISTER_STATUS ? 2 : 0; }
static int32_t load(void *c, enum magnet_memory m, uint32_t at) { (void)c; from = at; from_memory = m; return 0; }
static void store(void *c, enum magnet_memory m, uint32_t at, int32_t v) {
  (void)c; (void)v;
  printf("copy %c %u %c %u\\n", from_memory == MAGNET_WEIGHTS ? 'w' : 'a', from, m == MAGNET_WEIGHTS ? 'w' : 'a', at);
}
static int host(void *c, uint32_t step) { (void)c; printf("host %u\\n", step); return 0; }
int main(void) {
  FILE *f = fopen("records.bin", "rb");
  if (!f || fread(records, 4, MAGNET_RECORDS * MAGNET_RECORD_WORDS, f) != MAGNET_RECORDS * MAGNET_RECORD_WORDS) return 1;
  struct magnet_port port = {0, put, get, load, store, host};
  int done = magnet_run(&port, records);
  printf("output %u\\n", magnet_outputs[0].words.base);
  (void)magnet_inputs;
  printf("done %d\\n", done);
  return 0;
}
`;
