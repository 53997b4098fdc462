// A general architecture as a file: levels outermost first, with literal energies (the golden cases' format and ours).

import { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import type { Megahertz } from '../base/units.js';
import { bits, megahertz, picojoules } from '../base/units.js';
import type { Architecture, Axis, Level, Pool, Storage } from '../model/machine/architecture.js';
import { openWithin } from '../model/machine/keeping.js';
import type { Tensor } from '../model/workload/layer.js';
import { dimensions, tensors } from '../model/workload/layer.js';
import { constraintFields, constraintsOf, faultsOf } from './hierarchy-constraints.js';
import type { Bandwidth } from './quantity.js';
import { bandwidth, wordsPerCycle } from './quantity.js';
import { check, nonNegative, oneOf, positive, record, setOf, text, whole } from './schema.js';

const energies = record('energies', { read: nonNegative(), fill: nonNegative(), update: nonNegative() });
const fanoutDims = setOf('dimension', dimensions).refine(
  (xs) => xs.length > 0,
  'a fan-out needs at least one dimension; name it or leave the field out for all',
);

const level = record('a level', {
  name: text(),
  role: oneOf('role', ['memory', 'accumulator', 'collector'] as const).optional(),
  sizeWords: whole(1).nullable().optional(),
  /** Separate memories per tensor instead of one shared one. */
  sizeWordsPerTensor: record('capacities per tensor', {
    Weights: whole(1).optional(),
    Inputs: whole(1).optional(),
    Outputs: whole(1).optional(),
  }).optional(),
  buffers: z.union([z.literal(1), z.literal(2)], { error: 'expected 1 (single) or 2 (ping-pong)' }).optional(),
  wordBits: whole(1),
  blockSize: whole(1).optional(),
  energyPerVectorAccess: energies,
  /** Words per cycle and instance, or bytes per second; null or absent is unlimited. */
  readBandwidth: bandwidth().nullable().optional(),
  writeBandwidth: bandwidth().nullable().optional(),
  totalBandwidth: bandwidth().nullable().optional(),
  fanoutX: whole(1).optional(),
  fanoutY: whole(1).optional(),
  dimsX: fanoutDims.optional(),
  dimsY: fanoutDims.optional(),
  /** Dimensions that may loop in time at this level; all unless said. */
  temporal: setOf('dimension', dimensions).optional(),
  ...constraintFields,
  defaultKeep: setOf('tensor', tensors).optional(),
  clustered: z.boolean({ error: 'expected true or false' }).optional(),
  /**
   * What a mapping may send by although the level keeps it; all where there is no
   * defaultKeep, nothing where there is one.
   */
  mayBypass: setOf('tensor', tensors).optional(),
  holdsSums: z.boolean({ error: 'expected true or false' }).optional(),
  // Facts of the golden files that follow from the rest, or that are outside our model.
  instances: whole(1).optional(),
  meshX: whole(1).optional(),
  meshY: whole(1).optional(),
  dram: z.boolean().optional(),
  network: z.unknown().optional(),
});

export const hierarchyForm = record('an architecture', {
  name: text(),
  source: text().optional(),
  levels: z
    .array(level, { error: 'expected a list of levels, outermost first' })
    .min(1, 'an architecture needs at least one level'),
  compute: record('compute', {
    name: text().optional(),
    energyPerOp: nonNegative(),
    instances: whole(1).optional(),
    meshX: whole(1).optional(),
    meshY: whole(1).optional(),
    wordBits: whole(1).optional(),
  }),
  clockMHz: positive().optional(),
  staticEnergyPerCycle: nonNegative().optional(),
});
type LevelFile = z.infer<typeof level>;

/**
 * What a level without `defaultKeep` does: in files of users the mapper chooses; in results
 * from before it did, all is kept.
 */
export type Unsaid = 'open' | 'kept';

/** Reads an architecture with literal energies; every fault is listed. */
export function parseHierarchy(
  data: unknown,
  at: readonly (string | number)[] = [],
  unsaid: Unsaid = 'open',
): Parsed<Architecture> {
  const checked = check(hierarchyForm, data, at);
  if (!checked.ok) return checked;
  const file = checked.value;
  const diagnostics: Diagnostic[] = [];
  const names = file.levels.map((l) => l.name);
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i)
      diagnostics.push({
        code: 'duplicate',
        path: [...at, 'levels', i, 'name'],
        message: `two levels are called ${name}; give each its own name`,
      });
  });
  file.levels.forEach((l, i) => {
    const path = [...at, 'levels', i];
    if (l.sizeWords != null && l.sizeWordsPerTensor) {
      diagnostics.push({
        code: 'conflict',
        path: [...path, 'sizeWords'],
        message: 'is given beside sizeWordsPerTensor; give the one for a shared memory, the other for separate ones',
      });
    }
    for (const [dims, fanout] of [
      ['dimsX', 'fanoutX'],
      ['dimsY', 'fanoutY'],
    ] as const) {
      if (l[dims] && l[fanout] === undefined)
        diagnostics.push({
          code: 'conflict',
          path: [...path, dims],
          message: `has no fan-out to go with; give ${fanout}, or remove ${dims}`,
        });
    }
    const absent = (l.mayBypass ?? []).filter((t) => !keepOf(l).includes(t));
    if (absent.length > 0)
      diagnostics.push({
        code: 'conflict',
        path: [...path, 'mayBypass'],
        message:
          `${absent.join(' and ')} always bypass${absent.length > 1 ? '' : 'es'} this level, ` +
          `since defaultKeep leaves ${absent.length > 1 ? 'them' : 'it'} out; ` +
          `take ${absent.length > 1 ? 'them' : 'it'} out here, or add to defaultKeep`,
      });
    diagnostics.push(...faultsOf(l, path));
  });
  for (const t of tensors) {
    if (!file.levels.some((l) => keepOf(l).includes(t))) {
      diagnostics.push({
        code: 'not-kept',
        path: [...at, 'levels'],
        message: `no level keeps ${t}; add it to the defaultKeep of the outermost level`,
      });
    }
  }
  if (diagnostics.length > 0) return refused(diagnostics);
  const clock = megahertz(file.clockMHz ?? 1000);
  return parsed({
    name: file.name,
    source: file.source ?? 'file',
    levels: openWithin(file.levels.map((l) => toLevel(l, unsaid, clock))),
    compute: { name: file.compute.name ?? 'MAC', energy: picojoules(file.compute.energyPerOp) },
    staticEnergy: picojoules(file.staticEnergyPerCycle ?? 0),
    clock,
    area: [],
  });
}

