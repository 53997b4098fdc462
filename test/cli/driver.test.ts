// A compiled network and its generated C driver on the Verilog of the machine on AXI, as Verilator runs it: every word of
// every tensor is the reference's, with interrupts and without, on a bus that stalls and keeps everybody to its rules.

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { parseRaw } from '../../src/interchange/npy.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { parseDesign } from '../../src/results/design-file.js';
import { parseProgram } from '../../src/results/program-file.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { findSketch } from '../../src/workloads/builtin.js';
import type { Graph } from '../../src/workloads/onnx/graph.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { inLong } from '../support/cases.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { graphOf } from '../support/graphs.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { attention, machineFile } from '../support/small-network.js';
import { run } from './run.js';

const here = (command: string) => spawnSync(command, ['--version']).status === 0;
const missing = ['verilator', 'cc', 'g++', 'make'].filter((command) => !here(command));
if (missing.length > 0)
  console.log(`note: ${missing.join(', ')} not installed; the C driver is not run on the Verilog`);

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

const conv = (x: string, y: string, kernel: number) =>
  node('Conv', [x, `${y}.w`], [y], {
    kernel_shape: [kernel, kernel],
    pads: Array.from({ length: 4 }, () => (kernel - 1) / 2),
  });
/** A residual, a concat behind two branches, one of which pools, and a multiplication by one number for each channel. */
const branches = {
  inputs: { x: [1, 3, 8, 8] },
  weights: { 'a.w': [6, 3, 3, 3], 'b.w': [6, 6, 3, 3], 'd.w': [5, 6, 1, 1], 'e.w': [3, 11, 3, 3], s: [1, 11, 1, 1] },
  nodes: [
    conv('x', 'a', 3),
    node('Relu', ['a'], ['ar']),
    conv('ar', 'b', 3),
    node('Add', ['b', 'ar'], ['c']),
    node('MaxPool', ['c'], ['m'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    conv('c', 'd', 1),
    node('Concat', ['m', 'd'], ['j'], { axis: 1 }),
    node('Mul', ['j', 's'], ['k']),
    conv('k', 'e', 3),
    node('Softmax', ['e'], ['y'], { axis: 1 }),
  ],
} satisfies FileParts;

/** Words of two bytes, sums whose registers have two words, and lines that begin anywhere on the bus. */
const wide =
  'template: {base: simba, vectorSize: 3, numLanes: 3, rows: 2, columns: 1, inputPrecision: 12, weightPrecision: 12, ' +
  'accumPrecision: 40, weightBuffer: 6912, inputBuffer: 2304, accumBuffer: 1920, globalBuffer: 9216, globalBanks: 8, ' +
  'biasLines: 16, dramLatency: 3, inputChannel: 20}\n';
const onnx = { 'branches.onnx': onnxFile(branches), 'attention.onnx': onnxFile(attention) };
const graphs: Readonly<Record<string, () => Graph>> = {
  lenet: () => findSketch('lenet')!.graph,
  'branches.onnx': () => got(decodeOnnx(onnx['branches.onnx'], 'branches')),
  'attention.onnx': () => got(decodeOnnx(onnx['attention.onnx'], 'attention')),
};

const support = join(dirname(fileURLToPath(import.meta.url)), '../support');
const strict = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];

/** The design of a machine, and its Verilog on AXI as a program that runs compiled networks. */
async function systemOf(machine: string, folder: string): Promise<string> {
  const files = { ...onnx, 'machine.yaml': machine };
  const mapped = await run(
    'map attention.onnx --arch machine.yaml --solver annealing --time-limit 0.5s --design - -q'.split(' '),
    files,
  );
  expect(mapped.err).toBe('');
  const { machine: made } = got(parseDesign(mapped.out, 'd.json'));
  if (made.kind !== 'template') throw new Error('no template');
  const sources = accelerator(made.template, 'axi').files.map(({ module, text }) => [`rtl/${module}.v`, text] as const);
  mkdirSync(join(folder, 'rtl'));
  for (const [path, text] of sources) writeFileSync(join(folder, path), text);
  const program = await compiled('attention.onnx', mapped.out);
  writeFileSync(join(folder, 'magnet_driver.h'), program.written.get('out/magnet_driver.h')!);
  copyFileSync(join(support, 'axi-system.cpp'), join(folder, 'axi-system.cpp'));
  const options = [
    '--cc',
    '--exe',
    '--build',
    '-O3',
    '-Wno-fatal',
    '-Wno-lint',
    '-Wno-style',
    '--top-module',
    'magnet_axi',
  ];
  const flags = ['-CFLAGS', `-I${folder} -O1`, '-LDFLAGS', '-ldl', '-Mdir', 'build', '-o', 'system'];
  execFileSync('verilator', [...options, ...flags, 'axi-system.cpp', ...sources.map(([path]) => path)], {
    cwd: folder,
    stdio: 'pipe',
  });
  return mapped.out;
}

const compiled = (network: string, design: string, options: readonly string[] = []) =>
  run([...`compile ${network} --design d.json --drawn --seed 5 -o out -q`.split(' '), ...options], {
    ...onnx,
    'd.json': design,
  });

interface Way {
  /** Tensors that are never negative in words from 0 on. */
  readonly unsigned?: boolean;
  readonly stalls: number;
  readonly latency: number;
  readonly wait: 'irq' | 'poll';
}

/** A compiled network in a folder of its own, with what the reference makes of it. */
async function prepared(network: string, design: string, system: string, bits: number, unsigned = false) {
  const { code, err, written, binary } = await compiled(network, design, unsigned ? ['--unsigned'] : []);
  expect([code, err]).toEqual([0, expect.stringContaining('files written to out')]);
  const program = got(parseProgram(JSON.parse(written.get('out/program.json')!)));
  const folder = mkdtempSync(join(system, 'network-'));
  for (const [path, text] of written) writeFileSync(join(folder, path.slice(4)), text);
  for (const [path, bytes] of binary) writeFileSync(join(folder, path.slice(4)), bytes);
  writeFileSync(
    join(folder, 'entry.c'),
    '#include "network.h"\nconst struct magnet_network *program(void);\n' +
      'const struct magnet_network *program(void) { return &magnet_network; }\n',
  );
  const graph = graphOf(graphs[network]!());
  const { inputs, run: reference } = got(
    drawnRun(graph, 5, { bits, unsigned: unsigned ? unsignedTensors(graph, bits) : undefined }),
  );
  const given = program.inputs.flatMap((name) => [...inputs.get(name)!.values]);
  writeFileSync(join(folder, 'inputs.bin'), new Uint8Array(Int32Array.from(given).buffer));
  expect(reference.notRun).toEqual([]);
  return { folder, system, bits, program, graph, reference };
}
type Prepared = Awaited<ReturnType<typeof prepared>>;

/** The driver as a library; `changed` makes another of its text. */
function built({ folder }: Prepared, changed: (source: string) => string = (source) => source): string {
  const source = readFileSync(join(folder, 'magnet_driver.c'), 'utf8');
  const name = changed(source) === source ? 'network.so' : 'faulty.so';
  writeFileSync(join(folder, 'driver.c'), changed(source));
  execFileSync('cc', [...strict, '-shared', '-fPIC', '-o', name, 'entry.c', 'driver.c'], { cwd: folder });
  return join(folder, name);
}

/** What is wrong, a sentence each: tensors that are in memory behind each run and at the end, outputs, work of the host. */
function differences(p: Prepared, library: string, { stalls, latency, wait }: Way) {
  const { folder, system, bits, program, graph, reference } = p;
  // The platform of this test leaves the host's work undone; in these networks nothing waits for it.
  const left = new Set(graph.steps.flatMap((s) => (s.kind === 'host' ? s.outputs : [])));
  const done = spawnSync(
    join(system, 'build/system'),
    [library, folder, 'inputs.bin', 'left.bin', stalls, latency, 7, wait].map(String),
    { cwd: folder, encoding: 'utf8', timeout: 120_000 },
  );
  const lines = done.stdout.split('\n');
  const ahead = Number(lines.find((line) => line.startsWith('AHEAD '))?.slice(6));
  const verdict = lines.find((line) => /^(FAIL|RESULT)/.test(line)) ?? 'no verdict';
  if (verdict !== 'RESULT 0') return { faults: [verdict], ahead, compared: 0 };
  const size = program.memories.activations.words;
  // One behind every program: of a run in parts the last one counts.
  const snapshots = program.operations.flatMap((o, i) =>
    o.kind === 'run' ? o.programs.map((_, k) => (k === o.programs.length - 1 ? i : undefined)) : [],
  );
  const type = bits > 8 ? 'int16' : 'int8';
  const memory = got(parseRaw(readFileSync(join(folder, 'left.bin')), type, [(snapshots.length + 1) * size])).data;
  const faults: string[] = [];
  // Words from 0 on lie half a range lower in memory.
  const lower = (name: string) => (program.tensors.find((t) => t.name === name)!.unsigned ? 2 ** (bits - 1) : 0);
  const wantedOf = (name: string) => reference.tensors.get(name)?.values.map((word) => word - lower(name));
  let compared = 0;
  // Where a tensor comes to be whole: behind the last operation of its step.
  const whole = new Map(
    graph.tensors.map(({ name, producer }) => [
      name,
      producer.kind === 'input'
        ? -1
        : producer.kind === 'step'
          ? program.operations.findLastIndex((o) => o.kind !== 'copy' && o.step === producer.step)
          : Infinity,
    ]),
  );
  for (const [snapshot, at] of [...snapshots, program.operations.length].entries()) {
    if (at === undefined) continue;
    const isEnd = at === program.operations.length;
    for (const { name, words, live } of program.tensors) {
      const made = isEnd ? -1 : whole.get(name)!;
      // What the last operation reads is there at the end too.
      const isThere = live !== undefined && made <= at && live.from <= at && at <= live.to + (isEnd ? 1 : 0);
      const wanted = wantedOf(name);
      if (!isThere || left.has(name) || !wanted) continue;
      const found = addresses(words).map((address) => memory[snapshot * size + address]);
      const wrong = found.filter((word, i) => word !== wanted[i]).length;
      if (wrong > 0) faults.push(`behind operation ${at}: ${wrong} words of ${name}`);
      compared++;
    }
  }
  const told = lines.filter((line) => line.startsWith('OUTPUT '));
  for (const [i, name] of program.outputs.entries())
    if (!left.has(name) && told[i] !== `OUTPUT ${wantedOf(name)!.join(' ')}`) faults.push(`output ${name}`);
  const hosts = program.operations.filter((o) => o.kind === 'host').map((o) => `HOST ${o.step}`);
  if (lines.filter((line) => line.startsWith('HOST')).join() !== hosts.join()) faults.push('steps of the host');
  return { faults, ahead, compared };
}

async function expectRight(network: string, design: string, system: string, bits: number, ways: readonly Way[]) {
  for (const way of ways) {
    const p = await prepared(network, design, system, bits, way.unsigned);
    const library = built(p);
    const { operations } = p.program;
    expect(p.program.tensors.some((t) => t.unsigned)).toBe(way.unsigned ?? false);
    const { faults, ahead, compared } = differences(p, library, way);
    expect([network, way, faults]).toEqual([network, way, []]);
    // The tensor of every run, at least, and the network's.
    expect(compared).toBeGreaterThan(operations.filter((o) => o.kind === 'run').length);
    // While a layer runs the next one's program is written.
    if (way.wait === 'irq') expect(ahead).toBeGreaterThan(0);
  }
}

/** Faults of a driver, each as a change of its text; all of them must show. */
const planted: readonly (readonly [name: string, from: string, to: string])[] = [
  [
    'a bit of a register wrong',
    'record_word(io, first + 1 + word);',
    'record_word(io, first + 1 + word) ^ (record % 16 == 9);',
  ],
  ['the upper word of a register left out', 'if (word == 0 || value != 0)', 'if (word == 0)'],
  [
    'the upper word of a register behind the lower',
    'word = n->record_words - 1; word-- > 0;',
    'word = 0; word < n->record_words - 1; word++',
  ],
  [
    'one register further',
    '* n->register_bytes;\n  uint32_t word;',
    '* n->register_bytes + (record % 16 == 9 ? n->register_bytes : 0);\n  uint32_t word;',
  ],
  [
    'the last of what goes ahead left out',
    'write_records(n, io, next, 0, next->ahead)',
    'write_records(n, io, next, 0, next->ahead - 1)',
  ],
  ['nothing ahead', 'if (next) write_records(n, io, next, 0, next->ahead);', '(void)next;'],
  [
    'ahead before the start of the layer',
    '  write_records(n, io, o, o->ahead, o->count);\n',
    '  if (next) write_records(n, io, next, 0, next->ahead);\n  write_records(n, io, o, o->ahead, o->count);\n',
  ],
  [
    'records backwards',
    'for (; from < to; from++) write_record(n, io, (uint64_t)o->first + from);',
    'while (to-- > from) write_record(n, io, (uint64_t)o->first + to);',
  ],
  ['memories exchanged', 'WEIGHT_BASE, io->weight_base', 'WEIGHT_BASE, io->activation_base'],
  ['the halves of an address exchanged', '(uint32_t)(base >> 32));', '(uint32_t)base);'],
  ['no waiting for the end', 'while (!(status & ENDED));', 'while (0);'],
  [
    'a word beside in a walk',
    'w->at += (uint32_t)loop->stride;',
    'w->at += (uint32_t)loop->stride + (w->turn[i] == 1);',
  ],
  ['the next run is the one behind it', 'run_from(n, i + 1)', 'run_from(n, i + 2)'],
];

/** Addresses of words in their order. */
const addresses = ({ base, loops }: { base: number; loops: readonly { size: number; stride: number }[] }) =>
  loops.reduce<readonly number[]>(
    (found, { size, stride }) => found.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * stride)),
    [base],
  );

