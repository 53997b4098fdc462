// What a queue is doing: every figure, as Prometheus reads it and as a line.

import { expect, test } from 'vitest';
import { figuresLine, metricsText } from '../../src/cli/queue/queue-metrics.js';
import type { WorkerFigures } from '../../src/pool/queue/protocol.js';

const worker = (id: string, done: number, host = 'a'): WorkerFigures => ({
  ...{ id, host, pid: 17, version: '1', width: 2, active: 1 },
  ...{ done, failed: 0, seconds: 60, busySeconds: 40.5 },
});
const figures = {
  workers: [worker('x', 120), worker('y', 30, 'quo"te\\')],
  handed: 8,
  held: 3,
  answered: 150,
  setAside: 1,
  again: 2,
};

test('metrics are lines of Prometheus: each name once said what it is, every label quoted', () => {
  const lines = metricsText(figures).trimEnd().split('\n');
  for (const line of lines)
    expect(line).toMatch(
      /^(# HELP magnet_\w+ .+\.|# TYPE magnet_\w+ (gauge|counter)|magnet_\w+(\{(\w+="([^"\\]|\\.)*",?)+\})? [\d.]+)$/,
    );
  const named = lines.filter((l) => l.startsWith('# TYPE')).map((l) => l.split(' ')[2]);
  expect(new Set(named).size).toBe(named.length);
  expect(lines).toContain('magnet_tasks_answered_total 150');
  expect(lines).toContain('magnet_worker_tasks_done_total{host="a",pid="17",version="1"} 120');
  expect(lines).toContain(String.raw`magnet_worker_busy_seconds_total{host="quo\"te\\",pid="17",version="1"} 40.5`);
  // Without workers there is nothing to say of them, and no empty family.
  expect(metricsText({ ...figures, workers: [] })).not.toContain('magnet_worker_');
});

test('a line has rates since the last one, of those who came since from their beginning', () => {
  const before = { ...figures, workers: [worker('x', 100)], answered: 100 };
  expect(figuresLine(figures, before, 10)).toBe(
    '2 workers, 5.0 tasks/s (a/17 2.0, quo"te\\/17 3.0), 8 in the queue or at work, 3 held, 2 handed over again, 1 set aside',
  );
});
