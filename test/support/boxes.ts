// Small design spaces of one shape, and layers for them: every size with a few values, collectors from 1 to 8 entries, DRAM and
// ports of the global buffer as fast as all channels or so slow that they bind.

import fc from 'fast-check';
import type { Places } from '../../src/enumerate/columns.js';
import { perSize } from '../../src/enumerate/columns.js';
import { shapeCosts } from '../../src/enumerate/item-costs.js';
import type { ShapeCosts } from '../../src/enumerate/item-costs.js';
import type { Box } from '../../src/enumerate/item.js';
import type { DesignPoint, DesignSpace, Parameter } from '../../src/model/space/design-space.js';
import { parameters, shapesOf } from '../../src/model/space/design-space.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { unlimited } from '../../src/model/machine/line-path.js';
import { simba } from '../../src/model/machine/presets.js';
import { channelsBy } from './small.js';
import type { Technology } from '../../src/model/machine/technology.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Behind } from './small.js';
import { splitIfNarrow } from './small.js';

/** DRAM little dearer than a small memory, and wires dear: sizes then matter also where tiles are few. */
export const near: Technology = {
  ...technology16nm,
  constants: {
    ...technology16nm.constants,
    dramEnergy: { value: 60, source: 'test' },
    sramFloor: { value: 0.1, source: 'test' },
    wireEnergy: { value: 400, source: 'test' },
  },
};

const some = (...values: readonly number[]) => fc.subarray([...values], { minLength: 1, maxLength: 2 });

export const smallBox: fc.Arbitrary<DesignSpace> = fc
  .record({
    vectorSize: fc.constantFrom(1, 2, 3, 4),
    numLanes: fc.constantFrom(1, 2, 3),
    rows: fc.constantFrom(1, 2, 3),
    columns: fc.constantFrom(1, 2, 3),
    weightLines: some(1, 2, 3, 8, 64),
    inputLines: some(1, 2, 3, 8, 64),
    accumLines: some(1, 2, 5, 8, 64),
    bankLines: some(1, 3, 8, 40, 500),
    weightCollector: some(1, 2, 4, 8),
    inputCollector: some(1, 2, 3, 8),
    accumCollector: some(1, 2, 4, 8),
    globalBanks: fc.constantFrom(4, 5, 6, 8),
    biasLines: fc.constantFrom(4, 16, 1024, 1024),
    dramBandwidth: fc.constantFrom(unlimited.bandwidth, unlimited.bandwidth, 4, 1),
    globalReadPort: fc.constantFrom(unlimited.channel, unlimited.channel, 8),
    globalWritePort: fc.constantFrom(unlimited.channel, unlimited.channel, 8),
  })
  .map(
    ({
      weightLines,
      inputLines,
      accumLines,
      bankLines,
      weightCollector,
      inputCollector,
      accumCollector,
      ...shape
    }): DesignSpace => {
      const { vectorSize, numLanes, globalBanks } = shape;
      const few = [weightLines, inputLines, accumLines, bankLines].map((lines) => lines.reduce((n, m) => n + m));
      const channels = channelsBy(few.reduce((n, lines, i) => n + (2 * i + 1) * lines, 0));
      const one = { ...simba, ...channels, ...shape } as Record<Parameter, number>;
      return {
        name: 'box',
        source: 'random',
        maxPes: 16,
        overflowFree: false,
        menus: {
          ...(Object.fromEntries(parameters.map((p) => [p, [one[p]]])) as unknown as DesignSpace['menus']),
          weightBuffer: weightLines.map((n) => 2 * n * numLanes * vectorSize * 8),
          inputBuffer: inputLines.map((n) => 2 * n * vectorSize * 8),
          accumBuffer: accumLines.map((n) => n * numLanes * 24),
          globalBuffer: bankLines.map((n) => globalBanks * n * Math.max(vectorSize, numLanes) * 8),
          weightCollector,
          inputCollector,
          accumCollector,
        },
      };
    },
  );

