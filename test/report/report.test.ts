// Tables and totals as text; reasons that name the level.

import { describe, expect, test } from 'vitest';
import { parseHierarchy } from '../../src/interchange/hierarchy.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { evaluationTable } from '../../src/report/tables/evaluation-table.js';
import { shapeFile } from '../../src/interchange/layer-shape.js';
import type { MapResultLayer } from '../../src/results/map-result.js';
import { squareMillimetres } from '../../src/base/units.js';
import { mapTable } from '../../src/report/tables/map-table.js';
import { amount, digits, energyText, grouped, magnitude, percent } from '../../src/report/tables/quantities.js';
import { whyNothingFits } from '../../src/model/mapping/nothing-fits.js';
import { printTotals } from '../../src/report/tables/totals.js';

describe('numbers', () => {
  test.each([
    [digits(0.0001234567), '0.0001235'],
    [digits(12.3456), '12.35'],
    [digits(0), '0'],
    [digits(1e18), '1.000e+18'],
    [amount(1234567.8), '1,234,568'],
    [magnitude(480217678), '4.8022e+8'],
    [magnitude(1000), '1000'],
    [energyText(12_345_678), '12.35 uJ'],
    [grouped(1204224), '1,204,224'],
    [percent(0.875), '87.5 %'],
    [percent(0.0000123), '0.0012 %'],
    [percent(1e-9), '<0.0001 %'],
    [percent(0), '0 %'],
  ])('%s', (shown, wanted) => expect(shown).toBe(wanted));
});

test('the table lines up, in one unit of energy, with dashes where there is no mapping', () => {
  const [machine] = lowerTemplate(simba, technology16nm);
  const row = {
    count: 2,
    seconds: 1.234,
    layer: shapeFile(makeLayer('l', { K: 16, C: 8, R: 3, S: 3, P: 13, Q: 13 })),
    bound: null,
    parts: null,
    mapping: null,
    solver: 'milp',
    nodes: 0,
    certificate: null,
  };
  const rows: readonly MapResultLayer[] = [
    {
      ...row,
      name: 'conv1',
      status: 'optimal',
      objective: 2e10,
      energy: 511_104,
      cycles: 46800,
      utilization: 0.406,
      gap: 0.00001,
    },
    {
      ...row,
      name: 'x',
      status: 'infeasible',
      objective: null,
      energy: null,
      cycles: null,
      utilization: null,
      gap: null,
    },
  ];
  expect(mapTable(rows, { architectures: [machine!], padding: true })).toMatchInlineSnapshot(`
    "layer  shape            count  energy (nJ)  cycles  utilisation       gap    time  log10 mappings  status
    -----  ---------------  -----  -----------  ------  -----------  --------  ------  --------------  ----------
    conv1  3x3 8->16 13x13      2        511.1  46,800       40.6 %  0.0010 %  1.23 s            16.9  optimal
    x      3x3 8->16 13x13      2            -       -            -         -  1.23 s            16.9  infeasible"
  `);
});

test('totals: 1e6 MACs are 2e6 operations; 4 pJ each in all, 1 pJ without DRAM; 2000 cycles at 1 GHz are 1 TOPS', () => {
  const [simbaMachine] = lowerTemplate(simba, technology16nm);
  // 1e6 MACs in two runs of one layer.
  const machine = {
    ...simbaMachine!,
    area: [{ part: 'all', area: squareMillimetres(2) }],
  };
  const layer: MapResultLayer = {
    name: 'fc',
    count: 2,
    layer: shapeFile(makeLayer('fc', { K: 1000, C: 500 })),
    status: 'optimal',
    objective: 5e9,
    bound: 4.995e9,
    gap: 0.001,
    energy: 4e6,
    parts: { DRAM: 3e6, MACs: 1e6 },
    cycles: 1000,
    utilization: 0.5,
    mapping: null,
    seconds: 1,
    solver: 'milp',
    nodes: 1,
    certificate: null,
  };
  const text = printTotals({ goal: 'layer-edp', layers: [layer] }, machine);
  expect(text).toMatchInlineSnapshot(`
    "objective: sum of the layers' EDPs  1.0000e+10 pJ*cycles
      its lower bound                   9.9900e+9, gap 0.1 %
    energy                              8.000 uJ
    cycles                              2,000 (0.002000 ms at 1000 MHz)
    edp: energy x delay of the network  1.6000e+10 pJ*cycles
    energy per operation                4000 fJ with DRAM, 1000 fJ without (1 MAC = 2 operations, padding not counted)
    throughput                          1.000 TOPS of 2.048 peak (48.8 %)
    per area                            0.5000 TOPS/mm2 of 1.024 peak, on 2.000 mm2"
  `);
});

