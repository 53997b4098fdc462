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

/** One value of a size, and the machine that has it beside the largest of all others. */
interface Choice {
  readonly value: number;
  readonly chosen: Linear;
  readonly template: Template;
  readonly machines: readonly Architecture[];
}

/** A size that has several values. */
interface OpenSize {
  readonly parameter: SizeParameter;
  readonly choices: readonly Choice[];
}

export function encodeSizes(
  b: ProgramBuilder,
  space: DesignSpace,
  technology: Technology,
  c: Case,
  limit: number,
): Sizes {
  const before = b.variables.length;
  const open = openSizes(b, space, technology, c);
  const decisions = b.variables.slice(before).map((_, i) => before + i);
  const largest = machineAt(space, c.largest);
  const area = total(open, (x) => chipArea(x.template, technology), chipArea(largest, technology));
  const areaRow = Number.isFinite(limit) && decisions.length > 0 ? b.rows.length : undefined;
  if (areaRow !== undefined) b.atMost('area', scale(1 / limit, area), 1 + areaSlack);

  // The wires cross the array, whose side is the root of its area; static energy is in proportion to the chip's.
  const wire = logShare(
    b,
    open,
    'array',
    (t) => arrayArea(t, technology),
    largest,
    (x) => 0.5 * Math.log(x),
  );
  const machines = lowerTemplate(largest, technology);
  const idle =
    nth(machines, 0).staticEnergy > 0
      ? logShare(b, open, 'chip', (t) => chipArea(t, technology), largest, Math.log)
      : zero;
  return {
    area,
    areaRow,
    decisions,
    by(p, of) {
      const own = open.find((x) => x.parameter === p);
      return own
        ? combine(own.choices.map((x): [number, Linear] => [of(x.value), x.chosen]))
        : constant(of(c.largest[p]));
    },
    arranged: machines.map((machine, i) => ({ machine, sizing: sizingOf(open, machine, i, wire, idle) })),
    read: (x) => ({
      ...c.largest,
      ...Object.fromEntries(
        open.map(({ parameter, choices }) => [
          parameter,
          choices.reduce((best, y) => (valueOf(y.chosen, x) > valueOf(best.chosen, x) ? y : best)).value,
        ]),
      ),
    }),
  };
}

function machineAt(space: DesignSpace, p: DesignPoint): Template {
  const t = templateAt(space, p);
  invariant(t, 'a case has points that are no machines');
  return t;
}

/** A one-hot for each size with several values. */
function openSizes(b: ProgramBuilder, space: DesignSpace, technology: Technology, c: Case): readonly OpenSize[] {
  return sizeParameters.flatMap((parameter) => {
    const values = c.menus[parameter];
    if (values.length === 1) return [];
    const choices = values.map((value): Choice => {
      const template = machineAt(space, { ...c.largest, [parameter]: value });
      const chosen = b.binary(`${parameter}.${value}`);
      return { value, chosen, template, machines: lowerTemplate(template, technology) };
    });
    b.equal(parameter, add(...choices.map((x) => x.chosen)), 1);
    return [{ parameter, choices }];
  });
}

/** A quantity to which each size adds a share of its own; `whole` on the machine with the largest sizes. */
const total = (open: readonly OpenSize[], of: (c: Choice) => number, whole: number): Linear =>
  add(constant(whole), ...open.flatMap(({ choices }) => choices.map((x) => scale(of(x) - whole, x.chosen))));

function sizingOf(
  open: readonly OpenSize[],
  machine: Architecture,
  arrangement: number,
  wire: Linear,
  idle: Linear,
): Sizing {
  const arranged = (x: Choice) => nth(x.machines, arrangement);
  return {
    static: idle,
    energy(level, tensor, action) {
      if (action === 'transfer') return wire;
      const of = (a: Architecture): number => entry(nth(a.levels, level).stores, tensor).energy[action];
      const whole = of(machine);
      const logOver = (x: Choice) => {
        const each = of(arranged(x));
        invariant(
          each <= whole * (1 + 1e-12),
          `an access of ${nth(machine.levels, level).name} takes less in a larger memory`,
        );
        return each === whole ? 0 : Math.log(each / whole);
      };
      return total(open, logOver, 0);
    },
    sizes(level, pool): readonly Size[] {
      const of = (a: Architecture) => nth(nth(a.levels, level).pools, pool).bits;
      const own = of(machine);
      if (own === null) return [];
      const [deciding, ...more] = open.filter(({ choices }) => choices.some((x) => of(arranged(x)) !== own));
      invariant(more.length === 0, `${nth(machine.levels, level).name} has a size of several parameters`);
      return deciding === undefined
        ? [{ bits: own, chosen: constant(1) }]
        : deciding.choices.map((x) => ({ bits: defined(of(arranged(x))), chosen: x.chosen }));
    },
  };
}

/** A concave function of an area over that of the largest machine, from below. */
function logShare(
  b: ProgramBuilder,
  open: readonly OpenSize[],
  name: string,
  areaOf: (t: Template) => number,
  largest: Template,
  log: (share: number) => number,
): Linear {
  const whole = areaOf(largest);
  const share = (x: Choice) => areaOf(x.template) / whole;
  return chords(b, name, total(open, share, 1), spansOf(open, share), log);
}

/** Spans over what a sum of shares is on all machines. */
function spansOf(open: readonly OpenSize[], of: (x: Choice) => number): readonly number[] {
  const shares = open.map(({ choices }) => choices.map((x) => of(x) - 1).sort((p, q) => p - q));
  const machines = shares.reduce((n, s) => n * s.length, 1);
  if (machines > maxListed)
    return endsBetween(
      1 + shares.reduce((n, s) => n + nth(s, 0), 0),
      1 + shares.reduce((n, s) => n + defined(s.at(-1)), 0),
    );
  return endsOf(shares.reduce<number[]>((all, s) => all.flatMap((n) => s.map((x) => n + x)), [1]));
}
