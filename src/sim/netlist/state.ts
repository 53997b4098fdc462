// Registers and memories: where their words lie, what is stored at a clock edge and when.

import { nth } from '../../base/invariant.js';
import type { FlatCell } from './flatten.js';
import { type Node, type Nodes, type Storage } from './nodes.js';
import { bigint, flag, number, port, readAddress, text } from './cell-parameters.js';
import type { Source } from './sources.js';
import { loadBits, storedBytes, type Words } from './words.js';

/** One store to memory. */
export interface Store {
  readonly storage: Storage;
  /** In bits from the word's beginning, a multiple of 32. */
  readonly offset: number;
  /** At most 64. */
  readonly width: number;
  readonly value: Node;
  /** Bytes from the storage's beginning to the word, for memories. */
  readonly at?: Node | undefined;
  /** Nothing is stored where this is 0. */
  readonly guard?: Node | undefined;
  /** Only bits that are 1 here are stored. */
  readonly mask?: Node | undefined;
}

export interface Memory {
  readonly path: string;
  readonly cell: FlatCell;
  readonly storage: Storage;
  readonly width: number;
  /** Words, the first of which has the address `first`. */
  readonly size: number;
  readonly first: number;
  /** Bytes from word to word. */
  readonly stride: number;
}

export function placeMemory(cell: FlatCell, nodes: Nodes): Memory {
  const [width, size] = [number(cell, 'WIDTH'), number(cell, 'SIZE')];
  const stride = 4 * Math.ceil(width / 32);
  // One word more than there are: reads beyond the end find zeros there.
  return {
    path: cell.path,
    cell,
    storage: nodes.storage(width, stride * (size + 1)),
    width,
    size,
    first: number(cell, 'OFFSET'),
    stride,
  };
}

/** Where the word at `bits` lies, and whether it exists. */
function row(
  memory: Memory,
  bits: readonly number[],
  words: Words,
  nodes: Nodes,
): { readonly at: Node; readonly exists: Node } {
  if (bits.length > 31)
    throw new Error(`memory ${memory.path} has addresses of ${bits.length} bits; at most 31 can be simulated`);
  const address = nodes.zext(words.word(bits), bits.length);
  const constant = (n: number) => nodes.constant('i32', BigInt(n));
  const index = nodes.binary('sub', address, constant(memory.first));
  const exists =
    memory.first === 0 && 2 ** index.u <= memory.size
      ? constant(1)
      : nodes.binary('lt_u', index, constant(memory.size));
  return {
    at: nodes.binary('mul', nodes.select(exists, index, constant(memory.size)), constant(memory.stride)),
    exists,
  };
}

/** What an unclocked read port gives, or a clocked one stores. */
export function readWord(memory: Memory, readPort: number, words: Words, nodes: Nodes): readonly Node[] {
  const { at } = row(memory, readAddress(memory.cell, readPort), words, nodes);
  return limbsOf(memory.width).map(([offset, width]) => loadBits(nodes, memory.storage, offset, width, [at]));
}

/** Offset and width of each node of a value: one up to 64 bits, 32 bits each beyond. */
const limbsOf = (width: number): readonly (readonly [offset: number, width: number])[] =>
  width <= 64
    ? [[0, width]]
    : Array.from({ length: Math.ceil(width / 32) }, (_, i) => [32 * i, Math.min(32, width - 32 * i)] as const);

export function writeStores(memory: Memory, words: Words, nodes: Nodes): readonly Store[] {
  const { cell, storage, width } = memory;
  const addressBits = number(cell, 'ABITS');
  const ports = Array.from({ length: number(cell, 'WR_PORTS') }, (_, p) => p);
  // In port order: where two write one word in one cycle, the later port has priority.
  return ports.flatMap((p) => {
    const { at, exists } = row(
      memory,
      port(cell, 'WR_ADDR').slice(p * addressBits, (p + 1) * addressBits),
      words,
      nodes,
    );
    const data = words.limbs(port(cell, 'WR_DATA').slice(p * width, (p + 1) * width));
    const enables = port(cell, 'WR_EN').slice(p * width, (p + 1) * width);
    return pairs(
      nodes,
      limbsOf(width).map(([offset, bits], i): Store => {
        const enable = enables.slice(offset, offset + bits);
        const whole = enable.every((e) => e === enable[0]);
        const guard = nodes.binary('and', exists, whole ? words.bit(enable[0]) : nodes.constant('i32', 1n));
        return {
          storage,
          offset,
          width: bits,
          value: nth(data, i),
          at,
          guard,
          mask: whole ? undefined : words.word(enable),
        };
      }),
    );
  });
}

/** What a register shows now: its word, or what an asynchronous reset or load overrides it with. */
export function registerValue(
  source: Source & { kind: 'register' },
  storage: Storage,
  words: Words,
  nodes: Nodes,
): readonly Node[] | undefined {
  const override = asynchronous(source.cell, words, nodes);
  if (!override) return undefined;
  return limbsOf(storage.width).map(([offset, width], i) =>
    nodes.select(override.when, nth(override.to, i), loadBits(nodes, storage, offset, width)),
  );
}

