// Laws of a network with all its steps as layers: those of the runs that a lowered network has, and nothing is lost.

import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Parsed } from '../../src/base/diagnostics.js';
import { lowered } from '../../src/compile/lower.js';
import { runsIn } from '../../src/compile/network-program.js';
import { networkOfSteps } from '../../src/compile/step-layers.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { shapeKey } from '../../src/model/workload/layer.js';
import type { CountedLayer, Network } from '../../src/model/workload/network.js';
import { mergeLayers, networkMacs } from '../../src/model/workload/network.js';
import { withHostInputs } from '../../src/model/workload/host-inputs.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { builtinNames, findNetwork, findSketch } from '../../src/workloads/builtin.js';
import { networkGraphOf } from '../../src/workloads/graph/network-graph-of.js';
import { graphOf } from '../support/graphs.js';
import { randomGraph } from '../support/random-graph.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** How often each shape occurs; whether constants of a run need lines of biases depends on what they are. */
const shapes = (layers: readonly CountedLayer[]) =>
  layers
    .flatMap(({ layer: { bias: _, ...rest }, count }) => Array.from({ length: count }, () => shapeKey(rest as Layer)))
    .sort();

const listOf = (graph: NetworkGraph): Network => ({
  name: graph.name,
  source: graph.source,
  layers: graph.steps.flatMap((s) => (s.kind === 'layer' ? s.layers : [])),
  unmapped: [],
});

describe('a network with all its steps', () => {
  test('has the layers of the runs that it is lowered to', () => {
    let runs = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const graph = graphOf(randomGraph(seed, { host: false, size: 1 + (seed % 14) }));
      const { integers, run } = got(drawnRun(graph, seed));
      if (run.notRun.length > 0) continue;
      const made = mergeLayers(runsIn(got(lowered(graph, integers, 8))).map((r) => r.layer));
      expect(shapes(networkOfSteps(listOf(graph), graph).layers), `seed ${seed}`).toEqual(shapes(made));
      runs += made.length;
    }
    expect(runs).toBeGreaterThan(200);
  });

  test('names all work of the host, whatever else the network has', () => {
    for (let seed = 1; seed <= 80; seed++) {
      const graph = graphOf(randomGraph(seed, { host: true, size: 1 + (seed % 14) }));
      const { layers, unmapped } = networkOfSteps(listOf(graph), graph);
      const left = new Set(unmapped.map((u) => u.operator));
      for (const step of graph.steps) if (step.kind === 'host') expect(left, `seed ${seed}`).toContain(step.operator);
      // What is no product in the network is one of a machine that adds by multiplying with one.
      expect(networkMacs({ ...listOf(graph), layers })).toBeGreaterThanOrEqual(networkMacs(listOf(graph)));
    }
  });

  test.each(builtinNames)('%s: every layer is there, with a residual or a pool perhaps', (name) => {
    const network = got(findNetwork(name));
    const sketch = findSketch(name);
    if (!sketch) throw new Error(name);
    const graph = got(networkGraphOf(sketch.graph, name, {}));
    const all = networkOfSteps(network, graph);
    const plain = (layers: readonly CountedLayer[]) =>
      shapes(layers.map(({ layer: { residual: _, pool: __, ...layer }, count }) => ({ layer, count })));
    const left = plain(all.layers);
    for (const shape of plain(withHostInputs(network, graph).layers)) {
      const at = left.indexOf(shape);
      expect(at, shape).toBeGreaterThanOrEqual(0);
      left.splice(at, 1);
    }
    // Each addition of the network is a residual of some layer now.
    const additions = graph.steps.filter((s) => s.epilogue.residual || s.kind === 'addition').length;
    const residuals = all.layers.reduce((n, { layer, count }) => n + (layer.residual ? count : 0), 0);
    expect(residuals).toBeGreaterThanOrEqual(additions);
  });
});
