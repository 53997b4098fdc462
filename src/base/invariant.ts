// Promises that the code keeps by construction, checked where a value is read: a broken one is a bug, and throws.

/** Element `i` of a list (0 the first). @throws if there is none. */
export function nth<T>(list: ArrayLike<T>, i: number): T {
  const value = list[i];
  if (value === undefined) throw new Error(`invariant: element ${i} of ${list.length}`);
  return value;
}

/** What a record holds under a key. @throws if there is nothing. */
export function entry<T extends object, K extends keyof T>(record: T, key: K): NonNullable<T[K]> {
  const value = record[key];
  if (value === undefined || value === null) throw new Error(`invariant: no entry ${String(key)}`);
  return value;
}

/** What a map holds under a key. @throws if there is nothing. */
export function got<K, V>(map: { get: (key: K) => V | undefined }, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`invariant: nothing under ${String(key)}`);
  return value;
}

/** A value that is there. @throws if it is not. */
export function defined<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('invariant: a value is missing');
  return value;
}
