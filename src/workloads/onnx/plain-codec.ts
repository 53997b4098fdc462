// ONNX files read and written field by field, where no function may be made from text: package.json names this file for
// browsers. What it gives is what protobufjs gives.

import type { INamespace, Reader, Writer } from 'protobufjs';
import protobuf from 'protobufjs/minimal.js';
import type { Codec } from './codec.js';
import { onnxDescriptor } from './descriptor.js';
import { laterFields } from './later-fields.js';

/** How the type of a field is read and written; `wire` is how protobuf packs it. */
type Kind =
  | { readonly kind: 'scalar'; readonly name: ScalarName; readonly wire: number }
  | { readonly kind: 'enum'; readonly values: ReadonlySet<number> }
  | { readonly kind: 'message'; readonly of: () => Message };

const wires = { float: 5, double: 1, int32: 0, int64: 0, uint64: 0, string: 2, bytes: 2 } as const;
type ScalarName = keyof typeof wires;
const isScalar = (name: string): name is ScalarName => Object.hasOwn(wires, name);

/** What stands where a field was not given. */
const defaults: Readonly<Record<ScalarName, unknown>> = {
  float: 0,
  double: 0,
  int32: 0,
  int64: 0,
  uint64: 0,
  string: '',
  bytes: [],
};

interface Field {
  readonly name: string;
  readonly id: number;
  readonly repeated: boolean;
  readonly packed: boolean;
  readonly type: Kind;
}

interface Message {
  readonly byId: ReadonlyMap<number, Field>;
  /** By number. */
  readonly fields: readonly Field[];
  /** Absent fields are seen through it. */
  readonly absent: object;
}

/** Messages in messages at most. */
const deepest = 100;

interface Described {
  readonly fields?: Readonly<
    Record<string, { readonly type: string; readonly id: number; readonly rule?: string; readonly options?: object }>
  >;
  readonly values?: Readonly<Record<string, number>>;
  readonly nested?: Readonly<Record<string, Described>>;
}

/** A message of the descriptor, whose names are looked up where they stand, and then further outside. */
function messageOf(name: string, described: Described, around: readonly Described[]): Message {
  const scopes = [described, ...around];
  const kindOf = (type: string): Kind => {
    if (isScalar(type)) return { kind: 'scalar', name: type, wire: wires[type] };
    const at = scopes.findIndex((scope) => scope.nested && Object.hasOwn(scope.nested, type));
    const found = scopes[at]?.nested?.[type];
    if (!found) throw new Error(`the descriptor of ONNX has no ${type}`);
    if (found.values) return { kind: 'enum', values: new Set(Object.values(found.values)) };
    return { kind: 'message', of: () => known(type, found, scopes.slice(at)) };
  };
  const own = Object.entries(described.fields ?? {}).map(([field, { type, id, rule, options }]) => ({
    name: field,
    id,
    repeated: rule === 'repeated',
    packed: options !== undefined && 'packed' in options,
    type: kindOf(type),
  }));
  const later = (laterFields[name] ?? []).map(([field, id, type, rule]) => ({
    name: field,
    id,
    repeated: rule === 'repeated',
    packed: false,
    type: kindOf(type),
  }));
  const fields = [...own, ...later].sort((a, b) => a.id - b.id);
  const absent = fields.flatMap(({ name: field, repeated, type }) => (repeated ? [] : [[field, defaultOf(type)]]));
  return { fields, byId: new Map(fields.map((f) => [f.id, f])), absent: Object.fromEntries(absent) as object };
}

const defaultOf = (type: Kind): unknown =>
  type.kind === 'scalar' ? defaults[type.name] : type.kind === 'enum' ? 0 : null;

const messages = new Map<Described, Message>();
function known(name: string, described: Described, around: readonly Described[]): Message {
  const made = messages.get(described) ?? messageOf(name, described, around);
  messages.set(described, made);
  return made;
}

function model(): Message {
  const root = onnxDescriptor as INamespace & Described;
  const onnx = root.nested?.['onnx'];
  const described = onnx?.nested?.['ModelProto'];
  if (!onnx || !described) throw new Error('the descriptor of ONNX has no ModelProto');
  return known('ModelProto', described, [onnx]);
}

type Values = Record<string, unknown>;

