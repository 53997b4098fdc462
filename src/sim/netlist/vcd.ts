// Waveforms of a simulation as a value change dump (IEEE 1364-2005, clause 18), which wave viewers open.

import { defined, got } from '../../base/invariant.js';
import type { Simulator } from './simulator.js';

export interface TraceOptions {
  /** Paths of the nets to show; all that the simulator can read if not given. */
  readonly nets?: readonly string[];
  /** Length of a clock in nanoseconds, even. */
  readonly period?: number;
}

export interface Trace {
  /**
   * Takes down what changed; to be called at the beginning and after every clock, with the inputs of the next one set.
   */
  sample: () => void;
  /** The dump so far. */
  text: () => string;
}

interface Variable {
  readonly path: string;
  readonly width: number;
  readonly id: string;
  last: bigint | undefined;
}

/** Samples lie a period apart; the clock rises at each and falls half a period later. */
export function traceVcd(simulator: Simulator, { nets, period = 10 }: TraceOptions = {}): Trace {
  const wanted = nets && new Set(nets);
  const lost = nets?.find((path) => !simulator.nets().some((n) => n.path === path));
  if (lost !== undefined) throw new Error(`net ${lost} cannot be traced: it is unknown or not observed`);
  const clock: Variable = { path: simulator.clock, width: 1, id: identifier(0), last: undefined };
  const variables = simulator
    .nets()
    .filter((n) => !wanted || wanted.has(n.path))
    .map((n, i): Variable => ({ ...n, id: identifier(i + 1), last: undefined }));
  const lines = ['$timescale 1ns $end', ...declarations(simulator.top, [clock, ...variables]), '$enddefinitions $end'];
  let samples = 0;
  return {
    sample: () => {
      const at = period * samples++;
      lines.push(`#${at}`, `1${clock.id}`);
      for (const v of variables) {
        const value = simulator.peek(v.path);
        if (value === v.last) continue;
        lines.push(v.width === 1 ? `${value}${v.id}` : `b${value.toString(2)} ${v.id}`);
        v.last = value;
      }
      lines.push(`#${at + period / 2}`, `0${clock.id}`);
    },
    text: () => `${lines.join('\n')}\n`,
  };
}

interface Scope {
  readonly scopes: Map<string, Scope>;
  readonly variables: { readonly name: string; readonly variable: Variable }[];
}

/** Variables in nested scopes: one for every part of a path but the last. */
function declarations(top: string, variables: readonly Variable[]): readonly string[] {
  const newScope = (): Scope => ({ scopes: new Map(), variables: [] });
  const root = newScope();
  for (const variable of variables) {
    const parts = variable.path.split('.');
    const name = defined(parts.pop());
    let scope = root;
    for (const part of parts) {
      if (!scope.scopes.has(part)) scope.scopes.set(part, newScope());
      scope = got(scope.scopes, part);
    }
    scope.variables.push({ name, variable });
  }
  const print = (name: string, { scopes, variables: inside }: Scope): readonly string[] => [
    `$scope module ${name} $end`,
    ...inside.map(
      ({ name: n, variable: { width, id } }) =>
        `$var wire ${width} ${id} ${n}${width === 1 ? '' : ` [${width - 1}:0]`} $end`,
    ),
    ...[...scopes].flatMap(([n, s]) => print(n, s)),
    '$upscope $end',
  ];
  return print(top, root);
}

/** Short names of the printable characters from ! to ~. */
function identifier(index: number): string {
  const digit = String.fromCharCode(33 + (index % 94));
  return index < 94 ? digit : identifier(Math.floor(index / 94) - 1) + digit;
}
