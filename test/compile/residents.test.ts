// Networks of which some tensors stay in the global buffer, by a schedule that is given: words of every step that can be seen are
// the reference's, cycles and counts the model's; what cannot stay is refused by name.

import { describe, expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { lowered } from '../../src/compile/lower.js';
import type { Lowered } from '../../src/compile/lowered.js';
import { runsIn } from '../../src/compile/network-program.js';
import type { Schedule } from '../../src/compile/residents.js';
import { scheduled } from '../../src/compile/residents.js';
import { mappingsFor } from '../../src/library/network-mappings.js';
import { simba } from '../../src/model/machine/presets.js';
import type { Template } from '../../src/model/machine/template.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { packedIn } from '../../src/model/workload/layer.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { seeded } from '../../src/base/random.js';
import { banded } from '../../src/model/workload/row-bands.js';
import { bandedIntegers, bandedRun } from '../../src/reference/banded-integers.js';
import { randomChains } from '../support/chains.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { wasmMachine } from '../../src/sim/network-machine.js';
import { programFor, runOn } from '../../src/sim/network-run.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { solveHere } from '../../src/tuner/map-network.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { machineAlone } from '../support/design.js';
import { graphOf } from '../support/graphs.js';
import { node, onnxFile } from '../support/onnx.js';
import { randomGraph } from '../support/random-graph.js';
import { greedySchedule } from '../support/schedules.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

const keeps = (name: string, sizes: Partial<Template>): Template => ({
  ...simba,
  name,
  rows: 2,
  columns: 2,
  residency: 1,
  ...sizes,
});
const even = keeps('even', { numLanes: 4, vectorSize: 4 });
const uneven = keeps('uneven', { numLanes: 4, vectorSize: 8, globalWritePort: 20 });

function drawn(graph: NetworkGraph, seed: number, bits: number) {
  const unsigned = seed % 2 === 0 ? unsignedTensors(graph, bits) : undefined;
  const { integers, inputs, run: reference } = got(drawnRun(graph, seed, { bits, unsigned }));
  return reference.notRun.length > 0
    ? undefined
    : { graph, inputs, reference, lowered: got(lowered(graph, integers, bits)) };
}

async function ran(
  t: Template,
  simulator: Awaited<ReturnType<typeof machineSimulator>>,
  asked: NonNullable<ReturnType<typeof drawn>>,
  of: Lowered,
) {
  const design = machineAlone(t);
  const solve = solveHere(() => performance.now());
  const found = await mappingsFor(design, of, solve, () => {});
  if (!found.ok) return undefined;
  const mappings = found.value.map((m) => m.mapping);
  const task = { ...asked, lowered: of, design, mappings, seed: 1, stalls: 0, latency: 0, tensors: [] };
  return { ...(await runOn(wasmMachine(simulator), task, programFor(task), () => {})), mappings };
}

const dram = ({ counters }: { readonly counters: readonly { readonly name: string; readonly rtl: number }[] }) =>
  counters.filter((c) => /^DRAM (Inputs|Outputs)/.test(c.name)).reduce((n, c) => n + c.rtl, 0);

function expectRight(runs: NonNullable<Awaited<ReturnType<typeof ran>>>['runs'], about: string): void {
  for (const r of runs) {
    expect([about, r.name, r.firstMismatch, r.mismatches]).toEqual([about, r.name, undefined, 0]);
    expect([about, r.name, r.cycles.rtl]).toEqual([about, r.name, r.cycles.model]);
    expect([about, r.name, r.counters.filter((c) => c.model !== c.rtl)]).toEqual([about, r.name, []]);
  }
}

/** Two residual blocks, the second strided with a branch of its own, a concat, and a classifier. */
const resnet = onnxFile({
  inputs: { x: [1, 3, 11, 11] },
  weights: {
    w0: [8, 3, 3, 3],
    w1: [8, 8, 3, 3],
    w2: [8, 8, 3, 3],
    w3: [16, 8, 3, 3],
    w4: [16, 16, 3, 3],
    w5: [16, 8, 1, 1],
    w6: [10, 16, 1, 1],
    w7: [8, 16, 1, 1],
    w8: [16, 8, 3, 3],
  },
  nodes: [
    node('Conv', ['x', 'w0'], ['c0'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('Relu', ['c0'], ['a0']),
    node('Conv', ['a0', 'w1'], ['c1'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('Relu', ['c1'], ['a1']),
    node('Conv', ['a1', 'w2'], ['c2'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('Add', ['c2', 'a0'], ['s2']),
    node('Relu', ['s2'], ['a2']),
    node('Conv', ['a2', 'w3'], ['c3'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] }),
    node('Relu', ['c3'], ['a3']),
    node('Conv', ['a3', 'w4'], ['c4'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('Conv', ['a2', 'w5'], ['c5'], { kernel_shape: [1, 1], strides: [2, 2] }),
    node('Add', ['c4', 'c5'], ['s5']),
    node('Relu', ['s5'], ['a5']),
    node('Conv', ['a5', 'w7'], ['c7'], { kernel_shape: [1, 1] }),
    node('Conv', ['c7', 'w8'], ['c8'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('Concat', ['c7', 'c8'], ['k'], { axis: 1 }),
    node('GlobalAveragePool', ['a5'], ['p']),
    node('Conv', ['p', 'w6'], ['y'], { kernel_shape: [1, 1] }),
    node('MaxPool', ['k'], ['z'], { kernel_shape: [2, 2], strides: [2, 2] }),
  ],
});

describe('a network with residuals, a concat and a branch', () => {
  test.each([even, uneven].map((t) => [t.name, t] as const))(
    'keeps its tensors on the machine %s, and moves fewer words of DRAM',
    { timeout: 600_000 },
    async (_, t) => {
      const simulator = await machineSimulator(t);
      const { hardware } = accelerator(t);
      const asked = drawn(graphOf(got(decodeOnnx(resnet, 'resnet'))), 2, 8)!;
      const schedule = greedySchedule(asked.lowered, hardware, 12);
      const kept = got(scheduled(asked.lowered, hardware, schedule));
      const [plain, less] = [(await ran(t, simulator, asked, asked.lowered))!, (await ran(t, simulator, asked, kept))!];
      expectRight(plain.runs, 'plain');
      expectRight(less.runs, JSON.stringify(schedule));
      expect(schedule.length).toBeGreaterThan(5);
      const words = (runs: typeof plain.runs) => runs.reduce((n, r) => n + dram(r), 0);
      const cycles = (runs: typeof plain.runs) => runs.reduce((n, r) => n + r.cycles.rtl, 0);
      console.log(
        `${t.name}: ${schedule.length} tensors stay: ${words(plain.runs)} -> ${words(less.runs)} words, ${cycles(plain.runs)} -> ${cycles(less.runs)} cycles`,
      );
      expect(words(less.runs)).toBeLessThan(0.6 * words(plain.runs));
    },
  );
});

/** A padded convolution and a max-pool with overlapping windows, both for two images. */
const stem = onnxFile({
  inputs: { x: [2, 3, 9, 10] },
  weights: { w0: [8, 3, 3, 3], w1: [8, 8, 3, 3], w3: [8, 8, 1, 1], w2: [4, 8, 1, 1] },
  nodes: [
    node('Conv', ['x', 'w0'], ['c0'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('Relu', ['c0'], ['a0']),
    node('MaxPool', ['a0'], ['p0'], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    node('Conv', ['p0', 'w1'], ['c1'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('Conv', ['c1', 'w3'], ['c2'], { kernel_shape: [1, 1] }),
    node('Add', ['c2', 'p0'], ['s1']),
    node('Conv', ['s1', 'w2'], ['y'], { kernel_shape: [1, 1] }),
  ],
});

test.each([even, uneven].map((t) => [t.name, t] as const))(
  'images of a batch, and what an overlapping max-pool reads, leaves in between and makes, stay on the machine %s',
  { timeout: 600_000 },
  async (_, t) => {
    const simulator = await machineSimulator(t);
    const { hardware } = accelerator(t);
    for (const seed of [1, 2]) {
      const asked = drawn(graphOf(got(decodeOnnx(stem, 'stem'))), seed, 8)!;
      const schedule = greedySchedule(asked.lowered, hardware, 12);
      expect(schedule.map((k) => k.tensor).sort()).toEqual(['a0', 'c1', 'p0', 'p0 over columns', 's1']);
      const kept = got(scheduled(asked.lowered, hardware, schedule));
      expectRight((await ran(t, simulator, asked, kept))!.runs, `${t.name} ${seed}`);
      const places = runsIn(kept).flatMap((run) => Object.values(run.kept?.places ?? {}));
      for (const along of ['images', 'columns', 'rows'])
        expect([along, places.some((place) => 'inputs' in place && place.inputs?.along === along)]).toEqual([
          along,
          true,
        ]);
    }
  },
);

test('random graphs of which whatever can stay does', { timeout: 3_600_000 }, async () => {
  const seen = { graphs: 0, full: 0, runs: 0, inputs: 0, outputs: 0, residuals: 0 };
  /** What inputs of layers go along, where they have several. */
  const along = { images: 0, columns: 0, rows: 0 };
  for (const t of [even, uneven]) {
    const simulator = await machineSimulator(t);
    const { hardware } = accelerator(t);
    const first = seedFrom(1);
    for (let seed = first; seed < first + casesOf('graphs that keep tensors'); seed++) {
      const asked = drawn(graphOf(randomGraph(seed, { host: false, size: 2 + (seed % 9) })), seed, 8);
      if (!asked) continue;
      const schedule: Schedule = greedySchedule(asked.lowered, hardware, 10);
      if (schedule.length === 0) continue;
      const kept = got(scheduled(asked.lowered, hardware, schedule));
      const done = await ran(t, simulator, asked, kept);
      // What stays may leave tiles no room.
      if (!done) {
        seen.full++;
        continue;
      }
      const { runs } = done;
      expectRight(runs, `${t.name} ${seed} ${JSON.stringify(schedule)}`);
      seen.graphs++;
      for (const { kept: own } of runsIn(kept)) {
        seen.runs++;
        if (own?.places.input) seen.inputs++;
        if (own?.places.output) seen.outputs++;
        if (own?.places.residual) seen.residuals++;
        for (const place of [own?.places.input, own?.places.output]) if (place?.inputs) along[place.inputs.along]++;
      }
    }
  }
  console.log(`graphs that keep tensors: ${JSON.stringify(seen)}, several inputs along ${JSON.stringify(along)}`);
  expect(Math.min(seen.graphs, seen.inputs, seen.outputs)).toBeGreaterThan(0);
});

test('tensors stay beside weights that lie packed and multipliers that split', { timeout: 3_600_000 }, async () => {
  const t = keeps('narrow', { numLanes: 2, vectorSize: 2, packedWeights: 2, splitMultipliers: 1, weightChannel: 12 });
  const simulator = await machineSimulator(t);
  const { hardware } = accelerator(t);
  // Runs whose weights lie packed, and that are split, beside what stays; of these with a residual or a result that does.
  const seen = { graphs: 0, packed: 0, split: 0, splitAndMade: 0, readHere: 0 };
  const first = seedFrom(1);
  for (let seed = first; seed < first + casesOf('graphs of half the bits that keep tensors'); seed++) {
    const graph = graphOf(randomGraph(seed, { host: false, size: 2 + (seed % 9), chained: true }));
    // Words of half the machine's bits.
    const { integers, inputs, run: reference } = got(drawnRun(graph, seed, { bits: 4, weightBits: 4 }));
    if (reference.notRun.length > 0) continue;
    const asked = { graph, inputs, reference, lowered: got(lowered(graph, integers, 8)) };
    const chance = seeded(seed);
    // A layer is split whose input comes from DRAM.
    const schedule = greedySchedule(asked.lowered, hardware, 10, () => chance.next() < 0.5);
    const kept = got(scheduled(asked.lowered, hardware, schedule));
    const done = await ran(t, simulator, asked, kept);
    if (!done) continue;
    expectRight(done.runs, `${t.name} ${seed} ${JSON.stringify(schedule)}`);
    seen.graphs++;
    for (const [i, run] of runsIn(kept).entries()) {
      if (!run.kept) continue;
      const { split } = done.mappings[i]!.parts ?? {};
      if (split) seen.split++;
      else if (packedIn(hardware.packed, run.layer)) seen.packed++;
      if (split && (run.kept.places.output ?? run.kept.places.residual)) seen.splitAndMade++;
      if (run.kept.places.input) seen.readHere++;
    }
  }
  console.log(`graphs of half the bits that keep tensors: ${JSON.stringify(seen)}`);
  for (const [what, count] of Object.entries(seen)) expect([what, count > 0]).toEqual([what, true]);
});

/** The same in bands of rows, whose parts have the words of their rows. */
function drawnInBands(graph: NetworkGraph, seed: number) {
  const unsigned = seed % 2 === 0 ? unsignedTensors(graph, 8) : undefined;
  const { integers, inputs, run } = got(drawnRun(graph, seed, { unsigned }));
  const chains = randomChains(graph, seeded(seed));
  const cut = run.notRun.length === 0 && chains.length > 0 ? banded(graph, chains) : undefined;
  if (!cut) return undefined;
  const own = bandedIntegers(cut, integers);
  const reference = bandedRun(cut, run);
  return { graph: cut.graph, inputs, reference, lowered: got(lowered(cut.graph, own, 8)) };
}

test('random graphs in bands of rows of which whatever can stay does', { timeout: 3_600_000 }, async () => {
  const seen = { graphs: 0, full: 0, runs: 0, inputs: 0, outputs: 0, residuals: 0, partsRead: 0, partsMade: 0 };
  for (const t of [even, uneven]) {
    const simulator = await machineSimulator(t);
    const { hardware } = accelerator(t);
    const first = seedFrom(1);
    for (let seed = first; seed < first + casesOf('graphs in bands that keep tensors'); seed++) {
      const asked = drawnInBands(
        graphOf(randomGraph(seed, { host: false, size: 2 + (seed % 9), chained: true })),
        seed,
      );
      if (!asked) continue;
      const schedule = greedySchedule(asked.lowered, hardware, 10);
      const kept = got(scheduled(asked.lowered, hardware, schedule));
      const done = await ran(t, simulator, asked, kept);
      // What stays may leave tiles no room.
      if (!done) {
        seen.full++;
        continue;
      }
      expectRight(done.runs, `${t.name} ${seed} ${JSON.stringify(schedule)}`);
      seen.graphs++;
      for (const { input, output, kept: own } of runsIn(kept)) {
        const rows = (of: typeof input) => of.storage.axes.slice(0, -2).reduce((n, { size }) => n * size, 1);
        seen.runs++;
        if (own?.places.input) seen.inputs++;
        if (own?.places.output) seen.outputs++;
        if (own?.places.residual) seen.residuals++;
        if (own?.places.input && own.places.input.rows < rows(input)) seen.partsRead++;
        if (own?.places.output && own.places.output.rows < rows(output)) seen.partsMade++;
      }
    }
  }
  console.log(`graphs in bands that keep tensors: ${JSON.stringify(seen)}`);
  expect(Math.min(seen.graphs, seen.residuals, seen.partsRead, seen.partsMade)).toBeGreaterThan(0);
});

describe('what cannot stay is refused by name', () => {
  const asked = drawn(graphOf(got(decodeOnnx(resnet, 'resnet'))), 1, 8)!;
  const faults = (t: Template, schedule: Schedule) => {
    const made = scheduled(asked.lowered, accelerator(t).hardware, schedule);
    return made.ok ? [] : made.diagnostics.map((d) => d.message);
  };
  test.each<[string, Template, Schedule, RegExp]>([
    ['an input', even, [{ tensor: 'x', bank: 0 }], /^x cannot stay in the global buffer: it is an input/],
    ['an output', even, [{ tensor: 'z', bank: 0 }], /it is an output/],
    ['nobody knows it', even, [{ tensor: 'q', bank: 0 }], /no step of the network makes it/],
    ['no room', even, [{ tensor: 'a2', bank: 16 }], /it takes \d+ banks from bank 16 on, and there are 16/],
    [
      'two at once',
      even,
      [
        { tensor: 'a0', bank: 0 },
        { tensor: 'a1', bank: 0 },
      ],
      /a0 lies in its banks at the same time/,
    ],
    ['no residency', { ...even, residency: 0 }, [{ tensor: 'a0', bank: 0 }], /residency: 0/],
  ])('%s', (_, t, schedule, message) => {
    const found = faults(t, schedule);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toMatch(message);
  });
});
