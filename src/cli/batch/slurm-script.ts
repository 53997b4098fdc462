// A batch as an array job of Slurm: a script of the shell that runs as it is, and goes on where it was stopped.

import { basename } from 'node:path';

export interface SlurmJob {
  /** As it is called again: an interpreter and a script, or one command. */
  readonly magnet: readonly string[];
  readonly jobs: string;
  readonly out: string;
  readonly shards: number;
  readonly workers: number;
  /** MB of each worker. */
  readonly memory: number;
  /** Seconds of a task of the array, until it is put into the line again. */
  readonly time: number;
  /** Of the folder that file names count from. */
  readonly folder: string;
}

/** MB of the process that hands out, beside its workers. */
const ownMemory = 1024;
/** Seconds before the end of its time at which a task is told, so that it writes what it has. */
const warning = 60;
/** A task that is stopped so often is none that goes on. */
const maxRestarts = 50;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const stem = (out: string): string => out.replace(/\.jsonl$/, '');

/** What the parts are called, for the shell to find all. */
export const partsOf = ({ out }: Pick<SlurmJob, 'out'>): string => `${stem(out)}.part*.jsonl`;

export function slurmScript(job: SlurmJob): string {
  const { magnet, jobs, out, shards, workers, memory, time, folder } = job;
  const name = basename(stem(out)).replaceAll(/[^\w.-]/g, '_');
  const part = `${quoted(`${stem(out)}.part`)}"$SLURM_ARRAY_TASK_ID.jsonl"`;
  return `#!/bin/bash
# Written by magnet: ${shards} parts of a batch, a task of the array each. sbatch THIS_FILE; then, when squeue shows none of them,
#   magnet merge ${quoted(out)} ${quoted(`${stem(out)}.part`)}*.jsonl
# A task whose time is over, or whose node is lost, is put into the line again and goes on where it was.
#SBATCH --job-name=${name}
#SBATCH --array=1-${shards}
#SBATCH --cpus-per-task=${workers}
#SBATCH --mem=${workers * memory + ownMemory}M
#SBATCH --time=${Math.ceil(time / 60)}
#SBATCH --signal=B:USR1@${warning}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=${name}.part%a.log
set -u
cd ${quoted(folder)} || exit 3
part=${part}
# Slurm runs a task once at a time: a lock that is there was left by a node that is gone.
rm -f "$part.lock"
${magnet.map(quoted).join(' ')} batch ${quoted(jobs)} --out "$part" \\
  --shard "$SLURM_ARRAY_TASK_ID/${shards}" --workers ${workers} --memory ${memory}MB --quiet &
worker=$!
over=no
# Whoever cancels the task, or puts it into the line again, sends TERM, and means it.
trap 'kill -TERM $worker' TERM
trap 'over=yes; kill -TERM $worker' USR1
# The signal ends the first wait, the process the second.
wait $worker
code=$?
if [ $code -gt 128 ]; then wait $worker; code=$?; fi
if [ $over = yes ] && [ $code -eq 130 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${maxRestarts} ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
# A batch says 2 where a job was not settled: its line says why, and the task has done its work.
[ $code -eq 2 ] && code=0
exit $code
`;
}
