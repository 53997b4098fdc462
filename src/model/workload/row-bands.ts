// Bands: a chain of steps as the same steps on bands of rows, or on some of the images of a batch, one band after the other. What
// lies between two steps of a band is as small as the band and its halo, which is computed anew in each band that reads it.

import { defined, got, nth } from '../../base/invariant.js';
import type { GraphTensor, GraphStep, NetworkGraph, Operand, Placement } from './network-graph.js';
import { imagesOf, whyNoImages, withImages } from './image-bands.js';
import type { RowRange } from './row-windows.js';
import { bandRows, rowsRead, withRows } from './row-windows.js';

/** Steps next to each other in the order of the graph, the last of which alone makes what is read behind them. */
export interface Chain {
  readonly first: number;
  readonly last: number;
}

/** What bands are made of: rows where it is not said. */
export type BandsOf = 'rows' | 'images';

/** `bands` says into how many bands of the last step's result. */
export interface BandedChain extends Chain {
  readonly bands: number;
  readonly of?: BandsOf | undefined;
}

/** Some rows of a tensor, or some of its images. */
export interface PartOf extends RowRange {
  readonly whole: string;
  readonly of: BandsOf;
}
const axisOf = { rows: 2, images: 0 } as const satisfies Readonly<Record<BandsOf, number>>;
export const axisOfPart = ({ of }: Pick<PartOf, 'of'>): number => axisOf[of];

export interface BandedGraph {
  readonly graph: NetworkGraph;
  /** Of each step of the graph, which step it was before. */
  readonly steps: readonly number[];
  /** Of tensors that are parts of tensors of the graph before. */
  readonly parts: ReadonlyMap<string, PartOf>;
}

/** Rows of an image; undefined of what has none. */
export function rowsOf(graph: Pick<NetworkGraph, 'tensors'>, name: string): number | undefined {
  const shape = graph.tensors.find((t) => t.name === name)?.shape;
  return shape?.length === 4 ? nth(shape, 2) : undefined;
}

/** Why steps are no chain that bands can be made of; undefined where they are. */
export function whyNoChain(
  graph: NetworkGraph,
  { first, last, of = 'rows' }: Chain & Pick<BandedChain, 'of'>,
): string | undefined {
  const tensors = new Map(graph.tensors.map((t) => [t.name, t]));
  const images = of === 'images' ? imagesOf(graph, nth(graph.steps, last)) : undefined;
  if (of === 'images' && images === undefined) return 'it has one image';
  for (let i = first; i <= last; i++) {
    const step = nth(graph.steps, i);
    const [made] = step.outputs;
    const tensor = made === undefined ? undefined : tensors.get(made);
    if (step.outputs.length !== 1 || !tensor) return `${step.name} makes more than one tensor`;
    const why = images === undefined ? whyNoBands(graph, step) : whyNoImages(graph, step, images);
    if (why !== undefined) return `${step.name} ${why}`;
    if (i === last) continue;
    const own = images === undefined ? [tensor] : withReshapes(graph, tensor, images);
    if (!own || own.some((t) => t.placements.length > 0 && images === undefined))
      return `${tensor.name} is read behind it`;
    const readers = own.flatMap((t) => t.consumers);
    if (own.some((t) => graph.outputs.includes(t.name)) || readers.some((reader) => reader <= i || reader > last))
      return `${tensor.name} is read behind it`;
    if (readers.length === 0) return `nobody reads ${tensor.name}`;
  }
  return undefined;
}

