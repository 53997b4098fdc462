// One step of one parameter as every table shows it, in a terminal and on a page alike.

import { printValue } from '../../interchange/template-fields.js';
import { goalUnit } from '../../model/cost/goal.js';
import type { DesignPoint, Parameter } from '../../model/space/design-space.js';
import type { CodesignResultFile, CodesignResultStep } from '../../results/codesign-result.js';
import { areaOf } from './codesign-table.js';
import { changeText, digits, magnitude } from './quantities.js';

export interface StepRows {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right: readonly boolean[];
}

/** The design with one parameter moved by one menu entry, its mappings solved anew. */
type Steps = NonNullable<CodesignResultFile['steps']>;

/** A step that breaks a limit says what it would change, and that it does; one without mappings is not possible. */
export function stepRows(r: CodesignResultFile, steps: Steps, point: DesignPoint): StepRows {
  const [objective, area, unit] = [r.objective ?? Infinity, areaOf(r), goalUnit(r.goal)];
  const rowOf = (p: Parameter, s: CodesignResultStep, direction: 'down' | 'up', named: boolean) => {
    const bound = s.bound ?? Infinity;
    return [
      named ? p : '',
      `${printValue(p, point[p])} ${direction} to ${printValue(p, s.value)}`,
      s.objective === null ? '-' : magnitude(s.objective),
      s.objective === null ? '-' : changeText(s.objective / objective - 1),
      s.objective !== null && bound > 0 ? changeText(Math.min(bound, s.objective) / objective - 1) : '-',
      digits(s.area),
      s.area === area ? '' : changeText(s.area / area - 1),
      noteOf(s),
    ];
  };
  const rows = steps.flatMap(({ parameter, down, up }) => [
    ...(down ? [rowOf(parameter, down, 'down', true)] : []),
    ...(up ? [rowOf(parameter, up, 'up', !down)] : []),
  ]);
  return {
    headings: [
      'parameter',
      'step',
      `objective${unit === '' ? '' : ` (${unit})`}`,
      'change',
      'at least',
      'area (mm2)',
      'change of area',
      'note',
    ],
    rows,
    right: [false, false, true, true, true, true, true, false],
  };
}

const noteOf = ({ feasible, bound, objective }: CodesignResultStep): string => {
  if (objective !== null) return feasible ? '' : 'not within all limits';
  if (feasible) return 'unknown';
  return bound === null ? 'not possible' : 'not within all limits';
};
