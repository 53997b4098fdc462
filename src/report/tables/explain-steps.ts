// One step of one parameter as every table shows it, in a terminal and on a page alike.

import { changeText, digits, magnitude } from './quantities.js';

/** The design with one parameter moved by one menu entry, its mappings solved anew. */
export interface StepView {
  /** With its unit. */
  readonly value: string;
  readonly objective: number;
  readonly bound: number;
  readonly area: number;
  /** Within all limits, with a mapping for every layer. */
  readonly feasible: boolean;
}

export interface ParameterSteps {
  readonly parameter: string;
  readonly value: string;
  readonly down?: StepView | undefined;
  readonly up?: StepView | undefined;
}

export interface StepRows {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right: readonly boolean[];
}

/** A step that breaks a limit says what it would change, and that it does; one without mappings is not possible. */
export function stepRows({
  steps,
  objective,
  area,
  unit,
}: {
  readonly steps: readonly ParameterSteps[];
  readonly objective: number;
  readonly area: number;
  readonly unit: string;
}): StepRows {
  const rows = steps.flatMap((s) =>
    (
      [
        ['down', s.down],
        ['up', s.up],
      ] as const
    ).flatMap(([direction, t]) => {
      if (!t) return [];
      const known = Number.isFinite(t.objective);
      return [
        [
          direction === 'down' || !s.down ? s.parameter : '',
          `${s.value} ${direction} to ${t.value}`,
          known ? magnitude(t.objective) : '-',
          known ? changeText(t.objective / objective - 1) : '-',
          known && t.bound > 0 ? changeText(Math.min(t.bound, t.objective) / objective - 1) : '-',
          digits(t.area),
          t.area === area ? '' : changeText(t.area / area - 1),
          noteOf(t, known),
        ],
      ];
    }),
  );
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

const noteOf = ({ feasible, bound }: StepView, known: boolean): string => {
  if (known) return feasible ? '' : 'not within all limits';
  if (feasible) return 'unknown';
  return bound < Infinity ? 'not within all limits' : 'not possible';
};
