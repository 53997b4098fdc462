// Layer tables: every spelling is read, every fault is listed, and one network of several is chosen by name.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { printShape } from '../../src/model/workload/layer.js';
import { networkMacs } from '../../src/model/workload/network.js';
import { parseLayerTable, selectNetwork } from '../../src/workloads/layer-table.js';

const read = (data: unknown, name = 'table') => {
  const result = parseLayerTable(data, name);
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
};
const shapes = (data: unknown) =>
  read(data).flatMap(({ layers }) => layers.map(({ layer, count }) => `${count} ${layer.name} ${printShape(layer)}`));
const faults = (data: unknown) => {
  const result = parseLayerTable(data, 'table');
  return result.ok ? [] : result.diagnostics.map(printDiagnostic);
};

describe('forms', () => {
  const cosa = {
    R: 3,
    S: 3,
    P: 56,
    Q: 56,
    C: 64,
    K: 64,
    N: 1,
    Wstride: 1,
    Hstride: 1,
    name: 'conv',
    count: 3,
    macs: 115605504,
  };
  const golden = {
    name: 'case',
    R: 3,
    S: 3,
    P: 4,
    Q: 4,
    C: 4,
    K: 8,
    N: 1,
    strideW: 2,
    strideH: 1,
    dilationW: 1,
    dilationH: 2,
  };

  test('a list of layers takes the name given', () => {
    expect(read([cosa], 'mine')).toMatchObject([
      {
        name: 'mine',
        layers: [{ count: 3, layer: { name: 'conv', bounds: { N: 1, G: 1, K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 } } }],
        unmapped: [],
      },
    ]);
  });

  test('a named table, and a single layer as golden cases have it', () => {
    expect(read({ name: 'net', source: 'a book', layers: [cosa] })).toMatchObject([{ name: 'net', source: 'a book' }]);
    expect(read(golden)).toMatchObject([
      { name: 'case', layers: [{ count: 1, layer: { stride: { P: 2, Q: 1 }, dilation: { R: 1, S: 2 } } }] },
    ]);
  });

  test('several networks by name, of which one is chosen', () => {
    const networks = read({ source: 'two', one: [cosa], two: { layers: [golden] } });
    expect(networks.map((n) => [n.name, n.source])).toEqual([
      ['one', 'two'],
      ['two', 'two'],
    ]);
    expect(selectNetwork(networks, 'two')).toMatchObject({ ok: true, value: { name: 'two' } });
    expect(selectNetwork(networks, undefined)).toMatchObject({
      ok: false,
      diagnostics: [
        {
          code: 'ambiguous',
          message: 'the table holds several networks (one, two); choose one, with #one behind the name of the file',
        },
      ],
    });
    expect(selectNetwork(networks, 'tow')).toMatchObject({
      ok: false,
      diagnostics: [{ message: expect.stringContaining('unknown network: tow. Did you mean') }],
    });
    expect(selectNetwork(read([cosa]), undefined)).toMatchObject({ ok: true });
  });

  test('missing dimensions are 1; K and C are per group; stride and dilation are for both sides', () => {
    expect(shapes([{ K: 10, C: 20, name: 'fc' }])).toEqual(['1 fc 1x10x20']);
    expect(shapes([{ groups: 32, K: 1, C: 1, P: 8, Q: 9, R: 3, S: 3, stride: 2, dilation: 3 }])).toEqual([
      '1 layer_1 3x3 s2 d3 1->1 g32 8x9',
    ]);
    expect(shapes([{ G: 4, K: 2, C: 2, P: 8, Q: 8, R: 3, S: 1, stride: 2, Hstride: 1 }])).toEqual([
      '1 layer_1 3x1 s2x1 2->2 g4 8x8',
    ]);
  });

  test('with M it is a matrix product: M rows, N columns, K summed over', () => {
    expect(read({ gemms: [{ M: 131072, N: 8192, K: 28672 }] })).toMatchObject([
      {
        name: 'gemms',
        layers: [{ layer: { name: 'gemm_131072x8192x28672', bounds: { N: 1, P: 131072, K: 8192, C: 28672, Q: 1 } } }],
      },
    ]);
    expect(shapes([{ M: 128, N: 64, K: 32, G: 12, name: 'heads', strideW: 1 }])).toEqual(['1 heads 128x64x32 x12']);
    // Without M, N is the batch.
    expect(shapes([{ N: 64, K: 32 }])).toEqual(['1 layer_1 1x32x1 N64']);
  });

  test('one shape under several names is merged, with the counts added', () => {
    expect(
      shapes([
        { ...cosa, name: 'a' },
        { K: 3, name: 'b' },
        { ...cosa, name: 'a', count: 4 },
      ]),
    ).toEqual(['7 a 3x3 64->64 56x56', '1 b 1x3x1']);
  });

  test('the published table reads as its networks', () => {
    const { networks } = JSON.parse(readFileSync(new URL('data/cosa-shapes.json', import.meta.url), 'utf8')) as {
      networks: Record<string, number[][]>;
    };
    const keys = ['R', 'S', 'P', 'Q', 'C', 'K', 'stride', 'count'];
    const table = Object.fromEntries(
      Object.entries(networks).map(([name, rows]) => [
        name,
        rows.map((row) => Object.fromEntries(row.map((x, i) => [keys[i], x]))),
      ]),
    );
    expect(read(table).map((n) => [n.name, n.layers.length, networkMacs(n)])).toEqual([
      ['alexnet', 8, 714_188_480],
      ['resnet50', 24, 4_089_184_256],
      ['vgg16', 12, 15_470_264_320],
    ]);
  });
});

