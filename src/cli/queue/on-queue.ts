// `--queue URL`: the tasks of a verb are done by whoever works on a queue.

import { hostname } from 'node:os';
import { digest } from '../../base/digest.js';
import type { AnyVerb } from '../../options/option.js';
import type { QueueRunner } from '../../pool/queue/queue-runner.js';
import type { TunerTasks } from '../../tuner/tuner-tasks.js';
import { tunerTasks } from '../../tuner/tuner-tasks.js';
import { complain } from '../files.js';
import type { ExitCode, Io } from '../io.js';

export interface Queued {
  readonly verb: Pick<AnyVerb, 'name'>;
  readonly given: readonly string[];
  readonly options: object;
  readonly url: string;
  /** Tasks in the queue at a time, by how many its workers do at a time. */
  readonly width: (threads: number) => number;
}

/** Options that the same question may be asked again with. */
const aside = ['queue', 'workers', 'quiet', 'retry', 'metrics', 'timeLimit'];

export async function onQueue(
  io: Io,
  { verb, given, options, url, width }: Queued,
  act: (runner: QueueRunner<TunerTasks>) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { openQueueRunner } = await import('../../pool/queue/open-queue.js');
  const asked = Object.entries(options).filter(([name]) => !aside.includes(name));
  const opened = await openQueueRunner(url, tunerTasks, {
    version: io.version,
    // One that was killed and is started again has the same, and with it what is done of its tasks.
    owner: digest(JSON.stringify([hostname(), verb.name, given, asked])),
    width,
    notice: noticeOn(io),
  });
  if (!opened.ok) return complain(io, opened.diagnostics);
  const runner = opened.value;
  try {
    return await act(runner);
  } finally {
    await runner.close();
  }
}

/** A line of its own, whatever is drawn on the terminal. */
export const noticeOn =
  (io: Io) =>
  (line: string): void =>
    io.err(`${io.columns === undefined ? '' : '\r\u001b[K'}${line}\n`);
