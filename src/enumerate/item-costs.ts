// What a machine of the template charges, as tables over the values that its sizes may take.
//
// Everything is read off lowered templates: an energy per access, a capacity or an area that depends on one size alone
// is a table over that size's menu. Nothing about circuits is known here.

import { invariant } from '../base/diagnostics.js';
import { defined, entry, nth } from '../base/invariant.js';
import { squareMillimetres } from '../base/units.js';
import { usableBanks, usableBits, lineBits } from '../model/machine/architecture.js';
import type { Architecture, Engine, Storage, Tiling } from '../model/machine/architecture.js';
import type { DesignPoint, DesignSpace, SizeParameter } from '../model/space/design-space.js';
import { shapeParameters, shapesOf, templateAt } from '../model/space/design-space.js';
import type { Tensor, Weighed } from '../model/workload/layer.js';
import { packedIn } from '../model/workload/layer.js';
import type { Technology } from '../model/machine/technology.js';
import { staticEnergy, wireEnergy } from '../model/machine/technology.js';
import { lowerTemplate } from '../model/machine/template.js';
import type { TemplateLevel } from '../model/machine/template-names.js';
import { levelNamed, levelNames } from '../model/machine/template-names.js';
import { arrayArea, chipArea } from '../model/machine/template-parts.js';
import type { EachSize } from './columns.js';
import { cell, perSize, sizes } from './columns.js';
import type { Menus } from './kernels.js';

/** pJ per access; lines; mm2. Tables have an entry per value of one size's menu, from the smallest. */
export interface ShapeCosts {
  readonly vector: number;
  readonly lanes: number;
  readonly rows: number;
  readonly columns: number;
  readonly step: number;
  readonly latency: Readonly<Record<Engine, number>>;
  readonly residual: Tiling['residual'];
  readonly beatsPerLine: Readonly<Record<Engine, number>>;
  readonly packed?: (Tiling['packed'] & Storage['packed']) | undefined;
  /** Where multipliers split: the words of their halves, beats of a line of pairs, pJ of reading one, pJ of two products. */
  readonly split?: (NonNullable<Tiling['split']> & { readonly read: number; readonly mac: number }) | undefined;
  readonly biasLines: number;
  readonly longestLoop: number;
  readonly residency: boolean;
  readonly weightBits: number;
  readonly inputBits: number;
  readonly sumBits: number;
  /** pJ per cycle and mm2. */
  readonly static: number;
  readonly mac: number;
  /** Per access of a collector: reads, and what a miss writes. */
  readonly collector: {
    readonly weight: number;
    readonly weightFill: number;
    readonly input: number;
    readonly inputFill: number;
    readonly sum: number;
  };
  /** Per word. */
  readonly dram: {
    readonly weight: number;
    readonly input: number;
    readonly output: number;
    readonly residual: number;
  };
  readonly weight: { readonly read: Float64Array; readonly fill: Float64Array; readonly lines: Float64Array };
  readonly input: { readonly read: Float64Array; readonly fill: Float64Array; readonly lines: Float64Array };
  /** Accumulation buffer: an update and a read. Output buffer: the same. */
  readonly sum: { readonly again: Float64Array; readonly out: Float64Array; readonly lines: Float64Array };
  /** Global buffer: inputs read and filled, outputs updated (post-processed) and read; lines of a bank. */
  readonly global: {
    readonly read: Float64Array;
    readonly fill: Float64Array;
    readonly out: Float64Array;
    /** Of `out`, what is read: by a spill, or as a residual. */
    readonly readOut: Float64Array;
    readonly lines: Float64Array;
  };
  /** Banks that a tile of the global buffer may use, and all there are. */
  readonly banks: number;
  readonly allBanks: number;
  /** Area of the smallest machine, and of its array; what each size adds to either. */
  readonly min: { readonly area: number; readonly array: number };
  readonly more: Readonly<EachSize<{ readonly area: Float64Array; readonly array: Float64Array }>>;
  /** pJ for a bit from one side of an array of this many mm2 to the other. */
  wire: (array: number) => number;
  /** Values of each size. */
  readonly menus: Readonly<Record<SizeParameter, readonly number[]>>;
}

