// Faults planted in the emitted Verilog, one at a time: the comparison that finds none in the machine finds each of them.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import type { Given } from '../../src/sim/drawn-data.js';
import type { Job } from '../../src/sim/layer-job.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import type { Simulator } from '../../src/sim/netlist/simulator.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { inLong } from '../support/cases.js';
import type { Placing } from '../support/rtl.js';
import { check, jobOf, place, smallMachine } from '../support/rtl.js';

const lines = { weight: 32, input: 32, sum: 16, bank: 64 };
const machine = smallMachine('mutants', lines, {
  vectorSize: 2,
  numLanes: 2,
  rows: 2,
  columns: 2,
  weightCollector: 2,
  inputCollector: 2,
  accumCollector: 4,
  globalBanks: 16,
  biasLines: 32,
});
/** The same registers at the same places, of other sizes: only the capability word tells its programs apart. */
const another = smallMachine('another', { ...lines, weight: 24 }, machine);
/** Lines of 16 bits in beats of 5 and 6 from and to DRAM, whose answers take a while, of 7 to the PEs and 6 from them. */
const narrow = {
  ...machine,
  name: 'narrow',
  weightChannel: 5,
  inputChannel: 6,
  outputChannel: 5,
  dramLatency: 3,
  globalReadPort: 7,
  globalWritePort: 6,
};

interface Case {
  readonly faults: (simulator: Simulator) => readonly string[];
}

function layerCase(
  seed: number,
  layer: Layer,
  placing: Placing,
  stalls = 0,
  given: Given = {},
  on = machine,
): Case & { readonly job: Job } {
  const placed = place(on, layer, placing);
  expect(breaches(placed.architecture, layer, placed.mapping, magnetConventions)).toEqual([]);
  const job = jobOf(on, placed, seed, given);
  return { job, faults: (simulator) => check(simulator, job, placed, stalls, seeded(1)).faults };
}

const conv = makeLayer('conv', { K: 16, C: 8, P: 8, Q: 4, R: 3 });
const both = { lanes: 'K2', vector: 'C2' };
const deep = makeLayer('deep', { K: 8, C: 8, P: 4, Q: 2, R: 3, S: 3 }, { residual: true });
const deepPlacing = { GlobalBuffer: 'Q2 K2 C2', AccumBuffer: 'C2 R3 S3 P2', columns: 'K2', rows: 'P2', ...both };
const short = makeLayer('short', { K: 16, C: 2, P: 8, Q: 4 });
const shortPlacing = { GlobalBuffer: 'Q4 K2', AccumBuffer: 'K2 P4', columns: 'K2', rows: 'P2', ...both };
const layerCases = [
  // Many tiles of both nests; sums stay in their collector, weights over a row.
  layerCase(1, conv, {
    DRAM: 'Q2 K2',
    GlobalBuffer: 'Q2 K2',
    AccumBuffer: 'K2',
    AccumCollector: 'C4 R3 P4',
    columns: 'K2',
    rows: 'P2',
    ...both,
  }),
  // Sums come back from the accumulation buffer, also from tile to tile.
  layerCase(2, conv, {
    DRAM: 'K2',
    GlobalBuffer: 'Q2 C2',
    AccumBuffer: 'C2 R3',
    WeightCollector: 'Q2 P4 K2',
    columns: 'K2',
    rows: 'P2',
    ...both,
  }),
  // Rows add their sums; columns have inputs of their own.
  layerCase(3, makeLayer('groups', { G: 4, K: 4, C: 8, P: 4, R: 2 }), {
    DRAM: 'G2',
    GlobalBuffer: 'P2',
    AccumBuffer: 'C2 R2',
    InputCollector: 'P2 K2',
    columns: 'G2',
    rows: 'C2',
    ...both,
  }),
  // One lane of two, one position of two; next to it lie words that do not belong to the operand.
  layerCase(4, makeLayer('narrow', { K: 3, C: 3, P: 4, R: 2 }), {
    DRAM: 'K3',
    GlobalBuffer: 'C3',
    AccumBuffer: 'P2 R2',
    rows: 'P2',
  }),
  layerCase(5, makeLayer('pooled', { K: 8, C: 4, P: 8, Q: 4, R: 2 }, { stride: [2, 1], pool: [2, 2] }), {
    DRAM: 'Q2',
    GlobalBuffer: 'C2',
    AccumBuffer: 'K2 Q2 P4 R2',
    columns: 'K2',
    rows: 'P2',
    ...both,
  }),
  // Sums are finished in every iteration, before the last ones have left; an input is read for one tile and serves two.
  layerCase(8, makeLayer('quick', { N: 2, K: 32, C: 2, P: 2, Q: 8 }), {
    DRAM: 'N2',
    GlobalBuffer: 'Q8 K2',
    AccumBuffer: 'K4',
    columns: 'K2',
    rows: 'P2',
    ...both,
  }),
  // A residual that comes in over both nests, both axes and all loops of a tile; and where DRAM stalls.
  ...[0, 0.6].map((stalls) =>
    layerCase(
      9,
      makeLayer('residual', { N: 2, K: 32, C: 2, P: 8, Q: 8 }, { residual: true }),
      { DRAM: 'N2 Q4', GlobalBuffer: 'P2 K2', AccumBuffer: 'Q2 K4 P2', columns: 'K2', rows: 'P2', ...both },
      stalls,
    ),
  ),
  // Sums beyond 16 bits times a residual; one whose words are unsigned; halves to both sides; pieces of sums.
  ...[11, 22, 24].map((seed) => layerCase(seed, deep, deepPlacing)),
  layerCase(11, short, shortPlacing, 0, { scale: 1, shift: 6 }),
  layerCase(12, short, shortPlacing, 0, { scale: 1, shift: 8, wrap: true }),
  // DRAM that stalls.
  layerCase(
    6,
    conv,
    {
      DRAM: 'Q2 K2',
      GlobalBuffer: 'Q2 K2',
      AccumBuffer: 'K2',
      AccumCollector: 'C4 R3 P4',
      columns: 'K2',
      rows: 'P2',
      ...both,
    },
    0.8,
  ),
];

