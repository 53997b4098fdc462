// Row bands: a chain of steps as the same steps on bands of rows, one band after the other. What lies between two steps of a
// band is as small as the band and its halo, which is computed anew in each band that reads it.

import { defined, got, nth } from '../../base/invariant.js';
import type { GraphTensor, GraphStep, NetworkGraph, Operand, Placement } from './network-graph.js';
import type { RowRange } from './row-windows.js';
import { bandRows, rowsRead, withRows } from './row-windows.js';

/** Steps next to each other in the order of the graph, the last of which alone makes what is read behind them. */
export interface Chain {
  readonly first: number;
  readonly last: number;
}

/** `bands` says into how many bands of rows of the last step's result. */
export interface BandedChain extends Chain {
  readonly bands: number;
}

/** Some rows of a tensor. */
export interface RowsOf extends RowRange {
  readonly of: string;
}

export interface BandedGraph {
  readonly graph: NetworkGraph;
  /** Of each step of the graph, which step it was before. */
  readonly steps: readonly number[];
  /** Of tensors that are rows of tensors of the graph before. */
  readonly parts: ReadonlyMap<string, RowsOf>;
}

/** Rows of an image; undefined of what has none. */
export function rowsOf(graph: Pick<NetworkGraph, 'tensors'>, name: string): number | undefined {
  const shape = graph.tensors.find((t) => t.name === name)?.shape;
  return shape?.length === 4 ? nth(shape, 2) : undefined;
}

/** Why steps are no chain that bands of rows can be made of; undefined where they are. */
export function whyNoChain(graph: NetworkGraph, { first, last }: Chain): string | undefined {
  const tensors = new Map(graph.tensors.map((t) => [t.name, t]));
  for (let i = first; i <= last; i++) {
    const step = nth(graph.steps, i);
    const [made] = step.outputs;
    const tensor = made === undefined ? undefined : tensors.get(made);
    if (step.outputs.length !== 1 || !tensor) return `${step.name} makes more than one tensor`;
    const why = whyNoBands(graph, step);
    if (why !== undefined) return `${step.name} ${why}`;
    const inside = tensor.consumers.every((reader) => i < reader && reader <= last);
    if (i < last && (!inside || tensor.placements.length > 0 || graph.outputs.includes(tensor.name)))
      return `${tensor.name} is read behind it`;
    if (i < last && tensor.consumers.length === 0) return `nobody reads ${tensor.name}`;
  }
  return undefined;
}

/** Why a step has no rows that it could make alone. */
function whyNoBands(graph: NetworkGraph, step: GraphStep): string | undefined {
  const isImage = (name: string) => rowsOf(graph, name) !== undefined;
  if (![...step.inputs, ...step.outputs].every(isImage)) return 'reads or makes what is no image';
  switch (step.kind) {
    case 'layer':
      if (step.run.kind !== 'convolution' || step.run.weights.kind !== 'weights') return 'is no convolution';
      return step.epilogue.pool && step.epilogue.residual ? 'pools behind a residual' : undefined;
    case 'pool':
      return step.global ? 'pools whole images' : undefined;
    case 'addition': {
      const rows = step.operands.map((x) => (x.kind === 'tensor' ? rowsOf(graph, x.name) : undefined));
      return rows.every((n) => n === rowsOf(graph, nth(step.outputs, 0))) ? undefined : 'stretches an operand';
    }
    default:
      return 'is no convolution, pool or addition';
  }
}

/**
 * The graph with every chain in bands of rows, whose tensors and steps are named `NAME band 2/4`; results are the same, word for
 * word. Chains do not overlap. Undefined where a band would read no row of what it reads, or there are fewer rows than bands.
 * @throws if steps are no chain (`whyNoChain`).
 */
export function banded(graph: NetworkGraph, chains: readonly BandedChain[]): BandedGraph | undefined {
  const rewriting = new Rewriting(graph);
  const starts = new Map(chains.map((chain) => [chain.first, chain]));
  for (let i = 0; i < graph.steps.length;) {
    const chain = starts.get(i);
    if (!chain) rewriting.keep(i++);
    else {
      const why = whyNoChain(graph, chain);
      if (why !== undefined) throw new Error(`invariant: no chain: ${why}`);
      if (!rewriting.cut(chain)) return undefined;
      i = chain.last + 1;
    }
  }
  return rewriting.made();
}

class Rewriting {
  readonly #steps: GraphStep[] = [];
  readonly #from: number[] = [];
  readonly #placements: Placement[];
  readonly #shapes: Map<string, readonly number[] | null>;
  readonly #parts = new Map<string, RowsOf>();

  constructor(readonly graph: NetworkGraph) {
    this.#placements = [...graph.placements];
    this.#shapes = new Map(graph.tensors.map(({ name, shape }) => [name, shape]));
  }

  keep(i: number): void {
    this.#steps.push(nth(this.graph.steps, i));
    this.#from.push(i);
  }

