// Why a design is what it is: what a step of each parameter would cost, which limits bind,
// and what the objective hangs on.

import { table } from '../../base/text.js';
import type { LimitView } from './codesign-table.js';
import type { ParameterSteps } from './explain-steps.js';
import { stepRows } from './explain-steps.js';
import { magnitude, percent } from './quantities.js';

export interface ElasticityView {
  readonly name: string;
  /** Per cent of the objective for one per cent of the quantity; null where it was not settled. */
  readonly elasticity: number | null;
  readonly note: string;
}

export interface ExplainView {
  readonly objective: number;
  readonly area: number;
  readonly unit: string;
  readonly steps: readonly ParameterSteps[];
  readonly limits: readonly (LimitView & { readonly binding: boolean })[];
  readonly elasticities: readonly ElasticityView[] | undefined;
}

export function explainTable(v: ExplainView): string {
  const movable = v.steps.filter((s) => s.down || s.up);
  const pinned = v.steps.filter((s) => !s.down && !s.up);
  const better = movable.some((s) => [s.down, s.up].some((t) => t?.feasible && t.objective < v.objective));
  const parts = [
    `Why this design\n\n${stepTable(v, movable)}`,
    'Each line moves one parameter by one entry of its menu and solves all mappings anew; "at least" is proven.',
    ...(better
      ? [
          'A step lowers the objective: the search ended with a gap, and that machine lies in it. ' +
            'A smaller --gap or more time finds it.',
        ]
      : []),
    ...(pinned.length > 0 ? [`Without a choice: ${pinned.map((s) => `${s.parameter} ${s.value}`).join(', ')}.`] : []),
  ];
  const sections = [parts.join('\n')];
  if (v.limits.length > 0) sections.push(limitTable(v.limits));
  if (v.elasticities && v.elasticities.length > 0) sections.push(elasticityTable(v.elasticities));
  return sections.join('\n\n');
}

function stepTable(v: ExplainView, steps: readonly ParameterSteps[]): string {
  const { headings, rows, right } = stepRows({ ...v, steps });
  return table(headings, rows, right);
}

const limitTable = (limits: ExplainView['limits']): string =>
  table(
    ['limit', 'at most', 'used', 'share', ''],
    limits.map((l) => [
      `${l.name} (${l.unit})`,
      magnitude(l.limit),
      magnitude(l.used),
      percent(l.used / l.limit),
      l.binding ? 'binds' : '',
    ]),
    [false, true, true, true, false],
  );

/** The largest first. */
const elasticityTable = (list: readonly ElasticityView[]): string =>
  [
    table(
      ['quantity', 'elasticity', ''],
      [...list]
        .sort((x, y) => Math.abs(y.elasticity ?? 0) - Math.abs(x.elasticity ?? 0))
        .map((e) => [
          e.name,
          e.elasticity === null ? 'open' : `${e.elasticity > 0 ? '+' : ''}${e.elasticity.toFixed(3)}`,
          e.note,
        ]),
      [false, true, false],
    ),
    'Elasticity: per cent that the objective changes by for one per cent of the quantity, ' +
      'where mappings follow freely.',
  ].join('\n');
