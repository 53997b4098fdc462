// Steps of which one reads what another has left in the global buffer: random shapes, borders, residuals and mappings, each step with
// the words that it must put out.

import type { Random } from '../../src/base/random.js';
import { bits } from '../../src/base/units.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { breaches } from '../../src/model/mapping/legality.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { Accelerator } from '../../src/rtl/accelerator.js';
import { nestsOf, tileExtents } from '../../src/rtl/program/nests.js';
import { inputLayout, outputLayout } from '../../src/rtl/program/memory-layout.js';
import { placeLayer, poolOf } from '../../src/rtl/program/placement.js';
import type { Region, ResidentPlaces } from '../../src/rtl/program/region.js';
import { banksOf, placeOfBank, regionFault, regionOf } from '../../src/rtl/program/region.js';
import { space } from '../../src/search/mapping/point.js';
import { operands } from '../../src/sim/drawn-data.js';
import type { Job } from '../../src/sim/layer-job.js';
import { jobAt } from '../../src/sim/layer-job.js';
import type { Tensor } from '../../src/sim/tensor.js';
import { inputShape, sizeOf } from '../../src/sim/tensor.js';
import { enumerated } from '../../src/tuner/enumeration.js';
import type { Placed } from './rtl.js';

/** Small machines that keep tensors, with lines of one part or several. */
export function keepingTemplate(chance: Random, seed: number): Template {
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const [vectorSize, numLanes] = chance.pick([
    [2, 2],
    [4, 4],
    [2, 4],
    [4, 2],
    [1, 4],
    [4, 1],
    [3, 3],
    [3, 6],
  ] as const);
  const inputPrecision = pick([4, 8, 8, 16]);
  const globalBanks = pick([8, 12, 16]);
  const narrow = (line: number) => (chance.next() < 0.6 ? simba.globalWritePort : 1 + chance.below(line));
  return {
    ...simba,
    name: `keeps${seed}`,
    source: 'random',
    vectorSize,
    numLanes,
    rows: pick([1, 2, 3, 4]),
    columns: pick([1, 2, 3]),
    inputPrecision,
    accumPrecision: pick([24, 32]),
    weightBuffer: bits(2 * pick([16, 24, 64]) * numLanes * vectorSize * 8),
    inputBuffer: bits(2 * pick([16, 40, 64]) * vectorSize * inputPrecision),
    accumBuffer: bits(pick([4, 8, 16]) * numLanes * 32),
    globalBanks,
    globalBuffer: bits(globalBanks * pick([8, 16, 32]) * Math.max(vectorSize, numLanes) * inputPrecision),
    weightCollector: pick([1, 1, 4]),
    inputCollector: pick([1, 1, 3]),
    accumCollector: pick([1, 1, 8]),
    inputChannel: narrow(vectorSize * inputPrecision),
    outputChannel: narrow(numLanes * inputPrecision),
    globalReadPort: narrow(vectorSize * inputPrecision),
    globalWritePort: narrow(numLanes * inputPrecision),
    dramLatency: pick([1, 1, 7]),
    residency: 1,
  };
}

/** What a step has made: as it must be, and where it lies. */
interface Made {
  /** One image: groups and channels as one. */
  readonly golden: Tensor;
  readonly region?: Region;
  readonly first?: number;
  readonly banks?: number;
}

export interface ChainStep extends Placed {
  readonly job: Job;
}

/** A chain of so many steps, the last of which puts out its words; undefined where chance found none that fits. */
export function residentChain(
  a: Accelerator,
  t: Template,
  chance: Random,
  length: number,
): readonly ChainStep[] | undefined {
  const made: Made[] = [];
  const steps: ChainStep[] = [];
  for (let i = 0; i < length; i++) {
    let step: { readonly step: ChainStep; readonly made: Made } | undefined;
    for (let tries = 0; tries < 30 && !step; tries++) step = nextStep(a, t, chance, made, i === length - 1);
    if (!step) return undefined;
    steps.push(step.step);
    made.push(step.made);
  }
  return steps;
}

const dims = ({ shape }: Tensor) => shape as [number, number, number, number, number];

