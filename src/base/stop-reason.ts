// Why a search stopped, or has no answer: a closed set of kinds with what they need to be told, and their sentences.
// Code decides by the kind; people read the sentence.

/** Why a search stopped, or has no answer; `stopText` puts it into words. */
export type StopReason =
  /** In words of its own, where there is more to say. */
  | { readonly kind: 'time-limit'; readonly said?: string }
  /** What is left is no more than what a solver's tolerances allow. */
  | { readonly kind: 'tolerance'; readonly solver: string }
  /** A solver returned to a point that was excluded: it takes integers within a tolerance. */
  | { readonly kind: 'excluded-point'; readonly solver: string }
  /** A solver claims a bound above a mapping that is known. */
  | { readonly kind: 'contradiction'; readonly solver: string }
  /** The program leaves something out, so that its bound stays below; `gap` is what is proven. */
  | { readonly kind: 'relaxed'; readonly what: string; readonly gap: number }
  /** A choice was settled on its own, and a gap is left in it. */
  | { readonly kind: 'open-choice' }
  | { readonly kind: 'nothing-found' }
  | { readonly kind: 'interrupted' }
  /** What is known does not decide it, and nothing else is tried; in a sentence. */
  | { readonly kind: 'unsettled'; readonly message: string }
  /** A solver or a worker failed, or ended with a status of its own; in its words. */
  | { readonly kind: 'failed'; readonly message: string }
  /** The strategy cannot answer the question; with the way out. */
  | { readonly kind: 'unsuited'; readonly message: string }
  /** Proven: nothing fits; `why` names what stands in the way. */
  | { readonly kind: 'infeasible'; readonly why: string };

export const stopKinds = [
  'time-limit',
  'tolerance',
  'excluded-point',
  'contradiction',
  'relaxed',
  'open-choice',
  'nothing-found',
  'interrupted',
  'unsettled',
  'failed',
  'unsuited',
  'infeasible',
] as const satisfies readonly StopReason['kind'][];
/** The kinds of `StopReason`. */
export type StopKind = (typeof stopKinds)[number];

export const timeLimit: Extract<StopReason, { kind: 'time-limit' }> = { kind: 'time-limit' };
export const interrupted: Extract<StopReason, { kind: 'interrupted' }> = { kind: 'interrupted' };
export const unsettled = (message: string): Extract<StopReason, { kind: 'unsettled' }> => ({
  kind: 'unsettled',
  message,
});
export const failed = (message: string): StopReason => ({ kind: 'failed', message });

/** The reason as a sentence; empty where there is none. */
export function stopText(reason: StopReason | undefined): string {
  if (reason === undefined) return '';
  switch (reason.kind) {
    case 'time-limit':
      return reason.said ?? 'the time ran out';
    case 'tolerance':
      return `what is left is within the tolerance of ${reason.solver}`;
    case 'excluded-point':
      return `${reason.solver} came back to an excluded point: it takes integers within a tolerance`;
    case 'contradiction':
      return `${reason.solver} contradicts a known mapping`;
    case 'relaxed':
      return `the program relaxes ${reason.what}; proven to ${(100 * reason.gap).toPrecision(2)} %`;
    case 'open-choice':
      return 'a gap is left in one choice, which was settled by itself';
    case 'nothing-found':
      return 'no legal mapping found';
    case 'interrupted':
      return 'interrupted';
    case 'unsettled':
    case 'failed':
    case 'unsuited':
      return reason.message;
    case 'infeasible':
      return reason.why;
  }
}
