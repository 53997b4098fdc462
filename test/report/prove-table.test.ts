// Proofs as text: the three answers whole, and values on the side on which they hold.

import { describe, expect, test } from 'vitest';
import type { Requirement } from '../../src/model/cost/requirement.js';
import { proofText } from '../../src/report/tables/prove-table.js';
import type { ProveAbout } from '../../src/report/tables/prove-table.js';
import type { ProveResultFile, ProveResultRequirement, ProveResultWitness } from '../../src/results/prove-result.js';
import { hardwareFile } from '../../src/interchange/hardware-file.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { shapeFile } from '../../src/interchange/layer-shape.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { templateAt } from '../../src/model/space/design-space.js';
import { eyeriss } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { requiredValue } from '../../src/report/tables/requirement-text.js';

const latency: Requirement = { kind: 'network', quantity: 'latency', max: 1e7, text: 'latency=10ms' };
const energy: Requirement = { kind: 'network', quantity: 'energy', max: 3e9, text: 'energy=3mJ' };
const edp: Requirement = { kind: 'layer', layer: 'conv1', quantity: 'edp', max: 1e9, text: 'edp@conv1=1e9pJ*cycles' };
const area: Requirement = { kind: 'area', max: 2, text: 'area=2mm2' };
const pes: Requirement = { kind: 'parameter', parameter: 'pes', bound: 'min', value: 8, text: 'pes>=8' };
const buffer: Requirement = {
  kind: 'parameter',
  parameter: 'weightBuffer',
  bound: 'max',
  value: 262144,
  text: 'weightBuffer<=32KB',
};
const fileOf = (r: Requirement): ProveResultRequirement => ({
  text: r.text,
  kind: r.kind,
  name: r.kind === 'area' ? 'area' : r.kind === 'parameter' ? r.parameter : r.quantity,
  ...(r.kind === 'layer' && { layer: r.layer }),
  bound: r.kind === 'parameter' ? r.bound : 'max',
  value: r.kind === 'parameter' ? r.value : r.max,
  unit: '',
});
const simba: ProveResultFile = {
  schema: 'magnet-prove/2',
  network: 'net',
  machine: 'simba',
  space: null,
  technology: '16 nm',
  conventions: 'magnet',
  padding: true,
  hardware: null,
  requirements: [],
  status: 'unknown',
  witness: null,
  core: [],
  minimal: null,
  also: [],
  shortages: [],
  layers: [],
  reason: '',
  settled: [],
  seconds: 12.4,
};
const quick: ProveResultFile = {
  ...simba,
  machine: null,
  space: { name: 'magnet-quick', digest: 'd', shapes: 1, machines: 1 },
};
const counted = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, i) => ({
  layer: makeLayer(name, { K: 8, C: 8, P: 4, Q: 4 }),
  count: i + 1,
}));
const about: ProveAbout = {
  network: { name: 'net', source: 'made by hand', layers: counted, unmapped: [] },
  space: undefined,
  clock: 1000,
};

describe('met', () => {
  const witness: ProveResultWitness = {
    machine: 'simba',
    parameters: null,
    area: 1.9,
    energy: 2.5e9,
    cycles: 8123456,
    edp: 2e16,
    layerEdp: 4.2e12,
    reached: [],
    layers: [
      {
        name: 'conv1',
        count: 2,
        layer: shapeFile(makeLayer('conv1', { K: 64, C: 3, R: 3, S: 3, P: 8, Q: 8 })),
        energy: 1.25e9,
        parts: null,
        cycles: 4061728,
        edp: 2.1e12,
        utilization: 0.875,
        mapping: { levels: [] },
      },
    ],
  };

  test('by a machine', () => {
    expect(
      proofText(
        {
          ...simba,
          status: 'feasible',
          requirements: [latency, area, pes].map(fileOf),
          witness: { ...witness, reached: [8123456, 1.9, 16] },
        },
        about,
      ),
    ).toBe(`feasible: net on simba

limit         required                                                  reached    slack
------------  ------------------------------------  ---------------------------  -------
latency=10ms  at most 10.00 ms (10,000,000 cycles)  8.123 ms (8,123,456 cycles)   18.8 %
area=2mm2     at most 2.000 mm2                                       1.900 mm2    5.0 %
pes>=8        at least 8                                                     16  100.0 %

layer  shape          count  energy (mJ)     cycles  utilisation
-----  -------------  -----  -----------  ---------  -----------
conv1  3x3 3->64 8x8      2        1.250  4,061,728       87.5 %

energy          2.500 mJ
cycles          8,123,456 (8.123 ms at 1000 MHz)
energy x delay  2.0000e+16 pJ*cycles
area            1.900 mm2

Confirmed by the cost model: every layer has a legal mapping, and together they meet every limit. Decided in 12 s.`);
  });

  test('by a machine of a space, without limits: its parameters, and no table of limits', () => {
    const space = spaces.find((s) => s.name === 'magnet-quick')!;
    const point = {
      ...Object.fromEntries(Object.entries(space.menus).map(([p, menu]) => [p, menu[0]!])),
      numLanes: 8,
      accumPrecision: 32,
    };
    const template = templateAt(space, point as Parameters<typeof templateAt>[1])!;
    const hardware = hardwareFile({ machine: { kind: 'template', template }, technology: technology16nm });
    const text = proofText(
      { ...quick, status: 'feasible', hardware, witness: { ...witness, area: null } },
      { ...about, space },
    );
    expect(text).toMatch(/^feasible: net on a machine of magnet-quick\n\nparameter +value  menu\n/);
    expect(text).toMatch(/^numLanes +8  8, 16, 32$/m);
    expect(text).toMatch(/^clock +1 GHz  only value$/m);
    expect(text).toContain('Confirmed by the cost model: every layer has a legal mapping. ');
    expect(text).not.toMatch(/required|area/);
  });
});

