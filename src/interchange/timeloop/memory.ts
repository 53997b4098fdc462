// A memory's attributes: sizes, words, ports and what an access costs.

import { defined } from '../../base/invariant.js';
import type { Bits } from '../../base/units.js';
import { bits, picojoules } from '../../base/units.js';
import type { Bandwidth, Storage } from '../../model/machine/architecture.js';
import { blocks, depths, lines, widths } from './attributes.js';
import type { Components, Item } from './component.js';
import type { EnergyTable } from './ert.js';
import { energyOf } from './ert.js';
import type { Fields, Findings } from './findings.js';
import { fault, firstNumber, isCount, isEnergy, note, numberOf } from './findings.js';

export interface Memory {
  readonly storage: Storage;
  readonly size: Bits | null;
  readonly buffers: 1 | 2;
  readonly bandwidth: Bandwidth;
  /** One access serves all instances. */
  readonly clustered: boolean;
}

/** Timeloop's own default. */
const defaultWordBits = 16;

type Component = Extract<Item, { kind: 'storage' | 'compute' }>;

/** `copies`: instances in the whole machine. */
export function readMemory(
  f: Findings,
  component: Component,
  version: Components['version'],
  table: EnergyTable,
  copies: number,
): Memory {
  const { name, attributes: a, path, class: className } = component;
  const at = version === 'flat' ? path : [...path, 'attributes'];
  const count = (names: readonly string[]) => firstNumber(f, a, names, at, 'a whole number of at least 1', isCount);
  const ample = (names: readonly string[]) =>
    firstNumber(f, a, names, at, 'a whole number of at least 1', (n) => isCount(n) || n === Infinity);
  const rate = (field: string) => firstNumber(f, a, [field], at, 'a number above 0', (n) => n > 0);
  const wordBits = count(widths) ?? defaultWordBits;
  const width = ample(lines);
  const given = count(['cluster_size']);
  // Since v0.4 a line is a block, unless a cluster of memories shares it.
  const ofLine =
    version === 'nodes' && width !== undefined && Number.isFinite(width) ? width / wordBits / (given ?? 1) : 1;
  const ofCluster = (given ?? 1) > 1 ? ` for a cluster of ${given} memories (${ofLine * wordBits} each)` : '';
  const blockSize = count(blocks) ?? ofLine;
  if (!isCount(blockSize))
    fault(
      f,
      'invalid-value',
      at,
      `${name} has lines of ${width} bits${ofCluster}, which is not a whole number of words of ${wordBits} bits; ` +
        'give block_size',
    );
  // Before, a line of several blocks was a cluster.
  const cluster =
    given ?? (version === 'nodes' || width === undefined || width === Infinity ? 1 : width / (wordBits * blockSize));
  const clusterFault = faultOfCluster(cluster, copies);
  if (clusterFault !== undefined) {
    if (given !== undefined)
      fault(f, 'not-covered', [...at, 'cluster_size'], `${name} has a cluster of ${cluster} memories; ${clusterFault}`);
    else
      fault(
        f,
        'not-covered',
        [...at, 'width'],
        `${name} has lines of ${width} bits and blocks of ${blockSize} x ${wordBits}: ` +
          `to Timeloop a line is a cluster of ${cluster} memories; ${clusterFault}. Where lines are blocks, ` +
          `give block_size: ${defined(width) / wordBits}`,
      );
  }

  const depth = ample(depths);
  const kilobytes = firstNumber(f, a, ['sizeKB'], at, 'a size above 0', (n) => n > 0);
  const entries =
    ample(['entries']) ??
    (depth === undefined ? undefined : depth * blockSize) ??
    (kilobytes === undefined ? undefined : Math.floor((kilobytes * 1024 * 8) / wordBits)) ??
    Infinity;
  if (entries === Infinity && !isDram(className, a) && depth === undefined && !('entries' in a))
    note(f, at, `${name} has no size (depth, entries or sizeKB) and is taken as unlimited`);

  const buffers =
    firstNumber(
      f,
      a,
      ['multiple_buffering'],
      at,
      '1 or 2 (ping-pong); magnet has no other',
      (n) => n === 1 || n === 2,
    ) ?? 1;
  const half = rate('bandwidth');
  const port = (words: number | undefined) => (words === undefined || words === Infinity ? null : words * wordBits);
  return {
    storage: {
      wordBits,
      blockSize,
      energy: accessEnergy(f, name, a, at, table),
      access: [],
      line: [],
      lineWords: 1,
      tuples: false,
      linkEnergy: picojoules(0),
    },
    size: entries === Infinity ? null : bits(entries * wordBits),
    buffers: buffers === 2 ? 2 : 1,
    clustered: cluster > 1,
    // Words per cycle and instance; the older `bandwidth` is for both directions.
    bandwidth: {
      read: port(rate('read_bandwidth') ?? (half && half / 2)),
      write: port(rate('write_bandwidth') ?? (half && half / 2)),
      total: port(rate('shared_bandwidth')),
    },
  };
}

/**
 * Timeloop charges an access per cluster in use, instances being spread over clusters; a single
 * one is in use in every mapping.
 */
function faultOfCluster(cluster: number, copies: number): string | undefined {
  if (cluster === 1 || cluster === copies) return undefined;
  if (cluster > copies || !isCount(cluster))
    return (
      `the machine has ${copies} in all, which do not fill whole clusters; give ` +
      `cluster_size: ${copies === 1 ? '' : `${copies} or `}1`
    );
  return (
    `magnet charges an access for each of the ${copies} memories, or one for all of them; ` +
    `give cluster_size: ${copies}, or 1 with the energy of a memory by itself`
  );
}

const isDram = (className: string, a: Fields) => className.includes('DRAM') || a.technology === 'DRAM';

/** Per block, in pJ: of the table, or one that the architecture gives for all actions. */
function accessEnergy(
  f: Findings,
  name: string,
  a: Fields,
  at: Component['path'],
  table: EnergyTable,
): Storage['energy'] {
  const [readEnergy, fill, update] = (['read', 'fill', 'update'] as const).map((action) =>
    energyOf(table, name, action),
  );
  if (numberOf(a.addr_gen_energy) > 0) note(f, [...at, 'addr_gen_energy'], 'energy of address generators is left out');
  if (readEnergy !== undefined && fill !== undefined && update !== undefined) return { read: readEnergy, fill, update };
  const given = firstNumber(f, a, ['vector_access_energy'], at, 'an energy of at least 0 pJ', isEnergy);
  if (given === undefined)
    fault(
      f,
      'missing',
      at,
      `the energy of an access to ${name} is not known; give an ERT (as Accelergy writes it) that has ${name}, ` +
        'or vector_access_energy',
    );
  const energy = picojoules(given ?? 0);
  return { read: energy, fill: energy, update: energy };
}

export function computeEnergy(
  f: Findings,
  { name, attributes: a, path }: Component,
  version: Components['version'],
  table: EnergyTable,
) {
  const at = version === 'flat' ? path : [...path, 'attributes'];
  const energy =
    energyOf(table, name, 'compute') ??
    firstNumber(f, a, ['energy_per_op'], at, 'an energy of at least 0 pJ', isEnergy);
  if (energy === undefined)
    fault(
      f,
      'missing',
      at,
      `the energy of an operation of ${name} is not known; give an ERT (as Accelergy writes it) that ` +
        `has ${name}, or energy_per_op`,
    );
  return picojoules(energy ?? 0);
}
