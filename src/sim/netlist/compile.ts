// A Yosys netlist as a WebAssembly module, with a map of what lies where in its memory.

import { defined, got, nth } from '../../base/invariant.js';
import { arithmeticCells } from './arithmetic.js';
import { placeRow, productRows, rowStores, sumRows } from './dots.js';
import { emitFunctions, isStoredRaw } from './emit-wasm.js';
import { flatten, type FlatNet } from './flatten.js';
import type { YosysJson } from './yosys-json.js';
import { createNodes, type Nodes, type Storage } from './nodes.js';
import { orderSources } from './node-order.js';
import { gateQuiet } from './quiet.js';
import { schedule } from './schedule.js';
import { shiftCells } from './shifts.js';
import { findDrivers, type Source } from './sources.js';
import {
  clockedRead,
  initialWords,
  placeMemory,
  placeWord,
  readWord,
  registerStores,
  registerValue,
  writeStores,
  type Memory,
  type Store,
} from './state.js';
import { assemble, Code, type WasmFunction } from '../../base/wasm.js';
import { createWords, type Words } from './words.js';

/** Hierarchical names of nets, which of them, or all. */
export type Observed = readonly string[] | ((path: string) => boolean) | 'all';

export interface CompileOptions {
  /** The clock input of the top module. */
  readonly clock: string;
  /** Nets, besides ports and registers, whose values `settle` keeps: hierarchical names, which are they, or all. */
  readonly observe: Observed;
  /** Nodes per function. V8's optimiser takes more than linear time in a function's size, and allows 50,000 locals. */
  readonly functionSize: number;
}

export interface CompiledPort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  readonly width: number;
  readonly storage: Storage;
}

/** A bit in memory, or a constant. */
export type Place =
  | { readonly kind: 'bit'; readonly storage: Storage; readonly index: number }
  | { readonly kind: 'constant'; readonly value: 0 | 1 };

export interface Compiled {
  /**
   * Exports `memory`, `tick()`, `settle()` and `run(clocks, until) -> clocks done`, `until`
   * being the address of a bit or 0.
   */
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly ports: readonly CompiledPort[];
  readonly memories: readonly Memory[];
  readonly nets: readonly FlatNet[];
  /** Where a bit is kept; undefined where it is not. */
  readonly placeOf: (bit: number) => Place | undefined;
  /** Bits that are 1 at the beginning, as words to be or'ed in. */
  readonly initial: readonly { readonly address: number; readonly width: number; readonly value: bigint }[];
  /** Words that are to be 1 when something was changed from outside, other than an input. */
  readonly watched: readonly number[];
  /** Everything that `clear` sets to 0 lies between these addresses. */
  readonly state: { readonly from: number; readonly to: number };
}

