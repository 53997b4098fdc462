// What is called for every pack of samples, where all of it lies, and how large words may be on the way.

import { defined, got, nth } from '../base/invariant.js';
import type {
  AdditionStep,
  GraphStep,
  LayerStep,
  NetworkGraph,
  Operand,
  PoolStep,
  ScaleStep,
} from '../model/workload/network-graph.js';
import { channelAxis } from '../model/workload/network-graph.js';
import type { Numbers } from '../reference/numbers.js';
import { countOf, zeros } from '../reference/numbers.js';
import { placed } from '../reference/placing.js';
import type { Arithmetic } from '../reference/run-graph.js';
import { planned, spread, weightFaults } from '../reference/run-graph.js';
import { upsampled } from '../reference/pooling.js';
import type { Numbering, Reach } from './finishes.js';
import { averageFinish, finishesOf, limitsOf, unlimited, wordSize } from './finishes.js';
import type { Layout } from './layouts.js';
import { addressOf, Arena, bordersOf, layoutIn } from './layouts.js';
import type { Finish, Numeric } from './numeric.js';
import { wordLimit } from './numeric.js';
import type { Call, LaidWeights } from './step-calls.js';
import {
  convolutionCalls,
  elementCalls,
  finishesIn,
  moveCalls,
  poolCalls,
  rowCalls,
  rowsOf,
  windowsOf,
} from './step-calls.js';

export class LanePlan {
  readonly arena = new Arena();
  readonly layouts = new Map<string, Layout>();
  readonly calls: Call[] = [];
  private readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly borders;
  /** The largest sizes of words. */
  private readonly sizes = new Map<string, number>();

  private constructor(
    private readonly graph: NetworkGraph,
    private readonly numeric: Numeric,
    private readonly arithmetic: Arithmetic,
    private readonly numbering: Numbering,
  ) {
    this.shapes = new Map(graph.tensors.map(({ name, shape }) => [name, shape ?? []]));
    this.borders = bordersOf(graph);
  }

  /** Undefined where lanes are not to be had; see `Lanes.of`. */
  static of(graph: NetworkGraph, numeric: Numeric, arithmetic: Arithmetic, numbering: Numbering): LanePlan | undefined {
    const { notRun } = planned(graph, new Set(graph.inputs));
    if (notRun.length > 0) return undefined;
    const plan = new LanePlan(graph, numeric, arithmetic, numbering);
    return plan.made() ? plan : undefined;
  }

  private made(): boolean {
    const { graph, numbering } = this;
    if (weightFaults(graph.steps, this.arithmetic).length > 0) return false;
    for (const name of graph.inputs) this.place(name, numbering.kind === 'words' ? numbering.inputLimit : 0);
    for (const [i, step] of graph.steps.entries()) {
      for (const name of step.inputs) this.layoutOf(name);
      const read = Math.max(0, ...step.inputs.map((name) => got(this.sizes, name)));
      const size = numbering.kind === 'words' ? wordSize(numbering, i, read) : 0;
      // Raw sums are no words.
      if (size > wordLimit + 1 || this.isRaw(i)) return false;
      const output = this.place(nth(step.outputs, 0), size);
      this.calls.push(...(this.callsOf(step, i, output) ?? [{ kind: 'reference' as const, step: i }]));
    }
    for (const name of graph.outputs) this.layoutOf(name);
    return true;
  }

  private isRaw(i: number): boolean {
    return this.numbering.kind === 'words' && this.numbering.integers.steps.get(i)?.raw !== undefined;
  }

  private place(name: string, size: number): Layout {
    const layout = layoutIn(this.arena, got(this.shapes, name), this.borders.get(name));
    this.layouts.set(name, layout);
    this.sizes.set(name, size);
    return layout;
  }

  /** Of a tensor that is there, or that placement makes of others. */
  private layoutOf(name: string): Layout {
    const known = this.layouts.get(name);
    if (known) return known;
    const { producer } = defined(this.graph.tensors.find((t) => t.name === name));
    if (producer.kind !== 'placement') throw new Error(`invariant: ${name} is read before it is made`);
    const placement = nth(this.graph.placements, producer.placement);
    const parts = placement.inputs.flatMap((x) => (x.kind === 'tensor' ? [x.name] : []));
    for (const part of parts) this.layoutOf(part);
    const layout = this.place(name, Math.max(...parts.map((part) => got(this.sizes, part))));
    const from = placed(
      placement,
      placement.outputs.indexOf(name),
      parts.map((part) => this.addresses(part)),
      got(this.shapes, name),
    );
    this.calls.push(...moveCalls(this.arena, from.values, layout));
    return layout;
  }

