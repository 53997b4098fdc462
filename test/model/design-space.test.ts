// Design spaces: points are machines or none, counts are those of looking at every point, and what is built in stays as it is.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest } from '../../src/base/digest.js';
import { parseMachinery, printMachinery } from '../../src/interchange/architecture-file.js';
import { parseDocument } from '../../src/interchange/document.js';
import type { DesignPoint, DesignSpace, Parameter } from '../../src/model/space/design-space.js';
import {
  countMachines,
  forNetworks,
  forProducts,
  freeParameters,
  parameters,
  shapeParameters,
  shapesOf,
  sizeParameters,
  atPrecisions,
  spaceDigest,
  templateAt,
} from '../../src/model/space/design-space.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import type { Network } from '../../src/model/workload/network.js';
import { alexnet } from '../../src/workloads/networks/alexnet.js';
import { unlimited } from '../../src/model/machine/line-path.js';
import { pilotnet } from '../../src/workloads/networks/pilotnet.js';
import { resnet50 } from '../../src/workloads/networks/resnet50.js';
import { pointsOf, smallSpace } from '../support/spaces.js';

const builtin = (name: string) => spaces.find((s) => s.name === name)!;
const networks = { alexnet: alexnet.network, resnet50: resnet50.network, pilotnet: pilotnet.network };

const pick = ({ menus }: DesignSpace) =>
  fc.record(Object.fromEntries(parameters.map((p) => [p, fc.constantFrom(...menus[p])]))) as fc.Arbitrary<DesignPoint>;

/** Values of no pattern: most buffers end within a line. */
const oddPoint: fc.Arbitrary<DesignPoint> = fc.record<Record<Parameter, number>>({
  vectorSize: fc.integer({ min: 1, max: 70 }),
  numLanes: fc.integer({ min: 1, max: 70 }),
  rows: fc.integer({ min: 1, max: 9 }),
  columns: fc.integer({ min: 1, max: 9 }),
  weightPrecision: fc.integer({ min: 1, max: 20 }),
  inputPrecision: fc.integer({ min: 1, max: 20 }),
  accumPrecision: fc.integer({ min: 20, max: 70 }),
  globalBanks: fc.constantFrom(4, 6, 16, 30),
  biasLines: fc.integer({ min: 1, max: 5000 }),
  clock: fc.constantFrom(1, 333.3, 1000),
  weightBuffer: fc.integer({ min: 1, max: 400_000 }),
  inputBuffer: fc.integer({ min: 1, max: 20_000 }),
  accumBuffer: fc.integer({ min: 1, max: 20_000 }),
  globalBuffer: fc.integer({ min: 1, max: 100_000 }),
  weightCollector: fc.integer({ min: 1, max: 33 }),
  inputCollector: fc.integer({ min: 1, max: 33 }),
  accumCollector: fc.integer({ min: 1, max: 33 }),
  weightChannel: fc.integer({ min: 1, max: 2000 }),
  inputChannel: fc.integer({ min: 1, max: 2000 }),
  outputChannel: fc.constant(unlimited.channel),
  dramBandwidth: fc.constantFrom(0.01, 12.8, unlimited.bandwidth),
  dramLatency: fc.integer({ min: 1, max: 200 }),
  globalReadPort: fc.integer({ min: 1, max: 2000 }),
  globalWritePort: fc.constant(unlimited.channel),
  residency: fc.constant(0),
  packedWeights: fc.constantFrom(1, 2),
  splitMultipliers: fc.constantFrom(0, 1),
});

/** Bits of a line, of both halves or of all banks, from docs/hardware.md. */
const lines = (p: DesignPoint) => ({
  weightBuffer: 2 * p.weightPrecision * p.vectorSize * p.numLanes,
  inputBuffer: 2 * p.inputPrecision * p.vectorSize,
  accumBuffer: p.accumPrecision * p.numLanes,
  globalBuffer: p.globalBanks * p.inputPrecision * Math.max(p.vectorSize, p.numLanes),
});

