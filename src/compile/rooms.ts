// Rooms in the memory of activations: tensors that are not needed at the same time share them.

import { got, nth } from '../base/invariant.js';
import type { Lowered, Operation } from './lowered.js';
import { isMoved } from './lowered.js';
import type { Storage, View } from './storage.js';
import { isBordered, wordsOf } from './storage.js';

/** Operations by their place, both ends included: from the first that touches a storage to the last. */
export interface Life {
  readonly from: number;
  readonly to: number;
}

/** Inputs are there before the first operation, outputs behind the last, constants always. */
export function livesOf({
  operations,
  storages,
  tensors,
  constants,
  inputs,
  outputs,
  upper,
}: Lowered): ReadonlyMap<Storage, Life> {
  const [before, behind] = [-1, operations.length];
  const lives = new Map<Storage, Life>();
  const touch = (storage: Storage, at: number) => {
    const known = lives.get(storage);
    lives.set(storage, known ? { from: Math.min(known.from, at), to: Math.max(known.to, at) } : { from: at, to: at });
  };
  const storageOf = (name: string) => got(tensors, name).storage;
  for (const name of inputs) touch(storageOf(name), before);
  for (const [i, o] of operations.entries()) for (const storage of touchedBy(o)) touch(storage, i);
  for (const name of outputs) touch(storageOf(name), behind);
  for (const view of [...upper.values()].flat()) touch(view.storage, behind);
  for (const { view } of constants) for (const at of [before, behind]) touch(view.storage, at);
  // Of what nothing touches, room is kept.
  for (const storage of storages) if (!lives.has(storage)) lives.set(storage, { from: before, to: behind });
  return lives;
}

export function touchedBy(o: Operation): readonly Storage[] {
  const of = (views: readonly { readonly view: View }[]) => views.map(({ view }) => view.storage);
  switch (o.kind) {
    case 'run': {
      const moved = isMoved(o.weights) ? [o.weights.from.storage] : [];
      return [o.input.storage, o.output.storage, ...(o.residual ? [o.residual.storage] : []), ...moved];
    }
    case 'rearrangement':
      return [o.from.storage, o.to.storage];
    case 'host':
      return [...of(o.inputs), ...of(o.outputs)];
  }
}

const meet = (a: Life, b: Life): boolean => a.from <= b.to && b.from <= a.to;

/** Sizes and borders: storages that are alike have the same zeros in the same places. */
const formOf = ({ axes, unsigned }: Storage): string =>
  `${unsigned} ${axes.map(({ size, before, after, excess }) => `${size} ${before} ${after} ${excess}`).join()}`;

export interface Rooms {
  /** The first word of each storage. */
  readonly bases: ReadonlyMap<Storage, number>;
  /** Behind the last word of all, and where that would be if each storage had a room of its own. */
  readonly end: number;
  readonly unshared: number;
}

/**
 * Every room begins at a multiple of `alignment`, from there on. Constants lie in front. Zeros around images must stay, so
 * a room with a border is shared by storages of the same form alone, in the order of their lives. All others are put, the
 * largest first, at the lowest place where nothing lies that is needed at the same time.
 */
export function roomsFor(lowered: Lowered, alignment: number): Rooms {
  const lives = livesOf(lowered);
  const aligned = (n: number) => Math.ceil(n / alignment) * alignment;
  const roomOf = (storage: Storage) => aligned(wordsOf(storage));
  const bases = new Map<Storage, number>();
  let end = alignment;
  const own = (storage: Storage) => {
    bases.set(storage, end);
    end += roomOf(storage);
  };
  const constants = new Set(lowered.constants.map(({ view }) => view.storage));
  for (const storage of constants) own(storage);
  const others = lowered.storages
    .filter((storage) => !constants.has(storage))
    .toSorted((a, b) => got(lives, a).from - got(lives, b).from);
  /** By form: rooms with what was last in them. */
  const forms = new Map<string, Storage[]>();
  for (const storage of others.filter(isBordered)) {
    const rooms = forms.get(formOf(storage)) ?? [];
    forms.set(formOf(storage), rooms);
    const free = rooms.findIndex((last) => got(lives, last).to < got(lives, storage).from);
    if (free < 0) {
      own(storage);
      rooms.push(storage);
    } else {
      bases.set(storage, got(bases, nth(rooms, free)));
      rooms[free] = storage;
    }
  }
  const floor = end;
  const placed: { readonly life: Life; readonly from: number; readonly to: number }[] = [];
  const plain = others.filter((storage) => !isBordered(storage)).toSorted((a, b) => roomOf(b) - roomOf(a));
  for (const storage of plain) {
    const [life, room] = [got(lives, storage), roomOf(storage)];
    let from = floor;
    // In the order of their places: the first gap that is wide enough.
    for (const other of placed) if (meet(life, other.life) && other.from < from + room) from = Math.max(from, other.to);
    const at = placed.findIndex((other) => other.from > from);
    placed.splice(at < 0 ? placed.length : at, 0, { life, from, to: from + room });
    bases.set(storage, from);
    end = Math.max(end, from + room);
  }
  return { bases, end, unshared: lowered.storages.reduce((n, storage) => n + roomOf(storage), alignment) };
}
