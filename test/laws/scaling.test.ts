// The simulation of co-designs over machines: it answers what a search over as many workers answers, and its clock adds up.

import { expect, test } from 'vitest';
import { scalingOf } from '../../benchmarks/queue/scaling-study.js';
import { scalingPage } from '../../benchmarks/queue/scaling-page.js';
import { Measured } from '../../benchmarks/queue/virtual-workers.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { forNetworks } from '../../src/model/space/design-space.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import { shapesHere } from '../../src/tuner/codesign/shapes-here.js';

const layers = [
  makeLayer('conv', { K: 32, C: 16, P: 6, Q: 6, R: 3, S: 3 }),
  makeLayer('vector by matrix', { K: 64, C: 64 }),
].map((layer) => ({ layer, count: 1 }));
const network = { name: 'two', source: 'a test', layers, unmapped: [] };
const request: CodesignRequest = {
  networks: [{ network, weight: 1 }],
  space: forNetworks(
    spaces.find((s) => s.name === 'magnet-quick')!,
    [network],
  ),
  technology: technology16nm,
  conventions: magnetConventions,
  objective: 'edp',
  limits: { area: 3 },
  padding: true,
  gap: 0.1,
  timeLimit: 1e6,
};

test('answers are those of a search over as many workers, and its times add up', { timeout: 240_000 }, async () => {
  const costs = { lead: 2, way: 3 };
  const measured = new Measured(shapesHere);
  const rows = await scalingOf(codesign, request, measured, costs, [1, 3, 50]);
  for (const r of rows) {
    const real = await codesign(request, {
      now: () => performance.now(),
      width: r.workers,
      shapes: shapesHere,
      stopped: () => false,
      progress: () => {},
    });
    expect(r).toMatchObject({
      status: 'optimal',
      objective: real.best!.objective,
      bound: real.bound,
      nodes: real.nodes,
    });
    expect(r.tasks).toBeLessThanOrEqual(rows.at(-1)!.tasks);
    expect(r.wall * r.workers).toBeGreaterThanOrEqual(r.busy - 1e-6);
    expect(r.wall).toBeGreaterThanOrEqual(Math.max(r.lead, r.longest));
    expect(r.lead).toBeGreaterThanOrEqual(costs.lead * r.tasks - 1e-6);
    expect(r.behind).toBeLessThanOrEqual(r.busy);
    // One after the other nothing overlaps but what the one who leads does beside. Sums are rounded.
    if (r.workers === 1) expect(r.wall).toBeLessThanOrEqual(r.busy + r.lead + 2 * costs.way * r.tasks + 1e-6);
  }
  // Each question once, however many asked it.
  expect(measured.tasks).toBeLessThan(rows.reduce((sum, r) => sum + r.tasks, 0));
  const again = await scalingOf(codesign, request, measured, costs, [3], rows[0]!.begin);
  expect(again[0]!.tasks).toBe(rows[1]!.tasks);
  // Who has which tables hangs on how fast this process leads just now; all else was measured once.
  const without = ({ busy, tables }: (typeof rows)[number]) => busy - tables;
  expect(without(again[0]!)).toBeCloseTo(without(rows[1]!), 3);
  const provenance = { command: 'it', machine: 'this', load: 3, commit: 'now' };
  const page = scalingPage([{ name: 'two', question: 'asked', rows, checked: [] }], costs, provenance);
  expect(page).toContain('load 3.0');
  expect(page).toMatch(/^\| 50 \| /m);
});
