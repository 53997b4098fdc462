// What a level may require of the loops that it has, beside which dimensions may have any:
// factors, and the order in time.

import { nth } from '../../base/invariant.js';
import type { Dimension, Layer } from '../workload/layer.js';
import { calledIn } from '../workload/layer.js';
import type { LevelMapping, Loop } from './mapping.js';

/** What the loops over one dimension at a level multiply to: in time, or over some fan-out axes together. */
export interface FactorRule {
  readonly dim: Dimension;
  /** Labels of axes of the fan-out; none for the loop in time. */
  readonly axes: readonly string[];
  readonly relation: '=' | '<=' | '>=';
  /** A whole number of at least 1. */
  readonly value: number;
}

/** A level's part of the constraints; what is absent is free. */
export interface LoopConstraints {
  readonly factors?: readonly FactorRule[];
  /** Loops in time that stand inside all others of the level, in this order, the innermost first. */
  readonly innermost?: readonly Dimension[];
}

/** The least and the most that a rule lets a product be. */
export const rangeOf = ({ relation, value }: FactorRule): { readonly min: number; readonly max: number } => ({
  min: relation === '<=' ? 1 : value,
  max: relation === '>=' ? Infinity : value,
});

export const allows = (rule: FactorRule, factor: number): boolean =>
  factor >= rangeOf(rule).min && factor <= rangeOf(rule).max;

/** `K=4 on X` */
export const printRule = ({ dim, axes, relation, value }: FactorRule, layer: Pick<Layer, 'called'> = {}): string =>
  `${calledIn(layer, dim)}${relation}${value} ${axes.length === 0 ? 'in time' : `on ${axes.join(' and ')}`}`;

/** Every constraint of a level that its loops break, in words. */
export function brokenConstraints(
  name: string,
  { factors = [], innermost = [] }: LoopConstraints,
  own: LevelMapping,
  layer: Pick<Layer, 'called'>,
): readonly string[] {
  const named = (dims: readonly Dimension[]) => dims.map((d) => calledIn(layer, d)).join(', ');
  const product = (loops: readonly Loop[], dim: Dimension) =>
    loops.reduce((n, l) => (l.dim === dim ? n * l.factor : n), 1);
  const broken = factors.flatMap((rule) => {
    const factor = product(
      rule.axes.length === 0 ? own.temporal : own.spatial.filter((s) => rule.axes.includes(s.axis)),
      rule.dim,
    );
    return allows(rule, factor) ? [] : [`${name} must have ${printRule(rule, layer)}, the mapping has ${factor}`];
  });
  const rank = (l: Loop) => (innermost.includes(l.dim) ? innermost.indexOf(l.dim) : innermost.length);
  const inward = own.temporal.filter((l) => l.factor > 1).toReversed();
  const sorted = inward.every((l, i) => i === 0 || rank(nth(inward, i - 1)) <= rank(l));
  return sorted
    ? broken
    : [
        ...broken,
        `${name} must loop over ${named(innermost)} innermost in time, in this order from the inside out; ` +
          `the mapping has ${named(inward.map((l) => l.dim))}`,
      ];
}
