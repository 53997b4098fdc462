// Faults planted in what keeps tensors in the global buffer, one at a time, and two live regions that share banks: the chains that
// find nothing in the machine find each of them.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Template } from '../../src/model/machine/template.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import type { Placement } from '../../src/rtl/program/placement.js';
import { poolOf } from '../../src/rtl/program/placement.js';
import { nestsOf, tileExtents } from '../../src/rtl/program/nests.js';
import { jobAt } from '../../src/sim/layer-job.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import type { Simulator } from '../../src/sim/netlist/simulator.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { warm } from '../../src/sim/run-wasm.js';
import { inLong } from '../support/cases.js';
import type { ChainStep } from '../support/resident-chain.js';
import { keepingTemplate, residentChain } from '../support/resident-chain.js';
import { check } from '../support/rtl.js';

interface Machine {
  readonly t: Template;
  readonly chains: readonly (readonly ChainStep[])[];
  readonly textOf: (module: string) => string;
  readonly simulatorWith: (module?: string, text?: string) => Promise<Simulator>;
}

/** With chains of all that may stay. */
function machineOf(name: string, sizes: Partial<Template>, from: number): Machine {
  const t: Template = { ...keepingTemplate(seeded(7), 7), name, ...sizes };
  const a = accelerator(t);
  const chance = seeded(from);
  const chains: (readonly ChainStep[])[] = [];
  const needs = (steps: readonly ChainStep[], what: 'residual' | 'output') =>
    steps.some(({ layer }) => layer.resident?.[what]);
  for (let i = 0; i < 2000 && chains.length < 18; i++) {
    const chain = residentChain(a, t, chance, 3);
    // Half of them add what stays.
    if (chain && (chains.length % 2 === 0 ? needs(chain, 'output') : needs(chain, 'residual'))) chains.push(chain);
  }
  const texts = (module?: string, text?: string) =>
    Object.fromEntries(a.files.map((f) => [`${f.module}.v`, f.module === module ? text! : f.text]));
  return {
    t,
    chains,
    textOf: (module) => a.files.find((f) => f.module === module)!.text,
    simulatorWith: async (module, text) => buildSimulator(await elaborate(texts(module, text), a.top), a.top),
  };
}

/**
 * Whether padding, were it stored, would lie last in a place of what stays: a column behind the last is the first of the next row,
 * which mostly comes later and hides it.
 */
function paddingIsLast({ layer, mapping }: ChainStep): boolean {
  if (!layer.resident?.output) return false;
  const nests = nestsOf(mapping);
  const { pe } = tileExtents(nests);
  const pool = poolOf(layer);
  const [columns, rows] = [layer.bounds.P / pool.P, layer.bounds.Q / pool.Q];
  // As stores come in time, the outermost first: tiles, the array's rows and columns, the drain's own loops.
  const loops = [
    ...nests.outer.toReversed(),
    ...nests.inner.toReversed(),
    ...[nests.row, nests.column].flatMap((l) => l ?? []),
    { dim: 'Q', bound: pe.Q / pool.Q, weight: pool.Q },
    { dim: 'P', bound: pe.P / pool.P, weight: pool.P },
  ].filter(({ dim }) => dim === 'P' || dim === 'Q');
  const last = new Map<number, boolean>();
  const store = (at: number, p: number, q: number): void => {
    const loop = loops[at];
    if (!loop) {
      const [column, row] = [p / pool.P, q / pool.Q];
      last.set(row * columns + column, column >= columns || row >= rows);
      return;
    }
    for (let i = 0; i < loop.bound; i++)
      store(at + 1, p + (loop.dim === 'P' ? i * loop.weight : 0), q + (loop.dim === 'Q' ? i * loop.weight : 0));
  };
  store(0, 0, 0);
  return [...last].some(([place, isPadding]) => isPadding && place < rows * columns);
}

/** The same machine with chains that padding would show in, and no others. */
function withPadding(machine: Machine, from: number): Machine {
  const chance = seeded(from);
  const a = accelerator(machine.t);
  const chains: (readonly ChainStep[])[] = [];
  for (let i = 0; i < 4000 && chains.length < 2; i++) {
    const chain = residentChain(a, machine.t, chance, 2);
    if (chain?.some(paddingIsLast)) chains.push(chain);
  }
  return { ...machine, chains };
}

/** Of what goes out to DRAM, of cycles and of counts. */
const faultsOf = (simulator: Simulator, chain: readonly ChainStep[]): readonly string[] =>
  chain.flatMap((step, n) => {
    const { resident } = step.layer;
    const { faults } = check(n === 0 ? simulator : warm(simulator), step.job, step);
    // What stays is not in DRAM.
    return resident?.output ? faults.filter((f) => !f.includes('outputs:')) : faults;
  });

