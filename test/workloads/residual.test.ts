// Whether a layer has a residual: as tables and files say it, and what it costs beside the same layer without.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dramChannels } from '../../src/model/machine/dram-channels.js';
import { globalPorts } from '../../src/model/machine/global-ports.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import type { Evaluation } from '../../src/model/cost/evaluate.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { isRelevant, makeLayer, printShape, shapeKey } from '../../src/model/workload/layer.js';
import { seeded } from '../../src/base/random.js';
import { shape, shapeFile } from '../../src/interchange/layer-shape.js';
import { parseLayerTable } from '../../src/workloads/layer-table.js';
import { randomCase, randomTemplate } from '../support/machines.js';
import { smallTask } from '../support/small.js';
import { space } from '../../src/search/mapping/point.js';

test('a table says residual: yes, and layers that differ in it are two', () => {
  const read = parseLayerTable(
    [
      { K: 8, C: 16, P: 7, Q: 7, residual: 'yes' },
      { K: 8, C: 16, P: 7, Q: 7, residual: true },
      { K: 8, C: 16, P: 7, Q: 7 },
      { K: 8, C: 16, P: 7, Q: 7, residual: 'no' },
    ],
    'table',
  );
  expect(read.ok && read.value[0]!.layers.map((l) => [l.count, l.layer.residual])).toEqual([
    [2, true],
    [2, undefined],
  ]);
  const [layer] = read.ok ? read.value[0]!.layers : [];
  expect(printShape(layer!.layer)).toBe('1x1 16->8 7x7 residual');
  expect(shape.parse(shapeFile(layer!.layer))).toEqual(shapeFile(layer!.layer));
});

test('what is neither yes nor no, and a pool beside a residual, are refused', () => {
  const messages = (entry: Readonly<Record<string, unknown>>) => {
    const read = parseLayerTable([entry], 'table');
    return read.ok ? [] : read.diagnostics.map((d) => d.message);
  };
  expect(messages({ K: 4, residual: 3 })).toEqual([
    'is 3; expected yes or no: whether a tensor of the shape of the outputs comes in behind the sums',
  ]);
  expect(messages({ K: 4, P: 2, Q: 2, pool: 2, residual: 'yes' })).toEqual([
    'does not go with a pool: no pool stands behind a layer with a residual. Leave one of the two out',
  ]);
  const twice = { ...shapeFile(makeLayer('pooled', { P: 2, Q: 2 }, { pool: [2, 2] })), residual: true };
  expect(shape.safeParse(twice).success).toBe(false);
});

/** The layer without a residual, and with one. */
const both = ({ residual: _, ...layer }: Layer): readonly [Layer, Layer] => [layer, { ...layer, residual: true }];

test('costs a read for each padded output, and a longer drain, and nothing else', () => {
  const chance = seeded(3);
  let padded = 0;
  for (let i = 0; i < 60; i++) {
    const template = randomTemplate(i);
    const { architecture: a, layer, mapping } = randomCase(template, chance);
    if (layer.pool) continue;
    const [{ residuals }, { write }] = [dramChannels(template), globalPorts(template)];
    const [without, within] = both(layer);
    expect(shapeKey(within)).not.toBe(shapeKey(without));
    for (const conventions of [magnetConventions, timeloopConventions]) {
      const [e, f] = [evaluate(a, without, mapping, conventions), evaluate(a, within, mapping, conventions)];
      const [was, is] = [outputsOf(e), outputsOf(f)];
      expect(is.reads - was.reads).toBe(was.updates);
      expect({ ...is, reads: 0, accesses: 0, energy: 0 }).toEqual({ ...was, reads: 0, accesses: 0, energy: 0 });
      expect(f.levels.slice(1)).toEqual(e.levels.slice(1));
      const [before, drain] = [e, f].map((x) => x.tiles!.engines.drain);
      // A request and the answer of DRAM before the first line, its beats beyond those that the port has for it anyway, and
      // the port's for the last line beyond its first.
      const lines = before!.beats / write.beats;
      const perRun = template.dramLatency + write.beats + lines * (residuals.beats - write.beats);
      expect(drain!.cycles - before!.cycles).toBe(perRun * drain!.runs);
      expect(f.cycles).toBeGreaterThanOrEqual(e.cycles);
      const { N, G, K, P, Q } = layer.bounds;
      if (was.updates > N * G * K * P * Q) padded++;
    }
  }
  expect(padded).toBeGreaterThan(0);
});

const outputsOf = (e: Evaluation) => e.levels[0]!.dataspaces.Outputs!;

test('machines without tiles read it from their outermost level too', () => {
  let seen = 0;
  for (const task of fc.sample(smallTask, { seed: 5, numRuns: 40 })) {
    const mappings = space(task, 0);
    const point = mappings.random(seeded(1));
    const found = mappings.judge(point);
    if (!found) continue;
    const [without, within] = both(task.layer).map((layer) =>
      outputsOf(evaluate(task.architectures[0]!, layer, found.mapping, task.conventions)),
    );
    const loops = found.mapping.levels.flatMap((l) => [...l.temporal, ...l.spatial]);
    const outputs = loops.reduce((n, l) => (isRelevant('Outputs', l.dim) ? n * l.factor : n), 1);
    expect(within!.reads - without!.reads).toBe(outputs);
    seen++;
  }
  expect(seen).toBeGreaterThan(10);
});