describe('faults', () => {
  test('all are listed at once, each where it stands', () => {
    const found = faults({
      layers: [
        { P: 0, Q: -1, K: 1.5, C: '64', R: Number.NaN, S: null },
        { K: 8, strid: 2, H: 3, k: 1 },
        { name: 'nothing' },
        7,
        { K: 4, count: 0 },
      ],
    });
    expect(found).toEqual([
      'layers.0.K: is 1.5; expected a whole number of at least 1',
      'layers.0.C: is the text "64"; write the number 64 without quotes',
      'layers.0.P: is 0; expected a whole number of at least 1',
      'layers.0.Q: is -1; expected a whole number of at least 1',
      'layers.0.R: is NaN; expected a whole number of at least 1',
      'layers.0.S: is nothing; expected a whole number of at least 1',
      'layers.1.strid: is not a field of a layer. Did you mean stride?',
      expect.stringMatching(/^layers\.1\.H: is not a field of a layer\. Known: N, G, groups, K/),
      'layers.1.k: is not a field of a layer. Did you mean K?',
      'layers.2: the layer has no dimension; give some of N, G, K, C, P, Q, R, S, or M, N, K for a matrix product',
      expect.stringMatching(/^layers\.3: expected a layer such as .*, got 7$/),
      'layers.4.count: is 0; expected a whole number of at least 1',
    ]);
  });

  test('two spellings must agree, and a product has no window', () => {
    expect(faults([{ K: 4, G: 2, groups: 3 }])).toEqual(['0.groups: is 3 but G is 2; give one of them']);
    expect(faults([{ K: 4, Wstride: 2, strideW: 1 }])).toEqual(['0.strideW: is 1 but Wstride is 2; give one of them']);
    expect(faults([{ K: 4, Wstride: 2, strideW: 2 }])).toEqual([]);
    expect(faults([{ M: 4, N: 4, K: 4, C: 2, R: 3, S: 1 }])).toEqual([
      expect.stringMatching(/^0\.C: does not go with M/),
      expect.stringMatching(/^0\.R: does not go with M/),
    ]);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', null, /^expected a layer table .* got nothing$/],
    ['a number', 3, /got 3$/],
    ['text', 'resnet50', /got the text "resnet50"$/],
    ['no networks', {}, /^the table has no layers/],
    ['an empty list', [], /^the list of layers is empty/],
    ['an empty network', { a: [] }, /^a: the list of layers is empty/],
    ['layers that are no list', { layers: 3 }, /^layers: expected a list of layers, got 3$/],
    ['a network that is a number', { a: 1 }, /^a: expected the list of layers of a network called a, got 1$/],
    [
      'a misspelt key',
      { layers: [{ K: 1 }], sorce: 'x' },
      /^sorce: unknown field of a layer table: sorce\. Did you mean source\?$/,
    ],
    ['too many operations', [{ K: 2 ** 26, C: 2 ** 25 }], /^0: has 2\.252e\+15 multiply-accumulates; at most 2\^50/],
    [
      'too many occurrences',
      [{ K: 2, count: 2 ** 20 + 1 }],
      /^0\.count: is 1048577; a layer occurs at most 1048576 times$/,
    ],
    [
      'too many operations together',
      [{ K: 2 ** 25, C: 2 ** 25, count: 9 }],
      /^the network has 1\.013e\+16 multiply-accumulates; at most 2\^53/,
    ],
  ])('%s', (_, data, message) => {
    expect(faults(data)).toEqual([expect.stringMatching(message)]);
  });

  test('values that hold themselves, as YAML anchors can make, are refused and not printed', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(faults(loop)).toEqual([expect.stringMatching(/got a list$/)]);
    expect(faults([{ K: loop, C: 1n }])).toEqual([
      '0.K: is a list; expected a whole number of at least 1',
      '0.C: is 1; expected a whole number of at least 1',
    ]);
  });
});