const size = 8 * 16;
const even = {
  vectorSize: 2,
  numLanes: 2,
  inputPrecision: 8,
  globalBanks: 16,
  globalBuffer: (16 * 16 * size) as Template['globalBuffer'],
};
const plain = machineOf('whole-lines', { ...even, globalWritePort: 1 << 30 }, 1);
const padded = withPadding(plain, 4);
const parts = machineOf('parts', { ...even, numLanes: 4, vectorSize: 2, globalWritePort: 11, inputChannel: 7 }, 2);
const stored = machineOf('stored-parts', { ...even, numLanes: 2, vectorSize: 4, globalReadPort: 11 }, 3);

const mutants: readonly (readonly [fault: string, of: Machine, module: string, from: string, to: string])[] = [
  ['inputs that are there are fetched', plain, 'tile_ctl', ' && !resident[0]', ''],
  ['outputs that stay leave too', plain, 'tile_ctl', ' && !resident[1]', ''],
  ['inputs are read where tiles lie', plain, 'tile_ctl', 'resident[0] ? middle_input : ', ''],
  ['outputs are stored where tiles lie', plain, 'tile_ctl', 'resident[1] ? middle_output : ', ''],
  ['a border is read', plain, 'load_i', '!is_there', "1'b0"],
  ['a border is zero', plain, 'load_i', 'outside ? border', "outside ? 8'd0"],
  ['no border in front of columns', plain, 'load_i', 'at[24 +: 10] >= image_first[0 +: 10]', "1'b1"],
  ['no border in front of rows', plain, 'load_i', 'at[34 +: 10] >= image_first[10 +: 10]', "1'b1"],
  ['places of a vector that are not used are read', plain, 'load_i', '& {8{vector_used[v]}}', ''],
  ['padding is stored', padded, 'drain', '!is_there', "1'b0"],
  [
    'a residual that is there comes from DRAM',
    plain,
    'residual',
    'assign re        = accept && is_here;',
    "assign re = 1'b0;",
  ],
  ['lines of a residual from DRAM are what was read', plain, 'residual', 'read ? rdata : rsp_data', 'rdata'],
  ['a residual is counted from DRAM alone', plain, 'magnet_top', ' || residual_re', ''],
  [
    'a residual goes as fast as it is read',
    parts,
    'residual',
    "is_here ? left == 2'd0 : req_ready",
    'is_here || req_ready',
  ],
  ['the first part of a line is read', parts, 'gbuf', 'load_part*16', '0*16'],
  ['all parts of a line are stored', stored, 'gbuf', '<< store_addr[0:0]', "| 2'b11"],
];

test('every fault can be planted: what it changes stands once in its module', () => {
  const places = mutants.map(([fault, of, module, from]) => [fault, of.textOf(module).split(from).length - 1]);
  expect(places).toEqual(mutants.map(([fault]) => [fault, 1]));
});

test.each([plain, parts, stored].map((m) => [m.t.name, m] as const))(
  'nothing is found in the machine %s',
  { timeout: 180_000 },
  async (_, machine) => {
    expect(machine.chains).toHaveLength(18);
    const simulator = await machine.simulatorWith();
    for (const chain of machine.chains) expect(faultsOf(simulator, chain)).toEqual([]);
  },
);

const planted = inLong(
  mutants,
  mutants.filter((_, i) => i % 4 === 0),
);
test.each(planted)('caught: %s', { timeout: 180_000 }, async (_, of, module, from, to) => {
  const simulator = await of.simulatorWith(
    module,
    of.textOf(module).replace(from, () => to),
  );
  expect(of.chains.some((chain) => faultsOf(simulator, chain).length > 0)).toBe(true);
});

test('caught in every chain whose padding would lie last', { timeout: 180_000 }, async () => {
  expect(padded.chains).toHaveLength(2);
  const [right, wrong] = [
    await padded.simulatorWith(),
    await padded.simulatorWith('drain', padded.textOf('drain').replace('!is_there', "1'b0")),
  ];
  for (const chain of padded.chains) {
    expect(faultsOf(right, chain)).toEqual([]);
    expect(faultsOf(wrong, chain)).not.toEqual([]);
  }
});

test('two live regions in the same banks are wrong words', { timeout: 180_000 }, async () => {
  const simulator = await plain.simulatorWith();
  let [tried, caught] = [0, 0];
  for (const chain of plain.chains) {
    const [first, second, third] = chain;
    const kept = first!.job.programs[0]!.placement.resident?.output;
    const output = second!.job.programs[0]!.placement.resident?.output;
    const isRead = third!.job.programs[0]!.placement.resident;
    // What the first has left is read by the third, and the second stores there.
    if (!kept || !output || ![isRead?.input, isRead?.residual].some((r) => r?.base === kept.base)) continue;
    const moved: Placement = { ...second!.job.programs[0]!.placement };
    const places = { ...moved.resident!, output: { ...output, base: kept.base } };
    const { accelerator: a, layer, operands } = second!.job;
    const job = jobAt(a, layer, second!.mapping, { ...moved, resident: places }, operands);
    tried++;
    if (faultsOf(simulator, [first!, { ...second!, job }, third!]).some((f) => f.includes('outputs:'))) caught++;
  }
  expect(tried).toBeGreaterThan(0);
  // A residual with a factor of nearly nothing hides what it was.
  expect(caught).toBeGreaterThan(tried / 2);
});
