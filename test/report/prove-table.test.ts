// Proofs as text: the three answers whole, and values on the side on which they hold.

import { describe, expect, test } from 'vitest';
import type { Requirement } from '../../src/model/cost/requirement.js';
import { excludedText, metText, openText } from '../../src/report/tables/prove-table.js';
import { requiredValue } from '../../src/report/tables/requirement-text.js';

const latency: Requirement = { kind: 'network', quantity: 'latency', most: 1e7, text: 'latency=10ms' };
const energy: Requirement = { kind: 'network', quantity: 'energy', most: 3e9, text: 'energy=3mJ' };
const edp: Requirement = { kind: 'layer', layer: 'conv1', quantity: 'edp', most: 1e9, text: 'edp@conv1=1e9pJ*cycles' };
const area: Requirement = { kind: 'area', most: 2, text: 'area=2mm2' };
const pes: Requirement = { kind: 'parameter', parameter: 'pes', bound: 'least', value: 8, text: 'pes>=8' };
const buffer: Requirement = {
  kind: 'parameter',
  parameter: 'weightBuffer',
  bound: 'most',
  value: 262144,
  text: 'weightBuffer<=32KB',
};
const simba = { network: 'net', candidates: 'machine', name: 'simba', clock: 1000, seconds: 12.4 } as const;
const quick = { ...simba, candidates: 'space', name: 'magnet-quick' } as const;
const layers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, i) => ({
  name,
  shape: '1x1 8->8 4x4',
  count: i + 1,
  bound: 1000,
}));

describe('met', () => {
  const sums = { area: 1.9, energy: 2.5e9, cycles: 8123456, edp: 4.2e12 };
  const one = [
    { name: 'conv1', shape: '3x3 3->64 8x8', count: 2, energy: 1.25e9, cycles: 4061728, utilization: 0.875 },
  ];

  test('by a machine', () => {
    expect(
      metText({
        ...simba,
        ...sums,
        requirements: [
          { requirement: latency, reached: 8123456 },
          { requirement: area, reached: 1.9 },
          { requirement: pes, reached: 16 },
        ],
        parameters: [],
        layers: one,
      }),
    ).toBe(`feasible: net on simba

limit         required                                                  reached    slack
------------  ------------------------------------  ---------------------------  -------
latency=10ms  at most 10.00 ms (10,000,000 cycles)  8.123 ms (8,123,456 cycles)   18.8 %
area=2mm2     at most 2.000 mm2                                       1.900 mm2    5.0 %
pes>=8        at least 8                                                     16  100.0 %

layer  shape          count  energy (mJ)     cycles  utilisation
-----  -------------  -----  -----------  ---------  -----------
conv1  3x3 3->64 8x8      2        1.250  4,061,728       87.5 %

energy       2.500 mJ
cycles       8,123,456 (8.123 ms at 1000 MHz)
sum of EDPs  4.2000e+12 pJ*cycles
area         1.900 mm2

Confirmed by the cost model: every layer has a legal mapping, and together they meet every limit. Decided in 12 s.`);
  });

  test('by a machine of a space, without limits: its parameters, and no table of limits', () => {
    const parameters = [
      { name: 'numLanes', value: '8', menu: ['8', '16', '32', '64'] },
      { name: 'clock', value: '1 GHz', menu: ['1 GHz'] },
    ];
    const text = metText({ ...quick, ...sums, area: undefined, requirements: [], parameters, layers: one });
    expect(text).toMatch(/^feasible: net on a machine of magnet-quick\n\nparameter +value  menu\n/);
    expect(text).toMatch(/^numLanes +8  8 to 64 \(4 values\)$/m);
    expect(text).toMatch(/^clock +1 GHz  only value$/m);
    expect(text).toContain('Confirmed by the cost model: every layer has a legal mapping. ');
    expect(text).not.toMatch(/required|area/);
  });
});

