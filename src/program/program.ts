// A mixed-integer geometric program in logarithms, in no solver's language:
// linear rows, and sums of exponentials of linear expressions to be minimised or bounded.

import type { Linear } from './linear.js';
import { combine, constant, keyOf, variable, zero } from './linear.js';

export interface Variable {
  readonly name: string;
  readonly integer: boolean;
  readonly lower: number;
  readonly upper: number;
}

/** lower <= linear <= upper; the linear part carries no constant. */
export interface Row {
  readonly name: string;
  readonly linear: Linear;
  readonly lower: number;
  readonly upper: number;
  /** What the row stands for, in the words of whoever made it. */
  readonly about?: string | undefined;
}

/** A 0/1 expression that switches a term to zero, and the largest value of the term's exponent meanwhile. */
export interface Switch {
  readonly off: Linear;
  readonly max: number;
}

/** coefficient x exp(exponent), coefficient > 0; zero while its switch is off. */
export interface Exponential {
  readonly coefficient: number;
  readonly exponent: Linear;
  readonly unless: Switch | undefined;
  /** What it stands for, to people. */
  readonly label?: string | undefined;
}

/** Equal keys: exponentials that differ by their coefficients and labels alone. */
export const keyOfTerm = ({ exponent, unless }: Exponential): string =>
  `${keyOf(exponent)} ${exponent.constant} ${keyOfSwitch(unless)}`;

const keyOfSwitch = (unless: Switch | undefined): string =>
  `unless ${unless ? `${keyOf(unless.off)} ${unless.off.constant}` : 'never'}`;

/** linear + sum of exponentials: convex. */
export interface Convex {
  readonly linear: Linear;
  readonly exponentials: readonly Exponential[];
}

/** convex <= upper. */
export interface ConvexRow {
  readonly name: string;
  readonly convex: Convex;
  readonly upper: number;
  /** What the row stands for, in the words of whoever made it. */
  readonly about?: string | undefined;
}

export interface Program {
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
  readonly convexRows: readonly ConvexRow[];
  readonly minimize: Convex;
}

/** Collects a program piece by piece. */
export class ProgramBuilder {
  readonly variables: Variable[] = [];
  readonly rows: Row[] = [];
  readonly convexRows: ConvexRow[] = [];
  private topic: string | undefined;

  /** Rows that `make` adds are about `topic`, unless something further in says what they are about. */
  about<T>(topic: string, make: () => T): T {
    const before = this.topic;
    this.topic = topic;
    try {
      return make();
    } finally {
      this.topic = before;
    }
  }

  variable(name: string, lower: number, upper: number, integer: boolean): Linear {
    this.variables.push({ name, lower, upper, integer });
    return variable(this.variables.length - 1);
  }
  binary(name: string): Linear {
    return this.variable(name, 0, 1, true);
  }

  /** lower <= linear <= upper; constants are moved over, rows without variables must hold as they are. */
  row(name: string, linear: Linear, lower: number, upper: number): void {
    const c = linear.constant;
    this.rows.push({
      name,
      about: this.topic,
      linear: { constant: 0, terms: linear.terms },
      lower: lower - c,
      upper: upper - c,
    });
  }
  atMost(name: string, linear: Linear, upper: number): void {
    this.row(name, linear, -Infinity, upper);
  }
  equal(name: string, linear: Linear, value: number): void {
    this.row(name, linear, value, value);
  }
  convexAtMost(name: string, exponentials: readonly Exponential[], upper: number): void {
    this.convexRows.push({ name, about: this.topic, convex: convex(zero, exponentials), upper });
  }

  build(minimize: Convex): Program {
    return { variables: this.variables, rows: this.rows, convexRows: this.convexRows, minimize };
  }
}

/** Gathers exponentials that differ only by a factor, so that each distinct product is approximated once. */
export function convex(linear: Linear, exponentials: readonly Exponential[]): Convex {
  const merged = new Map<string, Exponential>();
  let fixed = 0;
  for (const { coefficient, exponent, unless, label } of exponentials) {
    const factor = coefficient * Math.exp(exponent.constant);
    if (exponent.terms.size === 0 && !unless) fixed += factor;
    else if (factor > 0) {
      const key = `${keyOf(exponent)} ${keyOfSwitch(unless)}`;
      const labels = [merged.get(key)?.label, label].filter((l) => l !== undefined);
      merged.set(key, {
        label: labels.length > 0 ? [...new Set(labels)].join(', ') : undefined,
        coefficient: (merged.get(key)?.coefficient ?? 0) + factor,
        exponent: { constant: 0, terms: exponent.terms },
        unless: unless && { ...unless, max: unless.max - exponent.constant },
      });
    }
  }
  return {
    linear: combine([
      [1, linear],
      [1, constant(fixed)],
    ]),
    exponentials: [...merged.values()],
  };
}
