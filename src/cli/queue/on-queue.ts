// `--queue URL`: the tasks of a verb are done by whoever works on a queue.

import { hostname } from 'node:os';
import { printDiagnostic } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import type { AnyVerb } from '../../options/option.js';
import type { QueueRunner } from '../../pool/queue/queue-runner.js';
import type { TunerTasks } from '../../tuner/tuner-tasks.js';
import { tunerTasks } from '../../tuner/tuner-tasks.js';
import { complain, writeFile } from '../files.js';
import type { ExitCode, Io } from '../io.js';
import { figuresLine, metricsText } from './queue-metrics.js';

export interface Queued {
  readonly verb: Pick<AnyVerb, 'name'>;
  readonly given: readonly string[];
  readonly options: { readonly metrics?: string; readonly quiet?: boolean };
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
  const end = watch(io, runner, options);
  try {
    return await act(runner);
  } finally {
    end();
    await runner.close();
  }
}

/** Milliseconds between two writings of metrics, and between two lines on how it goes. */
const [written, said] = [2000, 30_000];

/** The returned function ends it, with the last figures. */
function watch(io: Io, runner: QueueRunner<TunerTasks>, { metrics, quiet = false }: Queued['options']): () => void {
  const notice = noticeOn(io);
  let warned = false;
  const write = () => {
    if (metrics === undefined) return;
    const done = writeFile(io, metrics, metricsText(runner.figures()));
    // A disk that is full for a while ends no run.
    if (!done.ok && !warned)
      for (const d of done.diagnostics) notice(`warning: ${printDiagnostic(d)}; the run goes on`);
    warned ||= !done.ok;
  };
  let before = runner.figures();
  const timers = [
    setInterval(write, written),
    setInterval(() => {
      const now = runner.figures();
      if (!quiet) notice(figuresLine(now, before, said / 1000));
      before = now;
    }, said),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
    write();
  };
}

/** A line of its own, whatever is drawn on the terminal. */
export const noticeOn =
  (io: Io) =>
  (line: string): void =>
    io.err(`${io.columns === undefined ? '' : '\r\u001b[K'}${line}\n`);