describe('excluded', () => {
  const nothing = { also: [], others: [], minimal: true, shortages: [], layers: [] };

  test('limits that exclude each other: how far each must move, the heaviest layers, and what plays no part', () => {
    const core = [
      { requirement: latency, needed: { kind: 'exact', value: 12345678 } },
      { requirement: area, needed: { kind: 'between', from: 2.12345678, to: 2.2, reason: 'time limit' } },
      { requirement: pes, needed: { kind: 'exact', value: 4 } },
      { requirement: buffer, needed: { kind: 'never' } },
    ] as const;
    expect(
      excludedText({
        ...quick,
        ...nothing,
        core,
        also: [['edp=1pJ*cycles'], ['energy@a=1nJ', 'latency@a=1us']],
        others: ['energy=3mJ', 'rows<=2'],
        layers: [...layers].reverse(),
      }),
    ).toBe(`infeasible: net on any machine of magnet-quick: these limits cannot be met together by any mappings

limit               must be, for the rest to be met
------------------  -------------------------------------------------------------------------
latency=10ms        at least 12.346 ms (12,345,678 cycles); exact: just below it nothing fits
area=2mm2           at least 2.1234 mm2 (time limit; 2.2 mm2 is enough)
pes>=8              at most 4; exact: just above it nothing fits
weightBuffer<=32KB  nothing helps: no value of it lets the rest be met

Each layer by itself takes at least so much; all of them 21 us (21,000 cycles), the heaviest 5 of 6:
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
Decided in 12 s.`);
  });

  test('one limit has no rest', () => {
    expect(
      excludedText({
        ...simba,
        ...nothing,
        core: [{ requirement: energy, needed: { kind: 'between', from: 3.123456e9, to: undefined, reason: '' } }],
      }),
    ).toBe(`infeasible: net on simba: this limit cannot be met by any mappings

limit       must be
----------  -----------------------------------------------------------
energy=3mJ  at least 3.1234 mJ (not exact; what is enough is not known)

Values are rounded to the side on which they hold; --json has them in full.
Decided in 12 s.`);
  });

  test('layers that nothing fits need no limit', () => {
    expect(
      excludedText({
        ...simba,
        ...nothing,
        core: [],
        others: ['area=2mm2'],
        shortages: [
          { layer: 'a', text: 'too small' },
          { layer: 'b', text: 'too large' },
          { layer: 'a', text: 'too slow' },
        ],
      }),
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
      excludedText({
        ...simba,
        ...nothing,
        minimal: false,
        core: [
          { requirement: energy, needed: { kind: 'never' } },
          { requirement: edp, needed: { kind: 'exact', value: 1234567890 } },
        ],
      }),
    ).toMatch(
      /^edp@conv1=1e9pJ\*cycles  at least 1\.2346e\+9 pJ\*cycles; exact.*\n\nPerhaps not all of them are needed: the time ran out/m,
    );
  });
});

test('unknown: why, and what was settled, the first twenty of it', () => {
  const settled = Array.from({ length: 22 }, (_, i) => `fact ${i + 1}`);
  expect(openText({ ...quick, reason: 'the time ran out', settled: settled.slice(0, 1) })).toBe(
    'unknown: net on the machines of magnet-quick: the time ran out\n' +
      '\n' +
      'Settled so far:\n  fact 1\n' +
      '\n' +
      'Neither mappings nor a proof that there are none in 12 s.',
  );
  expect(openText({ ...simba, reason: 'the time ran out', settled })).toMatch(
    / {2}fact 20\n {2}and 2 more, which --json has\n/,
  );
  expect(openText({ ...simba, reason: 'interrupted', settled: [] })).toContain('\n\nNothing was settled.\n\n');
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
      requiredValue({ kind: 'parameter', parameter, bound: 'most', value, text: '' }, value, undefined);
    expect([
      of('weightBuffer', 262144),
      of('weightBuffer', 24360 * 8),
      of('weightBuffer', 129),
      of('clock', 500),
      of('numLanes', 16),
    ]).toEqual(['32 KB', '24,360 B', '129 bits', '500 MHz', '16']);
  });
});
