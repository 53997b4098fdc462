// A network on several samples at a time, side by side in lanes of vectors: the numbers of the reference, bit by bit, sooner.
//
// Each lane has a sample of its own and nothing crosses lanes, so what is made of a sample depends on no other. What no
// function of lanes does, the reference does, sample by sample. Where words might not be exact there are no lanes at all.

import { defined, got, nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf } from '../reference/numbers.js';
import type { Arithmetic } from '../reference/run-graph.js';
import { computed } from '../reference/run-graph.js';
import type { Numbering } from './finishes.js';
import type { Kernels } from './kernels.js';
import { kernelsOf, maxBytes } from './kernels.js';
import { LanePlan } from './lane-plan.js';
import type { Layout } from './layouts.js';
import { addressOf } from './layouts.js';
import type { Numeric } from './numeric.js';
import { reals, words } from './numeric.js';
import type { Call } from './step-calls.js';

/** A graph of one sample, made ready. */
export class Lanes {
  private readonly memory: Int16Array | Float64Array;
  private readonly calls: readonly (() => void)[];
  /** Places of elements in memory, counted in lanes. */
  private readonly places = new Map<string, Int32Array>();
  private filled = 0;

  private constructor(
    private readonly graph: NetworkGraph,
    private readonly numeric: Numeric,
    private readonly arithmetic: Arithmetic,
    /** In the order in which they are made: inputs, and all that steps or placement make. */
    private readonly layouts: ReadonlyMap<string, Layout>,
    kernels: Kernels,
    private readonly planned: readonly Call[],
  ) {
    this.memory = numeric.kind === 'words' ? new Int16Array(kernels.memory) : new Float64Array(kernels.memory);
    this.calls = planned.map((c) => this.callOf(kernels, c));
  }

  /**
   * `arithmetic` is that of the reference, by the same numbers. Undefined where lanes do not do what the reference does: the
   * graph has steps that are not run, or weights are missing, or 16-bit words or 32-bit sums might not be exact.
   */
  static of(graph: NetworkGraph, arithmetic: Arithmetic, numbering: Numbering): Lanes | undefined {
    const numeric = numbering.kind === 'words' ? words : reals;
    const plan = LanePlan.of(graph, numeric, arithmetic, numbering);
    if (!plan || plan.arena.size > maxBytes) return undefined;
    const kernels = kernelsOf(numeric, plan.arena.size);
    const bytes = new Uint8Array(kernels.memory);
    for (const [address, content] of plan.arena.contents) bytes.set(content, address);
    return new Lanes(graph, numeric, arithmetic, plan.layouts, kernels, plan.calls);
  }

  /** Places of the steps that the reference does. */
  get left(): readonly number[] {
    return this.planned.flatMap((c) => (c.kind === 'reference' ? [c.step] : []));
  }

  /** Samples at a time. */
  get width(): number {
    return this.numeric.lanes;
  }

  /** Tensors that can be read. */
  get tensors(): readonly string[] {
    return [...this.layouts.keys()];
  }

  /** Runs `count` samples, at most `width`: of each input their numbers, one after the other. */
  run(inputs: ReadonlyMap<string, Float64Array>, count: number): void {
    this.filled = count;
    for (const [name, values] of inputs) this.write(name, values);
    for (const call of this.calls) call();
  }

  /** Of the samples that ran last the numbers of a tensor, one after the other, into `to` from `at` on. */
  read(name: string, to: Float64Array, at: number): void {
    const { memory, filled } = this;
    const places = this.placesOf(name);
    const each = places.length;
    for (let i = 0; i < each; i++) {
      const place = places[i] ?? 0;
      for (let lane = 0; lane < filled; lane++) to[at + lane * each + i] = memory[place + lane] ?? NaN;
    }
  }

  /** Of the first of them. */
  readFirst(name: string): Float64Array {
    return Float64Array.from(this.placesOf(name), (place) => this.memory[place] ?? NaN);
  }

  private write(name: string, values: Float64Array): void {
    const { memory, filled } = this;
    const places = this.placesOf(name);
    const each = places.length;
    for (let i = 0; i < each; i++) {
      const place = places[i] ?? 0;
      for (let lane = 0; lane < filled; lane++) {
        const value = values[lane * each + i] ?? NaN;
        memory[place + lane] = value;
        if (this.numeric.kind === 'words' && memory[place + lane] !== value)
          throw new Error(`invariant: ${name} of ${this.graph.name} has ${value}, which is no word of 16 bits`);
      }
    }
  }

  private placesOf(name: string): Int32Array {
    const known = this.places.get(name);
    if (known) return known;
    const layout = got(this.layouts, name);
    const made = Int32Array.from(
      { length: layout.planes * layout.height * layout.width },
      (_, i) => addressOf(layout, i) / this.memory.BYTES_PER_ELEMENT,
    );
    this.places.set(name, made);
    return made;
  }

  private callOf(kernels: Kernels, call: Call): () => void {
    switch (call.kind) {
      case 'convolution':
        return kernels.convolution(call.block, call.hasOther, call.call);
      case 'pool':
        return kernels.pool(call.mode, call.call);
      case 'move':
        return kernels.move(call.table, call.tableEnd);
      case 'reference':
        return () => this.byReference(call.step);
    }
  }

  private byReference(i: number): void {
    const { graph, arithmetic } = this;
    const step = nth(graph.steps, i);
    const name = nth(step.outputs, 0);
    const shapeOf = (tensor: string) => defined(graph.tensors.find((t) => t.name === tensor)?.shape);
    const operands = new Map<string, Float64Array>();
    const whole = (tensor: string): Float64Array => {
      const known = operands.get(tensor);
      if (known) return known;
      const values = new Float64Array(countOf(shapeOf(tensor)) * this.filled);
      this.read(tensor, values, 0);
      operands.set(tensor, values);
      return values;
    };
    const each = countOf(shapeOf(name));
    const results = new Float64Array(each * this.filled);
    for (let lane = 0; lane < this.filled; lane++) {
      const read = (tensor: string): Numbers => {
        const shape = shapeOf(tensor);
        const size = countOf(shape);
        return { shape, values: whole(tensor).subarray(lane * size, (lane + 1) * size) };
      };
      const made = computed(
        arithmetic,
        step,
        i,
        shapeOf(name),
        (x) => (x.kind === 'tensor' ? read(x.name) : defined(arithmetic.operand(x, step, i))),
        read,
      );
      results.set(made.values, lane * each);
    }
    this.write(name, results);
  }
}
