// Small random machines and layers for laws that are checked by looking at everything.

import fc from 'fast-check';
import { picojoules, bits, megahertz } from '../../src/base/units.js';
import type { Architecture, Axis, Level } from '../../src/model/machine/architecture.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { objectives } from '../../src/model/cost/goal.js';
import type { Dimension, Layer, Tensor } from '../../src/model/workload/layer.js';
import { dimensions, makeLayer, tensors } from '../../src/model/workload/layer.js';
import { split } from '../../src/model/workload/split.js';
import { unlimited } from '../../src/model/machine/line-path.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Template } from '../../src/model/machine/template.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { simba } from '../../src/model/machine/presets.js';
import type { Task } from '../../src/search/strategy.js';

const energy = fc.constantFrom(0.25, 1, 3, 7.5);
const subset = fc.subarray([...tensors], { minLength: 1 });
const axis = (name: string) =>
  fc
    .record({
      size: fc.constantFrom(2, 3, 4, 6),
      dims: fc.oneof(fc.constant([...dimensions]), fc.subarray([...dimensions], { minLength: 2 })),
    })
    .map(({ size, dims }): Axis => ({ name, label: name.slice(-1), size, dims: dims as Dimension[] }));

interface Shape {
  words: number | null;
  keeps: Tensor[];
  e: [number, number, number];
  port: number | null;
  axes: Axis[];
  separate: boolean;
}

const level = (index: number, count: number) =>
  fc.record<Shape>({
    words: index === 0 ? fc.constant(null) : fc.constantFrom(4, 6, 9, 16, 40, 100),
    keeps: index === 0 ? fc.constant([...tensors]) : subset,
    e: fc.tuple(energy, energy, energy),
    port: fc.constantFrom(null, null, 1),
    axes: fc.oneof(
      fc.constant<Axis[]>([]),
      axis(`L${index}.X`).map((x) => [x]),
      fc.tuple(axis(`L${index}.Y`), axis(`L${index}.X`)).map((xs) => (count === 2 ? xs : xs.slice(0, 1))),
    ),
    separate: fc.boolean(),
  });

const toLevel = (s: Shape, index: number): Level => {
  const scale = [64, 6, 1][index] ?? 1;
  const storage = {
    wordBits: 8,
    blockSize: 1,
    access: [],
    line: [],
    lineWords: 1,
    tuples: false,
    linkEnergy: picojoules(0),
    energy: { read: picojoules(s.e[0] * scale), fill: picojoules(s.e[1] * scale), update: picojoules(s.e[2] * scale) },
  };
  const size = s.words === null ? null : bits(s.words * 8);
  return {
    name: `L${index}`,
    role: 'memory',
    stores: { Weights: storage, Inputs: storage, Outputs: storage },
    keeps: s.keeps,
    pools: s.separate ? tensors.map((t) => ({ tensors: [t], bits: size })) : [{ tensors, bits: size }],
    buffers: 1,
    bandwidth: { read: s.port === null ? null : s.port * 8, write: s.port === null ? null : s.port * 8, total: null },
    temporal: dimensions,
    axes: s.axes,
    holdsSums: false,
  };
};

export const smallArchitecture = fc.constantFrom(2, 3).chain((count) =>
  fc.tuple(...Array.from({ length: count }, (_, i) => level(i, count))).map((shapes): Architecture => ({
    name: 'small',
    source: 'random',
    levels: shapes.map(toLevel),
    compute: { name: 'MAC', energy: picojoules(0.5) },
    staticEnergy: picojoules(0),
    clock: megahertz(1000),
    area: [],
  })),
);

export const smallLayer = fc
  .record({
    K: fc.constantFrom(1, 2, 3, 4),
    C: fc.constantFrom(1, 2, 3, 4),
    P: fc.constantFrom(1, 2, 3, 4, 5, 6),
    Q: fc.constantFrom(1, 1, 2, 4),
    R: fc.constantFrom(1, 2, 3, 3, 4),
    S: fc.constantFrom(1, 1, 2),
    N: fc.constantFrom(1, 1, 2),
    G: fc.constantFrom(1, 1, 1, 2),
    stride: fc.constantFrom(1, 1, 2, 3),
    dilation: fc.constantFrom(1, 1, 2),
  })
  .map(({ stride, dilation, ...bounds }) =>
    makeLayer('small', bounds, {
      stride: [stride, 1],
      dilation: [dilation, 1],
      residual: (bounds.K + bounds.P) % 3 === 0,
    }),
  );

export const smallTask = fc
  .record({
    a: smallArchitecture,
    layer: smallLayer,
    padding: fc.boolean(),
    conventions: fc.constantFrom(magnetConventions, timeloopConventions),
    objective: fc.constantFrom(...objectives),
  })
  .map(({ a, layer, padding, conventions, objective }): Task => ({
    architectures: [a],
    layer,
    padding,
    conventions,
    goal: { objective, limits: {} },
  }));

/** Channels and ports of half the machines narrower than a line, by a number that many of them share: no draw of its own. */
export const channelsBy = (n: number) => {
  const width = (place: number, ...narrow: readonly number[]) =>
    [unlimited.channel, unlimited.channel, ...narrow][Math.floor(n / place) % (2 + narrow.length)]!;
  return {
    weightChannel: width(1, 3, 8),
    inputChannel: width(4, 2, 7),
    outputChannel: width(2, 3),
    dramLatency: [1, 1, 2, 20][n % 4]!,
    globalReadPort: width(3, 5),
    globalWritePort: width(5, 2, 6),
    packedWeights: [1, 2, 2][n % 3]!,
    splitMultipliers: Math.floor(n / 3) % 2,
  };
};

