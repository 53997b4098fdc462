// What a level of a file requires of mappings: factors in time and on its axes, and the order of its innermost loops.

import { jsonText } from '../base/text.js';
import { defined } from '../base/invariant.js';
import { z } from 'zod';
import type { Diagnostic } from '../base/diagnostics.js';
import type { FactorRule, LoopConstraints } from '../model/mapping/constraints.js';
import { rangeOf } from '../model/mapping/constraints.js';
import type { Dimension } from '../model/workload/layer.js';
import { dimensions } from '../model/workload/layer.js';
import { setOf } from './schema.js';

/** `K=4`, `C<=8`. */
const factorList = z
  .array(z.unknown(), { error: 'expected a list of factors, such as [K=4, C<=8]' })
  .transform((xs, context) =>
    xs.flatMap((x, i): Omit<FactorRule, 'axes'>[] => {
      const [, dim, relation, value] = /^\s*([A-Z])\s*(<=|>=|=)\s*(\d+)\s*$/.exec(String(x)) ?? [];
      const known = dimensions.find((d) => d === dim);
      if (known && Number(value) >= 1 && Number.isSafeInteger(Number(value)))
        return [{ dim: known, relation: relation as FactorRule['relation'], value: Number(value) }];
      context.addIssue({
        code: 'custom',
        path: [i],
        message:
          `expected a factor of at least 1 such as K=4, C<=8 or P>=2, of ${dimensions.join(', ')}; ` +
          `got ${jsonText(x)}`,
      });
      return [];
    }),
  );

/** Where the rules of a field hold: in time, on an axis, on both axes together. */
const places = { temporalFactors: [], factorsX: ['X'], factorsY: ['Y'], factorsXY: ['Y', 'X'] } as const;
type Field = keyof typeof places;
const fields = Object.keys(places) as readonly Field[];

export const constraintFields = {
  temporalFactors: factorList.optional(),
  factorsX: factorList.optional(),
  factorsY: factorList.optional(),
  factorsXY: factorList.optional(),
  /** Loops in time inside all others of the level, in this order, the innermost first. */
  innermost: setOf('dimension', dimensions).optional(),
};

interface LevelFile extends Readonly<Partial<Record<Field, readonly Omit<FactorRule, 'axes'>[] | undefined>>> {
  readonly innermost?: readonly Dimension[] | undefined;
  readonly temporal?: readonly Dimension[] | undefined;
  readonly fanoutX?: number | undefined;
  readonly fanoutY?: number | undefined;
  readonly dimsX?: readonly Dimension[] | undefined;
  readonly dimsY?: readonly Dimension[] | undefined;
}

/** What no mapping of any layer can do. */
export function faultsOf(l: LevelFile, path: Diagnostic['path']): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (at: readonly (string | number)[], message: string) =>
    found.push({ code: 'conflict', path: [...path, ...at], message });
  for (const field of fields) {
    const axes = places[field];
    const lacking = axes.filter((x) => l[`fanout${x}`] === undefined).map((x) => `fanout${x}`);
    if (l[field] && lacking.length > 0)
      report([field], `has no fan-out to go with; give ${lacking.join(' and ')}, or remove ${field}`);
    l[field]?.forEach((rule, i) => {
      const { min } = rangeOf({ ...rule, axes });
      const open = axes.filter((x) => (l[`dims${x}`] ?? dimensions).includes(rule.dim));
      const max =
        axes.length === 0
          ? (l.temporal ?? dimensions).includes(rule.dim)
            ? Infinity
            : 1
          : open.reduce((n, x) => n * (l[`fanout${x}`] ?? Infinity), 1);
      if (min > max)
        report(
          [field, i],
          `asks for a factor of ${min} where ${rule.dim} can have ${max === 1 ? 'none' : `at most ${max}`}; ` +
            `change it or what ${rule.dim} may do there`,
        );
    });
  }
  const still = (l.innermost ?? []).filter((d) => !(l.temporal ?? dimensions).includes(d));
  if (still.length > 0)
    report(
      ['innermost'],
      `${still.join(' and ')} cannot loop in time here; take ${still.length > 1 ? 'them' : 'it'} out, ` +
        'or add to temporal',
    );
  return found;
}

/** An axis of one position is none, and has no rules. */
export function constraintsOf(l: LevelFile): LoopConstraints {
  const factors = fields.flatMap((field) => {
    const axes = places[field].filter((x) => (l[`fanout${x}`] ?? 1) > 1);
    return axes.length === 0 && field !== 'temporalFactors'
      ? []
      : (l[field] ?? []).map(({ dim, relation, value }): FactorRule => ({ dim, axes, relation, value }));
  });
  return {
    ...(factors.length > 0 && { factors }),
    ...(l.innermost && l.innermost.length > 0 && { innermost: l.innermost }),
  };
}

/** The fields that are read back as the same. */
export function constraintsFile({ factors = [], innermost }: LoopConstraints): object {
  const file: Partial<Record<Field, string[]>> = {};
  for (const { dim, axes, relation, value } of factors) {
    const field = defined(fields.find((x) => [...places[x]].sort().join() === [...axes].sort().join()));
    (file[field] ??= []).push(`${dim}${relation}${value}`);
  }
  return { ...file, ...(innermost && { innermost: [...innermost] }) };
}
