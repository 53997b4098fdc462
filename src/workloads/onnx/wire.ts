// The protobuf messages of an ONNX file as TypeScript sees them, and the codec that reads and writes them.

export { modelCodec } from './codec.js';

/** protobufjs hands 64-bit integers over as Long objects. */
export type WireInteger = number | { toNumber: () => number };

export interface WireTensor {
  readonly dims?: readonly WireInteger[];
  readonly dataType?: number;
  readonly name?: string;
  readonly floatData?: readonly number[];
  readonly doubleData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly WireInteger[];
  readonly uint64Data?: readonly WireInteger[];
  readonly rawData?: Uint8Array;
  readonly dataLocation?: number;
}
export interface WireSparseTensor {
  readonly values?: WireTensor | null;
  readonly dims?: readonly WireInteger[];
}
export interface WireDimension {
  readonly dimValue?: WireInteger;
  readonly dimParam?: string;
}
export interface WireValueInfo {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim?: readonly WireDimension[] } | null;
    } | null;
  } | null;
}
export interface WireAttribute {
  readonly name?: string;
  readonly refAttrName?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: WireInteger;
  readonly s?: Uint8Array;
  readonly t?: WireTensor | null;
  readonly g?: WireGraph | null;
  readonly sparseTensor?: WireSparseTensor | null;
  readonly floats?: readonly number[];
  readonly ints?: readonly WireInteger[];
  readonly graphs?: readonly WireGraph[];
}
export interface WireNode {
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly overload?: string;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly attribute?: readonly WireAttribute[];
}
export interface WireGraph {
  readonly name?: string;
  readonly node?: readonly WireNode[];
  readonly initializer?: readonly WireTensor[];
  readonly sparseInitializer?: readonly WireSparseTensor[];
  readonly input?: readonly WireValueInfo[];
  readonly output?: readonly WireValueInfo[];
  readonly valueInfo?: readonly WireValueInfo[];
}
export interface WireFunction {
  readonly name?: string;
  readonly domain?: string;
  readonly overload?: string;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly attribute?: readonly string[];
  readonly attributeProto?: readonly WireAttribute[];
  readonly node?: readonly WireNode[];
  readonly valueInfo?: readonly WireValueInfo[];
}
export interface WireModel {
  readonly irVersion?: WireInteger;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: WireInteger }[];
  readonly producerName?: string;
  readonly graph?: WireGraph | null;
  readonly functions?: readonly WireFunction[];
}

/** TensorProto.DataType. */
export const dataTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  uint4: 21,
  int4: 22,
} as const;
/** AttributeProto.AttributeType. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  graphs: 10,
  sparseTensor: 11,
} as const;

/** Beyond 2^53 only "as far as possible" is ever meant (the end of a Slice), so rounding does no harm. */
export const toNumber = (x: WireInteger): number => (typeof x === 'number' ? x : x.toNumber());
