// Where the images of a schedule lie in the global buffer, with room for the tiles of every run beside them.

import { nth } from '../../base/invariant.js';
import { place } from '../../milp/schedule/placement.js';
import type { Residency, ResidencyProblem } from '../../milp/schedule/residency.js';
import type { Chosen } from '../network/network-question.js';

/** First banks of tensors that stay. */
export type Places = readonly (number | undefined)[];

/** Whether the program of a mapped layer finds room for its tiles in the banks that are free. */
export type TilesFit = (mapped: Chosen[number]) => (free: readonly boolean[]) => boolean;

export function placeSchedule(
  { banks, tensors }: ResidencyProblem,
  tilesFit: TilesFit,
  residency: Residency,
  chosen: Chosen,
): { readonly places: Places } | 'images' | 'tiles' {
  const staying = tensors.flatMap((t, tensor) => (residency[tensor] ? [{ ...t, tensor }] : []));
  const fits = chosen.map(tilesFit);
  const bases = place(banks, chosen.length, staying, (step, free) => nth(fits, step)(free));
  if (bases && bases !== 'unknown')
    return { places: tensors.map((_, t) => bases[staying.findIndex(({ tensor }) => tensor === t)]) };
  return place(banks, chosen.length, staying, () => true) === undefined ? 'images' : 'tiles';
}
