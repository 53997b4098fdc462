// `--queue URL`: the tasks of a verb are done by whoever works on a queue.

import { hostname } from 'node:os';
import { printDiagnostic } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import { digest } from '../../base/digest.js';
import type { AnyVerb } from '../../options/option.js';
import type { QueueRunner } from '../../pool/queue/queue-runner.js';
import type { TunerTasks } from '../../tuner/tuner-tasks.js';
import { tunerTasks } from '../../tuner/tuner-tasks.js';
import { complain, writeFile } from '../files.js';
import type { ExitCode, Io } from '../io.js';
import { figuresLine, metricsText } from './queue-metrics.js';
import { queueTable } from './queue-table.js';
import type { Screen } from './screen.js';
import { openScreen } from './screen.js';

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
  act: (runner: QueueRunner<TunerTasks>, io: Io) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { openQueueRunner } = await import('../../pool/queue/open-queue.js');
  const asked = Object.entries(options).filter(([name]) => !aside.includes(name));
  const screen = io.columns === undefined || options.quiet ? undefined : openScreen(io, io.columns);
  const own = screen?.io ?? io;
  const opened = await openQueueRunner(url, tunerTasks, {
    version: io.version,
    // One that was killed and is started again has the same, and with it what is done of its tasks.
    owner: digest(JSON.stringify([hostname(), verb.name, given, asked])),
    width,
    notice: noticeOn(own),
  });
  if (!opened.ok) return complain(own, opened.diagnostics);
  const runner = opened.value;
  const ends = [watch(own, runner, options), screen ? show(screen, runner) : say(own, runner, options)];
  try {
    return await act(runner, own);
  } finally {
    for (const end of ends) end();
    await runner.close();
  }
}

/** Milliseconds between two writings of metrics, between two lines on how it goes, and between two drawings of the table. */
const [written, said, drawn] = [2000, 30_000, 1000];
/** Drawings that the rates of a table are of. */
const recent = 10;

/** Metrics as a file, where one is asked for. The returned function ends it, with the last figures. */
function watch(io: Io, runner: QueueRunner<TunerTasks>, { metrics }: Queued['options']): () => void {
  if (metrics === undefined) return () => {};
  const notice = noticeOn(io);
  let warned = false;
  const write = () => {
    const done = writeFile(io, metrics, metricsText(runner.figures()));
    // A disk that is full for a while ends no run.
    if (!done.ok && !warned)
      for (const d of done.diagnostics) notice(`warning: ${printDiagnostic(d)}; the run goes on`);
    warned ||= !done.ok;
  };
  const timer = setInterval(write, written);
  return () => {
    clearInterval(timer);
    write();
  };
}

/** Where there is no terminal: a line now and then. */
function say(io: Io, runner: QueueRunner<TunerTasks>, { quiet = false }: Queued['options']): () => void {
  let before = runner.figures();
  const timer = setInterval(() => {
    const now = runner.figures();
    if (!quiet) noticeOn(io)(figuresLine(now, before, said / 1000));
    before = now;
  }, said);
  return () => clearInterval(timer);
}

/** On a terminal: a table that is drawn every second. */
function show(screen: Screen, runner: QueueRunner<TunerTasks>): () => void {
  const figures = [runner.figures()];
  const timer = setInterval(() => {
    figures.push(runner.figures());
    if (figures.length > recent) figures.shift();
    screen.draw(queueTable(runner.figures(), nth(figures, 0), ((figures.length - 1) * drawn) / 1000));
  }, drawn);
  return () => {
    clearInterval(timer);
    screen.end();
  };
}

/** A line of its own, whatever is drawn on the terminal. */
export const noticeOn =
  (io: Io) =>
  (line: string): void =>
    io.err(`${io.columns === undefined ? '' : '\r\u001b[K'}${line}\n`);
