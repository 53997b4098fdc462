// The design file: reads back as the same design, and refuses what its machine cannot run.

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { parseMachinery } from '../../src/interchange/architecture-file.js';
import { designDrift } from '../../src/results/design-check.js';
import { parseDesign, parseDesignBase, printDesign } from '../../src/results/design-file.js';
import { hierarchyFile } from '../../src/interchange/hierarchy-print.js';
import type { Design } from '../../src/model/space/design.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { magnet, simba } from '../../src/model/machine/presets.js';
import { makeDesign } from '../support/design.js';
import { smallTask, smallTemplate } from '../support/small.js';

const layers = [
  makeLayer('conv', { K: 8, C: 8, P: 6, Q: 4, R: 3 }, { stride: [2, 1], pool: [2, 2] }),
  makeLayer('fc', { K: 10, C: 16 }),
];
let design: Design;
beforeAll(async () => {
  design = await makeDesign({ kind: 'template', template: simba }, layers);
});

const read = (text: string, name = 'd.json') => parseDesign(text, name);
const faults = (text: string) => {
  const result = read(text);
  return result.ok ? [] : result.diagnostics.map(printDiagnostic);
};
/** The design's file as data with something changed, printed again. */
const changed = (change: (file: any) => void): string => {
  const file = JSON.parse(printDesign(design));
  change(file);
  return JSON.stringify(file);
};

