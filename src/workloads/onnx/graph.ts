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
  /** A subgraph, of which only the operators inside are of interest. */
  | { readonly kind: 'graph'; readonly operators: readonly string[] }
  | { readonly kind: 'other' };

export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Graph {
  readonly name: string;
  /** Version of the standard operators. */
  readonly opset: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Shapes that the file notes for values in between. */
  readonly notes: readonly ValueInfo[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly nodes: readonly GraphNode[];
  /** Operators that the file defines itself, as `domain:name`. */
  readonly functions: ReadonlySet<string>;
}

/** Larger tensors are weights or tables, never shape arithmetic; their numbers are not looked at. */
export const foldLimit = 4096;

/** The number of elements; 1 for a scalar. */
export const volume = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** The standard operators have two spellings of their domain. */
export const isStandard = (domain: string): boolean => domain === '' || domain === 'ai.onnx';

/** `Conv`, or `com.microsoft.Attention` outside the standard. */
export const operatorName = (node: Pick<GraphNode, 'operator' | 'domain'>): string =>
  isStandard(node.domain) ? node.operator : `${node.domain}.${node.operator}`;
