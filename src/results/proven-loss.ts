// What a proof has of a limit on accuracy: what each precision loses, which is measured, and whether machines of it meet all other
// limits, which is proven.

import { oneOf, record } from '../interchange/schema.js';
import { accuracyFields, precisionFields } from './accuracy-limit-field.js';
import type { Read } from './fields.js';
import { listOf } from './fields.js';

/** `unasked`: of a precision that loses too much, or where another one has a machine. */
const otherLimits = ['met', 'unmet', 'open', 'unasked'] as const;
export type OtherLimits = (typeof otherLimits)[number];

export const provenLossField = record('a limit on accuracy', {
  ...accuracyFields,
  precisions: listOf('precisions', record('a precision', { ...precisionFields, others: oneOf('answer', otherLimits) })),
});
type ProvenLossField = Read<typeof provenLossField>;

export interface ProvenLoss {
  /** Of measurement and proof together. */
  readonly status: 'feasible' | 'infeasible' | 'unknown';
  readonly field: ProvenLossField;
}
