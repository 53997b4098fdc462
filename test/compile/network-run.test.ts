// Random graphs on the emitted Verilog: every word of every step is the reference's, cycles and counts are the model's.

import { expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { lowered } from '../../src/compile/lower.js';
import { runsIn } from '../../src/compile/network-program.js';
import { mappingsFor } from '../../src/library/network-mappings.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Design } from '../../src/model/space/design.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { programFor, runOn } from '../../src/sim/network-run.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { solveHere } from '../../src/tuner/map-network.js';
import { graphOf } from '../support/graphs.js';
import { randomGraph } from '../support/random-graph.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

const template = { ...simba, name: 'small', rows: 2, columns: 2, numLanes: 4, vectorSize: 4 };
const design = {
  name: 'small',
  machine: { kind: 'template', template },
  technology: technology16nm,
  conventions: magnetConventions,
  goal: { objective: 'layer-edp', limits: {} },
  areaLimit: null,
  layers: [],
  totals: null,
  provenance: { magnet: '', node: '', command: '', workload: '', backend: '', gap: 0, seed: 1 },
} satisfies Design;

/** A second operand needs a channel of its own, which not every machine has. */
const hasChannel = accelerator(template).registers.some((b) => b.name === 'residual_base');

test('random graphs run as the reference says', { timeout: 400_000 }, async () => {
  const simulator = await machineSimulator(template);
  const solve = solveHere(() => performance.now());
  let [runs, words] = [0, 0];
  const count = Number(process.env['MAGNET_GRAPHS'] ?? 6);
  for (let seed = 1; seed <= count; seed++) {
    const graph = graphOf(randomGraph(seed, { host: false, size: 1 + (seed % 9) }));
    const { integers, inputs, run } = got(drawnRun(graph, seed));
    if (run.notRun.length > 0) continue;
    const made = got(lowered(graph, integers, 8));
    if (!hasChannel && runsIn(made).some((r) => r.residual)) continue;
    const mappings = got(await mappingsFor(design, made, solve, () => {})).map((m) => m.mapping);
    const task = { design, graph, integers, inputs, mappings, seed, stalls: 0, latency: 0, tensors: [] };
    const result = runOn(simulator, task, programFor(task), () => {});
    for (const r of result.runs) {
      expect([seed, r.name, r.firstMismatch, r.mismatches]).toEqual([seed, r.name, undefined, 0]);
      expect([r.name, r.cycles.rtl]).toEqual([r.name, r.cycles.model]);
      expect([r.name, r.counters.filter((c) => c.model !== c.rtl)]).toEqual([r.name, []]);
      words += r.words;
      runs++;
    }
  }
  console.log(`${runs} runs, ${words} words`);
  expect(words).toBeGreaterThan(0);
});
