// A memory's attributes: sizes, words, ports and what an access costs.

import type { Bits } from '../../base/units.js';
import { bits, picojoules } from '../../base/units.js';
import type { Bandwidth, Storage } from '../../model/architecture.js';
import type { Components, Item } from './component.js';
import type { EnergyTable } from './ert.js';
import { energyOf } from './ert.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, firstNumber, isCount, isEnergy, note, numberOf } from './findings.js';
import { refuseSlips } from './keys.js';

export interface Memory {
  readonly storage: Storage;
  readonly size: Bits | null;
  readonly buffers: 1 | 2;
  readonly bandwidth: Bandwidth;
}

const widths = ['word_bits', 'datawidth', 'word_width', 'data_width'];
const blocks = ['block_size', 'n_words'];
const depths = ['depth', 'memory_depth'];
const lines = ['width', 'memory_width'];
const read = [...widths, ...blocks, ...depths, ...lines, 'entries', 'sizeKB', 'cluster_size', 'multiple_buffering', 'read_bandwidth', 'write_bandwidth', 'shared_bandwidth', 'bandwidth', 'vector_access_energy', 'addr_gen_energy', 'energy_per_op', 'meshX', 'meshY', 'instances', 'technology', 'global_cycle_seconds'];
/** Timeloop's own default. */
const defaultWordBits = 16;

/** Where they are written, so once. The others may be any of Accelergy's components. */
export const checkAttributes = (f: Findings, attributes: Fields, path: Path): void => void refuseSlips(f, attributes, read, path);

type Component = Extract<Item, { kind: 'storage' | 'compute' }>;

export function readMemory(f: Findings, { name, attributes: a, path, class: className }: Component, version: Components['version'], table: EnergyTable): Memory {
  const at = version === 'flat' ? path : [...path, 'attributes'];
  const count = (names: readonly string[]) => firstNumber(f, a, names, at, 'a whole number of at least 1', isCount);
  const ample = (names: readonly string[]) => firstNumber(f, a, names, at, 'a whole number of at least 1', (n) => isCount(n) || n === Infinity);
  const rate = (field: string) => firstNumber(f, a, [field], at, 'a number above 0', (n) => n > 0);
  const wordBits = count(widths) ?? defaultWordBits;
  const width = ample(lines);
  // Since v0.4 a line is a block, unless a cluster of memories shares it.
  const ofLine = version === 'nodes' && width !== undefined && Number.isFinite(width) ? width / wordBits / (count(['cluster_size']) ?? 1) : 1;
  const blockSize = count(blocks) ?? ofLine;
  if (!isCount(blockSize)) fault(f, 'invalid-value', at, `${name} has lines of ${width} bits, which are no whole number of words of ${wordBits} bits; give block_size`);

  const depth = ample(depths);
  const kilobytes = firstNumber(f, a, ['sizeKB'], at, 'a size above 0', (n) => n > 0);
  const entries = ample(['entries']) ?? (depth === undefined ? undefined : depth * blockSize) ?? (kilobytes === undefined ? undefined : Math.floor((kilobytes * 1024 * 8) / wordBits)) ?? Infinity;
  if (entries === Infinity && !isDram(className, a) && depth === undefined && !('entries' in a)) note(f, at, `${name} has no size (depth, entries or sizeKB) and is taken as unlimited`);

  const buffers = firstNumber(f, a, ['multiple_buffering'], at, '1 or 2 (ping-pong); magnet has no other', (n) => n === 1 || n === 2) ?? 1;
  const half = rate('bandwidth');
  const port = (words: number | undefined) => (words === undefined || words === Infinity ? null : words * wordBits);
  return {
    storage: { wordBits, blockSize, energy: accessEnergy(f, name, a, at, table), access: [], line: [], lineWords: 1, tuples: false, linkEnergy: picojoules(0) },
    size: entries === Infinity ? null : bits(entries * wordBits),
    buffers: buffers === 2 ? 2 : 1,
    // Words per cycle and instance; the older `bandwidth` is for both directions.
    bandwidth: { read: port(rate('read_bandwidth') ?? (half && half / 2)), write: port(rate('write_bandwidth') ?? (half && half / 2)), total: port(rate('shared_bandwidth')) },
  };
}

const isDram = (className: string, a: Fields) => className.includes('DRAM') || a.technology === 'DRAM';

/** Per block, in pJ: of the table, or one that the architecture gives for all actions. */
function accessEnergy(f: Findings, name: string, a: Fields, at: Component['path'], table: EnergyTable): Storage['energy'] {
  const [readEnergy, fill, update] = (['read', 'fill', 'update'] as const).map((action) => energyOf(table, name, action));
  if (numberOf(a.addr_gen_energy) > 0) note(f, [...at, 'addr_gen_energy'], 'energy of address generators is left out');
  if (readEnergy !== undefined && fill !== undefined && update !== undefined) return { read: readEnergy, fill, update };
  const given = firstNumber(f, a, ['vector_access_energy'], at, 'an energy of at least 0 pJ', isEnergy);
  if (given === undefined) fault(f, 'missing', at, `the energy of an access to ${name} is not known; give an ERT (as Accelergy writes it) that has ${name}, or vector_access_energy`);
  const energy = picojoules(given ?? 0);
  return { read: energy, fill: energy, update: energy };
}

export function computeEnergy(f: Findings, { name, attributes: a, path }: Component, version: Components['version'], table: EnergyTable) {
  const at = version === 'flat' ? path : [...path, 'attributes'];
  const energy = energyOf(table, name, 'compute') ?? firstNumber(f, a, ['energy_per_op'], at, 'an energy of at least 0 pJ', isEnergy);
  if (energy === undefined) fault(f, 'missing', at, `the energy of an operation of ${name} is not known; give an ERT (as Accelergy writes it) that has ${name}, or energy_per_op`);
  return picojoules(energy ?? 0);
}
