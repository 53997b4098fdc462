// Result files of every kind for reports, made in a moment: mapped by short walks, searched and proved by doubles.

import { printDesign } from '../../src/interchange/design-file.js';
import type { Design } from '../../src/model/design.js';
import { makeLayer } from '../../src/model/layer.js';
import { eyeriss, magnet, simba } from '../../src/model/presets.js';
import { run } from '../cli/run.js';
import { fakeEngine } from './codesign.js';
import { makeDesign } from './design.js';
import { fakeProver } from './prove.js';

export const network = `
name: two <layers> & more
layers:
  - { name: "conv <1>", R: 3, S: 3, P: 8, Q: 8, C: 8, K: 16, count: 2 }
  - { name: fc, K: 32, C: 64 }
`;
const layers = [makeLayer('conv <1>', { R: 3, S: 3, P: 8, Q: 8, C: 8, K: 16 }), makeLayer('fc', { K: 32, C: 64 })];
export const designOn = (machine: 'simba' | 'magnet' | 'eyeriss'): Promise<Design> =>
  makeDesign(machine === 'eyeriss' ? { kind: 'hierarchy', architecture: eyeriss } : { kind: 'template', template: machine === 'simba' ? simba : magnet }, layers);

/** Files by name. */
export async function resultFiles(): Promise<Readonly<Record<string, string>>> {
  const files = { 'net.yaml': network };
  const json = async (argv: readonly string[], engine?: ReturnType<typeof fakeEngine>, prover?: ReturnType<typeof fakeProver>) => (await run([...argv, '-q'], files, {}, undefined, engine, prover)).written;
  const [mapped, found, none, front, proved] = await Promise.all([
    json(['map', 'net.yaml', '--arch', 'simba', '--solver', 'enumerate', '--json', 'map.json', '--design', 'design.json']),
    json(['codesign', 'net.yaml', '--space', 'magnet-small', '--explain', '--json', 'codesign.json'], fakeEngine()),
    json(['codesign', 'net.yaml', '--space', 'magnet-small', '--limit', 'area=0.001mm2', '--json', 'no-machine.json'], fakeEngine()),
    json(['codesign', 'net.yaml', '--space', 'magnet-small', '--pareto', 'energy,latency', '--points', '3', '--json', 'front.json'], fakeEngine()),
    json(['prove', 'net.yaml', '--arch', 'simba', '--limit', 'latency=1s', '--json', 'prove.json'], undefined, fakeProver()),
  ]);
  return { ...Object.fromEntries([mapped, found, none, front, proved].flatMap((w) => [...w])), 'hierarchy.json': printDesign(await designOn('eyeriss')), 'collectors.json': printDesign(await designOn('magnet')) };
}
