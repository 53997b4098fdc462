// Machines as files: units, presets to start from, contradictions, and the way back to a file.

import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { kibibytes } from '../../src/base/units.js';
import { parseMachinery, printMachinery } from '../../src/interchange/architecture-file.js';
import { parseDocument } from '../../src/interchange/document.js';
import { simba } from '../../src/model/machine/presets.js';
import { goldenCases } from '../support/golden.js';

const yaml = (text: string) => {
  const data = parseDocument(new TextEncoder().encode(text), 'yaml');
  if (!data.ok) throw new Error(data.diagnostics.map(printDiagnostic).join('\n'));
  return data.value;
};
const template = (fields: object) => parseMachinery({ template: { base: 'simba', ...fields } }, 'file');
const faults = (fields: object) => {
  const result = template(fields);
  return result.ok ? [] : result.diagnostics.map(printDiagnostic);
};

describe('templates', () => {
  test('what is not given is the preset, and the file names what has no name', () => {
    expect(template({ rows: 2 })).toEqual({
      ok: true,
      value: { kind: 'template', template: { ...simba, rows: 2, name: 'file', source: 'file, based on simba' } },
    });
  });

  test.each([
    ['64KB', 64],
    ['64 KB', 64],
    ['64KiB', 64],
    ['65536 B', 64],
    [65536, 64],
    ['0.0625 MB', 64],
    ['524288 bits', 64],
  ])('a size of %s', (size, kb) => {
    expect(template({ weightBuffer: size })).toMatchObject({
      ok: true,
      value: { template: { weightBuffer: kibibytes(kb) } },
    });
  });

  test.each([
    ['1.5 GHz', 1500],
    ['500MHz', 500],
    [250, 250],
    ['100000 kHz', 100],
  ])('a clock of %s', (clock, mhz) => {
    expect(template({ clock })).toMatchObject({ ok: true, value: { template: { clock: mhz } } });
  });

  test.each([
    [
      { weightBuffer: '32 kb' },
      'template.weightBuffer: expected a size of whole bits above 0, such as 32KB or 3072 (bytes), got "32 kb"; units: bit, bits, B, KB',
    ],
    [{ weightBuffer: '-1KB' }, 'got "-1KB"'],
    [{ weightBuffer: '0.3 bits' }, 'got "0.3 bits"'],
    [{ clock: 'fast' }, 'template.clock: expected a clock above 0, such as 1 GHz or 500 (MHz), got "fast"'],
    [{ rows: 2.5 }, 'template.rows: expected a whole number of at least 1, got 2.5'],
    [
      { accumPrecision: 12 },
      'template.accumPrecision: is 12 bits, less than one product of a weight and an input has; give at least 16',
    ],
    [{ weightPrecision: 128 }, 'template.weightPrecision: is 128 bits; give at most 64'],
    [{ rows: 100000, columns: 100000 }, 'multipliers; give at most 16777216'],
    [
      { inputBuffer: 1001 },
      'template.inputBuffer: is 1001 B; a line is 8 B (inputPrecision x vectorSize), ' +
        'and each ping-pong half holds whole lines, so give 992 B or 1008 B',
    ],
    [
      { globalBuffer: 1 },
      'template.globalBuffer: is 1 B; a line is 128 B (inputPrecision x the larger of vectorSize and numLanes, ' +
        'in each of globalBanks banks), so give at least 128 B',
    ],
    [
      { globalBanks: 5 },
      'template.globalBanks: is 5; each ping-pong half needs a bank for inputs and one for outputs, so give an even number of at least 4',
    ],
    [{ globalBanks: 2 }, 'give an even number of at least 4'],
    [{ gbufBandwidth: 20 }, 'gbufBandwidth'],
    [{ dramBandwidth: '16bit/s' }, 'expected a bandwidth above 0, such as 25.6GB/s, or unlimited'],
    [{ dramBandwidth: '2MB/s' }, 'give at least 0.5 GB/s, a bit for each channel'],
    [{ inputChannel: 0.5 }, 'expected a width of whole bits above 0, such as 64, or line'],
    [{ outputChannel: 'lines' }, 'expected a width of whole bits above 0, such as 64, or line'],
    [{ dramLatency: 5000 }, 'is 5000 cycles; give at most 4096'],
  ])('%j is refused', (fields, message) => expect(faults(fields).join('\n')).toContain(message));

  test('all faults are listed at once', () =>
    expect(faults({ rows: 0, columns: -1, clock: 0, wieghtBuffer: 1 })).toHaveLength(4));
  test('nothing stands beside a template', () =>
    expect(parseMachinery({ template: { base: 'simba' }, rows: 2 }, 'x')).toMatchObject({
      ok: false,
      diagnostics: [{ path: ['rows'] }],
    }));

  test('a printed template reads back', () => {
    const odd = template({ accumBuffer: 240, clock: '333.3 MHz', biasLines: 77, name: 'odd: "one"' });
    if (!odd.ok) throw new Error('refused');
    expect(parseMachinery(yaml(printMachinery(odd.value)), 'x')).toEqual(odd);
  });
});

