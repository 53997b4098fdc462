// A network that ran as its file says it.

import { nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { RunResult } from './run-result.js';
import { runSchema } from './run-result.js';

interface HeldWords {
  readonly words: number;
  readonly mismatches: number;
  readonly firstMismatch?: string;
}
type Compared = RunResult['runs'][number]['cycles'];

/** What of a run on the RTL the file holds. */
export interface NetworkOutcome {
  readonly runs: readonly ({
    readonly name: string;
    readonly step: number;
    readonly cycles: Compared;
    readonly counters: readonly ({ readonly name: string } & Compared)[];
    readonly energy: readonly ({ readonly component: string } & Compared)[];
    readonly configuration: RunResult['runs'][number]['configuration'];
    readonly seconds: number;
  } & HeldWords)[];
  readonly hosts: readonly ({
    readonly name: string;
    readonly step: number;
    readonly operator: string;
    readonly read: number;
  } & HeldWords)[];
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float64Array }>;
  readonly activations: number;
  readonly unshared: number;
  readonly weights: number;
  readonly buildSeconds: number;
  readonly seconds: number;
}

export interface RunQuestion {
  readonly graph: NetworkGraph;
  readonly design: string;
  readonly engine: string;
  readonly seed: number;
  readonly sources: readonly string[];
  readonly scales: ReadonlyMap<string, number> | undefined;
  /** Tensors whose words go from 0 on. */
  readonly unsigned: ReadonlySet<string> | undefined;
  /** By tensor. */
  readonly files: ReadonlyMap<string, string>;
  /** No word, cycle or count differs. */
  readonly agrees: boolean;
  readonly samples: RunResult['samples'];
}

export function runResult(
  { graph, design, engine, seed, sources, scales, unsigned, files, agrees, samples }: RunQuestion,
  result: NetworkOutcome,
): RunResult {
  const { runs, hosts, tensors, activations, unshared, weights, buildSeconds, seconds } = result;
  const all = [...runs, ...hosts];
  const sum = <T>(list: readonly T[], of: (x: T) => number) => list.reduce((n, x) => n + of(x), 0);
  const side = (of: 'model' | 'rtl') => ({
    cycles: sum(runs, (r) => r.cycles[of]),
    energy: sum(runs, (r) => sum(r.energy, (e) => e[of])),
  });
  const [model, rtl] = [side('model'), side('rtl')];
  const words = ({ words: n, mismatches, firstMismatch }: HeldWords) => ({
    words: n,
    mismatches,
    ...(firstMismatch !== undefined && { firstMismatch }),
  });
  return {
    schema: runSchema,
    network: graph.name,
    design,
    engine,
    seed,
    sources,
    agrees,
    ...(samples && { samples }),
    totals: {
      runs: runs.length,
      cycles: { model: model.cycles, rtl: rtl.cycles },
      energy: { model: model.energy, rtl: rtl.energy },
      counters: {
        equal: sum(runs, (r) => r.counters.filter((c) => c.model === c.rtl).length),
        all: sum(runs, (r) => r.counters.length),
      },
      outputs: { words: sum(all, (r) => r.words), mismatches: sum(all, (r) => r.mismatches) },
      host: { steps: hosts.length, read: sum(hosts, (h) => h.read), written: sum(hosts, (h) => h.words) },
      dram: { activations, unshared, weights },
      buildSeconds,
      seconds,
    },
    runs: runs.map((r) => ({
      name: r.name,
      step: r.step,
      kind: nth(graph.steps, r.step).kind,
      cycles: r.cycles,
      counters: r.counters.map(({ name, model: m, rtl: x }) => ({ name, model: m, rtl: x })),
      energy: r.energy.map(({ component, model: m, rtl: x }) => ({ component, model: m, rtl: x })),
      configuration: {
        writes: r.configuration.writes,
        cycles: { model: r.configuration.cycles.model, rtl: r.configuration.cycles.rtl },
        energy: r.configuration.energy,
      },
      outputs: words(r),
      seconds: r.seconds,
    })),
    hosts: hosts.map((h) => ({ name: h.name, step: h.step, operator: h.operator, read: h.read, outputs: words(h) })),
    outputs: [...tensors].map(([name, { shape, values }]) => {
      const [scale, file] = [scales?.get(name), files.get(name)];
      const isRow = values.length >= 2 && values.length === shape.at(-1);
      const max = values.reduce((n, x) => Math.max(n, x), -Infinity);
      return {
        name,
        shape,
        ...(scale !== undefined && { scale }),
        ...(unsigned?.has(name) && { unsigned: true }),
        ...(isRow && { largest: { value: max, at: values.indexOf(max) } }),
        ...(file !== undefined && { file }),
      };
    }),
  };
}
