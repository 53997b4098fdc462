// Design spaces as files: lists, ranges and units, built-in spaces to start from, values that make no machine, and the way back.

import { unlimited } from '../../src/model/machine/line-path.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { kibibytes } from '../../src/base/units.js';
import { parseDocument } from '../../src/interchange/document.js';
import { parseSpace, printSpace } from '../../src/interchange/space-file.js';
import type { DesignSpace, Parameter } from '../../src/model/space/design-space.js';
import { parameters, templateAt } from '../../src/model/space/design-space.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { pointsOf, smallSpace } from '../support/spaces.js';

const quick = spaces.find((s) => s.name === 'magnet-quick')!;

const read = (text: string) => {
  const data = parseDocument(new TextEncoder().encode(text), 'yaml');
  if (!data.ok) throw new Error(data.diagnostics.map(printDiagnostic).join('\n'));
  return parseSpace(data.value, 'file');
};
const over = (fields: object) => parseSpace({ space: { base: 'magnet-quick', ...fields } }, 'file');
const faultsOf = (result: ReturnType<typeof parseSpace>) => (result.ok ? [] : result.diagnostics.map(printDiagnostic));
const faults = (fields: object) => faultsOf(over(fields));
const menuOf = (p: Parameter, menu: unknown) => {
  const space = over({ [p]: menu });
  return space.ok ? space.value.menus[p] : faultsOf(space);
};

/** Any values of which each makes a machine: buffers of at least 16 KB hold a line of 16-bit operands and 64 lanes of 64. */
const anySpace: fc.Arbitrary<DesignSpace> = (() => {
  const list = (min: number, max: number, maxLength = 6) =>
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength }).map((vs) => vs.sort((a, b) => a - b));
  const pair = (min: number, max: number) => list(min, max, 2);
  const range = (from: readonly number[]) =>
    fc
      .tuple(fc.constantFrom(...from), fc.constantFrom(1, 2, 8), fc.integer({ min: 1, max: 7 }), fc.boolean())
      .map(([first, step, n, doubling]) =>
        Array.from({ length: n }, (_, i) => (doubling ? first * 2 ** i : first + i * step)),
      );
  const small = fc.oneof(
    list(1, 64),
    range([1, 3]).map((vs) => vs.filter((v) => v <= 64)),
  );
  const memory = fc.oneof(list(kibibytes(16), kibibytes(4096)), range([kibibytes(16), kibibytes(48)]));
  // One menu of several values, so that all together stay below the most combinations that a space may have.
  const channel = (several: number) => fc.oneof(list(1, 4096, several), fc.constant([unlimited.channel]));
  const clocks = fc
    .uniqueArray(fc.double({ min: 1e-9, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 3 })
    .map((vs) => vs.sort((a, b) => a - b));
  return fc
    .record({
      name: fc.string().filter((s) => s.trim() !== ''),
      source: fc.string().filter((s) => s.trim() !== ''),
      overflowFree: fc.boolean(),
      spare: fc.integer({ min: 0, max: 9 }),
      menus: fc.record<Record<Parameter, readonly number[]>>({
        vectorSize: small,
        numLanes: small,
        rows: small,
        columns: small,
        weightPrecision: pair(1, 16),
        inputPrecision: pair(1, 16),
        accumPrecision: pair(32, 64),
        globalBanks: pair(2, 8).map((vs) => vs.map((v) => 2 * v)),
        biasLines: pair(1, 10_000),
        clock: clocks,
        weightBuffer: memory,
        inputBuffer: memory,
        accumBuffer: memory,
        globalBuffer: memory,
        weightCollector: small,
        inputCollector: small,
        accumCollector: small,
        weightChannel: channel(2),
        inputChannel: channel(1),
        outputChannel: channel(1),
        dramBandwidth: fc.constantFrom([1e6], [100.25, 12_800.5], [unlimited.bandwidth]),
        dramLatency: pair(1, 4096),
        globalReadPort: channel(1),
        globalWritePort: fc.constant([unlimited.channel]),
        residency: fc.constant([0]),
        packedWeights: fc.constant([1]),
        splitMultipliers: fc.constant([0]),
      }),
    })
    .map(({ spare, menus, overflowFree, ...names }) => ({
      ...names,
      menus: overflowFree ? { ...menus, accumPrecision: [] } : menus,
      maxPes: Math.max(...menus.rows) * Math.max(...menus.columns) + spare,
      overflowFree,
    }));
})();

