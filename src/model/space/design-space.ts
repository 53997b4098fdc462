// A design space: for every parameter of the template the values that it may take.

import { digest } from '../../base/digest.js';
import { ceilLog2 } from '../../base/integers.js';
import type { Bits } from '../../base/units.js';
import { bits, megahertz } from '../../base/units.js';
import type { Network } from '../workload/network.js';
import { channelNames, dramBitsPerCycle } from '../machine/dram-channels.js';
import { isPackable } from '../machine/packed-weights.js';
import { isSplittable } from '../machine/split-multipliers.js';
import type { Parameter, Template } from '../machine/parameters.js';
import { maxMultipliers, maxPrecision, whyNothingStays, wholeLines } from '../machine/parameters.js';
import { unsaid } from '../machine/unsaid.js';

export type { Parameter } from '../machine/parameters.js';

/** Sizes of memories: more of one only lets a mapping do more, at more area and more energy per access. */
export const sizeParameters = [
  'weightBuffer',
  'inputBuffer',
  'accumBuffer',
  'globalBuffer',
  'weightCollector',
  'inputCollector',
  'accumCollector',
] as const;
export type SizeParameter = (typeof sizeParameters)[number];

/** The rest: what the machine's shape is. */
export const shapeParameters = [
  'vectorSize',
  'numLanes',
  'rows',
  'columns',
  'weightPrecision',
  'inputPrecision',
  'accumPrecision',
  'globalBanks',
  'biasLines',
  'clock',
  'weightChannel',
  'inputChannel',
  'outputChannel',
  'dramBandwidth',
  'dramLatency',
  'globalReadPort',
  'globalWritePort',
  'residency',
  'packedWeights',
  'splitMultipliers',
] as const;

export const parameters: readonly Parameter[] = [...shapeParameters, ...sizeParameters];

/** One value for each parameter: buffers in bits, the clock in MHz, all else in counts or bits. */
export type DesignPoint = Readonly<Record<Parameter, number>>;

/** Bits of the words of a machine, which are chosen together: what one loses of accuracy depends on the others. */
export const precisionParameters = ['weightPrecision', 'inputPrecision', 'accumPrecision'] as const;
export type Precision = Readonly<Record<(typeof precisionParameters)[number], number>>;

/**
 * The machines that co-design chooses among: one value of each menu makes a machine, unless it has too many PEs or does not work.
 */
export interface DesignSpace {
  readonly name: string;
  /** Where the ranges are from, for people. */
  readonly source: string;
  /** Ascending and not empty, but for `accumPrecision` where `overflowFree` is true and no network is known yet. */
  readonly menus: Readonly<Record<Parameter, readonly number[]>>;
  /** Rows x columns at most, and at least where that is limited too. */
  readonly maxPes: number;
  readonly minPes?: number;
  /** Sums are as wide as the networks need to exclude overflow: `forNetworks` fills in their menu. */
  readonly overflowFree: boolean;
  /** The only ones that machines have, of those that the menus hold; all of these unless it says so. */
  readonly precisions?: readonly Precision[] | undefined;
}

/** The machines of a space that have one of these precisions, whatever its menus of them are; at least one. */
export const atPrecisions = (space: DesignSpace, precisions: readonly Precision[]): DesignSpace => ({
  ...space,
  overflowFree: false,
  menus: {
    ...space.menus,
    ...(Object.fromEntries(
      precisionParameters.map((p) => [p, [...new Set(precisions.map((x) => x[p]))].sort((a, b) => a - b)]),
    ) as Record<keyof Precision, number[]>),
  },
  precisions,
});

const isAmong = (p: Precision, precisions: readonly Precision[] | undefined): boolean =>
  precisions?.some((x) => precisionParameters.every((name) => x[name] === p[name])) ?? true;

/**
 * The space with the width of sums that no layer of the networks overflows: operands, and
 * a bit per doubling of products.
 */
export const forNetworks = (space: DesignSpace, networks: readonly Network[]): DesignSpace =>
  forProducts(space, Math.max(...networks.flatMap((n) => n.layers.map(({ layer: { bounds: b } }) => b.C * b.R * b.S))));

/** The same for sums of so many products. */
export function forProducts(space: DesignSpace, products: number): DesignSpace {
  if (!space.overflowFree) return space;
  const widest = Math.max(...space.menus.weightPrecision) + Math.max(...space.menus.inputPrecision);
  return { ...space, menus: { ...space.menus, accumPrecision: [widest + ceilLog2(products)] } };
}

/** The buffers of a point rounded down to whole lines (a bank of the global buffer too), as a machine has them. */
function wholeBuffers(p: DesignPoint): Readonly<Record<keyof ReturnType<typeof wholeLines>, Bits>> {
  const line = wholeLines(p);
  const whole = (name: keyof typeof line) => bits(p[name] - (p[name] % line[name]));
  return {
    weightBuffer: whole('weightBuffer'),
    inputBuffer: whole('inputBuffer'),
    accumBuffer: whole('accumBuffer'),
    globalBuffer: whole('globalBuffer'),
  };
}

