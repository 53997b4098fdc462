// A worker on a queue with the tasks of tests, in a process of its own: `node queue-worker.mjs URL VERSION`.

import { openQueueWorker } from '../../dist/pool/queue/open-queue.js';
import { poolTasks } from './pool-tasks.mjs';

const [url, version] = process.argv.slice(2);
const opened = await openQueueWorker(url, [poolTasks], {
  version,
  pid: process.pid,
  width: 1,
  memory: undefined,
  notice: () => {},
});
if (!opened.ok) throw new Error(opened.diagnostics[0]?.message);
process.send?.('ready');
