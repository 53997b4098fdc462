// Laws of graphs on built-in networks, published and trained files, and random ones: nothing of a network is lost.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mergeCounted } from '../../../src/model/workload/network.js';
import { layersOf } from '../../../src/model/workload/network-graph.js';
import { fusedTotals, totalsByKind } from '../../../src/model/workload/graph-traffic.js';
import { sketches } from '../../../src/workloads/builtin.js';
import type { BindOptions } from '../../../src/workloads/onnx/bind.js';
import type { Graph } from '../../../src/workloads/onnx/graph.js';
import { decodeOnnx } from '../../../src/workloads/onnx/decode-model.js';
import { casesOf, seedFrom } from '../../support/cases.js';
import { expectLawful } from '../../support/graphs.js';
import { randomGraph } from '../../support/random-graph.js';

/** Every symbol of the inputs but the batch gets a size. */
const sizesFor = (graph: Graph): BindOptions => {
  const names = graph.inputs.flatMap(({ shape }) => (shape ?? []).filter((d) => typeof d === 'string'));
  const open = names.filter((name) => !/batch|^n$/i.test(name));
  return open.length > 0 ? { dims: Object.fromEntries(open.map((name) => [name, 12])) } : {};
};

const fileLaws = (folder: string) => {
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.onnx')))
    test(file, () => {
      const graph = decodeOnnx(readFileSync(join(folder, file)), file);
      if (!graph.ok) throw new Error(`${file} cannot be read`);
      expectLawful(graph.value, sizesFor(graph.value));
    });
};

describe('the layers of the graph are those of the list, and every operator is in one place', () => {
  describe('built-in networks', () => {
    test.each(sketches.map((s) => [s.name, s] as const))('%s', (_, sketch) => {
      expect(mergeCounted(layersOf(expectLawful(sketch.graph)))).toEqual(sketch.network.layers);
    });
  });
  describe('small files', () => {
    fileLaws(new URL('../data/onnx', import.meta.url).pathname);
  });
  for (const name of ['models', 'trained']) {
    const folder = join(
      process.env['MAGNET_MODELS'] ?? new URL('../../../../shared/models', import.meta.url).pathname,
      '..',
      name,
    );
    const here = existsSync(folder);
    if (!here) console.log(`${name} are absent (MAGNET_MODELS names the folder of the models): skipped`);
    describe.skipIf(!here)(`${name}${here ? '' : ' (absent)'}`, () => {
      if (here) fileLaws(folder);
    });
  }
  test('random graphs', () => {
    const seed = seedFrom(1);
    for (let i = 0; i < casesOf('network graphs'); i++)
      expectLawful(randomGraph(seed + i, { host: true, size: 4 + (i % 17) }));
  });
});

describe('traffic', () => {
  const graphOf = (name: string) => expectLawful(sketches.find((s) => s.name === name)!.graph);

  test('ResNet-50 has 16 additions of 16.6 M words, of which a third is left when they are fused', () => {
    // 3 of 256 x 56 x 56, 4 of 512 x 28 x 28, 6 of 1024 x 14 x 14, 3 of 2048 x 7 x 7: 5,519,360 words each way.
    expect(fusedTotals(graphOf('resnet50'))).toEqual([
      { what: 'addition', count: 16, fused: 16, alone: 3 * 5_519_360, moved: 5_519_360 },
      // 64 x 112 x 112 to 64 x 56 x 56; 2048 x 7 x 7 to 2048.
      { what: 'pool', count: 2, fused: 0, alone: 1_105_920, moved: 1_105_920 },
    ]);
  });

  test('all pools of VGG-16 are taken by the convolutions before them', () => {
    expect(totalsByKind(graphOf('vgg16')).map((t) => [t.kind, t.steps])).toEqual([['layer', 16]]);
  });

  test('what the host does of BERT is named with its words', () => {
    const host = graphOf('bert-base').steps.filter((s) => s.kind === 'host');
    const counts = new Map<string, number>();
    for (const s of host) counts.set(s.operator, (counts.get(s.operator) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ Gather: 1, LayerNormalization: 25, Softmax: 12, Erf: 12 });
  });
});
