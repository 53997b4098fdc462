// Batches killed: 200 jobs, 20 kills at random moments, the file in the end held against that of an undisturbed run.
// After a build: npx tsx benchmarks/batch/kills.ts [jobs] [kills] [seed]. Writes benchmarks/results/batch.json and .md.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../../src/base/random.js';
import { arch, small, smallJobs } from './jobs.js';
import { jobsIn, magnet, makeFolder, timeless } from './process.js';
import { keep } from './results.js';

const [jobs = 200, kills = 20, seed = 1] = process.argv.slice(2).map(Number);
const random = seeded(seed);
const folder = makeFolder({ 'jobs.yaml': smallJobs(jobs), 'tiny.yaml': arch, 'small.yaml': small('small', 2) });
const argv = (out: string) => ['batch', 'jobs.yaml', '--out', out];

const whole = await magnet(folder, argv('whole.jsonl'));
console.log(
  `undisturbed: exit ${whole.code}, ${jobsIn(join(folder, 'whole.jsonl'))} jobs in ${whole.seconds.toFixed(1)} s`,
);

const killed = join(folder, 'killed.jsonl');
// Twice the share of one kill and the time to start: most kills find it at work, some before that.
const longest = (2 * whole.seconds * 1000) / kills + 1500;
let [done, before, lost, torn] = [0, 0, 0, 0];
while (done < kills) {
  const { code, err } = await magnet(folder, argv('killed.jsonl'), 100 + random.next() * longest);
  if (err.includes('was torn')) torn++;
  if (code === 0) {
    console.log(`complete after ${done} kills; begun again`);
    if (timeless(killed) !== timeless(join(folder, 'whole.jsonl')))
      throw new Error('the file is not that of the undisturbed run');
    rmSync(killed);
    before = 0;
    continue;
  }
  if (code !== null) throw new Error(`exit ${code}: ${err}`);
  done++;
  const now = jobsIn(killed);
  if (now < before) lost++;
  before = now;
}
const last = await magnet(folder, argv('killed.jsonl'));
const same = timeless(killed) === timeless(join(folder, 'whole.jsonl'));
const lockLeft = existsSync(`${killed}.lock`);
rmSync(folder, { recursive: true });
keep({ kills: { jobs, kills: done, lost, torn, same, lockLeft } });
if (!same || lost > 0 || lockLeft || last.code !== 0) process.exitCode = 1;