function nextStep(a: Accelerator, t: Template, chance: Random, made: readonly Made[], isLast: boolean) {
  const { hardware: h } = a;
  const r = h.residency!;
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const from = made.length > 0 ? (chance.next() < 0.8 ? made.at(-1)! : chance.pick(made)) : undefined;
  const source = from && dims(from.golden);
  const channels = source ? source[1] * source[2] : pick([1, t.vectorSize, 2 * t.vectorSize, t.vectorSize + 1]);
  const [R, S] = [pick([1, 2, 3, 3]), pick([1, 2, 3, 3])];
  // Of two steps one is of the shape of a tensor that is there, which is added to it.
  const model =
    source && chance.next() < 0.6 ? made.find((m) => m.region && m !== from && sameSize(m, source)) : undefined;
  const isAlike = model !== undefined;
  const [sp, sq] = isAlike ? [1, 1] : [pick([1, 1, 2, 3]), pick([1, 1, 2])];
  const [dr, ds] = [pick([1, 1, 2]), pick([1, 1, 2])];
  const [reachX, reachY] = [(R - 1) * dr, (S - 1) * ds];
  const [left, top] = [chance.below(reachX + 1), chance.below(reachY + 1)];
  const [right, bottom] = isAlike
    ? [reachX - left, reachY - top]
    : [chance.below(reachX + 1), chance.below(reachY + 1)];
  const [width, height] = source ? [source[4], source[3]] : [pick([3, 5, 6, 8]), pick([2, 3, 5, 6])];
  const [P, Q] = [
    Math.floor((left + width + right - reachX - 1) / sp) + 1,
    Math.floor((top + height + bottom - reachY - 1) / sq) + 1,
  ];
  if (P < 1 || Q < 1) return undefined;
  const grouped = !isAlike && channels % t.vectorSize === 0 && channels > t.vectorSize && chance.next() < 0.3;
  const G = grouped ? channels / t.vectorSize : 1;
  const pool = [
    !isAlike && P % 2 === 0 && chance.next() < 0.4 ? 2 : 1,
    !isAlike && Q % 2 === 0 && chance.next() < 0.4 ? 2 : 1,
  ] as const;
  const K = model
    ? model.golden.shape[1]! * model.golden.shape[2]!
    : grouped
      ? t.numLanes * pick([1, 2])
      : pick([1, t.numLanes, t.numLanes, 2 * t.numLanes, 2 * t.numLanes + 1, 3 * t.numLanes]);
  const alike = (m: Made) => {
    const [, g, k, y, x] = dims(m.golden);
    return g * k === G * K && y === Q && x === P && !(m === from && m.region);
  };
  const residuals = pool[0] * pool[1] === 1 ? made.filter(alike) : [];
  const added = residuals.length > 0 && chance.next() < 0.9 ? chance.pick(residuals) : undefined;
  const plain = makeLayer(
    `step${made.length}`,
    { G, K, C: channels / G, P, Q, R, S },
    {
      stride: [sp, sq],
      dilation: [dr, ds],
      pool,
      residual: added !== undefined || (pool[0] * pool[1] === 1 && chance.next() < 0.2),
    },
  );
  const [, , , y, x] = [0, 0, 0, Q / pool[1], P / pool[0]];
  const stays = !isLast && chance.next() < 0.85;
  // Banks of regions that are there already, and the ones that are free.
  const free = Array.from({ length: h.globalBanks }, () => true);
  for (const m of made) if (m.first !== undefined) free.fill(false, m.first, m.first + m.banks!);
  const take = (n: number): number | undefined => {
    const firsts = free.flatMap((_, b) => (b + n <= free.length && free.slice(b, b + n).every(Boolean) ? [b] : []));
    if (firsts.length === 0) return undefined;
    const first = chance.pick(firsts);
    free.fill(false, first, first + n);
    return first;
  };
  const shaped = regionOf(r, 0, { columns: x, rows: y, channels: G * K });
  const own = banksOf(h, r, shaped);
  const first = stays ? take(own) : undefined;
  if (stays && first === undefined) return undefined;
  const output = first === undefined ? undefined : { ...shaped, base: placeOfBank(h, r, first) };
  const limit = 2 ** (t.inputPrecision - 1);
  const word = chance.next() < 0.5 ? 0 : chance.below(2 * limit) - limit;
  const isHere = { input: from?.region !== undefined, output: stays, residual: added?.region !== undefined };
  const layer: Layer = {
    ...plain,
    resident: {
      ...Object.fromEntries(Object.entries(isHere).filter(([, on]) => on)),
      banks: free.filter((is) => !is).length,
    },
  };
  const found = mappingOf(t, layer, plain, chance);
  if (!found) return undefined;
  const { architecture, mapping } = found;
  const nests = nestsOf(mapping);
  const { global, all } = tileExtents(nests);
  const needed = (lines: number) => Math.ceil(lines / h.globalBankDepth);
  const inputs = isHere.input ? 0 : needed(inputLayout(layer, global, nests.vector).lines);
  const outputs = isHere.output ? 0 : needed(outputLayout(global, nests.lanes, poolOf(layer)).lines);
  const tiles = [inputs, inputs, outputs, outputs].map((n) => (n === 0 ? 0 : take(n)));
  if (tiles.includes(undefined)) return undefined;
  const [i0, i1, o0, o1] = tiles as [number, number, number, number];
  const places: ResidentPlaces = {
    ...(from?.region && { input: { ...from.region, left, top, word } }),
    ...(output && { output }),
    ...(added?.region && { residual: added.region }),
    tiles: { inputs: [i0, i1], outputs: [o0, o1] },
  };
  if (regionFault(r, layer, all, places) !== undefined) return undefined;
  const data = operands(layer, t, chance, {
    inputs: from && bordered(from.golden, layer, { left, top, word }),
    residual: added && { ...added.golden, shape: [1, G, K, Q, P] },
  });
  const bases = { input: chance.below(64), weights: chance.below(64) };
  const placement = { ...placeLayer(a.hardware, layer, mapping, bases), resident: places };
  const job = jobAt(a, layer, mapping, placement, data);
  const golden = { ...data.expected, shape: [1, G, K, y, x] };
  return {
    step: { architecture, layer, mapping, job },
    made: { golden, ...(output && first !== undefined && { region: output, first, banks: own }) },
  };
}

