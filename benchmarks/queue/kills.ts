// 500 jobs and a co-design over a queue in bad weather, held against undisturbed runs by themselves.
// After a build: npx tsx benchmarks/queue/kills.ts [jobs] [seconds between killed workers] [seed].
// Writes benchmarks/results/queue-kills.md.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arch, small, smallJobs } from '../batch/jobs.js';
import { jobsIn, magnet, makeFolder, timeless } from '../batch/process.js';
import type { Survived, Weather } from './storm.js';
import { storm } from './storm.js';

const [jobs = 500, every = 10, seed = 1] = process.argv.slice(2).map(Number);
const folder = makeFolder({
  'jobs.yaml': smallJobs(jobs),
  'tiny.yaml': arch,
  'small.yaml': small('small', 2),
  'net.yaml': small('net', 12),
});
const weather: Weather = {
  workers: 4,
  killEvery: every * 1000,
  redisAt: [1 / 3, 2 / 3],
  coordinatorAt: [0.2, 0.5, 0.8],
  seed,
};
const at = (name: string) => join(folder, name);

const whole = await magnet(folder, ['batch', 'jobs.yaml', '--out', 'whole.jsonl']);
console.log(`${jobs} jobs undisturbed: exit ${whole.code}, ${whole.seconds.toFixed(0)} s`);
const batch = ['batch', 'jobs.yaml', '--out', 'queued.jsonl'];
const stormed = await storm(folder, batch, () => jobsIn(at('queued.jsonl')) / jobs, weather);
const same = timeless(at('queued.jsonl')) === timeless(at('whole.jsonl'));

/** At gap 0 bound and machine of two searches are the same, whatever each has seen on its way. */
const question = ['codesign', 'net.yaml', '--space', 'magnet-quick', '--gap', '0', '--quiet'];
const alone = await magnet(folder, [...question, '--json', 'alone.json']);
console.log(`co-design undisturbed: exit ${alone.code}, ${alone.seconds.toFixed(0)} s`);
const began = performance.now();
const searched = await storm(
  folder,
  [...question, '--workers', '4', '--checkpoint', 'search.json', '--json', 'queued.json'],
  // A search does not know how far it is: by the time of the undisturbed one.
  () => (performance.now() - began) / 1000 / alone.seconds,
  weather,
);
const figures = (name: string) => {
  const { status, objective, bound } = JSON.parse(readFileSync(at(name), 'utf8')) as Record<string, unknown>;
  return { status, objective, bound };
};
const [one, other] = [figures('alone.json'), figures('queued.json')];
const sameMachine = JSON.stringify(one) === JSON.stringify(other);
rmSync(folder, { recursive: true });

const told = ({ workers, redis, coordinators, code }: Survived) =>
  `${workers} workers killed, the Redis begun again without its memory ${redis} times, the coordinator killed ` +
  `${coordinators} times; exit ${code}`;
const page = [
  '# Queues in bad weather',
  '',
  `Four worker processes on one Redis, one of them killed every ${every} s (\`benchmarks/queue/kills.ts\`, seed ${seed}).`,
  '',
  `- ${jobs} jobs: ${told(stormed)}. The file is ${same ? 'that of an undisturbed run without a queue but for times' : 'ANOTHER one'}.`,
  `- A co-design of 12 layers in magnet-quick at gap 0: ${told(searched)}. Best and bound: ${JSON.stringify(other)}, ` +
    `${sameMachine ? 'those' : `NOT those (${JSON.stringify(one)})`} of an undisturbed run without a queue.`,
  '',
].join('\n');
writeFileSync(new URL('../results/queue-kills.md', import.meta.url), page);
console.log(page);
if (!same || !sameMachine || stormed.code !== 0 || searched.code !== 0) process.exitCode = 1;
