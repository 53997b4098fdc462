// Law: whatever energies are, nothing at all, huge, tiny or mixed, every solver keeps its time, and no bound is above a mapping.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseHierarchy } from '../../src/interchange/hierarchy.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Technology } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Answer, Task } from '../../src/search/strategy.js';
import { certify } from '../../src/tuner/certify.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { minimum } from '../../src/tuner/prove/minimum.js';
import { run } from '../cli/run.js';
import { inLong } from '../support/cases.js';

const kinds = {
  zero: [0, 0, 0],
  huge: [1e32, 1e30, 1e29],
  tiny: [1e-28, 1e-30, 1e-31],
  mixed: [1e12, 0, 1e-12],
} as const;
type Kind = keyof typeof kinds;
const layer = makeLayer('conv', { K: 8, C: 8, P: 6, Q: 6, R: 3, S: 3 });
const now = () => performance.now();
const seconds = 1;
/** Where nothing costs anything it is proven at once; elsewhere the clock is what is tested, whatever it says. */
const timeOf = (kind: Kind) => (kind === 'zero' ? seconds : inLong(seconds, 0.3));
/** Seconds on top: machines are busy. What is meant is that nothing hangs. */
const late = 6;

const hierarchy = (kind: Kind): Task['architectures'] => {
  const each = (energy: number) => ({ read: energy, fill: energy, update: energy });
  const [outer, middle, inner] = kinds[kind];
  const read = parseHierarchy({
    name: kind,
    compute: { energyPerOp: inner },
    levels: [
      { name: 'DRAM', wordBits: 8, energyPerVectorAccess: each(outer), readBandwidth: 4 },
      { name: 'Buffer', wordBits: 8, sizeWords: 512, energyPerVectorAccess: each(middle), fanoutX: 4 },
      { name: 'Registers', wordBits: 8, sizeWords: 16, energyPerVectorAccess: each(inner) },
    ],
  });
  if (!read.ok) throw new Error(read.diagnostics[0]!.message);
  return [read.value];
};

const technology = (kind: Kind): Technology => {
  const energies = Object.entries(technology16nm.constants).filter(([name]) => /Energy$|^sramFloor$/.test(name));
  return {
    ...technology16nm,
    name: kind,
    constants: {
      ...technology16nm.constants,
      ...Object.fromEntries(energies.map(([name, c], i) => [name, { ...c, value: kinds[kind][i % 3]! }])),
    },
  };
};

const hierarchies = (kind: Kind): Omit<Task, 'goal'> => ({
  architectures: hierarchy(kind),
  layer,
  conventions: magnetConventions,
  padding: false,
});
const templates = (kind: Kind): Omit<Task, 'goal'> => ({
  architectures: lowerTemplate(simba, technology(kind)),
  layer,
  conventions: magnetConventions,
  padding: false,
  machine: { template: simba, technology: technology(kind) },
});

describe.each(Object.keys(kinds) as Kind[])('energies that are %s', (kind) => {
  test.each([
    ['a hierarchy', hierarchies],
    ['the template', templates],
  ] as const)('on %s', { timeout: 300_000 }, async (_, taskOf) => {
    const time = timeOf(kind);
    for (const objective of inLong(['energy', 'edp'] as const, [kind === 'mixed' ? 'edp' : 'energy'] as const)) {
      const task: Task = { ...taskOf(kind), goal: { objective, limits: {} } };
      const answers: Answer[] = [];
      for (const solver of ['auto', 'highs', 'glpk', 'enumerate', 'annealing', 'random'] as const) {
        const begin = now();
        const answer = await mapLayer(task, solver, { time, evaluations: Infinity, gap: 1e-4, seed: 1, now });
        expect((now() - begin) / 1000, `${solver} ${objective}`).toBeLessThan(time + late);
        expect(answer.bound, `${solver} ${objective}`).toBeGreaterThanOrEqual(0);
        answers.push(answer);
      }
      const best = Math.min(...answers.map((a) => a.best?.objective ?? Infinity));
      expect(best).toBeLessThan(Infinity);
      for (const a of answers) expect(a.bound, a.solver).toBeLessThanOrEqual(best * (1 + 1e-9));
      if (kind === 'zero')
        expect(answers.slice(0, 3).map((a) => [a.status, a.best?.objective])).toEqual(Array(3).fill(['optimal', 0]));
      const begin = now();
      const known = answers.find((a) => a.best?.objective === best)!;
      expect(
        (await certify(task, { status: known.status, best: known.best }, { eps: 1e-3, time, now })).status,
      ).not.toBe('refuted');
      const weights = { both: objective === 'edp' ? 1 : 0, energy: objective === 'energy' ? 1 : 0, cycles: 0 };
      const proven = await minimum(
        { task, machine: undefined, technology: technology16nm, weights },
        { seconds: time, now },
      );
      expect((now() - begin) / 1000).toBeLessThan(2 * (time + late));
      expect(proven.bound).toBeLessThanOrEqual(best * (1 + 1e-9));
    }
  });
});

const data = Object.fromEntries(
  ['tiny.yaml', 'm1.yaml', 'zero.yaml'].map((name) => [
    name,
    readFileSync(new URL(`../cli/data/${name}`, import.meta.url), 'utf8'),
  ]),
);

test.each(['auto', 'highs', 'enumerate', 'exhaustive'])(
  'a technology in which nothing costs anything is mapped at 0 pJ by %s, proven',
  { timeout: 60_000 },
  async (solver) => {
    const { code, out } = await run(
      [
        'map',
        'tiny.yaml',
        '--arch',
        'm1.yaml',
        '--technology',
        'zero.yaml',
        '--objective',
        'energy',
        '--time-limit',
        '5s',
        '--solver',
        solver,
        '-q',
        '--json',
        '-',
      ],
      data,
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ objective: 0, bound: 0, layers: [{ status: 'optimal', gap: 0 }] });
  },
);
