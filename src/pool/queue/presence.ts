// Who is there: coordinators that still ask, workers and how far they are. Each entry goes away by itself.

import type { Redis } from 'ioredis';
import type { Lease, WorkerFigures } from './protocol.js';
import { kept, keys } from './protocol.js';

export async function renewLease(redis: Redis, owner: string, lease: Lease): Promise<void> {
  await redis.multi().set(keys.lease(owner), JSON.stringify(lease), 'EX', kept.lease).sadd(keys.leases, owner).exec();
}

export async function endLease(redis: Redis, owner: string): Promise<void> {
  await redis.multi().del(keys.lease(owner)).srem(keys.leases, owner).exec();
}

export async function sayWorking(redis: Redis, figures: WorkerFigures): Promise<void> {
  await redis
    .multi()
    .set(keys.worker(figures.id), JSON.stringify(figures), 'EX', kept.worker)
    .sadd(keys.workers, figures.id)
    .exec();
}

export async function sayGone(redis: Redis, id: string): Promise<void> {
  await redis.multi().del(keys.worker(id)).srem(keys.workers, id).exec();
}

export const leasesIn = (redis: Redis): Promise<readonly Lease[]> => present(redis, keys.leases, keys.lease);
export const workersIn = (redis: Redis): Promise<readonly WorkerFigures[]> => present(redis, keys.workers, keys.worker);

/** Those whose entry has gone are taken off the list. */
async function present<T>(redis: Redis, list: string, keyOf: (id: string) => string): Promise<readonly T[]> {
  const ids = (await redis.smembers(list)).toSorted();
  if (ids.length === 0) return [];
  const texts = await redis.mget(ids.map(keyOf));
  const gone = ids.filter((_, i) => texts[i] === null);
  if (gone.length > 0) await redis.srem(list, ...gone);
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as T]));
}