function read(message: Message, r: Reader, end: number, depth: number, begun?: Values): Values {
  if (depth > deepest) throw new Error('max depth exceeded');
  return within(r, end, () => readFields(message, r, depth, begun));
}

/** What is read in it must end where it ends. */
function within<T>(r: Reader, end: number, act: () => T): T {
  if (end > r.len) throw new RangeError('index out of range');
  const before = r.len;
  r.len = end;
  const done = act();
  if (r.pos !== end) throw new RangeError('index out of range');
  r.len = before;
  return done;
}

function readFields(message: Message, r: Reader, depth: number, begun?: Values): Values {
  const made = begun ?? (Object.create(message.absent) as Values);
  if (!begun) for (const { name, repeated } of message.fields) if (repeated) made[name] = [];
  while (r.pos < r.len) {
    const tag = r.tag();
    const [id, wire] = [tag >>> 3, tag & 7];
    const field = message.byId.get(id);
    if (!field || !readField(field, made, r, wire, depth)) r.skipType(wire, depth, id);
  }
  return made;
}

/**
 * As many as there are, into a list of their own that holds nothing but numbers: weights of a large network are millions, which
 * take ten times as long where engines keep each as an object.
 */
function floats(r: Reader): number[] {
  const { buf, pos, len } = r;
  const view = new DataView(buf.buffer, buf.byteOffset + pos, len - pos);
  const list = new Array<number>(Math.floor((len - pos) / 4));
  for (let i = 0; i < list.length; i++) list[i] = view.getFloat32(4 * i, true);
  r.pos = pos + 4 * list.length;
  return list;
}

/** False where the field is packed as none of its type is. */
function readField({ name, repeated, type }: Field, made: Values, r: Reader, wire: number, depth: number): boolean {
  const list = repeated ? (made[name] as unknown[]) : undefined;
  const put = (value: unknown) => (list ? list.push(value) : (made[name] = value));
  if (type.kind === 'message') {
    if (wire !== 2) return false;
    const end = r.size() + r.pos;
    // What comes in parts is one.
    const begun = list ? undefined : ((made[name] ?? undefined) as Values | undefined);
    put(read(type.of(), r, end, depth + 1, begun));
    return true;
  }
  const own = type.kind === 'enum' ? 0 : type.wire;
  const one = () => {
    const value = type.kind === 'enum' ? r.int32() : r[type.name]();
    if (type.kind !== 'enum' || type.values.has(value as number)) put(value);
  };
  if (wire === own) one();
  else if (list && wire === 2 && own !== 2) {
    within(r, r.size() + r.pos, () => {
      if (list.length === 0 && type.kind === 'scalar' && type.name === 'float') made[name] = floats(r);
      // What is left is cut short, which the reader says.
      while (r.pos < r.len) one();
    });
  } else return false;
  return true;
}

function write(message: Message, values: Values, w: Writer): Writer {
  for (const field of message.fields) {
    const value = values[field.name];
    if (value === undefined || value === null || !Object.hasOwn(values, field.name)) continue;
    if (!field.repeated) writeOne(field, value, w);
    else if ((value as ArrayLike<unknown>).length > 0) writeList(field, Array.from(value as ArrayLike<unknown>), w);
  }
  return w;
}

function writeList(field: Field, values: readonly unknown[], w: Writer): void {
  const { type, id, packed } = field;
  if (!packed || type.kind !== 'scalar') for (const value of values) writeOne(field, value, w);
  else {
    w.uint32((id << 3) | 2).fork();
    for (const value of values) w[type.name](value as never);
    w.ldelim();
  }
}

function writeOne({ id, type }: Field, value: unknown, w: Writer): void {
  if (type.kind === 'message') write(type.of(), value as Values, w.uint32((id << 3) | 2).fork()).ldelim();
  else if (type.kind === 'enum') w.uint32(id << 3).int32(value as number);
  else w.uint32((id << 3) | type.wire)[type.name](value as never);
}

const codec: Codec = {
  decode(bytes) {
    const reader = protobuf.Reader.create(bytes);
    return read(model(), reader, reader.len, 0);
  },
  encode: (message) => write(model(), message as Values, protobuf.Writer.create()),
};

export const modelCodec = (): Codec => codec;