export function compile(json: YosysJson, top: string, { clock, observe, functionSize }: CompileOptions): Compiled {
  const design = flatten(json, top);
  const drivers = findDrivers(design, clock);
  const nodes = createNodes();
  const words = createWords(nodes, drivers);
  const clockBit = design.ports.find((p) => p.name === clock)?.bits[0];
  const memories = new Map(design.cells.filter((c) => c.type === '$mem_v2').map((c) => [c, placeMemory(c, nodes)]));
  /** By source: the word that a register keeps, or an input is. */
  const stored = new Map<number, Storage>();
  /** By source: the word where its value can be read, from a bit of it on. */
  const visible = new Map<number, { readonly storage: Storage; readonly offset: number }>();
  const rows = productRows(drivers).map((row) => ({ row, storage: placeRow(row, nodes) }));
  for (const { row, storage } of rows)
    row.registers.forEach(({ id }, i) => {
      visible.set(id, { storage, offset: 16 * i });
      words.define(id, { kind: 'packed', storage, offset: 16 * i });
    });

  for (const source of orderSources(drivers)) define(source);
  const placed = placePorts();
  const seen = observed();
  const ticks = [
    ...registerStoresOf(),
    ...rows.flatMap(({ row, storage }) => rowStores(row, storage, words, nodes)),
    ...[...memories.values()].flatMap((m) => writeStores(m, words, nodes)),
  ].map(exact);
  const products = new Map(rows.map(({ row, storage }) => [storage, row.registers.length]));
  const quiet = gateQuiet(nodes, sumRows(products, ticks, nodes));
  const settles = [...placed.stores, ...seen].map(exact);

  let end = 64;
  const allocator = { take: (bytes: number) => ((end += (bytes + 7) & ~7), end - ((bytes + 7) & ~7)) };
  for (const storage of nodes.storages) storage.address = allocator.take(storage.bytes);
  const [tick, settle] = [quiet.stores, settles].map((stores) =>
    emitFunctions(schedule(nodes.all, stores), allocator, functionSize),
  );
  return {
    wasm: assemble(functions(defined(tick), defined(settle)), Math.ceil((end + 64) / 65536)),
    ports: placed.ports,
    memories: [...memories.values()],
    nets: design.nets,
    placeOf,
    watched: quiet.watched.map((s) => s.address),
    initial: [
      ...quiet.watched.map(({ address }) => ({ address, width: 1, value: 1n })),
      ...registerInit(),
      ...[...memories.values()].flatMap((m) =>
        initialWords(m).map(([i, value]) => ({ address: m.storage.address + i * m.stride, width: m.width, value })),
      ),
    ],
    state: { from: 64, to: end },
  };

  function define(source: Source): void {
    // Products that lie in a row have their place.
    if (visible.has(source.id)) return;
    const width = source.bits.length;
    const store = () => {
      const storage = placeWord(width, nodes);
      stored.set(source.id, storage);
      visible.set(source.id, { storage, offset: 0 });
      words.define(source.id, { kind: 'stored', storage });
      return storage;
    };
    if (source.kind === 'input' || (source.kind === 'read' && source.clocked)) return void store();
    if (source.kind === 'register') {
      const shown = registerValue(source, store(), words, nodes);
      if (!shown) return;
      visible.delete(source.id);
      return words.define(source.id, { kind: 'nodes', nodes: shown, width });
    }
    const value =
      source.kind === 'read'
        ? readWord(got(memories, source.cell), source.port, words, nodes)
        : lower(source, words, nodes);
    words.define(source.id, { kind: 'nodes', nodes: value, width });
  }

  function registerStoresOf(): readonly Store[] {
    return drivers.sources.flatMap((source) => {
      const storage = stored.get(source.id);
      if (storage && source.kind === 'register') return registerStores(source, storage, words, nodes);
      if (storage && source.kind === 'read')
        return clockedRead(source, got(memories, source.cell), storage, words, nodes);
      return [];
    });
  }

  /** Outputs that are whole registers lie where those do; others have a place that `settle` fills. */
  function placePorts() {
    const stores: Store[] = [];
    const ports = design.ports
      .filter((p) => p.direction === 'output' || p.name !== clock)
      .map(({ name, direction, bits }): CompiledPort => {
        const whole = words.wholeSource(bits);
        const storage = whole?.kind === 'stored' ? whole.storage : placeWord(bits.length, nodes);
        if (whole?.kind !== 'stored') stores.push(...storeWord(bits, storage));
        return { name, direction, width: bits.length, storage };
      });
    return { ports, stores };
  }

  function observed(): readonly Store[] {
    const names = typeof observe === 'object' ? new Set(observe) : undefined;
    const known = new Set(design.nets.map((n) => n.path));
    const lost = [...(names ?? [])].find((path) => !known.has(path));
    if (lost !== undefined) throw new Error(`no net is called ${lost}`);
    const isWanted = (path: string) => (typeof observe === 'function' ? observe(path) : (names?.has(path) ?? true));
    const always = drivers.sources.filter((s) => s.kind === 'register').map((s) => s.id);
    const ids = new Set(
      design.nets
        .filter((n) => isWanted(n.path))
        .flatMap((n) => n.bits.map((b) => nth(drivers.sourceOf, b)))
        .filter((id) => id >= 0),
    );
    return [...new Set([...always, ...ids])]
      .filter((id) => !visible.has(id))
      .flatMap((id) => {
        const { bits } = nth(drivers.sources, id);
        const storage = placeWord(bits.length, nodes);
        visible.set(id, { storage, offset: 0 });
        return storeWord(bits, storage);
      });
  }

  function storeWord(bits: readonly number[], storage: Storage): readonly Store[] {
    return words.limbs(bits).map((value, i, all) => ({
      storage,
      offset: 32 * i,
      width: all.length === 1 ? bits.length : Math.min(32, bits.length - 32 * i),
      value,
    }));
  }

  /** Only the word's own bits may reach memory. */
  function exact(store: Store): Store {
    return !store.mask && isStoredRaw(store.width, store.value)
      ? store
      : { ...store, value: nodes.zext(store.value, store.width) };
  }

  function placeOf(bit: number): Place | undefined {
    if (bit === clockBit) return undefined;
    const source = drivers.sourceOf[bit] ?? -1;
    if (source < 0) return { kind: 'constant', value: bit === 1 ? 1 : 0 };
    const place = visible.get(source);
    return place && { kind: 'bit', storage: place.storage, index: place.offset + nth(drivers.indexOf, bit) };
  }

  function registerInit() {
    const keptAt = (source: number) => {
      const storage = stored.get(source);
      return storage ? { storage, offset: 0 } : visible.get(source);
    };
    return design.nets.flatMap(({ bits, init }) =>
      bits.flatMap((bit, i) => {
        const place = init?.at(-1 - i) === '1' ? keptAt(nth(drivers.sourceOf, bit)) : undefined;
        if (!place) return [];
        const index = place.offset + nth(drivers.indexOf, bit);
        return [{ address: place.storage.address + 4 * (index >> 5), width: 32, value: 1n << BigInt(index & 31) }];
      }),
    );
  }
}

function lower(source: Source & { kind: 'cell' }, words: Words, nodes: Nodes) {
  const { cell } = source;
  const make = arithmeticCells[cell.type] ?? shiftCells[cell.type];
  if (!make) throw new Error(`${cell.path} is a ${cell.type} cell, which cannot be simulated`);
  return make(cell, words, nodes);
}

/** The parts of both programs, and on top of them `tick`, `settle` and `run`. */
function functions(tick: readonly Code[], settle: readonly Code[]): readonly WasmFunction[] {
  const callAll = (code: Code, first: number, count: number) => {
    for (let i = 0; i < count; i++) code.call(first + i);
    return code;
  };
  const [tickOne, settleOne] = [tick.length + settle.length, tick.length + settle.length + 1];
  const run = new Code(2);
  const [clocks, until, done] = [0, 1, run.local('i32')];
  run.block().loop();
  run.get(done).get(clocks).op(0x4f).branchIf(1); // i32.ge_u
  run.call(tickOne).get(done).constant('i32', 1n).op(0x6a).set(done); // i32.add
  run.get(until).if().call(settleOne).get(until).memory('i32.load', 0).branchIf(2).end();
  run.branch(0).end().end().get(done);
  return [
    ...[...tick, ...settle].map((code) => ({ code })),
    { code: callAll(new Code(), 0, tick.length), export: 'tick' },
    { code: callAll(new Code(), tick.length, settle.length), export: 'settle' },
    { code: run, returns: 'i32', export: 'run' },
  ];
}
