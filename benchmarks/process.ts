// One of the processes that work for a benchmark, see processes.ts.

import type { Answer, Task } from './processes.js';

process.on('message', ({ url, name, input }: Task) => {
  const tell = (answer: Answer) => void process.send?.(answer);
  (import(url) as Promise<Readonly<Record<string, (input: unknown) => unknown>>>)
    .then(async (module) => tell({ answer: await module[name]!(input) }))
    .catch((cause: Error) => tell({ error: cause.message }));
});
