// A small assembler for WebAssembly modules: functions as bytes, one memory, no imports.

export type NumberType = 'i32' | 'i64';
/** A vector is of 128 bits. */
export type ValueType = NumberType | 'v128';
export const sizeOf = (type: ValueType): number => ({ i32: 32, i64: 64, v128: 128 })[type];

/** Opcodes in use, by type and name (WebAssembly core specification, appendix "index of instructions"). */
const binary = [
  'add',
  'sub',
  'mul',
  'div_s',
  'div_u',
  'rem_s',
  'rem_u',
  'and',
  'or',
  'xor',
  'shl',
  'shr_s',
  'shr_u',
] as const;
const compare = ['eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'] as const;
export type BinaryOp = (typeof binary)[number];
export type CompareOp = (typeof compare)[number];

export const isCompare = (op: string): op is CompareOp => (compare as readonly string[]).includes(op);

export function opcode(type: ValueType, op: BinaryOp | CompareOp | UnaryOp): number {
  const i64 = type === 'i64';
  if (isCompare(op)) return (i64 ? 0x51 : 0x46) + compare.indexOf(op);
  if ((binary as readonly string[]).includes(op)) return (i64 ? 0x7c : 0x6a) + binary.indexOf(op as BinaryOp);
  return unary[op as UnaryOp][i64 ? 1 : 0];
}

/** Unary operations; the type is that of the operand, and `wrap` and `extend` change it. */
const unary = {
  eqz: [0x45, 0x50],
  popcnt: [0x69, 0x7b],
  extend8_s: [0xc0, 0xc2],
  extend16_s: [0xc1, 0xc3],
  extend32_s: [0, 0xc4],
  wrap: [0, 0xa7],
  extend_s: [0xac, 0],
  extend_u: [0xad, 0],
} as const;
export type UnaryOp = keyof typeof unary;

/** Operations on vectors, behind a prefix; i16, i32 and f64 are lanes of words, of sums and of real numbers. */
const vectors = {
  splat: 0x11,
  /** Products of bytes, and sums of neighbours among 16-bit lanes. */
  low: 0x9c,
  high: 0x9d,
  pairs: 0x7e,
  add4: 0xae,
  'i16.narrow_i32': 0x85,
  'i16.min': 0x96,
  'i16.max': 0x98,
  'i32.extend_low_i16': 0xa7,
  'i32.extend_high_i16': 0xa8,
  /** Products of neighbours among 16-bit lanes, summed in pairs. */
  'i32.dot_i16': 0xba,
  'f64.convert_low_i32': 0xfe,
  'f64.add': 0xf0,
  'f64.mul': 0xf2,
  'f64.div': 0xf3,
  'f64.min': 0xf4,
  'f64.max': 0xf5,
  /** In one instruction of the processor: what they make of what is no number is of no use. */
  'f64.pmin': 0xf6,
  'f64.pmax': 0xf7,
} as const;
export type VectorOp = keyof typeof vectors;
/** Opcodes that take the number of a lane of 32 bits. */
const lanes = { extract: 0x1b, replace: 0x1c } as const;
const vectorPrefix = 0xfd;

export type LoadOp =
  | 'i32.load'
  | 'i64.load'
  | 'i32.load8_s'
  | 'i32.load8_u'
  | 'i32.load16_s'
  | 'i32.load16_u'
  | 'v128.load'
  | 'v128.load32_splat'
  | 'v128.load64_splat';
export type StoreOp = 'i32.store' | 'i64.store' | 'i32.store8' | 'i32.store16' | 'v128.store';
const memoryOps: Readonly<Record<LoadOp | StoreOp, number>> = {
  'i32.load': 0x28,
  'i64.load': 0x29,
  'i32.load8_s': 0x2c,
  'i32.load8_u': 0x2d,
  'i32.load16_s': 0x2e,
  'i32.load16_u': 0x2f,
  'i32.store': 0x36,
  'i64.store': 0x37,
  'i32.store8': 0x3a,
  'i32.store16': 0x3b,
  'v128.load': 0x00,
  'v128.load32_splat': 0x09,
  'v128.load64_splat': 0x0a,
  'v128.store': 0x0b,
};

/** Instructions of one function, in order. Local numbers begin at the parameters, which are all i32. */
export class Code {
  readonly bytes: number[] = [];
  private readonly types: ValueType[] = [];

  constructor(readonly parameters = 0) {}

