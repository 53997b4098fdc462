// Weights that lie packed on the Verilog: short lines, words put apart with their signs, and layers of both kinds one after
// the other; faults planted in what does it are caught.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Bus } from '../../src/model/machine/template-names.js';
import { levelNames } from '../../src/model/machine/template-names.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { compareOutputs } from '../../src/sim/layer-job.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { inLong } from '../support/cases.js';
import { check, jobOf, place, smallMachine } from '../support/rtl.js';

const lines = { weight: 32, input: 32, sum: 16, bank: 64 };
const sizes = { vectorSize: 3, numLanes: 2, rows: 1, columns: 2, globalBanks: 16, biasLines: 32, packedWeights: 2 };
/** A line of 24 bits, five beats of 5; one of 12, three. Three weights of 4 bits lie in two words. */
const narrow = smallMachine('packed', lines, { ...sizes, weightChannel: 5, dramLatency: 3 });
/** A line of either kind in one beat. */
const wide = smallMachine('packed wide', lines, sizes);

const placing = {
  DRAM: 'Q2',
  GlobalBuffer: 'K2 C2',
  AccumBuffer: 'C2 R3 P4',
  columns: 'K2',
  lanes: 'K2',
  vector: 'C3',
};
const bounds = { K: 8, C: 12, P: 4, Q: 2, R: 3 };
const few = makeLayer('few bits', bounds, { weightBits: 4 });
const many = makeLayer('many bits', bounds, { weightBits: 5 });
/** One channel of a vector of three, in a word of its own. */
const single = makeLayer('single', { K: 4, C: 3, P: 4 }, { weightBits: 3 });
const singlePlacing = { GlobalBuffer: 'K2 C3', AccumBuffer: 'P4', lanes: 'K2' };

const casesOn = (t: typeof narrow) => [
  ...[few, many].map((layer) => place(t, layer, placing)),
  place(t, single, singlePlacing),
];

async function faultsOn(t: typeof narrow, bus: Bus, module = '', from = '', to = ''): Promise<readonly string[]> {
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
  return casesOn(t).flatMap((placed, i) => {
    if (bus === 'native') {
      const job = jobOf(t, placed, 5 + i);
      return [0, 0.5].flatMap((stalls) => check(simulator, job, placed, stalls, seeded(1)).faults);
    }
    // Weights that begin at words of both kinds: lines that lie within a beat of the bus, and that do not.
    return [5, 6, 7, 8].flatMap((seed) => {
      const job = { ...jobOf(t, placed, seed + i), accelerator: built };
      try {
        const how = { stalls: 0.3, latency: 9, chance: seeded(1), limit: 1e5, progress: () => {} };
        const run = runWasm(simulator, job, how);
        const wrong = compareOutputs(job, run.activations).mismatches;
        return run.counters && wrong === 0 ? [] : [`${wrong} words`];
      } catch (error) {
        return [String(error)];
      }
    });
  });
}

test.each([
  ['narrow', 'native', narrow],
  ['wide', 'native', wide],
  ['narrow', 'axi', narrow],
  ['wide', 'axi', wide],
] as const)('the machine as emitted has no fault, on %s lines: %s', { timeout: 180_000 }, async (_, bus, t) =>
  expect(await faultsOn(t, bus)).toEqual([]),
);

test('a packed layer takes fewer beats and half of the energy per bit, and as many words', () => {
  const [packed, plain] = casesOn(narrow).map(({ architecture, layer, mapping }) =>
    evaluate(architecture, layer, mapping, magnetConventions),
  );
  const beats = (e: typeof packed) => e!.tiles!.engines.load_w.beats;
  expect(beats(plain) / beats(packed)).toBe(5 / 3);
  const weights = (e: typeof packed) => e!.levels[0]!.dataspaces.Weights!;
  expect(weights(packed).reads).toBe(weights(plain).reads);
  // 8.75 pJ a bit; registers hold 20 bits of three weights, or 10, written and read for 1.5 and 1 fJ a bit.
  expect(weights(packed).energy / weights(packed).reads).toBeCloseTo(4 * 8.75 + (10 * 2.5e-3) / 3, 9);
  expect(weights(plain).energy / weights(plain).reads).toBeCloseTo(8 * 8.75 + (20 * 2.5e-3) / 3, 9);
  expect(weights(packed).linkEnergy).toBe(weights(plain).linkEnergy);
  expect(casesOn(narrow)[0]!.architecture.levels[0]!.name).toBe(levelNames.dram);
});

const mutants = [
  ['no sign', 'native', 'unpack_weights', '{{HALF{own[HALF-1]}}, own}', "{{HALF{1'b0}}, own}"],
  [
    'the order of weights reversed',
    'native',
    'unpack_weights',
    'line[w*HALF +: HALF]',
    'line[(COUNT-1-w)*HALF +: HALF]',
  ],
  ['plain lines put apart', 'native', 'unpack_weights', 'is_packed ?', '!is_packed ?'],
  ['a short line a beat late', 'native', 'gear_in_short', '/ WIDTH - 1;', '/ WIDTH;'],
  ['all lines short', 'native', 'gear_in_short', 'is_short ? FIRST[COUNT-1:0] : LAST[COUNT-1:0]', 'FIRST[COUNT-1:0]'],
  [
    'the last beat below the others',
    'native',
    'gear_in_short',
    '{in_data, held[FIRST*WIDTH-1:0]}',
    '{held[FIRST*WIDTH-1:0], in_data}',
  ],
  [
    'a short line as a whole one',
    'native',
    'gear_in_short',
    'is_short ? brief[SHORT-1:0] : whole[SHORT-1:0]',
    'whole[SHORT-1:0]',
  ],
  ['a byte too few of a short line', 'axi', 'axi_read_short', '(SHORT << LOG_WORD) - 1', '(SHORT << LOG_WORD) - 2'],
  [
    'beats of whole lines on the bus',
    'axi',
    'gear_out_short',
    'is_short ? FIRST[COUNT-1:0] : LAST[COUNT-1:0]',
    'LAST[COUNT-1:0]',
  ],
  [
    'a line of the bus too soon',
    'axi',
    'axi_read_short',
    'is_short ? BREAK[BITS_OF_PAUSE-1:0]',
    "is_short ? {BITS_OF_PAUSE{1'b0}}",
  ],
] as const;

test.each(inLong<readonly (typeof mutants)[number][]>(mutants, [mutants[0], mutants[3], mutants[7]]))(
  'caught: %s',
  { timeout: 180_000 },
  async (_, bus, module, from, to) => expect(await faultsOn(narrow, bus, module, from, to)).not.toEqual([]),
);
