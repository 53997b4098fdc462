// A hierarchy of modules as one list of cells over numbered bits; 0 and 1 are the constants, x and z count as 0.

import { nth } from '../../base/invariant.js';
import type { JsonBit, JsonCell, JsonModule, YosysJson } from './yosys-json.js';

export interface FlatCell {
  readonly type: string;
  /** Hierarchical name, `u_pe.g_lane[3].acc`; Yosys invents the last part where the source has none. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, readonly number[]>>;
}

export interface FlatNet {
  readonly path: string;
  readonly bits: readonly number[];
  /** Initial value, most significant bit first. */
  readonly init?: string;
}

export interface FlatPort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  readonly bits: readonly number[];
}

export interface FlatDesign {
  readonly ports: readonly FlatPort[];
  readonly cells: readonly FlatCell[];
  /** Every net that has a name in the source, and unnamed ones that have an initial value. */
  readonly nets: readonly FlatNet[];
  /** Bits are numbered below this. */
  readonly bitCount: number;
}

export function flatten(json: YosysJson, top: string): FlatDesign {
  const modules = new Map(Object.entries(json.modules));
  const root =
    modules.get(top) ?? [...modules.values()].find((m) => m.attributes?.['hdlname'] === top && m.attributes['top']);
  if (!root) throw new Error(`the netlist has no module ${top}; it has ${[...modules.keys()].join(', ')}`);
  const cells: FlatCell[] = [];
  const nets: FlatNet[] = [];
  /** Bits that are another bit, where a module passes an input or a constant straight to an output. */
  const same = new Map<number, number>();
  let bitCount = 2;

  const locals = newScope();
  const ports = Object.entries(root.ports).map(([name, { direction, bits }]): FlatPort => {
    if (direction === 'inout') throw new Error(`port ${name} is an inout, which two-state simulation cannot drive`);
    return { name, direction, bits: bits.map(locals.bit) };
  });
  copy(root, '', locals);

  const real = (bit: number): number => {
    let at = bit;
    for (let next = same.get(at); next !== undefined; next = same.get(at)) at = next;
    return at;
  };
  if (same.size === 0) return { ports, cells, nets, bitCount };
  const reals = (bits: readonly number[]) => (bits.some((b) => same.has(b)) ? bits.map(real) : bits);
  return {
    ports: ports.map((p) => ({ ...p, bits: reals(p.bits) })),
    cells: cells.map((c) => ({
      ...c,
      ports: Object.fromEntries(Object.entries(c.ports).map(([name, bits]) => [name, reals(bits)])),
    })),
    nets: nets.map((n) => ({ ...n, bits: reals(n.bits) })),
    bitCount,
  };

  /** The bits of one instance: its module's numbers to ours. */
  function newScope() {
    const numbers: (number | undefined)[] = [];
    return {
      bit: (bit: JsonBit): number => (typeof bit === 'number' ? (numbers[bit] ??= bitCount++) : bit === '1' ? 1 : 0),
      known: (bit: JsonBit): number | undefined => (typeof bit === 'number' ? numbers[bit] : bit === '1' ? 1 : 0),
      bind: (bit: JsonBit, to: number) => void (numbers[bit as number] = to),
    };
  }

  function copy(module: JsonModule, prefix: string, scope: ReturnType<typeof newScope>): void {
    for (const [name, { hide_name, bits, attributes }] of Object.entries(module.netnames)) {
      const init = attributes?.['init'];
      if (hide_name === 0 || init !== undefined)
        nets.push({ path: prefix + name, bits: bits.map(scope.bit), ...(init === undefined ? {} : { init }) });
    }
    for (const [name, cell] of Object.entries(module.cells)) {
      const path = prefix + name;
      const ports = Object.fromEntries(
        Object.entries(cell.connections).map(([port, bits]) => [port, bits.map(scope.bit)]),
      );
      if (cell.type.startsWith('$') && !modules.has(cell.type))
        cells.push({ type: cell.type, path, parameters: cell.parameters, ports });
      else instantiate(cell, path, ports);
    }
  }

  function instantiate(cell: JsonCell, path: string, outer: Readonly<Record<string, readonly number[]>>): void {
    const module = modules.get(cell.type);
    if (!module || module.attributes?.['blackbox'])
      throw new Error(`${path} is an instance of ${cell.type}, of which only the name is known; give its Verilog`);
    const scope = newScope();
    const each = (direction: string, use: (inner: JsonBit, outer: number) => void) => {
      for (const [name, port] of Object.entries(module.ports)) {
        const bits = outer[name] ?? [];
        if (port.direction === direction) port.bits.slice(0, bits.length).forEach((bit, i) => use(bit, nth(bits, i)));
      }
    };
    each('inout', () => {
      throw new Error(`${path} has an inout port, which two-state simulation cannot drive`);
    });
    each('input', (inner, bit) => scope.bind(inner, bit));
    each('output', (inner, bit) => {
      const known = scope.known(inner);
      if (known === undefined) scope.bind(inner, bit);
      else if (known !== bit) {
        if (same.has(bit)) throw new Error(`a bit at the output of ${path} has several drivers`);
        same.set(bit, known);
      }
    });
    copy(module, `${path}.`, scope);
  }
}
