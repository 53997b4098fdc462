// What a machine refuses, in words that name the offender and the limit.

import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Architecture } from '../../src/model/architecture.js';
import { magnetConventions, timeloopConventions } from '../../src/model/conventions.js';
import { makeLayer } from '../../src/model/layer.js';
import { breaches } from '../../src/model/legality.js';
import type { Loop, Mapping, SpatialLoop } from '../../src/model/mapping.js';
import { array3, eyeriss, simba } from '../../src/model/presets.js';
import { technology16nm } from '../../src/model/technology.js';
import { lowerTemplate } from '../../src/model/template.js';

type Own = Readonly<Record<string, { temporal?: readonly Loop[]; spatial?: readonly SpatialLoop[] }>>;
const mapping = (a: Architecture, own: Own): Mapping => ({
  levels: a.levels.map((l) => ({ name: l.name, keep: l.keeps, temporal: own[l.name]?.temporal ?? [], spatial: own[l.name]?.spatial ?? [] })),
});
const said = (a: Architecture, layer: Parameters<typeof breaches>[1], own: Own, conventions = magnetConventions) => breaches(a, layer, mapping(a, own), conventions).map(printDiagnostic);

const machine = lowerTemplate(simba, technology16nm)[0]!;
const layer = makeLayer('layer', { K: 16, C: 16, P: 4 });
const whole: Own = {
  DRAM: { temporal: [{ dim: 'K', factor: 2 }] },
  GlobalBuffer: { temporal: [{ dim: 'C', factor: 2 }], spatial: [{ dim: 'P', factor: 4, axis: 'rows' }] },
  InputCollector: { spatial: [{ dim: 'K', factor: 8, axis: 'lanes' }, { dim: 'C', factor: 8, axis: 'vector' }] },
};

describe('a mapping of the template', () => {
  test('that fits is not complained about', () => expect(said(machine, layer, whole)).toEqual([]));

  test('must cover the layer', () => {
    expect(said(machine, makeLayer('larger', { K: 17, C: 16, P: 4 }), whole)).toEqual(['K: the loops over K cover 16 of 17; their product must reach the bound']);
  });

  test('may cover more', () => expect(said(machine, makeLayer('odd', { K: 15, C: 13, P: 3 }), whole)).toEqual([]));

  test('loops in time only where it may', () => {
    expect(said(machine, layer, { ...whole, WeightBuffer: { temporal: [{ dim: 'C', factor: 2 }] } })).toEqual(['WeightBuffer: WeightBuffer cannot loop over C in time; allowed: nothing']);
  });

  test('uses no more positions than there are', () => {
    const spatial = [{ dim: 'K', factor: 4, axis: 'columns' }, { dim: 'G', factor: 2, axis: 'columns' }] as const;
    expect(said(machine, layer, { ...whole, GlobalBuffer: { ...whole['GlobalBuffer'], spatial: [...whole['GlobalBuffer']!.spatial!, ...spatial] } })).toEqual(['GlobalBuffer.columns: GlobalBuffer.columns has 4 positions, the mapping uses 8']);
  });

  test('unrolls only what an axis can', () => {
    const spatial = [{ dim: 'Q', factor: 2, axis: 'lanes' }] as const;
    expect(said(machine, layer, { ...whole, InputCollector: { spatial } })).toContain('InputCollector.lanes: InputCollector.lanes cannot unroll Q; allowed: K');
  });

  test('fits into half of a ping-pong buffer', () => {
    // 513 lines of 64 bits; a half of 4 KB holds 512.
    const long = makeLayer('long', { P: 513 });
    const inner = { AccumBuffer: { temporal: [{ dim: 'P', factor: 513 }] } } as const;
    expect(said(machine, long, inner)).toEqual([
      'InputBuffer: the tile of Inputs takes 32832 bits, InputBuffer offers 32768 (half of it, ping-pong)',
      // And 513 sums, a line of 8 lanes each: 128 lines of 192 bits.
      'AccumBuffer: the tile of Outputs takes 98496 bits, AccumBuffer offers 24576',
    ]);
  });

  test('keeps partial sums in the PE', () => {
    // c inside p: every output comes back later.
    const spilling: Own = { ...whole, DRAM: { temporal: [{ dim: 'C', factor: 2 }, { dim: 'K', factor: 2 }] }, GlobalBuffer: { spatial: whole['GlobalBuffer']!.spatial! } };
    expect(said(machine, layer, spilling)).toEqual(['AccumBuffer: partial sums would leave AccumBuffer: reduction loops outside it must be innermost there']);
  });

  test('all faults are listed', () => {
    expect(said(machine, makeLayer('larger', { K: 64, C: 16, P: 4 }), { ...whole, WeightBuffer: { temporal: [{ dim: 'C', factor: 2 }] } })).toHaveLength(2);
  });
});

describe('capacities of general machines', () => {
  test('are shared by what a level keeps', () => {
    // Local buffers of 512 words: 256 + 128 + 128 fit, one more does not.
    const full: Own = { LocalBuffer: { temporal: [{ dim: 'K', factor: 16 }, { dim: 'C', factor: 16 }, { dim: 'P', factor: 8 }] } };
    expect(said(array3, makeLayer('full', { K: 16, C: 16, P: 8 }), full)).toEqual([]);
    const more: Own = { LocalBuffer: { temporal: [{ dim: 'K', factor: 16 }, { dim: 'C', factor: 16 }, { dim: 'P', factor: 9 }] } };
    // 256 + 144 + 144 = 544 words of 8 bits
    expect(said(array3, makeLayer('more', { K: 16, C: 16, P: 9 }), more)).toEqual(['LocalBuffer: the tile of Weights and Inputs and Outputs takes 4352 bits, LocalBuffer offers 4096']);
  });

  test('or separate', () => {
    // Spads of 224, 12 and 24 words of 16 bits: 13 inputs are too many, whatever else is free.
    const row: Own = { Spads: { temporal: [{ dim: 'C', factor: 13 }] } };
    expect(said(eyeriss, makeLayer('row', { C: 13 }), row)).toEqual(['Spads: the tile of Inputs takes 208 bits, Spads offers 192']);
  });

  test('count the box where it is what is stored', () => {
    // Stride 4, one kernel column: 12 pixels of a box of 45.
    const sparse = makeLayer('sparse', { P: 12 }, { stride: [4, 1] });
    const row: Own = { Spads: { temporal: [{ dim: 'P', factor: 12 }] } };
    expect(said(eyeriss, sparse, row, magnetConventions)).toEqual([]);
    expect(said(eyeriss, sparse, row, timeloopConventions)).toEqual(['Spads: the tile of Inputs takes 720 bits, Spads offers 192']);
  });
});
