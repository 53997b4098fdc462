// Why a design is what it is: what a step of each parameter would cost, which limits bind,
// and what the objective hangs on.

import { table } from '../../base/text.js';
import { printValue } from '../../interchange/template-fields.js';
import { saidAt } from '../../model/space/design-space.js';
import type { LimitUse } from '../../results/codesign-figures.js';
import type { CodesignResultFile } from '../../results/codesign-result.js';
import { stepRows } from './explain-steps.js';
import { magnitude, percent } from './quantities.js';

/** Of a result with a machine that was explained; empty otherwise. */
export function explainTable(r: CodesignResultFile, limits: readonly LimitUse[]): string {
  const { point, objective, steps, elasticities = [] } = r;
  if (point === null || objective === null || !steps) return '';
  const all = steps.flatMap((s) => [s.down, s.up]).filter((s) => s !== undefined);
  const moved = new Set(steps.flatMap((s) => (s.down || s.up ? [s.parameter] : [])));
  const pinned = saidAt(point).filter((p) => !moved.has(p));
  const better = all.some((s) => s.feasible && s.objective !== null && s.objective < objective);
  const { headings, rows, right } = stepRows(r, steps, point);
  const parts = [
    `Why this design\n\n${table(headings, rows, right)}`,
    'Each line moves one parameter by one entry of its menu and solves all ' +
      `${r.schedules ? 'schedules' : 'mappings'} anew; "at least" is proven.`,
    ...(better
      ? [
          'A step lowers the objective: the search ended with a gap, and that machine lies in it. ' +
            'A smaller --gap or more time finds it.',
        ]
      : []),
    ...(pinned.length > 0
      ? [`Without a choice: ${pinned.map((p) => `${p} ${printValue(p, point[p])}`).join(', ')}.`]
      : []),
  ];
  return [
    parts.join('\n'),
    ...(limits.length > 0 ? [limitTable(limits, all)] : []),
    ...(elasticities.length > 0 ? [elasticityTable(elasticities)] : []),
  ].join('\n\n');
}

type Step = NonNullable<NonNullable<CodesignResultFile['steps']>[number]['down']>;

/** Of a limit, what may be left over where the next machine would break it anyhow. */
const slack = 0.01;

/** Hardly anything is left of it, or a step breaks it. */
const binds = ({ name, limit, used }: LimitUse, steps: readonly Step[]): boolean =>
  used >= (1 - slack) * limit || (name === 'area' && steps.some((s) => !s.feasible && s.area > limit));

const limitTable = (limits: readonly LimitUse[], steps: readonly Step[]): string =>
  table(
    ['limit', 'at most', 'used', 'share', ''],
    limits.map((l) => [
      `${l.name} (${l.unit})`,
      magnitude(l.limit),
      magnitude(l.used),
      percent(l.used / l.limit),
      binds(l, steps) ? 'binds' : '',
    ]),
    [false, true, true, true, false],
  );

/** The largest first. */
const elasticityTable = (list: NonNullable<CodesignResultFile['elasticities']>): string =>
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
