// Members of a list by what they have in common.

/** Members by a key, in order of first sight. */
export function groupBy<T, K>(xs: Iterable<T>, key: (x: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const x of xs) {
    const k = key(x);
    const group = groups.get(k);
    if (group) group.push(x);
    else groups.set(k, [x]);
  }
  return groups;
}
