// Both ends of a queue, opened by its address.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { TaskModule } from '../tasks.js';
import { parseAddress } from './address.js';
import { openLink } from './link.js';
import { workersIn } from './presence.js';
import type { QueueRunnerOptions } from './queue-runner.js';
import { QueueRunner } from './queue-runner.js';
import type { AnyModule, QueueWorkerOptions } from './queue-worker.js';
import { QueueWorker } from './queue-worker.js';

/** `width`: tasks in the queue at a time, by how many the workers that are there do at a time. */
export async function openQueueRunner<Tasks>(
  url: string,
  module: TaskModule<Tasks>,
  { width, ...options }: Omit<QueueRunnerOptions, 'width'> & { readonly width: (workers: number) => number },
): Promise<Parsed<QueueRunner<Tasks>>> {
  const address = parseAddress(url);
  if (!address.ok) return address;
  const link = await openLink(address.value, options.notice);
  if (!link.ok) return link;
  const there = (await workersIn(link.value.redis)).filter((w) => w.version === options.version);
  const threads = there.reduce((sum, w) => sum + w.width, 0);
  return parsed(await QueueRunner.open(link.value, module, { ...options, width: Math.max(1, width(threads)) }));
}

export async function openQueueWorker(
  url: string,
  tables: readonly AnyModule[],
  options: QueueWorkerOptions,
): Promise<Parsed<QueueWorker>> {
  const address = parseAddress(url);
  if (!address.ok) return address;
  const link = await openLink(address.value, options.notice);
  if (!link.ok) return link;
  const worker = await QueueWorker.open(link.value, tables, options);
  if (!worker.ok) await link.value.end(() => Promise.resolve());
  return worker;
}