  cut({ first, last, bands }: BandedChain): boolean {
    const whole = nth(nth(this.graph.steps, last).outputs, 0);
    const cuts = bandRows(defined(this.#rows(whole)), bands);
    if (!cuts) return false;
    const made = cuts.map((rows, band) => this.#band(first, last, rows, `band ${band + 1}/${bands}`));
    if (!made.every((name) => name !== undefined)) return false;
    this.#placements.push({
      name: `${whole} of ${bands} bands`,
      operator: 'Concat',
      kind: 'concat',
      axis: 2,
      offsets: cuts.map(({ from }) => from),
      inputs: made.map((name): Operand => ({ kind: 'tensor', name })),
      outputs: [whole],
    });
    return true;
  }

  /** Steps of one band; the name of the part that it makes. */
  #band(first: number, last: number, rows: RowRange, title: string): string | undefined {
    const steps = this.graph.steps;
    /** Rows of tensors that the chain makes, as far as the band needs them. */
    const needed = new Map<string, RowRange>([[nth(nth(steps, last).outputs, 0), rows]]);
    const made = new Set<string>();
    for (let i = first; i <= last; i++) made.add(nth(nth(steps, i).outputs, 0));
    for (let i = last; i >= first; i--) {
      const step = nth(steps, i);
      for (const { tensor, range } of this.#read(step, got(needed, nth(step.outputs, 0)))) {
        if (range.upTo <= range.from) return undefined;
        if (made.has(tensor)) needed.set(tensor, hull(needed.get(tensor), range));
      }
    }
    for (let i = first; i <= last; i++) {
      const step = nth(steps, i);
      const output = nth(step.outputs, 0);
      const own = got(needed, output);
      const inputs = this.#read(step, own).map(({ tensor, range: { from, upTo } }) => {
        const held = needed.get(tensor);
        return held
          ? this.#slice(`${tensor} ${title}`, { from: from - held.from, upTo: upTo - held.from })
          : this.#slice(tensor, { from, upTo });
      });
      const part = `${output} ${title}`;
      this.#add(part, output, own);
      const cut = withRows(step, own, (x) => defined(this.#rows(x)), inputs);
      this.#steps.push({ ...cut, name: `${step.name} ${title}`, outputs: [part] });
      this.#from.push(i);
    }
    return `${nth(nth(steps, last).outputs, 0)} ${title}`;
  }

  #read(step: GraphStep, made: RowRange) {
    return rowsRead(step, made, (x) => defined(this.#rows(x)));
  }

  #rows(name: string): number | undefined {
    return this.#shapes.get(name)?.[2];
  }

  #add(part: string, of: string, { from, upTo }: RowRange): void {
    const shape = defined(got(this.#shapes, of)).map((size, axis) => (axis === 2 ? upTo - from : size));
    this.#shapes.set(part, shape);
    const larger = this.#parts.get(of);
    const before = larger?.from ?? 0;
    this.#parts.set(part, { of: larger?.of ?? of, from: before + from, upTo: before + upTo });
  }

  /** Rows of a tensor as a tensor of its own, which is addresses alone. */
  #slice(name: string, range: RowRange): string {
    if (range.from === 0 && range.upTo === this.#rows(name)) return name;
    const part = `${name} rows ${range.from}-${range.upTo - 1}`;
    if (!this.#shapes.has(part)) {
      this.#add(part, name, range);
      this.#placements.push({
        name: part,
        operator: 'Slice',
        kind: 'slice',
        starts: [0, 0, range.from, 0],
        steps: [1, 1, 1, 1],
        inputs: [{ kind: 'tensor', name }],
        outputs: [part],
      });
    }
    return part;
  }

  made(): BandedGraph {
    const [steps, placements] = [this.#steps, this.#placements];
    const producers = new Map<string, GraphTensor['producer']>();
    const consumers = new Map<string, number[]>();
    const placed = new Map<string, number[]>();
    const note = (lists: Map<string, number[]>, name: string, i: number) => {
      const known = lists.get(name);
      if (!known) lists.set(name, [i]);
      else if (known.at(-1) !== i) known.push(i);
    };
    for (const [placement, { inputs, outputs }] of placements.entries()) {
      for (const name of outputs) producers.set(name, { kind: 'placement', placement });
      for (const x of inputs) if (x.kind === 'tensor') note(placed, x.name, placement);
    }
    for (const [step, { inputs, outputs }] of steps.entries()) {
      for (const name of outputs) producers.set(name, { kind: 'step', step });
      for (const name of inputs) note(consumers, name, step);
    }
    const inputs = new Set(this.graph.inputs);
    const tensors = [...this.#shapes].flatMap(([name, shape]): readonly GraphTensor[] => {
      const producer = inputs.has(name) ? ({ kind: 'input' } as const) : producers.get(name);
      // What a chain made whole is there in parts alone.
      if (!producer) return [];
      return [{ name, shape, producer, consumers: consumers.get(name) ?? [], placements: placed.get(name) ?? [] }];
    });
    return { graph: { ...this.graph, tensors, steps, placements }, steps: this.#from, parts: this.#parts };
  }
}

const hull = (a: RowRange | undefined, b: RowRange): RowRange =>
  a ? { from: Math.min(a.from, b.from), upTo: Math.max(a.upTo, b.upTo) } : b;
