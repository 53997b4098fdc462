// Law: what is told of a layer sums to what the cost model says of it, tiles are within their memories, steps take its cycles,
// and constants behind an energy are those that it moves with.

import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { addParts, energyParts } from '../../src/model/cost/energy-parts.js';
import { eyeriss, simba } from '../../src/model/machine/presets.js';
import type { Machinery } from '../../src/model/machine/presets.js';
import type { Design } from '../../src/model/space/design.js';
import { arrangementFor } from '../../src/model/space/design.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { layerDetails, layerStep } from '../../src/library/layer-details.js';
import { map } from '../../src/library/map.js';

const simbaMachine: Machinery = { kind: 'template', template: simba };
const network = {
  name: 'few',
  source: 'test',
  unmapped: [],
  layers: [
    makeLayer('conv', { K: 24, C: 16, P: 14, Q: 14, R: 3, S: 3 }),
    makeLayer('wide', { K: 64, C: 96, P: 7, Q: 7 }),
    makeLayer('pooled', { K: 8, C: 8, P: 8, Q: 8, R: 3, S: 3 }, { pool: [2, 2] }),
  ].map((layer, i) => ({ layer, count: i + 1 })),
};
const mappedOn = async (machine: Machinery, layers = network.layers): Promise<Design> =>
  (await map({ ...network, layers }, machine, { timeLimit: 5 })).design;
const close = (x: number, y: number) => expect(x / y).toBeCloseTo(1, 9);

describe('details of layers', () => {
  test('sum to the cost model, part by part', async () => {
    const designs = [
      await mappedOn(simbaMachine),
      // Neither pools nor made from the template.
      await mappedOn({ kind: 'hierarchy', architecture: eyeriss }, network.layers.slice(1, 2)),
    ];
    for (const design of designs) {
      const details = layerDetails(design);
      expect(details.map((d) => d.name)).toEqual(design.layers.map((l) => l.layer.name));
      details.forEach((detail, i) => {
        const { layer, mapping } = design.layers[i]!;
        const a = arrangementFor(design, mapping!)!;
        const e = evaluate(a, layer, mapping!, design.conventions);
        const parts = addParts([energyParts(a, e)], [1]);
        expect(detail.parts.map((p) => p.part)).toEqual(parts.map((p) => p.part));
        for (const part of detail.parts) {
          const sum = part.actions.reduce((n, x) => n + x.count * x.each, 0);
          if (part.energy > 0) close(sum, part.energy);
          for (const { constants } of part.actions) expect(constants.length).toBeGreaterThan(0);
        }
        close(
          detail.parts.reduce((n, p) => n + p.energy, 0),
          e.energy,
        );
        for (const { tiles, max } of detail.memories)
          expect(tiles.reduce((n, t) => n + t.taken, 0)).toBeLessThanOrEqual(max);
      });
    }
  });

  test('have steps that take the cycles of the layer', async () => {
    const design = await mappedOn(simbaMachine);
    layerDetails(design).forEach(({ steps, cycles, runs }, place) => {
      const all = Array.from({ length: steps!.outer }, (_, number) =>
        layerStep(design, place, { number, from: 0, count: steps!.inner }),
      );
      expect(runs * all.reduce((n, s) => n + s!.cycles, 0)).toBe(cycles);
    });
  });

  test('name the constants that an energy moves with', async () => {
    const details = layerDetails(await mappedOn(simbaMachine));
    const of = (part: string) =>
      new Set(
        details
          .flatMap((d) => d.parts.filter((p) => p.part === part).flatMap((p) => p.actions.flatMap((a) => a.constants)))
          .map((c) => c.constant),
      );
    expect([...of('DRAM')]).toEqual(['dramEnergy']);
    expect([...of('wires')]).toContain('wireEnergy');
    expect([...of('MACs')]).toContain('multiplierEnergy');
    expect([...of('collectors')].sort()).toEqual(['latchReadEnergy', 'latchWriteEnergy']);
    expect([...of('MACs')]).not.toContain('dramEnergy');
  });
});
