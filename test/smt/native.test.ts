// Exported scripts mean the same to Z3 and cvc5 as they come natively, where these are installed (scripts/simulators.sh).

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFit } from '../../src/milp/encode/fit-rows.js';
import { encode } from '../../src/milp/encode/encode.js';
import { padTo } from '../../src/milp/encode/padding.js';
import { beyondAny, minCycles } from '../../src/milp/first-principles.js';
import { bits } from '../../src/base/units.js';
import { rational } from '../../src/base/rational.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { zero } from '../../src/program/linear.js';
import { convex } from '../../src/program/program.js';
import type { Task } from '../../src/search/strategy.js';
import { layerScript } from '../../src/smt/layer-script.js';
import { ExactRelaxation } from '../../src/smt/exact-rows.js';
import type { Script } from '../../src/smt/script.js';
import {
  atLeast,
  atMost,
  equal,
  ifThenElse,
  less,
  number,
  printScript,
  sum,
  symbol,
  times,
} from '../../src/smt/script.js';
import { solveScript } from '../../src/smt/z3.js';
import { casesOf } from '../support/cases.js';
import { askNative, isInstalled, nativeSolvers } from '../support/native-smt.js';
import { pigeons } from '../support/scripts.js';
import { tightTask, tightTemplateTask } from '../support/tight.js';

const seconds = 20;

/** The layer on the first arrangement; with limits as the whole program. */
function scriptOf(task: Task): Script {
  const [a] = task.architectures;
  const { layer, conventions, goal } = task;
  const menu = padTo(task.padding);
  const { program } =
    Object.keys(goal.limits).length === 0
      ? encodeFit(a!, layer, conventions, menu)
      : encode(a!, layer, {
          conventions,
          goal,
          padding: menu,
          cycles: { min: minCycles(task, a!), max: beyondAny(task, a!) },
        });
  const relaxation = new ExactRelaxation({ ...program, minimize: convex(zero, []) }, { scale: 1, max: 1 });
  return layerScript({ layer, architecture: a!, relaxation, variables: program.variables.length, excluded: [] }).script;
}

const onSimba = (
  layer: Task['layer'],
  change: Partial<typeof simba> = {},
  limits: Task['goal']['limits'] = {},
): Task => ({
  architectures: lowerTemplate({ ...simba, ...change }, technology16nm),
  layer,
  padding: false,
  conventions: magnetConventions,
  goal: { objective: 'energy', limits },
});
const conv = makeLayer('conv', { K: 128, C: 128, P: 28, Q: 28, R: 3, S: 3 }, { pool: [2, 2] });
const x = symbol('x');

const small: readonly Script[] = [
  pigeons(5),
  {
    title: [],
    declarations: [
      { name: 'x', sort: 'Int' },
      { name: 'r', sort: 'Real' },
    ],
    assertions: [
      { name: 'a', term: equal(sum(x, times(number(rational(1n, 3n)), symbol('r'))), number(rational(1n, 2n))) },
      { name: 'b', term: less(number(10), x) },
    ],
  },
  {
    title: [],
    declarations: [{ name: 'x', sort: 'Int' }],
    assertions: [{ name: 'odd', term: equal(times(number(2), x), number(7)) }],
  },
  {
    title: [],
    declarations: [
      { name: 'x', sort: 'Real' },
      { name: 'b', sort: 'Bool' },
    ],
    assertions: [
      { term: atLeast(ifThenElse(symbol('b'), x, number(0)), number(1)) },
      { name: 'c', term: atMost(x, number(1)) },
    ],
  },
];
const layers: readonly Script[] = [
  ...[
    onSimba(conv),
    onSimba(conv, { accumBuffer: bits(3 * 8 * 24) }),
    onSimba(conv, { biasLines: 4 }),
    onSimba(makeLayer('fc', { K: 1000, C: 2048 })),
    onSimba(makeLayer('fc', { K: 64, C: 64 }), {}, { latency: 10 }),
  ].map(scriptOf),
  ...fc.sample(tightTask, { seed: 3, numRuns: casesOf('scripts') }).map(scriptOf),
  ...fc.sample(tightTemplateTask, { seed: 3, numRuns: casesOf('scripts') }).map(scriptOf),
];

describe.each(nativeSolvers)('%s', async (solver) => {
  const installed = await isInstalled(solver);
  if (!installed) console.log(`${solver} is not installed: not asked`);
  test.skipIf(!installed)('never says the opposite', { timeout: 1_800_000 }, async () => {
    const count = { sat: 0, unsat: 0, none: 0, open: 0 };
    for (const script of [...small, ...layers]) {
      const text = printScript(script, { check: true });
      const ours = await solveScript(script, { seconds });
      const { status, errors } = await askNative(solver, text, seconds);
      expect(errors, text).toEqual([]);
      if (ours.status === 'unknown') count.open++;
      else {
        count[status]++;
        if (status !== 'none') expect(status, text).toBe(ours.status);
      }
    }
    console.log(
      `${solver}: ${count.sat} sat and ${count.unsat} unsat as here; ${count.none} without an answer there, ${count.open} here`,
    );
    expect(count.sat).toBeGreaterThan(5);
    expect(count.unsat).toBeGreaterThan(5);
    expect(count.none + count.open).toBeLessThan((small.length + layers.length) / 4);
  });
});
