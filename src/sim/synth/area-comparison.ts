// The area of a synthesized machine, memories from the technology, beside what the cost model says of the same parts.

import { entry } from '../../base/invariant.js';
import type { SquareMillimetres } from '../../base/units.js';
import { bits, squareMicrometres, squareMillimetres, sum } from '../../base/units.js';
import type { Technology } from '../../model/machine/technology.js';
import { dualPortArea, macArea, memoryArea, placed, technology16nm } from '../../model/machine/technology.js';
import type { Template } from '../../model/machine/template.js';
import { areaOf } from '../../model/machine/template.js';
import type { AreaComparison, PartArea, Synthesis, SynthesizedMemory } from './synth.js';
import { magnetLibrary } from './synth.js';

/** Parts by module; what stands in none of these belongs to the nearest module above that does. */
const partOfModule: Readonly<Record<string, string>> = {
  lane: 'MACs',
  dot: 'MACs',
  split_multiply: 'MACs',
  collector: 'collectors',
  pe: 'control',
  pe_ctl: 'control',
  pe_array: 'reduction and multicast',
  magnet_top: 'tile control',
  cfg_next: 'tile control',
  gear_in: 'gears to DRAM',
  gear_out: 'gears to DRAM',
  gear_in_short: 'gears to DRAM',
  unpack_weights: 'unpacking of weights',
  write_port: 'gears of the global buffer',
  post: 'post-processing',
  gbuf: 'global buffer',
};

/** Gears within these are those of the global buffer's ports. */
const withPorts = ['load_i', 'pe_array', 'write_port'];
const gears: ReadonlySet<string> = new Set(['gear_in', 'gear_out']);

/** Parts by the memory's instance; others belong to the part of the module that holds them. */
const partOfMemory: Readonly<Record<string, string>> = {
  u_weight: 'weight buffers',
  u_input: 'input buffers',
  u_sum: 'accumulation buffers',
  u_out: 'output buffers',
};

/**
 * Gates of the library and of the technology are of one node where neither is larger than the other by more than this.
 */
const nodeRatio = 1.5;

/**
 * A NAND of two inputs as a technology has it: that of our own cells, scaled as the
 * technology's multiplier is from ours.
 */
const nand2Of = (technology: Technology): number =>
  (magnetLibrary().gate * macArea(technology, 8, 8)) / macArea(technology16nm, 8, 8);

/**
 * Placed areas of the whole chip, part by part: those of the model in its order, then what it leaves
 * out. `gate` is the library's, um2.
 */
export function compareArea(
  { modules, memories }: Pick<Synthesis, 'modules' | 'memories'>,
  template: Template,
  technology: Technology,
  gate: number,
): AreaComparison {
  const [logic, macros] = [new Map<string, SquareMillimetres>(), new Map<string, SquareMillimetres>()];
  const addTo = (found: Map<string, SquareMillimetres>) => (part: string, area: SquareMillimetres) =>
    found.set(part, sum([found.get(part) ?? squareMillimetres(0), placed(technology, area)]));
  for (const m of modules)
    for (const { path, instances } of m.places) addTo(logic)(partAt(path), squareMicrometres(m.area * instances));
  for (const m of memories)
    addTo(macros)(partOfMemory[m.instance] ?? partAt(m.path), squareMillimetres(macro(technology, m) * m.instances));

  const model = new Map(areaOf(template, technology).map(({ part, area }) => [part, area]));
  const none = squareMillimetres(0);
  const nand2 = { library: gate, technology: nand2Of(technology) };
  const ratio = gate / nand2.technology;
  const alike = ratio <= nodeRatio && ratio >= 1 / nodeRatio;
  const area = (own: Pick<PartArea, 'logic' | 'memories' | 'model'>): PartArea => ({
    ...own,
    synthesized: alike ? own.logic + own.memories : null,
  });
  const parts = [...new Set([...model.keys(), ...logic.keys(), ...macros.keys()])].map((part) => ({
    part,
    ...area({ logic: logic.get(part) ?? none, memories: macros.get(part) ?? none, model: model.get(part) ?? none }),
  }));
  const all = (of: 'logic' | 'memories' | 'model') => parts.reduce((n, p) => n + p[of], 0);
  return { parts, total: area({ logic: all('logic'), memories: all('memories'), model: all('model') }), nand2 };
}

const partAt = (path: readonly string[]): string => {
  const module = path.findLast((m) => Object.hasOwn(partOfModule, m));
  if (module === undefined) return 'other';
  const isOfPort = gears.has(module) && withPorts.some((m) => path.includes(m));
  return entry(partOfModule, isOfPort ? 'write_port' : module);
};

function macro(technology: Technology, { bits: size, ports, parameters }: SynthesizedMemory): SquareMillimetres {
  const of = ports === '1rw' ? memoryArea : dualPortArea;
  return of(technology, bits(size), entry(parameters, 'WIDTH'));
}
