// The scales and ranges that a quantized file gives to the tensors of its graph, and the words of its weights.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import { faultsOf, parsed, refused } from '../../base/diagnostics.js';
import type { GivenTensor, GivenWords, ReadAs } from '../../model/workload/given-words.js';
import { readKey } from '../../model/workload/given-words.js';
import type { NetworkGraph, Operator } from '../../model/workload/network-graph.js';
import { weightsOf } from '../../model/workload/network-graph.js';
import { sharedWords } from '../../model/workload/shared-words.js';
import { operatorName } from '../onnx/graph.js';
import type { Quantiser } from '../onnx/quantiser.js';
import { quantiserOf } from '../onnx/quantiser.js';
import { FileNumbers, weightWords } from '../onnx/weight-numbers.js';
import type { WireGraph, WireModel, WireNode, WireValueInfo } from '../onnx/wire.js';
import { modelCodec } from '../onnx/wire.js';
import type { Limits } from './kept-words.js';
import { limitsOf, narrowed } from './kept-words.js';
import { isMoving } from './requantise.js';

/**
 * What a quantized file says of the words of its tensors and weights. `bytes` are those of `plainQuantized`, of which the graph
 * has been made. Diagnostics list what cannot be read so.
 */
export function givenWords(graph: NetworkGraph, bytes: Uint8Array): Parsed<GivenWords> {
  const { graph: wire } = modelCodec().decode(bytes) as WireModel;
  const reader = new Reader(graph, wire ?? {});
  const run = graph.steps.filter((s) => !(s.kind === 'layer' && s.run.kind === 'costed'));
  const names = run.flatMap((s) => weightsOf(s).map((w) => w.value));
  const weights = weightWords(bytes, [...new Set(names)]);
  const tensors = reader.tensors();
  const faults = [...reader.faults, ...faultsOf(weights)];
  if (!weights.ok || faults.length > 0) return refused(faults);
  const units = new Map([...weights.value].flatMap(([name, { units: of }]) => (of ? [[name, of] as const] : [])));
  return parsed({
    tensors,
    reads: reader.reads,
    outputs: reader.outputs,
    wordOutputs: reader.wordOutputs,
    units,
    differences: reader.differences,
  });
}

interface Found {
  readonly node: WireNode;
  readonly by: Quantiser;
  readonly scale: number;
  /** Without the zero point; infinite where nothing is said. */
  readonly low: number;
  readonly high: number;
}

interface Reading {
  readonly node: WireNode;
  readonly input: number;
}

class Reader {
  readonly faults: Diagnostic[] = [];
  readonly reads = new Map<string, number>();
  readonly outputs = new Map<string, number>();
  readonly wordOutputs = new Map<string, number>();
  readonly differences: string[] = [];
  readonly #file: FileNumbers;
  readonly #nodes: readonly WireNode[];
  readonly #outputs: readonly WireValueInfo[];
  readonly #names: ReadonlySet<string>;
  readonly #found = new Map<WireNode, Found>();
  /** Operators of which nothing is left. */
  readonly #folds: ReadonlySet<string>;

  constructor(
    readonly graph: NetworkGraph,
    wire: WireGraph,
  ) {
    this.#file = new FileNumbers(wire);
    this.#nodes = wire.node ?? [];
    this.#outputs = wire.output ?? [];
    this.#names = new Set(graph.tensors.map((t) => t.name));
    this.#folds = new Set(graph.folds.map(operatorKey));
    for (const node of this.#nodes) {
      const value = node.input?.[0] ?? '';
      if (this.#tensorOf(value) === undefined) continue;
      const by = quantiserOf(node, this.#file);
      if (by === undefined) continue;
      const found = typeof by === 'string' ? by : this.#single(by);
      if (typeof found === 'string') this.#fault(`words of ${this.#tensorOf(value)} ${found}`);
      else this.#found.set(node, { node, ...found });
    }
  }

  #fault(message: string): void {
    if (!this.faults.some((f) => f.message === message)) this.faults.push({ code: 'quantized', path: [], message });
  }

  #single(by: Quantiser): Omit<Found, 'node'> | string {
    const [scale = 0] = by.scales;
    const [zero = 0] = by.zeros;
    if (by.scales.length !== 1)
      return (
        `have ${by.scales.length} scales, one for each channel; ` +
        'the machine has one for a tensor: quantize activations per tensor, weights alone per channel'
      );
    if (!(scale > 0 && scale < Infinity) || !Number.isInteger(zero))
      return `have the scale ${scale} and the zero point ${zero}; expected a number above 0 and a whole one`;
    return { by, scale, low: by.low - zero, high: by.high - zero };
  }

