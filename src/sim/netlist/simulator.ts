// A netlist that runs: inputs set, outputs read, clocks ticked, nets and memories looked into, by name.

import { nearest } from '../../base/text.js';
import { compile, type Compiled, type CompiledPort, type Observed } from './compile.js';
import type { YosysJson } from './yosys-json.js';
import type { Memory } from './state.js';

/**
 * Two-state simulation of one clock: x and z count as 0, and everything starts at 0 but for what the Verilog
 * initialises. Values are unsigned.
 *
 * `tick` computes the next state from inputs and state, `settle` the outputs; each evaluates only the logic it needs,
 * so a loop of inputs, `settle`, outputs, `tick` costs about one evaluation where outputs come from registers.
 */
export interface Simulator {
  /** The names of the top module and of its clock. */
  readonly top: string;
  readonly clock: string;
  /** One clock edge: the state becomes what the inputs and the state before say. Leaves outputs to `settle`. */
  tick: () => void;
  /**
   * Computes outputs and observed nets from the inputs and the state as they are. `get` and `peek` do it when needed.
   */
  settle: () => void;
  /**
   * At most `n` clocks without leaving WebAssembly. Stops after the first after which the output `until`, of one bit,
   * is 1. Returns the clocks done, at least one if `n` is.
   */
  run: (n: number, until?: string) => number;
  set: (port: string, value: bigint | number) => void;
  get: (port: string) => bigint;
  /**
   * Where a port lies in `memory`: little-endian chunks of 32 bits from byte `offset`. Who writes inputs there keeps
   * bits above the width 0, and calls `settle` before reading outputs. An output straight from a register may show its
   * new value as soon as the clock has ticked.
   */
  port: (name: string) => SimulatorPort;
  readonly ports: readonly SimulatorPort[];
  readonly memory: WebAssembly.Memory;
  /** The value of a net by hierarchical name: ports, registers and what `observe` names. */
  peek: (path: string) => bigint;
  /** The nets that `peek` can read. */
  nets: () => readonly SimulatorNet[];
  readonly memories: readonly SimulatorMemory[];
  readMemory: (path: string, address: number) => bigint;
  writeMemory: (path: string, address: number, value: bigint | number) => void;
  /** Inputs, registers and memories as they were at the beginning. */
  clear: () => void;
}

export interface SimulatorPort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  readonly width: number;
  readonly offset: number;
}

export interface SimulatorNet {
  readonly path: string;
  readonly width: number;
}

export interface SimulatorMemory {
  readonly path: string;
  readonly width: number;
  /** Words have the addresses `first` to `first + size - 1`. */
  readonly size: number;
  readonly first: number;
}

export interface SimulatorOptions {
  /** Nets to keep visible besides ports and registers; each costs time in `settle`. */
  readonly observe?: Observed;
  /** The clock input; `clk` if not given. */
  readonly clock?: string;
  /** Operations per WebAssembly function, 2000 if not given; other numbers serve tests and measurements. */
  readonly functionSize?: number;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  tick: () => void;
  settle: () => void;
  run: (n: number, until: number) => number;
}

/**
 * Compiles what `elaborate` returns. Throws an `Error` that names the offender for combinational loops, several
 * drivers of one net, latches, other clocks than the one, comparison and division beyond 64
 * bits, and modules without a body.
 */
