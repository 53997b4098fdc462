// Multipliers that split on the Verilog: pairs of narrow channels in words, layers of both kinds one after the other, words at
// their ends; faults planted in what pairs and multiplies them are caught.
//
// More cases: MAGNET_SEED=7 MAGNET_CASES=50 npx vitest run test/sim/split.test.ts

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Random } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Bus } from '../../src/model/machine/template-names.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { split } from '../../src/model/workload/split.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import type { Given } from '../../src/sim/drawn-data.js';
import { compareOutputs } from '../../src/sim/layer-job.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import type { Tensor } from '../../src/sim/tensor.js';
import { inputShape, sizeOf, weightShape } from '../../src/sim/tensor.js';
import { casesOf, inLong, seedFrom } from '../support/cases.js';
import { randomLayer, randomTemplate } from '../support/machines.js';
import { randomMapping } from '../support/random-mapping.js';
import type { Placed, Placing } from '../support/rtl.js';
import { check, jobOf, place, smallMachine } from '../support/rtl.js';

const lines = { weight: 32, input: 32, sum: 16, bank: 64 };
const sizes = { vectorSize: 3, numLanes: 2, rows: 1, columns: 2, globalBanks: 16, biasLines: 32, splitMultipliers: 1 };
/** A line of 24 bits, five beats of 5; two lines for one of pairs. */
const narrow = smallMachine('split', lines, { ...sizes, packedWeights: 2, inputChannel: 5, dramLatency: 3 });
/** A line in one beat. */
const wide = smallMachine('split wide', lines, sizes);

const halves = { weightBits: 4, inputBits: 4 };
/** Nine channels on pairs of a vector of three: the third half of a line has no other. */
const bounds = { K: 8, C: 9, P: 4, Q: 2, R: 3 };
const splitPlacing: Placing = {
  DRAM: 'Q2',
  GlobalBuffer: 'K2 C2',
  AccumBuffer: 'R3 P4',
  columns: 'K2',
  lanes: 'K2',
  vector: 'C3',
};
const plainPlacing: Placing = { ...splitPlacing, GlobalBuffer: 'K2 C3' };

/** A mapping of the layer as it is when it is split. */
function placeSplit(t: Template, layer: Layer, placing: Placing): Placed {
  const { architecture, mapping } = place(t, split(layer), placing);
  return { architecture, layer, mapping: { ...mapping, parts: { G: 1, K: 1, split: true } } };
}

const few = makeLayer('few bits', bounds, halves);
const casesOn = (t: Template): readonly Placed[] => [
  placeSplit(t, few, splitPlacing),
  place(t, makeLayer('many bits', bounds), plainPlacing),
  // Two positions of the vector of three, the second pair half empty.
  placeSplit(t, makeLayer('few channels', { K: 4, C: 3, P: 4 }, { ...halves, residual: true }), {
    AccumBuffer: 'K2 P4',
    lanes: 'K2',
    vector: 'C2',
  }),
];

const filled = (shape: readonly number[], ...words: readonly number[]): Tensor => ({
  shape,
  data: Int32Array.from({ length: sizeOf(shape) }, (_, i) => words[i % words.length]!),
});
/** Inputs with a sign, and from 0 on, where they need few bits; as they are drawn where they need all. */
const inputsOf = ({ layer }: Placed): readonly Given[] =>
  layer.inputBits === undefined
    ? [{}]
    : [
        { inputs: filled(inputShape(layer), 3, -8, 7, -1, 0, -5, 6) },
        { inputs: filled(inputShape(layer), 3, 15, 8, 0, 7, 12, 1) },
      ];

async function faultsOn(t: Template, bus: Bus, module = '', from = '', to = ''): Promise<readonly string[]> {
  const { files, top } = accelerator(t, bus);
  const texts = Object.fromEntries(
    files.map((f) => {
      if (f.module !== module) return [`${f.module}.v`, f.text];
      expect(f.text.split(from), `${from} stands once in ${module}`).toHaveLength(2);
      return [`${f.module}.v`, f.text.replace(from, () => to)];
    }),
  );
  const simulator = buildSimulator(await elaborate(texts, top), top, bus === 'axi' ? { clock: 'aclk' } : {});
  const built = accelerator(t, bus);
  const jobs = casesOn(t).flatMap((placed, i) =>
    inputsOf(placed).map((given) => ({ placed, job: { ...jobOf(t, placed, 5 + i, given), accelerator: built } })),
  );
  return jobs.flatMap(({ placed, job }) => {
    if (bus === 'native') return [0, 0.5].flatMap((stalls) => check(simulator, job, placed, stalls, seeded(1)).faults);
    const how = { stalls: 0.3, latency: 9, chance: seeded(1), limit: 1e5, progress: () => {} };
    try {
      const run = runWasm(simulator, job, how);
      const wrong = compareOutputs(job, run.activations).mismatches;
      return run.counters && wrong === 0 ? [] : [`${wrong} words`];
    } catch (error) {
      return [String(error)];
    }
  });
}