/** A tensor and what is only another shape of each of its images; undefined where it is placed in some other way. */
function withReshapes(
  graph: Pick<NetworkGraph, 'tensors' | 'placements'>,
  tensor: GraphTensor,
  images: number,
): readonly GraphTensor[] | undefined {
  const found = [tensor];
  for (const { placements } of found)
    for (const i of placements) {
      const { kind, outputs } = nth(graph.placements, i);
      const made = graph.tensors.find((t) => t.name === outputs[0]);
      if (kind !== 'reshape' || made?.shape?.[0] !== images) return undefined;
      found.push(made);
    }
  return found;
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
 * The graph with every chain in bands, whose tensors and steps are named `NAME band 2/4`, or `NAME images 2/4`; results are the
 * same, word for word. Chains do not overlap. Undefined where a band would read no row of what it reads, or there are fewer rows
 * or images than bands.
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
  readonly #parts = new Map<string, PartOf>();

  constructor(readonly graph: NetworkGraph) {
    this.#placements = [...graph.placements];
    this.#shapes = new Map(graph.tensors.map(({ name, shape }) => [name, shape]));
  }

  keep(i: number): void {
    this.#steps.push(nth(this.graph.steps, i));
    this.#from.push(i);
  }

  cut({ first, last, bands, of = 'rows' }: BandedChain): boolean {
    const whole = nth(nth(this.graph.steps, last).outputs, 0);
    const cuts = bandRows(defined(this.#size(whole, of)), bands);
    if (!cuts) return false;
    const made = cuts.map((range, band) =>
      of === 'rows'
        ? this.#band(first, last, range, `band ${band + 1}/${bands}`)
        : this.#images(first, last, range, `images ${band + 1}/${bands}`),
    );
    if (!made.every((name) => name !== undefined)) return false;
    this.#placements.push({
      name: `${whole} of ${bands} bands`,
      operator: 'Concat',
      kind: 'concat',
      axis: axisOf[of],
      offsets: cuts.map(({ from }) => from),
      inputs: made.map((name): Operand => ({ kind: 'tensor', name })),
      outputs: [whole],
    });
    return true;
  }

  /** Steps on some images; the name of the part that they make. */
  #images(first: number, last: number, range: RowRange, title: string): string {
    const count = range.upTo - range.from;
    /** What the chain makes, and other shapes of it. */
    const made = new Set<string>();
    const part = (name: string) => `${name} ${title}`;
    for (let i = first; i <= last; i++) {
      const step = nth(this.graph.steps, i);
      const output = nth(step.outputs, 0);
      const inputs = step.inputs.map((name) => (made.has(name) ? part(name) : this.#slice(name, range, 'images')));
      this.#steps.push({
        ...withImages(step, count, this.#size(output, 'images'), inputs),
        name: part(step.name),
        outputs: [part(output)],
      });
      this.#from.push(i);
      this.#add(part(output), output, range, 'images');
      if (i === last) break;
      const tensor = defined(this.graph.tensors.find((t) => t.name === output));
      const [, ...shapes] = defined(withReshapes(this.graph, tensor, defined(this.#size(output, 'images'))));
      for (const { name, producer } of shapes) {
        if (producer.kind !== 'placement') continue;
        const placement = nth(this.graph.placements, producer.placement);
        this.#add(part(name), name, range, 'images');
        this.#placements.push({
          ...placement,
          name: part(placement.name),
          inputs: placement.inputs.map((x) => (x.kind === 'tensor' ? { kind: 'tensor', name: part(x.name) } : x)),
          outputs: [part(name)],
        });
        made.add(name);
      }
      made.add(output);
    }
    return part(nth(nth(this.graph.steps, last).outputs, 0));
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
          ? this.#slice(`${tensor} ${title}`, { from: from - held.from, upTo: upTo - held.from }, 'rows')
          : this.#slice(tensor, { from, upTo }, 'rows');
      });
      const part = `${output} ${title}`;
      this.#add(part, output, own, 'rows');
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
    return this.#size(name, 'rows');
  }

  #size(name: string, of: BandsOf): number | undefined {
    return this.#shapes.get(name)?.[axisOf[of]];
  }

  #add(part: string, whole: string, { from, upTo }: RowRange, of: BandsOf): void {
    const shape = defined(got(this.#shapes, whole)).map((size, axis) => (axis === axisOf[of] ? upTo - from : size));
    this.#shapes.set(part, shape);
    const larger = this.#parts.get(whole);
    const before = larger?.from ?? 0;
    this.#parts.set(part, { whole: larger?.whole ?? whole, of, from: before + from, upTo: before + upTo });
  }

  /** Part of a tensor as a tensor of its own, which is addresses alone. */
  #slice(name: string, range: RowRange, of: BandsOf): string {
    if (range.from === 0 && range.upTo === this.#size(name, of)) return name;
    const part = `${name} ${of} ${range.from}-${range.upTo - 1}`;
    if (!this.#shapes.has(part)) {
      this.#add(part, name, range, of);
      const starts = defined(this.#shapes.get(part)).map((_, axis) => (axis === axisOf[of] ? range.from : 0));
      this.#placements.push({
        name: part,
        operator: 'Slice',
        kind: 'slice',
        starts,
        steps: starts.map(() => 1),
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
