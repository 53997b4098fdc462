// What a machine requires of the tiles and loops of a mapping, said once over a `Reading`: in words of one mapping
// (`legality.ts`), as what a search may not break (the quick cost), as rows of a program (the encoder).
//
// Where loops may stand, and what an axis carries, is not among them: each reader's mappings are made so, or checked as they are.

import { defined } from '../../base/invariant.js';
import type { Machine } from '../machine/compiled-machine.js';
import { childOf, levelOf } from '../machine/compiled-machine.js';
import type { Layer, Tensor } from '../workload/layer.js';
import type { WeightLayout } from '../workload/kept-weights.js';
import { residentTensors } from '../workload/resident.js';
import { hasBias } from '../workload/layer.js';
import type { Reading } from '../cost/traffic.js';
import { tileLines } from '../cost/traffic.js';

/** Quantities are read when they are asked for: to an encoder each is variables and rows. */
export type Rule<X> =
  /** What the tiles of a pool take (`memory-room.ts`) is at most what there is. */
  | {
      readonly kind: 'capacity';
      readonly level: number;
      readonly pool: number;
      readonly tiles: readonly Tile<X>[];
      /** Banks in which whole images lie. */
      readonly taken: number;
    }
  /** Partial sums do not leave the level: their tile there is visited once. */
  | { readonly kind: 'sums'; readonly level: number; readonly visits: () => X }
  /** No loop in time is longer. */
  | { readonly kind: 'counter'; readonly longest: number }
  | { readonly kind: 'biases'; readonly lines: () => X; readonly max: number }
  /** The extent of a dimension inside `level` is a multiple of the window of the max-pool. */
  | {
      readonly kind: 'pool';
      readonly dimension: 'P' | 'Q';
      readonly level: number;
      readonly extent: () => X;
      readonly window: number;
    }
  /** The machine does not pool behind a layer, and this one wants it. */
  | { readonly kind: 'no pool' }
  /** Nothing stays in a buffer of the machine, and of this layer something does. */
  | { readonly kind: 'no residency' }
  /** Of a tensor that lies whole in the global buffer: how many channels lie side by side (`lineFault`). */
  | {
      readonly kind: 'lines';
      readonly tensor: 'Inputs' | 'Outputs';
      readonly used: () => X;
      readonly mapped: () => X;
      readonly width: number;
    }
  /** Of a layer some of whose tensors lie so: as many inputs as it has, since padding of them would lie in what is another's. */
  | { readonly kind: 'inputs'; readonly mapped: () => X }
  /** Weights that stay lie in the weight buffers all at once, as their layout says. */
  | { readonly kind: 'weights that stay'; readonly layout: WeightLayout | undefined };

export interface Tile<X> {
  readonly tensor: Tensor;
  readonly lines: () => X;
}

/** From the outside in; what the controllers of a template require comes last. */
export const rulesOf = <X>(r: Reading<X>, m: Machine, layer: Layer): readonly Rule<X>[] => [
  ...m.architecture.levels.flatMap((_, level) => levelRules(r, m, level, layer)),
  ...controlRules(r, m, layer),
  ...residentRules(r, m, layer),
  ...keptWeightsRules<X>(m, layer),
];

function levelRules<X>(r: Reading<X>, m: Machine, level: number, { resident }: Layer): readonly Rule<X>[] {
  const { pools, stores } = levelOf(m, level);
  const here = level === m.architecture.tiling?.inner ? resident : undefined;
  const isWhole = (t: Tensor) => (t === 'Inputs' && here?.input) || (t === 'Outputs' && here?.output);
  const capacities = pools.flatMap(({ bits, tensors }, pool): Rule<X>[] => {
    const kept = tensors.filter((t) => m.chains[t].includes(level) && stores[t] && !isWhole(t));
    const tiles = kept.map((tensor): Tile<X> => ({ tensor, lines: () => tileLines(r, m, tensor, level) }));
    const taken = here?.banks ?? 0;
    return bits === null || tiles.length === 0 ? [] : [{ kind: 'capacity', level, pool, tiles, taken }];
  });
  return holdsSums(m, level)
    ? [...capacities, { kind: 'sums', level, visits: () => r.refetches('Outputs', level) }]
    : capacities;
}

