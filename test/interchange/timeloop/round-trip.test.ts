// Law: what is written for Timeloop reads back the same, and costs the same by Timeloop's rules.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../../src/base/random.js';
import { writeTimeloop } from '../../../src/interchange/timeloop/write.js';
import { timeloopConventions } from '../../../src/model/cost/conventions.js';
import { evaluate } from '../../../src/model/cost/evaluate.js';
import type { Architecture } from '../../../src/model/machine/architecture.js';
import type { Layer } from '../../../src/model/workload/layer.js';
import { makeLayer } from '../../../src/model/workload/layer.js';
import type { Mapping } from '../../../src/model/mapping/mapping.js';
import { mappedBounds } from '../../../src/model/mapping/mapping.js';
import { simba } from '../../../src/model/machine/presets.js';
import { technology16nm } from '../../../src/model/machine/technology.js';
import { lowerTemplate } from '../../../src/model/machine/template.js';
import { space } from '../../../src/search/mapping/point.js';
import type { Task } from '../../../src/search/strategy.js';
import { constrainedTask } from '../../support/constrained.js';
import { smallTask, smallTemplateTask } from '../../support/small.js';
import { must, read } from '../../support/timeloop.js';

/** Any mapping, legal or not: capacity is no question of notation. */
function anyMapping(task: Task, seed: number): Mapping {
  const mappings = space(task, 0);
  return mappings.decode(mappings.random(seeded(seed)));
}

const padded = (layer: Layer, mapping: Mapping): Layer =>
  makeLayer(layer.name, mappedBounds(mapping), {
    stride: [layer.stride.P, layer.stride.Q],
    dilation: [layer.dilation.R, layer.dilation.S],
  });

const shared = (a: Architecture): Architecture => ({
  ...a,
  levels: a.levels.map((l) => ({
    ...l,
    pools: l.pools.slice(0, 1).map((p) => ({ ...p, tensors: ['Weights', 'Inputs', 'Outputs'] as const })),
  })),
});

/**
 * Neither of the two things that a node of two axes cannot say: a dimension of one of them only beside one
 * of both; a dimension along both.
 */
const sayable = (a: Architecture, mapping: Mapping) =>
  a.levels.every(({ axes: [y, x] }, i) => {
    if (!x || !y) return true;
    const both = x.dims.filter((d) => y.dims.includes(d));
    const { spatial } = mapping.levels[i]!;
    return (
      (both.length === 0 || (both.length === x.dims.length && both.length === y.dims.length)) &&
      !spatial.some((s) => spatial.some((t) => s.dim === t.dim && s.axis !== t.axis))
    );
  });
const alongBoth = (mapping: Mapping) =>
  mapping.levels.some(({ spatial }) => spatial.some((s) => spatial.some((t) => s.dim === t.dim && s.axis !== t.axis)));

