// Switching activity of a simulation as SAIF (backward, version 2.0; IEEE 1801, annex I), which power analysis reads: of
// every bit how long it was 0 and 1, and how often it changed. A layer is some hundred kilobytes, however long it runs.

import { nth } from '../../base/invariant.js';
import { version } from '../../base/version.js';
import type { Scope } from './scopes.js';
import { nestedScopes } from './scopes.js';
import type { Simulator } from './simulator.js';
import type { Trace } from './vcd.js';
import { netsToTrace } from './vcd.js';

export interface ActivityOptions {
  /** Hierarchical names of the nets to count; all that the simulator can read if not given. */
  readonly nets?: readonly string[];
  /** Length of a clock in picoseconds, even. */
  readonly period: number;
}

interface Counted {
  readonly path: string;
  readonly width: number;
  value: bigint;
  /** By bit: samples for which it was 1, before the one at which it last changed; that sample; changes. */
  readonly ones: Float64Array;
  readonly since: Float64Array;
  readonly changes: Float64Array;
}

/**
 * Every sample stands for a clock, in which nets have the values that they have at its end: pulses within a clock are not seen.
 * Throws for a net that the simulator cannot read.
 */
export function traceActivity(simulator: Simulator, { nets, period }: ActivityOptions): Trace {
  let samples = 0;
  const all = netsToTrace(simulator, nets).map(({ path, width }): Counted => {
    const [ones, since, changes] = [new Float64Array(width), new Float64Array(width), new Float64Array(width)];
    return { path, width, value: 0n, ones, since, changes };
  });
  return {
    sample: () => {
      for (const net of all) {
        const value = simulator.peek(net.path);
        if (value !== net.value) takeDown(net, value, samples);
      }
      samples++;
    },
    text: () => {
      const time = (clocks: number) => Math.round(clocks * period);
      const activity = (of: number, changes: number) =>
        `(T0 ${time(samples - of)}) (T1 ${time(of)}) (TX 0) (TC ${changes}) (IG 0)`;
      const net = (name: string, n: Counted) =>
        Array.from({ length: n.width }, (_, bit) => {
          const last = (n.value >> BigInt(bit)) & 1n ? samples - nth(n.since, bit) : 0;
          return `(${escaped(n.width === 1 ? name : `${name}[${bit}]`)} ${activity(nth(n.ones, bit) + last, nth(n.changes, bit))})`;
        });
      const instance = (
        name: string,
        { scopes, members }: Scope<Counted>,
        own: readonly string[],
      ): readonly string[] => {
        const lines = [...own, ...members.flatMap((m) => net(m.name, m.of))];
        return [
          `(INSTANCE ${escaped(name)}`,
          ...(lines.length > 0 ? ['(NET', ...lines, ')'] : []),
          ...[...scopes].flatMap(([n, s]) => instance(n, s, [])),
          ')',
        ];
      };
      const clock = `(${escaped(simulator.clock)} ${activity(samples / 2, 2 * samples)})`;
      return `${[
        '(SAIFILE',
        '(SAIFVERSION "2.0")',
        '(DIRECTION "backward")',
        `(DESIGN "${simulator.top}")`,
        '(PROGRAM_NAME "magnet")',
        `(VERSION "${version}")`,
        '(DIVIDER / )',
        '(TIMESCALE 1 ps)',
        `(DURATION ${time(samples)})`,
        ...instance(simulator.top, nestedScopes(all), [clock]),
        ')',
      ].join('\n')}\n`;
    },
  };
}

function takeDown(net: Counted, value: bigint, now: number): void {
  const { ones, since, changes } = net;
  for (let differing = net.value ^ value, bit = 0; differing > 0n; differing >>= 1n, bit++) {
    if (!(differing & 1n)) continue;
    if ((net.value >> BigInt(bit)) & 1n) ones[bit] = nth(ones, bit) + now - nth(since, bit);
    since[bit] = now;
    // What a net is at first is no change.
    if (now > 0) changes[bit] = nth(changes, bit) + 1;
  }
  net.value = value;
}

/** Characters that are not of a plain name have a backslash before them. */
const escaped = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '\\$&');
