// The programs of a case: a choice of arrangements for each layer, with what is known of each before it is solved.

import { nth } from '../../base/invariant.js';
import { boundSlack } from '../outer.js';
import type { Minimum } from './alone.js';
import { minimumOfLayer } from './alone.js';
import type { Case } from './cases.js';
import type { Branch } from './exploration.js';
import { sumOf } from './exploration.js';
import type { Search } from './joint-search.js';

/** Programs of one case: layers that may each take one of several arrangements make many. */
const maxBranches = 4096;

export async function branchesOf(s: Search, c: Case): Promise<readonly Branch[]> {
  const { layers } = s.request;
  const min = await minimumsOf(s, c);
  const branch = (arrangements: readonly number[], own: readonly Minimum[], reason: string): Branch => ({
    c,
    arrangements,
    min: own,
    bound: sumOf(s, own) * (1 - boundSlack),
    reason,
  });
  if (c.arrangements ** layers.length > maxBranches) {
    const own = min.map((l) => l.reduce((p, q) => (q.objective < p.objective ? q : p)));
    const why = `${c.arrangements} orders of collectors for each of ${layers.length} layers are too many programs`;
    return [branch([], own, why)];
  }
  const choices = layers.reduce<readonly (readonly number[])[]>(
    (all) => all.flatMap((a) => Array.from({ length: c.arrangements }, (_, k) => [...a, k])),
    [[]],
  );
  return choices.map((arrangements) =>
    branch(
      arrangements,
      arrangements.map((a, i) => nth(nth(min, i), a)),
      '',
    ),
  );
}

/** Of every layer alone, in every arrangement. */
async function minimumsOf(s: Search, c: Case): Promise<readonly (readonly Minimum[])[]> {
  const min: Minimum[][] = [];
  for (const i of s.request.layers.keys()) {
    const own: Minimum[] = [];
    for (let arrangement = 0; arrangement < c.arrangements; arrangement++)
      own.push(await minimumOfLayer(s, c, i, arrangement));
    min.push(own);
  }
  return min;
}