describe('random small machines, layers and mappings', () => {
  test('read back as they were', () => {
    fc.assert(
      fc.property(smallTask, fc.nat(), (given, seed) => {
        const a = shared(given.architectures[0]!);
        const task = { ...given, architectures: [a] };
        const mapping = anyMapping(task, seed);
        const files = must(writeTimeloop(a, task.layer, mapping, 'law'));
        const back = must(read(files.arch, files.ert, files.problem, files.mapping));
        const { plain } = files;
        expect(back).toEqual({
          architecture: { ...plain.architecture, source: 'Timeloop' },
          layer: padded(task.layer, mapping),
          mapping: plain.mapping,
          notes: [],
        });
        if (sayable(a, mapping)) expect(plain).toMatchObject({ architecture: a, mapping });
        if (!alongBoth(mapping))
          expect(evaluate(back.architecture!, back.layer!, back.mapping!, timeloopConventions)).toEqual(
            evaluate(a, padded(task.layer, mapping), mapping, timeloopConventions),
          );
      }),
      { numRuns: 150 },
    );
  });

  test('and so do constraints that a node can say', () => {
    fc.assert(
      fc.property(constrainedTask, fc.nat(), (task, seed) => {
        const mapping = anyMapping(task, seed);
        const given = shared(task.architectures[0]!);
        const a = {
          ...given,
          levels: given.levels.map(({ factors = [], ...l }) => {
            // A factor of 1 says which dimensions have none; in the file time comes first.
            const kept = factors
              .filter((r) => r.value > 1)
              .sort((x, y) => Math.min(x.axes.length, 1) - Math.min(y.axes.length, 1));
            return { ...l, ...(kept.length > 0 && { factors: kept }) };
          }),
        };
        const { arch, ert, constraints, plain } = must(writeTimeloop(a, task.layer, mapping, 'law'));
        const back = must(read(arch, ert, ...(constraints === undefined ? [] : [constraints])));
        const inAnyOrder = (x: Architecture) =>
          x.levels.map((l) => ({ ...l, factors: (l.factors ?? []).map((r) => ({ ...r, axes: [...r.axes].sort() })) }));
        expect(inAnyOrder(back.architecture!)).toEqual(inAnyOrder(plain.architecture));
        const rules = (x: Architecture) => x.levels.reduce((n, l) => n + (l.factors ?? []).length, 0);
        expect(/no constraint of one node says/.test(arch)).toBe(rules(plain.architecture) < rules(a));
      }),
      { numRuns: 100 },
    );
  });

  test('cost the same where tensors have memories of their own', () => {
    fc.assert(
      fc.property(smallTask, fc.nat(), (task, seed) => {
        const a = task.architectures[0]!;
        const mapping = anyMapping(task, seed);
        const files = must(writeTimeloop(a, task.layer, mapping, 'law'));
        const back = must(read(files.arch, files.ert, files.problem, files.mapping));
        const [got, want] = [
          evaluate(back.architecture!, back.layer!, back.mapping!, timeloopConventions),
          evaluate(a, padded(task.layer, mapping), mapping, timeloopConventions),
        ];
        if (!alongBoth(mapping)) expect(got.energy).toBeCloseTo(want.energy, 6);
        else expect(got.energy).toBeGreaterThan(want.energy * (1 - 1e-9));
        expect(got.compute).toEqual(want.compute);
      }),
      { numRuns: 100 },
    );
  });
});

describe('machines of the template', () => {
  test('are read as what the writer says that they become', () => {
    fc.assert(
      fc.property(smallTemplateTask, fc.nat(), (task, seed) => {
        const mapping = anyMapping(task, seed);
        const { plain, ...files } = must(writeTimeloop(task.architectures[0]!, task.layer, mapping, 'law'));
        const back = must(read(files.arch, files.ert, files.problem, files.mapping));
        const [got, want] = [
          evaluate(back.architecture!, back.layer!, back.mapping!, timeloopConventions),
          evaluate(plain.architecture, plain.layer, plain.mapping, timeloopConventions),
        ];
        expect(got.levels.map((l) => l.dataspaces)).toEqual(want.levels.map((l) => l.dataspaces));
        expect([got.energy, got.cycles]).toEqual([want.energy, want.cycles]);
      }),
      { numRuns: 50 },
    );
  });

  test('keep their energies but those of wires', () => {
    const a = lowerTemplate(simba, technology16nm)[0]!;
    const layer = makeLayer('conv', { K: 64, C: 64, P: 8, Q: 8, R: 3, S: 3 });
    const task: Task = {
      architectures: [a],
      layer,
      padding: false,
      conventions: timeloopConventions,
      goal: { objective: 'energy', limits: {} },
    };
    const mapping = anyMapping(task, 7);
    const { plain } = must(writeTimeloop(a, layer, mapping, 'simba'));
    const [got, want] = [
      evaluate(plain.architecture, layer, plain.mapping, timeloopConventions),
      evaluate(a, layer, mapping, timeloopConventions),
    ];
    // Collectors of index tuples count otherwise; everything else is the same table.
    const sum = (e: typeof want, tensor: 'Weights' | 'Outputs') =>
      e.levels.reduce((n, l) => n + (l.dataspaces[tensor]?.energy ?? 0), 0);
    for (const tensor of ['Weights', 'Outputs'] as const)
      expect(sum(got, tensor) / sum(want, tensor)).toBeCloseTo(1, 9);
  });
});
