// What holds of every graph that is made of an ONNX file.

import { expect } from 'vitest';
import { shapeKey } from '../../src/model/workload/layer.js';
import type { CountedLayer, Network } from '../../src/model/workload/network.js';
import { mergeCounted } from '../../src/model/workload/network.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { layersOf, operandsOf, operatorsIn } from '../../src/model/workload/network-graph.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { networkGraphOf } from '../../src/workloads/graph/network-graph-of.js';
import { withoutFunctions } from '../../src/workloads/graph/inline.js';
import type { BindOptions } from '../../src/workloads/onnx/bind.js';
import type { Graph } from '../../src/workloads/onnx/graph.js';
import { operatorName } from '../../src/workloads/onnx/graph.js';
import { networkOf } from '../../src/workloads/onnx/network-of.js';

export function graphOf(file: Graph, options: BindOptions = {}): NetworkGraph {
  const graph = networkGraphOf(file, 'test', options);
  if (!graph.ok) throw new Error(graph.diagnostics.map(printDiagnostic).join('\n'));
  return graph.value;
}

/** Every law of a graph at once; returns it for more. */
export function expectLawful(file: Graph, options: BindOptions = {}): NetworkGraph {
  const g = graphOf(file, options);
  const network = networkOf(file, 'test', options);
  expectListed(g, network.ok ? network.value : undefined);
  expectAllPlaced(g, file);
  expectOrdered(g);
  expect(JSON.parse(JSON.stringify(g))).toEqual(g);
  return g;
}

/** Its layers are those of the list; where a layer waits for its residual, another may be the first of its shape. */
function expectListed(g: NetworkGraph, network: Network | undefined): void {
  const shapes = (layers: readonly CountedLayer[]) => layers.map((l) => `${l.count} of ${shapeKey(l.layer)}`).sort();
  expect(shapes(mergeCounted(layersOf(g)))).toEqual(shapes(network?.layers ?? []));
}

/** Every operator stands in exactly one place. */
function expectAllPlaced(g: NetworkGraph, file: Graph): void {
  const text = (o: { readonly name: string; readonly operator: string }) => `${o.operator} ${o.name}`;
  const wanted = withoutFunctions(file).nodes.map((n) => text({ name: n.name, operator: operatorName(n) }));
  expect(operatorsIn(g).map(text).sort()).toEqual(wanted.sort());
}

/** Steps read what is there by then; tensors know their readers and makers. */
function expectOrdered(g: NetworkGraph): void {
  const byName = new Map(g.tensors.map((t) => [t.name, t]));
  expect(byName.size).toBe(g.tensors.length);
  const madeIn = (name: string): number => {
    const t = byName.get(name);
    if (!t) throw new Error(`no tensor ${name}`);
    if (t.producer.kind === 'input') return -1;
    if (t.producer.kind === 'step') return t.producer.step;
    const { inputs, outputs } = g.placements[t.producer.placement]!;
    expect(outputs).toContain(name);
    return Math.max(-1, ...inputs.flatMap((x) => (x.kind === 'tensor' ? [madeIn(x.name)] : [])));
  };
  for (const [i, step] of g.steps.entries()) {
    for (const name of step.inputs) {
      expect(madeIn(name), `${step.name} reads ${name}`).toBeLessThan(i);
      expect(byName.get(name)!.consumers).toContain(i);
    }
    for (const name of step.outputs) expect(byName.get(name)!.producer).toEqual({ kind: 'step', step: i });
    const used = operandsOf(step).flatMap((x) => (x.kind === 'tensor' ? [x.name] : []));
    expect(step.inputs).toEqual(expect.arrayContaining(used));
    const { residual } = step.epilogue;
    if (residual) expect(step.inputs.at(-1)).toBe(residual.tensor);
  }
  for (const name of [...g.inputs, ...g.outputs]) expect(byName.has(name)).toBe(true);
  for (const [i, p] of g.placements.entries())
    for (const x of p.inputs) if (x.kind === 'tensor') expect(byName.get(x.name)!.placements).toContain(i);
}
