// Memory that a browser does not give, said as that: engines and WebAssembly have words of their own for it.

const signs =
  /could not allocate|allocation failed|out of memory|cannot enlarge memory|invalid (typed )?array length|\bOOM\b/i;

const needs = 'needs more memory than this browser gives';

/** `what` is named where the work fails for want of memory; other failures are theirs. */
export async function withinMemory<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (!signs.test(said) || said.includes(needs)) throw error;
    throw new Error(`${what} ${needs} (${said}); end other runs and close other pages, or use the command line`, {
      cause: error,
    });
  }
}