/** Menus of the depths of collectors: weights, inputs, sums. */
export const depthsOf = ({ menus: m }: ShapeCosts): Menus => [m.weightCollector, m.inputCollector, m.accumCollector];

/**
 * What shapes that differ in rows and columns alone have in common: neither energies per access nor lines know how many
 * PEs there are. Read off machines of the first such shape that is asked about.
 */
type PeCosts = Pick<
  ShapeCosts,
  'weight' | 'input' | 'sum' | 'global' | 'collector' | 'dram' | 'banks' | 'allBanks' | 'mac'
>;

const pesKnown = new WeakMap<DesignSpace, WeakMap<Technology, Map<string, PeCosts>>>();

function peCostsOf(
  space: DesignSpace,
  shape: DesignPoint,
  technology: Technology,
  architectures: () => { readonly min: Architecture; readonly of: EachSize<readonly Architecture[]> },
): PeCosts {
  const ofSpace = pesKnown.get(space) ?? new WeakMap<Technology, Map<string, PeCosts>>();
  pesKnown.set(space, ofSpace);
  const all = ofSpace.get(technology) ?? new Map<string, PeCosts>();
  ofSpace.set(technology, all);
  const key = shapeParameters
    .filter((p) => p !== 'rows' && p !== 'columns')
    .map((p) => shape[p])
    .join();
  const costs = all.get(key) ?? peCosts(architectures());
  all.set(key, costs);
  return costs;
}

function peCosts({
  min: a,
  of,
}: {
  readonly min: Architecture;
  readonly of: EachSize<readonly Architecture[]>;
}): PeCosts {
  const table = (s: SizeParameter, f: (a: Architecture) => number) => Float64Array.from(of[s], f);
  const energy = (m: Architecture, name: TemplateLevel, t: Tensor) => entry(levelNamed(m, name).stores, t).energy;
  const linesOf = (name: TemplateLevel, t: Tensor) => (m: Architecture) => {
    const l = levelNamed(m, name);
    return defined(usableBits(l, nth(l.pools, 0))) / lineBits(l, t);
  };
  const again = (name: TemplateLevel) => (m: Architecture) =>
    energy(m, name, 'Outputs').update + energy(m, name, 'Outputs').read;
  const banksOf = (m: Architecture) => {
    const l = levelNamed(m, levelNames.globalBuffer);
    const pool = nth(l.pools, 0);
    return usableBanks(l, entry(pool, 'bits'), entry(pool, 'banks'));
  };
  return {
    mac: a.compute.energy,
    collector: {
      weight: energy(a, levelNames.weightCollector, 'Weights').read,
      weightFill: energy(a, levelNames.weightCollector, 'Weights').fill,
      input: energy(a, levelNames.inputCollector, 'Inputs').read,
      inputFill: energy(a, levelNames.inputCollector, 'Inputs').fill,
      sum: again(levelNames.accumCollector)(a),
    },
    dram: {
      weight: energy(a, levelNames.dram, 'Weights').read,
      input: energy(a, levelNames.dram, 'Inputs').read,
      output: energy(a, levelNames.dram, 'Outputs').update,
      residual: energy(a, levelNames.dram, 'Outputs').read,
    },
    weight: {
      read: table('weightBuffer', (m) => energy(m, levelNames.weightBuffer, 'Weights').read),
      fill: table('weightBuffer', (m) => energy(m, levelNames.weightBuffer, 'Weights').fill),
      lines: table('weightBuffer', linesOf(levelNames.weightBuffer, 'Weights')),
    },
    input: {
      read: table('inputBuffer', (m) => energy(m, levelNames.inputBuffer, 'Inputs').read),
      fill: table('inputBuffer', (m) => energy(m, levelNames.inputBuffer, 'Inputs').fill),
      lines: table('inputBuffer', linesOf(levelNames.inputBuffer, 'Inputs')),
    },
    sum: {
      again: table('accumBuffer', again(levelNames.accumBuffer)),
      out: table('accumBuffer', again(levelNames.outputBuffer)),
      lines: table('accumBuffer', (m) =>
        Math.min(linesOf(levelNames.accumBuffer, 'Outputs')(m), linesOf(levelNames.outputBuffer, 'Outputs')(m)),
      ),
    },
    global: {
      read: table('globalBuffer', (m) => energy(m, levelNames.globalBuffer, 'Inputs').read),
      fill: table('globalBuffer', (m) => energy(m, levelNames.globalBuffer, 'Inputs').fill),
      out: table('globalBuffer', again(levelNames.globalBuffer)),
      readOut: table('globalBuffer', (m) => energy(m, levelNames.globalBuffer, 'Outputs').read),
      lines: table('globalBuffer', (m) => banksOf(m).linesIn('Inputs')),
    },
    banks: banksOf(a).banks,
    allBanks: entry(nth(levelNamed(a, levelNames.globalBuffer).pools, 0), 'banks'),
  };
}

