// What Timeloop's form cannot say of a machine, a sentence each with the levels that it concerns.

import { nth } from '../../base/invariant.js';
import type { Architecture, Level, Storage } from '../../model/machine/architecture.js';
import type { Layer } from '../../model/workload/layer.js';

/** A level, and what is written for it: memories and nodes between them, outermost first. */
interface Written {
  readonly level: Level;
  readonly as: readonly Level[];
}

interface Loss {
  readonly concerns: (written: Written) => boolean;
  readonly text: (levels: string) => string;
}

const isMemory = (level: Level): boolean => Object.keys(level.stores).length > 0;
const storesAny = (holds: (s: Storage) => boolean) => (w: Written) => Object.values(w.level.stores).some(holds);
/** Of what is written the memory that stands for the level. */
const memoryOf = ({ as }: Written): Level | undefined => as.findLast(isMemory);

const losses: readonly Loss[] = [
  {
    concerns: ({ as }) => as.filter(isMemory).length > 1,
    text: (n) =>
      `${n}: tensors lie in words or memories of their own; each is a memory here, and a capacity or a port that ` +
      'they share is given to each.',
  },
  {
    concerns: storesAny((s) => s.access.length > 0),
    text: (n) =>
      `${n}: one access serves several positions of a fan-out; energies here are per word, ` +
      'as this mapping uses the positions.',
  },
  {
    concerns: storesAny((s) => s.lineWords > 1),
    text: (n) => `${n}: lines are filled from the positions in use; Timeloop counts words.`,
  },
  {
    concerns: storesAny((s) => s.tuples),
    text: (n) =>
      `${n}: holds index tuples, one per operation; Timeloop counts pixels, of which overlapping windows share some.`,
  },
  {
    concerns: storesAny((s) => s.linkEnergy > 0),
    text: (n) => `${n}: the energy of the wires below is left out.`,
  },
  {
    concerns: ({ level }) => level.pools.some((p) => p.banks !== undefined),
    text: (n) => `${n}: is made of banks, of which each tensor takes whole ones; Timeloop divides it at any word.`,
  },
  {
    concerns: ({ level }) => level.role !== 'memory',
    text: (n) => `${n}: every access of sums is counted by Timeloop's own rule.`,
  },
  {
    concerns: ({ level }) => level.holdsSums,
    text: (n) => `${n}: partial sums must not leave it, which Timeloop does not check.`,
  },
  {
    concerns: losesFactors,
    text: (n) =>
      `${n}: requires factors of one axis, or of two that have nodes of their own, which no constraint of one ` +
      'node says.',
  },
  {
    concerns: freesDimensions,
    text: (n) =>
      `${n}: some dimensions may lie along one of its axes only and others along both, ` +
      'which no split says; here they may lie along either.',
  },
  {
    concerns: hasNodePerAxis,
    text: (n) =>
      `${n}: one dimension lies along both axes, so each is a node here; words that overlapping windows share ` +
      'are then read for each of the outer.',
  },
  {
    concerns: ({ level }) => level.axes.some((x) => x.exclusive),
    text: (n) => `${n}: a fan-out carries one dimension at a time, which Timeloop does not check.`,
  },
];

function losesFactors(w: Written): boolean {
  const memory = memoryOf(w);
  return memory !== undefined && (w.level.factors ?? []).length > (memory.factors ?? []).length;
}

/** An axis as written takes more dimensions than the level's own. */
function freesDimensions(w: Written): boolean {
  const written = memoryOf(w)?.axes ?? [];
  const own = w.level.axes.filter((x) => x.size > 1);
  return written.length > 1 && written.some((x, i) => x.dims.length > nth(own, i).dims.length);
}

function hasNodePerAxis({ as }: Written): boolean {
  const last = as.at(-1);
  return as.length > 1 && last !== undefined && last.axes.length > 0 && !isMemory(last);
}

/** `written`: for each level of the machine what is written for it. */
export function lossesOf(a: Architecture, layer: Layer, written: readonly (readonly Level[])[]): readonly string[] {
  const levels = a.levels.map((level, i): Written => ({ level, as: nth(written, i) }));
  const said = losses.flatMap(({ concerns, text }) => {
    const names = levels.filter(concerns).map((w) => w.level.name);
    return names.length === 0 ? [] : [text(names.join(', '))];
  });
  if (a.tiling)
    said.push('Cycles: tiles work in steps, whose loading and draining Timeloop does not count; its cycles are lower.');
  if (a.staticEnergy > 0) said.push(`The static energy of ${a.staticEnergy} pJ per cycle is left out.`);
  if (layer.pool)
    said.push(
      `The max-pool of ${layer.pool.P} x ${layer.pool.Q} behind the layer is left out: outputs are counted before it.`,
    );
  if (layer.residual) said.push('The residual of the layer is left out, and so are the words that are read for it.');
  return said;
}
