// Where words of one scale become words of another without an operator between: a multiplication by one, which the machine does.
//
// What only moves words (a concat, a reshape, the maximum of a window) has one scale for all that goes in and comes out. Files of others
// may have parts of several scales, and a quantiser behind that rounds all of them once more: rounding commutes with moving, so each part
// is rounded to the scale of the whole before it is moved.

import { got } from '../../base/invariant.js';
import { isStandard } from '../onnx/graph.js';
import type { Quantiser } from '../onnx/quantiser.js';
import { quantiserOf } from '../onnx/quantiser.js';
import { FileNumbers } from '../onnx/weight-numbers.js';
import type { WireGraph, WireNode } from '../onnx/wire.js';
import { WireNodes } from './wire-nodes.js';

/** Operators whose results are words of their first input; of a concat, of all. */
const moving: readonly string[] = [
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Split',
  'Slice',
  'MaxPool',
  'GlobalMaxPool',
  'Identity',
  'Dropout',
  'Resize',
  'Upsample',
  'DepthToSpace',
  'SpaceToDepth',
  'Gather',
  'Pad',
];

const movedBy = ({ opType = '', domain = '', input = [] }: WireNode): readonly string[] =>
  !isStandard(domain) ? [] : opType === 'Concat' ? input : moving.includes(opType) ? input.slice(0, 1) : [];

/** Whether its results are words that it reads. */
export const isMoving = (node: WireNode): boolean => movedBy(node).length > 0;

/** Values that have words in common, and what rounds them or reads them. */
interface Group {
  /** Quantisers that read one of its values, and those whose results are among them. */
  readonly behind: { readonly node: WireNode; readonly by: Quantiser }[];
  readonly before: { readonly node: WireNode; readonly by: Quantiser }[];
  /** Whether something else computes one of its values. */
  computed: boolean;
}

const sameWords = (a: Quantiser, b: Quantiser): boolean => {
  const [p, q] = [a, b].map(({ scales, zeros, low, high }) => {
    const zero = zeros[0] ?? 0;
    // Of words whose type stands elsewhere the range says nothing.
    return [scales[0], zero, Number.isFinite(low) ? low : undefined, Number.isFinite(high) ? high : undefined];
  });
  return p?.every((x, i) => x === q?.[i] || x === undefined || q?.[i] === undefined) ?? false;
};

export function requantised(graph: WireGraph): WireGraph {
  const file = new FileNumbers(graph);
  const isFixed = fixedIn(graph, file);
  const nodes = graph.node ?? [];
  const quantisers = new Map<WireNode, Quantiser>();
  for (const node of nodes) {
    const by = isFixed(node.input?.[0] ?? '') ? undefined : quantiserOf(node, file);
    if (typeof by === 'object' && by.scales.length === 1) quantisers.set(node, by);
  }
  const groups = groupsOf(graph, quantisers, isFixed);
  const made = new WireNodes(graph);
  let one: string | undefined;
  /** For nodes: what they read in place of a value. */
  const instead = new Map<WireNode, Map<string, string>>();
  const before = new Map<WireNode, WireNode[]>();
  const put = (reader: WireNode, value: string) => {
    one ??= made.reals('one', [1]);
    const own = instead.get(reader) ?? new Map<string, string>();
    instead.set(reader, own);
    if (own.has(value)) return;
    const output = made.put('Mul', [value, one], made.name(`${value}.rescaled`), [], made.name(`${value}.rescale`));
    own.set(value, output);
    before.set(reader, [
      ...(before.get(reader) ?? []),
      got(new Map(made.nodes.map((n) => [n.output?.[0], n])), output),
    ]);
  };
  for (const { behind: after, before: from, computed } of groups) {
    const [first] = from;
    const alike = first !== undefined && from.every(({ by }) => sameWords(by, first.by));
    const target = !computed && alike ? first.by : (after[0]?.by ?? first?.by);
    if (!target) continue;
    for (const { node, by } of after) if (!sameWords(by, target)) put(node, node.input?.[0] ?? '');
    for (const { node, by } of from) {
      if (sameWords(by, target)) continue;
      const value = node.output?.[0] ?? '';
      for (const reader of nodes)
        if (movedBy(reader).includes(value) || (quantisers.has(reader) && reader.input?.[0] === value))
          put(reader, value);
    }
  }
  if (instead.size === 0) return graph;
  const renamed = (node: WireNode): WireNode => {
    const own = instead.get(node);
    return own ? { ...node, input: (node.input ?? []).map((name) => own.get(name) ?? name) } : node;
  };
  return {
    ...graph,
    node: nodes.flatMap((node) => [...(before.get(node) ?? []), renamed(node)]),
    initializer: [...(graph.initializer ?? []), ...made.constants],
  };
}

/** Values that follow from the file alone. */
function fixedIn({ initializer = [] }: WireGraph, file: FileNumbers): (name: string) => boolean {
  const known = new Map<string, boolean>(initializer.map((t) => [t.name ?? '', true]));
  const isFixed = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    // Of a loop nothing follows.
    known.set(name, false);
    const node = file.producer(name);
    const inputs = node?.input ?? [];
    const fixed = node !== undefined && inputs.every((x) => x === '' || isFixed(x));
    known.set(name, fixed);
    return fixed;
  };
  return isFixed;
}

function groupsOf(
  { node: nodes = [], input: inputs = [] }: WireGraph,
  quantisers: ReadonlyMap<WireNode, Quantiser>,
  isFixed: (name: string) => boolean,
): Iterable<Group> {
  const parent = new Map<string, string>();
  const root = (name: string): string => {
    let at = name;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  for (const node of nodes) {
    const moved = movedBy(node).filter((x) => x !== '' && !isFixed(x));
    const [first] = moved;
    if (first === undefined) continue;
    // Places of a maximum and masks are no words.
    const outputs = node.opType === 'Split' ? (node.output ?? []) : (node.output ?? []).slice(0, 1);
    for (const other of [...moved.slice(1), ...outputs])
      if (root(other) !== root(first)) parent.set(root(other), root(first));
  }
  const groups = new Map<string, Group>();
  const of = (value: string): Group => {
    const found = groups.get(root(value)) ?? { behind: [], before: [], computed: false };
    groups.set(root(value), found);
    return found;
  };
  for (const { name = '' } of inputs) of(name).computed = true;
  for (const node of nodes) {
    const by = quantisers.get(node);
    if (by) {
      if (by.kind !== 'dequantise') of(node.input?.[0] ?? '').behind.push({ node, by });
      // Words that were just made are no real numbers yet.
      if (by.kind !== 'quantise') of(node.output?.[0] ?? '').before.push({ node, by });
    } else if (movedBy(node).length === 0)
      for (const name of node.output ?? []) if (!isFixed(name)) of(name).computed = true;
  }
  return groups.values();
}
