// Every way in which the layers of a schedule's steps may be run: with some operands in the global buffer, and so many banks
// taken from tiles.

import { defined, nth } from '../../../base/invariant.js';
import type { LimitedLayer } from '../../../enumerate/box-minima.js';
import type { Layer } from '../../../model/workload/layer.js';
import type { ResidentTensor } from '../../../model/workload/resident.js';
import { residentTensors } from '../../../model/workload/resident.js';
import { layerBeside } from '../../schedule/schedule-question.js';

/** The steps of a network in order. */
export interface Steps {
  /** The layer of each: a number of the problem's layers. */
  readonly layers: readonly number[];
  readonly roles: readonly (readonly ResidentTensor[])[];
}

export class Variants {
  readonly layers: readonly LimitedLayer[];
  /** Of each layer and choice of what stays, by its bits: the number with no bank taken; the others follow. */
  private readonly first = new Map<string, number>();

  /** `networks`: the layer of each step, and what of it may stay. */
  constructor(
    layers: readonly Layer[],
    networks: readonly Steps[],
    readonly banks: number,
  ) {
    const made: LimitedLayer[] = [];
    for (const [i, layer] of layers.entries()) {
      const may = residentTensors.filter((t) =>
        networks.some(({ layers: own, roles }) => own.some((l, step) => l === i && nth(roles, step).includes(t))),
      );
      for (let bits = 0; bits < 2 ** may.length; bits++) {
        const kept = may.filter((_, j) => (bits >> j) & 1);
        this.first.set(`${i} ${kept.join()}`, made.length);
        for (let taken = 0; taken <= banks; taken++) {
          const beside = layerBeside(
            { layer, roles: kept },
            kept.map(() => true),
            taken,
          );
          made.push({ layer: beside, limits: {} });
        }
      }
    }
    this.layers = made;
  }

  /** The number of a variant. */
  of(layer: number, kept: readonly ResidentTensor[], taken: number): number {
    const own = residentTensors.filter((t) => kept.includes(t));
    return defined(this.first.get(`${layer} ${own.join()}`)) + taken;
  }

  /** Banks taken in a variant. */
  takenIn(variant: number): number {
    return variant % (this.banks + 1);
  }
}
