// Tables of a co-design: energies by component that add up, columns that line up, steps that say what they cost.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { postEnergy } from '../../src/model/machine/template-parts.js';
import type { CodesignView } from '../../src/report/tables/codesign-table.js';
import { codesignTable } from '../../src/report/tables/codesign-table.js';
import { addParts, energyParts } from '../../src/report/tables/energy-parts.js';
import type { ExplainView } from '../../src/report/tables/explain-table.js';
import { explainTable } from '../../src/report/tables/explain-table.js';
import { frontTable } from '../../src/report/tables/front-table.js';
import { bar, changeText, durationText, sizeText, timeText } from '../../src/report/tables/quantities.js';
import { figuresOf } from '../../src/report/tables/totals.js';
import { randomCase, randomTemplate } from '../support/machines.js';

describe('energy by component', () => {
  test('law: on any machine, of any mapping, the components sum to the energy; each is count x energy of an action', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const template = randomTemplate(seed);
      const { architecture, layer, mapping } = randomCase(template, seeded(seed));
      const e = evaluate(architecture, layer, mapping, magnetConventions);
      const parts = energyParts(architecture, e);
      const whole = parts.reduce((n, p) => n + p.energy, 0);
      expect(Math.abs(whole - e.energy)).toBeLessThanOrEqual(1e-9 * e.energy);
      for (const p of parts) expect(p.count).toBeGreaterThan(0);
      expect(new Set(parts.map((p) => p.part)).size).toBe(parts.length);
      const of = (part: string) => parts.find((p) => p.part === part)!;
      expect(of('MACs').energy / of('MACs').count).toBeCloseTo(architecture.compute.energy, 9);
      expect(of('post-processing').energy / of('post-processing').count).toBeCloseTo(
        postEnergy(template, technology16nm),
        9,
      );
      expect(of('DRAM').energy).toBeLessThan(whole);
    }
  });

  test('sums of runs are weighted, in the order of the machine', () => {
    const one = [
      { part: 'MACs', count: 10, energy: 5 },
      { part: 'DRAM', count: 1, energy: 70 },
    ];
    expect(addParts([one, [{ part: 'MACs', count: 4, energy: 2 }]], [2, 3])).toEqual([
      { part: 'DRAM', count: 2, energy: 140 },
      { part: 'MACs', count: 32, energy: 16 },
    ]);
  });
});

describe('numbers', () => {
  test.each([
    [sizeText(65536 * 8), '64 KB'],
    [sizeText(3000 * 8), '2.93 KB'],
    [sizeText(129), '129 bits'],
    [timeText(0.007416), '7.416 ms'],
    [timeText(2.5e-8), '25.00 ns'],
    [durationText(41.6), '42 s'],
    [durationText(200), '3 min 20 s'],
    [durationText(7500), '2 h 05 min'],
    [changeText(0.032), '+3.2 %'],
    [changeText(-0.0005), '-0.05 %'],
    [changeText(0), '0 %'],
    [bar(1), '#'.repeat(30)],
    [bar(0.001), '#'],
    [bar(0), ''],
  ])('%s', (shown, wanted) => expect(shown).toBe(wanted));
});

/** 1e6 MACs in 2000 cycles at 1 GHz on 1000 MACs a cycle: 1 of 2 TOPS. */
const figures = figuresOf({
  energy: 8e6,
  dramEnergy: 6e6,
  cycles: 2000,
  macs: 1e6,
  peakMacs: 1000,
  clock: 1000,
  area: 2,
});

