// Many things worked on at a time, taken note of in the order in which they were decided on: whoever is done first, what comes
// of it is the same.

/** Work that may begin later than it was decided on; what it rejects with is its own to handle. It answers with how to take note of it. */
export type Work = () => Promise<() => void>;

/** Pieces of work decided on before the first of them is noted, on as many workers or fewer. */
const few = 3;

/**
 * Decides on work as long as `next` knows of some, on at most `ahead` pieces before the first of them is noted, or as many as
 * there are workers; undefined means that nothing can be decided before more is noted. `width` pieces are worked on at a
 * time. Once `over`, nothing further is begun, and what was begun is noted.
 */
export async function inOrder(
  width: number,
  next: () => Work | undefined,
  over: () => boolean,
  ahead = few,
): Promise<void> {
  const lanes = Math.max(1, width);
  const decided: { readonly work: Work; done: Promise<() => void> | undefined }[] = [];
  let running = 0;
  const begin = (): void => {
    for (const piece of decided) {
      if (running >= lanes || over()) return;
      if (piece.done) continue;
      running++;
      piece.done = piece.work().finally(() => {
        running--;
        begin();
      });
      // It is heard when its turn comes.
      piece.done.catch(() => {});
    }
  };
  for (;;) {
    while (decided.length < Math.max(lanes, ahead) && !over()) {
      const work = next();
      if (!work) break;
      decided.push({ work, done: undefined });
    }
    begin();
    const first = decided.shift();
    if (!first?.done) return;
    (await first.done)();
  }
}
