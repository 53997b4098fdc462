// Certificates of real layers, and the ways to ask for one.

import { describe, expect, test } from 'vitest';
import { certifyCase, certifyPage } from '../../benchmarks/certify/page.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { LinearOracle } from '../../src/program/linear-oracle.js';
import { highsOracle } from '../../src/milp/linear-highs.js';
import type { Answer, Task } from '../../src/search/strategy.js';
import { certify } from '../../src/tuner/certify.js';
import * as certifyTasks from '../../src/tuner/certify-task.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { mapNetwork, solveHere } from '../../src/tuner/map-network.js';
import { resnet50 } from '../../src/workloads/networks/resnet50.js';

const now = () => performance.now();
const budget = { time: 60, evaluations: Infinity, gap: 1e-4, seed: 1, now };
const task: Task = {
  architectures: lowerTemplate(simba, technology16nm),
  layer: resnet50.network.layers.at(-1)!.layer,
  conventions: magnetConventions,
  goal: { objective: 'edp', limits: {} },
  padding: true,
};

describe('the last layer of ResNet-50 on simba', () => {
  let answer: Answer;
  test('is certified to 0.1 %', { timeout: 180_000 }, async () => {
    answer = await mapLayer(task, 'auto', budget);
    const told = await certify(task, answer, { eps: 1e-3, time: 60, now });
    expect(told).toMatchObject({ status: 'certified', reason: undefined, target: 1e-3 });
    expect(told.eps).toBeLessThanOrEqual(1e-3);
    expect(told.eps).toBeGreaterThanOrEqual(0);
  });

  test('says so from a task for a worker, whose input and answer survive the way', { timeout: 60_000 }, async () => {
    const { status, best } = answer;
    const news: number[] = [];
    const told = await certifyTasks.certifyTask(
      structuredClone({ task, answer: { status, best }, budget: { eps: 1e-3, time: 60 } }),
      (eps) => news.push(eps),
    );
    expect(structuredClone(told)).toMatchObject({ status: 'certified' });
    for (const eps of news) expect(eps).toBeLessThanOrEqual(1);
  });

  test('is not certified by an oracle that lies: it is believed in nothing', { timeout: 60_000 }, async () => {
    // Everything is empty, it says, and any ray will do; or everything is worth a lot.
    const liar = (
      lie: (rows: number) => ReturnType<Awaited<ReturnType<LinearOracle['open']>>['solve']>,
    ): LinearOracle => ({
      name: 'liar',
      async open(milp) {
        const model = await highsOracle.open(milp);
        return { ...model, solve: () => lie(milp.rows.length) };
      },
    });
    const { status, best } = answer;
    for (const oracle of [
      liar((n) => ({ status: 'infeasible', ray: new Float64Array(n).fill(1) })),
      liar((n) => ({
        status: 'optimal',
        value: 2,
        point: new Float64Array(2000),
        duals: new Float64Array(n).fill(0.1),
      })),
      liar(() => ({ status: 'failed', reason: 'no reason' })),
    ]) {
      const told = await certify(task, { status, best }, { eps: 1e-3, time: 1, now, oracle });
      expect(told.status).toBe('open');
      expect(told.reason).toBeDefined();
    }
  });

  test('is refuted where the best is not the best', { timeout: 60_000 }, async () => {
    const best = { ...answer.best!, objective: answer.best!.objective * 1.02 };
    const told = await certify(task, { status: 'optimal', best }, { eps: 1e-3, time: 60, now });
    expect(told.status).toBe('refuted');
    const why = told.reason?.kind === 'better' ? told.reason : undefined;
    expect(why).toMatchObject({ claimed: best.objective });
    expect(why!.value).toBeLessThan(best.objective * (1 - 1e-3));
  });
});

test(
  'a network is certified layer by layer as it is mapped, by default in this thread',
  { timeout: 60_000 },
  async () => {
    const network = { ...resnet50.network, layers: resnet50.network.layers.slice(-1) };
    const events: string[] = [];
    const [result] = await mapNetwork(
      { ...task, network, gap: 0.01, timeLimit: 30, seed: 1, solver: 'auto', certify: { eps: 0.05, time: 30 } },
      { now, width: 1, solve: solveHere(now), event: (e) => events.push(e.kind), stopped: () => false },
    );
    expect(result!.certificate).toMatchObject({ status: 'certified', target: 0.05 });
    expect(events.filter((e) => e !== 'progress' && e !== 'certifying')).toEqual(['started', 'mapped', 'finished']);
  },
);

test('a layer without a mapping is not certified, and why', async () => {
  expect(await certify(task, { status: 'unknown', best: undefined }, { eps: 1e-3, time: 1, now })).toMatchObject({
    status: 'open',
    eps: null,
    reason: { kind: 'nothing-to-certify' },
  });
});

test('the benchmark asks for what is promised, and its page says what was proven', () => {
  expect(certifyCase.command).toEqual(expect.arrayContaining(['resnet50', 'simba', '--certify']));
  const certificate = { status: 'certified', eps: 9e-4, seconds: 2, leaves: 1200, reason: '' } as const;
  const page = certifyPage({
    command: ['map'],
    seconds: 10,
    machine: { cpu: 'c', cores: 2, node: 'v20', loadBefore: 0 },
    commit: 'x',
    layers: [
      { name: 'fc', status: 'optimal', objective: 12345, gap: 1e-5, seconds: 1, certificate },
      {
        name: 'b',
        status: 'unknown',
        objective: null,
        gap: null,
        seconds: 1,
        certificate: { ...certificate, status: 'open', eps: null, reason: 'no time' },
      },
    ],
  });
  expect(page).toContain('1 of 2 layers certified. 10 s of wall time');
  expect(page).toContain('| fc | 1.2345e+4 | 0.001 % | 1.0 | certified | 0.090 % | 1,200 | 2.0 |');
  expect(page).toContain('| b | - | - | 1.0 | open: no time | - | 1,200 | 2.0 |');
});
