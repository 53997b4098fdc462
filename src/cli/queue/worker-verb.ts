// `magnet worker`: tasks of a queue done in threads of this machine, until somebody ends it.

import process from 'node:process';
import { counted } from '../../base/text.js';
import type { WorkerOptions } from '../../options/worker-table.js';
import { openQueueWorker } from '../../pool/queue/open-queue.js';
import type { AnyModule } from '../../pool/queue/queue-worker.js';
import { durationText } from '../../report/tables/quantities.js';
import { tunerTasks } from '../../tuner/tuner-tasks.js';
import { complain } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { noticeOn } from './on-queue.js';

/** Milliseconds between two looks at whether there is anything to do. */
const look = 500;

export async function worker(io: Io, options: WorkerOptions): Promise<ExitCode> {
  const { queue, workers = io.cpus, memory, idle = Infinity, quiet = false } = options;
  const interruption = listen(io);
  try {
    const opened = await openQueueWorker(queue, [tunerTasks as unknown as AnyModule], {
      version: io.version,
      pid: process.pid,
      width: workers,
      memory,
      notice: noticeOn(io),
    });
    if (!opened.ok) return complain(io, opened.diagnostics);
    const at = opened.value;
    const say = (line: string) => {
      if (!quiet) io.err(`${line}\n`);
    };
    say(`working for ${at.shown}, ${counted(workers, 'task')} at a time; Ctrl-C ends it`);
    let over = () => {};
    const idled = new Promise<void>((resolve) => (over = resolve));
    const timer = setInterval(() => {
      if (at.idleSeconds() >= idle) over();
    }, look);
    await Promise.race([interruption.happening, idled]);
    clearInterval(timer);
    await at.close();
    const { done, seconds } = at.figures();
    say(`${counted(done, 'task')} done in ${durationText(seconds)}`);
    return interruption.happened() ? exit.interrupted : exit.done;
  } finally {
    interruption.release();
  }
}
