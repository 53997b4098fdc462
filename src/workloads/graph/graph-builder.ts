// A graph in the making: what every value of the file stands for, steps that may still take operators in, and the rest.

import { nth } from '../../base/invariant.js';
import type {
  Fold,
  GraphStep,
  Operand,
  Operator,
  Padding,
  Placement,
  PlacementKind,
} from '../../model/workload/network-graph.js';
import type { Graph, GraphNode } from '../onnx/graph.js';
import { operatorName, readsOf } from '../onnx/graph.js';
import type { Value } from '../onnx/value.js';
import { isComplete } from '../onnx/value.js';
import type { Step } from '../onnx/walk.js';

/** What a value of the file is in the graph. */
export type Reference =
  | {
      readonly kind: 'tensor';
      readonly name: string;
      /** Nothing else reads it, nor what it was before it got this name. */
      readonly single: boolean;
      /** A quantiser has rounded it: what comes behind would be rounded a second time. */
      readonly rounded: boolean;
      /** Zeros around it, which a convolution takes as its own padding. */
      readonly padding?: Padding;
    }
  | { readonly kind: 'weights'; readonly value: string; readonly shape: readonly number[] };

export type StepBase = Pick<GraphStep, 'name' | 'operators' | 'outputs' | 'epilogue'>;

/** A step that can still change, and its place in the order of the file. */
export interface Draft {
  step: GraphStep;
  readonly index: number;
}

export class GraphBuilder {
  readonly drafts: Draft[] = [];
  readonly placements: Placement[] = [];
  readonly folds: Fold[] = [];
  readonly shapes = new Map<string, readonly number[] | null>();
  /** Tensors by what they are computed in. */
  readonly producers = new Map<string, Draft | Placement>();
  readonly #references = new Map<string, Reference>();
  readonly #readers = new Map<string, GraphNode[]>();
  readonly #leaving: ReadonlySet<string>;

  constructor(readonly graph: Graph) {
    this.#leaving = new Set(graph.outputs.map(({ name }) => name));
    for (const node of graph.nodes)
      for (const name of readsOf(node)) {
        const known = this.#readers.get(name);
        if (known) known.push(node);
        else this.#readers.set(name, [node]);
      }
  }

  readersOf(value: string): readonly GraphNode[] {
    return this.#readers.get(value) ?? [];
  }
  leaves(value: string): boolean {
    return this.#leaving.has(value);
  }

