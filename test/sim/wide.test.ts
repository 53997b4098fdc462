// Machines with more than 32 lanes or positions of a vector: masks of what is in use do not fit a word.

import { expect, test } from 'vitest';
import { designOf, mapped } from '../../benchmarks/rtl/designs.js';
import { simba4 } from '../../benchmarks/rtl/machines.js';
import { agreement } from '../../benchmarks/rtl/report.js';
import { kibibytes } from '../../src/base/units.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simulateLayer } from '../../src/sim/simulate.js';
import { inLong } from '../support/cases.js';

test.each([[64, 8, 64, 8], [8, 64, 8, 64], inLong([60, 40, 54, 36], [36, 34, 33, 33])])(
  'vectors of %i and %i lanes, of which %i and %i are used: as the model says',
  async (vectorSize, numLanes, C, K) => {
    const template = {
      ...simba4,
      name: 'wide',
      vectorSize,
      numLanes,
      rows: 1,
      columns: 1,
      weightBuffer: kibibytes(120),
      inputBuffer: kibibytes(15),
      accumBuffer: kibibytes(15),
      globalBuffer: kibibytes(240),
    };
    const { layer } = await mapped(template, { layer: makeLayer('wide', { K, C, P: 4, Q: 4 }), count: 1 }, 20);
    const result = await simulateLayer(
      { design: designOf(template, 'wide', [layer]), layer: 0, engine: 'wasm', seed: 1, stalls: 0 },
      () => {},
    );
    const { counters, ...rest } = agreement(result);
    expect(rest).toEqual({ cyclesEqual: true, mismatches: 0 });
    expect(counters.equal).toBe(counters.all);
  },
  120_000,
);
