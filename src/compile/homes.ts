// Where every tensor of a graph lies: in a storage of its own, inside the tensor that a concat makes of it, or in what a
// placement takes it from.

import { got, nth } from '../base/invariant.js';
import type { GraphTensor, NetworkGraph, Placement } from '../model/workload/network-graph.js';
import { CannotLower } from './cannot-lower.js';
import type { Rearrangement } from './lowered.js';
import type { Storage, View } from './storage.js';
import { innermostLast, makeStorage, narrowed, ownStorage, reshaped, shapeOf, transposed } from './storage.js';
import { ownAxis, wantedAxis } from './wanted-axis.js';

type SplitOrConcat = Extract<Placement, { readonly kind: 'concat' | 'split' }>;

/** A tensor that lies inside a larger one. */
interface Claim {
  readonly whole: string;
  readonly axis: number;
  readonly start: number;
}

/** Storages are made as they are first asked for; `copy` is told what the host must move. */
export class Homes {
  readonly #tensors: ReadonlyMap<string, GraphTensor>;
  readonly #views = new Map<string, View>();
  readonly #claims = new Map<string, Claim>();
  /** Concats of which all parts are in place. */
  readonly #joined = new Set<string>();
  readonly #apart = new Map<string, View>();
  readonly storages: Storage[] = [];

  constructor(
    readonly graph: NetworkGraph,
    readonly copy: (operation: Rearrangement) => void,
    readonly unsigned: ReadonlySet<string> = new Set(),
  ) {
    this.#tensors = new Map(graph.tensors.map((t) => [t.name, t]));
    for (const placement of graph.placements) if (placement.kind === 'concat') this.#claim(placement);
  }

  get views(): ReadonlyMap<string, View> {
    return this.#views;
  }

  /** @throws CannotLower where nobody knows it: there is no place for such a tensor. */
  #sized(name: string): readonly number[] {
    const { shape } = got(this.#tensors, name);
    if (shape === null) throw new CannotLower(`the size of ${name} is not known, so that it lies nowhere in memory`);
    return shape;
  }

  shape(name: string): readonly number[] {
    return got(this.#tensors, name).shape ?? [];
  }

  /** Parts of a concat lie in it where nobody else has them and their channels are innermost in both. */
  #claim({ inputs, outputs, axis, offsets }: SplitOrConcat): void {
    const whole = nth(outputs, 0);
    const names = inputs.map((x) => (x.kind === 'tensor' ? x.name : undefined));
    for (const [i, name] of names.entries()) {
      if (name === undefined || this.#claims.has(name) || names.indexOf(name) !== names.lastIndexOf(name)) continue;
      const { producer } = got(this.#tensors, name);
      const made = producer.kind !== 'placement' || nth(this.graph.placements, producer.placement).kind === 'concat';
      if (made && this.#innermost(name) === this.#innermost(whole))
        this.#claims.set(name, { whole, axis, start: nth(offsets, i) });
    }
  }

  /** Which axis has neighbouring words. */
  #innermost(name: string): number {
    const { producer } = got(this.#tensors, name);
    const last = this.shape(name).length - 1;
    if (producer.kind === 'placement') {
      const placement = nth(this.graph.placements, producer.placement);
      const [first] = placement.inputs;
      if (first?.kind !== 'tensor' || placement.kind === 'reshape') return last;
      const before = this.#innermost(first.name);
      return placement.kind === 'transpose' ? placement.order.indexOf(before) : before;
    }
    const step = producer.kind === 'step' ? nth(this.graph.steps, producer.step) : undefined;
    switch (step?.kind) {
      case 'addition':
      case 'multiplication':
      case 'scale': {
        const like = this.likeOf(name, step.inputs);
        return like === undefined ? last : this.#innermost(like);
      }
      default:
        return (step && ownAxis(step, last)) ?? wantedAxis(this.graph, name) ?? last;
    }
  }

  /** The input that has the shape of a result that is computed element by element. */
  likeOf(result: string, inputs: readonly string[]): string | undefined {
    const shape = this.shape(result).join();
    return inputs.find((x) => this.shape(x).join() === shape);
  }

  /** Where a tensor lies, whether or not it is there yet. */
  place(name: string): View {
    const known = this.#views.get(name);
    if (known) return known;
    const claim = this.#claims.get(name);
    const inside =
      claim && narrowed(this.place(claim.whole), claim.axis, claim.start, nth(this.shape(name), claim.axis));
    const view = inside ?? this.#placed(name);
    this.#views.set(name, view);
    return view;
  }

  #placed(name: string): View {
    const { producer } = got(this.#tensors, name);
    if (producer.kind === 'placement') {
      const placement = nth(this.graph.placements, producer.placement);
      if (placement.kind !== 'concat') return this.#derived(name, placement);
    }
    const like = this.#like(name);
    return like ? this.#likeStorage(name, like) : this.#own(name, this.#innermost(name));
  }

  /** Results of what works element by element lie as its operand does. */
  #like(name: string): View | undefined {
    const { producer } = got(this.#tensors, name);
    const step = producer.kind === 'step' ? nth(this.graph.steps, producer.step) : undefined;
    if (step?.kind !== 'addition' && step?.kind !== 'multiplication' && step?.kind !== 'scale') return undefined;
    const like = this.likeOf(name, step.inputs);
    return like === undefined ? undefined : this.place(like);
  }

  #own(name: string, innermost: number): View {
    const shape = this.#sized(name);
    return this.#added(ownStorage(name, shape, innermostLast(shape.length, innermost), this.unsigned.has(name)));
  }

  /** A storage like that of a tensor which has its own, for more words of each element. */
  beside(name: string, what: string): View {
    const { storage, at, axes } = this.place(name);
    const own = makeStorage(
      `${name} ${what}`,
      storage.axes.map((axis) => axis.size),
    );
    return this.#added({ storage: own, at, axes });
  }

  #added(view: View): View {
    this.storages.push(view.storage);
    return view;
  }

  /** A storage of its own whose axes are the factors of a view, in the order in which they lie there. */
  #likeStorage(name: string, view: View): View {
    const factors = view.axes.flat().toSorted((a, b) => a.axis - b.axis || b.step - a.step);
    const own = ownStorage(
      name,
      factors.map((f) => f.size),
      factors.map((_, i) => i),
      this.unsigned.has(name),
    );
    const axes = view.axes.map((list) => list.map((f) => ({ axis: factors.indexOf(f), size: f.size, step: 1 })));
    return this.#added({ ...own, axes });
  }

