// Every heuristic against the proved optimum of every layer of every built-in network: none may go below.
// Run: npx tsx benchmarks/attack.ts [EVALUATIONS]

import {
  builtinNetworks,
  heuristics,
  lowerTemplate,
  magnetConventions,
  mapLayer,
  printShape,
  simba,
  technology16nm,
} from '../src/index.js';

const evaluations = Number(process.argv[2] ?? 4000);
const now = () => performance.now();
let attacks = 0;
let beaten = 0;
let unproved = 0;
for (const network of builtinNetworks) {
  const distances = new Map(heuristics.map((h) => [h.name, [] as number[]]));
  for (const { layer } of network.layers) {
    const task = {
      architectures: lowerTemplate(simba, technology16nm),
      layer,
      conventions: magnetConventions,
      goal: { objective: 'edp' as const, limits: {} },
      padding: true,
    };
    const proved = await mapLayer(task, 'auto', { time: 120, evaluations: Infinity, gap: 1e-4, seed: 1, now });
    if (proved.status !== 'optimal') unproved++;
    for (const attack of heuristics) {
      const tried =
        (await attack.find(task, { time: 60, evaluations, gap: 0, seed: 1, now })).best?.objective ?? Infinity;
      attacks++;
      if (tried < proved.bound) {
        beaten++;
        console.log(
          `BEATEN ${network.name} ${layer.name} ${printShape(layer)} by ${attack.name}: ${tried} < ${proved.bound}`,
        );
      }
      if (Number.isFinite(tried)) distances.get(attack.name)!.push(tried / proved.best!.objective);
    }
  }
  for (const [name, own] of distances) {
    own.sort((a, b) => a - b);
    console.log(
      `${network.name}: ${own.length} of ${network.layers.length} layers, ${name} ends ` +
        `at ${own[Math.floor(own.length / 2)]?.toFixed(2)} times the optimum (median), ${own.at(-1)?.toFixed(2)} at worst`,
    );
  }
}
console.log(`${attacks} attacks of ${evaluations} mappings each, ${beaten} below a bound, ${unproved} layers unproved`);
if (beaten > 0 || unproved > 0) process.exitCode = 1;
