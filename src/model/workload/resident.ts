// What of a layer lies on the chip before it runs, or stays there: tensors in the global buffer as whole images, from the step that
// makes them to the last that reads them; weights in the weight buffers, from the run that loads them to the last of the same step.

import type { KeptWeights } from './kept-weights.js';
import { keptWeightsText } from './kept-weights.js';

/** What a layer finds there, or leaves there; all else comes from DRAM, or goes there. */
export interface Resident {
  readonly input?: true | undefined;
  readonly output?: true | undefined;
  readonly residual?: true | undefined;
  /** Only where its weights stay in the weight buffers. */
  readonly weights?: KeptWeights | undefined;
  /** Banks that whole images take while the layer runs, its own and those that wait for later ones: no tile lies there. */
  readonly banks: number;
}

export type ResidentTensor = Exclude<keyof Resident, 'banks' | 'weights'>;
export const residentTensors = ['input', 'output', 'residual'] as const satisfies readonly ResidentTensor[];

/** A layer with some of its tensors there and so many banks taken, and its weights where they were; as it is where that is nothing. */
export function besideImages<T extends { readonly resident?: Resident | undefined }>(
  layer: T,
  tensors: readonly ResidentTensor[],
  banks: number,
): T {
  if (tensors.length === 0 && banks === 0) return layer;
  const weights = layer.resident?.weights;
  const resident: Resident = {
    ...Object.fromEntries(tensors.map((t) => [t, true])),
    ...(weights && { weights }),
    banks,
  };
  return { ...layer, resident };
}

/** For keys and for people: `resident input output, 3 banks`. */
export const residentText = (resident: Resident): string =>
  `resident ${residentTensors.filter((t) => resident[t]).join(' ') || 'nothing'}, ${resident.banks} banks` +
  (resident.weights ? `, ${keptWeightsText(resident.weights)}` : '');
