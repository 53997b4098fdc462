// Design spaces for laws: small enough to look at every point, and odd enough to hold points that are no machines.

import fc from 'fast-check';
import type { DesignPoint, DesignSpace, Parameter } from '../../src/model/space/design-space.js';
import { parameters } from '../../src/model/space/design-space.js';
import { unlimited } from '../../src/model/machine/line-path.js';
import { kibibytes } from '../../src/base/units.js';

const some = (...values: readonly number[]) => fc.subarray([...values], { minLength: 1 });
/** The large value fits any shape but the largest, the small one few. */
const sizes = (small: number, large: number) => fc.constantFrom([large], [large], [small, large], [small]);

/** Of at most 9,216 points. Some shapes are too large for some buffers, or have sums too narrow for some operands. */
export const smallSpace: fc.Arbitrary<DesignSpace> = fc.record({
  name: fc.constant('small'),
  source: fc.constant('random'),
  menus: fc.record<Record<Parameter, readonly number[]>>({
    vectorSize: some(1, 24, 4096),
    numLanes: some(3, 2048),
    rows: some(1, 3),
    columns: some(2, 4),
    weightPrecision: some(4, 11),
    inputPrecision: fc.constant([8]),
    accumPrecision: some(13, 19, 24),
    globalBanks: fc.constantFrom([4], [6]),
    biasLines: fc.constant([9]),
    clock: fc.constantFrom([500], [1000]),
    weightBuffer: sizes(64, 2 ** 24),
    inputBuffer: sizes(100, kibibytes(64)),
    accumBuffer: sizes(39, 40_000),
    globalBuffer: sizes(97, kibibytes(32)),
    weightCollector: fc.constantFrom([1], [1, 4]),
    inputCollector: fc.constant([1]),
    accumCollector: fc.constant([2]),
    weightChannel: fc.constantFrom([unlimited.channel], [64], [16, 64]),
    inputChannel: fc.constantFrom([unlimited.channel], [40]),
    outputChannel: fc.constant([unlimited.channel]),
    dramBandwidth: fc.constantFrom([unlimited.bandwidth], [20]),
    dramLatency: fc.constantFrom([1], [30]),
    globalReadPort: fc.constant([unlimited.channel]),
    globalWritePort: fc.constant([24]),
    residency: fc.constant([0]),
    packedWeights: fc.constantFrom([1], [2], [1, 2]),
    splitMultipliers: fc.constantFrom([0], [0], [1]),
  }),
  maxPes: fc.constantFrom(4, 6, 12, 12),
  overflowFree: fc.constant(false),
});

/** Every combination of values, machines or not. */
export function pointsOf({ menus }: DesignSpace): readonly DesignPoint[] {
  let points: readonly Partial<DesignPoint>[] = [{}];
  for (const name of parameters) points = points.flatMap((p) => menus[name].map((v) => ({ ...p, [name]: v })));
  return points as readonly DesignPoint[];
}
