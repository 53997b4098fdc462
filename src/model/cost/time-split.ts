// Where the cycles of a mapping go, by cause: parts that are at least 0 and sum to the cycles.
// docs/cost-model.md says them as formulas.

import { nth } from '../../base/invariant.js';
import type { Architecture, Engine, Tiling } from '../machine/architecture.js';
import { peakMacs } from '../machine/architecture.js';
import type { Conventions } from './conventions.js';
import type { Layer } from '../workload/layer.js';
import { dimensions, macs } from '../workload/layer.js';
import { compile } from '../machine/compiled-machine.js';
import type { Mapping } from '../mapping/mapping.js';
import { numbers } from './numbers.js';
import { evaluate } from './evaluate.js';
import { isWhole, partOf, productsAtOnce, runsOf, whole } from '../workload/layer-parts.js';
import { cyclesOfSteps, nestsOf, tilingFor } from './tile-cycles.js';

/** What moves data, in the order of docs/hardware.md. */
const movers = ['load_w', 'load_i', 'drain', 'fill', 'spill'] as const satisfies readonly Engine[];

/**
 * `useful`: the layer's MACs on all multipliers. `PEs`, `lanes`, `vector`: positions of the fan-outs that the mapping
 * leaves idle (of other machines than the template's all under `PEs`). `padding`: work on what is rounded up.
 * `control`: starting and ending steps. An engine: what the multipliers wait for it. `ports`: what they wait for the
 * slowest memory, where tiles do not set the pace.
 */
export const timeCauses = ['useful', 'PEs', 'lanes', 'vector', 'padding', 'control', ...movers, 'ports'] as const;
export type TimeCause = (typeof timeCauses)[number];
export type TimeSplit = Readonly<Record<TimeCause, number>>;

/**
 * Of one instance of the layer. One that runs in parts takes the time of each; what parts cover beyond the layer is
 * padding, and so are products with the zeros of a block.
 */
export function splitTime(
  a: Architecture,
  layer: Layer,
  { levels, parts = whole }: Mapping,
  conventions: Conventions,
): TimeSplit {
  const [once, runs] = [splitRun(a, partOf(layer, parts), { levels }, conventions), runsOf(parts)];
  if (isWhole(parts)) return once;
  const useful = macs(layer) / productsAtOnce(parts) / peakMacs(a);
  const all = Object.fromEntries(timeCauses.map((c) => [c, runs * once[c]])) as TimeSplit;
  return { ...all, useful, padding: all.padding + all.useful - useful };
}

function splitRun(a: Architecture, layer: Layer, mapping: Mapping, conventions: Conventions): TimeSplit {
  const e = evaluate(a, layer, mapping, conventions);
  const busy = e.compute.cycles;
  const waiting =
    a.tiling && e.tiles
      ? waits(tilingFor(a.tiling, layer), mapping, e.tiles.engines)
      : { ...none, ports: e.cycles - busy };
  return { ...occupation(a, layer, mapping, conventions, busy, e.compute.macs), ...waiting };
}

const none = { control: 0, load_w: 0, load_i: 0, drain: 0, fill: 0, spill: 0, ports: 0 };

/**
 * The cycles of the multipliers: by how many of them have something to do, from the outside
 * in, and how much of that counts.
 */
function occupation(
  a: Architecture,
  layer: Layer,
  mapping: Mapping,
  conventions: Conventions,
  busy: number,
  padded: number,
) {
  const r = numbers(
    compile(
      a,
      mapping.levels.map((l) => l.keep),
    ),
    layer,
    conventions,
    mapping,
  );
  const axes = a.levels.flatMap((l, level) =>
    l.axes.map((x) => ({
      ...x,
      cause:
        !a.tiling || level <= a.tiling.inner
          ? ('PEs' as const)
          : x.name === a.tiling.lanes
            ? ('lanes' as const)
            : ('vector' as const),
    })),
  );
  const used = (cause: 'PEs' | 'lanes' | 'vector') => {
    const own = axes.filter((x) => x.cause === cause);
    return r.loops(dimensions, { where: 'axes', names: own.map((x) => x.name) }) / own.reduce((n, x) => n * x.size, 1);
  };
  const [pes, lanes] = [used('PEs'), used('lanes')];
  const useful = macs(layer) / peakMacs(a);
  const working = padded / peakMacs(a);
  return {
    useful,
    PEs: busy * (1 - pes),
    lanes: busy * pes * (1 - lanes),
    vector: Math.max(0, busy * pes * lanes - working),
    padding: working - useful,
  };
}

/**
 * The multipliers alone take their cycles; with what begins and ends steps, and then with one engine after the other,
 * it takes longer. An engine's part is what it adds, averaged over all orders of adding them (Shapley's value): engines
 * that hide each other share alike, and one that is always hidden has nothing.
 */
function waits(
  tiling: Tiling,
  mapping: Mapping,
  work: Readonly<Record<Engine, { readonly beats: number; readonly runs: number }>>,
) {
  const { outer, inner } = nestsOf(tiling, mapping);
  /** Cycles where only some movers take time: a bit for each. */
  const cycles = Array.from(
    { length: 1 << movers.length },
    (_, set) =>
      cyclesOfSteps(
        outer,
        inner,
        (e) => (e === 'compute' || set & (1 << movers.indexOf(e)) ? work[e].beats + tiling.latency[e] : 0),
        tiling.step,
      ) as number,
  );
  const added = movers.map((_, i) => {
    const bit = 1 << i;
    // Whole numbers over one denominator: the parts sum to the cycles but for the last digit.
    const sum = cycles.reduce(
      (n, without, set) => (set & bit ? n : n + orders(set) * (nth(cycles, set | bit) - without)),
      0,
    );
    return sum / factorial(movers.length);
  });
  return {
    ...none,
    control: nth(cycles, 0) - work.compute.beats * work.compute.runs,
    ...Object.fromEntries(movers.map((e, i) => [e, nth(added, i)])),
  };
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const size = (set: number): number => movers.filter((_, i) => set & (1 << i)).length;
/** Orders of all movers in which exactly these come before the next one. */
const orders = (set: number): number => factorial(size(set)) * factorial(movers.length - 1 - size(set));
