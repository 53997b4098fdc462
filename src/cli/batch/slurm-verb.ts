// `magnet batch --slurm`: writes the script of an array job, and does nothing else.

import process from 'node:process';
import { refuse } from '../../base/diagnostics.js';
import { counted } from '../../base/text.js';
import type { BatchOptions } from '../../options/batch-tables.js';
import { checkTargets, complain, writeText } from '../files.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { openTasks } from '../workers.js';
import { planBatch } from './plan.js';
import { partsOf, slurmScript } from './slurm-script.js';

export async function slurm(
  io: Io,
  given: string,
  options: BatchOptions & { readonly slurm: string },
): Promise<ExitCode> {
  const { out, slurm: file, workers = 2, memory = 2048, shards = 8, taskTime = 4 * 3600 } = options;
  const piped = [given, out].includes('-')
    ? refuse('conflict', [], '--slurm: every task reads the jobs and writes a part; name files for both')
    : checkTargets(io, { '--slurm': file, '--out': out }, [given]);
  if (!piped.ok) return complain(io, piped.diagnostics);
  const engine = openTasks(1, undefined);
  try {
    // A fault is told now, and not by every task.
    const planned = await planBatch(io, given, engine);
    if (!planned.ok) return complain(io, planned.diagnostics);
    const { plans, understood } = planned.value;
    for (const line of understood) io.err(`${line}\n`);
    const job = { jobs: given, out, shards: Math.min(shards, plans.length), workers, memory, time: taskTime };
    const magnet = [process.execPath, ...process.argv.slice(1, 2)];
    const written = writeText(io, file, slurmScript({ ...job, magnet, folder: process.cwd() }));
    if (!written.ok) return complain(io, written.diagnostics);
    const what = `${counted(plans.length, 'job', 'jobs')} in ${counted(job.shards, 'task', 'tasks')}`;
    io.err(`${what}: sbatch ${file}; then magnet merge ${out} ${partsOf(job)}\n`);
    return exit.done;
  } finally {
    await engine.close();
  }
}