/** A program for another machine must not start. */
const foreign: Case = {
  faults(simulator) {
    const placed = place(another, conv, {
      DRAM: 'Q4 K2 C2',
      AccumBuffer: 'K2 C2 R3 P4',
      columns: 'K2',
      rows: 'P2',
      ...both,
    });
    const [fault] = check(simulator, jobOf(another, placed, 7), placed).faults;
    return fault === 'the machine refused the program' ? [] : ['a program for another machine was accepted'];
  },
};
const narrowCases = [0, 0.5].flatMap((stalls) => [
  // Two sums make an output, which takes three beats; columns have inputs of their own.
  layerCase(
    13,
    makeLayer('pooled', { G: 2, K: 8, C: 2, P: 4, Q: 4 }, { pool: [2, 1] }),
    { DRAM: 'Q2', GlobalBuffer: 'K2', AccumBuffer: 'Q2 K2 P4', columns: 'G2', lanes: 'K2', vector: 'C2' },
    stalls,
    {},
    narrow,
  ),
  layerCase(
    11,
    conv,
    { DRAM: 'Q2 K2', GlobalBuffer: 'Q2 C2', AccumBuffer: 'K2 C2 R3 P4', columns: 'K2', rows: 'P2', ...both },
    stalls,
    {},
    narrow,
  ),
  layerCase(
    12,
    makeLayer('residual', { K: 8, C: 2, P: 4, Q: 4 }, { residual: true }),
    { DRAM: 'Q2', GlobalBuffer: 'K2', AccumBuffer: 'Q2 K2 P2', rows: 'P2', ...{ lanes: 'K2', vector: 'C2' } },
    stalls,
    {},
    narrow,
  ),
]);

/** A machine as emitted, and what tells its mutants apart from it. */
async function subject(t: typeof machine, cases: readonly Case[]) {
  const { files, top } = accelerator(t);
  const textOf = (module: string): string => files.find((f) => f.module === module)!.text;
  const filesWith = (module: string, text: string) =>
    Object.fromEntries(files.map((f) => [`${f.module}.v`, f.module === module ? text : f.text]));
  const whole = await elaborate(filesWith('', ''), top);
  /** A module that is one cell type by its own name, not one for each set of parameters, is elaborated alone: a fraction of the time. */
  const simulatorWith = async (module: string, text: string): Promise<Simulator> => {
    const alone = module in whole.modules;
    const part = await elaborate(filesWith(module, text), alone ? module : top);
    return buildSimulator({ modules: { ...whole.modules, ...part.modules } }, top);
  };
  return { textOf, simulatorWith, cases, simulator: buildSimulator(whole, top) };
}
const wide = await subject(machine, [...layerCases, foreign]);
const geared = await subject(narrow, narrowCases);

