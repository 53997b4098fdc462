// One of the processes that work for a benchmark, see processes.ts.

import type { TaskModule } from '../src/pool/tasks.js';
import type { Answer, Task } from './processes.js';

type Tasks = Record<string, (input: unknown) => unknown>;

process.on('message', ({ url, name, task, input }: Task) => {
  const send = (answer: Answer) => void process.send?.(answer);
  (import(url) as Promise<Readonly<Record<string, TaskModule<Tasks>>>>)
    .then(async (module) => send({ answer: await (await module[name]!.tasks[task]!.load())(input, () => {}) }))
    .catch((cause: Error) => send({ error: cause.message }));
});
