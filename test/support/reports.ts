// Result files of every kind for reports, made in a moment: mapped by short walks, searched and proved by doubles.

import { printDesign } from '../../src/results/design-file.js';
import type { Design } from '../../src/model/space/design.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { seeded } from '../../src/base/random.js';
import { eyeriss, magnet, simba } from '../../src/model/machine/presets.js';
import { run } from '../cli/run.js';
import { fakeEngine } from './codesign.js';
import { makeDesign } from './design.js';
import { node, onnxFile } from './onnx.js';
import { excluded, fakeProver } from './prove.js';

export const network = `
name: two <layers> & more
layers:
  - { name: "conv <1>", R: 3, S: 3, P: 8, Q: 8, C: 8, K: 16, count: 2 }
  - { name: fc, K: 32, C: 64 }
`;
const layers = [makeLayer('conv <1>', { R: 3, S: 3, P: 8, Q: 8, C: 8, K: 16 }), makeLayer('fc', { K: 32, C: 64 })];
export const designOn = (machine: 'simba' | 'magnet' | 'eyeriss'): Promise<Design> =>
  makeDesign(
    machine === 'eyeriss'
      ? { kind: 'hierarchy', architecture: eyeriss }
      : { kind: 'template', template: machine === 'simba' ? simba : magnet },
    layers,
  );

/** Of another network, which shares a shape with the first. */
const second =
  'name: second\nlayers:\n  - { name: same, K: 32, C: 64, count: 3 }\n  - { name: other, P: 4, K: 16, C: 8 }\n';

/** A classifier of images of 6 x 6 of drawn weights, and 120 samples of three classes for it. */
export function classifierFiles(): Readonly<Record<string, string | Uint8Array>> {
  const chance = seeded(5);
  const reals = (...shape: number[]) => ({
    shape,
    values: Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => 2 * chance.next() - 1),
  });
  const parts = {
    inputs: { x: [1, 1, 6, 6] },
    tensors: { w: reals(4, 1, 3, 3), wf: reals(3, 144) },
    nodes: [
      node('Conv', ['x', 'w'], ['c'], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
      node('Relu', ['c'], ['r']),
      node('Flatten', ['r'], ['f']),
      node('Gemm', ['f', 'wf'], ['y'], { transB: 1 }),
    ],
  };
  const rows = Array.from({ length: 120 }, (_, i) =>
    [...Array.from({ length: 36 }, () => (16 * chance.next() - 8).toFixed(2)), i % 3].join(','),
  );
  return { 'classifier.onnx': onnxFile(parts), 'labelled.csv': rows.join('\n') };
}

/** Files by name. */
export async function resultFiles(): Promise<Readonly<Record<string, string>>> {
  const files = {
    'net.yaml': network,
    'second.yaml': second,
    'banked.yaml': 'template: {base: simba, rows: 1, columns: 2, globalBanks: 8}\n',
    ...classifierFiles(),
  };
  const json = async (
    argv: readonly string[],
    engine?: ReturnType<typeof fakeEngine>,
    prover?: ReturnType<typeof fakeProver>,
  ) => (await run([...argv, '-q'], files, {}, undefined, engine, prover)).written;
  const samples = '--calibrate labelled.csv --divide 16'.split(' ');
  const results = await Promise.all([
    json([
      ...'accuracy classifier.onnx --data labelled.csv --first 40 --bits w4a4 --max-loss 50%'.split(' '),
      ...samples,
      '--show-samples',
      '5',
      '--json',
      'accuracy.json',
    ]),
    json(['quantize', 'classifier.onnx', ...samples, '--bits', 'w6a6', '-o', 'q.onnx', '--json', 'quantize.json']),
    json(
      [
        ...'codesign classifier.onnx --space magnet-small --limit accuracy-loss=50%'.split(' '),
        ...'--precisions w8a8,w6a6 --validate labelled.csv'.split(' '),
        ...samples,
        '--json',
        'accurate.json',
      ],
      fakeEngine(),
    ),
    json(
      [
        ...'codesign classifier.onnx --space magnet-small --pareto accuracy-loss,energy'.split(' '),
        ...'--precisions w8a8,w6a6,w4a4 --validate labelled.csv'.split(' '),
        ...samples,
        '--json',
        'precisions.json',
      ],
      fakeEngine(),
    ),
    json('schedule lenet --arch banked.yaml --json schedule.json'.split(' ')),
    json([
      'map',
      'net.yaml',
      '--arch',
      'simba',
      '--solver',
      'enumerate',
      '--json',
      'map.json',
      '--design',
      'design.json',
    ]),
    json(['codesign', 'net.yaml', '--space', 'magnet-small', '--explain', '--json', 'codesign.json'], fakeEngine()),
    json(
      ['codesign', 'net.yaml', '--space', 'magnet-small', '--limit', 'area=0.001mm2', '--json', 'no-machine.json'],
      fakeEngine(),
    ),
    json(
      [
        'codesign',
        'net.yaml',
        '--space',
        'magnet-small',
        '--pareto',
        'energy,latency',
        '--points',
        '3',
        '--json',
        'front.json',
      ],
      fakeEngine(),
    ),
    json(
      ['prove', 'net.yaml', '--arch', 'simba', '--limit', 'latency=1s', '--json', 'prove.json'],
      undefined,
      fakeProver(),
    ),
    json([
      'map',
      'net.yaml',
      '--arch',
      'eyeriss',
      '--solver',
      'annealing',
      '--time-limit',
      '0.2s',
      '--json',
      'mapped-hierarchy.json',
    ]),
    json(
      [
        'codesign',
        'net.yaml',
        'second.yaml',
        '--weight',
        'second=2.5',
        '--space',
        'magnet-small',
        '--json',
        'weighted.json',
      ],
      fakeEngine(),
    ),
    json(
      [
        'prove',
        'net.yaml',
        '--arch',
        'simba',
        '--limit',
        'latency=1us',
        '--limit',
        'energy=1nJ',
        '--json',
        'excluded.json',
      ],
      undefined,
      fakeProver({
        proof: excluded([
          { kind: 'exact', value: 2000 },
          { kind: 'between', from: 2000, to: undefined, reason: 'time limit' },
        ]),
      }),
    ),
  ]);
  return {
    ...Object.fromEntries(results.flatMap((w) => [...w])),
    'hierarchy.json': printDesign(await designOn('eyeriss')),
    'collectors.json': printDesign(await designOn('magnet')),
    'steps.json': (await run(['networks', 'mobilenetv2', '--json'])).out,
  };
}
