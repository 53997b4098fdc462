// `magnet batch` and `magnet merge`: many jobs in one run or several, on one machine or several, each job once.

import { counted } from '../../base/text.js';
import { got } from '../../base/invariant.js';
import { parsed } from '../../base/diagnostics.js';
import type { Parsed } from '../../base/diagnostics.js';
import { makeCache } from '../../batch/cache.js';
import type { Disk } from '../../batch/batch-disk.js';
import type { Plan, Summary } from '../../batch/batch-job.js';
import type { Journal } from '../../batch/journal.js';
import { openJournal } from '../../batch/journal.js';
import { claimOutput } from '../../batch/lock.js';
import { mergeParts } from '../../batch/merge.js';
import { runJobs } from '../../batch/run-batch.js';
import { parseShard, shardOf } from '../../batch/shard.js';
import type { BatchHeader } from '../../results/batch-result.js';
import { batchSchema } from '../../results/batch-result.js';
import { batchCounts, batchTable } from '../../report/tables/batch-table.js';
import type { BatchOptions } from '../../options/batch-tables.js';
import { batchVerb } from '../../options/batch-tables.js';
import type { Runner } from '../../pool/tasks.js';
import { SetAside } from '../../pool/tasks.js';
import type { TunerTasks } from '../../tuner/tuner-tasks.js';
import { planBatch } from './plan.js';
import { makeBatchProgress } from './batch-progress.js';
import { nodeDisk } from './node-disk.js';
import { checkTarget, complain, reasonOf } from '../files.js';
import type { Interruption } from '../interruption.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { openTasks } from '../workers.js';
import type { Workers } from './kind.js';

/** On a queue at least so many parts are handed over: workers may still come. */
const leastHanded = 64;

export async function batch(io: Io, given: string, options: BatchOptions): Promise<ExitCode> {
  if (options.slurm !== undefined)
    return (await import('./slurm-verb.js')).slurm(io, given, { ...options, slurm: options.slurm });
  if (options.queue === undefined)
    return batchOn(io, given, options, openTasks(options.workers ?? io.cpus, options.memory));
  const { onQueue } = await import('../queue/on-queue.js');
  const asked = { verb: batchVerb, given: [given], options, url: options.queue };
  const width = (threads: number) => options.workers ?? Math.max(leastHanded, 2 * threads);
  return onQueue(io, { ...asked, width }, (runner, own) => batchOn(own, given, options, runner));
}

async function batchOn(
  io: Io,
  given: string,
  options: BatchOptions,
  engine: Workers & Pick<Runner<TunerTasks>, 'close'>,
): Promise<ExitCode> {
  const disk = nodeDisk();
  let interruption: Interruption | undefined;
  try {
    if (options.out === '-')
      return complain(io, [
        {
          code: 'conflict',
          path: [],
          message: '--out -: a batch reads its results back to go on from them; name a file',
        },
      ]);
    const shard = options.shard === undefined ? parsed(undefined) : parseShard(options.shard);
    if (!shard.ok) return complain(io, shard.diagnostics);
    const planned = await planBatch(io, given, engine);
    if (!planned.ok) return complain(io, planned.diagnostics);
    const { plans, digest, repeated, understood } = planned.value;
    for (const line of understood) io.err(`${line}\n`);
    if (repeated > 0 && !options.quiet)
      io.err(
        `${counted(repeated, 'job asks', 'jobs ask')} what another one asks, and ${repeated === 1 ? 'is' : 'are'} left out\n`,
      );
    const mine = shard.value ? shardOf(plans, shard.value) : plans;
    const header: BatchHeader = {
      schema: batchSchema,
      magnet: io.version,
      digest,
      jobs: plans.length,
      shard: shard.value ?? null,
      asked: mine.map(({ index, key, label }) => ({ job: index, key, label })),
    };
    // Before there is a lock or a line of a file: whoever sees one may stop the batch, and finds it in order.
    const heard = listen(io);
    interruption = heard;
    return await held(io, disk, options.out, () => work(io, disk, engine, heard, mine, header, options));
  } finally {
    interruption?.release();
    await engine.close();
  }
}