test.each([
  ['narrow', 'native', narrow],
  ['wide', 'native', wide],
  ['narrow', 'axi', narrow],
] as const)('the machine as emitted has no fault, on %s lines: %s', { timeout: 180_000 }, async (_, bus, t) =>
  expect(await faultsOn(t, bus)).toEqual([]),
);

test('all words at an end of their range, and each beside the other end', { timeout: 180_000 }, async () => {
  const simulator = await machineSimulator(wide);
  const ends: readonly (readonly [inputs: readonly number[], weights: readonly number[]])[] = [
    [[-8], [-8]],
    [[7], [7]],
    [[-8], [7]],
    [[7], [-8]],
    [[15], [-8]],
    [[15], [7]],
    [
      [0, 15],
      [7, -8],
    ],
    [
      [-8, 7],
      [7, -8, -1],
    ],
  ];
  for (const [inputs, weights] of ends)
    for (const placed of casesOn(wide).filter(({ layer }) => layer.inputBits !== undefined)) {
      const given: Given = {
        inputs: filled(inputShape(placed.layer), ...inputs),
        weights: filled(weightShape(placed.layer), ...weights),
      };
      expect(check(simulator, jobOf(wide, placed, 3, given), placed).faults).toEqual([]);
    }
});

/** Any layer, its words half as wide as the machine's: some of one channel in a group, some that the host lays out. */
function narrowLayer(t: Template, chance: Random): Layer {
  const { name, bounds: b, ...layer } = randomLayer(chance);
  const depthwise = chance.next() < 0.2;
  return {
    ...layer,
    name,
    bounds: depthwise ? { ...b, C: 1, G: 2 + chance.below(5), K: 1 } : b,
    weightBits: 1 + chance.below(t.weightPrecision / 2),
    inputBits: t.inputPrecision / 2,
    ...(chance.next() < 0.3 && b.R * b.S > 1 && { fromHost: true as const }),
  };
}

test('law: any layer on any machine, split, folded, in blocks and in parts, as the model has it', async () => {
  const firstSeed = seedFrom(1);
  const seen = { pairs: 0, odd: 0, folds: 0, blocks: 0, parts: 0, residuals: 0, groups: 0 };
  const machines = casesOf('machines that split');
  for (let machine = 0; machine < machines; machine++) {
    const seed = firstSeed + machine;
    const drawn = randomTemplate(seed);
    const t = { ...drawn, splitMultipliers: 1, biasLines: seed % 3 === 0 ? 2 : 256 };
    const chance = seeded(5000 + seed);
    const simulator = await machineSimulator(t);
    for (let found = 0, tries = 0; found < 4 && tries < 200; tries++) {
      const layer = narrowLayer(t, chance);
      const mapping = randomMapping(t, layer, chance, { maxCycles: 40_000 });
      if (!mapping?.parts?.split) continue;
      found++;
      const names = mapping.levels.map((l) => l.name).join();
      const architecture = lowerTemplate(t, technology16nm).find((a) => a.levels.map((l) => l.name).join() === names)!;
      const placed: Placed = { architecture, layer, mapping };
      const where = JSON.stringify({ seed, layer, mapping });
      for (const stalls of found % 2 === 0 ? [0, 0.4] : [0])
        expect(check(simulator, jobOf(t, placed, seed + tries), placed, stalls).faults, where).toEqual([]);
      const { parts } = mapping;
      seen.pairs++;
      if (layer.bounds.C % 2 === 1) seen.odd++;
      if (layer.bounds.G > 1) seen.groups++;
      if (parts.fold) seen.folds++;
      if (parts.block) seen.blocks++;
      if (parts.G * parts.K > 1) seen.parts++;
      if (layer.residual) seen.residuals++;
    }
  }
  console.log(`split layers: ${JSON.stringify(seen)}`);
  expect(seen.pairs).toBeGreaterThan(machines);
  expect(Math.min(seen.odd, seen.residuals, seen.groups)).toBeGreaterThan(0);
}, 3_600_000);

