// What a queue is doing as lines of a terminal: all of it, and each worker, over the last seconds.

import { counted, table } from '../../base/text.js';
import type { QueueFigures } from '../../pool/queue/queue-runner.js';
import { rateText } from './queue-metrics.js';

/** Workers that a terminal has room for. */
const maxRows = 8;

/** Rates since `before`, `seconds` ago; the busiest first. */
export function queueTable(now: QueueFigures, before: QueueFigures, seconds: number): readonly string[] {
  const earlier = new Map(before.workers.map((w) => [w.id, w]));
  const rows = now.workers
    .map((worker) => {
      const { id, host, pid, active, width, done, failed, busySeconds } = worker;
      // One that has just come began with none.
      const since = earlier.get(id);
      const rate = (done - (since?.done ?? 0)) / seconds;
      const busy = (busySeconds - (since?.busySeconds ?? 0)) / (width * Math.min(seconds, Math.max(1, worker.seconds)));
      // What is at work counts when it is done: then all of it at once.
      const share = `${Math.round(100 * Math.min(1, Math.max(busy, 0)))} %`;
      return {
        rate,
        name: `${host}/${pid}`,
        cells: [rateText(rate), `${active}/${width}`, share, String(done), String(failed)],
      };
    })
    .sort((x, y) => y.rate - x.rate || (x.name < y.name ? -1 : 1));
  const shown = rows.slice(0, maxRows).map(({ name, cells }) => [name, ...cells]);
  const headings = ['worker', 'tasks/s', 'at work', 'busy', 'done', 'failed'];
  const right = headings.map((_, i) => i > 0);
  return [
    [
      counted(now.workers.length, 'worker'),
      `${rateText((now.answered - before.answered) / seconds)} tasks/s`,
      `${now.handed} in the queue or at work`,
      `${now.held} held`,
      `${now.answered} done`,
      `${now.setAside} set aside`,
      ...(now.again > 0 ? [`${now.again} handed over again`] : []),
    ].join('  '),
    ...(shown.length > 0 ? table(headings, shown, right).split('\n') : []),
    ...(rows.length > maxRows ? [`and ${rows.length - maxRows} more`] : []),
  ];
}