describe('a printed space reads back', () => {
  test.each(spaces)('$name', (space) => expect(read(printSpace(space))).toEqual({ ok: true, value: space }));
  test('any other', () =>
    fc.assert(
      fc.property(anySpace, (space) => void expect(read(printSpace(space))).toEqual({ ok: true, value: space })),
      { seed: 1, numRuns: 200 },
    ));
  test('with ranges where they are shorter, units, and a meaning for each parameter', () => {
    const text = printSpace({
      ...quick,
      menus: { ...quick.menus, rows: [1, 2, 3, 4], inputBuffer: [24, kibibytes(1)] },
    });
    expect(text).toMatch(
      /^ {2}globalBuffer: \{from: 128KB, to: 1024KB\} +# inputs and outputs, both ping-pong halves$/m,
    );
    expect(text).toMatch(/^ {2}rows: \{from: 1, to: 4, step: 1\} +# PE rows/m);
    expect(text).toMatch(/^ {2}inputBuffer: \[3 B, 1KB\] +# per PE/m);
    expect(text).toMatch(/^ {2}accumPrecision: no-overflow +# bits of a partial sum$/m);
    for (const p of [...parameters, 'maxPes']) expect(text).toMatch(new RegExp(`^  ${p}: .*# \\S`, 'm'));
  });
});

test('a space is read just where each of its values is part of some machine', () => {
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(smallSpace, (space) => {
      const machines = pointsOf(space).filter((p) => templateAt(space, p));
      const useless = parameters.filter((p) => space.menus[p].some((v) => !machines.some((m) => m[p] === v)));
      const result = read(printSpace(space));
      expect(result.ok).toBe(useless.length === 0);
      seen[result.ok ? 'read' : 'refused']++;
      // Where there are machines, the complaints are about the parameters that have useless values, and no others.
      if (!result.ok && machines.length > 0)
        for (const { path } of result.diagnostics) expect(useless).toContain(path[1]);
    }),
    { seed: 3, numRuns: 300 },
  );
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(10);
});

describe('values', () => {
  test.each<[Parameter, unknown, readonly number[]]>([
    ['vectorSize', 8, [8]],
    ['vectorSize', [16, 4, 8], [4, 8, 16]],
    ['vectorSize', { from: 4, to: 64 }, [4, 8, 16, 32, 64]],
    ['vectorSize', { from: 3, to: 20 }, [3, 6, 12]],
    ['vectorSize', { from: 2, to: 10, step: 2 }, [2, 4, 6, 8, 10]],
    ['vectorSize', { from: 2, to: 9, step: 3 }, [2, 5, 8]],
    ['vectorSize', { from: 5, to: 5 }, [5]],
    ['weightBuffer', '32 KB', [kibibytes(32)]],
    ['weightBuffer', ['1 MB', 65536], [kibibytes(64), kibibytes(1024)]],
    ['weightBuffer', { from: '16KB', to: '64 KiB' }, [16, 32, 64].map(kibibytes)],
    ['weightBuffer', { from: '16KB', to: '32KB', step: '8192 B' }, [16, 24, 32].map(kibibytes)],
    ['clock', { from: '0.5 GHz', to: '1 GHz', step: '250 MHz' }, [500, 750, 1000]],
    ['clock', { from: 0.25, to: '1 MHz' }, [0.25, 0.5, 1]],
    ['accumPrecision', { from: 16, to: 20, step: 4 }, [16, 20]],
  ])('%s %j', (p, menu, expected) => expect(menuOf(p, menu)).toEqual(expected));

  test('a range takes in its end where steps are no exact doubles', () =>
    expect(menuOf('clock', { from: 0.1, to: 0.3, step: 0.1 })).toHaveLength(3));

  test('sums are as wide as networks need, or as given', () => {
    expect(over({ accumPrecision: [24, 32] })).toMatchObject({
      ok: true,
      value: { overflowFree: false, menus: { accumPrecision: [24, 32] } },
    });
    expect(over({ accumPrecision: 'no-overflow' })).toMatchObject({
      ok: true,
      value: { overflowFree: true, menus: { accumPrecision: [] } },
    });
  });
});

describe('what is not given', () => {
  test('is the base, and the file names what has no name', () => {
    expect(over({ rows: [1, 2] })).toEqual({
      ok: true,
      value: { ...quick, name: 'file', source: 'file, based on magnet-quick', menus: { ...quick.menus, rows: [1, 2] } },
    });
  });

  const { accumPrecision, biasLines, ...needed } = quick.menus;
  const whole = {
    ...needed,
    ...Object.fromEntries(
      (['weightBuffer', 'inputBuffer', 'accumBuffer', 'globalBuffer'] as const).map((p) => [
        p,
        needed[p].map((n) => n / 8),
      ]),
    ),
    accumPrecision: 24,
  };

  test('without a base is 1024 lines of biases, channels of a line and as many PEs as there can be', () => {
    expect(parseSpace({ space: whole }, 'mine')).toEqual({
      ok: true,
      value: {
        name: 'mine',
        source: 'file',
        menus: { ...quick.menus, accumPrecision: [24], biasLines },
        maxPes: 4 * 4,
        overflowFree: false,
      },
    });
  });

  test('is missing otherwise', () => {
    const { clock, accumPrecision: sums, ...rest } = whole;
    expect(faultsOf(parseSpace({ space: { ...rest } }, 'x'))).toEqual([
      'space.accumPrecision: is missing (bits of a partial sum); give it, or start from a built-in space with "base: magnet-16nm"',
      'space.clock: is missing (frequency); give it, or start from a built-in space with "base: magnet-16nm"',
    ]);
    expect(faultsOf(parseSpace({ space: {} }, 'x'))).toHaveLength(parameters.length - 11);
  });
});

describe('faults', () => {
  test.each<[object, string]>([
    // Forms.
    [{ base: 'magnet-quik' }, 'space.base: unknown design space: magnet-quik. Did you mean magnet-quick?'],
    [{ vectorsize: 4 }, 'unknown field of a design space: vectorsize. Did you mean vectorSize?'],
    [{ maxPes: 0 }, 'space.maxPes: expected a whole number of at least 1, got 0'],
    [{ name: '' }, 'space.name: expected text that is not empty'],
    [
      { rows: 2.5 },
      'space.rows: expected a whole number of at least 1, got 2.5; or a list of such, or a range {from, to}',
    ],
    [{ rows: null }, 'space.rows: expected a whole number of at least 1, got null'],
    [{ accumPrecision: 'no-overflo' }, 'got "no-overflo"; or a list of such, or a range {from, to}, or no-overflow'],
    [{ rows: 'no-overflow' }, 'space.rows: expected a whole number of at least 1, got "no-overflow"'],
    [
      { clock: '1 Hz' },
      'space.clock: expected a clock above 0, such as 1 GHz or 500 (MHz), got "1 Hz"; units: kHz, MHz, GHz',
    ],
    // Lists.
    [{ rows: [] }, 'space.rows: the list is empty; give at least one value'],
    [{ rows: [1, 0] }, 'space.rows.1: expected a whole number of at least 1, got 0'],
    [{ rows: [1, [2]] }, 'space.rows.1: expected a whole number of at least 1, got [2]'],
    [{ rows: [4, 2, 1, 2] }, 'space.rows: 2 is given twice; name it once'],
    [{ weightBuffer: ['64KB', 65536] }, 'space.weightBuffer: 64KB is given twice; name it once'],
    // Ranges.
    [{ rows: { from: 4 } }, 'space.rows.to: expected a whole number of at least 1, got nothing'],
    [{ rows: { from: 1, to: 4, stepp: 1 } }, 'space.rows: unknown field of a range: stepp. Did you mean step?'],
    [{ rows: { from: 1, to: 4, step: 0 } }, 'space.rows.step: expected a whole number of at least 1, got 0'],
    [{ rows: { from: 4, to: 1 } }, 'space.rows.to: 1 is less than from, 4; give the smaller value as from'],
    [{ weightBuffer: { from: '3 parsecs', to: '1 MB' } }, 'space.weightBuffer.from: expected a size'],
    [
      { biasLines: { from: 1, to: 1025, step: 1 } },
      'space.biasLines.step: the range has 1025 values; give at most 1024',
    ],
    [{ clock: { from: 1e-300, to: 1e300, step: 1e-300 } }, 'give at most 1024'],
    // Values that no machine has.
    [{ weightPrecision: [8, 65], accumPrecision: 32 }, 'space.weightPrecision: is 65 bits; give at most 64'],
    [
      { accumPrecision: [15, 24] },
      'space.accumPrecision: is 15 bits, less than one product of a weight and an input has; give at least 16',
    ],
    [{ accumPrecision: [24, 65] }, 'space.accumPrecision: is 65 bits; give at most 64'],
    [
      { accumPrecision: 24, inputPrecision: [8, 17] },
      'space.inputPrecision: 17 makes no machine of this space: accumPrecision is 24 bits, ' +
        'less than one product of a weight and an input has; give at least 25',
    ],
    [{ weightPrecision: [8, 60] }, 'space.accumPrecision: no-overflow needs sums of at least 68 bits'],
    [
      { globalBanks: [5, 16] },
      'space.globalBanks: is 5; each ping-pong half needs a bank for inputs and one for outputs, so give an even number of at least 4',
    ],
    [{ globalBanks: 2 }, 'space.globalBanks: is 2; each'],
    [
      { accumBuffer: ['1 B', '4 KB'] },
      'space.accumBuffer: is 1 B; a line is 16 B (accumPrecision x numLanes), so give at least 16 B',
    ],
    [
      { vectorSize: [16, 16384] },
      'space.vectorSize: 16384 makes no machine of this space: weightBuffer is 128KB; ' +
        'a line is 128KB (weightPrecision x vectorSize x numLanes), and each ping-pong half holds whole lines, ' +
        'so give at least 256KB',
    ],
    [
      { rows: [1, 32] },
      'space.rows: 32 makes no machine of this space: maxPes is 16, and there are at least 32 PEs; give at least 32',
    ],
    [{ rows: 8, columns: [4, 8] }, 'space.maxPes: is 16, and there are at least 32 PEs; give at least 32'],
    [
      { vectorSize: 2 ** 22 },
      'space.vectorSize: vectorSize x numLanes x rows x columns makes 33554432 multipliers; give at most 16777216',
    ],
    [
      { vectorSize: { from: 1, to: 1000, step: 1 }, numLanes: { from: 1, to: 1000, step: 1 } },
      'space: has 9000000 combinations of all but memory sizes (vectorSize 1000, numLanes 1000, rows 3, columns 3); give at most 1048576',
    ],
  ])('%j', (fields, message) => expect(faults(fields).join('\n')).toContain(message));

  test('are listed at once, each with its place', () => {
    expect(faults({ rows: [0, 2, 2], columns: [], clock: 'fast', wieghtBuffer: 1 })).toHaveLength(5);
    // What is wrong by itself comes before what only does not go with the rest.
    const several = over({ weightPrecision: [8, 65], globalBanks: [5, 7, 16], inputBuffer: [1, '8KB'], rows: [1, 32] });
    expect(several.ok ? [] : several.diagnostics.map(({ path }) => path.join('.'))).toEqual([
      'space.accumPrecision',
      'space.weightPrecision',
      'space.globalBanks',
      'space.globalBanks',
      'space.inputBuffer',
      'space.rows',
    ]);
  });

  test.each([[null], [[]], ['text'], [{}], [{ template: { base: 'simba' } }]])('%j is no design space', (data) => {
    expect(parseSpace(data, 'x')).toMatchObject({
      ok: false,
      diagnostics: [
        {
          code: 'malformed',
          message: expect.stringContaining('expected a design space: {space: {base: magnet-16nm, ...}}'),
        },
      ],
    });
  });
  test('nothing stands beside a space', () =>
    expect(parseSpace({ space: { base: 'magnet-quick' }, rows: 2 }, 'x')).toMatchObject({
      ok: false,
      diagnostics: [{ path: ['rows'] }],
    }));
  test('a space is an object', () =>
    expect(faultsOf(parseSpace({ space: [] }, 'x'))).toEqual(['space: expected a design space (an object), got []']));
});