  /** The tensor of the graph that a value is another name of, through what leaves nothing. */
  #tensorOf(value: string): string | undefined {
    for (let at = value; ;) {
      if (this.#names.has(at)) return at;
      const node = this.#file.producer(at);
      const [first] = node?.input ?? [];
      if (!node || first === undefined || !this.#isNothing(node)) return undefined;
      at = first;
    }
  }

  /** Whether its result is another name of what it reads. */
  #isNothing = (node: WireNode): boolean => this.#folds.has(nodeKey(node));

  /** Tensors that have no quantiser of their own have that of those with whose words they share. */
  tensors(): ReadonlyMap<string, GivenTensor> {
    const root = sharedWords(this.graph);
    const writes = new Map<string, Found>();
    const units = new Map<string, Found>();
    const groups = new Map<string, Found>();
    const own = (into: Map<string, Found>, tensor: string, found: Found, what: string) => {
      const known = into.get(tensor);
      if (!known) into.set(tensor, found);
      else if (known.scale !== found.scale || !sameRange(known, found))
        this.#fault(`${tensor} is ${what} by ${told(known)} and by ${told(found)}; the machine holds its words once`);
    };
    for (const found of this.#found.values()) {
      const tensor = this.#tensorOf(found.node.input?.[0] ?? '');
      if (tensor === undefined) continue;
      if (found.by.kind !== 'dequantise') own(writes, tensor, found, 'rounded');
      if (found.by.kind !== 'quantise' && !units.has(tensor)) units.set(tensor, found);
    }
    // What moves words says what they stand for, and so do readers that take them for what they were written as; of the others
    // each says it for itself.
    const strong = new Map<string, Found>();
    for (const found of this.#found.values()) {
      const tensor = this.#tensorOf(found.node.input?.[0] ?? '');
      if (tensor === undefined || found.by.kind === 'quantise') continue;
      const isSame = writes.get(tensor)?.scale === found.scale;
      const isMoved = this.#readersOf(found.node.output?.[0] ?? '').some(({ node }) => isMoving(node));
      if (isSame || (isMoved && !strong.has(tensor))) strong.set(tensor, found);
    }
    for (const { name } of this.graph.tensors) {
      const found = strong.get(name) ?? (writes.get(name) === undefined ? units.get(name) : undefined);
      if (found) this.#ofGroup(groups, root(name), name, found);
    }
    for (const { name } of this.graph.tensors) {
      const found = units.get(name) ?? writes.get(name);
      if (found && !groups.has(root(name))) groups.set(root(name), found);
    }
    for (const [name, found] of writes) {
      const group = groups.get(root(name));
      if (group && !sameRange(group, found)) this.#ofGroup(groups, root(name), name, found);
    }
    const unitOf = (name: string) => strong.get(name) ?? groups.get(root(name));
    this.#readAgain((name) => unitOf(name)?.scale);
    this.#hosted(writes, unitOf);
    this.#leaving();
    this.#unrounded(writes);
    const tensors = new Map(
      this.graph.tensors.flatMap(({ name }): [string, GivenTensor][] => {
        const group = groups.get(root(name));
        if (!group) return [];
        const [write, unit] = [writes.get(name), unitOf(name) ?? group];
        const range = [write, unit, group].find((x) => x !== undefined && isRanged(x)) ?? group;
        return [[name, { scale: (write ?? unit).scale, unit: unit.scale, low: range.low, high: range.high }]];
      }),
    );
    return narrowed(this.graph, tensors, this.#limits());
  }

  /** What the host makes is rounded by one scale alone: by another its words would stand for other numbers. */
  #hosted(writes: ReadonlyMap<string, Found>, unitOf: (tensor: string) => Found | undefined): void {
    for (const { name, producer } of this.graph.tensors) {
      if (producer.kind !== 'step' || nth(this.graph.steps, producer.step).kind !== 'host') continue;
      const [write, unit] = [writes.get(name), unitOf(name)];
      if (write && unit && write.scale !== unit.scale)
        this.#fault(
          `${name}, which the host makes, is rounded by ${told(write)} and read by ${told(unit)}; ` +
            'give its QuantizeLinear and DequantizeLinear the same scale',
        );
    }
  }

