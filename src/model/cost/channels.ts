// What may hold a layer up: the multipliers, and every channel that moves so many bytes in
// a cycle; how long each is busy.

import { entry, nth } from '../../base/invariant.js';
import type { Architecture, Engine, Tiling } from '../machine/architecture.js';
import type { Evaluation } from './evaluate.js';
import type { PortName } from './ports.js';
import { passing, portNames } from './ports.js';
import type { Tensor } from '../workload/layer.js';
import { tensors } from '../workload/layer.js';

/** Of one instance of a layer. */
export interface Channel {
  readonly name: string;
  readonly bytesPerCycle: number;
  /** In whole words of the channel, as it moves them. */
  readonly bytes: number;
  /** Cycles at least that it takes: never more than the layer does. */
  readonly busy: number;
}

/**
 * The channels that limit a machine. One of a general hierarchy has those of its ports whose bandwidth is
 * limited, each through one instance.
 */
export const channelsOf = (a: Architecture, e: Evaluation): readonly Channel[] =>
  a.tiling && e.tiles ? wires(a, a.tiling, e.tiles.engines) : ports(a, e);

/** Which engine drives a channel of the template, what it carries, and what its word is made of. */
const driven: readonly {
  readonly name: string;
  readonly engine: Engine;
  readonly tensor: Tensor;
  readonly from: 'outer' | 'inner';
  readonly word: 'vector' | 'lanes';
}[] = [
  { name: 'DRAM weights', engine: 'load_w', tensor: 'Weights', from: 'outer', word: 'vector' },
  { name: 'DRAM inputs', engine: 'fill', tensor: 'Inputs', from: 'outer', word: 'vector' },
  { name: 'DRAM outputs', engine: 'spill', tensor: 'Outputs', from: 'outer', word: 'lanes' },
  { name: 'global buffer reads', engine: 'load_i', tensor: 'Inputs', from: 'inner', word: 'vector' },
  { name: 'global buffer writes', engine: 'drain', tensor: 'Outputs', from: 'inner', word: 'lanes' },
];

/** A line is a vector of inputs or weights, or of outputs; it crosses in so many beats, a cycle each (docs/hardware.md). */
function wires(
  a: Architecture,
  tiling: Tiling,
  work: Readonly<Record<Engine, { readonly beats: number; readonly runs: number }>>,
): readonly Channel[] {
  const inside = a.levels.slice(tiling.inner + 1).flatMap((l) => l.axes);
  const size = (of: 'vector' | 'lanes') =>
    inside.reduce((n, x) => ((x.name === tiling.lanes) === (of === 'lanes') ? n * x.size : n), 1);
  return driven.map(({ name, engine, tensor, from, word }) => {
    const line = (entry(nth(a.levels, tiling[from]).stores, tensor).wordBits * size(word)) / 8;
    const bytesPerCycle = line / tiling.beatsPerLine[engine];
    const busy = work[engine].beats * work[engine].runs;
    return { name, bytesPerCycle, bytes: busy * bytesPerCycle, busy };
  });
}

function ports(a: Architecture, e: Evaluation): readonly Channel[] {
  return a.levels.flatMap((level, i) => {
    const { dataspaces, instances } = nth(e.levels, i);
    return portNames.flatMap((port): readonly Channel[] => {
      const bits = level.bandwidth[port];
      const words = (t: Tensor) => passing[port].reduce((n, action) => n + (dataspaces[t]?.[counted[action]] ?? 0), 0);
      const bytes = tensors.reduce((n, t) => n + words(t) * (level.stores[t]?.wordBits ?? 0), 0) / 8 / instances;
      if (bits === null || bytes === 0) return [];
      return [{ name: `${level.name} ${through[port]}`, bytesPerCycle: bits / 8, bytes, busy: (8 * bytes) / bits }];
    });
  });
}

/** Words of an action in an evaluation. */
const counted = { read: 'reads', fill: 'fills', update: 'updates' } as const;
const through: Readonly<Record<PortName, string>> = { read: 'reads', write: 'writes', total: 'reads and writes' };

/** What is busy longest: nothing else binds a layer so much. The multipliers, where a channel is busy as long. */
export function bindingOf(a: Architecture, e: Evaluation): { readonly name: string; readonly busy: number } {
  const channels = channelsOf(a, e);
  return channels.reduce<{ readonly name: string; readonly busy: number }>((max, c) => (c.busy > max.busy ? c : max), {
    name: 'multipliers',
    busy: e.compute.cycles,
  });
}
