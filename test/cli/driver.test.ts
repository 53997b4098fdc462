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

const compiled = (network: string, design: string) =>
  run([...`compile ${network} --design d.json --drawn --seed 5 -o out -q`.split(' ')], { ...onnx, 'd.json': design });

interface Way {
  readonly stalls: number;
  readonly latency: number;
  readonly wait: 'irq' | 'poll';
}

async function expectRight(network: string, design: string, system: string, bits: number, ways: readonly Way[]) {
  const { code, err, written, binary } = await compiled(network, design);
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
  execFileSync('cc', [...strict, '-shared', '-fPIC', '-o', 'network.so', 'entry.c', 'magnet_driver.c'], {
    cwd: folder,
  });

  const graph = graphOf(graphs[network]!());
  const { inputs, run: reference } = got(drawnRun(graph, 5, bits));
  const given = program.inputs.flatMap((name) => [...inputs.get(name)!.values]);
  writeFileSync(join(folder, 'inputs.bin'), new Uint8Array(Int32Array.from(given).buffer));
  expect(reference.notRun).toEqual([]);
  // The platform of this test leaves the host's work undone; in these networks nothing waits for it.
  const left = new Set(graph.steps.flatMap((s) => (s.kind === 'host' ? s.outputs : [])));
  // What the last operation reads is there; of others the room has been another's since.
  const stays = ({ live }: (typeof program.tensors)[number]) =>
    live !== undefined && live.to >= program.operations.length - 1;
  const tensors = program.tensors.filter((t) => reference.tensors.has(t.name) && !left.has(t.name) && stays(t));
  expect(tensors.length).toBeGreaterThanOrEqual(graph.outputs.length);
  for (const { stalls, latency, wait } of ways) {
    const where = `${network}, ${stalls} % stalls, latency ${latency}, ${wait}`;
    const done = spawnSync(
      join(system, 'build/system'),
      [join(folder, 'network.so'), folder, 'inputs.bin', 'left.bin', stalls, latency, 7, wait].map(String),
      { cwd: folder, encoding: 'utf8' },
    );
    expect([where, done.stdout.split('\n').find((line) => /^(FAIL|RESULT)/.test(line))]).toEqual([where, 'RESULT 0']);
    const memory = got(
      parseRaw(readFileSync(join(folder, 'left.bin')), bits > 8 ? 'int16' : 'int8', [
        program.memories.activations.words,
      ]),
    ).data;
    for (const { name, words } of tensors) {
      const found = addresses(words).map((at) => memory[at]);
      expect([where, name, found]).toEqual([where, name, [...reference.tensors.get(name)!.values]]);
    }
    const told = done.stdout.split('\n').filter((line) => line.startsWith('OUTPUT '));
    for (const [i, name] of program.outputs.entries())
      if (!left.has(name))
        expect([where, told[i]]).toEqual([where, `OUTPUT ${reference.tensors.get(name)!.values.join(' ')}`]);
    const hosts = program.operations.filter((o) => o.kind === 'host').map((o) => `HOST ${o.step}`);
    expect(done.stdout.split('\n').filter((line) => line.startsWith('HOST'))).toEqual(hosts);
  }
}

/** Addresses of words in their order. */
const addresses = ({ base, loops }: { base: number; loops: readonly { size: number; stride: number }[] }) =>
  loops.reduce<readonly number[]>(
    (found, { size, stride }) => found.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * stride)),
    [base],
  );

const [still, stalling, late] = [
  { stalls: 0, latency: 0, wait: 'irq' },
  { stalls: 40, latency: 20, wait: 'poll' },
  { stalls: 10, latency: 60, wait: 'irq' },
] as const;

/** Building a machine takes half a minute. */
const machines = [
  [
    'words of 12 bits, sums of 40',
    wide,
    12,
    { lenet: [still], 'branches.onnx': [still, stalling], 'attention.onnx': [late] },
  ],
  [
    'words of 8 bits',
    machineFile,
    8,
    { lenet: [still], 'branches.onnx': [still, stalling, late], 'attention.onnx': [stalling] },
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

    test.each(Object.entries(networks))('%s', { timeout: 600_000 }, async (network, ways) => {
      await expectRight(network, design, folder, bits, ways);
    });
  },
);