/** Undefined where no choice of sizes makes a machine of this shape. */
export function shapeCosts(space: DesignSpace, shape: DesignPoint, technology: Technology): ShapeCosts | undefined {
  // Values that hold no line are no machine.
  const menus = perSize((s) => space.menus[s].filter((v) => templateAt(space, { ...shape, [s]: v })));
  if (sizes.some((s) => menus[s].length === 0)) return undefined;
  const smallest: DesignPoint = { ...shape, ...perSize((s) => nth(menus[s], 0)) };
  const at = (point: DesignPoint) => {
    const template = templateAt(space, point);
    invariant(template, 'a size without lines in its menu');
    return { template, area: chipArea(template, technology), array: arrayArea(template, technology) };
  };
  const min = at(smallest);
  const machines = perSize((s) => menus[s].map((v) => at({ ...smallest, [s]: v })));
  const lowered = ({ template }: typeof min) => nth(lowerTemplate(template, technology), 0);
  const { tiling } = lowered(min);
  invariant(tiling, 'a template without tiles');
  return {
    ...peCostsOf(space, shape, technology, () => ({
      min: lowered(min),
      of: perSize((s) => machines[s].map(lowered)),
    })),
    vector: shape.vectorSize,
    lanes: shape.numLanes,
    rows: shape.rows,
    columns: shape.columns,
    step: tiling.step,
    latency: tiling.latency,
    residual: tiling.residual,
    beatsPerLine: tiling.beatsPerLine,
    ...packedLines(lowered(min)),
    ...splitLines(lowered(min)),
    biasLines: tiling.biasLines,
    longestLoop: tiling.longestLoop,
    residency: tiling.residency,
    weightBits: shape.weightPrecision,
    inputBits: shape.inputPrecision,
    sumBits: shape.accumPrecision,
    static: staticEnergy(technology, squareMillimetres(1)),
    min: { area: min.area, array: min.array },
    more: perSize((s) => ({
      area: Float64Array.from(machines[s], (m) => m.area - min.area),
      array: Float64Array.from(machines[s], (m) => m.array - min.array),
    })),
    wire: wireOf(technology),
    menus,
  };
}

function packedLines(a: Architecture): Pick<ShapeCosts, 'packed'> {
  const [lines, words] = [a.tiling?.packed, levelNamed(a, levelNames.dram).stores.Weights?.packed];
  return lines && words ? { packed: { ...lines, ...words } } : {};
}

function splitLines(a: Architecture): Pick<ShapeCosts, 'split'> {
  const [lines, words] = [a.tiling?.split, levelNamed(a, levelNames.dram).stores.Inputs?.split];
  const mac = a.compute.split;
  return lines && words && mac !== undefined ? { split: { ...lines, ...words, mac } } : {};
}

