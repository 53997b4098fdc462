// Design spaces that are built in, each with where its ranges come from.

import { doublings } from '../../base/integers.js';
import { kibibytes } from '../../base/units.js';
import { linePaths } from '../machine/global-ports.js';
import type { DesignSpace } from './design-space.js';

const kilobytes = (from: number, to: number) => doublings(from, to).map(kibibytes);

const common = {
  weightPrecision: [8],
  inputPrecision: [8],
  accumPrecision: [],
  globalBanks: [16],
  biasLines: [1024],
  clock: [1000],
  weightChannel: [linePaths.weightChannel],
  inputChannel: [linePaths.inputChannel],
  outputChannel: [linePaths.outputChannel],
  dramBandwidth: [linePaths.dramBandwidth],
  dramLatency: [linePaths.dramLatency],
  globalReadPort: [linePaths.globalReadPort],
  globalWritePort: [linePaths.globalWritePort],
  residency: [0],
  packedWeights: [1],
  splitMultipliers: [0],
} as const;

/** AlexNet's 4096 outputs are just 1024 lines of biases on the fewest lanes. */
const magnet16nm: DesignSpace = {
  name: 'magnet-16nm',
  source:
    'template and ranges after MAGNet, ICCAD 2019; powers of two, at most 64 PEs, 16 global banks, ' +
    'the bias memory and 1 GHz are chosen here',
  menus: {
    ...common,
    vectorSize: doublings(4, 64),
    numLanes: doublings(4, 64),
    rows: doublings(1, 64),
    columns: doublings(1, 64),
    weightBuffer: kilobytes(2, 512),
    inputBuffer: kilobytes(1, 64),
    accumBuffer: kilobytes(0.25, 16),
    globalBuffer: kilobytes(16, 4096),
    weightCollector: doublings(1, 32),
    inputCollector: doublings(1, 32),
    accumCollector: doublings(1, 32),
  },
  maxPes: 64,
  overflowFree: true,
};

const magnetQuick: DesignSpace = {
  name: 'magnet-quick',
  source: 'chosen here: the middle of magnet-16nm, around the preset magnet, small enough to be decided in one sitting',
  menus: {
    ...common,
    vectorSize: doublings(16, 64),
    numLanes: doublings(8, 32),
    rows: doublings(1, 4),
    columns: doublings(1, 4),
    weightBuffer: kilobytes(32, 128),
    inputBuffer: kilobytes(8, 32),
    accumBuffer: kilobytes(2, 8),
    globalBuffer: kilobytes(128, 1024),
    weightCollector: [1],
    inputCollector: [1],
    accumCollector: [1, 16],
  },
  maxPes: 16,
  overflowFree: true,
};

const magnetSmall: DesignSpace = {
  name: 'magnet-small',
  source: 'chosen here: a few hundred small machines, for first looks and tests',
  menus: {
    ...common,
    vectorSize: [8, 16],
    numLanes: [8, 16],
    rows: doublings(1, 4),
    columns: doublings(1, 4),
    weightBuffer: kilobytes(16, 32),
    inputBuffer: kilobytes(4, 8),
    accumBuffer: kilobytes(1, 2),
    globalBuffer: kilobytes(32, 64),
    weightCollector: [1],
    inputCollector: [1],
    accumCollector: [1, 8],
  },
  maxPes: 4,
  overflowFree: true,
};

/**
 * The design spaces that the command line knows by name, the largest first; networks decide the width of their sums
 * (`forNetworks`).
 */
export const spaces: readonly DesignSpace[] = [magnet16nm, magnetQuick, magnetSmall];
