// How large the numbers of all tensors of a network are over many samples: runs in real numbers, one after the other.

import { nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { sharedWords } from '../model/workload/shared-words.js';
import type { CalibrationOptions } from '../reference/calibrate.js';
import { scalesBy } from '../reference/calibrate.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { ClipMethod } from './sizes.js';
import type { Histogram } from './sizes.js';
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
  scales(
    method: ClipMethod,
    options: Pick<CalibrationOptions, 'bits' | 'tensorBits' | 'unsigned'>,
  ): ReadonlyMap<string, number> {
    const outputs = new Set(this.graph.outputs.map(this.root));
    // Those of inputs and outputs are 32-bit real numbers, as files have them.
    const ends = new Set([...this.graph.inputs, ...this.graph.outputs].map(this.root));
    const scales = scalesBy(
      this.graph,
      options,
      (of, top) => this.sizes.get(of)?.clip(outputs.has(of) ? 'max' : method, top) ?? 0,
    );
    return new Map([...scales].map(([name, scale]) => [name, ends.has(this.root(name)) ? Math.fround(scale) : scale]));
  }

  /** Of tensors with words in common together: by the first of them in the order of the network. */
  histograms(): ReadonlyMap<string, Histogram> {
    const first = new Map<string, string>();
    for (const { name } of this.graph.tensors) if (!first.has(this.root(name))) first.set(this.root(name), name);
    return new Map(
      [...first].flatMap(([of, name]) => {
        const sizes = this.sizes.get(of);
        return sizes ? [[name, sizes.histogram()]] : [];
      }),
    );
  }

  /** The largest size that was seen. */
  largest = (tensor: string): number => this.sizes.get(this.root(tensor))?.max ?? 0;
}

/** The largest size of each channel of each tensor over many samples: channels are the second axis. */
export class ChannelSizes {
  private readonly sizes = new Map<string, Float64Array>();

  add(tensors: ReadonlyMap<string, Numbers>): void {
    for (const [name, { shape, values }] of tensors) {
      const channels = shape[1] ?? 1;
      const inner = countOf(shape.slice(2));
      const sizes = this.sizes.get(name) ?? new Float64Array(channels);
      this.sizes.set(name, sizes);
      for (const [at, v] of values.entries()) {
        const k = Math.floor(at / inner) % channels;
        if (Math.abs(v) > nth(sizes, k)) sizes[k] = Math.abs(v);
      }
    }
  }

  of = (tensor: string): Float64Array | undefined => this.sizes.get(tensor);
}

/** Numbers of one tensor, or of one channel's weights. */
export function clippedSize(values: ArrayLike<number>, method: ClipMethod, top: number): number {
  const sizes = new Sizes();
  sizes.add(values);
  return sizes.clip(method, top);
}
