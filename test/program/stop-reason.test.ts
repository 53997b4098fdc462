// Why a search stopped: every kind has a sentence, and only where nothing is to be told there is none.

import { expect, test } from 'vitest';
import type { StopKind, StopReason } from '../../src/base/stop-reason.js';
import { stopKinds, stopText } from '../../src/base/stop-reason.js';

const examples: { readonly [K in StopKind]: readonly [Extract<StopReason, { readonly kind: K }>, string] } = {
  'time-limit': [{ kind: 'time-limit' }, 'the time ran out'],
  tolerance: [{ kind: 'tolerance', solver: 'glpk' }, 'what is left is within the tolerance of glpk'],
  'excluded-point': [
    { kind: 'excluded-point', solver: 'glpk' },
    'glpk came back to an excluded point: it takes integers within a tolerance',
  ],
  contradiction: [{ kind: 'contradiction', solver: 'highs' }, 'highs contradicts a known mapping'],
  relaxed: [
    { kind: 'relaxed', what: 'the length of tiles', gap: 0.0123 },
    'the program relaxes the length of tiles; proven to 1.2 %',
  ],
  'open-choice': [{ kind: 'open-choice' }, 'a gap is left in one choice, which was settled by itself'],
  'nothing-found': [{ kind: 'nothing-found' }, 'no legal mapping found'],
  interrupted: [{ kind: 'interrupted' }, 'interrupted'],
  unsettled: [{ kind: 'unsettled', message: 'between the prices lies a gap' }, 'between the prices lies a gap'],
  failed: [{ kind: 'failed', message: 'worker ended: exit 3' }, 'worker ended: exit 3'],
  unsuited: [{ kind: 'unsuited', message: 'more than 1000 mappings' }, 'more than 1000 mappings'],
  infeasible: [{ kind: 'infeasible', why: 'InputBuffer has no room' }, 'InputBuffer has no room'],
};

test('every kind has its sentence; a solver that ran out of time has its own words', () => {
  expect(Object.keys(examples).sort()).toEqual([...stopKinds].sort());
  for (const [reason, text] of Object.values(examples)) expect(stopText(reason)).toBe(text);
  expect(stopText({ kind: 'time-limit', said: 'HiGHS found no solution in time' })).toBe(
    'HiGHS found no solution in time',
  );
  expect(stopText(undefined)).toBe('');
});