const keepOf = (l: LevelFile): readonly Tensor[] => l.defaultKeep ?? tensors;

function toLevel(l: LevelFile, unsaid: Unsaid, clock: Megahertz): Level {
  const e = l.energyPerVectorAccess;
  const storage: Storage = {
    wordBits: l.wordBits,
    blockSize: l.blockSize ?? 1,
    energy: { read: picojoules(e.read), fill: picojoules(e.fill), update: picojoules(e.update) },
    access: [],
    line: [],
    lineWords: 1,
    tuples: false,
    linkEnergy: picojoules(0),
  };
  const perTensor = l.sizeWordsPerTensor;
  const pools: Pool[] = perTensor
    ? tensors.map((t) => ({ tensors: [t], bits: perTensor[t] === undefined ? null : bits(perTensor[t] * l.wordBits) }))
    : [{ tensors, bits: l.sizeWords == null ? null : bits(l.sizeWords * l.wordBits) }];
  const axis = (label: 'Y' | 'X', size: number | undefined, dims: Axis['dims'] | undefined): Axis[] =>
    size === undefined || size === 1 ? [] : [{ name: `${l.name}.${label}`, label, size, dims: dims ?? dimensions }];
  const inBits = (given: Bandwidth | null | undefined) =>
    given == null ? null : wordsPerCycle(given, clock, l.wordBits) * l.wordBits;
  return {
    name: l.name,
    role: l.role ?? 'memory',
    stores: { Weights: storage, Inputs: storage, Outputs: storage },
    keeps: keepOf(l),
    open: l.mayBypass ?? (l.defaultKeep || unsaid === 'kept' ? [] : tensors),
    pools,
    buffers: l.buffers ?? 1,
    bandwidth: { read: inBits(l.readBandwidth), write: inBits(l.writeBandwidth), total: inBits(l.totalBandwidth) },
    temporal: l.temporal ?? dimensions,
    ...(l.clustered && { clustered: true as const }),
    axes: [...axis('Y', l.fanoutY, l.dimsY), ...axis('X', l.fanoutX, l.dimsX)],
    holdsSums: l.holdsSums ?? false,
    ...constraintsOf(l),
  };
}
