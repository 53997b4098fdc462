// Comlink's adapter to Node as an ES module has it: its own types are those of the CommonJS build.

declare module 'comlink/dist/umd/node-adapter.js' {
  import type { MessagePort, Worker } from 'node:worker_threads';
  import type { Endpoint } from 'comlink';

  export default function nodeEndpoint(port: MessagePort | Worker): Endpoint;
}
