// Random graphs on the emitted Verilog: every word of every step is the reference's, cycles and counts are the model's.

import { expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { nth } from '../../src/base/invariant.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { lowered } from '../../src/compile/lower.js';
import { runsIn } from '../../src/compile/network-program.js';
import { mappingsFor } from '../../src/library/network-mappings.js';
import { simba } from '../../src/model/machine/presets.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { findTool } from '../../src/sim/native/native-tools.js';
import type { NativeSimulator } from '../../src/sim/native/native-simulation.js';
import type { NetworkResult, NetworkState } from '../../src/sim/network-run.js';
import { wasmMachine } from '../../src/sim/network-machine.js';
import { programFor, runNetwork, runOn } from '../../src/sim/network-run.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { solveHere } from '../../src/tuner/map-network.js';
import type { Lowered } from '../../src/compile/lowered.js';
import { isChannelwise } from '../../src/model/workload/block-diagonal.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { graphOf } from '../support/graphs.js';
import { node, onnxFile } from '../support/onnx.js';
import { randomGraph } from '../support/random-graph.js';
import { machineAlone } from '../support/design.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

const template = { ...simba, name: 'small', rows: 2, columns: 2, numLanes: 4, vectorSize: 4 };
const design = machineAlone(template);

/** A second operand needs a channel of its own, which not every machine has. */
const hasChannel = accelerator(template).registers.some((b) => b.name === 'residual_base');

function expectAllRight({ runs, hosts }: Pick<NetworkResult, 'runs' | 'hosts'>, seed: number): void {
  for (const h of hosts) expect([seed, h.name, h.firstMismatch, h.mismatches]).toEqual([seed, h.name, undefined, 0]);
  for (const r of runs) {
    expect([seed, r.name, r.firstMismatch, r.mismatches]).toEqual([seed, r.name, undefined, 0]);
    expect([r.name, r.cycles.rtl]).toEqual([r.name, r.cycles.model]);
    const { rtl, model } = r.configuration.cycles;
    expect([r.name, 'configuration', rtl]).toEqual([r.name, 'configuration', model]);
    expect([r.name, r.counters.filter((c) => c.model !== c.rtl)]).toEqual([r.name, []]);
  }
}

/** With a mapping for every run, beside a memory that answers at once. */
async function taskOf<A extends { readonly lowered: Lowered }>(asked: A) {
  const solve = solveHere(() => performance.now());
  const mappings = got(await mappingsFor(design, asked.lowered, solve, () => {})).map((m) => m.mapping);
  return { ...asked, design, mappings, stalls: 0, latency: 0, tensors: [] };
}

test('random graphs run as the reference says', { timeout: 400_000 }, async () => {
  const simulator = await machineSimulator(template);
  let [runs, words] = [0, 0];
  const count = Number(process.env['MAGNET_GRAPHS'] ?? 6);
  for (let seed = 1; seed <= count; seed++) {
    const graph = graphOf(randomGraph(seed, { host: false, size: 1 + (seed % 9) }));
    const { integers, inputs, run: reference } = got(drawnRun(graph, seed));
    if (reference.notRun.length > 0) continue;
    const made = got(lowered(graph, integers, 8));
    if (!hasChannel && runsIn(made).some((r) => r.residual)) continue;
    const task = await taskOf({ graph, lowered: made, inputs, reference, seed });
    const result = await runOn(wasmMachine(simulator), task, programFor(task), () => {});
    expectAllRight(result, seed);
    for (const r of result.runs) {
      words += r.words;
      runs++;
    }
  }
  console.log(`${runs} runs, ${words} words`);
  expect(words).toBeGreaterThan(0);
});

/** Ten channels are two blocks of four and one that is filled up. */
const channelwise = onnxFile({
  inputs: { x: [1, 10, 9, 9] },
  weights: { w: [10, 1, 3, 3], b: [10], s: [1, 10, 1, 1] },
  nodes: [
    node('Conv', ['x', 'w', 'b'], ['c'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: 10 }),
    node('Mul', ['c', 's'], ['d']),
    node('AveragePool', ['d'], ['a'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('MaxPool', ['d'], ['m'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    ...(hasChannel ? [node('Add', ['a', 'm'], ['y'])] : []),
  ],
});

const groupsApart = (made: Lowered): Lowered => ({
  ...made,
  operations: made.operations.map((o) =>
    o.kind === 'run' && isChannelwise(o.layer) ? { ...o, layer: { ...o.layer, diagonal: false } } : o,
  ),
});

test('channels in blocks and on their own have the same words', { timeout: 200_000 }, async () => {
  const simulator = await machineSimulator(template);
  const graph = graphOf(got(decodeOnnx(channelwise, 'channelwise')));
  const { integers, inputs, run: reference } = got(drawnRun(graph, 1));
  const made = got(lowered(graph, integers, 8));
  const run = async (of: Lowered) => {
    const task = await taskOf({ graph, lowered: of, inputs, reference, seed: 1 });
    const result = await runOn(wasmMachine(simulator), task, programFor(task), () => {});
    expectAllRight(result, 1);
    const cycles = result.runs.reduce((n, r) => n + r.cycles.rtl, 0);
    return {
      cycles,
      tensors: result.tensors,
      blocks: task.mappings.filter((m) => m.parts?.block !== undefined).length,
    };
  };
  const [joined, apart] = [await run(made), await run(groupsApart(made))];
  expect(apart.blocks).toBe(0);
  expect(joined.blocks).toBeGreaterThan(0);
  expect(joined.tensors).toEqual(apart.tensors);
  expect(joined.cycles).toBeLessThan(apart.cycles);
});

/** Work of the host at the beginning, in the middle and at the end; a table of which the network's input names rows. */
const hosted = onnxFile({
  inputs: { ids: [2, 3] },
  whole: ['ids'],
  weights: { table: [700, 8], w: [8, 8], scale: [8], shift: [8], v: [8, 5] },
  nodes: [
    node('Gather', ['table', 'ids'], ['e']),
    node('MatMul', ['e', 'w'], ['m']),
    node('LayerNormalization', ['m', 'scale', 'shift'], ['n']),
    node('Transpose', ['n'], ['t'], { perm: [0, 2, 1] }),
    node('MatMul', ['n', 't'], ['s']),
    node('Softmax', ['s'], ['p']),
    node('MatMul', ['p', 'n'], ['c']),
    node('MatMul', ['c', 'v'], ['f']),
    node('Sigmoid', ['f'], ['y']),
  ],
});

test('the host does its work between runs', { timeout: 200_000 }, async () => {
  const task = await hostedTask();
  // Places in the table are no words of 8 bits.
  expect(valueOf(task.inputs, 'ids').values.some((x) => x > 127)).toBe(true);
  const result = await runOn(wasmMachine(await machineSimulator(template)), task, programFor(task), () => {});
  expectAllRight(result, 1);
  expect(result.hosts.map((h) => [h.operator, h.read, h.words])).toEqual([
    ['Gather', 0, 48],
    ['LayerNormalization', 48, 48],
    ['Softmax', 18, 18],
    ['Sigmoid', 30, 30],
  ]);
  expect(new Set(valueOf(result.tensors, 'y').values).size).toBeGreaterThan(5);
});

async function hostedTask() {
  const graph = graphOf(got(decodeOnnx(hosted, 'hosted')));
  const { integers, inputs, run: reference } = got(drawnRun(graph, 1));
  expect(reference.notRun).toEqual([]);
  return taskOf({ graph, lowered: got(lowered(graph, integers, 8)), inputs, reference, seed: 1 });
}

const engines: readonly NativeSimulator[] = ['iverilog', 'verilator'];
for (const engine of engines) {
  const tool = await findTool(engine);
  if (!tool.ok) console.log(`note: ${tool.diagnostics[0]!.message}`);
  test.skipIf(!tool.ok)(`${engine} runs it as the engine in WebAssembly does`, { timeout: 400_000 }, async () => {
    const task = { ...(await hostedTask()), tensors: ['n', 's', 'f'] };
    const calm = await runNetwork({ ...task, engine: 'wasm' }, () => {});
    const states: NetworkState[] = [];
    const result = await runNetwork({ ...task, engine }, (state) => states.push(state));
    expectAllRight(result, 1);
    expect(untimed(result)).toEqual(untimed(calm));
    expect(states.map((s) => s.doing)).toEqual(expect.arrayContaining(['building', 'step']));
    // Verilator takes its time to build.
    if (engine === 'verilator') return;
    const slow = await runNetwork({ ...task, engine, stalls: 0.3, latency: 20 }, () => {});
    expect(slow.tensors).toEqual(calm.tensors);
    slow.runs.forEach((r, i) => expect(r.cycles.rtl).toBeGreaterThan(nth(calm.runs, i).cycles.rtl));
  });
}

/** All that must not depend on the engine. */
const untimed = ({ runs, ...result }: NetworkResult) => ({
  ...result,
  buildSeconds: 0,
  seconds: 0,
  runs: runs.map((r) => ({ ...r, seconds: 0 })),
});

const valueOf = <K, V>(map: ReadonlyMap<K, V>, key: K): V => {
  const found = map.get(key);
  if (found === undefined) throw new Error(`no ${String(key)}`);
  return found;
};