/** What a layer pays for its words: less for weights, where they lie packed; for pairs of inputs and products, where it is split. */
export function weighing(costs: ShapeCosts, layer: Weighed): ShapeCosts {
  const { split } = costs;
  if (layer.split && split)
    return {
      ...costs,
      mac: split.mac,
      dram: { ...costs.dram, input: split.read },
      beatsPerLine: { ...costs.beatsPerLine, fill: split.beatsPerLine },
    };
  const packed = packedIn(costs.packed, layer);
  if (!packed) return costs;
  return {
    ...costs,
    dram: { ...costs.dram, weight: packed.read },
    beatsPerLine: { ...costs.beatsPerLine, load_w: packed.beatsPerLine },
  };
}

/** Apart from what calls it, whose machines it would keep alive as long as anybody asks for a wire. */
const wireOf =
  (technology: Technology): ShapeCosts['wire'] =>
  (array) =>
    wireEnergy(technology, 1, Math.sqrt(array));

interface ShapeWithCosts {
  readonly shape: DesignPoint;
  readonly costs: ShapeCosts;
}

/** Of the spaces asked about: a search asks several times, and a large space takes a second. */
const known = new WeakMap<DesignSpace, WeakMap<Technology, readonly ShapeWithCosts[]>>();

/** Every shape of a space that some choice of sizes makes a machine of. */
export function shapesWithCosts(space: DesignSpace, technology: Technology): readonly ShapeWithCosts[] {
  return (
    known.get(space)?.get(technology) ??
    remembered(
      space,
      technology,
      shapesOf(space).flatMap((shape) => withCosts(space, shape, technology)),
    )
  );
}

/**
 * The same, found shape by shape with a turn for others after each, who hear how far it is; false from them ends
 * it. Whether it came to its end.
 */
export async function costShapes(
  space: DesignSpace,
  technology: Technology,
  turn: (done: number, total: number) => Promise<boolean>,
): Promise<boolean> {
  if (known.get(space)?.has(technology)) return true;
  const shapes = shapesOf(space);
  const found: ShapeWithCosts[] = [];
  for (const [i, shape] of shapes.entries()) {
    found.push(...withCosts(space, shape, technology));
    if (!(await turn(i + 1, shapes.length))) return false;
  }
  remembered(space, technology, found);
  return true;
}

function withCosts(space: DesignSpace, shape: DesignPoint, technology: Technology): readonly ShapeWithCosts[] {
  const costs = shapeCosts(space, shape, technology);
  return costs ? [{ shape, costs }] : [];
}

function remembered(
  space: DesignSpace,
  technology: Technology,
  found: readonly ShapeWithCosts[],
): readonly ShapeWithCosts[] {
  const ofSpace = known.get(space) ?? new WeakMap<Technology, readonly ShapeWithCosts[]>();
  known.set(space, ofSpace.set(technology, found));
  return found;
}

/** Area of the smallest machine of a space, mm2; +Infinity where it has none. */
export const minArea = (space: DesignSpace, technology: Technology): number =>
  shapesWithCosts(space, technology).reduce((min, { costs }) => Math.min(min, costs.min.area), Infinity);

/** A size of which some machine has less area, or less energy per access, with more of it: no bound here would hold. */
function falling(c: ShapeCosts): SizeParameter | undefined {
  const falls = (table: Float64Array) => table.some((x, i) => i > 0 && x < cell(table, i - 1) * (1 - 1e-12));
  const energies: Partial<Record<SizeParameter, readonly Float64Array[]>> = {
    weightBuffer: [c.weight.read, c.weight.fill],
    inputBuffer: [c.input.read, c.input.fill],
    accumBuffer: [c.sum.again, c.sum.out],
    globalBuffer: [c.global.read, c.global.fill, c.global.out],
  };
  return sizes.find((s) => [c.more[s].area, c.more[s].array, ...(energies[s] ?? [])].some(falls));
}

/** Why no bound over the machines of a space holds with a technology, in words; undefined where bounds do. */
export function whyUnbounded(space: DesignSpace, technology: Technology): string | undefined {
  for (const { costs } of shapesWithCosts(space, technology)) {
    const size = falling(costs);
    if (size)
      return (
        `the technology ${technology.name} gives a larger ${size} less area or less energy per access somewhere ` +
        `in ${space.name}: bounds need both to grow with the size`
      );
  }
  return undefined;
}