  #derived(name: string, placement: Placement): View {
    const [first] = placement.inputs;
    if (first?.kind !== 'tensor') throw new Error(`invariant: ${placement.name} has no tensor`);
    const from = this.place(first.name);
    const found = this.#addressed(name, placement, from);
    if (found) return found;
    // Where addresses do not say it, they do of the same words in the order of ONNX.
    const shape = this.shape(first.name);
    const words = [shape.reduce((n, d) => n * d, 1)];
    const flat = this.#added(ownStorage(`${first.name} in order`, words, [0], from.storage.unsigned));
    const ordered = reshaped(flat, shape);
    if (!ordered) throw new Error(`invariant: ${first.name} is not its own shape`);
    this.#apart.set(name, ordered);
    const again = this.#addressed(name, placement, ordered);
    if (!again) throw new Error(`invariant: ${placement.name} cannot be placed`);
    return again;
  }

  #addressed(name: string, placement: Placement, from: View): View | undefined {
    const shape = this.#sized(name);
    switch (placement.kind) {
      case 'reshape':
        return reshaped(from, shape);
      case 'transpose':
        return transposed(from, placement.order);
      case 'split': {
        const { axis, offsets, outputs } = placement;
        return narrowed(from, axis, nth(offsets, outputs.indexOf(name)), nth(shape, axis));
      }
      case 'concat':
        return undefined;
      case 'slice':
        return placement.starts.reduce<View | undefined>(
          (view, start, axis) => view && narrowed(view, axis, start, nth(shape, axis), nth(placement.steps, axis)),
          from,
        );
    }
  }

  /** Where a tensor lies that is read now: what has to be moved for that is moved first. */
  read(name: string): View {
    const { producer } = got(this.#tensors, name);
    const view = this.place(name);
    if (producer.kind !== 'placement' || this.#joined.has(name)) return view;
    this.#joined.add(name);
    const placement = nth(this.graph.placements, producer.placement);
    for (const input of placement.inputs) if (input.kind === 'tensor') this.read(input.name);
    if (placement.kind === 'concat') this.#join(name, placement, view);
    const ordered = this.#apart.get(name);
    const [first] = placement.inputs;
    if (ordered && first?.kind === 'tensor')
      this.#copied(
        first.name,
        this.place(first.name),
        ordered,
        `${placement.operator} ${placement.name} reads it in another order`,
      );
    return view;
  }

  #join(name: string, { inputs, axis, offsets }: SplitOrConcat, view: View): void {
    for (const [i, x] of inputs.entries()) {
      if (x.kind !== 'tensor') continue;
      const claim = this.#claims.get(x.name);
      if (claim?.whole === name && claim.start === offsets[i]) continue;
      const part = narrowed(view, axis, nth(offsets, i), nth(this.shape(x.name), axis));
      if (!part) throw new Error(`invariant: ${x.name} has no place in ${name}`);
      this.#copied(x.name, this.place(x.name), part, `it is part of ${name} beside where it lies`);
    }
  }

  /** The tensor in a storage of its own, with this axis innermost: for a reader that cannot take it where it lies. */
  apart(name: string, innermost: number, reader: string): View {
    const key = `${innermost} ${name}`;
    const known = this.#apart.get(key);
    if (known) return known;
    const shape = this.shape(name);
    const order = innermostLast(shape.length, innermost);
    const view = this.#added(ownStorage(`${name} for ${reader}`, shape, order, this.unsigned.has(name)));
    this.#apart.set(key, view);
    this.#copied(name, this.read(name), view, `${reader} cannot read it where it lies`);
    return view;
  }

  #copied(name: string, from: View, to: View, why: string): void {
    if (shapeOf(from).join() !== shapeOf(to).join()) throw new Error(`invariant: ${name} changes its shape`);
    if (from.storage.unsigned !== to.storage.unsigned) throw new Error(`invariant: ${name} changes its sign`);
    this.copy({ kind: 'rearrangement', name, why, from, to });
  }
}
