// How large the numbers of all tensors of a network are over many samples: runs in real numbers, one after the other.

import type { NetworkGraph } from '../model/workload/network-graph.js';
import { sharedWords } from '../model/workload/shared-words.js';
import type { CalibrationOptions } from '../reference/calibrate.js';
import { scalesBy } from '../reference/calibrate.js';
import type { Numbers } from '../reference/numbers.js';
import type { ClipMethod } from './sizes.js';
import { Sizes } from './sizes.js';

export class Observed {
  private readonly sizes = new Map<string, Sizes>();
  private readonly root: (tensor: string) => string;

  constructor(private readonly graph: NetworkGraph) {
    this.root = sharedWords(graph);
  }

  /** All tensors of a run: those with words in common are one. */
  add(tensors: ReadonlyMap<string, Numbers>): void {
    for (const [name, { values }] of tensors) {
      const of = this.root(name);
      const sizes = this.sizes.get(of) ?? new Sizes();
      this.sizes.set(of, sizes);
      sizes.add(values);
    }
  }

  /** What a word of each tensor stands for. What the network puts out is never clipped: a share of it is not what is asked. */
  scales(method: ClipMethod, options: Pick<CalibrationOptions, 'bits' | 'unsigned'>): ReadonlyMap<string, number> {
    const outputs = new Set(this.graph.outputs.map(this.root));
    return scalesBy(
      this.graph,
      options,
      (of, top) => this.sizes.get(of)?.clip(outputs.has(of) ? 'max' : method, top) ?? 0,
    );
  }
}

/** Numbers of one tensor, or of one channel's weights. */
export function clippedSize(values: ArrayLike<number>, method: ClipMethod, top: number): number {
  const sizes = new Sizes();
  sizes.add(values);
  return sizes.clip(method, top);
}
