// Quantized ONNX files as other tools write them, message by message.

import type { WireAttribute, WireNode, WireTensor } from '../../src/workloads/onnx/wire.js';
import { attributeTypes, dataTypes, modelCodec } from '../../src/workloads/onnx/wire.js';

type Kind = 'float' | 'int8' | 'uint8' | 'int32' | 'int4' | 'int64';

export interface Tensor {
  readonly type: Kind;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
export const tensor = (type: Kind, shape: readonly number[], values: readonly number[]): Tensor => ({
  type,
  shape,
  values,
});
export const scalar = (type: Kind, value: number): Tensor => tensor(type, [], [value]);

const bytesOf = ({ type, values }: Tensor): Uint8Array => {
  switch (type) {
    case 'float':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'int8':
      return new Uint8Array(Int8Array.from(values).buffer);
    case 'uint8':
      return Uint8Array.from(values);
    case 'int32':
      return new Uint8Array(Int32Array.from(values).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    case 'int4':
      return Uint8Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => {
        const half = (at: number) => (values[at] ?? 0) & 15;
        return half(2 * i) | (half(2 * i + 1) << 4);
      });
  }
};

type Loose = number | readonly number[] | string;
const attribute = ([name, value]: readonly [string, Loose]): WireAttribute =>
  typeof value === 'number'
    ? Number.isInteger(value)
      ? { name, type: attributeTypes.int, i: value }
      : { name, type: attributeTypes.float, f: value }
    : typeof value === 'string'
      ? { name, type: attributeTypes.string, s: new TextEncoder().encode(value) }
      : { name, type: attributeTypes.ints, ints: [...value] };

export const op = (
  opType: string,
  input: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Loose>> = {},
  domain = '',
): WireNode => ({
  name: output,
  opType,
  domain,
  input: [...input],
  output: [output],
  attribute: Object.entries(attributes).map(attribute),
});

export interface QuantizedParts {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, Kind>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly WireNode[];
  readonly opset?: number;
}

const info = (name: string, type: Kind, shape?: readonly number[]) => ({
  name,
  type: {
    tensorType: {
      elemType: dataTypes[type],
      ...(shape && { shape: { dim: shape.map((dimValue) => ({ dimValue })) } }),
    },
  },
});

export function quantizedFile({ inputs, outputs, tensors, nodes, opset = 17 }: QuantizedParts): Uint8Array {
  const domains = [...new Set(nodes.map((n) => n.domain ?? '').filter((d) => d !== ''))];
  return modelCodec()
    .encode({
      irVersion: opset >= 21 ? 10 : 8,
      opsetImport: [{ domain: '', version: opset }, ...domains.map((domain) => ({ domain, version: 1 }))],
      producerName: 'test',
      graph: {
        name: 'test',
        node: nodes,
        initializer: Object.entries(tensors).map(([name, t]): WireTensor => ({
          name,
          dims: [...t.shape],
          dataType: dataTypes[t.type],
          rawData: bytesOf(t),
        })),
        input: Object.entries(inputs).map(([name, shape]) => info(name, 'float', shape)),
        output: Object.entries(outputs).map(([name, type]) => info(name, type)),
      },
    })
    .finish();
}

/** x behind a QuantizeLinear and a DequantizeLinear of this scale and zero point; its value is `name`. */
export function pair(x: string, name: string, scale: string, zero: string): readonly WireNode[] {
  return [
    op('QuantizeLinear', [x, scale, zero], `${name}.words`),
    op('DequantizeLinear', [`${name}.words`, scale, zero], name),
  ];
}
