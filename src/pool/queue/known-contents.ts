// What a worker has of the texts that inputs refer to: each is fetched once, and the oldest are let go.

import type { Redis } from 'ioredis';
import { got } from '../../base/invariant.js';
import { fromPlain } from './plain.js';
import type { Plain } from './plain.js';
import { keys } from './protocol.js';

/** Characters of all texts together. */
const room = 256e6;

export class KnownContents {
  private readonly known = new Map<string, { readonly value: unknown; readonly size: number }>();
  private size = 0;

  /** Those that are not there any more. */
  async fetch(redis: Redis, digests: ReadonlySet<string>): Promise<readonly string[]> {
    const wanted = [...digests].filter((d) => !this.known.has(d));
    if (wanted.length === 0) return [];
    const texts = await redis.mget(wanted.map(keys.content));
    const missing: string[] = [];
    wanted.forEach((digest, i) => {
      const text = texts[i];
      if (text === null || text === undefined) return missing.push(digest);
      this.size += text.length;
      return this.known.set(digest, { value: fromPlain(JSON.parse(text) as Plain), size: text.length });
    });
    this.letGo(digests);
    return missing;
  }

  readonly get = (digest: string): unknown => got(this.known, digest).value;

  private letGo(needed: ReadonlySet<string>): void {
    for (const [digest, { size }] of this.known) {
      if (this.size <= room) return;
      if (needed.has(digest)) continue;
      this.known.delete(digest);
      this.size -= size;
    }
  }
}
