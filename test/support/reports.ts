// Result files of every kind for reports, made in a moment: mapped by short walks, searched and proved by doubles.

import { printDesign } from '../../src/results/design-file.js';
import type { Design } from '../../src/model/space/design.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { eyeriss, magnet, simba } from '../../src/model/machine/presets.js';
import { run } from '../cli/run.js';
import { fakeEngine } from './codesign.js';
import { makeDesign } from './design.js';
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

/** Files by name. */
export async function resultFiles(): Promise<Readonly<Record<string, string>>> {
  const files = { 'net.yaml': network, 'second.yaml': second };
  const json = async (
    argv: readonly string[],
    engine?: ReturnType<typeof fakeEngine>,
    prover?: ReturnType<typeof fakeProver>,
  ) => (await run([...argv, '-q'], files, {}, undefined, engine, prover)).written;
  const results = await Promise.all([
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
