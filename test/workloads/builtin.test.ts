// The built-in networks have the sizes that their papers and the published layer tables give.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/model/workload/layer.js';
import { dimensions, macs, printShape, shapeKey } from '../../src/model/workload/layer.js';
import type { Network } from '../../src/model/workload/network.js';
import { networkMacs } from '../../src/model/workload/network.js';
import { findNetwork } from '../../src/workloads/builtin.js';
import { builtinNetworks } from '../../src/workloads/builtin-networks.js';

const network = (name: string): Network => {
  const found = findNetwork(name);
  if (!found.ok) throw new Error(`no network ${name}`);
  return found.value;
};
const occurrences = ({ layers }: Network) => layers.reduce((n, { count }) => n + count, 0);
const layer = (name: string, layerName: string): Layer =>
  network(name).layers.find((l) => l.layer.name === layerName)!.layer;

describe('sizes', () => {
  // MACs as torchvision's and the papers' own counts give them: 0.714, 4.089, 15.47 and 0.301 G.
  test.each([
    ['alexnet', 8, 8, 714_188_480],
    ['resnet50', 54, 24, 4_089_184_256],
    ['vgg16', 16, 12, 15_470_264_320],
    ['mobilenetv2', 53, 31, 300_774_272],
    ['pilotnet', 9, 9, 26_876_342],
    // 28^2 x 25 x 6 + 10^2 x 25 x 6 x 16 + 25 x 16 x 120 + 120 x 84 + 84 x 10
    ['lenet', 5, 5, 416_520],
    // 12 x (4 x 128 x 768^2 + 2 x 12 x 128^2 x 64 + 2 x 128 x 768 x 3072)
    ['bert-base', 96, 5, 11_173_625_856],
  ])('%s: %i layers, %i shapes, %i MACs', (name, layers, shapes, total) => {
    expect(occurrences(network(name))).toBe(layers);
    expect(network(name).layers.length).toBe(shapes);
    expect(networkMacs(network(name))).toBe(total);
  });

  test('PilotNet has the 27 million connections and 250 thousand parameters of its paper', () => {
    const { layers } = network('pilotnet');
    const weights = layers.reduce((n, { layer: { bounds: b } }) => n + b.K * b.C * b.R * b.S, 0);
    expect(Math.round(networkMacs(network('pilotnet')) / 1e6)).toBe(27);
    expect(Math.round(weights / 1e4)).toBe(25);
  });

  test('every shape occurs once in its list, with a source and exact counts', () => {
    for (const { name, source, layers } of builtinNetworks) {
      expect(new Set(layers.map(({ layer: l }) => shapeKey(l))).size, name).toBe(layers.length);
      expect(source, name).not.toBe('');
      for (const { layer: l, count } of layers) {
        expect(count).toBeGreaterThanOrEqual(1);
        for (const d of dimensions)
          expect(Number.isSafeInteger(l.bounds[d]) && l.bounds[d] >= 1, `${name} ${l.name} ${d}`).toBe(true);
      }
    }
  });
});

describe('conventions', () => {
  test('P is the width and Q the height: PilotNet sees 200 x 66', () => {
    expect(layer('pilotnet', 'conv1').bounds).toMatchObject({ P: 98, Q: 31, R: 5, S: 5, C: 3, K: 24 });
    expect(
      network('pilotnet')
        .layers.map((l) => printShape(l.layer))
        .slice(3, 6),
    ).toEqual(['3x3 48->64 20x3', '3x3 64->64 18x1', '1x100x1152']);
  });

  test('ResNet-50 strides on its 3 x 3 convolutions', () => {
    expect(layer('resnet50', 'layer2.0.conv1')).toMatchObject({
      bounds: { P: 56, K: 128, C: 256 },
      stride: { P: 1, Q: 1 },
    });
    expect(layer('resnet50', 'layer2.0.conv2')).toMatchObject({ bounds: { P: 28, R: 3 }, stride: { P: 2, Q: 2 } });
  });

  test('depthwise layers have a channel per group', () => {
    const depthwise = network('mobilenetv2').layers.filter(({ layer: l }) => l.bounds.G > 1);
    expect(depthwise.reduce((n, { count }) => n + count, 0)).toBe(17);
    for (const { layer: l } of depthwise) expect(l.bounds).toMatchObject({ K: 1, C: 1, R: 3, S: 3 });
  });

  test('attention has a group per head and M rows along P', () => {
    expect(layer('bert-base', 'encoder.0.attention.scores').bounds).toMatchObject({
      N: 1,
      G: 12,
      P: 128,
      K: 128,
      C: 64,
    });
    expect(layer('bert-base', 'encoder.0.attention.context').bounds).toMatchObject({ G: 12, P: 128, K: 64, C: 128 });
    expect(network('bert-base').layers.map((l) => l.count)).toEqual([48, 12, 12, 12, 12]);
  });

  test('a name is found whatever its capitals, and a near miss is guessed', () => {
    expect(network('ResNet50').name).toBe('resnet50');
    expect(findNetwork('resnet51')).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'unknown-name', message: 'unknown network: resnet51. Did you mean resnet50?' }],
    });
    expect(findNetwork('zzz')).toMatchObject({
      diagnostics: [
        {
          message: expect.stringContaining('Known: alexnet, resnet50, pilotnet, vgg16, mobilenetv2, bert-base, lenet'),
        },
      ],
    });
  });
});

/** R S P Q C K stride count of each layer. */
type Row = readonly [number, number, number, number, number, number, number, number];
const published = JSON.parse(readFileSync(new URL('data/cosa-shapes.json', import.meta.url), 'utf8')) as {
  readonly networks: Readonly<Record<string, readonly Row[]>>;
};

test.each(Object.entries(published.networks))('%s agrees with the published table, layer by layer', (name, rows) => {
  const ours = network(name).layers.map(({ layer: { bounds: b, stride }, count }) =>
    [b.R, b.S, b.P, b.Q, b.C, b.K, stride.P, count].join(' '),
  );
  expect(ours.sort()).toEqual(rows.map((row) => row.join(' ')).sort());
  const total = rows.reduce((n, [r, s, p, q, c, k, , count]) => n + r * s * p * q * c * k * count, 0);
  expect(network(name).layers.reduce((n, l) => n + l.count * macs(l.layer), 0)).toBe(total);
});