const view: CodesignView = {
  machine: {
    space: 'small',
    parameters: [
      { name: 'vectorSize', value: '8', menu: ['4', '8', '16', '32'], index: 1 },
      { name: 'numLanes', value: '16', menu: ['4', '8', '16'], index: 2 },
      { name: 'weightBuffer', value: '16KB', menu: ['16KB', '32KB'], index: 0 },
      { name: 'clock', value: '1 GHz', menu: ['1 GHz'], index: 0 },
    ],
    pes: 4,
    mostPes: 4,
    macs: 512,
    clock: 1000,
    area: 2,
    peak: 2,
  },
  search: {
    status: 'feasible',
    goal: 'sum of count x edp',
    unit: 'pJ*cycles',
    objective: 1e10,
    bound: 9.5e9,
    gap: 0.01,
    limits: [{ name: 'area', unit: 'mm2', limit: 2.5, used: 2 }],
    nodes: 1234,
    shapes: 24,
    machines: 768,
    seconds: 600,
    reason: 'the time ran out',
  },
  networks: [{ name: 'net', weight: 1, energy: 8e6, cycles: 2000, edp: 1e10, figures }],
  area: [
    { part: 'MACs', area: 0.5 },
    { part: 'global buffer', area: 1.5 },
  ],
  energy: [
    { part: 'DRAM', count: 100, energy: 7000 },
    { part: 'MACs', count: 1e6, energy: 1000 },
  ],
  shareOf: 'EDP',
  layers: [
    { name: 'conv', shape: '3x3 8->16 13x13', counts: [2], energy: 3e6, cycles: 900, utilization: 0.5, share: 0.75 },
    { name: 'fc', shape: '1x6x4', counts: [1], energy: 2e6, cycles: 200, utilization: 0.1, share: 0.25 },
  ],
};

describe('the design', () => {
  test('machine, search, networks, area, energy and layers, one table each', () => {
    expect(codesignTable(view)).toMatchInlineSnapshot(`
      "parameter     value  menu                stands at
      ------------  -----  ------------------  ----------
      vectorSize        8  4 to 32 (4 values)
      numLanes         16  4, 8, 16            largest
      weightBuffer   16KB  16KB, 32KB          smallest
      clock         1 GHz                      only value

      machine  512 MACs in 4 PEs (the most there may be) at 1000 MHz, a point of small
      area     2.000 mm2
      peak     2.000 TOPS, 1.000 TOPS/mm2

      status                         feasible: the time ran out
      objective: sum of count x edp  1.0000e+10 pJ*cycles
        its lower bound              9.5000e+9, gap 5.0 %
      limit on area                  2.5 mm2, of which 80.0 % are used
      search                         1,234 nodes, 24 shapes, 768 machines in the space, 10 min 00 s

      network  weight  energy (uJ)  cycles      time  sum of EDPs  utilisation  fJ/op with DRAM  without   TOPS  TOPS/mm2
      -------  ------  -----------  ------  --------  -----------  -----------  ---------------  -------  -----  --------
      net           1        8.000   2,000  2.000 us   1.0000e+10       50.0 %             4000     1000  1.000    0.5000
      Of 2.000 TOPS and 1.000 TOPS/mm2 at the peak. One run each; 1 MAC = 2 operations, padding not counted.

      part           area (mm2)   share
      -------------  ----------  ------  -----------------------
      global buffer       1.500  75.0 %  #######################
      MACs               0.5000  25.0 %  ########
      whole chip          2.000

      component   accesses   pJ each  energy (nJ)   share
      ---------  ---------  --------  -----------  ------  --------------------------
      DRAM             100     70.00        7.000  87.5 %  ##########################
      MACs       1,000,000  0.001000        1.000  12.5 %  ####
      all                                   8.000

      layer  shape            count  energy (uJ)  cycles  utilisation  share of EDP
      -----  ---------------  -----  -----------  ------  -----------  ------------
      conv   3x3 8->16 13x13      2        3.000     900       50.0 %        75.0 %
      fc     1x6x4                1        2.000     200       10.0 %        25.0 %"
    `);
  });

  test('several networks have a column of counts each, and are said to be summed by weight', () => {
    const text = codesignTable({
      ...view,
      networks: [view.networks[0]!, { ...view.networks[0]!, name: 'other', weight: 2.5 }],
      layers: view.layers.map((l) => ({ ...l, counts: [...l.counts, 0] })),
    });
    expect(text).toMatch(/^layer +shape +in net +in other +energy/m);
    expect(text).toContain('Summed over 2 networks, each as often as its weight says.');
    expect(text).toMatch(/^other +2\.5 /m);
  });

  test('law: every line of a table is as wide as its rule allows', () => {
    const blocks = codesignTable(view)
      .split('\n\n')
      .map((b) => b.split('\n'))
      .filter((b) => /^-+( |$)/.test(b[1] ?? ''));
    expect(blocks).toHaveLength(5);
    for (const lines of blocks)
      for (const line of lines.filter((l) => !/\.$/.test(l))) expect(line.length).toBeLessThanOrEqual(lines[1]!.length);
  });

  test('a proof says what it means', () => {
    expect(codesignTable({ ...view, search: { ...view.search, status: 'optimal', reason: '' } })).toContain(
      'optimal: no machine and no mappings are better by more than 1.0 %',
    );
  });
});