/** Tiny instances of the template: collectors of any depth, buffers of a few lines. */
export const smallTemplate = fc
  .record({
    vectorSize: fc.constantFrom(1, 2, 3),
    numLanes: fc.constantFrom(1, 2),
    rows: fc.constantFrom(1, 2),
    columns: fc.constantFrom(1, 2, 3),
    weightLines: fc.constantFrom(2, 3, 8),
    inputLines: fc.constantFrom(2, 3, 8),
    accumLines: fc.constantFrom(1, 2, 8),
    weightCollector: fc.constantFrom(1, 1, 2),
    inputCollector: fc.constantFrom(1, 1, 2),
    accumCollector: fc.constantFrom(1, 2, 4),
    bankLines: fc.constantFrom(1, 3, 8, 40),
    globalBanks: fc.constantFrom(4, 6),
    biasLines: fc.constantFrom(2, 4, 1024),
  })
  .map(({ weightLines, inputLines, accumLines, bankLines, ...t }): Template => ({
    ...simba,
    ...channelsBy(weightLines + 3 * inputLines + 5 * accumLines + 7 * bankLines),
    ...t,
    name: 'small',
    weightBuffer: bits(2 * weightLines * t.numLanes * t.vectorSize * 8),
    inputBuffer: bits(2 * inputLines * t.vectorSize * 8),
    accumBuffer: bits(accumLines * t.numLanes * 24),
    globalBuffer: bits(t.globalBanks * bankLines * Math.max(t.vectorSize, t.numLanes) * 8),
  }));

/** Layers of two or three dimensions: a template has many slots, and everything is enumerated. */
const tinyLayer = fc
  .record({
    K: fc.constantFrom(1, 2, 3, 4),
    C: fc.constantFrom(1, 2, 3),
    P: fc.constantFrom(1, 2, 3, 5),
    R: fc.constantFrom(1, 1, 2, 3),
    G: fc.constantFrom(1, 1, 2),
    stride: fc.constantFrom(1, 1, 2),
    dilation: fc.constantFrom(1, 1, 2),
  })
  .map(({ stride, dilation, ...bounds }) =>
    makeLayer('tiny', bounds, {
      stride: [stride, 1],
      dilation: [dilation, 1],
      weightBits: bounds.K % 2 === 0 ? 4 : undefined,
      inputBits: bounds.P > 1 ? 4 : undefined,
    }),
  );

/** What may stand behind a layer, and the bits of its weights. */
export type Behind = Pick<
  NonNullable<Parameters<typeof makeLayer>[2]>,
  'pool' | 'residual' | 'weightBits' | 'inputBits'
>;

/** A layer whose words are all known to be narrow stands for what it is rewritten to. */
export const splitIfNarrow = (layer: Layer): Layer =>
  layer.weightBits !== undefined && layer.inputBits !== undefined ? split(layer) : layer;

/** A template and a layer for random legal mappings with many tiles: buffers of any size, all dimensions, pooling. */
export const tiledTask = fc
  .record({
    t: smallTemplate,
    roomy: fc.boolean(),
    objective: fc.constantFrom(...objectives),
    bounds: fc.record({
      N: fc.constantFrom(1, 1, 2),
      G: fc.constantFrom(1, 1, 2, 4),
      K: fc.constantFrom(1, 2, 6, 8),
      C: fc.constantFrom(1, 2, 6, 8),
      P: fc.constantFrom(1, 2, 4, 6),
      Q: fc.constantFrom(1, 1, 2, 4),
      R: fc.constantFrom(1, 1, 2, 3),
      S: fc.constantFrom(1, 1, 3),
    }),
    stride: fc.constantFrom(1, 1, 2),
    dilation: fc.constantFrom(1, 1, 2),
    behind: fc.constantFrom<Behind>(
      { weightBits: 4 },
      { residual: true, weightBits: 4, inputBits: 4 },
      { pool: [2, 1], weightBits: 2 },
      { pool: [2, 2] },
    ),
  })
  .map(({ t, roomy, bounds, stride, dilation, behind, objective }): Task => {
    const big = {
      weightBuffer: bits(64 * t.weightBuffer),
      inputBuffer: bits(64 * t.inputBuffer),
      accumBuffer: bits(64 * t.accumBuffer),
      globalBuffer: bits(64 * t.globalBuffer),
    };
    const rows = 2 * t.rows - 1;
    return {
      architectures: lowerTemplate({ ...t, rows, ...(roomy && big) }, technology16nm),
      padding: true,
      conventions: magnetConventions,
      goal: { objective, limits: {} },
      layer: splitIfNarrow(
        makeLayer('tiled', bounds, { stride: [stride, stride], dilation: [dilation, 1], ...behind }),
      ),
    };
  });

export const smallTemplateTask = fc
  .record({ t: smallTemplate, layer: tinyLayer, padding: fc.boolean(), objective: fc.constantFrom(...objectives) })
  .map(({ t, layer, padding, objective }): Task => ({
    architectures: lowerTemplate(t, technology16nm),
    layer,
    padding,
    conventions: magnetConventions,
    goal: { objective, limits: {} },
  }));
