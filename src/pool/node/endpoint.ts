// Comlink over Node's worker threads.

import type { MessagePort, Worker } from 'node:worker_threads';
import type { Endpoint } from 'comlink';
import adapter from 'comlink/dist/umd/node-adapter.js';

export const nodeEndpoint = (port: MessagePort | Worker): Endpoint => adapter(port);
