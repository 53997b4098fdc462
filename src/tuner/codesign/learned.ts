// What searches for machines of one space have learned of the same layers, whatever was minimised or limited: what layers cost
// at least on all machines of a shape, by which weights that was asked, and the machines that were found.
//
// None of it depends on an objective or on limits of networks, so points of a front begin where others have ended; what layers
// cost depends on the area that machines may take. It is kept by who asks, not by workers: what a question is told does not depend
// on which worker answered another.

import { nth } from '../../base/invariant.js';
import type { Minima } from '../../enumerate/box-minima.js';
import { isSame } from '../../enumerate/box-minima.js';
import type { Weights } from '../../enumerate/item.js';
import type { FoundMachine } from './found-machine.js';

/** Of all machines of a shape. */
export interface LearnedOfShape {
  readonly minima: Minima;
  /** By these every layer of some network was asked, the last of them last. */
  readonly asked: readonly Weights[];
}

/** Shapes that are kept, those learned of last; weights of each; machines. */
const maxShapes = 400;
const maxAsked = 8;
const maxMachines = 16;

export class Learned {
  private about = '';
  private area: number | undefined;
  private readonly shapes = new Map<string, LearnedOfShape>();
  private found: FoundMachine[] = [];

  /** What was learned of another space or other layers is forgotten, and within another area (mm2) all but the machines. */
  begin(about: string, area?: number): void {
    if (about !== this.about) this.found = [];
    if (about !== this.about || area !== this.area) this.shapes.clear();
    [this.about, this.area] = [about, area];
  }

  /** Within any area. */
  get machines(): readonly FoundMachine[] {
    return this.found;
  }

  keepMachine(machine: FoundMachine): void {
    this.found = [machine, ...this.found].slice(0, maxMachines);
  }

  of(shape: string): LearnedOfShape | undefined {
    return this.shapes.get(shape);
  }

  keep(shape: string, learned: LearnedOfShape): void {
    this.shapes.delete(shape);
    this.shapes.set(shape, lastOf(learned));
    const [oldest] = this.shapes.keys();
    if (this.shapes.size > maxShapes && oldest !== undefined) this.shapes.delete(oldest);
  }
}

/** By as many weights as are kept. */
function lastOf({ minima, asked }: LearnedOfShape): LearnedOfShape {
  if (asked.length <= maxAsked) return { minima, asked };
  const dropped = asked.slice(0, -maxAsked);
  return {
    minima: minima.map((own) => own.filter(({ weights }) => !dropped.some((w) => isSame(w, weights)))),
    asked: asked.slice(-maxAsked),
  };
}

/** Weights without those that come again later. */
export const withoutRepeats = (asked: readonly Weights[]): readonly Weights[] =>
  asked.filter((weights, i) => !asked.some((w, k) => k > i && isSame(w, weights)));

/** What was known of each layer, with what is said of weights that nothing is known by, where anything is. */
export const withFloors = (
  layers: number,
  known: Minima | undefined,
  ends: readonly Weights[],
  floor: (layer: number, weights: Weights) => number | undefined,
): Minima =>
  Array.from({ length: layers }, (_, layer) => {
    const own = known ? nth(known, layer) : [];
    const missing = ends.filter((w) => !own.some((m) => isSame(m.weights, w)));
    const said = missing.flatMap((weights) => {
      const min = floor(layer, weights);
      return min === undefined ? [] : [{ weights, min, item: undefined }];
    });
    return [...said, ...own];
  });
