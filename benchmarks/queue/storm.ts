// A coordinator as a command over a queue of its own, in bad weather: workers killed one after the other, the Redis begun again
// without its memory, the coordinator killed and called again.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { seeded } from '../../src/base/random.js';
import { OwnRedis } from '../../test/support/redis.js';

const bin = new URL('../../dist/cli/main.js', import.meta.url).pathname;

export interface Weather {
  readonly workers: number;
  /** Milliseconds between two killed workers. */
  readonly killEvery: number;
  /** Shares of the work after which the Redis loses its memory, and the coordinator is killed. */
  readonly redisAt: readonly number[];
  readonly coordinatorAt: readonly number[];
  readonly seed: number;
}

export interface Survived {
  readonly code: number | null;
  readonly seconds: number;
  /** Kills of each. */
  readonly workers: number;
  readonly redis: number;
  readonly coordinators: number;
  readonly err: string;
}

const pause = (milliseconds: number) => new Promise((resume) => setTimeout(resume, milliseconds));

/** `share`: how much of the work is done, by what the coordinator has written. */
export async function storm(
  folder: string,
  argv: readonly string[],
  share: () => number,
  weather: Weather,
): Promise<Survived> {
  const redis = await OwnRedis.begin();
  const random = seeded(weather.seed);
  const start = (words: readonly string[]) =>
    spawn(process.execPath, [bin, ...words, '--queue', redis.url], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  const work = () => start(['worker', '--workers', '1', '--quiet']);
  const workers = Array.from({ length: weather.workers }, work);
  let err = '';
  let ended: number | null | undefined;
  const call = (): ChildProcess => {
    const child = start(argv);
    child.stderr.on('data', (text) => (err += text));
    // One that was killed has no exit code, and another one follows.
    child.on('close', (code) => (ended = code ?? ended));
    return child;
  };
  let coordinator = call();
  const [began, counts] = [performance.now(), { workers: 0, redis: 0, coordinators: 0 }];
  let lastKill = began;
  try {
    while (ended === undefined) {
      await pause(50);
      const done = share();
      if (performance.now() - lastKill > weather.killEvery) {
        const which = Math.floor(random.next() * workers.length);
        workers[which]!.kill('SIGKILL');
        workers[which] = work();
        lastKill = performance.now();
        counts.workers++;
      }
      if (done >= (weather.redisAt[counts.redis] ?? Infinity)) {
        await redis.kill();
        await pause(500);
        await redis.start();
        counts.redis++;
      }
      if (done >= (weather.coordinatorAt[counts.coordinators] ?? Infinity)) {
        const over = new Promise((resolve) => coordinator.once('close', resolve));
        coordinator.kill('SIGKILL');
        await over;
        counts.coordinators++;
        if (ended === undefined) coordinator = call();
      }
    }
    return { code: ended, seconds: (performance.now() - began) / 1000, ...counts, err };
  } finally {
    for (const child of [coordinator, ...workers]) child.kill('SIGKILL');
    await redis.end();
  }
}