/** Does something while no other process writes the file; what the disk refuses ends it. */
async function held(io: Io, disk: Disk, out: string, act: () => Promise<ExitCode> | ExitCode): Promise<ExitCode> {
  let release = () => {};
  try {
    const claimed = claimOutput(disk, out);
    if (!claimed.ok) return complain(io, claimed.diagnostics);
    release = claimed.value;
    return await act();
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
    return complain(io, [
      {
        code: 'unwritable',
        path: [],
        message: `cannot write ${out}: ${reasonOf(error)}; what is finished is in it, and the same command continues from there`,
      },
    ]);
  } finally {
    release();
  }
}

async function work(
  io: Io,
  disk: Disk,
  engine: Workers,
  interruption: Interruption,
  plans: readonly Plan[],
  header: BatchHeader,
  { out, retry, quiet = false }: BatchOptions,
): Promise<ExitCode> {
  const opened = openAt(disk, out, plans, header, retry ?? false);
  if (!opened.ok) return complain(io, opened.diagnostics);
  const { journal, cache, left } = opened.value;
  const before = plans.length - left.length;
  if (!quiet) {
    if (journal.mended) io.err(`${out}: its last line was torn, and is cut off\n`);
    if (before > 0) io.err(`${out}: ${before} of ${counted(plans.length, 'job')} are finished already\n`);
  }
  const progress = makeBatchProgress(io, left, before, plans.length, quiet);
  try {
    const all = runJobs(left, {
      width: engine.width,
      cache,
      begun: progress.begun,
      solved: journal.part,
      done: progress.done,
      finished(plan, outcome) {
        journal.job(plan, outcome);
        progress.finished(plan, outcome);
      },
      stopped: interruption.happened,
      isFinal: (error) => error instanceof SetAside,
    });
    // What fails after Ctrl-C fails because its worker is ended: that is no news then.
    all.catch(() => {});
    await Promise.race([all, interruption.happening]);
    progress.end();
    if (interruption.happened()) {
      io.err(
        `interrupted: ${journal.ended.size} of ${counted(plans.length, 'job')} are finished; the same command goes on with the rest\n`,
      );
      return exit.interrupted;
    }
    journal.complete();
    return report(
      io,
      plans.map((p) => got(journal.ended, p.index)),
    );
  } finally {
    progress.end();
    journal.close();
  }
}

interface Opened {
  readonly journal: Journal;
  readonly cache: ReturnType<typeof makeCache>;
  readonly left: readonly Plan[];
}

/** Answers of parts come before their jobs in the file, so which are still wanted is known only when it has been read. */
function openAt(disk: Disk, out: string, plans: readonly Plan[], header: BatchHeader, retry: boolean): Parsed<Opened> {
  const everyone = makeCache(plans);
  const opened = openJournal(
    disk,
    out,
    header,
    ({ part, answer }) => everyone.put(part, answer),
    (s) => retry && s.status === 'failed',
  );
  if (!opened.ok) return opened;
  const journal = opened.value;
  for (const plan of plans) if (journal.ended.has(plan.index)) everyone.release(plan);
  return parsed({ journal, cache: everyone, left: plans.filter((p) => !journal.ended.has(p.index)) });
}

function report(io: Io, ended: readonly Summary[]): ExitCode {
  if (ended.length > 0) io.out(`${batchTable(ended)}\n\n`);
  io.out(`${batchCounts(ended)}\n`);
  for (const { label, status, reason } of ended) if (status === 'failed') io.err(`${label} failed ${reason}\n`);
  return ended.every((s) => s.settled) ? exit.done : exit.unsettled;
}

export function merge(io: Io, out: string, parts: readonly string[]): Promise<ExitCode> {
  const target = checkTarget(io, out);
  if (!target.ok) return Promise.resolve(complain(io, target.diagnostics));
  const disk = nodeDisk();
  return held(io, disk, out, () => {
    const merged = mergeParts(disk, out, parts);
    return merged.ok ? report(io, merged.value) : complain(io, merged.diagnostics);
  });
}