test('the rows of an evaluation sum to its energy, wires and wide accesses included', () => {
  const [a] = lowerTemplate(simba, technology16nm);
  const layer = makeLayer('l', { K: 8, C: 8, P: 4, R: 3 });
  const loops = (name: string) =>
    name === 'AccumBuffer'
      ? [
          { dim: 'R' as const, factor: 3 },
          { dim: 'P' as const, factor: 4 },
        ]
      : [];
  const spatial = [
    { dim: 'K' as const, factor: 8, axis: 'lanes' },
    { dim: 'C' as const, factor: 8, axis: 'vector' },
  ];
  const mapping = {
    levels: a!.levels.map((l, i) => ({
      name: l.name,
      keep: l.keeps,
      temporal: loops(l.name),
      spatial: i === a!.levels.length - 1 ? spatial : [],
    })),
  };
  const e = evaluate(a!, layer, mapping, magnetConventions);
  const rows = evaluationTable(a!, layer, e)
    .split('\n\n')[0]!
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/ {2,}/));
  const total = rows.reduce((n, cells) => n + Number(cells.at(-1)!.replaceAll(',', '')), 0);
  // Four digits of each row are shown.
  expect(Math.abs(total / e.energy - 1)).toBeLessThan(1e-3);
  expect(rows.map((cells) => cells[2])).toContain('wire');
});

describe('reasons', () => {
  const machine = (more: object) => {
    const level = { wordBits: 8, energyPerVectorAccess: { read: 1, fill: 1, update: 1 } };
    const read = parseHierarchy({
      name: 'm',
      compute: { energyPerOp: 1 },
      levels: [
        { ...level, name: 'Outer' },
        { ...level, name: 'Inner', defaultKeep: ['Weights', 'Inputs', 'Outputs'], ...more },
      ],
    });
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
    return read.value;
  };
  const layer = makeLayer('l', { K: 8, C: 4, R: 3, P: 5 });
  const reasons = (a: ReturnType<typeof machine>, padding = false) =>
    whyNothingFits(a, layer, magnetConventions, padding);

  test('one word of each tensor is the least', () => {
    expect(reasons(machine({ sizeWords: 3 }))).toEqual([]);
    expect(reasons(machine({ sizeWords: 2 }))).toEqual([
      'even the smallest tile is too large: the tile of Weights and Inputs and Outputs takes 24 bits, Inner offers 16',
    ]);
    expect(reasons(machine({ sizeWords: 5, buffers: 2 }))[0]).toContain('Inner offers 16 (half of it, ping-pong)');
    // What may go by stands in nobody's way.
    expect(reasons(machine({ sizeWords: 2, mayBypass: ['Weights'] }))).toEqual([]);
  });

  test('an outermost level must hold the whole layer', () => {
    const level = { wordBits: 8, energyPerVectorAccess: { read: 1, fill: 1, update: 1 } };
    const read = parseHierarchy({
      name: 'm',
      compute: { energyPerOp: 1 },
      levels: [{ ...level, name: 'Only', sizeWords: 100 }],
    });
    // Weights 8 x 4 x 3, inputs 4 x 7, outputs 8 x 5: 164 words.
    expect(read.ok && reasons(read.value)).toEqual([expect.stringContaining('takes 1312 bits, Only offers 800')]);
  });

  test('a dimension that nothing may loop over', () => {
    const a = machine({ temporal: ['C'] });
    const stuck = {
      ...a,
      levels: a.levels.map((l, i) => (i === 0 ? { ...l, temporal: ['K' as const, 'P' as const] } : l)),
    };
    expect(reasons(stuck)).toEqual(['no level may loop over R in time, and the fan-outs reach 1 of its 3']);
  });

  test('factors that a bound does not have, alone or side by side', () => {
    expect(reasons(machine({ temporalFactors: ['K=4'] }))).toEqual([]);
    // 8 = 4 x 2, but not 3 x anything; padded to 9 it is.
    expect(reasons(machine({ temporalFactors: ['K=3'] }))).toEqual([
      'the loops over K make up 8, which has no factors for K=3 in time at Inner; padded it has',
    ]);
    expect(reasons(machine({ temporalFactors: ['K=3'] }), true)).toEqual([]);
    // 5 pads to 6 at most.
    expect(reasons(machine({ temporalFactors: ['P>=7'] }), true)).toEqual([
      'the loops over P make up 5 (padded: 6), which has no factors for P>=7 in time at Inner',
    ]);
    // Each of 2 and 8 has a place, 16 does not divide 8.
    expect(reasons(machine({ fanoutX: 8, factorsX: ['K=8'], temporalFactors: ['K=2'] }))[0]).toContain(
      'which has no factors for K=2 in time at Inner, K=8 on X at Inner',
    );
    expect(reasons(machine({ fanoutX: 8, factorsX: ['K=4', 'C>=4'] }))).toEqual([
      'K=4 on X and C>=4 on X take 16 positions, and Inner.X has 8',
    ]);
    expect(reasons(machine({ fanoutX: 4, fanoutY: 4, factorsXY: ['K=8'] }))).toEqual([]);
  });
});
