// Tables of a co-design: energies by component that add up, columns that line up, steps that say what they cost.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { postEnergy } from '../../src/model/machine/template-parts.js';
import type { CodesignAbout } from '../../src/report/tables/codesign-table.js';
import { bits, megahertz } from '../../src/base/units.js';
import { hardwareFile } from '../../src/interchange/hardware-file.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import type { DesignPoint, DesignSpace } from '../../src/model/space/design-space.js';
import { parameters, templateAt } from '../../src/model/space/design-space.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { CodesignFrontFile, CodesignResultFile } from '../../src/results/codesign-result.js';
import { shapeFile } from '../../src/interchange/layer-shape.js';
import { codesignTable } from '../../src/report/tables/codesign-table.js';
import { energyPerMac } from '../../src/model/cost/charges.js';
import { addParts, energyParts } from '../../src/model/cost/energy-parts.js';
import { explainTable } from '../../src/report/tables/explain-table.js';
import { frontTable } from '../../src/report/tables/front-table.js';
import { bar, changeText, durationText, sizeText, timeText } from '../../src/report/tables/quantities.js';
import { randomCase, randomTemplate } from '../support/machines.js';
import { figuresOf } from '../../src/model/cost/run-figures.js';

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
      const each = energyPerMac(architecture.compute, { split: mapping.parts?.split });
      expect(of('MACs').energy / of('MACs').count).toBeCloseTo(each, 9);
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

const quick = spaces.find((s) => s.name === 'magnet-quick')!;

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

const space: DesignSpace = {
  ...quick,
  name: 'small',
  menus: {
    ...quick.menus,
    rows: [2],
    columns: [2],
    vectorSize: [4, 8, 16, 32],
    numLanes: [4, 8, 16],
    weightBuffer: [bits(131072), bits(262144)],
    clock: [megahertz(1000)],
  },
  maxPes: 4,
};
const point: DesignPoint = {
  ...(Object.fromEntries(parameters.map((p) => [p, space.menus[p][0]])) as DesignPoint),
  vectorSize: 8,
  numLanes: 16,
  accumPrecision: 32,
};
const layer = { bound: null, gap: null, parts: null, mapping: null, status: 'optimal', objective: 1 } as const;
const result: CodesignResultFile = {
  schema: 'magnet-codesign/2',
  space: { name: 'small', digest: 'd', shapes: 24, machines: 768 },
  status: 'feasible',
  goal: 'edp',
  objective: 1e10,
  bound: 9.5e9,
  gap: 0.05,
  limits: { area: 2.5 },
  nodes: 1234,
  shapes: 24,
  seconds: 600,
  reason: 'the time ran out',
  curve: [],
  point,
  hardware: hardwareFile({
    machine: { kind: 'template', template: templateAt(space, point)! },
    technology: technology16nm,
  }),
  conventions: 'magnet',
  networks: [
    {
      name: 'net',
      weight: 1,
      energy: 8e6,
      cycles: 2000,
      edp: 1e10,
      layerEdp: 9e9,
      ...figures,
      time: figures.seconds,
      topsPerMm2: figures.topsPerMm2 ?? null,
      topsPerMm2Peak: figures.topsPerMm2Peak ?? null,
    },
  ],
  area: [
    { part: 'MACs', mm2: 0.5 },
    { part: 'global buffer', mm2: 1.5 },
  ],
  energy: [
    { part: 'DRAM', count: 100, energy: 7000 },
    { part: 'MACs', count: 1e6, energy: 1000 },
  ],
  layers: [
    {
      ...layer,
      name: 'conv',
      count: 2,
      counts: [2],
      layer: shapeFile(makeLayer('conv', { K: 16, C: 8, R: 3, S: 3, P: 13, Q: 13 })),
      energy: 3e6,
      cycles: 900,
      utilization: 0.5,
    },
    {
      ...layer,
      name: 'fc',
      count: 1,
      counts: [1],
      layer: shapeFile(makeLayer('fc', { K: 6, C: 4 })),
      energy: 2e6,
      cycles: 900,
      utilization: 0.1,
    },
  ],
};
const about: CodesignAbout = {
  space,
  gap: 0.01,
  limits: [{ name: 'area', unit: 'mm2', limit: 2.5, used: 2 }],
};

