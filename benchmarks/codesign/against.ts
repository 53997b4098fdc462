// Heuristics over machines against the proved design, each with the wall time that the proof took (or --seconds N), one
// after the other in one thread: tsx benchmarks/codesign/against.ts [--case NAME] [--seconds N] [--seeds N].
// What a machine is worth is computed as in the proof: the best mapping of every layer, by enumeration. Machines above ten
// times the best so far count as that much: nobody needs to know them better.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { CodesignRequest } from '../../src/index.js';
import {
  designHeuristics,
  findNetwork,
  forNetworks,
  magnetConventions,
  spaces,
  technology16nm,
} from '../../src/index.js';
import { noPrices, problemOf, uniqueLayers } from '../../src/tuner/codesign/codesign-problem.js';
import { machineAt } from '../../src/tuner/codesign/shape-task.js';
import { codesignCases } from './cases.js';

const { values } = parseArgs({
  options: {
    case: { type: 'string', default: 'resnet50-1-percent' },
    seconds: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const c = codesignCases.find(({ name }) => name === values.case)!;
const proved = JSON.parse(readFileSync(new URL(`../results/codesign/${c.name}.json`, import.meta.url), 'utf8')) as {
  objective: number;
  bound: number;
  seconds: number;
};
const seconds = Number(values.seconds ?? proved.seconds);
const networks = c.networks.map((name) => {
  const found = findNetwork(name);
  if (!found.ok) throw new Error(name);
  return { network: found.value, weight: 1 };
});
const space = forNetworks(
  spaces.find((s) => s.name === c.space)!,
  networks.map((n) => n.network),
);
const request: CodesignRequest = {
  networks,
  space,
  technology: technology16nm,
  conventions: magnetConventions,
  objective: 'layer-edp',
  limits: { area: c.area },
  padding: true,
  gap: c.gap,
  timeLimit: seconds,
};
const problem = problemOf(
  request,
  uniqueLayers(networks),
  networks.map(() => noPrices),
  c.area,
);
const rows = [];
for (const strategy of designHeuristics) {
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    let best = 3 * proved.objective;
    const value = (point: Parameters<typeof machineAt>[0]['point']) => {
      const costOf = machineAt({ problem, point, limit: 10 * best })?.machine.value ?? Infinity;
      best = Math.min(best, costOf);
      return Promise.resolve(costOf);
    };
    const answer = await strategy.find(
      { space, value },
      { time: seconds, evaluations: Infinity, gap: 0, seed, now: () => performance.now() },
    );
    const distance = answer.best ? answer.best.objective / proved.objective - 1 : null;
    rows.push({
      strategy: strategy.name,
      seed,
      evaluations: answer.evaluations,
      objective: answer.best?.objective ?? null,
      distance,
    });
    console.log(
      `${strategy.name.padEnd(12)} seed ${seed}: ${answer.evaluations} machines in ${seconds.toFixed(0)} s, ` +
        (distance === null ? 'nothing feasible' : `${(100 * distance).toFixed(1)} % above the proved design`),
    );
  }
}
if (values.write)
  writeFileSync(
    new URL(`../results/codesign/against-${c.name}.json`, import.meta.url),
    `${JSON.stringify({ case: c, proved, seconds, rows }, undefined, 1)}\n`,
  );
