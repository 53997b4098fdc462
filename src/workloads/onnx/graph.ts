// An ONNX graph as plain data: what the importer reads and the exporter writes, without protobuf's clothes.

/** A size, a symbol such as `batch`, or nothing said. */
export type DeclaredDimension = number | string | undefined;

export interface ValueInfo {
  readonly name: string;
  /** Absent where the file says nothing about the rank. */
  readonly shape: readonly DeclaredDimension[] | undefined;
  /** Whole numbers (token ids, indices, shapes) rather than reals. */
  readonly whole: boolean;
}

/** A tensor of the file. Its numbers are kept only where it is small, row-major. */
export interface Constant {
  readonly shape: readonly number[];
  readonly whole: boolean;
  readonly values: readonly number[] | undefined;
}

export type Attribute =
  | { readonly kind: 'number'; readonly value: number; readonly whole: boolean }
  | { readonly kind: 'numbers'; readonly values: readonly number[]; readonly whole: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Constant }
  /** A branch or a body. */
  | { readonly kind: 'graph'; readonly graph: Body }
  /** Inside a function: whatever the call gives under this name. */
  | { readonly kind: 'reference'; readonly name: string }
  | { readonly kind: 'other' };

export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  /** Tells functions of one name apart. */
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** Nodes with what goes in and comes out: a whole graph, a branch of an If, the body of a Loop, a function. */
export interface Body {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Shapes that the file notes for values in between. */
  readonly notes: readonly ValueInfo[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly nodes: readonly GraphNode[];
}

/** An operator that the file defines itself. */
export interface GraphFunction extends Body {
  /** What attributes are where a call does not say. */
  readonly defaults: ReadonlyMap<string, Attribute>;
}

export interface Graph extends Body {
  readonly name: string;
  /** Version of the standard operators. */
  readonly opset: number;
  /** Operators that the file defines itself, under `functionKey`. */
  readonly functions: ReadonlyMap<string, GraphFunction>;
}

export const functionKey = ({
  domain,
  operator,
  overload,
}: Pick<GraphNode, 'domain' | 'operator' | 'overload'>): string =>
  `${isStandard(domain) ? '' : domain}:${operator}:${overload ?? ''}`;

/** Larger tensors are weights or tables, never shape arithmetic; their numbers are not looked at. */
export const foldLimit = 4096;

/** The number of elements; 1 for a scalar. */
export const volume = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** The standard operators have two spellings of their domain. */
export const isStandard = (domain: string): boolean => domain === '' || domain === 'ai.onnx';

/** `Conv`, or `com.microsoft.Attention` outside the standard. */
export const operatorName = (node: Pick<GraphNode, 'operator' | 'domain'>): string =>
  isStandard(node.domain) ? node.operator : `${node.domain}.${node.operator}`;

/** The graphs that a node holds, by attribute. */
export const bodiesOf = (node: GraphNode): ReadonlyMap<string, Body> =>
  new Map([...node.attributes].flatMap(([name, a]) => (a.kind === 'graph' ? [[name, a.graph] as const] : [])));

/** What a node reads, and what the graphs inside it read from outside. */
export function readsOf(node: GraphNode): ReadonlySet<string> {
  const reads = new Set(node.inputs);
  for (const body of bodiesOf(node).values()) {
    const own = new Set([
      ...body.inputs.map(({ name }) => name),
      ...body.constants.keys(),
      ...body.nodes.flatMap(({ outputs }) => outputs),
    ]);
    for (const name of [...body.nodes.flatMap((inner) => [...readsOf(inner)]), ...body.outputs.map((o) => o.name)])
      if (!own.has(name)) reads.add(name);
  }
  return reads;
}

/** Every node of the file, also inside branches, bodies and functions. */
export function everyNode(graph: Graph): readonly GraphNode[] {
  const found: GraphNode[] = [];
  const visit = (body: Body) => {
    for (const node of body.nodes) {
      found.push(node);
      for (const inner of bodiesOf(node).values()) visit(inner);
    }
  };
  for (const body of [graph, ...graph.functions.values()]) visit(body);
  return found;
}

/** Every operator of the file with its domain. */
export const operatorsOf = (graph: Graph): ReadonlySet<string> => new Set(everyNode(graph).map(operatorName));