describe('the design', () => {
  test('machine, search, networks, area, energy and layers, one table each', () => {
    expect(codesignTable(result, about)).toMatchInlineSnapshot(`
      "parameter        value  menu                        stands at
      ---------------  -----  --------------------------  ----------
      vectorSize           8  4 to 32 (4 values)
      numLanes            16  4, 8, 16                    largest
      rows                 2                              only value
      columns              2                              only value
      weightPrecision      8                              only value
      inputPrecision       8                              only value
      accumPrecision      32                              largest
      globalBanks         16                              only value
      biasLines         1024                              only value
      clock            1 GHz                              only value
      weightBuffer      16KB  16KB, 32KB                  smallest
      inputBuffer        8KB  8KB, 16KB, 32KB             smallest
      accumBuffer        2KB  2KB, 4KB, 8KB               smallest
      globalBuffer     128KB  128KB to 1024KB (4 values)  smallest
      weightCollector      1                              only value
      inputCollector       1                              only value
      accumCollector       1  1, 16                       smallest

      machine     512 MACs in 4 PEs (the maximum) at 1000 MHz, a point of small
      area        2.000 mm2
      DRAM moves  up to 48.00 GB/s: a line a cycle on each channel
      peak        2.000 TOPS, 1.000 TOPS/mm2

      status                                    feasible: the time ran out
      objective: energy x delay of the network  1.0000e+10 pJ*cycles
        its lower bound                         9.5000e+9, gap 5.0 %
      limit on area                             2.5 mm2, of which 80.0 % are used
      search                                    1,234 nodes, 24 shapes, 768 machines in the space, 10 min 00 s

      network  weight  energy (uJ)  cycles      time         EDP  utilisation  fJ/op with DRAM  without   TOPS  TOPS/mm2
      -------  ------  -----------  ------  --------  ----------  -----------  ---------------  -------  -----  --------
      net           1        8.000   2,000  2.000 us  1.0000e+10       50.0 %             4000     1000  1.000    0.5000
      Of 2.000 TOPS and 1.000 TOPS/mm2 at the peak. One run each; 1 MAC = 2 operations, padding not counted.
      Leakage and clock: 109.6 nJ at 54.80 mW, assumed and in no other figure.

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
      conv   3x3 8->16 13x13      2        3.000     900       50.0 %        70.2 %
      fc     1x6x4                1        2.000     900       10.0 %        29.8 %"
    `);
  });

  test('several networks have a column of counts each, and are said to be summed by weight', () => {
    const text = codesignTable(
      {
        ...result,
        networks: [result.networks[0]!, { ...result.networks[0]!, name: 'other', weight: 2.5 }],
        layers: result.layers.map((l) => ({ ...l, counts: [...l.counts, 0] })),
      },
      about,
    );
    expect(text).toMatch(/^layer +shape +in net +in other +energy/m);
    expect(text).toContain('Summed over 2 networks, each as often as its weight says.');
    expect(text).toMatch(/^other +2\.5 /m);
  });

  test('law: every line of a table is as wide as its rule allows', () => {
    const blocks = codesignTable(result, about)
      .split('\n\n')
      .map((b) => b.split('\n'))
      .filter((b) => /^-+( |$)/.test(b[1] ?? ''));
    expect(blocks).toHaveLength(5);
    for (const lines of blocks)
      for (const line of lines.filter((l) => !/\.$/.test(l))) expect(line.length).toBeLessThanOrEqual(lines[1]!.length);
  });

  test('a proof says what it means', () => {
    expect(codesignTable({ ...result, status: 'optimal', reason: '' }, about)).toContain(
      'optimal: no machine and no mappings are better by more than 1.0 %',
    );
  });
});

const explained: CodesignResultFile = {
  ...result,
  goal: 'energy',
  objective: 100,
  steps: [
    {
      parameter: 'vectorSize',
      down: { value: 4, objective: 120, bound: 118, area: 1.5, feasible: true },
      up: { value: 16, objective: 99.5, bound: 98, area: 3, feasible: false },
    },
    { parameter: 'weightBuffer', up: { value: 262144, objective: 100.3, bound: 99.9, area: 2, feasible: true } },
  ],
  elasticities: [
    { name: 'DRAM', elasticity: -0.2, note: 'pJ per bit' },
    { name: 'multiplier', elasticity: 0.5, note: '' },
  ],
};

describe('why this design', () => {
  test('every step with what it costs at least; limits; elasticities, the largest first', () => {
    expect(explainTable(explained, about.limits)).toMatchInlineSnapshot(`
      "Why this design

      parameter     step             objective (pJ)   change  at least  area (mm2)  change of area  note
      ------------  ---------------  --------------  -------  --------  ----------  --------------  ---------------------
      vectorSize    8 down to 4                 120  +20.0 %   +18.0 %       1.500         -25.0 %
                    8 up to 16                 99.5  -0.50 %    -2.0 %       3.000         +50.0 %  not within all limits
      weightBuffer  16KB up to 32KB           100.3  +0.30 %   -0.10 %       2.000
      Each line moves one parameter by one entry of its menu and solves all mappings anew; "at least" is proven.
      Without a choice: numLanes 16, rows 2, columns 2, weightPrecision 8, inputPrecision 8, accumPrecision 32, globalBanks 16, biasLines 1024, clock 1 GHz, inputBuffer 8KB, accumBuffer 2KB, globalBuffer 128KB, weightCollector 1, inputCollector 1, accumCollector 1.

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
      steps: [{ parameter: 'rows', down: { value: 1, objective: 99.9, bound: 99, area: 1, feasible: true } }] as const,
      elasticities: undefined,
    };
    expect(explainTable(better, [])).toContain('A step lowers the objective: the search ended with a gap');
    expect(explainTable(explained, about.limits)).not.toContain('A step lowers');
  });
});

test('a front: what is missing is a dash', () => {
  const front: CodesignFrontFile = {
    schema: 'magnet-codesign-front/2',
    networks: [{ name: 'net', weight: 1 }],
    space: { name: 'small', digest: 'd', shapes: 24, machines: 768 },
    metrics: ['energy', 'latency'],
    limits: {},
    floor: 1.5e6,
    points: [
      {
        limit: 2e6,
        status: 'optimal',
        values: [5e9, 2e6],
        bound: 4.98e9,
        reason: '',
        area: 1.25,
        point,
        seconds: 75,
      },
      {
        limit: null,
        status: 'unknown',
        values: [null, null],
        bound: null,
        reason: 'the time ran out',
        area: null,
        point: null,
        seconds: 600,
      },
    ],
  };
  const text = frontTable(front, 1000);
  expect(text).toMatchInlineSnapshot(`
    "limit on latency (ms)  latency (ms)  energy (mJ)  its bound    gap  area (mm2)  machine                        time  status
    ---------------------  ------------  -----------  ---------  -----  ----------  ----------------------  -----------  -------
                    2.000         2.000        5.000      4.980  0.4 %       1.250  2x2 PEs of 8x16, 128KB   1 min 15 s  optimal
                     none             -            -          -      -           -  -                       10 min 00 s  unknown
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
