// The area of a synthesized machine, memories from the technology, beside what the cost model says of the same parts.

import type { SquareMillimetres } from '../../base/units.js';
import { bits, squareMicrometres, squareMillimetres, sum } from '../../base/units.js';
import type { Technology } from '../../model/technology.js';
import { dualPortArea, memoryArea, placed } from '../../model/technology.js';
import type { Template } from '../../model/template.js';
import { areaOf } from '../../model/template.js';
import type { AreaComparison, Synthesis, SynthesizedMemory } from './synth.js';

/** Parts by module; what stands in none of these belongs to the nearest module above that does. */
const partOfModule: Readonly<Record<string, string>> = {
  lane: 'MACs',
  dot: 'MACs',
  collector: 'collectors',
  pe: 'control',
  pe_ctl: 'control',
  pe_array: 'reduction and multicast',
  magnet_top: 'tile control',
  post: 'post-processing',
  gbuf: 'global buffer',
};

/** Parts by the memory's instance without its number; others belong to the part of the module that holds them. */
const partOfMemory: Readonly<Record<string, string>> = {
  u_weight: 'weight buffers',
  u_input: 'input buffers',
  u_sum: 'accumulation buffers',
  u_out: 'output buffers',
};

/** Placed areas of the whole chip, part by part: those of the model in its order, then what it leaves out. */
export function compareArea({ modules, memories }: Pick<Synthesis, 'modules' | 'memories'>, template: Template, technology: Technology): AreaComparison {
  const found = new Map<string, SquareMillimetres>();
  const add = (part: string, area: SquareMillimetres) => found.set(part, sum([found.get(part) ?? squareMillimetres(0), placed(technology, area)]));
  for (const m of modules) for (const { path, instances } of m.places) add(partAt(path), squareMicrometres(m.area * instances));
  for (const m of memories) add(partOfMemory[m.instance.replace(/_\d+$/, '')] ?? partAt(m.path), squareMillimetres(macro(technology, m) * m.instances));

  const model = new Map(areaOf(template, technology).map(({ part, area }) => [part, area]));
  const none = squareMillimetres(0);
  const parts = [...new Set([...model.keys(), ...found.keys()])].map((part) => ({ part, synthesized: found.get(part) ?? none, model: model.get(part) ?? none }));
  return { parts, total: { synthesized: sum(parts.map((p) => p.synthesized)), model: sum(parts.map((p) => p.model)) } };
}

const partAt = (path: readonly string[]): string => {
  const module = path.findLast((m) => Object.hasOwn(partOfModule, m));
  return module === undefined ? 'other' : partOfModule[module]!;
};

const macro = (technology: Technology, { bits: size, ports }: SynthesizedMemory): SquareMillimetres =>
  ports === '1rw' ? memoryArea(technology, bits(size)) : dualPortArea(technology, bits(size));
