// Machines that are too small for many a layer: levels that loop over few dimensions, tiny memories, pools, few biases.

import fc from 'fast-check';
import { bits } from '../../src/base/units.js';
import type { Architecture, Level } from '../../src/model/machine/architecture.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import type { Dimension } from '../../src/model/workload/layer.js';
import { dimensions, makeLayer } from '../../src/model/workload/layer.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Task } from '../../src/search/strategy.js';
import type { Behind } from './small.js';
import { smallArchitecture, smallLayer, smallTemplate } from './small.js';

/** What the outermost level cannot loop over lies in the tiles of others. */
const few = fc.subarray<Dimension>([...dimensions], { maxLength: 4 });
const some = fc.oneof(fc.constant([...dimensions]), fc.subarray<Dimension>([...dimensions], { minLength: 2 }));

const tightArchitecture = fc
  .tuple(
    smallArchitecture,
    few,
    fc.array(
      fc.record({
        temporal: some,
        words: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 11),
        holds: fc.boolean(),
        buffers: fc.constantFrom<1 | 2>(1, 1, 2),
      }),
      { minLength: 3, maxLength: 3 },
    ),
  )
  .map(([a, outermost, more]): Architecture => ({
    ...a,
    levels: a.levels.map((level, i): Level => {
      const { temporal, words, holds, buffers } = more[i]!;
      if (i === 0) return { ...level, temporal: outermost };
      return {
        ...level,
        temporal,
        buffers,
        holdsSums: holds && level.keeps.includes('Outputs'),
        pools: level.pools.map((p) => ({ ...p, bits: bits(words * p.tensors.length * buffers * 8) })),
      };
    }),
  }));

export const tightTask = fc
  .record({
    a: tightArchitecture,
    layer: smallLayer,
    padding: fc.boolean(),
    conventions: fc.constantFrom(magnetConventions, timeloopConventions),
  })
  .map(({ a, layer, padding, conventions }): Task => ({
    architectures: [a],
    layer,
    padding,
    conventions,
    goal: { objective: 'energy', limits: {} },
  }));

export const tightTemplateTask = fc
  .record({
    t: smallTemplate,
    accumLines: fc.constantFrom(1, 2, 3, 4),
    biasLines: fc.constantFrom(1, 2, 4),
    globalLines: fc.constantFrom(1, 2, 4),
    padding: fc.boolean(),
    behind: fc.constantFrom<Behind>(
      {},
      { residual: true, weightBits: 4 },
      { pool: [2, 1] },
      { pool: [2, 2] },
      { pool: [1, 3] },
    ),
    bounds: fc.record({
      K: fc.constantFrom(1, 2, 3, 4),
      C: fc.constantFrom(1, 2, 3),
      P: fc.constantFrom(1, 2, 4, 5),
      Q: fc.constantFrom(1, 1, 3),
      R: fc.constantFrom(1, 1, 2, 3),
    }),
    stride: fc.constantFrom(1, 2),
  })
  .map(({ t, accumLines, biasLines, globalLines, padding, behind, bounds, stride }): Task => ({
    architectures: lowerTemplate(
      {
        ...t,
        biasLines,
        accumBuffer: bits(accumLines * t.numLanes * 24),
        globalBuffer: bits(t.globalBanks * globalLines * Math.max(t.vectorSize, t.numLanes) * 8),
      },
      technology16nm,
    ),
    layer: makeLayer('tight', bounds, { stride: [stride, 1], ...behind }),
    padding,
    conventions: magnetConventions,
    goal: { objective: 'energy', limits: {} },
  }));
