// Why a claim is not certified: a closed set of kinds with what they need to be told, and their sentences.

/** Why a claim is not certified; `certifyReasonText` puts it into words. */
export type CertifyReason =
  | { readonly kind: 'nothing-to-certify' }
  /** Refuted: a mapping of `value` is there; `claimed` is undefined where it was claimed that there is none. */
  | { readonly kind: 'better'; readonly value: number; readonly claimed: number | undefined }
  /** The length of tiles is only bounded from below. */
  | { readonly kind: 'relaxed' }
  | { readonly kind: 'time-limit' }
  /** Leaves that were closed in floating point stayed open in exact arithmetic. */
  | { readonly kind: 'inexact' }
  /** The worker failed, in its words. */
  | { readonly kind: 'failed'; readonly message: string };

/** The reason as a sentence; empty where it is certified. */
export function certifyReasonText(reason: CertifyReason | undefined): string {
  switch (reason?.kind) {
    case undefined:
      return '';
    case 'nothing-to-certify':
      return 'there is no mapping to certify';
    case 'better':
      return (
        `a mapping of ${reason.value.toPrecision(7)} is better than ` +
        (reason.claimed === undefined ? 'none' : reason.claimed.toPrecision(7))
      );
    case 'relaxed':
      return 'the program only bounds the length of tiles from below';
    case 'time-limit':
      return 'the time ran out; give it more with --certify-time';
    case 'inexact':
      return 'what the search proved in floating point does not hold in exact arithmetic';
    case 'failed':
      return reason.message;
  }
}