  /** Where each element of a tensor lies. */
  private addresses(name: string): Numbers {
    const layout = this.layoutOf(name);
    const { shape, values } = zeros(got(this.shapes, name));
    return { shape, values: values.map((_, at) => addressOf(layout, at)) };
  }

  /** Undefined where the reference does a step. */
  private callsOf(step: GraphStep, i: number, output: Layout): readonly Call[] | undefined {
    switch (step.kind) {
      case 'layer':
        return step.run.kind === 'convolution'
          ? this.convolution(step, i, step.run.weights, output)
          : this.product(step, i, output);
      case 'pool':
        return this.pool(step, i, output);
      case 'upsampling': {
        const from = upsampled(
          this.addresses(nth(step.inputs, 0)),
          step.factor,
          got(this.shapes, nth(step.outputs, 0)),
        );
        return moveCalls(this.arena, from.values, output);
      }
      case 'addition':
        return this.addition(step, i, output);
      case 'scale':
        return this.scale(step, i, output);
      case 'multiplication':
      case 'host':
        return undefined;
    }
  }

  private convolution(step: LayerStep, i: number, operand: Operand, output: Layout): readonly Call[] | undefined {
    const input = this.layoutOf(nth(step.inputs, 0));
    const { N, G, K, C, P, Q } = nth(step.layers, 0).layer.bounds;
    const { residual, pool } = step.epilogue;
    const shape = got(this.shapes, nth(step.outputs, 0));
    const images = nth(got(this.shapes, nth(step.inputs, 0)), 0);
    if (operand.kind !== 'weights' || input.planes !== images * G * C) return undefined;
    const weights = defined(this.arithmetic.operand(operand, step, i));
    const each = weights.values.length / (G * K);
    const laid = { values: weights.values, first: 0, perChannel: each, perTap: 1 };
    const finishes = this.finishes(step, i, G * K, laid, each, residual?.tensor);
    if (!finishes) return undefined;
    // Before a pool of the epilogue.
    const sums = shape.length === 3 ? [images, G * K, P] : [images, G * K, Q, P];
    const to = pool ? layoutIn(this.arena, sums) : output;
    const other = residual && this.layoutOf(residual.tensor);
    if (to.planes !== images * G * K || N < 1) return undefined;
    const calls = convolutionCalls(this.arena, this.numeric, step, weights, finishes, [input, to, other]);
    return pool ? [...calls, ...poolCalls(this.arena, 'max', this.sideBySide(pool, output), [to, output])] : calls;
  }

  private product(step: LayerStep, i: number, output: Layout): readonly Call[] | undefined {
    const { run, epilogue } = step;
    if (run.kind !== 'product' || run.left.kind !== 'tensor' || run.right.kind !== 'weights' || epilogue.pool)
      return undefined;
    const rows = rowsOf(got(this.shapes, run.left.name), run.right, run.transposed);
    const input = this.layoutOf(run.left.name);
    const other = epilogue.residual && this.layoutOf(epilogue.residual.tensor);
    if (!rows || ![input, output, other].every((x) => x?.plain ?? true)) return undefined;
    const { values } = defined(this.arithmetic.operand(run.right, step, i));
    const weights = { values, first: 0, perChannel: rows.perChannel, perTap: rows.perTap };
    const channels = channelAxis(step, got(this.shapes, nth(step.outputs, 0)).length) === null ? 1 : rows.columns;
    const finishes = this.finishes(step, i, channels, weights, rows.depth, epilogue.residual?.tensor);
    return finishes && rowCalls(this.arena, this.numeric, rows, weights, finishes, [input, output, other]);
  }

  /** Of layers: sums reach as far as their weights let the largest words. */
  private finishes(
    step: LayerStep,
    i: number,
    channels: number,
    { values, perChannel, perTap }: LaidWeights,
    taps: number,
    residual: string | undefined,
  ): readonly Finish[] | undefined {
    const input = got(this.sizes, nth(step.inputs, 0));
    const other = residual === undefined ? 0 : got(this.sizes, residual);
    let largest = 0;
    const reach = (k: number): Reach => {
      let sum = 0;
      for (let t = 0; t < taps; t++) {
        const size = Math.abs(values[k * perChannel + t * perTap] ?? NaN);
        largest = Math.max(largest, size);
        sum += size;
      }
      return { sum: sum * input, other };
    };
    const found = finishesOf(this.numbering, step, i, channels, reach);
    return largest > wordLimit ? undefined : found;
  }