export const boxLayer: fc.Arbitrary<Layer> = fc
  .record({
    bounds: fc.record({
      N: fc.constantFrom(1, 1, 1, 2),
      G: fc.constantFrom(1, 1, 1, 2, 4),
      K: fc.constantFrom(1, 2, 5, 6, 8),
      C: fc.constantFrom(1, 2, 5, 6, 8),
      P: fc.constantFrom(1, 2, 4, 5, 6),
      Q: fc.constantFrom(1, 1, 2, 4),
      R: fc.constantFrom(1, 1, 2, 3),
      S: fc.constantFrom(1, 1, 3),
    }),
    stride: fc.constantFrom(1, 1, 2, 3),
    dilation: fc.constantFrom(1, 1, 2),
    behind: fc.constantFrom<Behind>(
      {},
      { weightBits: 4 },
      { residual: true },
      { pool: [2, 1] },
      { pool: [2, 2], weightBits: 3, inputBits: 4 },
    ),
  })
  .map(({ bounds, stride, dilation, behind }) =>
    splitIfNarrow(makeLayer('boxed', bounds, { stride: [stride, stride], dilation: [dilation, 1], ...behind })),
  );

/** Layers of two or three dimensions: everything is looked at. */
export const tinyLayer = fc
  .record({
    bounds: fc.oneof(
      fc.record({ K: fc.constantFrom(1, 2, 3, 4), P: fc.constantFrom(1, 2, 3, 5), R: fc.constantFrom(1, 2, 3) }),
      fc.record({ G: fc.constantFrom(2, 3), P: fc.constantFrom(2, 3, 5), R: fc.constantFrom(1, 2) }),
      fc.record({ G: fc.constantFrom(2, 4), K: fc.constantFrom(2, 3), C: fc.constantFrom(1, 2) }),
      fc.record({ N: fc.constantFrom(1, 2), Q: fc.constantFrom(2, 3, 5), C: fc.constantFrom(2, 3) }),
      fc.record({ C: fc.constantFrom(1, 2, 4), K: fc.constantFrom(1, 2, 4), Q: fc.constantFrom(1, 2, 3) }),
      fc.record({ P: fc.constantFrom(2, 4), Q: fc.constantFrom(2), C: fc.constantFrom(1, 2) }),
    ),
    stride: fc.constantFrom(1, 1, 2, 3),
    dilation: fc.constantFrom(1, 1, 2),
    behind: fc.constantFrom<Behind>(
      {},
      { weightBits: 4 },
      { residual: true },
      { pool: [2, 1] },
      { pool: [2, 2], weightBits: 3, inputBits: 4 },
    ),
  })
  .map(({ bounds, stride, dilation, behind }) =>
    splitIfNarrow(makeLayer('tiny', bounds, { stride: [stride, stride], dilation: [dilation, 1], ...behind })),
  );

export const someWeights = fc.constantFrom(
  { both: 1, energy: 0, cycles: 0 },
  { both: 1, energy: 0, cycles: 0 },
  { both: 0, energy: 1, cycles: 0 },
  { both: 0, energy: 0, cycles: 1 },
  { both: 0.5, energy: 300, cycles: 2000 },
);

export interface Shaped {
  readonly space: DesignSpace;
  readonly shape: DesignPoint;
  readonly costs: ShapeCosts;
  readonly whole: Box;
  readonly at: (places: Places) => DesignPoint;
}

export function shaped(space: DesignSpace, technology: Technology): Shaped | undefined {
  const [shape] = shapesOf(space);
  const costs = shape && shapeCosts(space, shape, technology);
  if (!costs) return undefined;
  return {
    space,
    shape,
    costs,
    whole: { low: perSize(() => 0), high: perSize((size) => costs.menus[size].length - 1) },
    at: (places) => ({ ...shape, ...perSize((size) => costs.menus[size][places[size]]!) }),
  };
}
