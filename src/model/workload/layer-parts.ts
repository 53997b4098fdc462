// A layer whose biases do not fit the machine runs in parts: groups or output channels of it, one run after the other,
// each as a layer of its own.

import { defined } from '../../base/invariant.js';
import type { Architecture } from '../machine/architecture.js';
import type { Layer } from './layer.js';
import { hasBias } from './layer.js';
import type { Mapping, Parts } from '../mapping/mapping.js';
import { paddedBounds } from '../mapping/mapping-space.js';

export const whole: Parts = { G: 1, K: 1 };

/** Runs that a layer takes in these parts. */
export const runsOf = ({ G, K }: Parts): number => G * K;

/** What one run works on: all parts are as large as the largest, the last padded. */
export function partOf(layer: Layer, { G, K }: Parts): Layer {
  if (G * K === 1) return layer;
  return { ...layer, bounds: { ...layer.bounds, G: Math.ceil(layer.bounds.G / G), K: Math.ceil(layer.bounds.K / K) } };
}

/** ` in 2 parts` behind the shape of a layer that is mapped so. */
export const partsText = ({ parts = whole }: Pick<Mapping, 'parts'>): string =>
  runsOf(parts) === 1 ? '' : ` in ${runsOf(parts)} parts`;

/** Numbers of parts that are tried: the least that will do, and the next. */
const maxChoices = 4;

/**
 * In which parts a layer may run on a machine: whole where its biases fit, else the least numbers of
 * parts in which they do. Groups are divided first, for no tensor is read twice for that; output channels
 * where single groups are too wide.
 *
 * A layer that fits whole has nothing to gain: n parts are a loop of n over K outside all others, which reads inputs no
 * more often, and fills and drains once. In n parts, n even, the same holds against n / 2 that fit.
 */
export function partings(
  { levels, tiling }: Pick<Architecture, 'levels' | 'tiling'>,
  layer: Layer,
  padding: boolean,
): readonly Parts[] {
  if (!tiling || !hasBias(layer)) return [whole];
  const lanes = defined(levels.flatMap((l) => l.axes).find((x) => x.name === tiling.lanes)).size;
  return choices(layer, lanes, tiling.biasLines, padding);
}

/** The same of a machine with so many lanes and lines of biases. */
export function choices(layer: Layer, lanes: number, biasLines: number, padding: boolean): readonly Parts[] {
  const { G, K } = layer.bounds;
  const fits = (parts: Parts) => minLines(partOf(layer, parts), lanes, padding) <= biasLines;
  if (!hasBias(layer) || fits(whole)) return [whole];
  const overGroups = fewest(G, (n) => ({ G: n, K: 1 }));
  return overGroups.length > 0 ? overGroups : fewest(K, (n) => ({ G, K: n }));

  function fewest(bound: number, of: (n: number) => Parts): readonly Parts[] {
    const found: Parts[] = [];
    // A larger number that leaves no smaller part would only add runs.
    for (let n = 2; n <= bound && found.length < maxChoices; n++) {
      const size = Math.ceil(bound / n);
      if (fits(of(n))) found.push(of(n));
      if (size === 1) break;
      n = Math.ceil(bound / (size - 1)) - 1;
    }
    return found;
  }
}

/** Lines of biases that a layer takes at least, over all that its bounds may be padded to and all lanes in use. */
function minLines({ bounds }: Layer, lanes: number, padding: boolean): number {
  const perGroup = paddedBounds(bounds.K, padding).map((k) => {
    let used = Math.min(lanes, k);
    while (k % used !== 0) used--;
    return k / used;
  });
  return Math.min(...perGroup) * bounds.G;
}
