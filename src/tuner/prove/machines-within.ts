// What requirements of parameters leave of a design space, and the values that its parameters may take.

import type { DesignSpace } from '../../model/space/design-space.js';
import { shapesOf } from '../../model/space/design-space.js';
import type { LimitedParameter, Requirement } from '../../model/cost/requirement.js';
import type { Lemma } from '../../smt/network-script.js';
import { ofMachine } from '../../smt/network-script.js';
import { and, equal, number, or } from '../../smt/script.js';

/** The machines that meet what is required of parameters; undefined where there are none. */
export function machinesWithin(space: DesignSpace, requirements: readonly Requirement[]): DesignSpace | undefined {
  const onParameters = requirements.filter((r) => r.kind === 'parameter');
  const menus = { ...space.menus };
  let { maxPes, minPes = 0 } = space;
  for (const { parameter, bound, value } of onParameters) {
    if (parameter !== 'pes')
      menus[parameter] = menus[parameter].filter((v) => (bound === 'max' ? v <= value : v >= value));
    else if (bound === 'max') maxPes = Math.min(maxPes, value);
    else minPes = Math.max(minPes, value);
  }
  // What is known of its shapes is kept with the space: it stays the same one where it can.
  const left: DesignSpace =
    onParameters.length === 0 ? space : { ...space, menus, maxPes, ...(minPes > 0 && { minPes }) };
  return Object.values(menus).some((m) => m.length === 0) || shapesOf(left).length === 0 ? undefined : left;
}

/** Products of rows and columns that the space allows. */
export const pesOf = (space: DesignSpace): readonly number[] =>
  [...new Set(arraysOf(space).map(([, , pes]) => pes))].sort((x, y) => x - y);

const arraysOf = ({ menus, maxPes, minPes = 0 }: DesignSpace): readonly (readonly [number, number, number])[] =>
  menus.rows.flatMap((r) =>
    menus.columns.flatMap((c) => (r * c <= maxPes && r * c >= minPes ? [[r, c, r * c] as const] : [])),
  );

/** The values that parameters in question may take. */
export function menuLemmas(space: DesignSpace, requirements: readonly Requirement[]): Lemma[] {
  const asked = new Set(requirements.flatMap((r): LimitedParameter[] => (r.kind === 'parameter' ? [r.parameter] : [])));
  const is = (p: LimitedParameter, value: number) => equal(ofMachine(p), number(value));
  const array = (['rows', 'columns', 'pes'] as const).filter((p) => asked.has(p));
  const each = [...asked].flatMap((p): Lemma[] =>
    p === 'rows' || p === 'columns' || p === 'pes'
      ? []
      : [{ term: or(...space.menus[p].map((v) => is(p, v))), comment: `the menu of ${p}` }],
  );
  if (array.length === 0) return each;
  const term = or(
    ...arraysOf(space).map(([rows, columns, pes]) => and(...array.map((p) => is(p, { rows, columns, pes }[p])))),
  );
  return [...each, { term, comment: 'rows and columns of PEs' }];
}
