// What one layer requires of a machine as a script: the exact rows of its program, gathered by what they are about.

import { nth } from '../base/invariant.js';
import { gcd, rational, toNumber } from '../base/rational.js';
import type { Layer } from '../model/workload/layer.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { LayerRequirement } from '../model/mapping/layer-requirement.js';
import { describe, fromTag, nameOf } from '../model/mapping/layer-requirement.js';
import type { ExactColumn, ExactRelaxation, ExactRow } from './exact-rows.js';
import type { Assertion, Script, Term, Verdict } from './script.js';
import { and, atLeast, atMost, equal, not, number, sum, symbol, times } from './script.js';

/** Values of variables that are known to break a requirement, as a judge says. */
export interface Excluded {
  readonly indices: readonly number[];
  readonly values: readonly number[];
  readonly by: LayerRequirement;
}

export interface LayerQuestion {
  readonly layer: Layer;
  readonly architecture: Architecture;
  readonly relaxation: ExactRelaxation;
  /** Columns that the program has; those after them stand for its products. */
  readonly variables: number;
  /** Tags of the requirements that count; all where undefined. */
  readonly only?: ReadonlySet<string> | undefined;
  readonly excluded: readonly Excluded[];
}

export interface LayerScript {
  readonly script: Script;
  /** By the name of its assertion. */
  readonly requirements: ReadonlyMap<string, LayerRequirement>;
}

/**
 * Unsatisfiable only where no mapping meets the requirements: the rows are rounded outwards, sums
 * of products lie above tangents.
 */
export function layerScript({
  layer,
  architecture,
  relaxation,
  variables,
  only,
  excluded,
}: LayerQuestion): LayerScript {
  const { columns, rows } = relaxation;
  const requirements = new Map<string, LayerRequirement>();
  const byTag = new Map<string, Term[]>();
  const background: Assertion[] = columns.flatMap((c, i) => boundsOf(c, i < variables).map((term) => ({ term })));
  for (const row of rows) {
    const terms = termsOf(row, columns);
    if (row.about === undefined)
      background.push(...terms.map((term, i) => (i === 0 ? { term, comment: row.name } : { term })));
    else byTag.set(row.about, [...(byTag.get(row.about) ?? []), ...terms]);
  }
  for (const { indices, values, by } of excluded) {
    const tag = JSON.stringify(by);
    byTag.set(tag, [
      ...(byTag.get(tag) ?? []),
      not(and(...indices.map((i, k) => equal(symbol(nth(columns, i).name), number(nth(values, k)))))),
    ]);
  }
  const named = [...byTag].flatMap(([tag, terms]): Assertion[] => {
    if (only && !only.has(tag)) return [];
    const requirement = fromTag(tag);
    const name = nameOf(requirement);
    requirements.set(name, requirement);
    return [{ name, term: and(...terms), comment: describe(requirement, layer, architecture) }];
  });
  return {
    script: {
      title: [
        `What layer ${layer.name} requires of ${architecture.name}: unsat where no mapping meets it.`,
        'Variables are exponents of prime factors, choices, and logarithms; logarithms are in units of 2^-40, ' +
          'rounded outwards.',
      ],
      declarations: columns.map(({ name, integer }) => ({ name, sort: integer ? 'Int' : 'Real' })),
      assertions: [...background, ...named],
    },
    requirements,
  };
}

/** A point of the columns, as near as doubles come. */
export const pointOf = ({ columns }: ExactRelaxation, { values }: Verdict): Float64Array =>
  Float64Array.from(columns, ({ name }) => toNumber(values.get(name) ?? rational(0n)));

/**
 * A product is bounded by the rows that it is in, which are about something: its column must not be,
 * or they could not be left out.
 */
const boundsOf = ({ name, lower, upper }: ExactColumn, own: boolean): readonly Term[] => [
  ...(Number.isFinite(lower) ? [atLeast(symbol(name), number(lower))] : []),
  ...(own && Number.isFinite(upper) ? [atMost(symbol(name), number(upper))] : []),
];

/** One or two comparisons, in the largest unit that keeps all numbers whole. */
function termsOf({ indices, values, lower, upper }: ExactRow, columns: readonly ExactColumn[]): readonly Term[] {
  const unit = [...values, lower ?? 0n, upper ?? 0n].reduce(gcd, 0n) || 1n;
  const left = sum(
    ...indices.flatMap((i, k): Term[] => {
      const value = nth(values, k) / unit;
      const column = symbol(nth(columns, i).name);
      return value === 0n ? [] : [value === 1n ? column : times(number(value), column)];
    }),
  );
  if (lower !== undefined && lower === upper) return [equal(left, number(lower / unit))];
  return [
    ...(lower === undefined ? [] : [atLeast(left, number(lower / unit))]),
    ...(upper === undefined ? [] : [atMost(left, number(upper / unit))]),
  ];
}
