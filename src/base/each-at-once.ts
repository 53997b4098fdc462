// Many things worked on, so many at a time.

/**
 * `work` of every item, `width` at a time, begun in the order of the items; once `stopped` no further one is begun.
 * Settles when all that were begun have ended, or rejects with the first that does.
 */
export async function eachAtOnce<T>(
  width: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  stopped: () => boolean = () => false,
): Promise<void> {
  const left = items.entries();
  const lane = async (): Promise<void> => {
    while (!stopped()) {
      const next = left.next();
      if (next.done) return;
      const [index, item] = next.value;
      await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, lane));
}
