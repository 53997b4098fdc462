// Random graphs whose chains are in bands and keep their weights in the weight buffers: words of every step that can be seen are the
// reference's, cycles and counts the model's, and weights are read from DRAM in the first band alone. What cannot stay is refused.

import { expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { seeded } from '../../src/base/random.js';
import { bandedRuns } from '../../src/compile/banded-runs.js';
import { keepables } from '../../src/compile/keepable.js';
import type { ScheduledChain } from '../../src/compile/kept-weights.js';
import { withWeights } from '../../src/compile/kept-weights.js';
import { lowered } from '../../src/compile/lower.js';
import { runsIn } from '../../src/compile/network-program.js';
import { scheduled } from '../../src/compile/residents.js';
import { mappingsFor } from '../../src/library/network-mappings.js';
import { layersWith, weightsThatStay } from '../../src/library/schedule-weights.js';
import { simba } from '../../src/model/machine/presets.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { namedChain } from '../../src/model/workload/named-chains.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import type { BandedChain } from '../../src/model/workload/row-bands.js';
import { banded } from '../../src/model/workload/row-bands.js';
import { bandedIntegers, bandedRun } from '../../src/reference/banded-integers.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { wasmMachine } from '../../src/sim/network-machine.js';
import { programFor, runOn } from '../../src/sim/network-run.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { solveHere } from '../../src/tuner/map-network.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { randomChains } from '../support/chains.js';
import { machineAlone } from '../support/design.js';
import { graphOf } from '../support/graphs.js';
import { node, onnxFile } from '../support/onnx.js';
import { randomGraph } from '../support/random-graph.js';
import { columnsOn, patience } from '../support/schedule-question.js';
import { greedySchedule } from '../support/schedules.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

const template = { ...simba, name: 'holds', rows: 2, columns: 2, numLanes: 4, vectorSize: 4, residency: 1 };

/** A graph with one chain in bands whose weights stay; undefined where the seed makes none. */
async function drawn(seed: number) {
  const graph = graphOf(randomGraph(seed, { host: false, size: 3 + (seed % 9), chained: true }));
  return withOneChain(graph, randomChains(graph, seeded(seed))[0], seed);
}

async function withOneChain(graph: NetworkGraph, chain: BandedChain | undefined, seed: number) {
  const { integers, inputs, run } = got(drawnRun(graph, seed, {}));
  const cut = run.notRun.length === 0 && chain ? banded(graph, [chain]) : undefined;
  if (!cut || !chain) return undefined;
  const made = got(lowered(graph, integers, 8));
  const runs = bandedRuns({ graph, template, lowered: made, may: keepables(made, template) }, chain);
  const weights = await weightsThatStay(runs ? [runs] : [], {
    columns: columnsOn(template),
    layerOf: (own) => own.layer,
    prices: { both: 0, energy: 1, cycles: 100 },
    template,
    patience,
  });
  const stay = runs && weights.get(runs);
  if (!stay) return undefined;
  const chains: readonly ScheduledChain[] = [{ ...namedChain(graph, chain), weights: stay }];
  const of = got(lowered(cut.graph, bandedIntegers(cut, integers), 8));
  return {
    graph,
    cut,
    inputs,
    chains,
    lowered: of,
    reference: bandedRun(cut, run),
    /** What a schedule takes the runs of the chain for. */
    counted: layersWith(runs, stay, (own) => own.layer),
  };
}

test('random graphs in bands whose weights stay', { timeout: 3_600_000 }, async () => {
  const seen = { graphs: 0, loaded: 0, held: 0, besideImages: 0 };
  const simulator = await machineSimulator(template);
  const { hardware } = accelerator(template);
  const design = machineAlone(template);
  const first = seedFrom(1);
  for (let seed = first; seed < first + 3 * casesOf('graphs that keep tensors'); seed++) {
    const asked = await drawn(seed);
    if (!asked) continue;
    const schedule = greedySchedule(asked.lowered, hardware, 10);
    const images = got(scheduled(asked.lowered, hardware, schedule));
    const kept = got(withWeights(images, template, asked.graph, asked.cut, asked.chains));
    const found = await mappingsFor(
      design,
      kept,
      solveHere(() => performance.now()),
      () => {},
    );
    // What stays may leave tiles no room.
    if (!found.ok) continue;
    const mappings = found.value.map((m) => m.mapping);
    const { inputs, reference } = asked;
    const task = {
      graph: asked.cut.graph,
      inputs,
      reference,
      lowered: kept,
      design,
      mappings,
      seed: 1,
      stalls: 0,
      latency: 0,
      tensors: [],
    };
    const { runs } = await runOn(wasmMachine(simulator), task, programFor(task), () => {});
    for (const [i, r] of runs.entries()) {
      expect([seed, r.name, r.firstMismatch, r.mismatches]).toEqual([seed, r.name, undefined, 0]);
      expect([seed, r.name, r.cycles.rtl]).toEqual([seed, r.name, r.cycles.model]);
      expect([seed, r.name, r.counters.filter((c) => c.model !== c.rtl)]).toEqual([seed, r.name, []]);
      const { resident } = runsIn(kept)[i]!.layer;
      if (!resident?.weights) continue;
      const { held } = resident.weights;
      const read = r.counters.find((c) => c.name === 'DRAM Weights read')?.rtl ?? 0;
      expect([seed, r.name, read === 0]).toEqual([seed, r.name, held]);
      seen[held ? 'held' : 'loaded']++;
      if (resident.banks > 0) seen.besideImages++;
    }
    seen.graphs++;
  }
  console.log(`weights that stay in graphs: ${JSON.stringify(seen)}`);
  for (const [what, count] of Object.entries(seen)) expect([what, count > 0]).toEqual([what, true]);
});

/** A max-pool whose windows overlap, and whose first is cut by padding, has two runs of one name over columns, and two over rows. */
const overlapping = onnxFile({
  inputs: { x: [1, 4, 12, 12] },
  weights: { w: [4, 4, 3, 3], b: [4] },
  nodes: [
    node('Conv', ['x', 'w', 'b'], ['c'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    node('MaxPool', ['c'], ['y'], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  ],
});

test(
  'a schedule counts the loads that there are: one for all runs with the same weights',
  { timeout: 600_000 },
  async () => {
    const graph = graphOf(got(decodeOnnx(overlapping, 'overlapping')));
    const cases = [
      withOneChain(graph, { first: 0, last: 1, bands: 2 }, 1),
      ...Array.from({ length: 16 }, (_, i) => drawn(i + 1)),
    ];
    let [chains, namesakes] = [0, 0];
    for (const asked of await Promise.all(cases)) {
      if (!asked) continue;
      const { lowered: plain, graph: own, cut, counted } = asked;
      const runs = runsIn(got(withWeights(plain, template, own, cut, asked.chains))).filter(
        (r) => r.layer.resident?.weights,
      );
      const held = (layers: readonly Layer[]) => layers.map((l) => l.resident?.weights?.held);
      expect(held(counted)).toEqual(held(runs.map((r) => r.layer)));
      chains++;
      if (new Set(runs.map((r) => r.name)).size < runs.length) namesakes++;
    }
    expect(chains).toBeGreaterThan(2);
    expect(namesakes).toBeGreaterThan(0);
  },
);

test('weights that cannot stay are refused by name', { timeout: 600_000 }, async () => {
  let asked: Awaited<ReturnType<typeof drawn>>;
  for (let seed = 1; !asked || asked.chains[0]!.weights!.length < 2; seed++) asked = await drawn(seed);
  const { lowered: plain, graph, cut, chains } = asked;
  const [chain] = chains;
  const [one, two, ...more] = chain!.weights!;
  const said = (weights: ScheduledChain['weights'], t = template) => {
    const made = withWeights(plain, t, graph, cut, [{ ...chain!, weights }]);
    return made.ok ? 'kept' : made.diagnostics.map((d) => d.message).join();
  };
  expect(said([one!, two!, ...more])).toBe('kept');
  expect(said([one!, { ...two!, half: one!.half, line: one!.line }, ...more])).toContain(
    `those of ${one!.run} lie in their lines`,
  );
  expect(said([one!, ...more])).toContain('loads its own over them');
  expect(said([{ ...one!, line: 1 << 20 }, two!, ...more])).toContain('they end at line');
  expect(said([{ ...one!, half: 2 }, two!, ...more])).toContain('there are halves 0 and 1');
  expect(said([{ ...one!, run: 'nobody' }, two!, ...more])).toContain('has no such run');
  expect(said([one!, two!, ...more], { ...template, residency: 0 })).toContain('residency: 0');
});
