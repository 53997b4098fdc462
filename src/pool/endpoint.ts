// Comlink over Node's worker threads.

import type { MessagePort, Worker } from 'node:worker_threads';
import type { Endpoint } from 'comlink';
// Comlink's adapter ships without types for ES modules.
import adapter from 'comlink/dist/umd/node-adapter.js';

export const nodeEndpoint = (port: MessagePort | Worker): Endpoint =>
  (adapter as unknown as (p: MessagePort | Worker) => Endpoint)(port);
