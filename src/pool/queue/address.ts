// Where a queue is: `redis://user:password@host:port/database`, or `rediss://` over TLS. What is secret stays in here.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';

export interface QueueAddress {
  /** As people may see it: without user and password. */
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

const form = 'expected redis://host:port, such as redis://127.0.0.1:6379, or rediss:// over TLS';

/** Messages do not repeat what may hold a password. */
export function parseAddress(text: string): Parsed<QueueAddress> {
  const refused = (why: string) => refuse('bad-queue', [], `--queue: ${why}; ${form}`);
  if (!URL.canParse(text)) return refused('this is no URL');
  const url = new URL(text);
  const { protocol, hostname, port, pathname, search, hash } = url;
  if (protocol !== 'redis:' && protocol !== 'rediss:') return refused(`${protocol}// is no address of a Redis`);
  if (hostname === '') return refused('no host is named');
  if (search !== '' || hash !== '') return refused('nothing may follow the database');
  const database = pathname === '' || pathname === '/' ? 0 : /^\/\d+$/.test(pathname) ? Number(pathname.slice(1)) : NaN;
  if (Number.isNaN(database)) return refused('the path is the number of a database, such as /0');
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === null || password === null)
    return refused('user and password are written as in a URL, with %40 for @ and %25 for %');
  return parsed({
    shown: `${protocol}//${hostname}:${port || '6379'}${database > 0 ? `/${database}` : ''}`,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    database,
    user,
    password,
    tls: protocol === 'rediss:',
  });
}

/** null where it cannot be. */
function decoded(text: string): string | undefined | null {
  try {
    return text === '' ? undefined : decodeURIComponent(text);
  } catch {
    return null;
  }
}
