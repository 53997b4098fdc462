// What `magnet worker` can be asked for.

import * as types from '../interchange/value-types.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { shared } from './shared.js';

export const workerVerb = defineVerb({
  name: 'worker',
  summary: 'work for the batches, co-designs and comparisons that hand their tasks to a queue with --queue',
  arguments: [],
  options: {
    queue: {
      ...shared.queue,
      help: 'where tasks come from: a Redis, redis://host:port, or rediss:// over TLS',
      required: true,
    },
    workers: { ...shared.workers, help: 'tasks at a time' },
    memory: {
      type: types.memory,
      help: 'heap of each thread, such as 512MB or 2GB; a task that needs more is tried elsewhere',
      usually: 'as Node decides',
      changesAnswer: false,
      example: '2GB',
    },
    idle: {
      type: types.duration,
      help: 'end when there was nothing to do for so long',
      usually: 'it works until Ctrl-C',
      changesAnswer: false,
      example: '10min',
    },
    quiet: shared.quiet,
  },
  notes: [
    'It needs the packages bullmq and ioredis: npm install bullmq ioredis. On Ctrl-C and SIGTERM it gives back what is at ' +
      'work. Exit codes: 0 nothing to do any more; 3 bad input, no queue, or tasks of another version of magnet; 130 interrupted.',
  ],
  examples: ['worker --queue redis://127.0.0.1:6379', 'worker --queue rediss://queue.example --workers 4 --idle 10min'],
});

export type WorkerOptions = OptionsOf<typeof workerVerb>;
