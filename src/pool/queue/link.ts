// A queue as both sides have it at hand: its packages, a connection of its own, and what is said when that comes and goes.

import type { Redis } from 'ioredis';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { QueueAddress } from './address.js';
import type { QueuePackages } from './redis.js';
import { checkRedis, connectionOf, queuePackages, whyNot } from './redis.js';

export interface Link {
  readonly address: QueueAddress;
  readonly packages: QueuePackages;
  readonly redis: Redis;
  /** What Bull makes its own connections of. */
  readonly connection: ReturnType<typeof connectionOf>;
  /** Something went wrong that is tried again. Said once, until it is another thing or is over. */
  readonly troubled: (error: unknown) => void;
  readonly well: () => void;
  /** What is due at the end may not take long: a Redis may be away. */
  readonly end: (last: () => Promise<unknown>) => Promise<void>;
}

/** Milliseconds that the end may take. */
const farewell = 300;

export async function openLink(address: QueueAddress, notice: (line: string) => void): Promise<Parsed<Link>> {
  const packages = await queuePackages();
  if (!packages.ok) return packages;
  const checked = await checkRedis(packages.value, address, notice);
  if (!checked.ok) return checked;
  const connection = connectionOf(address);
  const redis = new packages.value.Redis(connection);
  let [trouble, ended] = ['', false];
  const troubled = (error: unknown) => {
    const why = whyNot(error, address);
    if (why === trouble || ended) return;
    trouble = why;
    notice(`${why}; trying again`);
  };
  const well = () => {
    if (trouble !== '') notice(`the queue at ${address.shown} is there again`);
    trouble = '';
  };
  redis.on('error', troubled);
  redis.on('close', () => troubled(new Error('Connection is closed')));
  redis.on('ready', well);
  return parsed({
    address,
    packages: packages.value,
    redis,
    connection,
    troubled,
    well,
    async end(last) {
      ended = true;
      const late = new Promise((resolve) => setTimeout(resolve, farewell));
      await Promise.race([last().catch(() => {}), late]);
      redis.disconnect();
    },
  });
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resume) => setTimeout(resume, milliseconds));
