// The backends of the layer's program side by side: each layer by each solver, in seconds of processor time.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Architecture, Budget, Objective, SolverName, Task } from '../../src/index.js';
import { findNetwork, gapOf, magnetConventions, parseMachinery, printShape } from '../../src/index.js';
import type { BenchmarkCase } from '../cases.js';
import { benchmarkCases } from '../cases.js';

export interface SolverRow {
  readonly layer: string;
  readonly solver: SolverName;
  readonly status: string;
  readonly gap: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly nodes: number;
}

export interface SolverCase {
  readonly case: string;
  readonly rows: readonly SolverRow[];
}

/** Template, six levels, and a hierarchy of the examples with ports and two buffers. */
export function solverCases(): readonly BenchmarkCase[] {
  const all = benchmarkCases();
  const hierarchy = (objective: Objective): BenchmarkCase => ({
    name: `hierarchy-${objective}`,
    network: resnet50(),
    architectures: [exampleHierarchy()],
    conventions: magnetConventions,
    objective,
    padding: true,
  });
  return [...all, hierarchy('energy'), hierarchy('edp')];
}

function resnet50(): BenchmarkCase['network'] {
  const found = findNetwork('resnet50');
  if (!found.ok) throw new Error('resnet50 is built in');
  return found.value;
}

function exampleHierarchy(): Architecture {
  const text = readFileSync(new URL('../../examples/hierarchy.yaml', import.meta.url), 'utf8');
  const parsed = parseMachinery(parse(text), 'hierarchy');
  if (!parsed.ok || parsed.value.kind !== 'hierarchy') throw new Error('examples/hierarchy.yaml is a hierarchy');
  return parsed.value.architecture;
}

export const taskOf = (c: BenchmarkCase, index: number): Task => ({
  architectures: c.architectures,
  layer: c.network.layers[index]!.layer,
  conventions: c.conventions,
  goal: { objective: c.objective, limits: {} },
  padding: c.padding,
});

/** Every `step`-th layer by every solver, in turn; `cpu` in seconds. */
export async function measured(
  c: BenchmarkCase,
  solvers: readonly SolverName[],
  step: number,
  time: number,
  mapLayer: (
    task: Task,
    solver: SolverName,
    budget: Partial<Budget>,
  ) => ReturnType<typeof import('../../src/index.js').mapLayer>,
  cpu: () => number,
  progress: (row: SolverRow) => void = () => {},
): Promise<SolverCase> {
  const rows: SolverRow[] = [];
  for (let index = 0; index < c.network.layers.length; index += step) {
    for (const solver of solvers) {
      const task = taskOf(c, index);
      const begin = cpu();
      const answer = await mapLayer(task, solver, { time });
      const { status, rounds, nodes } = answer;
      const row = { layer: printShape(task.layer), solver, status, gap: gapOf(answer), rounds, nodes };
      rows.push({ ...row, seconds: cpu() - begin });
      progress(rows.at(-1)!);
    }
  }
  return { case: c.name, rows };
}

const sorted = (xs: readonly number[]) => [...xs].sort((a, b) => a - b);

/** A line for each case and solver. */
export function solversPage(cases: readonly SolverCase[], how: string): string {
  const lines = cases.flatMap(({ case: name, rows }) =>
    [...new Set(rows.map((r) => r.solver))].map((solver) => {
      const own = rows.filter((r) => r.solver === solver);
      const seconds = sorted(own.map((r) => r.seconds));
      const proven = own.filter((r) => r.status === 'optimal').length;
      const median = seconds[Math.floor(seconds.length / 2)]!;
      return `| ${name} | ${solver} | ${proven} of ${own.length} | ${median.toFixed(2)} | ${seconds.at(-1)!.toFixed(2)} |`;
    }),
  );
  return [
    "# Solvers of the layer's program",
    '',
    how,
    '',
    '| machine, objective | solver | proven | median s | max s |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
