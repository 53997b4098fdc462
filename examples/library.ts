// The library without the command line: map one layer on a preset, and print what came out.
// Run: npx tsx examples/library.ts

import {
  findNetwork,
  lowerTemplate,
  magnetConventions,
  mapLayer,
  printMapping,
  printShape,
  simba,
  technology16nm,
} from '../src/index.js';

const network = findNetwork('pilotnet');
if (!network.ok) throw new Error(network.diagnostics[0]?.message);
const layer = network.value.layers.find((l) => l.layer.name === 'conv4')!.layer;

const architectures = lowerTemplate(simba, technology16nm);
const answer = await mapLayer(
  { architectures, layer, conventions: magnetConventions, goal: { objective: 'edp', limits: {} }, padding: true },
  'auto',
  { time: 30, evaluations: Infinity, gap: 1e-4, seed: 1, now: () => performance.now() },
);

console.log(`${layer.name} ${printShape(layer)} on simba: ${answer.status} by ${answer.solver}`);
if (answer.best) {
  const { evaluation, objective, mapping, architecture } = answer.best;
  console.log(`EDP ${objective.toExponential(4)} pJ x cycles, no mapping is below ${answer.bound.toExponential(4)}`);
  console.log(
    `${evaluation.energy.toFixed(0)} pJ, ${evaluation.cycles} cycles, ${(100 * evaluation.utilization).toFixed(1)} % of the multipliers busy\n`,
  );
  console.log(printMapping(architectures[architecture], mapping));
}
