// MACs of random graphs of every mapped operator, also inside functions, branches and loops, equal the products counted one by one.
// MAGNET_CASES graphs from the seed MAGNET_SEED.

import { expect, test } from 'vitest';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { networkMacs } from '../../src/model/workload/network.js';
import type { GraphFunction, GraphNode } from '../../src/workloads/onnx/graph.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { graph, imported, local, node } from '../support/onnx.js';
import type { Sample } from '../support/products.js';
import { samplers } from '../support/products.js';

const cases = casesOf('counts');
const seed = seedFrom(20191104);

const lists = { list1: [1, 3], list2: [2, 3], list3: [3, 3], list4: [4, 3] };
const scalars = { trips1: 1, trips2: 2, trips3: 3, trips4: 4, yes: 1, no: 0 };
const shared = [...Object.keys(lists), ...Object.keys(scalars)];

/** The sample where it stands, or inside something that runs it so many times. */
function wrapped(
  random: Random,
  { nodes, inputs, products }: Sample,
  name: string,
  functions: Map<string, GraphFunction>,
): { readonly nodes: readonly GraphNode[]; readonly products: number } {
  const outer = `${name}_w`;
  const inside = (by: number, made: GraphNode) =>
    wrapped(random, { nodes: [made], inputs, products: products * by }, outer, functions);
  switch (random.below(8)) {
    case 0: {
      // A function sees nothing from around its call.
      const names = [...Object.keys(inputs), ...shared];
      functions.set(`made:${name}:`, local(names, [name], nodes));
      return inside(1, node(name, names, [outer], {}, 'made'));
    }
    case 1: {
      const trips = 1 + random.below(4);
      const body = graph(['i', 'go'], ['goes_on'], [node('Identity', ['go'], ['goes_on']), ...nodes]);
      return inside(trips, node('Loop', [`trips${trips}`, ''], [outer], { body }));
    }
    case 2: {
      const trips = 1 + random.below(4);
      const body = graph(['slice'], ['kept'], [node('Relu', ['slice'], ['kept']), ...nodes]);
      return inside(trips, node('Scan', [`list${trips}`], [outer], { body, num_scan_inputs: 1 }));
    }
    case 3: {
      const [taken, other] = [
        graph([], [name], nodes),
        graph([], [name], [node('MatMul', ['list2', 'list2'], [name])]),
      ];
      const yes = random.next() < 0.5;
      return inside(
        1,
        node(
          'If',
          [yes ? 'yes' : 'no'],
          [outer],
          yes ? { then_branch: taken, else_branch: other } : { then_branch: other, else_branch: taken },
        ),
      );
    }
    default:
      return { nodes, products };
  }
}

test(`${cases} graphs`, () => {
  for (let i = 0; i < cases; i++) {
    const random = seeded(seed * 100_003 + i);
    const functions = new Map<string, GraphFunction>();
    const samples = Array.from({ length: 1 + random.below(3) }, (_, at) => {
      const name = `op${at}`;
      const made = random.pick(samplers)(random, name);
      return { inputs: made.inputs, ...wrapped(random, made, name, functions) };
    });
    const network = imported({
      inputs: Object.assign({}, lists, ...samples.map((s) => s.inputs)),
      scalars,
      // The last: a graph of nothing but products of nothing would be refused.
      nodes: [...samples.flatMap((s) => s.nodes), node('MatMul', ['list2', 'list3'], ['last'])],
      functions,
      opset: 23,
    });
    const told = `MAGNET_SEED=${seed}, graph ${i}: ${samples
      .flatMap((s) => s.nodes)
      .map((n) => `${n.operator} ${JSON.stringify([...n.attributes])}`)
      .join('; ')}`;
    expect(networkMacs(network), told).toBe(samples.reduce((n, { products }) => n + products, 2 * 3 * 3));
    expect(
      network.unmapped.filter(({ macs }) => macs !== 0),
      told,
    ).toEqual([]);
  }
});