test('a split layer takes half of the steps and each word once; a pair from DRAM is two words', () => {
  const alike = [casesOn(narrow)[0]!, place(narrow, few, plainPlacing)];
  const [pairs, plain] = alike.map(({ architecture, layer, mapping }) =>
    evaluate(architecture, layer, mapping, magnetConventions),
  );
  // Five pairs are six on a vector of three, as nine channels are nine: two turns in place of three.
  expect([pairs!.compute.macs, plain!.compute.macs]).toEqual([8 * 6 * 4 * 2 * 3, 8 * 9 * 4 * 2 * 3]);
  expect(pairs!.levels[0]!.dataspaces.Weights!.reads / plain!.levels[0]!.dataspaces.Weights!.reads).toBe(2 / 3);
  const fill = (e: typeof pairs) => e!.tiles!.engines.fill.beats;
  // Lines of three channels, five beats each: four of them make two lines of pairs.
  expect(fill(pairs) / fill(plain)).toBe(4 / 3);
  expect(pairs!.cycles).toBeLessThan(plain!.cycles);
  const { energy } = lowerTemplate(narrow, technology16nm)[0]!.compute;
  expect(pairs!.compute.energy / pairs!.compute.macs).toBeLessThan(energy);
});

const mutants = [
  [
    'the lower half of a weight without its sign',
    'split_multiply',
    '{split & weight[W-1], weight[W-1:0]}',
    "{1'b0, weight[W-1:0]}",
  ],
  [
    'the lower half of an input without its sign',
    'split_multiply',
    '{data[I-1] & split & !natural, data[I-1:0]}',
    "{1'b0, data[I-1:0]}",
  ],
  ['a sign of what has none, in the lower half', 'split_multiply', 'data[I-1] & split & !natural', 'data[I-1] & split'],
  [
    'a sign of what has none, in the upper half',
    'split_multiply',
    'data[INPUT-1] & !(split & natural)',
    'data[INPUT-1]',
  ],
  [
    'a sign within whole words',
    'split_multiply',
    '{split & weight[W-1], weight[W-1:0]}',
    '{weight[W-1], weight[W-1:0]}',
  ],
  ['halves exchanged on one side', 'split_multiply', 'weight_high * data_low', 'weight_high * data_high'],
  ['one product in place of two', 'split_multiply', '{high, low} + first + second', '{high, low} + first'],
  ['products of upper halves beside pairs', 'split_multiply', "split ? {W{1'b0}} : weight_high", 'weight_high'],
  ['products of lower halves beside pairs', 'split_multiply', "split ? {W{1'b0}} : weight[W-1:0]", 'weight[W-1:0]'],
  [
    'a middle too low',
    'split_multiply',
    "first  = {{(I-1){across[P]}}, across, {W{1'b0}}}",
    "first  = {{I{across[P]}}, across, {(W-1){1'b0}}}",
  ],
  ['a sum that is not moved down', 'dot', 'split[0] ? sum_2_0 >>> 4 : sum_2_0', 'sum_2_0'],
  ['a sum that is moved down by too much', 'dot', 'split[0] ? sum_2_0 >>> 4', 'split[0] ? sum_2_0 >>> 5'],
  [
    'the channels of a pair exchanged',
    'fill',
    'split ? {word[3:0], lower[w*4 +: 4]}',
    'split ? {lower[w*4 +: 4], word[3:0]}',
  ],
  ['the upper halves of words', 'fill', 'lower[w*4 +: 4] <= word[3:0]', 'lower[w*4 +: 4] <= word[7:4]'],
  ['a line written for each that comes', 'fill', 'rsp_valid && (second || !split)', 'rsp_valid'],
  ['pairs in layers of whole words', 'fill', 'split ? {word[3:0], lower', '1 ? {word[3:0], lower'],
  ['a fill that begins in the middle of a pair', 'fill', 'second <= split && !second', 'second <= split'],
] as const;

test.each(inLong<readonly (typeof mutants)[number][]>(mutants, [mutants[0], mutants[3], mutants[10], mutants[12]]))(
  'caught: %s',
  { timeout: 180_000 },
  async (_, module, from, to) => expect(await faultsOn(wide, 'native', module, from, to)).not.toEqual([]),
);