describe('a point', () => {
  const wide = forNetworks(builtin('magnet-16nm'), [alexnet.network]);

  test('is a machine that a file may hold, with each buffer cut to whole lines; or it is none, for a reason', () => {
    let machines = 0;
    const check = (p: DesignPoint) => {
      const template = templateAt(wide, p);
      const min = Object.entries(lines(p)) as [keyof ReturnType<typeof lines>, number][];
      const noMachine =
        p.rows * p.columns > 64 ||
        p.accumPrecision < p.weightPrecision + p.inputPrecision ||
        p.accumPrecision > 64 ||
        p.weightPrecision % p.packedWeights !== 0 ||
        (p.splitMultipliers === 1 && [p.weightPrecision, p.inputPrecision].some((n) => n % 2 !== 0 || n < 4)) ||
        Math.floor((p.dramBandwidth * 8000) / p.clock) < 4 ||
        min.some(([name, line]) => p[name] < line);
      expect(template === undefined).toBe(noMachine);
      if (template === undefined) return;
      machines++;
      for (const [name, line] of min) {
        expect(template[name] % line).toBe(0);
        expect(p[name] - template[name]).toBeGreaterThanOrEqual(0);
        expect(p[name] - template[name]).toBeLessThan(line);
      }
      const { name, source, ...values } = template;
      expect({ ...values, ...Object.fromEntries(min.map(([b]) => [b, p[b]])) }).toEqual(p);
      const file = parseDocument(new TextEncoder().encode(printMachinery({ kind: 'template', template })), 'yaml');
      expect(file.ok && parseMachinery(file.value, 'x')).toEqual({ ok: true, value: { kind: 'template', template } });
    };
    fc.assert(fc.property(pick(wide), check), { seed: 1, numRuns: 150 });
    fc.assert(fc.property(oddPoint, check), { seed: 2, numRuns: 300 });
    expect(machines).toBeGreaterThan(100);
  });

  test('has no more multipliers than any chip', () => {
    const space = { ...wide, maxPes: 2 ** 13 };
    const [p] = shapesOf(wide) as [DesignPoint];
    const large = { ...p, vectorSize: 64, numLanes: 64 };
    // 2^12 multipliers in each of 2^12 PEs are the 2^24 that may be.
    expect(templateAt(space, { ...large, rows: 64, columns: 64 })).toBeDefined();
    expect(templateAt(space, { ...large, rows: 128, columns: 64 })).toBeUndefined();
  });
});

describe('counts', () => {
  test('are those of looking at every point', () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(smallSpace, (space) => {
        const points = pointsOf(space);
        const machines = points.filter((p) => templateAt(space, p));
        expect(countMachines(space)).toBe(machines.length);
        const shape = (p: DesignPoint) => JSON.stringify(shapeParameters.map((name) => p[name]));
        const shapes = shapesOf(space);
        expect(new Set(shapes.map(shape))).toEqual(new Set(machines.map(shape)));
        expect(new Set(shapes.map(shape)).size).toBe(shapes.length);
        for (const p of shapes) for (const name of sizeParameters) expect(p[name]).toBe(Math.max(...space.menus[name]));
        seen.add(machines.length > 0 && machines.length < points.length);
      }),
      { seed: 1, numRuns: 60 },
    );
    expect(seen).toContain(true);
  });

  test.each([
    // 28 arrays of at most 64 PEs; 25 PEs, of which those of 2048 multipliers (2) lack one size of the weight buffer
    // (a line of both halves is 4 KB) and that of 4096 lacks two; 6^3 collectors; 7, 7 and 9 sizes of the other buffers.
    ['magnet-16nm', 28 * 25, 28 * (22 * 9 + 2 * 8 + 7) * 6 ** 3 * 7 * 7 * 9, 11],
    ['magnet-quick', 9 * 9, 81 * 3 * 3 * 3 * 4 * 2, 9],
    // 1, 2 or 4 PEs in 1, 2 and 3 arrangements.
    ['magnet-small', 4 * 6, 24 * 2 ** 5, 9],
  ])('%s has %d shapes and %d machines', (name, shapes, machines, free) => {
    const space = forProducts(builtin(name), 2 ** 16);
    expect(shapesOf(space)).toHaveLength(shapes);
    expect(countMachines(space)).toBe(machines);
    expect(freeParameters(space)).toHaveLength(free);
  });
});