test.each([wide, geared])('the machine as emitted has no fault', ({ cases, simulator }) => {
  for (const c of cases) expect(c.faults(simulator)).toEqual([]);
});

test('the cases reach both ends of the output range, limits within it, unsigned words, halves of both kinds', () => {
  const posts = layerCases.map(({ job }) => job.operands.post);
  const seen = (low: number, value: number) =>
    layerCases.some(({ job }) => job.operands.post.low === low && job.operands.expected.data.includes(value));
  expect([
    seen(-128, -128),
    seen(-128, 127),
    posts.some((p) => p.low === 0 && !p.unsigned),
    posts.some((p) => p.unsigned),
    posts.some((p) => p.high < 127),
    posts.some((p) => new Set(p.scale).size > 1 && new Set(p.shift).size > 1),
    posts.some((p) => p.residual?.combine === 'multiply'),
    posts.some((p) => p.residual?.unsigned === true),
    posts.some((p) => p.wrap),
  ]).toEqual(Array.from({ length: 9 }, () => true));
});

type Mutant = readonly [fault: string, module: string, from: string, to: string];
const mutants: readonly Mutant[] = [
  ['the step of the next loop out', 'addr_gen', '.select (step)', '.select (step << 1)'],
  [
    'loops end one iteration late',
    'loop_seq',
    'assign last[i] = count == bound;',
    "assign last[i] = count == bound + 1'b1;",
  ],
  [
    'flags of first iterations ignore their masks',
    'nest',
    'assign zeros[j] = &(zero | ~mask);',
    'assign zeros[j] = &zero;',
  ],
  [
    'begin and first swapped',
    'pe_ctl',
    'wire begin_now  = zeros[0] && tile_begin;\n  wire first_now  = zeros[1] && tile_first;',
    'wire begin_now  = zeros[1] && tile_first;\n  wire first_now  = zeros[0] && tile_begin;',
  ],
  [
    'the accumulation buffer is written at the last visit too',
    'pe_pipe',
    's2_valid && s2_end && !s2_last',
    's2_valid && s2_end',
  ],
  ['an input miss in one tile stands for all tiles', 'pe_ctl', 'run && zeros[2] && tile_miss_input', 'run && zeros[2]'],
  ['no sign extension in the adder tree', 'dot', '{{1{product_0[15]}}, product_0}', "{1'b0, product_0}"],
  ['a sum that comes back begins at zero', 'lane', "first ? {SUM{1'b0}} : stored", "first ? stored : {SUM{1'b0}}"],
  ['a fetched weight is used one iteration late', 'lane', 'weight_miss ? fetched : kept', 'kept'],
  ['lines of all rows are added', 'pe_array', 'drain_row_sel[r] && rows_used[r]', 'rows_used[r]'],
  ['a line of the first column', 'pe_array', 'drain_column_sel & columns_used', "2'b01"],
  ['a beat does not wait for its residual', 'residual', '!on[0] || arrived', "1'b1"],
  ['a beat goes before its residual is held', 'residual', 'arrived <= rsp_valid', 'arrived <= req_valid'],
  ['a residual a line early', 'residual', 'line  = line_4', 'line  = line_3'],
  ['a residual also where there is none', 'residual', 'start && on[0]', 'start'],
  [
    'the residual of the tile after',
    'tile_ctl',
    'drain_residual      <= compute_residual',
    'drain_residual      <= inner_residual',
  ],
  [
    'the residual of the outer tile after',
    'tile_ctl',
    'middle_residual   <= outer_residual',
    'middle_residual   <= residual_base',
  ],
  ['rows are never added', 'drain', 'row | {2{reduce}}', 'row'],
  ['no rounding', 'post_lane', "near} + {{(OUT + 1){1'b0}}, up}", 'near}'],
  ['saturation at the lower end missing', 'post_lane', 'fits ? quotient', 'fits || below ? quotient'],
  ['saturation at the upper end missing', 'post_lane', 'fits ? quotient', 'fits || !below ? quotient'],
  ['the low limit left out', 'post_lane', 'rounded < lowest', "rounded < lowest && 1'b0"],
  ['the high limit left out', 'post_lane', 'rounded > highest', "rounded > highest && 1'b0"],
  [
    'limits of unsigned numbers with a sign',
    'post_lane',
    '{{2{!unsigned_out && high[OUT-1]}}, high}',
    '{{2{high[OUT-1]}}, high}',
  ],
  ['unsigned words not flipped', 'post_lane', "^ {unsigned_out, {(OUT - 1){1'b0}}}", ''],
  ['the scale of the channel behind', 'post_lane', 'factor[SCALE-1]}}, factor}', 'scale[SCALE-1]}}, scale}'],
  ['the shift of the channel behind', 'post_lane', 'shift_2 <= shift_1', 'shift_2 <= shift'],
  ['bits of the scale not stored', 'post', '{post_scale, cfg_data', "{post_scale & 23'h7ff0ff, cfg_data"],
  ['halves rounded up', 'post_lane', 'quotient[0] && (rest || quotient[1])', 'quotient[0]'],
  ['halves rounded down', 'post_lane', 'quotient[0] && (rest || quotient[1])', 'quotient[0] && rest'],
  ['a residual adds where it should multiply', 'post_lane', 'other = multiply ?', "other = multiply && 1'b0 ?"],
  ['a product gets what a residual would add', 'post_lane', "added = multiply ? {WIDE{1'b0}} :", 'added ='],
  ['a factor beyond 16 bits not saturated', 'post_lane', 'fits_16 ? sum_biased[15:0] :', "1'b1 ? sum_biased[15:0] :"],
  ['a residual of the wrong lane', 'post', 'residual[l*OUT +: OUT]', 'residual[(LANES-1-l)*OUT +: OUT]'],
  ['unsigned residuals not flipped', 'post_lane', "beside ^ {unsigned_residual, {(OUT - 1){1'b0}}}", 'beside'],
  ['unsigned residuals with a sign', 'post_lane', '!unsigned_residual && beside[OUT-1]', 'beside[OUT-1]'],
  ['a residual not lifted to the shift of its channel', 'post_lane', 'product} << lift', 'product}'],
  ['pieces of sums saturated', 'post_lane', 'wrap ? quotient[OUT:1] : limited', 'limited'],
  ['pieces of sums a bit too high', 'post_lane', 'wrap ? quotient[OUT:1]', 'wrap ? quotient[OUT+1:2]'],
  ['constants of the line after', 'drain', 'sum_bias  = bias_3', 'sum_bias  = bias_2'],
  ['constants of the tile after', 'tile_ctl', 'drain_bias          <= compute_bias', 'drain_bias <= inner_bias'],
  ['all channels have the first line of constants', 'post', 'bias_we ? line : bias_place', "bias_we ? line : 5'd0"],
  ['the keep flag of pooling inverted', 'post_lane', '(!keep || larger)', '(keep || larger)'],
  ['an unsigned maximum', 'post_lane', '$signed(sum) > $signed(most)', 'sum > most'],
  ['biases in the order of the lanes reversed', 'post', 'data_we && lane[l]', 'data_we && lane[LANES-1-l]'],
  [
    'a half is read while it is written',
    'ping_pong',
    '{we && write_half, we && !write_half}',
    '{we && !write_half, we && write_half}',
  ],
  ['the other half read', 'ping_pong', '{re && read_half, re && !read_half}', '{re && !read_half, re && read_half}'],
  ['a register beside the one meant', 'cfg_next', '(addr - BASE)', "(addr - BASE + 12'd1)"],
  ['input halves not toggled', 'tile_ctl', 'load_i_half <= !load_i_half', 'load_i_half <= load_i_half'],
  ['weight halves not toggled', 'tile_ctl', 'load_w_half <= !load_w_half', 'load_w_half <= load_w_half'],
  ['output halves not toggled', 'tile_ctl', 'compute_half_o <= !compute_half_o', 'compute_half_o <= compute_half_o'],
  ['input regions not toggled', 'tile_ctl', 'fill_half <= !fill_half', 'fill_half <= fill_half'],
  ['output regions not toggled', 'tile_ctl', 'output_half <= !output_half', 'output_half <= output_half'],
  [
    'bank of a load from the wrong address bit',
    'gbuf',
    'load_re && load_addr[PLACE-1:PLACE-BANK]',
    'load_re && load_addr[PLACE-2:PLACE-BANK-1]',
  ],
  ['unused positions of a vector not zeroed', 'fill', '& {8{vector_used[v]}}', ''],
  ['a fill is over with its last request', 'fill', "run || pending != 16'd0 || we", 'run'],
  ['a weight load forgets answers that are due', 'load_w', "run || pending != 16'd0 || valid", 'run || valid'],
  ['a stall of the output channel ignored', 'spill', 'valid && !ready', "valid && 1'b0"],
  ['weights for one row of those that listen', 'load_w', 'row | {2{all_rows}}', 'row'],
  ['outputs of idle lanes written', 'magnet_top', 'output_mask = lanes_used', "output_mask = 2'b11"],
  ['any program accepted', 'host', 'cfg_wdata[31:0] == CAPABILITY', "1'b1"],
  ['weight reads counted in every iteration', 'magnet_top', 'events[3]  = weight_re', 'events[3]  = valid'],
];

