// Waveforms of a simulation as a value change dump (IEEE 1364-2005, clause 18), which wave viewers open.

import type { Scope } from './scopes.js';
import { nestedScopes } from './scopes.js';
import type { Simulator, SimulatorNet } from './simulator.js';

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

/** The nets that are named, or all that the simulator can read. Throws for one that it cannot. */
export function netsToTrace(simulator: Simulator, nets: readonly string[] | undefined): readonly SimulatorNet[] {
  const known = simulator.nets();
  if (!nets) return known;
  const lost = nets.find((path) => !known.some((n) => n.path === path));
  if (lost !== undefined) throw new Error(`net ${lost} cannot be traced: it is unknown or not observed`);
  const wanted = new Set(nets);
  return known.filter((n) => wanted.has(n.path));
}

/** Samples lie a period apart; the clock rises at each and falls half a period later. */
export function traceVcd(simulator: Simulator, { nets, period = 10 }: TraceOptions = {}): Trace {
  const clock: Variable = { path: simulator.clock, width: 1, id: identifier(0), last: undefined };
  const variables = netsToTrace(simulator, nets).map((n, i): Variable => ({
    ...n,
    id: identifier(i + 1),
    last: undefined,
  }));
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

function declarations(top: string, variables: readonly Variable[]): readonly string[] {
  const print = (name: string, { scopes, members }: Scope<Variable>): readonly string[] => [
    `$scope module ${name} $end`,
    ...members.map(
      ({ name: n, of: { width, id } }) => `$var wire ${width} ${id} ${n}${width === 1 ? '' : ` [${width - 1}:0]`} $end`,
    ),
    ...[...scopes].flatMap(([n, s]) => print(n, s)),
    '$upscope $end',
  ];
  return print(top, nestedScopes(variables));
}

/** Short names of the printable characters from ! to ~. */
function identifier(index: number): string {
  const digit = String.fromCharCode(33 + (index % 94));
  return index < 94 ? digit : identifier(Math.floor(index / 94) - 1) + digit;
}
