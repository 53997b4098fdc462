// All orders of a few things.

/** In the order of the first, then of the second ...; there are n! of them. */
export const permutations = <T>(xs: readonly T[]): T[][] =>
  xs.length === 0 ? [[]] : xs.flatMap((x, i) => permutations(xs.filter((_, j) => j !== i)).map((rest) => [x, ...rest]));