describe('sums', () => {
  const width = (space: DesignSpace, ...of: readonly Network[]) => forNetworks(space, of).menus.accumPrecision;

  test('are 16 bits of a product and a bit for each doubling', () => {
    const space = builtin('magnet-16nm');
    expect(width(space, networks.alexnet)).toEqual([30]); // classifier.1: 9216 products, 2^14 and less
    expect(width(space, networks.resnet50)).toEqual([29]); // layer4.1.conv2: 9 x 512 = 4608, 2^13 and less
    expect(width(space, networks.pilotnet)).toEqual([27]); // fc1: 1152, 2^11 and less
    expect(width(space, networks.pilotnet, networks.alexnet, networks.resnet50)).toEqual([30]);
    expect(forProducts(space, 1).menus.accumPrecision).toEqual([16]);
    expect(forProducts(space, 4096).menus.accumPrecision).toEqual([28]);
  });

  test.each(Object.entries(networks))('no layer of %s overflows them', (_, network) => {
    const [sum = 0] = width(builtin('magnet-16nm'), network);
    for (const {
      layer: {
        bounds: { C, R, S },
      },
    } of network.layers)
      expect(C * R * S * 2 ** 7 * 2 ** 7).toBeLessThan(2 ** (sum - 1));
  });

  test('that are given stay as they are', () => {
    const space: DesignSpace = { ...builtin('magnet-quick'), overflowFree: false };
    expect(forNetworks(space, [networks.alexnet])).toBe(space);
  });
});

describe('built in', () => {
  test.each(spaces)(
    '$name has ascending menus, and biases for every layer on the fewest lanes',
    ({ menus, overflowFree }) => {
      expect(overflowFree).toBe(true);
      for (const p of parameters) expect(menus[p]).toEqual([...new Set(menus[p])].sort((a, b) => a - b));
      expect(parameters.filter((p) => menus[p].length === 0)).toEqual(['accumPrecision']);
      const outputs = Object.values(networks).flatMap((n) =>
        n.layers.map(
          ({
            layer: {
              bounds: { K, G },
            },
          }) => K * G,
        ),
      );
      expect(Math.ceil(Math.max(...outputs) / menus.numLanes[0]!)).toBeLessThanOrEqual(menus.biasLines[0]!);
    },
  );

  // Results are published under these names: a new digest is a new space, which needs a new name.
  test.each([
    ['magnet-16nm', '4738d3da0d2483c1'],
    ['magnet-quick', '887d751a4de38d57'],
    ['magnet-small', '67b738c004ee4af4'],
  ])('%s is as shipped', (name, expected) => expect(spaceDigest(builtin(name))).toBe(expected));
});

describe('the digest of a space', () => {
  // Test vectors of FNV-1a, 64 bits, from its authors.
  test.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('is FNV-1a: %j', (text, expected) => expect(digest(text)).toBe(expected));

  const space = builtin('magnet-quick');
  const same = spaceDigest(space);

  test.each(parameters)('changes with the values of %s', (p) => {
    const last = space.menus[p].at(-1) ?? 0;
    expect(spaceDigest({ ...space, menus: { ...space.menus, [p]: [...space.menus[p], last + 1] } })).not.toBe(same);
  });

  test('changes with what else decides the machines, and with nothing else', () => {
    expect(spaceDigest({ ...space, maxPes: space.maxPes + 1 })).not.toBe(same);
    expect(spaceDigest({ ...space, overflowFree: false })).not.toBe(same);
    const words = { weightPrecision: 8, inputPrecision: 8, accumPrecision: 24 };
    const other = atPrecisions(space, [words]);
    expect(spaceDigest(other)).not.toBe(spaceDigest({ ...other, precisions: undefined }));
    const turned = Object.fromEntries(Object.entries(space.menus).reverse()) as DesignSpace['menus'];
    expect(spaceDigest({ ...space, name: 'other', source: 'elsewhere', menus: turned })).toBe(same);
  });
});

test('precisions come together, and no other machine is in the space', () => {
  const precisions = [
    { weightPrecision: 8, inputPrecision: 8, accumPrecision: 24 },
    { weightPrecision: 4, inputPrecision: 6, accumPrecision: 16 },
  ];
  const space = atPrecisions(builtin('magnet-quick'), precisions);
  const words = shapesOf(space).map((s) => [s.weightPrecision, s.inputPrecision, s.accumPrecision].join(' '));
  expect([...new Set(words)].sort()).toEqual(['4 6 16', '8 8 24']);
  expect(countMachines(space)).toBe(
    precisions.reduce((n, own) => n + countMachines(atPrecisions(builtin('magnet-quick'), [own])), 0),
  );
});
