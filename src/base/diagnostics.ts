// What is wrong with an input: a list of findings, each naming the offender, what was expected and the way out.

/** A finding about an input, as plain data: it survives a thread boundary and a file. */
export interface Diagnostic {
  /** A short stable word for programs: `unknown-name`, `out-of-range`, `malformed` ... */
  readonly code: string;
  /** Where: keys and indices from the root of the input. */
  readonly path: readonly (string | number)[];
  /** A sentence for people. */
  readonly message: string;
}

/** What a reader gives: the value, or all that is wrong with the input. Readers throw only where magnet itself is at fault. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refused = (diagnostics: readonly Diagnostic[]): Parsed<never> => ({ ok: false, diagnostics });
export const refuse = (code: string, path: readonly (string | number)[], message: string): Parsed<never> =>
  refused([{ code, path, message }]);

/** All that is wrong with some of them, so that one fault does not hide another. */
export const faultsOf = (...results: readonly Parsed<unknown>[]): readonly Diagnostic[] =>
  results.flatMap((r) => (r.ok ? [] : r.diagnostics));

/** The finding as a line, `levels.2.capacity: must be ...`; the path is left out where it is empty. */
export const printDiagnostic = ({ path, message }: Diagnostic): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`;

/** Puts the file's name in front of its diagnostics. */
export const located = <T>(file: string, result: Parsed<T>): Parsed<T> =>
  result.ok
    ? result
    : refused(result.diagnostics.map((d) => ({ code: d.code, path: [], message: `${file}: ${printDiagnostic(d)}` })));

/** A broken promise inside magnet, never a fault of the input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`);
}