describe('hierarchies', () => {
  test('every machine of the golden cases is printed and reads back as itself', () => {
    const machines = new Map(goldenCases().map((c) => [JSON.stringify(c['architecture']), c['architecture']]));
    for (const file of machines.values()) {
      const machine = parseMachinery(file, 'x');
      if (!machine.ok) throw new Error(machine.diagnostics.map(printDiagnostic).join('\n'));
      expect(parseMachinery(yaml(printMachinery(machine.value)), 'x')).toEqual(machine);
    }
  });

  test('every field of a level survives the way out and back', () => {
    const level = { wordBits: 8, energyPerVectorAccess: { read: 1, fill: 2, update: 3 } };
    const file = {
      name: 'all',
      source: 'here',
      clockMHz: 700,
      staticEnergyPerCycle: 0.5,
      compute: { name: 'PE', energyPerOp: 0.1 },
      levels: [
        {
          ...level,
          name: 'Outer',
          totalBandwidth: 12,
          blockSize: 4,
          fanoutY: 2,
          fanoutX: 3,
          dimsX: ['K', 'C'],
          dimsY: ['P'],
          factorsX: ['K=3', 'C<=2'],
          factorsY: ['P>=2'],
          factorsXY: ['C=1'],
          innermost: ['K', 'N'],
        },
        {
          ...level,
          name: 'Inner',
          role: 'accumulator',
          buffers: 2,
          sizeWordsPerTensor: { Weights: 5, Outputs: 7 },
          readBandwidth: 1.5,
          temporal: ['R', 'S'],
          temporalFactors: ['R=3'],
          defaultKeep: ['Weights', 'Outputs'],
          holdsSums: true,
        },
      ],
    };
    const machine = parseMachinery(file, 'x');
    expect(machine).toMatchObject({
      ok: true,
      value: {
        architecture: {
          levels: [{ bandwidth: { total: 96 } }, { buffers: 2, pools: [{ bits: 40 }, { bits: null }, { bits: 56 }] }],
        },
      },
    });
    expect(machine.ok && parseMachinery(yaml(printMachinery(machine.value)), 'x')).toEqual(machine);
  });

  const port = (value: unknown, wordBits = 16, clockMHz: number | undefined = 1000) =>
    parseMachinery(
      {
        name: 'x',
        ...(clockMHz > 0 && { clockMHz }),
        compute: { energyPerOp: 1 },
        levels: [
          {
            name: 'DRAM',
            wordBits,
            energyPerVectorAccess: { read: 1, fill: 1, update: 1 },
            readBandwidth: value,
            writeBandwidth: value,
            totalBandwidth: value,
          },
        ],
      },
      'x',
    );

  test.each([
    ['25.6GB/s', 16, 1000, 12.8],
    ['25.6 GB/s', 8, 800, 32],
    ['1TB/s', 16, 1000, 500],
    ['19.2e3 MB/s', 16, 1200, 8],
    ['64KB/s', 8, 1, 0.064],
    ['100 kB/s', 10, 1, 0.08],
    ['4000000000B/s', 32, 500, 2],
    ['12.8GB/s', 16, 0, 6.4], // no clock said: 1 GHz
    ['16', 16, 700, 16],
  ])('%s of words of %d bits at %d MHz is %d words per cycle, to the bit', (text, bits, clock, words) => {
    const read = port(text, bits, clock);
    expect(read).toEqual(port(words, bits, clock));
    if (!read.ok) throw new Error('refused');
    expect(parseMachinery(yaml(printMachinery(read.value)), 'x')).toEqual(read);
    expect(printMachinery(read.value)).toContain(`readBandwidth: ${words}\n`);
  });

  test.each([
    ['25.6Gb/s', 'units: B/s, KB/s, kB/s, MB/s, GB/s, TB/s (did you mean GB/s?)'],
    ['25.6GB', 'units: B/s, '],
    ['25.6 words', 'units: B/s, '],
    ['25.6GB/s/channel', 'units: B/s, '],
    ['0GB/s', '"0GB/s"'],
    ['-1GB/s', '"-1GB/s"'],
    ['fast', '"fast"'],
    [0, 'got 0'],
    [true, 'got true'],
  ])('a bandwidth of %s is refused at each field', (value, wanted) => {
    const read = port(value);
    const faults = read.ok ? [] : read.diagnostics.map(printDiagnostic);
    expect(faults).toHaveLength(3);
    for (const field of ['readBandwidth', 'writeBandwidth', 'totalBandwidth'])
      expect(faults.find((f) => f.startsWith(`levels.0.${field}: `))).toContain(
        'expected a bandwidth above 0, such as 25.6GB/s or 16 (words per cycle), got ',
      );
    expect(faults[0]).toContain(wanted);
  });

  test('fields that contradict each other, and a tensor that nothing keeps, are refused together', () => {
    const level = {
      name: 'A',
      wordBits: 8,
      energyPerVectorAccess: { read: 1, fill: 1, update: 1 },
      defaultKeep: ['Weights', 'Inputs'],
    };
    const read = parseMachinery(
      {
        name: 'x',
        compute: { energyPerOp: 1 },
        levels: [
          { ...level, sizeWords: 1, sizeWordsPerTensor: { Inputs: 2 } },
          { ...level, dimsX: ['K'] },
        ],
      },
      'x',
    );
    expect(read.ok ? [] : read.diagnostics.map(printDiagnostic)).toEqual([
      'levels.1.name: two levels are called A; give each its own name',
      'levels.0.sizeWords: is given beside sizeWordsPerTensor; give the one for a shared memory, the other for separate ones',
      'levels.1.dimsX: has no fan-out to go with; give fanoutX, or remove dimsX',
      'levels: no level keeps Outputs; add it to the defaultKeep of the outermost level',
    ]);
  });

  test('constraints that no mapping can keep to are refused', () => {
    const level = {
      name: 'A',
      wordBits: 8,
      energyPerVectorAccess: { read: 1, fill: 1, update: 1 },
      fanoutX: 4,
      dimsX: ['K'],
      temporal: ['K', 'C'],
    };
    const faults = (more: object) => {
      const read = parseMachinery({ name: 'x', compute: { energyPerOp: 1 }, levels: [{ ...level, ...more }] }, 'x');
      return read.ok ? [] : read.diagnostics.map(printDiagnostic);
    };
    expect(faults({ factorsX: ['K>=4', 'C=1'], temporalFactors: ['K <= 3'], innermost: ['C'] })).toEqual([]);
    expect(
      faults({
        factorsX: ['K=8', 'C=2'],
        factorsY: ['K=1'],
        factorsXY: [],
        temporalFactors: ['N=2', 'N<=2'],
        innermost: ['P', 'C', 'Q'],
      }),
    ).toEqual([
      'levels.0.temporalFactors.0: asks for a factor of 2 where N can have none; change it or what N may do there',
      'levels.0.factorsX.0: asks for a factor of 8 where K can have at most 4; change it or what K may do there',
      'levels.0.factorsX.1: asks for a factor of 2 where C can have none; change it or what C may do there',
      'levels.0.factorsY: has no fan-out to go with; give fanoutY, or remove factorsY',
      'levels.0.factorsXY: has no fan-out to go with; give fanoutY, or remove factorsXY',
      'levels.0.innermost: P and Q cannot loop in time here; take them out, or add to temporal',
    ]);
    expect(faults({ temporalFactors: ['K4', 'Z=2', 'K=0', 3] }).map((t) => t.slice(0, 60))).toEqual(
      [0, 1, 2, 3].map((i) => `levels.0.temporalFactors.${i}: expected a factor of at least 1 such as`.slice(0, 60)),
    );
  });

  test('a case file lends its architecture', () => {
    const golden = goldenCases()[0]!;
    expect(parseMachinery(golden, 'x')).toEqual(parseMachinery(golden['architecture'], 'x'));
  });

  test.each([[null], [[]], ['text'], [{}], [{ hello: 1 }]])('%j is no machine', (data) => {
    expect(parseMachinery(data, 'x')).toMatchObject({
      ok: false,
      diagnostics: [{ message: expect.stringContaining('expected a machine') }],
    });
  });
});
