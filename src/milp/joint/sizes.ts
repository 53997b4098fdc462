// Sizes of memories as variables: a one-hot per size over its menu, shared by all layers. What depends on one size
// alone is a table, exact; the wires cross an array whose side is the root of a sum, and get chords.

import { defined, entry, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import type { Architecture } from '../../model/machine/architecture.js';
import type { DesignPoint, DesignSpace, SizeParameter } from '../../model/space/design-space.js';
import { sizeParameters, templateAt } from '../../model/space/design-space.js';
import type { Technology } from '../../model/machine/technology.js';
import type { Template } from '../../model/machine/template.js';
import { lowerTemplate } from '../../model/machine/template.js';
import { arrayArea, chipArea } from '../../model/machine/template-parts.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, scale, valueOf, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Size, Sizing } from '../encode/sizing.js';
import type { Case } from './cases.js';
import { chords, endsBetween, endsOf } from './concave.js';

/** Sums of areas are compared within this share: a machine at the limit must not be lost to rounding. */
const areaSlack = 1e-9;

/** Machines of a case are listed up to so many, to make chords exact at their areas. */
const maxListed = 4096;

/** An arrangement of the machine with the largest sizes, and what the sizes make of it. */
interface Arranged {
  readonly machine: Architecture;
  readonly sizing: Sizing;
}

export interface Sizes {
  readonly arranged: readonly Arranged[];
  /** The machine in a point of the program. */
  read: (x: ArrayLike<number>) => DesignPoint;
  /** The one-hots; none for a size with one value. */
  readonly decisions: readonly number[];
  /** A number that depends on the value of one size. */
  by: (p: SizeParameter, of: (value: number) => number) => Linear;
  /** mm2 of the chip. */
  readonly area: Linear;
  /** The row that keeps the area under its limit, in shares of it; undefined where there is none. */
  readonly areaRow: number | undefined;
}

interface Choice {
  readonly value: number;
  readonly chosen: Linear;
  readonly template: Template;
  readonly machines: readonly Architecture[];
}

export function encodeSizes(
  b: ProgramBuilder,
  space: DesignSpace,
  technology: Technology,
  c: Case,
  limit: number,
): Sizes {
  const templateOf = (p: DesignPoint) => {
    const t = templateAt(space, p);
    invariant(t, 'a case has points that are no machines');
    return t;
  };
  const largest = templateOf(c.largest);
  const decisions: number[] = [];
  const choices = sizeParameters.flatMap((p) => {
    const values = c.menus[p];
    if (values.length === 1) return [];
    const made = values.map((value): Choice => {
      decisions.push(b.variables.length);
      const template = templateOf({ ...c.largest, [p]: value });
      return { value, chosen: b.binary(`${p}.${value}`), template, machines: lowerTemplate(template, technology) };
    });
    b.equal(p, add(...made.map((m) => m.chosen)), 1);
    return [{ parameter: p, choices: made }];
  });

  /** A quantity to which each size adds a share of its own. */
  const total = (of: (c: Choice) => number, whole: number): Linear =>
    add(constant(whole), ...choices.flatMap(({ choices: cs }) => cs.map((x) => scale(of(x) - whole, x.chosen))));
  const area = total((x) => chipArea(x.template, technology), chipArea(largest, technology));
  const areaRow = Number.isFinite(limit) && decisions.length > 0 ? b.rows.length : undefined;
  if (areaRow !== undefined) b.atMost('area', scale(1 / limit, area), 1 + areaSlack);

  const wire = wireOver();
  const machines = lowerTemplate(largest, technology);
  const idle = nth(machines, 0).staticEnergy > 0 ? staticOver() : zero;
  return {
    area,
    areaRow,
    decisions,
    by(p, of) {
      const own = choices.find((x) => x.parameter === p);
      return own
        ? combine(own.choices.map((x): [number, Linear] => [of(x.value), x.chosen]))
        : constant(of(c.largest[p]));
    },
    arranged: machines.map((machine, i) => ({ machine, sizing: sizingOf(machine, i) })),
    read: (x) => ({
      ...c.largest,
      ...Object.fromEntries(
        choices.map(({ parameter, choices: cs }) => [
          parameter,
          cs.reduce((best, y) => (valueOf(y.chosen, x) > valueOf(best.chosen, x) ? y : best)).value,
        ]),
      ),
    }),
  };

  function sizingOf(machine: Architecture, arrangement: number): Sizing {
    return {
      static: idle,
      energy(level, tensor, action) {
        if (action === 'transfer') return wire;
        const of = (a: Architecture): number => entry(nth(a.levels, level).stores, tensor).energy[action];
        const whole = of(machine);
        return total((x) => {
          const each = of(nth(x.machines, arrangement));
          invariant(
            each <= whole * (1 + 1e-12),
            `an access of ${nth(machine.levels, level).name} takes less in a larger memory`,
          );
          return each === whole ? 0 : Math.log(each / whole);
        }, 0);
      },
      sizes(level, pool): readonly Size[] {
        const of = (a: Architecture) => nth(nth(a.levels, level).pools, pool).bits;
        const own = of(machine);
        if (own === null) return [];
        const deciding = choices.filter(({ choices: cs }) => cs.some((x) => of(nth(x.machines, arrangement)) !== own));
        invariant(deciding.length <= 1, `${nth(machine.levels, level).name} has a size of several parameters`);
        return deciding.length === 0
          ? [{ bits: own, chosen: constant(1) }]
          : nth(deciding, 0).choices.map((x) => ({
              bits: defined(of(nth(x.machines, arrangement))),
              chosen: x.chosen,
            }));
      },
    };
  }

  /** ln of the side of the array over that of the largest. */
  function wireOver(): Linear {
    const whole = arrayArea(largest, technology);
    const share = (x: Choice) => arrayArea(x.template, technology) / whole;
    return chords(b, 'array', total(share, 1), spansOf(share), (x) => 0.5 * Math.log(x));
  }

  /** ln of the area of the chip over that of the largest. */
  function staticOver(): Linear {
    const whole = chipArea(largest, technology);
    const share = (x: Choice) => chipArea(x.template, technology) / whole;
    return chords(b, 'chip', total(share, 1), spansOf(share), Math.log);
  }

  /** Spans over what a sum of shares is on all machines. */
  function spansOf(of: (x: Choice) => number): readonly number[] {
    const shares = choices.map(({ choices: cs }) => cs.map((x) => of(x) - 1).sort((p, q) => p - q));
    const machines = shares.reduce((n, s) => n * s.length, 1);
    if (machines > maxListed)
      return endsBetween(
        1 + shares.reduce((n, s) => n + nth(s, 0), 0),
        1 + shares.reduce((n, s) => n + defined(s.at(-1)), 0),
      );
    return endsOf(shares.reduce<number[]>((all, s) => all.flatMap((n) => s.map((x) => n + x)), [1]));
  }
}