const [still, polled, stalling, late, fromZero] = [
  { stalls: 0, latency: 0, wait: 'irq' },
  { stalls: 0, latency: 0, wait: 'poll' },
  { stalls: 40, latency: 20, wait: 'poll' },
  { stalls: 10, latency: 60, wait: 'irq' },
  { stalls: 10, latency: 5, wait: 'irq', unsigned: true },
] as const;

/** Building a machine takes half a minute. */
const machines = [
  [
    'words of 12 bits, sums of 40',
    wide,
    12,
    { lenet: [still], 'branches.onnx': [still, stalling, fromZero], 'attention.onnx': [late] },
  ],
  [
    'words of 8 bits',
    machineFile,
    8,
    { lenet: [still], 'branches.onnx': [still, stalling, late, fromZero], 'attention.onnx': [stalling] },
  ],
] as const;

describe.skipIf(missing.length > 0).each(machines.slice(0, inLong(2, 1)))(
  'a machine with %s',
  (_, machine, bits, networks) => {
    let [folder, design] = ['', ''];
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'magnet-driver-'));
      design = await systemOf(machine, folder);
    }, 600_000);
    afterAll(() => rmSync(folder, { recursive: true }));

    test.each(Object.entries<readonly Way[]>(networks))('%s', { timeout: 600_000 }, async (network, ways) => {
      await expectRight(network, design, folder, bits, ways);
    });

    // Its registers have two words, of which faults speak.
    if (machine !== wide) return;
    test('every planted fault of a driver shows', { timeout: 1_800_000 }, async () => {
      const p = await prepared('branches.onnx', design, folder, bits);
      const some = planted.filter((_, i) => i % inLong(1, 3) === 0);
      const unseen = some.filter(([, from, to]) => {
        const library = built(p, (source) => {
          expect(source.split(from)).toHaveLength(2);
          return source.replace(from, to);
        });
        return [still, polled].every((way) => differences(p, library, way).faults.length === 0);
      });
      expect(unseen.map(([name]) => name)).toEqual([]);
    });
  },
);