  /** Whether one operand of one operator alone reads it. */
  #isSingle(value: string): boolean {
    const readers = this.readersOf(value);
    const times = readers.reduce((n, r) => n + Math.max(1, r.inputs.filter((name) => name === value).length), 0);
    return times + (this.leaves(value) ? 1 : 0) === 1;
  }

  /** What stands behind a name; an input of the network where nothing has written it. */
  reference(name: string, value?: Value): Reference {
    const known = this.#references.get(name);
    if (known) return known;
    const made: Reference =
      value?.fixed === true
        ? { kind: 'weights', value: name, shape: shapeOf(value) ?? [] }
        : { kind: 'tensor', name, single: false, rounded: false };
    this.#references.set(name, made);
    if (made.kind === 'tensor' && !this.shapes.has(name)) this.shapes.set(name, shapeOf(value));
    return made;
  }

  /** Input `i` of a node; undefined where it is left out. */
  input({ op }: Step, i: number): Reference | undefined {
    const name = op.node.inputs[i] ?? '';
    return name === '' ? undefined : this.reference(name, op.inputs[i]);
  }
  operand(step: Step, i: number): Operand | undefined {
    const found = this.input(step, i);
    return found && asOperand(found);
  }

  /** Every tensor that a node reads, also inside the graphs that it holds. */
  tensorsRead(step: Step, node: GraphNode = step.op.node): readonly string[] {
    const values = new Map(step.op.node.inputs.map((name, i) => [name, step.op.inputs[i]]));
    const names = [...readsOf(node)].filter((name) => name !== '' && !this.graph.constants.has(name));
    const found = names.map((name) => this.reference(name, values.get(name)));
    return [...new Set(found.flatMap((r) => (r.kind === 'tensor' ? [r.name] : [])))];
  }

  /** Output `i` is a tensor of its own. */
  #made(step: Step, i: number, producer: Draft | Placement): string {
    const name = nth(step.op.node.outputs, i);
    this.#references.set(name, { kind: 'tensor', name, single: this.#isSingle(name), rounded: false });
    this.shapes.set(name, shapeOf(step.outputs[i]));
    this.producers.set(name, producer);
    return name;
  }

  /** A step of its own; `make` completes what every step has. */
  add(at: Step, make: (base: StepBase) => GraphStep): void {
    const { name, outputs } = at.op.node;
    const step = make({
      name,
      operators: [operatorOf(at)],
      outputs: outputs.filter((output) => output !== ''),
      epilogue: {},
    });
    const draft: Draft = { step, index: this.drafts.length };
    for (const [i, output] of outputs.entries()) if (output !== '') this.#made(at, i, draft);
    this.drafts.push(draft);
  }

  place(at: Step, inputs: readonly Operand[], how: PlacementKind): void {
    const { outputs } = at.op.node;
    const made: Placement = { ...operatorOf(at), inputs, outputs: outputs.filter((name) => name !== ''), ...how };
    for (const [i, output] of outputs.entries()) if (output !== '') this.#made(at, i, made);
    this.placements.push(made);
  }

  /** The operator leaves nothing: its first output is another name of `as`, or follows from the file. */
  fold(at: Step, reason: Fold['reason'], as?: Reference, change: { readonly padding?: Padding } = {}): void {
    this.folds.push({ ...operatorOf(at), reason });
    for (const [i, name] of at.op.node.outputs.entries()) {
      if (name === '') continue;
      if (as === undefined || i > 0)
        this.#references.set(name, { kind: 'weights', value: name, shape: shapeOf(at.outputs[i]) ?? [] });
      else if (as.kind === 'weights') this.#references.set(name, as);
      else {
        const single = as.single && this.#isSingle(name);
        this.#references.set(name, { ...as, single, rounded: as.rounded || reason === 'quantiser', ...change });
      }
    }
  }

  /** The step that computes a tensor which nothing else reads and nothing has rounded: it may take its reader in. */
  open(r: Reference | undefined): Draft | undefined {
    if (r?.kind !== 'tensor' || !r.single || r.rounded || r.padding) return undefined;
    const producer = this.producers.get(r.name);
    return producer && 'step' in producer && producer.step.outputs.length === 1 ? producer : undefined;
  }

  /** The operator becomes part of the step, whose result takes the name of the operator's. */
  fuse(at: Step, draft: Draft, change: (step: GraphStep) => GraphStep): void {
    const { step } = draft;
    this.producers.delete(nth(step.outputs, 0));
    this.shapes.delete(nth(step.outputs, 0));
    const name = this.#made(at, 0, draft);
    draft.step = change({ ...step, operators: [...step.operators, operatorOf(at)], outputs: [name] });
  }
}

export const operatorOf = ({ op: { node } }: Step): Operator => ({ name: node.name, operator: operatorName(node) });

export const asOperand = (r: Reference): Operand =>
  r.kind === 'weights' ? { kind: 'weights', value: r.value, shape: r.shape } : { kind: 'tensor', name: r.name };

/** Null where it is not known. */
const shapeOf = (value: Value | undefined): readonly number[] | null =>
  value !== undefined && isComplete(value.shape) ? value.shape : null;
export const shapeMade = ({ outputs }: Step): readonly number[] | null => shapeOf(outputs[0]);
export const shapeRead = ({ op }: Step, i: number): readonly number[] | null => shapeOf(op.inputs[i]);
