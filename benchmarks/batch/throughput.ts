// Batches timed: two workers against one on 50 layers, once 10 others have warmed them up, medians of five; memory over 1,000 jobs.
// npx tsx benchmarks/batch/throughput.ts [runs] [jobs]

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { arch, network, smallJobs } from './jobs.js';
import { jobsIn, magnet, makeFolder } from './process.js';

const [runs = 5, jobs = 1000] = process.argv.slice(2).map(Number);
const warming = 10;
const folder = makeFolder({
  'tiny.yaml': arch,
  'sixty.yaml': network('sixty', warming + 50),
  'sixty-jobs.yaml': `jobs: [{ kind: map, network: sixty.yaml, arch: tiny.yaml, layer: [${Array.from({ length: warming + 50 }, (_, i) => `l${i}`).join(', ')}] }]`,
  'small.yaml': network('small', 2),
  'many.yaml': smallJobs(jobs),
});

const timed = async (workers: number): Promise<number> => {
  rmSync(join(folder, 'sixty.jsonl'), { force: true });
  const { reported, err } = await magnet(folder, ['batch', 'sixty-jobs.yaml', '--out', 'sixty.jsonl', '--workers', String(workers)]);
  if (reported.length !== warming + 50) throw new Error(err);
  return reported.at(-1)! - reported[warming - 1]!;
};
const median = (xs: readonly number[]) => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)]!;
const times: Record<1 | 2, number[]> = { 1: [], 2: [] };
// In turn, so that whatever else the machine does meets both alike.
for (let i = 0; i < runs; i++) for (const workers of [1, 2] as const) times[workers].push(await timed(workers));
const [one, two] = [median(times[1]), median(times[2])];
console.log(`50 layers, ${availableParallelism()} processors: one worker ${one.toFixed(2)} s, two ${two.toFixed(2)} s: ${(one / two).toFixed(2)} times as fast (medians of ${runs})`);

/** MB. */
const resident = (pid: number): number => {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};
const memory: { readonly jobs: number; readonly mb: number }[] = [];
const many = join(folder, 'many.jsonl');
const { code, seconds } = await magnet(folder, ['batch', 'many.yaml', '--out', 'many.jsonl', '-q'], undefined, (pid) => memory.push({ jobs: jobsIn(many), mb: resident(pid) }));
const at = (share: number) => memory.find((m) => m.jobs >= share * jobs)?.mb.toFixed(0);
console.log(`${jobs} jobs: exit ${code}, ${seconds.toFixed(1)} s; resident MB at 10 %, 50 %, 90 % of the jobs: ${at(0.1)}, ${at(0.5)}, ${at(0.9)}; most ${Math.max(...memory.map((m) => m.mb)).toFixed(0)}`);
rmSync(folder, { recursive: true });
