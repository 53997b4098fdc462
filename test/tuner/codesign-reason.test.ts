// Why a search over machines ended: every kind has a sentence, and causes stand behind it.

import { expect, test } from 'vitest';
import type { CodesignCause, CodesignReason } from '../../src/tuner/codesign/codesign-reason.js';
import { codesignReasonText, whyText } from '../../src/tuner/codesign/codesign-reason.js';
import type { CertifyReason } from '../../src/tuner/certify-reason.js';
import { certifyReasonText } from '../../src/tuner/certify-reason.js';

const among = { space: 'small', area: undefined };
const missed = [{ network: 'net', quantity: 'latency', max: 100 }] as const;

const reasons: readonly (readonly [CodesignReason | undefined, string])[] = [
  [undefined, ''],
  [{ kind: 'time-limit' }, 'the time ran out'],
  [{ kind: 'interrupted' }, 'interrupted'],
  [{ kind: 'unsettled', message: 'as it is' }, 'as it is'],
  [{ kind: 'area', space: 'small', min: 3 }, 'the smallest machine of small takes 3.000 mm2, more than the limit'],
  [{ kind: 'no-machine', ...among, limited: false }, 'no machine of small has a mapping for every layer'],
  [
    { kind: 'no-machine', space: 'small', area: 2, limited: true },
    'no machine of small within 2 mm2 has a mapping for every layer within its limits',
  ],
  [
    { kind: 'limits', ...among, missed, min: 120 },
    'no machine of small keeps latency of net at most 100 cycles; the minimum is above 120.0 cycles',
  ],
  [
    { kind: 'limits', space: 'small', area: 2, missed: [...missed, ...missed], min: undefined },
    'no machine of small within 2 mm2 keeps latency of net at most 100 cycles, latency of net at most 100 cycles; ' +
      'together they cannot be met',
  ],
];

test.each(reasons)('%j', (reason, text) => {
  expect(codesignReasonText(reason)).toBe(text);
});

const causes: readonly (readonly [CodesignCause, string])[] = [
  [
    { kind: 'too-large', layer: 'fc', shortages: [{ layer: 'fc', text: 'no room', needed: undefined }] },
    'fc does not even fit the largest: no room',
  ],
  [
    { kind: 'layer-limit', ...among, layer: 'fc', quantity: 'latency', min: 150, max: 100 },
    'no machine of small has latency of fc below 150 cycles, 50.0 % more than its limit of 100 cycles',
  ],
  [
    { kind: 'layer-limits', ...among, layer: 'fc', limits: { latency: 9, energy: 8 } },
    'no machine of small keeps energy of fc at most 8 pJ and latency of fc at most 9 cycles; together they cannot be met',
  ],
  [{ kind: 'not-all', limited: false }, 'every layer fits some machine, but none holds all'],
  [
    { kind: 'min-area', found: 2, proved: true, bound: 1.9, max: 1, limited: true },
    'the minimum area with a mapping for every layer within its limits is 2.000 mm2, and none below 1.900 mm2 has one; ' +
      'the limit is 1 mm2',
  ],
  [
    { kind: 'min-area', found: 2, proved: false, bound: 1, max: 1, limited: false },
    'a machine of 2.000 mm2 has one, and none below 1.000 mm2 has one; the limit is 1 mm2',
  ],
];

test.each(causes)('%j', (cause, text) => {
  expect(whyText({ causes: [cause] })).toBe(text);
  expect(whyText({ reason: { kind: 'interrupted' }, causes: [cause, cause] })).toBe(`interrupted; ${text}; ${text}`);
});

const uncertified: readonly (readonly [CertifyReason | undefined, string])[] = [
  [undefined, ''],
  [{ kind: 'nothing-to-certify' }, 'there is no mapping to certify'],
  [{ kind: 'better', value: 1, claimed: 2 }, 'a mapping of 1.000000 is better than 2.000000'],
  [{ kind: 'better', value: 1, claimed: undefined }, 'a mapping of 1.000000 is better than none'],
  [{ kind: 'relaxed' }, 'the program only bounds the length of tiles from below'],
  [{ kind: 'time-limit' }, 'the time ran out; give it more with --certify-time'],
  [{ kind: 'inexact' }, 'what the search proved in floating point does not hold in exact arithmetic'],
  [{ kind: 'failed', message: 'worker ended: exit 3' }, 'worker ended: exit 3'],
];

test.each(uncertified)('a claim that is not certified: %j', (reason, text) => {
  expect(certifyReasonText(reason)).toBe(text);
});

test('limits that are missed alone are told in place of all that are missed together', () => {
  const cause = { kind: 'limits', ...among, missed, min: 120 } as const;
  const reason = { ...cause, missed: [...missed, ...missed], min: undefined };
  expect(whyText({ reason, causes: [cause] })).toBe(codesignReasonText(cause));
});
