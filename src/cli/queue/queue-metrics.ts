// What a queue is doing, for people as a line now and then, and for Prometheus as a file that its collectors read.

import { counted } from '../../base/text.js';
import type { QueueFigures } from '../../pool/queue/queue-runner.js';
import type { WorkerFigures } from '../../pool/queue/protocol.js';

interface Metric {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

/** Prometheus' text format. */
export const metricsText = (figures: QueueFigures): string => metricsOf(figures).map(printed).join('');

function metricsOf({ workers, handed, held, answered, setAside, again }: QueueFigures): readonly Metric[] {
  const one = (kind: Metric['kind'], name: string, help: string, value: number): Metric => ({
    name: `magnet_${name}`,
    kind,
    help,
    values: [[{}, value]],
  });
  const each = (
    kind: Metric['kind'],
    name: string,
    help: string,
    value: (worker: WorkerFigures) => number,
  ): Metric => ({
    name: `magnet_worker_${name}`,
    kind,
    help,
    values: workers.map((w) => [{ host: w.host, pid: String(w.pid), version: w.version }, value(w)]),
  });
  return [
    one('gauge', 'workers', 'Workers on the queue.', workers.length),
    one('gauge', 'tasks_handed', 'Tasks of this run in the queue or with a worker.', handed),
    one('gauge', 'tasks_held', 'Tasks of this run that have no place in the queue yet.', held),
    one('counter', 'tasks_answered_total', 'Tasks of this run that are answered.', answered),
    one('counter', 'tasks_set_aside_total', 'Tasks of this run that lost their worker too often.', setAside),
    one('counter', 'tasks_again_total', 'Times that a task was handed over again.', again),
    each('gauge', 'width', 'Tasks at a time.', (w) => w.width),
    each('gauge', 'active', 'Tasks at work.', (w) => w.active),
    each('counter', 'tasks_done_total', 'Tasks done since the worker began, of all runs.', (w) => w.done),
    each('counter', 'tasks_failed_total', 'Tasks that failed since the worker began.', (w) => w.failed),
    each('counter', 'busy_seconds_total', 'Seconds that its threads were at work, added up.', (w) => w.busySeconds),
  ];
}

const printed = ({ name, kind, help, values }: Metric): string =>
  values.length === 0
    ? ''
    : [
        `# HELP ${name} ${help}\n`,
        `# TYPE ${name} ${kind}\n`,
        ...values.map(([labels, value]) => `${name}${labelsText(labels)} ${value}\n`),
      ].join('');

function labelsText(labels: Readonly<Record<string, string>>): string {
  const said = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`,
  );
  return said.length === 0 ? '' : `{${said.join(',')}}`;
}

/** `4 workers, 12.3 tasks/s (a/17 6.2, b/9 6.1), 64 in the queue, 120 held`: rates since `before`, `seconds` ago. */
export function figuresLine(now: QueueFigures, before: QueueFigures, seconds: number): string {
  const doneBefore = new Map(before.workers.map((w) => [w.id, w.done]));
  // One that has just come began with none.
  const rates = now.workers.map((w) => (w.done - (doneBefore.get(w.id) ?? 0)) / seconds);
  const each = now.workers.map((w, i) => `${w.host}/${w.pid} ${rateText(rates[i] ?? 0)}`);
  return [
    `${counted(now.workers.length, 'worker')}, ${rateText((now.answered - before.answered) / seconds)} tasks/s` +
      (each.length > 0 ? ` (${each.slice(0, maxNamed).join(', ')}${each.length > maxNamed ? ', ...' : ''})` : ''),
    `${now.handed} in the queue or at work`,
    ...(now.held > 0 ? [`${now.held} held`] : []),
    ...(now.again > 0 ? [`${now.again} handed over again`] : []),
    ...(now.setAside > 0 ? [`${now.setAside} set aside`] : []),
  ].join(', ');
}

/** Workers that a line has room for. */
const maxNamed = 8;
export const rateText = (rate: number): string => (rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2));