const explained: ExplainView = {
  objective: 100,
  area: 2,
  unit: 'pJ',
  steps: [
    {
      parameter: 'vectorSize',
      value: '8',
      down: { value: '4', objective: 120, bound: 118, area: 1.5, feasible: true },
      up: { value: '16', objective: 99.5, bound: 98, area: 3, feasible: false },
    },
    {
      parameter: 'weightBuffer',
      value: '32KB',
      down: undefined,
      up: { value: '64KB', objective: 100.3, bound: 99.9, area: 2, feasible: true },
    },
    { parameter: 'clock', value: '1 GHz', down: undefined, up: undefined },
  ],
  limits: [{ name: 'area', unit: 'mm2', limit: 2.5, used: 2, binding: true }],
  elasticities: [
    { name: 'DRAM', elasticity: -0.2, note: 'pJ per bit' },
    { name: 'multiplier', elasticity: 0.5, note: '' },
  ],
};

describe('why this design', () => {
  test('every step with what it costs at least; limits; elasticities, the largest first', () => {
    expect(explainTable(explained)).toMatchInlineSnapshot(`
      "Why this design

      parameter     step             objective (pJ)   change  at least  area (mm2)  change of area  note
      ------------  ---------------  --------------  -------  --------  ----------  --------------  ---------------------
      vectorSize    8 down to 4                 120  +20.0 %   +18.0 %       1.500         -25.0 %
                    8 up to 16                 99.5  -0.50 %    -2.0 %       3.000         +50.0 %  not within all limits
      weightBuffer  32KB up to 64KB           100.3  +0.30 %   -0.10 %       2.000
      Each line moves one parameter by one entry of its menu and solves all mappings anew; "at least" is proven.
      Without a choice: clock 1 GHz.

      limit       at most  used   share
      ----------  -------  ----  ------  -----
      area (mm2)      2.5     2  80.0 %  binds

      quantity    elasticity
      ----------  ----------  ----------
      multiplier      +0.500
      DRAM            -0.200  pJ per bit
      Elasticity: per cent that the objective changes by for one per cent of the quantity, where mappings follow freely."
    `);
  });

  test('a step that lowers the objective is owned up to', () => {
    const better = {
      ...explained,
      steps: [
        { parameter: 'rows', value: '2', down: { value: '1', objective: 99.9, bound: 99, area: 1, feasible: true } },
      ],
      limits: [],
      elasticities: undefined,
    };
    expect(explainTable(better)).toContain('A step lowers the objective: the search ended with a gap');
    expect(explainTable(explained)).not.toContain('A step lowers');
  });
});

test('a front: what is missing is a dash', () => {
  const text = frontTable({
    title: '',
    subtitle: '',
    least: { name: 'energy', unit: 'mJ', size: 1e9 },
    limited: { name: 'latency', unit: 'ms', size: 1e6 },
    floor: 1.5e6,
    points: [
      {
        limit: 2e6,
        status: 'optimal',
        least: 5e9,
        limited: 2e6,
        bound: 4.98e9,
        area: 1.25,
        machine: '4x4 PEs',
        seconds: 75,
      },
      {
        limit: undefined,
        status: 'unknown',
        least: undefined,
        limited: undefined,
        bound: 0,
        area: undefined,
        machine: '-',
        seconds: 600,
      },
    ],
  });
  expect(text).toMatchInlineSnapshot(`
    "limit on latency (ms)  latency (ms)  energy (mJ)  its bound    gap  area (mm2)  machine         time  status
    ---------------------  ------------  -----------  ---------  -----  ----------  -------  -----------  -------
                    2.000         2.000        5.000      4.980  0.4 %       1.250  4x4 PEs   1 min 15 s  optimal
                     none             -            -          -      -           -  -        10 min 00 s  unknown
    No design has less than 1.500 ms of latency (proven)."
  `);
});

test('figures of a run are those of the totals: 8 pJ and 2 pJ per MAC are 4000 and 1000 fJ per operation', () => {
  expect(figures).toEqual({
    fjPerOpWithDram: 4000,
    fjPerOp: 1000,
    tops: 1,
    topsPeak: 2,
    utilization: 0.5,
    topsPerMm2: 0.5,
    topsPerMm2Peak: 1,
    seconds: 2e-6,
  });
});
