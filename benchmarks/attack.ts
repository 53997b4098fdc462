// Random sampling and annealing against the proved optimum of every layer of every built-in network: none may go below.
// Run: npx tsx benchmarks/attack.ts [EVALUATIONS]

import { annealing, builtinNetworks, lowerTemplate, magnetConventions, mapLayer, printShape, randomSampling, simba, technology16nm } from '../src/index.js';

const evaluations = Number(process.argv[2] ?? 4000);
const now = () => performance.now();
let attacks = 0;
let beaten = 0;
let unproved = 0;
for (const network of builtinNetworks) {
  const distances: number[] = [];
  for (const { layer } of network.layers) {
    const task = { architectures: lowerTemplate(simba, technology16nm), layer, conventions: magnetConventions, goal: { objective: 'edp' as const, limits: {} }, padding: true };
    const proved = await mapLayer(task, 'auto', { time: 120, evaluations: Infinity, gap: 1e-4, seed: 1, now });
    if (proved.status !== 'optimal') unproved++;
    for (const attack of [randomSampling, annealing]) {
      const tried = (await attack.find(task, { time: 60, evaluations, gap: 0, seed: 1, now })).best?.objective ?? Infinity;
      attacks++;
      if (tried < proved.bound) {
        beaten++;
        console.log(`BEATEN ${network.name} ${layer.name} ${printShape(layer)} by ${attack.name}: ${tried} < ${proved.bound}`);
      }
      if (attack === annealing && Number.isFinite(tried)) distances.push(tried / proved.best!.objective);
    }
  }
  distances.sort((a, b) => a - b);
  console.log(`${network.name}: ${network.layers.length} layers, annealing ends at ${distances[Math.floor(distances.length / 2)]?.toFixed(2)} times the optimum (median), ${distances.at(-1)?.toFixed(2)} at worst`);
}
console.log(`${attacks} attacks of ${evaluations} mappings each, ${beaten} below a bound, ${unproved} layers unproved`);
if (beaten > 0 || unproved > 0) process.exitCode = 1;
