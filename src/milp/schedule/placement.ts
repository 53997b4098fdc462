// Where the images of a residency begin: consecutive banks for each, none of which moves, with gaps for the tiles of every step.

import { nth } from '../../base/invariant.js';
import type { Keepable } from './residency.js';

export type Image = Pick<Keepable, 'banks' | 'from' | 'upTo'>;

/** Whether a step finds room for its tiles in the banks that are free. */
export type HasRoom = (step: number, free: readonly boolean[]) => boolean;

/** Placements of what is alive that are kept in mind at a step. */
const maxStates = 5000;

interface State {
  /** First banks of images that are alive, by number. */
  readonly live: ReadonlyMap<number, number>;
  readonly before: State | undefined;
  readonly begun: ReadonlyMap<number, number>;
}

/**
 * The first bank of each image, step after step over all placements of what is alive; undefined where there is none, 'unknown'
 * where there are more than can be kept in mind.
 */
export function place(
  banks: number,
  steps: number,
  images: readonly Image[],
  hasRoom: HasRoom,
): readonly number[] | undefined | 'unknown' {
  let states: readonly State[] = [{ live: new Map(), before: undefined, begun: new Map() }];
  for (let step = 0; step < steps; step++) {
    const begin = [...images.keys()].filter((i) => nth(images, i).from === step);
    const next = new Map<string, State>();
    for (const state of states) {
      for (const begun of placements(begin, state.live)) {
        const all = new Map([...state.live, ...begun]);
        if (!hasRoom(step, freeBeside(all))) continue;
        const live = new Map([...all].filter(([i]) => nth(images, i).upTo > step));
        const key = [...live].map(([i, at]) => `${i}@${at}`).join(' ');
        if (!next.has(key)) next.set(key, { live, before: state, begun });
        if (next.size > maxStates) return 'unknown';
      }
    }
    states = [...next.values()];
  }
  const [end] = states;
  if (!end) return undefined;
  const bases = new Map<number, number>();
  for (let at: State | undefined = end; at; at = at.before) for (const [i, base] of at.begun) bases.set(i, base);
  return images.map((_, i) => bases.get(i) ?? 0);

  function freeBeside(live: ReadonlyMap<number, number>): boolean[] {
    const free = Array.from({ length: banks }, () => true);
    for (const [i, at] of live) free.fill(false, at, at + nth(images, i).banks);
    return free;
  }

  /** Every way in which some images lie beside others. */
  function* placements(
    begin: readonly number[],
    live: ReadonlyMap<number, number>,
  ): Iterable<ReadonlyMap<number, number>> {
    const [first, ...rest] = begin;
    if (first === undefined) {
      yield new Map();
      return;
    }
    const size = nth(images, first).banks;
    const free = freeBeside(live);
    for (let at = 0; at + size <= banks; at++) {
      if (!free.slice(at, at + size).every(Boolean)) continue;
      for (const others of placements(rest, new Map([...live, [first, at]]))) yield new Map([[first, at], ...others]);
    }
  }
}
