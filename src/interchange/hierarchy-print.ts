// A general architecture as the YAML file that `parseHierarchy` reads back.

import { defined, nth } from '../base/invariant.js';
import { Document, isScalar, visit } from 'yaml';
import { invariant } from '../base/diagnostics.js';
import type { Architecture, Level, Pool } from '../model/machine/architecture.js';
import { openWithin } from '../model/machine/keeping.js';
import { dimensions, tensors } from '../model/workload/layer.js';
import { constraintsFile } from './hierarchy-constraints.js';

/**
 * Lists and records of plain values stand on one line. The architecture is one that has a single kind of word per
 * level, as files give it; machines lowered from a template have more to say than the format holds.
 */
export function printHierarchy(a: Architecture): string {
  const document = new Document(hierarchyFile(a));
  visit(document, {
    Collection(key, node) {
      if (
        key !== null &&
        node.items.every(
          (item) =>
            isScalar(item) || (typeof item === 'object' && item !== null && 'value' in item && isScalar(item.value)),
        )
      )
        node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** The same as data. Fields that say what is assumed without them are left out. */
export function hierarchyFile(a: Architecture): object {
  return {
    name: a.name,
    source: a.source,
    clockMHz: a.clock,
    ...(a.staticEnergy > 0 && { staticEnergyPerCycle: a.staticEnergy }),
    compute: { name: a.compute.name, energyPerOp: a.compute.energy },
    levels: a.levels.map((l, i) => levelFile(l, keepsFile(a, i))),
  };
}

/** Nothing where nothing could be open; otherwise in full, so that no reader has anything to assume. */
function keepsFile(a: Architecture, index: number): object {
  const { keeps, open = [] } = nth(a.levels, index);
  const couldBe = nth(openWithin(a.levels.map((l) => ({ ...l, open: tensors }))), index).open ?? [];
  if (keeps.length === tensors.length && couldBe.length === 0) return {};
  return { defaultKeep: [...keeps], ...(open.length > 0 && { mayBypass: [...open] }) };
}

function levelFile(l: Level, kept: object): object {
  const storages = Object.values(l.stores);
  const storage = storages[0];
  invariant(
    storage &&
      storages.length === tensors.length &&
      storages.every((s) => JSON.stringify(s) === JSON.stringify(storage)),
    `${l.name} stores tensors each in its own way`,
  );
  invariant(
    storage.access.length === 0 &&
      storage.line.length === 0 &&
      storage.lineWords === 1 &&
      !storage.tuples &&
      storage.linkEnergy === 0,
    `${l.name} has wide lines`,
  );
  const words = (bitsPerCycle: number | null) => defined(bitsPerCycle) / storage.wordBits;
  const { read, write, total } = l.bandwidth;
  const all = (xs: readonly unknown[], whole: readonly unknown[]) => xs.length === whole.length;
  const fanouts: Record<string, unknown> = {};
  for (const x of l.axes) {
    fanouts[`fanout${x.label}`] = x.size;
    if (!all(x.dims, dimensions)) fanouts[`dims${x.label}`] = [...x.dims];
  }
  return {
    name: l.name,
    ...(l.role !== 'memory' && { role: l.role }),
    ...capacity(l.pools, storage.wordBits),
    ...(l.buffers === 2 && { buffers: 2 }),
    wordBits: storage.wordBits,
    ...(storage.blockSize > 1 && { blockSize: storage.blockSize }),
    energyPerVectorAccess: { ...storage.energy },
    ...(read !== null && { readBandwidth: words(read) }),
    ...(write !== null && { writeBandwidth: words(write) }),
    ...(total !== null && { totalBandwidth: words(total) }),
    ...(l.clustered && { clustered: true }),
    ...fanouts,
    ...(!all(l.temporal, dimensions) && { temporal: [...l.temporal] }),
    ...constraintsFile(l),
    ...kept,
    ...(l.holdsSums && { holdsSums: true }),
  };
}

function capacity(pools: readonly Pool[], wordBits: number): object {
  const limited = pools.filter((p) => p.bits !== null);
  if (limited.length === 0) return {};
  if (pools.length === 1) return { sizeWords: defined(nth(limited, 0).bits) / wordBits };
  return {
    sizeWordsPerTensor: Object.fromEntries(
      limited.flatMap((p) => p.tensors.map((t) => [t, defined(p.bits) / wordBits])),
    ),
  };
}
