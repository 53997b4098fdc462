// Nodes and constants of an ONNX file as they are put one behind the other; every value has a name of its own.

import { valuation } from '../base/integers.js';
import type {
  WireAttribute,
  WireGraph,
  WireModel,
  WireNode,
  WireTensor,
  WireValueInfo,
} from '../workloads/onnx/wire.js';
import { attributeTypes, dataTypes, modelCodec } from '../workloads/onnx/wire.js';

export type DataType = (typeof dataTypes)[keyof typeof dataTypes];
/** A number that is no whole one, even where its value is. */
export interface FloatAttribute {
  readonly float: number;
}
export const float = (value: number): FloatAttribute => ({ float: value });
type AttributeValue = number | string | readonly number[] | FloatAttribute;

/** scale / 2^shift as a number: exact, since scales have 16 bits. */
export const ratio = ({ scale, shift }: { readonly scale: number; readonly shift: number }): number =>
  scale / 2 ** shift;

/** The same ratio with an odd scale, or with none: of how many units of 2^-shift it is. */
export const oddPart = (scale: number): number =>
  scale === 0 ? 0 : Math.abs(scale) / 2 ** valuation(Math.abs(scale), 2);

export class FileBuilder {
  readonly #nodes: WireNode[] = [];
  readonly #constants = new Map<string, WireTensor>();
  readonly #inputs: WireValueInfo[] = [];
  readonly #outputs: WireValueInfo[] = [];
  readonly #taken: Set<string>;
  readonly wordType: DataType;
  readonly unsignedType: DataType;
  /** Quantisers of 16 bits came with operator set 21. */
  readonly opset: 17 | 21;

  /** Words of up to 8 bits are int8 or uint8, of up to 16 int16 or uint16. */
  constructor(
    readonly bits: number,
    taken: Iterable<string>,
  ) {
    this.#taken = new Set(taken);
    [this.wordType, this.unsignedType, this.opset] =
      bits > 8 ? [dataTypes.int16, dataTypes.uint16, 21] : [dataTypes.int8, dataTypes.uint8, 17];
  }

  name(stem: string): string {
    let found = stem;
    for (let n = 2; this.#taken.has(found); n++) found = `${stem}.${n}`;
    this.#taken.add(found);
    return found;
  }

  input(name: string, shape: readonly number[], type: DataType): void {
    this.#inputs.push(info(name, shape, type));
  }
  output(name: string, shape: readonly number[], type: DataType): void {
    this.#outputs.push(info(name, shape, type));
  }

  /** Into a value of this name, or of one after `stem`. */
  put(
    opType: string,
    inputs: readonly string[],
    stem: string,
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output = this.name(`${stem}.${opType.toLowerCase()}`),
  ): string {
    this.#nodes.push({
      name: output,
      opType,
      input: inputs,
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
    return output;
  }

  words(stem: string, shape: readonly number[], values: ArrayLike<number>): string {
    const data = this.wordType === dataTypes.int8 ? Int8Array.from(values) : Int16Array.from(values);
    return this.#constant(this.name(stem), shape, this.wordType, data);
  }
  sums(stem: string, values: readonly number[]): string {
    return this.#constant(this.name(stem), [values.length], dataTypes.int32, Int32Array.from(values));
  }
  reals(stem: string, shape: readonly number[], values: readonly number[]): string {
    return this.#constant(this.name(stem), shape, dataTypes.float, Float32Array.from(values));
  }
  /** Single numbers and lists of sizes are shared. */
  real(value: number): string {
    return this.#constant(`real ${value}`, [], dataTypes.float, Float32Array.of(value));
  }
  sizes(values: readonly number[]): string {
    const list = BigInt64Array.from(values, BigInt);
    return this.#constant(`sizes ${values.join()}`, [values.length], dataTypes.int64, list);
  }
  /** Of the type of words that it stands beside. */
  zeroPoint(type = this.wordType, shape: readonly number[] = []): string {
    const count = shape.reduce((n, d) => n * d, 1);
    const data = this.bits > 8 ? new Int16Array(count) : new Int8Array(count);
    return this.#constant(`${type === this.wordType ? 'zero' : 'unsigned zero'} ${shape.join()}`, shape, type, data);
  }

  #constant(
    name: string,
    dims: readonly number[],
    dataType: DataType,
    { buffer, byteOffset, byteLength }: ArrayBufferView,
  ): string {
    const rawData = new Uint8Array(buffer, byteOffset, byteLength);
    if (!this.#constants.has(name)) this.#constants.set(name, { name, dims, dataType, rawData });
    return name;
  }

  file(name: string): Uint8Array {
    const graph: WireGraph = {
      name,
      node: this.#nodes,
      initializer: [...this.#constants.values()],
      input: this.#inputs,
      output: this.#outputs,
    };
    const irVersion = this.opset === 17 ? 8 : 10;
    const opsetImport = [{ domain: '', version: this.opset }];
    const model: WireModel = { irVersion, opsetImport, producerName: 'magnet', graph };
    return modelCodec().encode(model).finish();
  }
}

function attribute(name: string, value: AttributeValue): WireAttribute {
  const { int, ints, string, float: real } = attributeTypes;
  if (typeof value === 'object' && 'float' in value) return { name, type: real, f: value.float };
  if (typeof value === 'number') return { name, type: int, i: value };
  return typeof value === 'string'
    ? { name, type: string, s: new TextEncoder().encode(value) }
    : { name, type: ints, ints: value };
}

const info = (name: string, shape: readonly number[], elemType: DataType): WireValueInfo => ({
  name,
  type: { tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
});
