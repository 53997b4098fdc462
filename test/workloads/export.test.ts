// What is exported can be imported again, and is the same network.

import { describe, expect, test } from 'vitest';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { Network } from '../../src/model/workload/network.js';
import { builtinNetworks } from '../../src/workloads/builtin-networks.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { importOnnx } from '../../src/workloads/onnx/import.js';

const back = (network: Network, batch?: number): Network => {
  const result = importOnnx(exportOnnx(network), network.name, { batch });
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
};
const operators = (network: Network) => network.unmapped.filter(({ operator }) => operator !== 'ConstantOfShape');

describe.each(builtinNetworks.map((n) => [n.name, n] as const))('%s', (_, network) => {
  test('comes back with the same layers, counts and other operators', () => {
    const again = back(network);
    expect(again.layers).toEqual(network.layers);
    expect(operators(again)).toEqual(operators(network));
  });

  test('its file declares inputs, outputs and every value that a node reads, and stays small', () => {
    const bytes = exportOnnx(network);
    const graph = decodeOnnx(bytes, network.name);
    if (!graph.ok) throw new Error('not decoded');
    const { inputs, outputs, constants, nodes } = graph.value;
    expect(inputs.length).toBeGreaterThan(0);
    const known = new Set([...inputs.map((i) => i.name), ...constants.keys()]);
    for (const { name, inputs: read, outputs: written } of nodes) {
      for (const value of read) expect(known.has(value), `${name} reads ${value}`).toBe(true);
      for (const value of written) {
        expect(known.has(value), `${value} is written twice`).toBe(false);
        known.add(value);
      }
    }
    for (const output of outputs) expect(known.has(output.name)).toBe(true);
    expect(new Set(nodes.map((n) => n.name)).size).toBe(nodes.length);
    expect(bytes.byteLength).toBeLessThan(100_000);
  });

  test('without its drawing, the layers alone come back the same', () => {
    expect(back({ ...network, name: 'mine' }).layers).toEqual(network.layers);
  });
});

test('a batch goes through the whole graph: convolutions in N, matrix products in rows', () => {
  const again = back(
    builtinNetworks.find((n) => n.name === 'resnet50')!,
    4,
  );
  expect(again.layers[0]!.layer.bounds).toMatchObject({ N: 4, P: 112 });
  expect(again.layers.at(-1)!.layer.bounds).toMatchObject({ N: 1, P: 4, K: 1000, C: 2048 });
  expect(again.layers.length).toBe(24);
});

test('BERT with batch 2: the projections have twice the rows, attention twice the groups', () => {
  const again = back(
    builtinNetworks.find((n) => n.name === 'bert-base')!,
    2,
  );
  expect(again.layers.map(({ layer: { bounds: b }, count }) => [count, b.G, b.P, b.K, b.C])).toEqual([
    [48, 1, 256, 768, 768],
    [12, 24, 128, 128, 64],
    [12, 24, 128, 64, 128],
    [12, 1, 256, 3072, 768],
    [12, 1, 256, 768, 3072],
  ]);
});

test('stride, dilation, groups and unequal sides survive', () => {
  const layers = [
    {
      layer: makeLayer(
        'odd',
        { N: 2, G: 3, K: 5, C: 7, P: 11, Q: 4, R: 3, S: 2 },
        { stride: [2, 3], dilation: [4, 1] },
      ),
      count: 2,
    },
    { layer: makeLayer('heads', { G: 12, P: 9, K: 8, C: 7 }), count: 1 },
    { layer: makeLayer('rows', { N: 6, K: 8, C: 7 }), count: 1 },
  ];
  expect(back({ name: 'odd ones', source: 'test', layers, unmapped: [] }).layers).toEqual(layers);
});