export function buildSimulator(
  json: unknown,
  top: string,
  { observe = [], clock = 'clk', functionSize = 2000 }: SimulatorOptions = {},
): Simulator {
  const compiled = compile(json as YosysJson, top, { clock, observe, functionSize });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(compiled.wasm));
  const { memory, tick, settle, run } = instance.exports as unknown as Exports;
  const view = new DataView(memory.buffer);
  const ports = new Map(compiled.ports.map((p) => [p.name, p]));
  const memories = new Map(compiled.memories.map((m) => [m.path, m]));
  const nets = visibleNets(compiled);
  let settled = false;

  const settleOnce = () => {
    if (!settled) settle();
    settled = true;
  };
  const find = <T>(map: ReadonlyMap<string, T>, what: string, name: string): T => {
    const found = map.get(name);
    if (found === undefined) throw new Error(unknown(what, name, [...map.keys()]));
    return found;
  };
  const wordAt = (m: Memory, path: string, address: number): number => {
    if (!Number.isInteger(address) || address < m.first || address >= m.first + m.size)
      throw new Error(`memory ${path} has no word ${address}; its addresses are ${m.first} to ${m.first + m.size - 1}`);
    return m.storage.address + (address - m.first) * m.stride;
  };
  const clear = () => {
    new Uint8Array(memory.buffer, compiled.state.from, compiled.state.to - compiled.state.from).fill(0);
    for (const { address, width, value } of compiled.initial)
      writeWord(view, address, width, value | readWord(view, address, width));
    settled = false;
  };
  clear();

  return {
    top,
    clock,
    memory,
    ports: compiled.ports.map(asPort),
    memories: compiled.memories.map(({ path, width, size, first }) => ({ path, width, size, first })),
    tick: () => {
      tick();
      settled = false;
    },
    settle: () => {
      settle();
      settled = true;
    },
    run: (n, until) => {
      const watched = until === undefined ? undefined : find(ports, 'port', until);
      if (watched && (watched.width !== 1 || watched.direction !== 'output'))
        throw new Error(`run stops at an output of one bit; ${until} is an ${watched.direction} of ${watched.width}`);
      settled = false;
      return run(n, watched?.storage.address ?? 0);
    },
    set: (name, value) => {
      const { width, direction, storage } = find(ports, 'port', name);
      if (direction !== 'input') throw new Error(`port ${name} is an output and cannot be set`);
      writeWord(view, storage.address, width, BigInt(value));
      settled = false;
    },
    get: (name) => {
      const { width, storage } = find(ports, 'port', name);
      settleOnce();
      return readWord(view, storage.address, width);
    },
    port: (name) => asPort(find(ports, 'port', name)),
    peek: (path) => {
      const net = find(nets, 'net', path);
      settleOnce();
      return net.read(view);
    },
    nets: () => [...nets].map(([path, { width }]) => ({ path, width })),
    readMemory: (path, address) => {
      const m = find(memories, 'memory', path);
      return readWord(view, wordAt(m, path, address), m.width);
    },
    writeMemory: (path, address, value) => {
      const m = find(memories, 'memory', path);
      writeWord(view, wordAt(m, path, address), m.width, BigInt(value));
      for (const watched of compiled.watched) writeWord(view, watched, 1, 1n);
      settled = false;
    },
    clear,
  };
}

const asPort = ({ name, direction, width, storage }: CompiledPort): SimulatorPort => ({
  name,
  direction,
  width,
  offset: storage.address,
});

function unknown(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hidden = what === 'net' ? '; of inner nets only those that `observe` names can be read' : '';
  return `unknown ${what}: ${name}${near === undefined ? '' : `. Did you mean ${near}?`}${hidden}`;
}

function readWord(view: DataView, address: number, width: number): bigint {
  if (width <= 32) return BigInt(view.getUint32(address, true));
  let value = 0n;
  for (let i = Math.ceil(width / 32) - 1; i >= 0; i--)
    value = (value << 32n) | BigInt(view.getUint32(address + 4 * i, true));
  return value;
}

function writeWord(view: DataView, address: number, width: number, value: bigint): void {
  let rest = BigInt.asUintN(width, value);
  for (let i = 0; i < Math.ceil(width / 32); i++, rest >>= 32n)
    view.setUint32(address + 4 * i, Number(rest & 0xffffffffn), true);
}

interface VisibleNet {
  readonly width: number;
  read: (view: DataView) => bigint;
}

/** Nets all bits of which are kept somewhere, with a way to read them: run by run of neighbouring bits. */
function visibleNets({ nets, placeOf }: Compiled): ReadonlyMap<string, VisibleNet> {
  const found = new Map<string, VisibleNet>();
  for (const { path, bits } of nets) {
    const places = bits.map(placeOf);
    if (places.some((p) => p === undefined)) continue;
    const runs: { address: number; width: number; from: number; count: number; at: number }[] = [];
    let ones = 0n;
    places.forEach((place, at) => {
      if (place!.kind === 'constant') return void (ones |= BigInt(place!.value) << BigInt(at));
      const { storage, index } = place!;
      const last = runs.at(-1);
      if (last && last.address === storage.address && last.from + last.count === index && last.at + last.count === at)
        last.count++;
      else runs.push({ address: storage.address, width: storage.width, from: index, count: 1, at });
    });
    const read = (view: DataView) =>
      runs.reduce(
        (value, r) =>
          value | (BigInt.asUintN(r.count, readWord(view, r.address, r.width) >> BigInt(r.from)) << BigInt(r.at)),
        ones,
      );
    found.set(path, { width: bits.length, read });
  }
  return found;
}
