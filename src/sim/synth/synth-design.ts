// An elaborated design, as Yosys writes it, as a tree of named modules with their parameters and places.

import { defined, entry, got } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import type { JsonCell, JsonModule } from '../netlist/yosys-json.js';

/** The JSON of one module; parameters are those that it was elaborated with. */
export interface SourceModule extends JsonModule {
  readonly parameter_default_values?: Readonly<Record<string, string>>;
}

export interface DesignModule {
  /** As Yosys names it: `$paramod$9e77...\lane`. */
  readonly key: string;
  /** As the Verilog names it. */
  readonly base: string;
  /** `base`, with the parameters that tell it from its sisters: `addr_gen(BASE=12, WIDTH=10)`. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly source: SourceModule;
}

export interface Design {
  readonly top: DesignModule;
  /** Modules that the chip contains, leaves first. */
  readonly modules: readonly DesignModule[];
}

/** A kind of place: module names from the top down, and how often the chip has it. */
export interface Place {
  readonly path: readonly string[];
  readonly instances: number;
}

/** Reads what `write_json` wrote after `hierarchy`. */
export function readDesign(json: string, top: string): Design {
  const { modules: sources } = JSON.parse(json) as { readonly modules: Readonly<Record<string, SourceModule>> };
  invariant(sources[top], `Yosys wrote no module ${top}`);
  const order = new Set<string>();
  const visit = (key: string): void => {
    for (const child of childrenOf(entry(sources, key), sources).keys()) if (!order.has(child)) visit(child);
    order.add(key);
  };
  visit(top);
  const baseOf = (key: string) => (entry(sources, key).attributes?.['hdlname'] ?? key).replace(/^\\/, '');
  const modules = [...order].map((key): DesignModule => {
    const base = baseOf(key);
    const sisters = [...order].filter((k) => baseOf(k) === base);
    const own = valuesOf(entry(sources, key));
    const telling = Object.keys(own)
      .filter((p) => sisters.some((s) => valuesOf(entry(sources, s))[p] !== own[p]))
      .sort();
    const name = telling.length === 0 ? base : `${base}(${telling.map((p) => `${p}=${entry(own, p)}`).join(', ')})`;
    const parameters = Object.fromEntries(
      Object.entries(own).filter((e): e is [string, number] => typeof e[1] === 'number'),
    );
    return { key, base, name, parameters, source: entry(sources, key) };
  });
  return { top: defined(modules.find((m) => m.key === top)), modules };
}

/** How often a module has each other module inside it, directly. */
export function childrenOf(source: SourceModule, known: Readonly<Record<string, unknown>>): Map<string, number> {
  const count = new Map<string, number>();
  for (const { type } of Object.values(source.cells))
    if (Object.hasOwn(known, type)) count.set(type, (count.get(type) ?? 0) + 1);
  return count;
}

/** Where the chip has each module, by walking down from the top. */
export function placesOf({ top, modules }: Design): ReadonlyMap<string, readonly Place[]> {
  const byKey = Object.fromEntries(modules.map((m) => [m.key, m]));
  const places = new Map<string, Map<string, Place>>(modules.map((m) => [m.key, new Map()]));
  const visit = (m: DesignModule, above: readonly string[], instances: number): void => {
    const path = [...above, m.base];
    const found = got(places, m.key);
    found.set(path.join('/'), { path, instances: instances + (found.get(path.join('/'))?.instances ?? 0) });
    for (const [child, n] of childrenOf(m.source, byKey)) visit(entry(byKey, child), path, instances * n);
  };
  visit(top, [], 1);
  return new Map([...places].map(([key, found]) => [key, [...found.values()]]));
}

/** Bits of the memories in a module, and its ports: `1rw` where the one read and the one write share an address. */
export function memoryOf(source: SourceModule): { readonly bits: number; readonly ports: string } {
  const memories = Object.values(source.cells).filter((c) => /^\$mem(_v2)?$/.test(c.type));
  const bits = memories.reduce((n, c) => n + numberOf(c, 'SIZE') * numberOf(c, 'WIDTH'), 0);
  const ports = memories.map((c) => {
    const [reads, writes] = [numberOf(c, 'RD_PORTS'), numberOf(c, 'WR_PORTS')];
    const shared = reads === 1 && writes === 1 && String(c.connections['RD_ADDR']) === String(c.connections['WR_ADDR']);
    return shared ? '1rw' : `${reads}r${writes}w`;
  });
  return { bits, ports: [...new Set(ports)].join(' ') };
}

const numberOf = (cell: JsonCell, parameter: string): number => Number(valueOf(cell.parameters[parameter] ?? '0'));
const valuesOf = (source: SourceModule) =>
  Object.fromEntries(Object.entries(source.parameter_default_values ?? {}).map(([k, v]) => [k, valueOf(v)]));

/**
 * Yosys writes numbers in binary, most significant bit first; 32 bits are taken for signed, as an untyped parameter is.
 */
function valueOf(text: string): number | string {
  if (!/^[01]+$/.test(text)) return text;
  const value = Number(`0b${text}`);
  return text.length === 32 && text.startsWith('1') ? value - 2 ** 32 : value;
}