  /** What the file keeps words of single tensors within. */
  #limits(): ReadonlyMap<string, Limits> {
    return new Map(
      [...this.#found.values()].flatMap(({ node }) => {
        const [tensor, limits] = [this.#tensorOf(node.input?.[0] ?? ''), limitsOf(node)];
        return tensor !== undefined && limits ? [[tensor, limits] as const] : [];
      }),
    );
  }

  /** Steps that read a tensor by another unit than others do. */
  #readAgain(unitOf: (tensor: string) => number | undefined): void {
    const steps = new Map(this.graph.steps.flatMap((s, i) => s.operators.map((o) => [operatorKey(o), i])));
    const seen = new Map<string, number>();
    for (const { node, by, scale } of this.#found.values()) {
      const tensor = this.#tensorOf(node.input?.[0] ?? '');
      if (tensor === undefined || by.kind === 'quantise') continue;
      const isUsual = unitOf(tensor) === scale;
      for (const reader of this.#readersOf(node.output?.[0] ?? '')) {
        const step = steps.get(nodeKey(reader.node));
        const key = readKey(step ?? -1, this.#readAs(step, reader), tensor);
        if (step === undefined || seen.has(key)) {
          if (seen.get(key) === scale || (isUsual && step === undefined)) continue;
          this.#fault(
            `${tensor} is read by ${reader.node.opType} "${reader.node.name ?? ''}" by the scale ${scale}, and elsewhere by another; ` +
              'give all DequantizeLinear of a tensor its scale',
          );
          continue;
        }
        seen.set(key, scale);
        if (!isUsual) this.reads.set(key, scale);
      }
    }
  }

  #ofGroup(groups: Map<string, Found>, root: string, tensor: string, found: Found): void {
    const known = groups.get(root);
    if (!known || (!isRanged(known) && isRanged(found))) groups.set(root, found);
    else if (!sameRange(known, found) || known.scale !== found.scale) {
      const other = this.#tensorOf(known.node.input?.[0] ?? '');
      const whose =
        other === tensor ? `${tensor} has words` : `${tensor} has words in common with ${other}, but one has them`;
      const theirs = other === tensor ? 'and elsewhere' : 'the other';
      this.#fault(
        `${whose} by ${told(found)}, ${theirs} by ${told(known)}; export what is joined, moved or read again with one scale ` +
          'and one zero point',
      );
    }
  }

  /** What outputs of the file stand for, by the quantiser that they come from. */
  #leaving(): void {
    for (const { name } of this.#outputs) {
      const tensor = this.#tensorOf(name ?? '');
      const found = this.#found.get(this.#file.producer(name ?? '') ?? {});
      if (tensor === undefined || !found) continue;
      if (found.by.kind === 'quantise') this.wordOutputs.set(tensor, nth([...found.by.zeros], 0));
      else this.outputs.set(tensor, found.scale);
    }
  }

  /** Nodes that read a value, also by other names of it, and as which of their inputs. */
  #readersOf(value: string): readonly Reading[] {
    return this.#nodes.flatMap((node) =>
      (node.input ?? []).flatMap((name, input) =>
        name !== value
          ? []
          : this.#isNothing(node) && !this.#found.has(node)
            ? this.#readersOf(node.output?.[0] ?? '')
            : [{ node, input }],
      ),
    );
  }

  /** What an operator behind a layer's own reads stands beside the sums. */
  #readAs(i: number | undefined, { node, input }: Reading): ReadAs {
    const step = this.graph.steps[i ?? -1];
    const [own] = step?.operators ?? [];
    return step?.kind === 'layer' && own && operatorKey(own) !== nodeKey(node) ? 'residual' : input === 1 ? 1 : 0;
  }

  /** A tensor that the file rounds for some of its readers is rounded for all of them on the machine. */
  #unrounded(writes: ReadonlyMap<string, Found>): void {
    const named = new Set<string>();
    for (const node of this.#nodes) {
      if (isMoving(node) || this.#isNothing(node)) continue;
      for (const value of node.input ?? []) {
        const tensor = this.#tensorOf(value);
        if (tensor !== undefined && writes.has(tensor) && !this.#isRounded(value)) named.add(tensor);
      }
    }
    if (named.size > 0) this.differences.push(`${[...named].join(', ')} read before rounding too`);
  }

  #isRounded(value: string): boolean {
    for (let at = value; !this.#names.has(at);) {
      const node = this.#file.producer(at);
      if (node && this.#found.has(node)) return true;
      at = node?.input?.[0] ?? '';
      if (at === '') return false;
    }
    return false;
  }
}

/** As the graph names operators. */
const operatorKey = ({ operator, name }: Operator): string => `${operator} ${name}`;
const nodeKey = ({ opType = '', domain = '', name, output = [] }: WireNode): string =>
  operatorKey({
    operator: operatorName({ operator: opType, domain }),
    name: name || (output.find((o) => o !== '') ?? ''),
  });
const isRanged = ({ low }: Found): boolean => Number.isFinite(low);
const sameRange = (a: Found, b: Found): boolean =>
  !isRanged(a) || !isRanged(b) || (a.low === b.low && a.high === b.high);
const told = ({ scale, low, high }: Found): string => `${scale} (words from ${low} to ${high})`;