describe('excluded', () => {
  const nothing = { status: 'infeasible', minimal: true } as const;

  test('limits that exclude each other: how far each must move, the heaviest layers, and what plays no part', () => {
    const core = [
      { ...fileOf(latency), needed: { kind: 'exact', value: 12345678 } },
      { ...fileOf(area), needed: { kind: 'between', from: 2.12345678, to: 2.2, reason: 'time limit' } },
      { ...fileOf(pes), needed: { kind: 'exact', value: 4 } },
      { ...fileOf(buffer), needed: { kind: 'never' } },
    ] as const;
    expect(
      proofText(
        {
          ...quick,
          ...nothing,
          core,
          also: [['edp=1pJ*cycles'], ['energy@a=1nJ', 'latency@a=1us']],
          requirements: [...core, fileOf(energy), { ...fileOf(buffer), text: 'rows<=2' }],
          layers: [...counted]
            .reverse()
            .map(({ layer, count }) => ({ name: layer.name, count, quantity: 'latency', bound: 1000, share: 0.1 })),
        },
        about,
      ),
    ).toBe(`infeasible: net on any machine of magnet-quick: these limits cannot be met together by any mappings

limit               must be, for the rest to be met
------------------  -------------------------------------------------------------------------
latency=10ms        at least 12.346 ms (12,345,678 cycles); exact: just below it nothing fits
area=2mm2           at least 2.1234 mm2 (time limit; 2.2 mm2 is enough)
pes>=8              at most 4; exact: just above it nothing fits
weightBuffer<=32KB  nothing helps: no value of it lets the rest be met

Minimum of each layer by itself; all of them 21 us (21,000 cycles), the heaviest 5 of 6:
layer  shape         count                 each                  all   share
-----  ------------  -----  -------------------  -------------------  ------
f      1x1 8->8 4x4      6  1 us (1,000 cycles)  6 us (6,000 cycles)  28.6 %
e      1x1 8->8 4x4      5  1 us (1,000 cycles)  5 us (5,000 cycles)  23.8 %
d      1x1 8->8 4x4      4  1 us (1,000 cycles)  4 us (4,000 cycles)  19.0 %
c      1x1 8->8 4x4      3  1 us (1,000 cycles)  3 us (3,000 cycles)  14.3 %
b      1x1 8->8 4x4      2  1 us (1,000 cycles)  2 us (2,000 cycles)   9.5 %

Minimal: without any one of them the rest can be met.
Not met either, by themselves: edp=1pJ*cycles; energy@a=1nJ with latency@a=1us.
Not part of it: energy=3mJ, rows<=2.
Values are rounded to the side on which they hold; --json has them in full.
Proven where every tensor goes through DRAM between layers; with tensors that stay in the global buffer, "magnet prove --residency" answers.
Decided in 12 s.`);
  });

  test('one limit has no rest', () => {
    expect(
      proofText(
        {
          ...simba,
          ...nothing,
          core: [{ ...fileOf(energy), needed: { kind: 'between', from: 3.123456e9, to: null, reason: '' } }],
        },
        about,
      ),
    ).toBe(`infeasible: net on simba: this limit cannot be met by any mappings

limit       must be
----------  -----------------------------------------------------------
energy=3mJ  at least 3.1234 mJ (not exact; what is enough is not known)

Values are rounded to the side on which they hold; --json has them in full.
Proven where every tensor goes through DRAM between layers; with tensors that stay in the global buffer, "magnet prove --residency" answers.
Decided in 12 s.`);
  });

  test('of machines that keep no tensor nothing is said of schedules', () => {
    const hardware = hardwareFile({
      machine: { kind: 'hierarchy', architecture: eyeriss },
      technology: technology16nm,
    });
    const core = [{ ...fileOf(energy), needed: { kind: 'exact', value: 4e9 } as const }];
    const text = (r: ProveResultFile) => proofText({ ...r, ...nothing, core }, about);
    expect(text({ ...simba, machine: 'eyeriss', hardware })).not.toContain('magnet schedule');
    expect(text(simba)).toContain('"magnet prove --residency" answers');
  });

  test('layers that nothing fits need no limit', () => {
    expect(
      proofText(
        {
          ...simba,
          ...nothing,
          core: [],
          requirements: [fileOf(area)],
          shortages: [
            { layer: 'a', text: 'too small', needed: null },
            { layer: 'b', text: 'too large', needed: null },
            { layer: 'a', text: 'too slow', needed: null },
          ],
        },
        about,
      ),
    ).toBe(`infeasible: net on simba: not every layer has a mapping, whatever is limited

In the way of a:
  too small
  too slow

In the way of b:
  too large

Decided in 12 s.`);
  });

  test('a core that is perhaps too large says so', () => {
    expect(
      proofText(
        {
          ...simba,
          ...nothing,
          minimal: false,
          core: [
            { ...fileOf(energy), needed: { kind: 'never' } },
            { ...fileOf(edp), needed: { kind: 'exact', value: 1234567890 } },
          ],
        },
        about,
      ),
    ).toMatch(
      /^edp@conv1=1e9pJ\*cycles  at least 1\.2346e\+9 pJ\*cycles; exact.*\n\nPerhaps not all of them are needed: the time ran out/m,
    );
  });
});