/** Of the machine whose channels to DRAM and ports of the global buffer are narrower than a line. */
const gearMutants: readonly Mutant[] = [
  ['the last beat of a line below the others', 'gear_in', '{in_data, held}', '{held, in_data}'],
  [
    'a beat in the place of the one before',
    'gear_in',
    'in_valid && count == b[COUNT-1:0]',
    'in_valid && count == b[COUNT-1:0] + 1',
  ],
  ['a line while its last beat is awaited', 'gear_in', 'out_valid = in_valid && last', 'out_valid = last'],
  ['a line a beat early', 'gear_in', 'LAST  = BEATS - 1', 'LAST  = BEATS - 2'],
  ['a line is gone with its first beat', 'gear_out', 'last && out_ready', 'out_ready'],
  ['beats go on while DRAM stalls', 'gear_out', 'in_valid && out_ready', 'in_valid'],
  ['the first beat again and again', 'gear_out', 'out_data = whole[b*WIDTH +: WIDTH]', 'out_data = whole[WIDTH-1:0]'],
  ['a line of inputs is fetched while one goes', 'load_i', '(!valid_1 || gone)', "(1'b1)"],
  ['a line of inputs is over with its first beat', 'load_i', 're || (valid_1 && !gone)', 're'],
  ['beats go to the place of the line after', 'load_i', 'if (re) begin', 'begin'],
  [
    'lines are collected in all columns',
    'pe_array',
    'used && input_row_we[r] && input_column_we[c]',
    'used && input_row_we[r]',
  ],
  ['outputs do not wait for the port', 'drain', "left == 2'd0 || !completes", "1'b1"],
  ['outputs wait a cycle less than the port takes', 'drain', "left <= 2'd2", "left <= 2'd1"],
  ['all sums of a window wait for the port', 'drain', "left == 2'd0 || !completes", "left == 2'd0"],
  ['what is left of an output is not held', 'write_port', 'if (in_valid) rest', 'rest'],
  ['the place of an output is not held', 'write_port', 'if (in_valid) out_addr', 'out_addr'],
  ['an output is gone with its first beat', 'write_port', 'in_valid || busy', 'in_valid'],
  ['a step ends while an output is on its way', 'magnet_top', ' || store_left', ''],
  ['weights counted by their beats', 'magnet_top', '= weight_whole_valid;', '= weight_rsp_valid;'],
  [
    'outputs counted by their beats',
    'magnet_top',
    '= output_whole_valid && output_whole_ready',
    '= output_valid && output_ready',
  ],
];

const all = [
  ...mutants.map((mutant) => ({ mutant, of: wide })),
  ...gearMutants.map((mutant) => ({ mutant, of: geared })),
].map(({ mutant: [fault, module, from, to], of }) => ({ fault, module, from, to, of }));
test('every fault can be planted: what it changes stands once in its module', () => {
  const places = all.map(({ fault, module, from, of }) => [fault, of.textOf(module).split(from).length - 1]);
  expect(places).toEqual(all.map(({ fault }) => [fault, 1]));
});

/** In the short suite one of each second module. */
const first = all.filter(({ module, of }, i) => all.findIndex((m) => m.module === module && m.of === of) === i);
const planted = inLong(
  all,
  first.filter((_, i) => i % 2 === 0),
);

test.each(planted.map((m) => [m.fault, m] as const))(
  'caught: %s',
  { timeout: 180_000 },
  async (_, { module, from, to, of }) => {
    const text = of.textOf(module);
    const simulator = await of.simulatorWith(
      module,
      text.replace(from, () => to),
    );
    expect(of.cases.some((c) => c.faults(simulator).length > 0)).toBe(true);
  },
);