describe('round trip', () => {
  test('a printed design reads back as itself, and prints to the same bytes', () => {
    expect(design.layers.map((l) => l.status)).toEqual(['feasible', 'feasible']);
    const text = printDesign(design);
    const again = read(text);
    expect(again).toEqual({ ok: true, value: design });
    expect(again.ok && printDesign(again.value)).toBe(text);
    expect(designDrift(design)).toEqual([]);
  });

  test('so do designs on random hierarchies, under any conventions and goal', async () => {
    await fc.assert(
      fc.asyncProperty(smallTask, async ({ architectures, layer, conventions, goal }) => {
        // The machine as its own file gives it: `null` capacities per tensor are one unlimited memory there.
        const machine = parseMachinery(hierarchyFile(architectures[0]!), 'x');
        const made = machine.ok ? await makeDesign(machine.value, [layer], conventions, goal) : undefined;
        expect(made && read(printDesign(made))).toEqual({ ok: true, value: made });
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  test('and on random templates, whose collectors nest in several orders', async () => {
    await fc.assert(
      fc.asyncProperty(smallTemplate, async (template) => {
        const made = await makeDesign({ kind: 'template', template }, [makeLayer('l', { K: 2, C: 3, P: 4 })]);
        expect(read(printDesign(made))).toEqual({ ok: true, value: made });
      }),
      { numRuns: 15, seed: 2 },
    );
  });

  test('limits, an infeasible layer and one that was not reached survive', () => {
    const none = { count: 1, objective: null, gap: null, energy: null, cycles: null, mapping: null };
    const limited: Design = {
      ...design,
      goal: { objective: 'energy', limits: { latency: 1e6, edp: 1e30 } },
      areaLimit: 2.5,
      layers: [
        { ...none, layer: layers[0]!, status: 'infeasible', bound: null },
        { ...none, layer: layers[1]!, status: 'unknown', bound: 12.5 },
      ],
      totals: null,
    };
    expect(read(printDesign(limited))).toEqual({ ok: true, value: limited });
  });

  test('YAML is read too', () => {
    expect(read(stringify(JSON.parse(printDesign(design))), 'd.yaml')).toEqual({ ok: true, value: design });
  });
});

describe('refusals', () => {
  test.each([
    [
      'another version',
      (f: any) => (f.schema = 'magnet-design/3'),
      'schema: magnet-design/3: this magnet reads magnet-design/2; map again with "magnet map --design", or use the magnet that wrote it',
    ],
    [
      'a map result',
      (f: any) => (f.schema = 'magnet-map/1'),
      'expected a design, which "magnet map --design FILE" writes: {"schema": "magnet-design/2", ...}, got "magnet-map/1"',
    ],
    ['no schema', (f: any) => delete f.schema, 'expected a design, which'],
    ['no machine', (f: any) => delete f.machine, 'machine: is missing; expected {template: {...}}'],
    ['no technology', (f: any) => delete f.technology, 'technology: is missing; expected a technology'],
    [
      'a constant that is missing',
      (f: any) => delete f.technology.constants.wireEnergy,
      'technology.constants.wireEnergy: is missing',
    ],
    [
      'a parameter that is missing',
      (f: any) => delete f.machine.template.rows,
      'machine.template.rows: is missing (PE rows',
    ],
    ['no layers', (f: any) => (f.layers = []), 'layers: a design needs at least one layer'],
    [
      'a bound that is missing',
      (f: any) => delete f.layers[0].layer.bounds.K,
      'layers.0.layer.bounds.K: expected a whole number of at least 1, got nothing',
    ],
    [
      'a misspelt field',
      (f: any) => (f.layers[0].enrgy = 1),
      'unknown field of a layer of a design: enrgy. Did you mean energy?',
    ],
    [
      'an unknown objective',
      (f: any) => (f.objective = 'edpp'),
      'objective: unknown objective: edpp. Did you mean edp?',
    ],
    ['an unknown status', (f: any) => (f.layers[0].status = 'optimum'), 'Did you mean optimal?'],
    [
      'no mapping of a mapped layer',
      (f: any) => (f.layers[0].mapping = null),
      'layers.0.mapping: conv is feasible, yet it has no mapping',
    ],
    [
      'no figures of a mapped layer',
      (f: any) => (f.layers[1].energy = f.layers[1].gap = null),
      'layers.1: fc is feasible, yet its gap, energy are null',
    ],
    [
      'a mapping of an infeasible layer',
      (f: any) => (f.layers[0].status = 'infeasible'),
      'layers.0.status: conv is infeasible, yet it has objective, gap, energy, cycles, mapping',
    ],
    [
      'a bound above the objective',
      (f: any) => (f.layers[0].bound = 2 * f.layers[0].objective),
      'layers.0.bound: the bound ',
    ],
    [
      'levels of another machine',
      (f: any) => (f.layers[0].mapping.levels[1].name = 'Cache'),
      'layers.0.mapping.levels: mapping for another machine: the mapping is for levels DRAM, Cache, ',
    ],
    [
      'a loop on an axis that is not there',
      (f: any) => (f.layers[0].mapping.levels[0].spatial = [{ dim: 'K', factor: 2, axis: 'X' }]),
      'layers.0.mapping.levels.0.spatial.0: DRAM has no fan-out',
    ],
    [
      'bounds that the mapping does not cover',
      (f: any) => (f.layers[1].layer.bounds.C = 640),
      'layers.1.mapping.C: fc cannot run so: the loops over C cover 16 of 640',
    ],
    [
      'bounds far below the mapping',
      (f: any) => (f.layers[1].layer.bounds.C = 8),
      'layers.1.mapping.C: mapping for another layer: its loops over C cover 16, fc has 8',
    ],
    [
      'a tile that is too large',
      (f: any) => (
        (f.machine.template.accumBuffer = '24 B'),
        f.layers[0].mapping.levels.forEach((l: any) => {
          if (l.name === 'AccumBuffer') l.temporal.push({ dim: 'P', factor: 64 });
        })
      ),
      'AccumBuffer offers',
    ],
    [
      'totals beside a layer without a mapping',
      (f: any) =>
        Object.assign(f.layers[1], {
          status: 'unknown',
          objective: null,
          gap: null,
          energy: null,
          cycles: null,
          mapping: null,
        }),
      'totals: are given, yet fc has no mapping',
    ],
    ['no totals of a whole design', (f: any) => (f.totals = null), 'totals: is null, yet every layer has a mapping'],
    ['totals that are no sums', (f: any) => (f.totals.cycles += 1), 'totals.cycles: is '],
  ])('%s', (_, change, message) => expect(faults(changed(change)).join('\n')).toContain(message));

  test('all faults are listed at once', () => {
    const several = faults(
      changed((f) => {
        f.layers[0].mapping.levels[1].name = 'Cache';
        f.layers[1].layer.bounds.C = 640;
      }),
    );
    expect(several).toHaveLength(2);
    expect(
      faults(changed((f) => (delete f.machine.template.rows, delete f.technology.name, (f.objective = 1)))),
    ).toHaveLength(3);
  });

  test.each([
    ['{"schema": "magnet-design/1"', 'line 1, column 29'],
    ['[]', 'expected a design'],
    ['null', 'expected a design'],
    ['{}', 'expected a design'],
    ['', 'the file is empty'],
  ])('%s is no design', (text, message) => {
    expect(faults(text).join('\n')).toContain(message);
  });

  test('a file cut short anywhere is refused, and never throws', () => {
    const text = printDesign(design).trimEnd();
    for (let n = 0; n < text.length; n += 97) expect(read(text.slice(0, n)).ok).toBe(false);
  });
});

describe('another cost model', () => {
  test('changed figures are noted, not refused: the mappings stand', () => {
    const drifted = read(
      changed((f) => {
        f.layers[0].energy *= 1.01;
        f.totals.energy += (0.01 * f.layers[0].energy) / 1.01;
        f.totals.edp = f.totals.energy * f.totals.cycles;
      }),
    );
    if (!drifted.ok) throw new Error(drifted.diagnostics.map(printDiagnostic).join('\n'));
    const notes = designDrift(drifted.value).map(printDiagnostic);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /^layers\.0\.energy: conv has [\d.]+, this cost model says [\d.]+: written by another version of the cost model \(magnet 0\.1\.0\)/,
    );
  });

  test('a machine can be taken from a design whose mappings no longer fit', () => {
    const file = JSON.parse(changed((f) => (f.layers[0].mapping.levels[1].name = 'Cache')));
    expect(parseDesignBase(file)).toEqual({
      ok: true,
      value: { machine: design.machine, technology: design.technology },
    });
  });

  test('the preset magnet, which has a deep collector, is a machine like any', async () => {
    const made = await makeDesign({ kind: 'template', template: magnet }, [makeLayer('l', { K: 32, C: 32, P: 8 })]);
    expect(read(printDesign(made))).toEqual({ ok: true, value: made });
  });
});
