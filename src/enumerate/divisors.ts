// Divisors, found once: a search asks for those of a few numbers again and again.

import { divisors } from '../base/integers.js';

const known = new Map<number, readonly number[]>();

export function divisorsOf(n: number): readonly number[] {
  let found = known.get(n);
  if (!found) known.set(n, (found = divisors(n)));
  return found;
}
