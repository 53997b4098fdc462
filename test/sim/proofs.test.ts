// Proofs about the emitted Verilog: the nest by k-induction, RTL against gates; and that broken variants do not pass.

import { describe, expect, test } from 'vitest';
import { simba } from '../../src/model/machine/presets.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { proveEquivalent } from '../../src/sim/proofs/equivalence.js';
import { proveInduction } from '../../src/sim/proofs/induction.js';
import { proveNest } from '../../src/sim/proofs/nest.js';

const { files } = accelerator(simba);
const pick = (...modules: string[]) =>
  Object.fromEntries(modules.map((m) => [`${m}.v`, files.find((f) => f.module === m)!.text]));
const nest = pick('loop_seq', 'addr_gen', 'one_hot_mux', 'cfg_regs', 'cfg_next');

/** The files with one change, which must be one. */
function broken(from: Readonly<Record<string, string>>, file: string, what: string, by: string) {
  expect(from[file]!.split(what)).toHaveLength(2);
  return { ...from, [file]: from[file]!.replace(what, by) };
}

describe('induction', () => {
  const counter = (claim: string) => ({
    'counter.v': `module counter (input wire clk, input wire en);
  reg [3:0] n;
  initial n = 0;
  always @(posedge clk) if (en) n <= n == 9 ? 0 : n + 1;
  ${claim}
endmodule`,
  });

  test('proves what holds, refutes what does not, with the way there', async () => {
    const fine = await proveInduction(counter('always @* assert(n < 10);'), 'counter', 2);
    expect(fine).toMatchObject({ proved: true });
    expect(fine).not.toHaveProperty('counterexample');
    const wrong = await proveInduction(counter('always @* assert(n < 3);'), 'counter', 6);
    expect(wrong.proved).toBe(false);
    expect(wrong.counterexample).toContain('\\n');
  });

  test('what is not inductive within k is not proven, nor refuted', async () => {
    const proof = await proveInduction(counter('always @* assert(n != 12);'), 'counter', 2);
    expect(proof.proved).toBe(false);
    expect(proof).not.toHaveProperty('counterexample');
  });

  test('nothing claimed is nothing proven', async () => {
    expect((await proveInduction(counter(''), 'counter', 1)).proved).toBe(false);
  });
});

describe('a nest of three loops', () => {
  const sizes = { loops: 3, count: 3, width: 6 };

  test('address = base + sum of index x stride, always', async () => {
    expect((await proveNest(nest, sizes)).proved).toBe(true);
  });

  test.each([
    ['loop_seq.v', "last[i] ? {COUNT{1'b0}}", "last[i] ? {COUNT{1'b1}}"],
    ['loop_seq.v', 'carry[i] && !last[i]', 'carry[i]'],
    ['loop_seq.v', 'advance && carry[i]', 'carry[i]'],
    ['loop_seq.v', '&last[i-1:0]', 'last[i-1]'],
    ['addr_gen.v', 'addr <= base', "addr <= {WIDTH{1'b0}}"],
    ['addr_gen.v', 'else if (advance) addr', 'else addr'],
    ['addr_gen.v', 'addr + move', 'addr - move'],
  ])('not of %s with %s made %s', async (file, what, by) => {
    expect((await proveNest(broken(nest, file, what, by), { loops: 3, count: 2, width: 4 })).proved).toBe(false);
  });
});

describe('RTL equals its gates', () => {
  // The multipliers, which SAT does not see through, become adders in what surrounds them.
  const rounding = () => {
    const scaled = broken(pick('post_lane'), 'post_lane.v', 'x}) * $signed(', 'x}) + $signed(');
    return broken(scaled, 'post_lane.v', 'number}) * $signed(', 'number}) + $signed(');
  };
  test.each([
    ['loop_seq', () => pick('loop_seq', 'cfg_regs', 'cfg_next'), { LOOPS: 3, COUNT: 4 }],
    ['addr_gen', () => pick('addr_gen', 'one_hot_mux', 'cfg_regs', 'cfg_next'), { LOOPS: 4, WIDTH: 8 }],
    ['nest', () => pick('nest', 'loop_seq', 'cfg_regs', 'cfg_next'), { LOOPS: 3 }],
    ['step_ctl', () => pick('step_ctl'), {}],
    ['collector', () => pick('collector'), { DEPTH: 4, ADDR: 2, WIDTH: 4 }],
    ['post_lane', rounding, { SUM: 10, OUT: 4, SCALE: 17, SHIFT: 4, FACTOR: 20, WIDE: 38 }],
  ] as const)('%s', async (top, gold, parameters) => {
    expect((await proveEquivalent({ gold: gold(), top, parameters })).proved).toBe(true);
  });

  test.each([
    ['loop_seq.v', 'loop_seq', 'count == bound', 'count >= bound', { LOOPS: 3, COUNT: 4 }],
    ['step_ctl.v', 'step_ctl', 'middle <= head;', 'middle <= head && !last;', {}],
  ] as const)('a changed %s does not', async (file, top, what, by, parameters) => {
    const gold = pick(top, 'cfg_regs', 'cfg_next');
    expect((await proveEquivalent({ gold, top, parameters, gate: broken(gold, file, what, by) })).proved).toBe(false);
  });
});