/** Whether partial sums that a mapping keeps at a level must not leave it. */
export const holdsSums = (m: Machine, level: number): boolean =>
  levelOf(m, level).holdsSums && m.chains.Outputs.includes(level);

function controlRules<X>(r: Reading<X>, m: Machine, layer: Layer): readonly Rule<X>[] {
  const { tiling } = m.architecture;
  if (!tiling) return layer.pool ? [{ kind: 'no pool' }] : [];
  const { inner, lanes, biasLines, longestLoop } = tiling;
  const biases = (): X =>
    r.quotient(r.loops(['K', 'G'], { where: 'all' }), r.loops(['K'], { where: 'axes', names: [lanes] }));
  const level = childOf(m, inner, 'Outputs');
  return [
    { kind: 'counter', longest: longestLoop },
    ...(hasBias(layer) ? [{ kind: 'biases', lines: biases, max: biasLines } as const] : []),
    ...(['P', 'Q'] as const).flatMap((dimension): Rule<X>[] => {
      const window = layer.pool?.[dimension] ?? 1;
      const extent = () => r.loops([dimension], { where: 'inside', level });
      return window === 1 ? [] : [{ kind: 'pool', dimension, level, extent, window }];
    }),
  ];
}

/** Whole images have lines of neighbouring channels, which lanes write and vectors read. */
function residentRules<X>(r: Reading<X>, m: Machine, { resident }: Layer): readonly Rule<X>[] {
  const { tiling, levels } = m.architecture;
  if (!resident || !residentTensors.some((t) => resident[t])) return [];
  if (!tiling?.residency) return [{ kind: 'no residency' }];
  const rule = (tensor: 'Inputs' | 'Outputs', d: 'C' | 'K', axis: string): Rule<X> => ({
    kind: 'lines',
    tensor,
    used: () => r.loops([d], { where: 'axes', names: [axis] }),
    mapped: () => r.loops([d], { where: 'all' }),
    width: defined(levels.flatMap((l) => l.axes).find((x) => x.name === axis)).size,
  });
  return [
    ...(resident.input ? [rule('Inputs', 'C', tiling.vector)] : []),
    ...(resident.output || resident.residual ? [rule('Outputs', 'K', tiling.lanes)] : []),
    { kind: 'inputs', mapped: () => r.loops(['N'], { where: 'all' }) },
  ];
}

const keptWeightsRules = <X>({ architecture: { tiling } }: Machine, { resident }: Layer): readonly Rule<X>[] => {
  if (!resident?.weights) return [];
  return tiling?.residency
    ? [{ kind: 'weights that stay', layout: resident.weights.layout }]
    : [{ kind: 'no residency' }];
};

/**
 * Why so many neighbouring channels, of so many mapped in each group, make no lines of a whole image; undefined where they do: all
 * places of a line are used, or one line has all channels. Groups lie side by side without a gap.
 */
export function lineFault(
  { bounds: { G, K, C } }: Pick<Layer, 'bounds'>,
  tensor: 'Inputs' | 'Outputs',
  used: number,
  mapped: number,
  width: number,
): string | undefined {
  const channels = tensor === 'Inputs' ? C : K;
  if (G > 1)
    return used === width && mapped === channels
      ? undefined
      : `${used} of ${mapped} channels of each group in a line; groups side by side need ${width} of ${channels}`;
  if (used === width || used === mapped) return undefined;
  return `${used} of ${mapped} channels in a line; a whole image in the global buffer has ${width}, or all, in each`;
}

/** The rules of one kind, in their order. */
export const ofKind = <X, K extends Rule<X>['kind']>(
  rules: readonly Rule<X>[],
  kind: K,
): readonly (Rule<X> & { readonly kind: K })[] =>
  rules.filter((rule): rule is Rule<X> & { readonly kind: K } => rule.kind === kind);
