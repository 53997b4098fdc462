// Seeded chance: the same seed gives the same numbers, everywhere.

export interface Random {
  /** Uniform in [0, 1). */
  next: () => number;
  /** Uniform integer in [0, n). */
  below: (n: number) => number;
  /** One element of a list that is not empty. */
  pick: <T>(xs: readonly T[]) => T;
  /** A shuffled copy. */
  shuffle: <T>(xs: readonly T[]) => T[];
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, passes gjrand, ample for search. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    // An element may be undefined itself.
    pick: <T>(xs: readonly T[]) => {
      if (xs.length === 0) throw new Error('invariant: a choice among nothing');
      return xs[below(xs.length)] as T;
    },
    shuffle: <T>(xs: readonly T[]) => {
      const ys = [...xs];
      for (let i = ys.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [ys[i], ys[j]] = [ys[j] as T, ys[i] as T];
      }
      return ys;
    },
  };
}
