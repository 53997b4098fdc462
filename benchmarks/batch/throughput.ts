// Batches timed: two workers against one on 50 layers, medians of five with their spread; memory over 1,000 jobs. After a build:
// npx tsx benchmarks/batch/throughput.ts [runs] [jobs]. Writes benchmarks/results/batch.json and .md.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { arch, convolutions, jobPerLayer, small, smallJobs } from './jobs.js';
import type { Speed } from './page.js';
import { jobsIn, magnet, makeFolder } from './process.js';
import { keep } from './results.js';

const [runs = 5, jobs = 1000] = process.argv.slice(2).map(Number);
const timed = 50;
/** Every worker compiles its code for itself as it grows hot: of short layers each of two does as many before as are timed. */
const cases = [
  { name: 'small layers, HiGHS, on a machine of two levels', warming: 100, network: small, machine: 'machine.yaml' },
  {
    name: 'convolutions of 7x7 to 28x28, enumeration, on simba',
    warming: 100,
    network: convolutions,
    machine: 'simba',
  },
  { name: 'convolutions of 7x7 to 28x28, HiGHS, on array3', warming: 50, network: convolutions, machine: 'array3' },
];

const seconds = async (folder: string, workers: number, warming: number): Promise<number> => {
  rmSync(join(folder, 'out.jsonl'), { force: true });
  const { reported, err } = await magnet(folder, [
    'batch',
    'jobs.yaml',
    '--out',
    'out.jsonl',
    '--workers',
    String(workers),
  ]);
  if (reported.length !== warming + timed) throw new Error(err);
  return reported.at(-1)! - reported[warming - 1]!;
};

const speeds: Speed[] = [];
for (const { name, warming, network, machine } of cases) {
  const folder = makeFolder({
    'net.yaml': network('net', warming + timed),
    'machine.yaml': arch,
    'jobs.yaml': jobPerLayer('net.yaml', machine, warming + timed),
  });
  const [one, two]: [number[], number[]] = [[], []];
  // In turn, so that whatever else the machine does meets both alike.
  for (let i = 0; i < runs; i++) {
    one.push(await seconds(folder, 1, warming));
    two.push(await seconds(folder, 2, warming));
    console.log(`${name}: one worker ${one.at(-1)!.toFixed(2)} s, two ${two.at(-1)!.toFixed(2)} s`);
  }
  speeds.push({ name, warming, timed, one, two });
  rmSync(folder, { recursive: true });
}

/** MB. */
const resident = (pid: number): number => {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};
const folder = makeFolder({ 'tiny.yaml': arch, 'small.yaml': small('small', 2), 'many.yaml': smallJobs(jobs) });
const many = join(folder, 'many.jsonl');
const seen: { readonly jobs: number; readonly mb: number }[] = [];
const { code, seconds: whole } = await magnet(
  folder,
  ['batch', 'many.yaml', '--out', 'many.jsonl', '-q'],
  undefined,
  (pid) => seen.push({ jobs: jobsIn(many), mb: resident(pid) }),
);
rmSync(folder, { recursive: true });
if (code !== 0) throw new Error(`exit ${code}`);
const at = [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => ({
  share,
  mb: seen.find((m) => m.jobs >= share * jobs)?.mb ?? null,
}));

keep({ speeds, memory: { jobs, seconds: whole, at, max: Math.max(...seen.map((m) => m.mb)) } });