  local(type: ValueType): number {
    return this.parameters + this.types.push(type) - 1;
  }
  op(...bytes: number[]): this {
    for (const b of bytes) this.bytes.push(b);
    return this;
  }
  constant(type: ValueType, value: bigint): this {
    this.bytes.push(type === 'i64' ? 0x42 : 0x41);
    signedLeb(this.bytes, BigInt.asIntN(type === 'i64' ? 64 : 32, value));
    return this;
  }
  get = (local: number): this => this.indexed(0x20, local);
  set = (local: number): this => this.indexed(0x21, local);
  call = (fn: number): this => this.indexed(0x10, fn);
  branch = (depth: number): this => this.indexed(0x0c, depth);
  branchIf = (depth: number): this => this.indexed(0x0d, depth);
  if = (): this => this.op(0x04, 0x40);
  block = (): this => this.op(0x02, 0x40);
  loop = (): this => this.op(0x03, 0x40);
  end = (): this => this.op(0x0b);
  /** Of vectors it must say its type. */
  select = (type: ValueType): this => (type === 'v128' ? this.op(0x1c, 1, 0x7b) : this.op(0x1b));

  /** Alignment is a hint only; loads here are often unaligned, so it is left at one byte. */
  memory(op: LoadOp | StoreOp, offset: number): this {
    if (op.startsWith('v128')) this.bytes.push(vectorPrefix);
    this.bytes.push(memoryOps[op], 0);
    leb(this.bytes, offset);
    return this;
  }
  vector(op: VectorOp): this {
    this.bytes.push(vectorPrefix);
    leb(this.bytes, vectors[op]);
    return this;
  }
  /** Bytes of two vectors, 0 to 15 of the first and 16 to 31 of the second, in a new order. */
  shuffle = (bytes: readonly number[]): this => this.op(vectorPrefix, 0x0d, ...bytes);
  zeroVector = (): this => this.op(vectorPrefix, 0x0c, ...new Array<number>(16).fill(0));
  lane = (op: keyof typeof lanes, lane: number): this => this.op(vectorPrefix, lanes[op], lane);
  private indexed(op: number, index: number): this {
    this.bytes.push(op);
    leb(this.bytes, index);
    return this;
  }

  /** The function's entry in the code section. */
  body(): number[] {
    const runs: [number, ValueType][] = [];
    for (const t of this.types) {
      const last = runs.at(-1);
      if (last?.[1] === t) last[0]++;
      else runs.push([1, t]);
    }
    const head: number[] = [];
    leb(head, runs.length);
    for (const [count, t] of runs) {
      leb(head, count);
      head.push({ i32: 0x7f, i64: 0x7e, v128: 0x7b }[t]);
    }
    const entry: number[] = [];
    leb(entry, head.length + this.bytes.length + 1);
    return [...entry, ...head].concat(this.bytes, 0x0b);
  }
}

export interface WasmFunction {
  readonly code: Code;
  readonly returns?: 'i32';
  readonly export?: string;
}

/** A module with the functions in order and one memory, exported as `memory`. */
export function assemble(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const signatures = functions.map(({ code, returns }) => [
    0x60,
    ...vector(Array.from({ length: code.parameters }, () => [0x7f])),
    ...vector(returns ? [[0x7f]] : []),
  ]);
  const kinds = [...new Set(signatures.map(String))];
  const exported = functions.flatMap((f, i) =>
    f.export === undefined ? [] : [[...name(f.export), 0x00, ...unsigned(i)]],
  );
  const sections = [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector(kinds.map((k) => k.split(',').map(Number)))),
    section(3, vector(signatures.map((s) => unsigned(kinds.indexOf(String(s)))))),
    section(5, vector([[0x00, ...unsigned(pages)]])),
    section(7, vector([...exported, [...name('memory'), 0x02, 0]])),
    section(10, vector(functions.map((f) => f.code.body()))),
  ];
  const bytes = new Uint8Array(sections.reduce((n, s) => n + s.length, 0));
  sections.reduce((at, s) => (bytes.set(s, at), at + s.length), 0);
  return bytes;
}

function leb(to: number[], value: number): void {
  let rest = value;
  do {
    const low = rest % 128;
    rest = (rest - low) / 128;
    to.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
}

function signedLeb(to: number[], value: bigint): void {
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
    to.push(done ? low : low | 0x80);
    if (done) return;
  }
}

const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  leb(bytes, value);
  return bytes;
};
const vector = (items: readonly (readonly number[])[]): number[] => unsigned(items.length).concat(...items);
const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length)].concat(content);
const name = (text: string): number[] => vector([...new TextEncoder().encode(text)].map((b) => [b]));