const sameSize = ({ golden }: Made, of: readonly number[]) => golden.shape[3] === of[3] && golden.shape[4] === of[4];

/** The best by some objective, or a random one. */
function mappingOf(
  t: Template,
  layer: Layer,
  plain: Layer,
  chance: Random,
): Pick<Placed, 'architecture' | 'mapping'> | undefined {
  const architectures = lowerTemplate(t, technology16nm);
  const task = {
    layer: plain,
    architectures,
    conventions: magnetConventions,
    goal: { objective: 'edp', limits: {} },
    padding: true,
  } as const;
  if (chance.next() < 0.4) {
    const weights = chance.pick([
      { both: 1, energy: 0, cycles: 0 },
      { both: 0, energy: 0, cycles: 1 },
    ]);
    const { found } = enumerated({ ...task, layer }, { template: t, technology: technology16nm }, weights, () => false);
    return found && { architecture: architectures[found.architecture]!, mapping: found.mapping };
  }
  const arrangement = chance.below(architectures.length);
  const mappings = space(task, arrangement);
  for (let i = 0; i < 200; i++) {
    const point = mappings.random(chance);
    const found = mappings.judge(point);
    if (!found || found.evaluation.cycles > 20_000) continue;
    const mapping: Mapping = found.mapping;
    if (mapping.parts) continue;
    if (breaches(architectures[arrangement]!, layer, mapping, magnetConventions).length === 0)
      return { architecture: architectures[arrangement]!, mapping };
  }
  return undefined;
}

/** The image with a border, cut off where the layer does not reach. */
function bordered(
  { data, shape }: Tensor,
  layer: Layer,
  at: { readonly left: number; readonly top: number; readonly word: number },
): Tensor {
  const [, , , y, x] = shape as [number, number, number, number, number];
  const all = inputShape(layer);
  const [, g, c, inY, inX] = all as [number, number, number, number, number];
  const words = new Int32Array(sizeOf(all)).fill(at.word);
  for (let map = 0; map < g * c; map++)
    for (let row = 0; row < y; row++)
      for (let column = 0; column < x; column++) {
        const [to, across] = [row + at.top, column + at.left];
        if (to < inY && across < inX) words[(map * inY + to) * inX + across] = data[(map * y + row) * x + column]!;
      }
  return { shape: all, data: words };
}
