// Why a search over machines stopped, or why no machine will do: a closed set of kinds with what they need to be told,
// and their sentences. Code decides by the kind; people read the sentence.

import type { StopReason } from '../../base/stop-reason.js';
import { stopText } from '../../base/stop-reason.js';
import { entry } from '../../base/invariant.js';
import type { Limits } from '../../model/cost/goal.js';
import { goalUnit } from '../../model/cost/goal.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import type { CostQuantity } from '../../model/cost/requirement.js';
import { costQuantities } from '../../model/cost/requirement.js';
import type { Shortage } from '../prove/proof.js';

/** The machines in question: those of a space with at most so much area (mm2), where that is limited. */
interface Among {
  readonly space: string;
  readonly area: number | undefined;
}

/** An upper limit on what one run of a network takes: pJ, cycles, pJ x cycles. */
interface NetworkLimitMissed {
  readonly network: string;
  readonly quantity: NetworkQuantity;
  readonly max: number;
}

/** Why a search over machines stopped, or why no machine will do; `codesignReasonText` puts it into words. mm2, pJ, cycles. */
export type CodesignReason =
  | Extract<StopReason, { readonly kind: 'time-limit' | 'interrupted' | 'unsettled' }>
  /** Proven: the smallest machine (mm2) is larger than the limit on the area. */
  | { readonly kind: 'area'; readonly space: string; readonly min: number }
  /** Proven: none has a mapping for every layer; `limited`: within the layers' own limits. */
  | ({ readonly kind: 'no-machine'; readonly limited: boolean } & Among)
  | LimitsMissed;

/** Proven: none keeps limits on networks; `min` is what the only one of them must be above. */
interface LimitsMissed extends Among {
  readonly kind: 'limits';
  readonly missed: readonly NetworkLimitMissed[];
  readonly min: number | undefined;
}

/** What more is known of why no machine will do. */
export type CodesignCause =
  /** Proven: a layer does not even fit the machine with the most of everything. */
  | { readonly kind: 'too-large'; readonly layer: string; readonly shortages: readonly Shortage[] }
  /** Proven: a layer takes more than `min` everywhere, which is above its limit. */
  | ({
      readonly kind: 'layer-limit';
      readonly layer: string;
      readonly quantity: CostQuantity;
      readonly min: number;
      readonly max: number;
    } & Among)
  /** Proven: a layer keeps each of its limits somewhere, but nowhere all of them. */
  | ({ readonly kind: 'layer-limits'; readonly layer: string; readonly limits: Limits } & Among)
  /** Of limits on networks that cannot be kept together some that cannot be kept alone. */
  | LimitsMissed
  /** Proven: every layer fits some machine, none fits them all. */
  | { readonly kind: 'not-all'; readonly limited: boolean }
  /** mm2: none below `bound` has a mapping for every layer, one of `found` has; `proved`: that is the minimum. */
  | {
      readonly kind: 'min-area';
      readonly found: number;
      readonly proved: boolean;
      readonly bound: number;
      readonly max: number;
      readonly limited: boolean;
    };

const unitText = (quantity: NetworkQuantity): string => goalUnit(quantity).replace('*', ' x ');

const noneOf = ({ space, area }: Among): string =>
  `no machine of ${space}${area === undefined ? '' : ` within ${area} mm2`}`;

const ownLimits = (limited: boolean): string => (limited ? ' within its limits' : '');

/** The reason as a sentence; empty where a search ended with a proof. */
export function codesignReasonText(reason: CodesignReason | undefined): string {
  if (reason === undefined) return '';
  switch (reason.kind) {
    case 'time-limit':
    case 'interrupted':
    case 'unsettled':
      return stopText(reason);
    case 'area':
      return `the smallest machine of ${reason.space} takes ${reason.min.toPrecision(4)} mm2, more than the limit`;
    case 'no-machine':
      return `${noneOf(reason)} has a mapping for every layer${ownLimits(reason.limited)}`;
    case 'limits':
      return limitsText(reason);
  }
}

function limitsText(of: LimitsMissed): string {
  const kept = of.missed
    .map((l) => `${l.quantity} of ${l.network} at most ${l.max} ${unitText(l.quantity)}`)
    .join(', ');
  const [first] = of.missed;
  const far =
    first === undefined || of.missed.length > 1
      ? 'together they cannot be met'
      : of.min === undefined
        ? 'the minimum is above it'
        : `the minimum is above ${of.min.toPrecision(4)} ${unitText(first.quantity)}`;
  return `${noneOf(of)} keeps ${kept}; ${far}`;
}

function causeText(cause: CodesignCause): string {
  switch (cause.kind) {
    case 'too-large':
      return `${cause.layer} does not even fit the largest: ${cause.shortages.map((s) => s.text).join('; ')}`;
    case 'layer-limit': {
      const unit = goalUnit(cause.quantity);
      const above = ((cause.min / cause.max - 1) * 100).toPrecision(3);
      return (
        `${noneOf(cause)} has ${cause.quantity} of ${cause.layer} below ${Number(cause.min.toPrecision(6))} ${unit}, ` +
        `${above} % more than its limit of ${cause.max} ${unit}`
      );
    }
    case 'layer-limits': {
      const { limits, layer } = cause;
      const kept = costQuantities
        .filter((q) => limits[q] !== undefined)
        .map((q) => `${q} of ${layer} at most ${entry(limits, q)} ${goalUnit(q)}`);
      return `${noneOf(cause)} keeps ${kept.join(' and ')}; together they cannot be met`;
    }
    case 'limits':
      return limitsText(cause);
    case 'not-all':
      return `every layer fits some machine, but none holds all${ownLimits(cause.limited)}`;
    case 'min-area': {
      const found = cause.proved
        ? `the minimum area with a mapping for every layer${ownLimits(cause.limited)} is ${cause.found.toPrecision(4)} mm2`
        : `a machine of ${cause.found.toPrecision(4)} mm2 has one`;
      return `${found}, and none below ${cause.bound.toPrecision(4)} mm2 has one; the limit is ${cause.max} mm2`;
    }
  }
}

/** Why a search ended, and what more is known of that, in words; limits that are missed alone in place of all that are missed together. */
export function whyText({
  reason,
  causes,
}: {
  readonly reason?: CodesignReason | undefined;
  readonly causes: readonly CodesignCause[];
}): string {
  const isTold = reason?.kind === 'limits' && causes.some(({ kind }) => kind === 'limits');
  return [isTold ? '' : codesignReasonText(reason), ...causes.map(causeText)].filter((text) => text !== '').join('; ');
}
