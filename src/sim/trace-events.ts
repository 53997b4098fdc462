// A timeline of engines in the Trace Event Format of Chromium (JSON), which Perfetto's viewer opens.

import type { Stretches } from './engine-trace.js';
import { tracedEngines } from './engine-trace.js';

/** Runs of a network and the engines of its machine, in cycles since the machine was reset. */
export interface Timeline {
  readonly runs: readonly { readonly name: string; readonly from: number; readonly cycles: number }[];
  /** In the order of `tracedEngines`. */
  readonly engines: readonly Stretches[];
}

interface Event {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: 1;
  readonly tid: number;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, string | number>>;
}

/** One row for the runs and one for each engine, an event a line. `clock` in MHz. */
export function traceEvents({ runs, engines }: Timeline, machine: string, clock: number): string {
  const named = (name: string, tid: number, of: string): Event => ({ name, ph: 'M', pid: 1, tid, args: { name: of } });
  const during = (name: string, tid: number, from: number, cycles: number): Event => ({
    name,
    ph: 'X',
    pid: 1,
    tid,
    ts: from / clock,
    dur: cycles / clock,
    args: { cycle: from, cycles },
  });
  const events = [
    named('process_name', 0, machine),
    ...['runs', ...tracedEngines].map((of, tid) => named('thread_name', tid, of)),
    ...runs.map(({ name, from, cycles }) => during(name, 0, from, cycles)),
    ...engines.flatMap((stretches, i) =>
      Array.from({ length: stretches.length / 2 }, (_, n) =>
        during(tracedEngines[i] ?? '', i + 1, stretches[2 * n] ?? 0, stretches[2 * n + 1] ?? 0),
      ),
    ),
  ];
  return `{"displayTimeUnit":"ns","traceEvents":[\n${events.map((e) => JSON.stringify(e)).join(',\n')}\n]}\n`;
}