/**
 * The machine at a point, with buffers of whole lines; undefined where one would hold none, where there are more PEs
 * than the space allows or more multipliers than any chip has, where sums are narrower than a product or wider than
 * can be built, where whole images are to lie in the global buffer and cannot, where words are not even that are to be
 * halved, and where it has none of the precisions of the space.
 */
export function templateAt(space: DesignSpace, p: DesignPoint): Template | undefined {
  if (!isAmong(p, space.precisions)) return undefined;
  const pes = p.rows * p.columns;
  if (pes > space.maxPes || pes < (space.minPes ?? 0) || p.vectorSize * p.numLanes * pes > maxMultipliers)
    return undefined;
  if (dramBitsPerCycle({ ...p, clock: megahertz(p.clock) }) < channelNames.length) return undefined;
  if (p.residency !== 0 && whyNothingStays({ ...p, globalBuffer: bits(p.globalBuffer) }) !== undefined)
    return undefined;
  if (!isPackable(p) || !isSplittable(p)) return undefined;
  if (p.accumPrecision < p.weightPrecision + p.inputPrecision || p.accumPrecision > maxPrecision) return undefined;
  const template: Template = {
    ...p,
    name: space.name,
    source: `a point of the design space ${space.name}`,
    ...wholeBuffers(p),
    clock: megahertz(p.clock),
  };
  const { weightBuffer, inputBuffer, accumBuffer, globalBuffer } = template;
  return Math.min(weightBuffer, inputBuffer, accumBuffer, globalBuffer) > 0 ? template : undefined;
}

/** How many points of the space are machines. */
export function countMachines(space: DesignSpace): number {
  const sizes = (shape: DesignPoint) => {
    // Whether a buffer holds a line does not depend on the other buffers.
    const min: Partial<DesignPoint> = wholeLines(shape);
    return sizeParameters.reduce((n, name) => n * space.menus[name].filter((v) => v >= (min[name] ?? 1)).length, 1);
  };
  return shapesOf(space).reduce((n, shape) => n + sizes(shape), 0);
}

/** Every shape of the space that is a machine, each at the largest sizes. */
export function shapesOf(space: DesignSpace): readonly DesignPoint[] {
  const largest = Object.fromEntries(parameters.map((name) => [name, space.menus[name].at(-1)])) as Record<
    Parameter,
    number
  >;
  let points = [largest];
  for (const name of shapeParameters.filter((s) => space.menus[s].length !== 1)) {
    points = points.flatMap((p) => space.menus[name].map((v) => ({ ...p, [name]: v })));
    // Not only at the end: most pairs of rows and columns may be too many.
    if (name === 'columns') points = points.filter((p) => p.rows * p.columns <= space.maxPes);
    if (name === 'accumPrecision') points = points.filter((p) => isAmong(p, space.precisions));
  }
  return points.filter((p) => templateAt(space, p));
}

/** Machines with residency and without. */
export const spaceWithResidency = (space: DesignSpace): DesignSpace => ({
  ...space,
  menus: { ...space.menus, residency: [0, 1] },
});

/** What the space leaves open. */
export const freeParameters = (space: DesignSpace): readonly Parameter[] =>
  parameters.filter((p) => space.menus[p].length > 1);

/** What machines are that nothing is said of, in files and by older versions. */
const assumed: Partial<Record<Parameter, number>> = unsaid;
/** The parameters that menus, or a machine, say: without those that are what is assumed where nothing is said. */
export const saidOf = (menus: DesignSpace['menus']): Parameter[] =>
  parameters.filter((p) => menus[p].length !== 1 || menus[p][0] !== assumed[p]);
export const saidAt = (point: DesignPoint): Parameter[] => parameters.filter((p) => point[p] !== assumed[p]);

/** A fingerprint, equal where two spaces hold the same machines by the same menus, whatever they are called. */
export const spaceDigest = ({ menus, maxPes, minPes, overflowFree, precisions }: DesignSpace): string =>
  // The keys are those of the first version: fingerprints of older results stay what they are.
  digest(
    JSON.stringify({
      menus: saidOf(menus)
        .sort()
        .map((p) => [p, menus[p]]),
      mostPes: maxPes,
      leastPes: minPes,
      overflowFree,
      precisions: precisions?.map((x) => precisionParameters.map((p) => x[p])),
    }),
  );

/** The value of a menu that a machine was made from: buffers hold whole lines of it. */
export function chosenOf(template: Template, p: Parameter, menu: readonly number[]): number {
  const lines: Readonly<Partial<Record<Parameter, number>>> = wholeLines(template);
  const line = lines[p] ?? 1;
  return menu.find((v) => v - (v % line) === template[p]) ?? template[p];
}
