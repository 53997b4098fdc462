// Emitted Verilog read by others: nothing to warn of for Verilator and Icarus, nothing undriven, doubly driven or latched for Yosys.

import { describe, expect, test } from 'vitest';
import type { Template } from '../../src/model/machine/template.js';
import { magnet, simba } from '../../src/model/machine/presets.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import type { Bus } from '../../src/model/machine/template-names.js';
import { testbench } from '../../src/rtl/testbench.js';
import type { ToolName } from '../../src/sim/native/native-tools.js';
import { findTool } from '../../src/sim/native/native-tools.js';
import { lintIverilog, lintVerilator } from '../../src/sim/native/lint.js';
import { runYosys } from '../../src/sim/yosys.js';
import { casesOf, inLong, seedFrom } from '../support/cases.js';
import { edgeTemplate, randomTemplate } from '../support/machines.js';

const firstSeed = seedFrom(1);
const machines = casesOf('linted machines', 'MAGNET_MACHINES');

const installed = async (name: ToolName) => {
  const tool = await findTool(name);
  if (!tool.ok) console.log(`note: ${tool.diagnostics[0]!.message}; its lint is left out`);
  return tool.ok;
};
const [verilator, icarus] = [await installed('verilator'), await installed('iverilog')];

/** One of everything: the smallest, and each size that makes a part degenerate, alone. */
const corners: readonly Template[] = [
  { ...simba, name: 'one', vectorSize: 1, numLanes: 1, rows: 1, columns: 1, accumPrecision: 16 },
  {
    ...simba,
    name: 'wide',
    vectorSize: 3,
    numLanes: 1,
    rows: 1,
    columns: 3,
    weightPrecision: 16,
    inputPrecision: 16,
    accumPrecision: 16,
  },
  {
    ...simba,
    name: 'tall',
    vectorSize: 1,
    numLanes: 5,
    rows: 5,
    columns: 1,
    weightCollector: 3,
    inputCollector: 2,
    accumCollector: 5,
    accumPrecision: 40,
  },
  { ...simba, name: 'narrow', weightPrecision: 4, inputPrecision: 4, accumPrecision: 12, biasLines: 1, globalBanks: 4 },
  // Lines of weights in three beats of 24 bits, or in two; and as wide as the channel.
  { ...simba, name: 'packed', weightChannel: 24, packedWeights: 2 },
  { ...simba, name: 'packed wide', vectorSize: 3, packedWeights: 2 },
  { ...simba, name: 'split', splitMultipliers: 1 },
  { ...simba, name: 'split narrow', vectorSize: 3, weightPrecision: 4, inputPrecision: 6, splitMultipliers: 1 },
];
/** Tensors stay: lines of one part, parts that lanes write, parts that vectors read. */
const keeping: readonly Template[] = [
  { ...simba, name: 'keeps', residency: 1 },
  { ...simba, name: 'keeps-by-lanes', residency: 1, numLanes: 2, globalWritePort: 9 },
  { ...simba, name: 'keeps-by-vectors', residency: 1, vectorSize: 4, globalReadPort: 9, globalBanks: 6 },
];
const points = [
  simba,
  magnet,
  ...corners,
  ...keeping,
  ...Array.from({ length: machines }, (_, i) => randomTemplate(firstSeed + i)),
  ...Array.from({ length: Math.ceil(machines / 3) }, (_, i) => edgeTemplate(firstSeed + i)),
].map((t): [string, Template, Bus] => [t.name, t, 'native']);
/** A few, and these on AXI, where they differ in widths of words, of a bus and of a register. */
const handful = points
  .filter(([name]) => ['simba', 'one', 'wide', 'tall', 'split', `random${firstSeed}`].includes(name))
  .flatMap(([name, t]): [string, Template, Bus][] => [
    [name, t, 'native'],
    [`${name} on AXI`, t, 'axi'],
  ]);
const all = [...points, ...handful.filter(([, , bus]) => bus === 'axi')];

/** The machine as files, and with its bench. */
function sourcesOf(t: Template, bus: Bus) {
  const a = accelerator(t, bus);
  const files = Object.fromEntries(a.files.map((f) => [`${f.module}.v`, f.text]));
  const bench = testbench(a, { activations: 1000, weights: 500, outputs: 100, writes: 300 });
  return { files, top: a.top, withBench: { ...files, [`${bench.module}.v`]: bench.text } };
}

describe.skipIf(!verilator)('Verilator is silent with all warnings on', () => {
  test.each(all)('%s', async (_, t, bus) => {
    const { files, top } = sourcesOf(t, bus);
    expect(await lintVerilator(files, top)).toEqual({ ok: true, value: { findings: [] } });
  });
});

describe.skipIf(!icarus)('Icarus Verilog is silent with all warnings on', () => {
  test.each(all)('%s', async (_, t, bus) => {
    const { files, top } = sourcesOf(t, bus);
    expect(await lintIverilog(files, top)).toEqual({ ok: true, value: { findings: [] } });
  });

  test.each(handful)('%s with its bench', async (_, t, bus) => {
    const { withBench } = sourcesOf(t, bus);
    const lint = await lintIverilog(withBench, 'magnet_tb');
    expect(lint.ok).toBe(true);
    // The bench alone has delays; the machine has none, hence no timescale.
    expect(
      lint.ok && lint.value.findings.filter((f) => !f.startsWith('warning: Some modules have no timescale')),
    ).toEqual([]);
  });
});

describe('Yosys finds every wire driven once, and no latch', () => {
  const small = handful.filter(([name]) => /^(one|tall)/.test(name));
  test.each(inLong(handful, small))('%s', { timeout: 120_000 }, async (_, t, bus) => {
    const { files, top } = sourcesOf(t, bus);
    const read = Object.keys(files).map((f) => `read_verilog ${f}`);
    const { log } = await runYosys(
      files,
      [
        ...read,
        `hierarchy -check -top ${top}`,
        'proc',
        'check -assert',
        'select -assert-none t:$dlatch t:$adlatch t:$dlatchsr t:$sr',
        'select -assert-min 1 t:$dff t:$sdff',
      ].join('\n'),
    );
    expect(log).toContain('Found and reported 0 problems.');
    expect(log).not.toMatch(/Warning/);
  });

  test('and says so where there is one', async () => {
    const latch = {
      'a.v': 'module a (input wire en, input wire d, output reg q);\n  always @* if (en) q = d;\nendmodule\n',
    };
    await expect(runYosys(latch, 'read_verilog a.v\nproc\nselect -assert-none t:$dlatch')).rejects.toThrow(
      /selection/i,
    );
    const twice = {
      'a.v': 'module a (input wire x, input wire y, output wire z);\n  assign z = x;\n  assign z = y;\nendmodule\n',
    };
    await expect(runYosys(twice, 'read_verilog a.v\nproc\ncheck -assert')).rejects.toThrow(/problems/);
  });
});
