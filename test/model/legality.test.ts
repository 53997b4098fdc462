// What a machine refuses, in words that name the offender and the limit.

import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import type { Loop, Mapping, SpatialLoop } from '../../src/model/mapping/mapping.js';
import { array3, eyeriss, simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';

type Own = Readonly<Record<string, { temporal?: readonly Loop[]; spatial?: readonly SpatialLoop[] }>>;
const mapping = (a: Architecture, own: Own): Mapping => ({
  levels: a.levels.map((l) => ({
    name: l.name,
    keep: l.keeps,
    temporal: own[l.name]?.temporal ?? [],
    spatial: own[l.name]?.spatial ?? [],
  })),
});
const said = (a: Architecture, layer: Parameters<typeof breaches>[1], own: Own, conventions = magnetConventions) =>
  breaches(a, layer, mapping(a, own), conventions).map(printDiagnostic);

const machine = lowerTemplate(simba, technology16nm)[0]!;
const layer = makeLayer('layer', { K: 16, C: 16, P: 4 });
const whole: Own = {
  DRAM: { temporal: [{ dim: 'K', factor: 2 }] },
  GlobalBuffer: { temporal: [{ dim: 'C', factor: 2 }], spatial: [{ dim: 'P', factor: 4, axis: 'rows' }] },
  InputCollector: {
    spatial: [
      { dim: 'K', factor: 8, axis: 'lanes' },
      { dim: 'C', factor: 8, axis: 'vector' },
    ],
  },
};

describe('a mapping of the template', () => {
  test('that fits is not complained about', () => expect(said(machine, layer, whole)).toEqual([]));

  test('must cover the layer', () => {
    expect(said(machine, makeLayer('larger', { K: 17, C: 16, P: 4 }), whole)).toEqual([
      'K: the loops over K cover 16 of 17; their product must reach the bound',
    ]);
  });

  test('may cover more', () => expect(said(machine, makeLayer('odd', { K: 15, C: 13, P: 3 }), whole)).toEqual([]));

  test('loops in time only where it may', () => {
    expect(said(machine, layer, { ...whole, WeightBuffer: { temporal: [{ dim: 'C', factor: 2 }] } })).toEqual([
      'WeightBuffer: WeightBuffer cannot loop over C in time; allowed: nothing',
    ]);
  });

  test('uses no more positions than there are', () => {
    const spatial = [
      { dim: 'K', factor: 4, axis: 'columns' },
      { dim: 'G', factor: 2, axis: 'columns' },
    ] as const;
    expect(
      said(machine, layer, {
        ...whole,
        GlobalBuffer: { ...whole['GlobalBuffer'], spatial: [...whole['GlobalBuffer']!.spatial!, ...spatial] },
      }),
    ).toEqual([
      'GlobalBuffer.columns: GlobalBuffer.columns has 4 positions, the mapping uses 8',
      'GlobalBuffer.columns: GlobalBuffer.columns carries one dimension at a time, the mapping unrolls K and G on it',
    ]);
  });

  test('unrolls only what an axis can', () => {
    const spatial = [{ dim: 'Q', factor: 2, axis: 'lanes' }] as const;
    expect(said(machine, layer, { ...whole, InputCollector: { spatial } })).toContain(
      'InputCollector.lanes: InputCollector.lanes cannot unroll Q; allowed: K',
    );
  });

  test('fits into half of a ping-pong buffer', () => {
    // 513 lines of 64 bits; a half of 4 KB holds 512.
    const long = makeLayer('long', { P: 513 });
    const inner = { AccumBuffer: { temporal: [{ dim: 'P', factor: 513 }] } } as const;
    expect(said(machine, long, inner)).toEqual([
      'InputBuffer: the tile of Inputs takes 32832 bits, InputBuffer offers 32768 (half of it, ping-pong)',
      // And 513 sums, a line of 8 lanes each: 128 lines of 192 bits.
      'OutputBuffer: the tile of Outputs takes 98496 bits, OutputBuffer offers 24576 (half of it, ping-pong)',
      'AccumBuffer: the tile of Outputs takes 98496 bits, AccumBuffer offers 24576',
    ]);
  });

  test('takes whole banks of the global buffer', () => {
    // A bank has 512 lines of 8 words, a half 8 banks. Inputs of one channel: a line each, 2049 lines or 5 banks; outputs as many.
    const long = makeLayer('long', { P: 2049 });
    expect(said(machine, long, { GlobalBuffer: { temporal: [{ dim: 'P', factor: 2049 }] } })).toEqual([
      'GlobalBuffer: the tile of Inputs and Outputs takes 5 + 5 banks, GlobalBuffer offers 8 (half of it, ping-pong)',
    ]);
    expect(
      said(machine, makeLayer('fits', { P: 2048 }), { GlobalBuffer: { temporal: [{ dim: 'P', factor: 2048 }] } }),
    ).toEqual([]);
    // 8 channels lie side by side, and 3072 lines of outputs of one lane leave 2 banks for 1 + 1 lines.
    expect(
      said(machine, makeLayer('side by side', { K: 3072, C: 8 }), {
        GlobalBuffer: { temporal: [{ dim: 'K', factor: 3072 }] },
        InputCollector: { spatial: [{ dim: 'C', factor: 8, axis: 'vector' }] },
      }),
    ).toEqual(['InputCollector.lanes: the layer has 3072 lines of biases, the bias memory holds 1024']);
  });

  test('has loops that a counter of 16 bits holds', () => {
    const looped = (factor: number) =>
      said(machine, makeLayer('long', { N: factor }), { DRAM: { temporal: [{ dim: 'N', factor }] } });
    expect(looped(65536)).toEqual([]);
    expect(looped(65537)).toEqual(['DRAM: a loop over N of 65537 is longer than the 65536 that its counter holds']);
  });

  test('has its biases in the bias memory', () => {
    const groups = (K: number, G: number, lanes: number): Own => ({
      DRAM: {
        temporal: [
          { dim: 'K', factor: K / lanes },
          { dim: 'G', factor: G },
        ],
      },
      InputCollector: { spatial: [{ dim: 'K', factor: lanes, axis: 'lanes' }] },
    });
    expect(said(machine, makeLayer('wide', { K: 4096, G: 2 }), groups(4096, 2, 8))).toEqual([]);
    expect(said(machine, makeLayer('wide', { K: 4096, G: 2 }), groups(4096, 2, 4))).toEqual([
      'InputCollector.lanes: the layer has 2048 lines of biases, the bias memory holds 1024',
    ]);
  });

  test('pools within the tile of a PE', () => {
    const pooled = makeLayer('pooled', { P: 8, Q: 4 }, { pool: [2, 2] });
    const own = (inside: number): Own => ({
      GlobalBuffer: { temporal: [{ dim: 'P', factor: 8 / inside }] },
      AccumBuffer: {
        temporal: [
          { dim: 'P', factor: inside },
          { dim: 'Q', factor: 4 },
        ],
      },
    });
    expect(said(machine, pooled, own(4))).toEqual([]);
    expect(said(machine, pooled, own(1))).toEqual([
      'P: the tile of a PE is 1 long in P; a pool over 2 needs a multiple of that',
    ]);
    expect(
      said(array3, makeLayer('pooled', { P: 2 }, { pool: [2, 1] }), { DRAM: { temporal: [{ dim: 'P', factor: 2 }] } }),
    ).toEqual(['array3: only machines of the template pool behind a layer; leave the pool out']);
  });

  test('keeps partial sums in the PE', () => {
    // c inside p: every output comes back later.
    const spilling: Own = {
      ...whole,
      DRAM: {
        temporal: [
          { dim: 'C', factor: 2 },
          { dim: 'K', factor: 2 },
        ],
      },
      GlobalBuffer: { spatial: whole['GlobalBuffer']!.spatial! },
    };
    expect(said(machine, layer, spilling)).toEqual([
      'AccumBuffer: partial sums would leave AccumBuffer: reduction loops outside it must be innermost there',
    ]);
  });

  test('all faults are listed', () => {
    expect(
      said(machine, makeLayer('larger', { K: 64, C: 16, P: 4 }), {
        ...whole,
        WeightBuffer: { temporal: [{ dim: 'C', factor: 2 }] },
      }),
    ).toHaveLength(2);
  });
});

describe('capacities of general machines', () => {
  test('are shared by what a level keeps', () => {
    // Local buffers of 512 words: 256 + 128 + 128 fit, one more does not.
    const full: Own = {
      LocalBuffer: {
        temporal: [
          { dim: 'K', factor: 16 },
          { dim: 'C', factor: 16 },
          { dim: 'P', factor: 8 },
        ],
      },
    };
    expect(said(array3, makeLayer('full', { K: 16, C: 16, P: 8 }), full)).toEqual([]);
    const more: Own = {
      LocalBuffer: {
        temporal: [
          { dim: 'K', factor: 16 },
          { dim: 'C', factor: 16 },
          { dim: 'P', factor: 9 },
        ],
      },
    };
    // 256 + 144 + 144 = 544 words of 8 bits
    expect(said(array3, makeLayer('more', { K: 16, C: 16, P: 9 }), more)).toEqual([
      'LocalBuffer: the tile of Weights and Inputs and Outputs takes 4352 bits, LocalBuffer offers 4096',
    ]);
  });

  test('or separate', () => {
    // Spads of 224, 12 and 24 words of 16 bits: 13 inputs are too many, whatever else is free.
    const row: Own = { Spads: { temporal: [{ dim: 'C', factor: 13 }] } };
    expect(said(eyeriss, makeLayer('row', { C: 13 }), row)).toEqual([
      'Spads: the tile of Inputs takes 208 bits, Spads offers 192',
    ]);
  });

  test('count the box where it is what is stored', () => {
    // Stride 4, one kernel column: 12 pixels of a box of 45.
    const sparse = makeLayer('sparse', { P: 12 }, { stride: [4, 1] });
    const row: Own = { Spads: { temporal: [{ dim: 'P', factor: 12 }] } };
    expect(said(eyeriss, sparse, row, magnetConventions)).toEqual([]);
    expect(said(eyeriss, sparse, row, timeloopConventions)).toEqual([
      'Spads: the tile of Inputs takes 720 bits, Spads offers 192',
    ]);
  });
});
