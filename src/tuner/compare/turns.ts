// In which order contestants run: arena by arena, in rounds of one run each, every round shuffled.

import { seeded } from '../../base/random.js';

/** What contestants compete on: a layer with how often it counts, or a space of machines. */
export interface Arena {
  readonly name: string;
  readonly count: number;
}

export interface Turn {
  /** Its place in the list of arenas. */
  readonly arena: number;
  /** From 1; also the seed of the run. 0 for the referee. */
  readonly round: number;
  readonly strategy: string;
}

export interface ScheduleOptions {
  readonly contestants: readonly string[];
  /** Proves what the others are held against, where no contestant has: asked first where none of them can. */
  readonly referee: { readonly strategy: string; readonly first: boolean };
  readonly repeat: number;
  readonly seed: number;
}

/**
 * A machine that grows slower or busier does so to all alike, because every round has everybody once; shuffling keeps
 * anybody from always coming after the same one.
 */
export function schedule(
  arenas: readonly Arena[],
  { contestants, referee, repeat, seed }: ScheduleOptions,
): readonly Turn[] {
  const chance = seeded(seed);
  return arenas.flatMap((_, arena) => {
    const rounds = Array.from({ length: repeat }, (_, r) =>
      chance.shuffle(contestants).map((strategy): Turn => ({ arena, round: r + 1, strategy })),
    ).flat();
    const proof: Turn = { arena, round: 0, strategy: referee.strategy };
    return referee.first ? [proof, ...rounds] : [...rounds, proof];
  });
}