test('unknown: why, and what was settled, the first twenty of it', () => {
  const settled = Array.from({ length: 22 }, (_, i) => `fact ${i + 1}`);
  expect(proofText({ ...quick, reason: 'the time ran out', settled: settled.slice(0, 1) }, about)).toBe(
    'unknown: net on the machines of magnet-quick: the time ran out\n' +
      '\n' +
      'Settled so far:\n  fact 1\n' +
      '\n' +
      'Neither mappings nor a proof that there are none in 12 s.',
  );
  expect(proofText({ ...simba, reason: 'the time ran out', settled }, about)).toMatch(
    / {2}fact 20\n {2}and 2 more, which --json has\n/,
  );
  expect(proofText({ ...simba, reason: 'interrupted', settled: [] }, about)).toContain('\n\nNothing was settled.\n\n');
});

describe('values', () => {
  test('rounded up they are enough, rounded down they are proven', () => {
    const both = (r: Requirement, x: number, clock?: number) => [
      requiredValue(r, x, clock, 'down'),
      requiredValue(r, x, clock, 'up'),
    ];
    expect(both(area, 2.123449)).toEqual(['2.1234 mm2', '2.1235 mm2']);
    expect(both(area, 2.12345)).toEqual(['2.1234 mm2', '2.1235 mm2']);
    expect(both(area, 2.5)).toEqual(['2.5 mm2', '2.5 mm2']);
    expect(both(area, 9.999999)).toEqual(['9.9999 mm2', '10 mm2']);
    expect(both(energy, 1.1 * 3e6)).toEqual(['3.3 uJ', '3.3 uJ']);
    expect(both(latency, 1234.5)).toEqual(['1,234 cycles', '1,235 cycles']);
    expect(both(latency, 123456, 500)).toEqual(['246.91 us (123,456 cycles)', '246.92 us (123,456 cycles)']);
    expect(both(edp, 123456789)).toEqual(['1.2345e+8 pJ*cycles', '1.2346e+8 pJ*cycles']);
    expect(requiredValue(latency, 1, undefined)).toBe('1 cycle');
  });

  test('of parameters are exact', () => {
    const of = (parameter: 'weightBuffer' | 'clock' | 'numLanes', value: number) =>
      requiredValue({ kind: 'parameter', parameter, bound: 'max', value, text: '' }, value, undefined);
    expect([
      of('weightBuffer', 262144),
      of('weightBuffer', 24360 * 8),
      of('weightBuffer', 129),
      of('clock', 500),
      of('numLanes', 16),
    ]).toEqual(['32 KB', '24,360 B', '129 bits', '500 MHz', '16']);
  });
});