function asynchronous(
  cell: FlatCell,
  words: Words,
  nodes: Nodes,
): { readonly when: Node; readonly to: readonly Node[] } | undefined {
  for (const [name, to] of [
    ['ARST', () => constantLimbs(cell, 'ARST_VALUE')],
    ['ALOAD', () => port(cell, 'AD')],
  ] as const) {
    if (port(cell, name).length > 0) return { when: level(cell, name, words, nodes), to: words.limbs(to()) };
  }
  return undefined;
}

/** A control bit of a register, 1 where it acts. */
function level(cell: FlatCell, name: string, words: Words, nodes: Nodes): Node {
  const bit = words.bit(port(cell, name)[0]);
  return flag(cell, `${name}_POLARITY`) ? bit : nodes.unary('eqz', bit);
}

/** A constant parameter as bits. */
const constantLimbs = (cell: FlatCell, name: string): readonly number[] =>
  Array.from(text(cell, name))
    .reverse()
    .map((c) => (c === '1' ? 1 : 0));

export function registerStores(
  source: Source & { kind: 'register' },
  storage: Storage,
  words: Words,
  nodes: Nodes,
): readonly Store[] {
  const { cell } = source;
  const has = (name: string) => port(cell, name).length > 0;
  const enable = has('EN') ? level(cell, 'EN', words, nodes) : undefined;
  let next = words.limbs(port(cell, 'D'));
  let guard = enable;
  if (has('SRST')) {
    const reset = level(cell, 'SRST', words, nodes);
    const to = words.limbs(constantLimbs(cell, 'SRST_VALUE'));
    next = next.map((n, i) => nodes.select(reset, nth(to, i), n));
    // In $sdffce alone a reset needs the enable too.
    if (enable && cell.type !== '$sdffce') guard = nodes.binary('or', reset, enable);
  }
  const override = asynchronous(cell, words, nodes);
  if (override) {
    next = next.map((n, i) => nodes.select(override.when, nth(override.to, i), n));
    if (guard) guard = nodes.binary('or', guard, override.when);
  }
  const stores = limbsOf(storage.width).map(([offset, width], i): Store => ({
    storage,
    offset,
    width,
    value: nth(next, i),
    guard,
  }));
  return pairs(
    nodes,
    stores.filter((s) => s.value !== loadBits(nodes, storage, s.offset, s.width)),
  );
}

/** A clocked read port: a register that takes the word read. */
export function clockedRead(
  source: Source & { kind: 'read' },
  memory: Memory,
  storage: Storage,
  words: Words,
  nodes: Nodes,
): readonly Store[] {
  const { cell, port: p } = source;
  const ports = number(cell, 'WR_PORTS');
  const transparent = Array.from({ length: ports }, (_, w) => flag(cell, 'RD_TRANSPARENCY_MASK', p * ports + w)).some(
    Boolean,
  );
  const resets = [port(cell, 'RD_SRST')[p], port(cell, 'RD_ARST')[p]].some((b) => b !== 0);
  if (transparent || resets)
    throw new Error(
      `memory ${memory.path} has a read port with a reset or one that sees writes of the same cycle; ` +
        'elaborate without memory_dff',
    );
  const guard = words.bit(port(cell, 'RD_EN')[p]);
  const limbs = readWord(memory, p, words, nodes);
  return pairs(
    nodes,
    limbsOf(memory.width).map(([offset, width], i): Store => ({ storage, offset, width, value: nth(limbs, i), guard })),
  );
}

/** Two stores side by side of two loads side by side as one of 64 bits: wide words are mostly copied. */
function pairs(nodes: Nodes, stores: readonly Store[]): readonly Store[] {
  const joined: Store[] = [];
  for (const store of stores) {
    const before = joined.at(-1);
    const [a, b] = [before?.value, store.value];
    const adjacent =
      before &&
      !before.mask &&
      !store.mask &&
      before.guard === store.guard &&
      before.width === 32 &&
      store.width === 32 &&
      store.offset === before.offset + 32 &&
      a?.op === 'load' &&
      b.op === 'load' &&
      a.offset % 8 === 0 &&
      a.width === 32 &&
      b.width === 32 &&
      a.storage === b.storage &&
      b.offset === a.offset + 32 &&
      sameNodes(a.args, b.args);
    if (adjacent)
      joined[joined.length - 1] = { ...before, width: 64, value: nodes.load(a.storage, a.offset, 64, false, a.args) };
    else joined.push(store);
  }
  return joined;
}

const sameNodes = (a: readonly Node[], b: readonly Node[]) => a.length === b.length && a.every((n, i) => n === b[i]);

/** Storage for a register or port and its initial value. */
export const placeWord = (width: number, nodes: Nodes): Storage => nodes.storage(width, storedBytes(width));

/** Initial words of a memory as Yosys gives them, by index; empty where nothing is said. */
export function initialWords({ cell, width, size }: Memory): readonly (readonly [index: number, value: bigint])[] {
  const bits = text(cell, 'INIT');
  if (!bits.includes('1')) return [];
  const words: (readonly [number, bigint])[] = [];
  for (let i = 0; i < size; i++) {
    const end = bits.length - i * width;
    const value = bigint(bits.slice(Math.max(0, end - width), Math.max(0, end)));
    if (value !== 0n) words.push([i, value]);
  }
  return words;
}