  private pool(step: PoolStep, i: number, output: Layout): readonly Call[] | undefined {
    const [from, to] = [nth(step.inputs, 0), nth(step.outputs, 0)];
    const input = this.layoutOf(from);
    const windows = windowsOf(step, got(this.shapes, from), got(this.shapes, to));
    const isPlane = output.planes === input.planes && windows?.length === output.height * output.width;
    if (!windows || !isPlane) return undefined;
    if (step.mode === 'max') {
      const finish = this.arena.put(limitsOf(this.numbering, step, i));
      const own = windows.map(({ places }) => ({ places, finish }));
      return poolCalls(this.arena, 'max', own, [input, output]);
    }
    const addresses = new Map<number, number>();
    for (const { divisor, places } of windows) {
      if (addresses.has(divisor)) continue;
      const finish = averageFinish(this.numbering, step, i, divisor, places.length * got(this.sizes, from));
      if (!finish) return undefined;
      addresses.set(divisor, finishesIn(this.arena, [finish]));
    }
    const own = windows.map(({ places, divisor }) => ({ places, finish: got(addresses, divisor) }));
    return poolCalls(this.arena, 'average', own, [input, output]);
  }

  /** Windows of an epilogue's pool; what they take the maximum of has been limited. */
  private sideBySide({ P, Q }: { readonly P: number; readonly Q: number }, { height, width }: Layout) {
    const finish = this.arena.put(unlimited(this.numbering));
    const [rows, columns] = [Q, P].map((n) => Array.from({ length: n }, (_, at) => at));
    return Array.from({ length: height * width }, (_, at) => ({
      finish,
      places: defined(rows).flatMap((r) =>
        defined(columns).map((c) => [Math.floor(at / width) * Q + r, (at % width) * P + c] as const),
      ),
    }));
  }

  private addition(step: AdditionStep, i: number, output: Layout): readonly Call[] | undefined {
    const shape = got(this.shapes, nth(step.outputs, 0));
    const [a, b] = step.operands.map((x) => this.spreadOperand(x, step, i, shape));
    if (!a || !b) return undefined;
    const finishes = finishesOf(this.numbering, step, i, 1, () => ({ sum: a.size, other: b.size }));
    if (!finishes) return undefined;
    const calls = elementCalls(this.arena, this.numeric, finishes, [a.layout, output, b.layout]);
    return [...a.calls, ...b.calls, ...calls];
  }

  private scale(step: ScaleStep, i: number, output: Layout): readonly Call[] | undefined {
    const [name, shape] = [nth(step.inputs, 0), got(this.shapes, nth(step.inputs, 0))];
    const channels = step.axis === null ? 1 : nth(shape, step.axis);
    const input = this.layoutOf(name);
    const isPlane = step.axis === 1 && output.planes === nth(shape, 0) * channels;
    const finishes = finishesOf(this.numbering, step, i, channels, () => ({ sum: got(this.sizes, name), other: 0 }));
    if (!finishes || !(finishes.length === 1 || isPlane)) return undefined;
    return elementCalls(this.arena, this.numeric, finishes, [input, output, undefined]);
  }

  /** An operand as it is added to a tensor of this shape: stretched, and weights as a tensor that is always the same. */
  private spreadOperand(x: Operand, step: GraphStep, i: number, shape: readonly number[]) {
    const { arena } = this;
    if (x.kind === 'weights') {
      const { values } = spread(defined(this.arithmetic.operand(x, step, i)), shape);
      const size = values.reduce((n, v) => Math.max(n, Math.abs(v)), 0);
      if (this.numbering.kind === 'words' && size > wordLimit) return undefined;
      const layout = layoutIn(arena, shape);
      const { lanes, kind } = this.numeric;
      const content = new (kind === 'words' ? Int16Array : Float64Array)(values.length * lanes);
      for (const [at, v] of values.entries()) content.fill(v, at * lanes, (at + 1) * lanes);
      arena.contents.push([layout.address, new Uint8Array(content.buffer)]);
      return { layout, calls: [], size };
    }
    const own = this.addresses(x.name);
    const size = got(this.sizes, x.name);
    if (own.values.length === countOf(shape) && own.shape.join() === shape.join())
      return { layout: this.layoutOf(x.name), calls: [], size };
    const layout = layoutIn(arena, shape);
    return { layout, calls: moveCalls(arena, spread(own, shape).values, layout), size };
  }
}
