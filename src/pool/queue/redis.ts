// Redis and the packages that speak to it: brought in when a queue is asked for, looked at before anything is handed over.

import type { Redis } from 'ioredis';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import type { QueueAddress } from './address.js';

/** Milliseconds that a first answer may take. */
const patience = 5000;
const oldest = [6, 2] as const;

export interface QueuePackages {
  readonly bull: typeof import('bullmq');
  readonly Redis: typeof Redis;
}

/** They are no part of an installation of magnet: most never hand anything to a queue. */
export async function queuePackages(): Promise<Parsed<QueuePackages>> {
  try {
    const [bull, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return parsed({ bull, Redis });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return refuse(
      'missing',
      [],
      '--queue needs the packages bullmq and ioredis, which are not installed; install them with "npm install bullmq ioredis"',
    );
  }
}

/** A connection that is lost is made again, for as long as it takes; what was asked meanwhile waits. */
export const connectionOf = ({ host, port, database, user, password, tls }: QueueAddress) => ({
  host,
  port,
  db: database,
  ...(user !== undefined && { username: user }),
  ...(password !== undefined && { password }),
  // A certificate is asked for by name; addresses have none.
  ...(tls && { tls: /^[\d.]+$|:/.test(host) ? {} : { servername: host } }),
  maxRetriesPerRequest: null,
  retryStrategy: (times: number) => Math.min(1000, 50 * 2 ** Math.min(times, 5)),
});

/** Whether there is a Redis that a queue can be on; what is doubtful is said by `notice`. */
export async function checkRedis(
  { Redis }: QueuePackages,
  address: QueueAddress,
  notice: (line: string) => void,
): Promise<Parsed<undefined>> {
  const redis = new Redis({
    ...connectionOf(address),
    lazyConnect: true,
    connectTimeout: patience,
    retryStrategy: () => null,
    enableOfflineQueue: false,
  });
  let heard: Error | undefined;
  redis.on('error', (error) => (heard ??= error));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Error(`no answer within ${patience / 1000} s${address.tls ? '; perhaps it speaks no TLS' : ''}`)),
      patience,
    );
  });
  try {
    const first = async () => {
      await redis.connect();
      // Where ioredis cannot select a database it stays in the first one.
      await redis.select(address.database);
      return redis.info();
    };
    const info = await Promise.race([first(), late]);
    const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
    const version = field('redis_version') ?? '0';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
      return refuse(
        'old-redis',
        [],
        `the Redis at ${address.shown} is ${version}; a queue needs ${oldest.join('.')} or later`,
      );
    const policy = field('maxmemory_policy');
    if (policy !== undefined && policy !== 'noeviction')
      notice(
        `warning: the Redis at ${address.shown} forgets keys when its memory is full (maxmemory-policy ${policy}); ` +
          'tasks that it forgets are handed over again, set it to noeviction',
      );
    return parsed(undefined);
  } catch (error) {
    return refuse('unavailable', [], whyNot(heard ?? error, address));
  } finally {
    clearTimeout(timer);
    redis.disconnect();
  }
}

/** A sentence for what stands between magnet and the Redis; it names the address, never who asks. */
export function whyNot(error: unknown, { shown, tls }: QueueAddress): string {
  const { code = '', message, cert } = error as NodeJS.ErrnoException & { readonly cert?: { subjectaltname?: string } };
  if (/^NOAUTH/.test(message))
    return `the Redis at ${shown} wants a password: --queue ${shown.replace('://', '://:PASSWORD@')}`;
  if (/^WRONGPASS|invalid (username-)?password|without any password/i.test(message))
    return `the Redis at ${shown} does not take this user and password`;
  if (/^NOPERM/.test(message)) return `the Redis at ${shown} does not let this user do what a queue needs: ${message}`;
  if (/^ERR (DB index|invalid DB)/i.test(message)) return `the Redis at ${shown} has no database of that number`;
  if (code === 'ECONNREFUSED') return `nobody listens at ${shown}; start redis-server there, or give another --queue`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `there is no computer of the name in ${shown}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${shown} is for other names (${cert?.subjectaltname ?? 'none'}); address it by one of them`;
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${shown} has expired; its Redis needs a new one`;
  if (/self.signed|certificate/i.test(`${code} ${message}`))
    return (
      `the certificate of ${shown} is not trusted (${message}); name the file of its authority in the variable ` +
      'NODE_EXTRA_CA_CERTS'
    );
  if (/^(ERR_SSL|EPROTO)/.test(code)) return `${shown} does not speak TLS; write redis:// where it is not wanted`;
  if (/closed|ECONNRESET|EPIPE/.test(`${code} ${message}`))
    return `${shown} hung up${tls ? '' : '; a Redis that wants TLS is addressed by rediss://'}`;
  return `the Redis at ${shown} cannot be used: ${message || code}`;
}
